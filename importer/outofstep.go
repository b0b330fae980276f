package importer

import (
	"fmt"
	"hash/maphash"
	"strings"
	"unicode"

	"guestflow/importer/columns"
	"guestflow/importer/plural"
)

// outOfStep finds a list whose addresses are not beside their names: a column was sorted, or moved by a row. Addresses tell
// it that are made of a whole name: una.vik@example.org beside Bo Berg, where Una Vik is in the list with another address.
type outOfStep struct {
	seed  maphash.Seed
	names map[uint64]namedRow // by the letters of the whole name
	made  []madeRow           // rows whose address is not of their own name, and may be of another one
	full  bool                // there were too many rows
}

// namedRow is a row of a guest by that name: the letters of the address.
type namedRow struct {
	address uint64
	line    int
}

// madeRow is a row whose address may be another guest's.
type madeRow struct {
	local, address uint64
	line           int
}

// maxStepRows is how many rows are compared: more take memory, and a list that is out of step is so at its beginning.
const maxStepRows = 20_000

func (o *outOfStep) add(r row) {
	if r.rec == nil || len(r.findings) > 0 || r.rec.Email == "" || r.rec.FirstName == "" || r.rec.LastName == "" || o.full {
		return
	}
	if o.names == nil {
		o.seed, o.names = maphash.MakeSeed(), map[uint64]namedRow{}
	}
	if o.full = len(o.names) >= maxStepRows; o.full {
		return
	}
	local, _, _ := strings.Cut(r.rec.Email, "@")
	first, last := stepLetters(r.rec.FirstName), stepLetters(r.rec.LastName)
	if len(first) < 2 || len(last) < 2 {
		return
	}
	address := maphash.String(o.seed, strings.ToLower(r.rec.Email))
	wideFirst, wideLast := wideLetters(r.rec.FirstName), wideLetters(r.rec.LastName)
	for _, name := range []string{first + last, last + first, wideFirst + wideLast, wideLast + wideFirst} {
		o.names[maphash.String(o.seed, name)] = namedRow{address, r.Line}
	}
	made := stepLetters(local)
	own := func(part string) bool { return strings.Contains(made, part) }
	if strings.ContainsAny(local, "._-") && !own(first) && !own(last) && !own(wideFirst) && !own(wideLast) {
		o.made = append(o.made, madeRow{maphash.String(o.seed, made), address, r.Line})
	}
}

// stepLetters are a name's letters as addresses have them, without accents.
func stepLetters(name string) string {
	if !strings.ContainsFunc(name, func(r rune) bool { return r > unicode.MaxASCII }) {
		return strings.Map(asciiLetter, name)
	}
	return columns.Letters(name)
}

func asciiLetter(r rune) rune {
	switch {
	case r >= 'a' && r <= 'z':
		return r
	case r >= 'A' && r <= 'Z':
		return r - 'A' + 'a'
	}
	return -1
}

// wide are letters that addresses have as two.
var wide = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "å", "aa", "ø", "oe", "Ä", "ae", "Ö", "oe", "Ü", "ue", "Å", "aa", "Ø", "oe")

// wideLetters are stepLetters with ä as ae.
func wideLetters(name string) string { return stepLetters(wide.Replace(name)) }

// question asks about rows whose addresses are made of the names of other guests, who have other ones themselves.
func (o *outOfStep) question(c *Columns) *FileError {
	if c.IsChosen(columns.Email) {
		return nil
	}
	found, line := 0, 0
	for _, m := range o.made {
		if other, is := o.names[m.local]; is && other.address != m.address && other.line != m.line {
			if found++; found == 1 {
				line = m.line
			}
		}
	}
	if found < minOutOfStep {
		return nil
	}
	return askAddressesRight(c, fmt.Sprintf("%s an address that is made of another guest's name, as if the column of addresses had been moved or sorted "+
		"by itself, the first in line %d", plural.Of(found, "row has", "rows have"), line))
}

// minOutOfStep is how many rows show it: two that were exchanged.
const minOutOfStep = 2
