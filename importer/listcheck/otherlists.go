package listcheck

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"path/filepath"
	"strings"

	"guestflow/importer/columns"
	"guestflow/importer/plural"
	"guestflow/importer/rows"
	"guestflow/importer/rowstatus"
	"guestflow/importer/spec"
	"guestflow/importer/table"
	"guestflow/importer/where"
)

// OtherLists are the addresses of lists that are given together with the one that is imported, and whose names say that
// their guests are not meant: unsubscribed.csv beside guests.csv. A guest who stands on one of them too is asked about.
// Of each address only a hash is kept: two that are alike by chance are asked about without need.
type OtherLists struct {
	names []string
	seed  maphash.Seed
	of    map[uint64]int // an address to the list that has it
}

const (
	maxOtherAddresses = 2_000_000
	maxOtherLine      = 1 << 20
)

// ReadOtherLists reads those of the files whose names say that their guests are not meant; nil where none does. One that is not
// there has no guests.
func ReadOtherLists(ctx context.Context, paths []string, how spec.Reading) (*OtherLists, error) {
	var o *OtherLists
	for _, path := range paths {
		if !SaysNotMeant(path) {
			continue
		}
		if o == nil {
			o = &OtherLists{seed: maphash.MakeSeed(), of: map[uint64]int{}}
		}
		o.names = append(o.names, filepath.Base(path))
		if err := o.read(ctx, path, how); err != nil && !errors.Is(err, os.ErrNotExist) { // of which its own plan says so
			return nil, err
		}
	}
	return o, nil
}

// SaysNotMeant reports whether the name of a file says that its guests are not meant.
func SaysNotMeant(path string) bool { return rowstatus.NameSaysNotMeant(nameOfList(path)) }

// read adds the addresses of a list. One that is no table, as addresses below each other are none, is read by its lines.
func (o *OtherLists) read(ctx context.Context, path string, how spec.Reading) error {
	f, err := rows.OpenFile(ctx, path)
	if err != nil {
		return err
	}
	defer f.Close()
	before := len(o.of)
	err = o.readTable(ctx, path, f, how)
	if _, is := errors.AsType[*table.Error](err); !is || ctx.Err() != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if again := o.readLines(ctx, f); again != nil {
		return again
	}
	if len(o.of) == before {
		return err
	}
	return nil
}

func (o *OtherLists) readTable(ctx context.Context, path string, in io.Reader, how spec.Reading) error {
	r, err := table.Open(ctx, path, in, rows.TableOptions(how))
	if err != nil {
		return err
	}
	defer r.Close() //nolint:errcheck // only temporary files
	for cells, _ := r.Header(); ; {
		for _, cell := range cells {
			if err := o.add(cell); err != nil {
				return err
			}
		}
		rec, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		cells = rec.Cells
	}
}

func (o *OtherLists) readLines(ctx context.Context, in io.Reader) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxOtherLine)
	for n := 0; lines.Scan(); n++ {
		if n%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		for cell := range strings.FieldsFuncSeq(lines.Text(), func(c rune) bool { return strings.ContainsRune(",;|\t\"\x00", c) }) {
			if err := o.add(cell); err != nil {
				return err
			}
		}
	}
	if err := lines.Err(); err != nil {
		return &table.Error{Path: o.names[len(o.names)-1], Problem: "its addresses cannot be compared with the lists beside it: " + err.Error(),
			Advice: "have its addresses not mailed (guestflow suppress add), and import the others without it", Cause: err}
	}
	return nil
}

func (o *OtherLists) add(cell string) error {
	for _, address := range table.AddressesIn(cell) {
		hash := maphash.String(o.seed, address)
		if _, there := o.of[hash]; !there {
			o.of[hash] = len(o.names) - 1
		}
	}
	if len(o.of) > maxOtherAddresses {
		return &table.Error{Path: o.names[len(o.names)-1], Problem: "it has too many addresses to be compared with the lists beside it",
			Advice: "have its addresses not mailed (guestflow suppress add), and import the others without it"}
	}
	return nil
}

// alsoListed are the rows of a list whose guests stand on one beside it too.
type alsoListed struct {
	lists *OtherLists
	rows  []int
	found int
	on    string // the first of these lists
}

func (a *alsoListed) add(r *rows.Row) {
	if a.lists == nil || !r.IsGuest() {
		return
	}
	list, is := a.lists.of[maphash.String(a.lists.seed, strings.ToLower(r.Guest.Email))]
	if !is {
		return
	}
	if a.found++; a.on == "" {
		a.on = a.lists.names[list]
	}
	if len(a.rows) <= maxRowsInRule {
		a.rows = append(a.rows, r.Row.Row)
	}
}

// question asks about them.
func (a *alsoListed) question(rule string, c *columns.Columns) *table.Error {
	if a.found == 0 || where.IsAll(rule) || c.IgnoresElsewhere() {
		return nil
	}
	problem := fmt.Sprintf("%s in %q too, whose name says that its guests may not be meant, and they would be imported",
		plural.Of(a.found, "guest stands", "guests stand"), a.on)
	q := askRowsMeant(problem, a.rows, rule, rowstatus.ElsewhereName, "They are guests", c)
	q.Advice += "; so that no list mails them, add that one to the suppressed addresses: guestflow suppress add, and its name"
	return &q
}
