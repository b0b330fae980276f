package rows

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"strings"

	"guestflow/importer/columns"
	"guestflow/importer/guest"
	"guestflow/importer/headers"
	"guestflow/importer/listfile"
	"guestflow/importer/rowstatus"
	"guestflow/importer/seen"
	"guestflow/importer/spec"
	"guestflow/importer/table"
)

// Options say how a list is read.
type Options struct {
	spec.Spec
	Cells int  // of how many of the first rows the cells are kept as they stand in the file
	Reuse bool // each row is done with before the next one is asked for, but for keeping it
}

// Open begins to read the rows of a list, or returns a *table.Error.
func Open(ctx context.Context, path string, in io.Reader, o Options) (*Reader, error) {
	o.Spec = CanonicalIDs(o.Spec)
	layout, err := guest.ParseDateLayout(o.Dates)
	if err != nil {
		return nil, &table.Error{Path: path, Problem: err.Error(), Advice: "correct the date layout", Cause: err}
	}
	zone, err := o.Location()
	if err != nil {
		return nil, &table.Error{Path: path, Problem: err.Error(), Advice: "correct the time zone", Cause: err}
	}
	order := guest.ParseDateOrder(o.Dates)
	file, err := table.Open(ctx, path, in, TableOptions(o.Reading))
	if err != nil {
		return nil, err
	}
	header, line := file.Header()
	if err := checkSheet(path, o.Spec, file); err != nil {
		_ = file.Close() // only read
		return nil, err
	}
	c, problem := columns.Map(header, columns.Options{
		Key: o.Key, Chosen: o.Mapping, SplitNames: o.SplitsNames(), Surname: o.Surname, Clean: guest.Clean,
		Rows: file.Sample(), Fits: guest.Fits, Unnamed: file.Headerless(), Emails: o.Template != "", Where: o.Where,
	})
	if problem != nil {
		problem.Path, problem.Line = path, line
		_ = file.Close() // only read
		return nil, problem
	}
	r := &Reader{
		File: file, Columns: c, names: c.Names(), account: o.Account, keyField: c.KeyField(o.Key), withCells: o.Cells, reuse: o.Reuse, jointNames: o.JointNames, Seen: seen.New(),
		seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()},
		valid: guest.Validator{Columns: c, Event: o.Event, Template: o.Template, Location: zone, Layout: layout, Order: order},
	}
	if f := file.Format(); f.Container == table.Workbook {
		r.sheet = f.Member
	}
	r.sections.reads = o.NoteRows == table.ReadNotes
	r.sections.start(file.Above())
	r.refined, r.hasLegacy = refinable(&r.Columns), r.Columns.HasLegacy()
	r.ahead = &readAhead{read: r.read, check: r.check}
	return r, nil
}

// CanonicalIDs returns a spec with event and template in the one form that identities are derived from.
func CanonicalIDs(s spec.Spec) spec.Spec {
	s.Event, s.Template = guest.CanonicalID(strings.TrimSpace(s.Event)), guest.CanonicalID(strings.TrimSpace(s.Template))
	return s
}

// TableOptions returns how a file's table is found.
func TableOptions(r spec.Reading) table.Options {
	return table.Options{Sheet: r.Sheet, Encoding: r.Encoding, HeaderRow: r.HeaderRow, Hidden: r.Hidden, NoteRows: r.NoteRows, BlankRows: r.BlankRows,
		Field: headers.FieldOf, NotMeant: rowstatus.IsOfOthers}
}

// checkSheet refuses a file that has no sheets where one is named: it may be another list than was meant, and its guests would be
// mailed. A source takes it all the same, for imports that were made before this was asked.
func checkSheet(path string, s spec.Spec, file *table.Reader) error {
	if s.Sheet == "" || s.AnySheet || file.HasSheets() {
		return nil
	}
	return &table.Error{
		Path: path, Problem: fmt.Sprintf("the sheet %q is asked for, and this file is no workbook, so it has no sheets", s.Sheet),
		Advice: "name the workbook, or leave the sheet out (--sheet, or sheet in the profile)",
	}
}

// OpenFile opens a file to be read as long as ctx lasts, and says in plain words why it cannot.
func OpenFile(ctx context.Context, path string) (*listfile.File, error) {
	f, err := listfile.Open(ctx, path)
	switch {
	case err == nil, ctx.Err() != nil:
		return f, err
	case errors.Is(err, listfile.ErrNotRegular):
		return nil, &table.Error{Path: path, Problem: "it is not a file", Advice: "name a CSV file", Cause: err}
	case errors.Is(err, os.ErrNotExist):
		return nil, &table.Error{Path: path, Problem: "there is no such file", Advice: "check the name", Cause: err}
	case errors.Is(err, os.ErrPermission):
		return nil, &table.Error{Path: path, Problem: "it may not be read", Advice: "give this user the right to read it", Cause: err}
	}
	return nil, &table.Error{Path: path, Problem: "it cannot be opened", Advice: err.Error(), Cause: err}
}
