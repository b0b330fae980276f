package charset_test

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"guestflow/importer/table"
)

// guestName is a guest of a list that a test writes.
type guestName struct{ first, last string }

func (g guestName) same(cells []string) bool {
	return len(cells) > 1 && norm(cells[0]) == norm(g.first) && norm(cells[1]) == norm(g.last)
}

var plainNames = strings.Fields("John Mary Peter Anna Smith Brown Miller Taylor Paul Laura Emma Baker Clark Mark Julia " +
	"Karin Robert Thomas")

// shape is how many rows a list has, and how many of them have a name with foreign letters.
type shape struct{ rows, foreign int }

// names returns the guests of a list.
func (s shape) names(random *rand.Rand, words []string) []guestName {
	anyOf := func(of []string) string { return of[random.IntN(len(of))] }
	list := make([]guestName, s.rows)
	for i := range list {
		list[i] = guestName{anyOf(plainNames), anyOf(plainNames)}
	}
	for i := range s.foreign {
		if at := &list[i*s.rows/s.foreign]; random.IntN(2) == 0 {
			at.first = anyOf(words)
		} else {
			at.last = anyOf(words)
		}
	}
	return list
}

func listOf(header string, names []guestName) string {
	var b strings.Builder
	b.WriteString(header + "\n")
	for i, g := range names {
		fmt.Fprintf(&b, "%s,%s,guest%d@party.example\n", g.first, g.last, i)
	}
	return b.String()
}

// foreignWords returns the names of a language that have foreign letters which an encoding has.
func foreignWords(p *people, encoding string) (words []string) {
	for _, name := range append(slices.Clone(p.firsts), p.lasts...) {
		if _, is := writeIn(encoding, name); is && !isPlain(name) {
			words = append(words, name)
		}
	}
	return words
}

func isPlain(s string) bool { return strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) < 0 }

// fate is what became of a list.
type fate string

const (
	right    fate = "right"
	asked    fate = "asked"         // and one of the answers reads it right
	stuck    fate = "asked in vain" // none does
	rejected fate = "rows rejected" // and the others are right
	warned   fate = "wrong, warned" // there is a remark on it
	wrong    fate = "wrong in silence"
)

// fateOf reads a list, and tries each answer where it is asked about. It returns an example of what is wrong, too.
func fateOf(t testing.TB, written string, names []guestName) (fate, string) {
	t.Helper()
	records, format, err := readAs(t, written, "")
	if err == nil {
		f, example := compare(records, names)
		return f, fmt.Sprint(example, " (", format.Encoding, ")")
	}
	question, is := errors.AsType[*table.Question](err)
	if !is {
		return stuck, err.Error()
	}
	for _, c := range question.Choices {
		records, _, err := readAs(t, written, c.Value)
		if f, _ := compare(records, names); err == nil && f == right {
			return asked, ""
		}
	}
	return stuck, err.Error()
}

func readAs(t testing.TB, written, encoding string) (records []table.Record, format table.Format, err error) {
	t.Helper()
	r, err := table.Open(t.Context(), "guests.csv", strings.NewReader(written), table.Options{Encoding: encoding})
	if err != nil {
		return nil, format, err
	}
	defer r.Close()
	for {
		rec, err := r.Next()
		if errors.Is(err, io.EOF) {
			return records, r.Format(), nil
		}
		if err != nil {
			return nil, format, err
		}
		rec.Cells = slices.Clone(rec.Cells)
		records = append(records, rec)
	}
}

func compare(records []table.Record, names []guestName) (fate, string) {
	if len(records) != len(names) {
		return wrong, fmt.Sprintf("%d records", len(records))
	}
	f, example := right, ""
	for i, rec := range records {
		switch {
		case isRejected(rec):
			f, example = rejected, names[i].first+" "+names[i].last
		case names[i].same(rec.Cells):
		case slices.ContainsFunc(rec.Remarks, func(r table.Remark) bool { return r.Kind == table.DoubleEncoded }):
			return warned, fmt.Sprintf("%s is read as %s", names[i], rec.Cells)
		default:
			return wrong, fmt.Sprintf("%s is read as %s", names[i], rec.Cells)
		}
	}
	return f, example
}

// isRejected reports whether a row has a fault, or what an import rejects as damage.
func isRejected(rec table.Record) bool {
	return rec.Fault != table.NoFault || strings.ContainsAny(strings.Join(rec.Cells, ""), "\ufffd\x00")
}

// fates counts what became of lists.
type fates map[fate]int

func (f fates) String() string {
	return fmt.Sprintf("%5d right %5d asked %3d in vain %3d rejected %3d warned %3d wrong", f[right], f[asked], f[stuck],
		f[rejected], f[warned], f[wrong])
}

func (f fates) add(other fates) {
	for k, n := range other {
		f[k] += n
	}
}
