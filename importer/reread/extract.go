// Package reread reads an imported file once more, as its import read it: as it stands there, for a report, or some rows of it with their
// guests, to look at or to send again. The file may be gone or another one by now, so its hash is checked first.
package reread

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"

	"guestflow/importer/guest"
	"guestflow/importer/guestindex"
	"guestflow/importer/listfile"
	"guestflow/importer/plural"
	"guestflow/importer/rows"
	"guestflow/importer/spec"
	"guestflow/importer/table"
	"guestflow/qflow"
)

// Extract is some rows of an imported file.
type Extract struct {
	Header []string
	Rows   []ExtractedRow // in order
}

// ExtractedRow is a row as it stands in the file, and what the import took it for. Its guest is whose data it is.
type ExtractedRow struct {
	Row, Line int
	Cells     []string
	Rejected  string // why it is no guest, or ""

	Guest qflow.Guest
	Index guestindex.Guest // the same as the guest index knows him
}

// ReadRows reads some rows of an imported file as an import with this spec took them; rows are in order, and sha is the file's
// hash. It reads the file up to the last of them and holds only those.
func ReadRows(ctx context.Context, path, sha string, s spec.Spec, numbers []int) (x Extract, err error) {
	defer func() { err = listfile.PreferContext(ctx, err) }()
	f, err := rows.OpenFile(ctx, listfile.Resolve(path))
	if err != nil {
		return x, err
	}
	defer f.Close()
	if err := checkHash(f, path, sha); err != nil {
		return x, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return x, &table.Error{Path: path, Problem: "it cannot be read twice", Advice: err.Error(), Cause: err}
	}
	r, err := rows.Open(ctx, path, f, rows.Options{Spec: s, Cells: slices.Max(numbers)}) // whose cells are kept until the row is taken
	if err != nil {
		return x, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	x.Header, _ = r.File.Header()
	for len(x.Rows) < len(numbers) {
		if err := ctx.Err(); err != nil {
			return x, err
		}
		next, err := r.Next()
		if errors.Is(err, io.EOF) {
			return x, fmt.Errorf("the file has %s, and no row %d", plural.Of(r.Count, "row"), numbers[len(x.Rows)])
		}
		if err != nil {
			return x, err
		}
		if next.Row.Row == numbers[len(x.Rows)] {
			x.Rows = append(x.Rows, extracted(next))
		}
	}
	return x, nil
}

func extracted(r *rows.Row) ExtractedRow {
	x := ExtractedRow{Row: r.Row.Row, Line: r.Line, Cells: r.Cells}
	switch {
	case len(r.Findings) > 0:
		x.Rejected = guest.Texts(r.Findings)
	case r.Filtered:
		x.Rejected = "it is left out by the rule of the rows that are meant"
	default:
		x.Guest, x.Index = r.Guest, r.Indexed()
	}
	return x
}

// byteOrderMark begins a file of ours, so that its encoding is in no doubt.
const byteOrderMark = "\ufeff"

// WriteList writes the rows as a list of their own.
func (x Extract) WriteList(out io.Writer) error {
	_, err := io.WriteString(out, byteOrderMark)
	w := csv.NewWriter(out)
	_ = w.Write(x.Header) // Error returns what fails
	for _, r := range x.Rows {
		_ = w.Write(r.Cells)
	}
	w.Flush()
	if err := errors.Join(err, w.Error()); err != nil {
		return fmt.Errorf("write rows as a list: %w", err)
	}
	return nil
}

// SameGuests reports whether the rows of two extracts are, one by one, the same guests with the same content and email: so that a
// list which was made of rows is read as they were.
func (x Extract) SameGuests(as Extract) bool {
	return slices.EqualFunc(x.Rows, as.Rows, func(a, b ExtractedRow) bool {
		g, h := a.Index, b.Index
		return a.Rejected == "" && b.Rejected == "" && g.ID == h.ID && g.Former == h.Former && g.Event == h.Event && g.Template == h.Template &&
			g.Content == h.Content
	})
}
