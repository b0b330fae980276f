package importer

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"

	"guestflow/importer/guestindex"
	"guestflow/importer/listfile"
	"guestflow/importer/plural"
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

// ReadRows reads some rows of an imported file as the import with these settings took them; rows are in order, and sha is the file's
// hash. It reads the file up to the last of them and holds only those.
func ReadRows(ctx context.Context, path, sha string, s Settings, numbers []int) (x Extract, err error) {
	defer func() { err = preferContext(ctx, err) }()
	f, err := openFile(ctx, listfile.Resolve(path))
	if err != nil {
		return x, err
	}
	defer f.Close()
	if err := checkHash(f, path, sha); err != nil {
		return x, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return x, &FileError{Path: path, Problem: "it cannot be read twice", Advice: err.Error(), Cause: err}
	}
	s.PreviewRows = slices.Max(numbers) // whose cells are kept until the row is taken
	r, err := s.rows(ctx, path, f)
	if err != nil {
		return x, err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	x.Header, _ = r.file.Header()
	for len(x.Rows) < len(numbers) {
		if err := ctx.Err(); err != nil {
			return x, err
		}
		next, err := r.next()
		if errors.Is(err, io.EOF) {
			return x, fmt.Errorf("the file has %s, and no row %d", plural.Of(r.count, "row"), numbers[len(x.Rows)])
		}
		if err != nil {
			return x, err
		}
		if next.Row.Row == numbers[len(x.Rows)] {
			x.Rows = append(x.Rows, next.extracted())
		}
	}
	return x, nil
}

func (r row) extracted() ExtractedRow {
	x := ExtractedRow{Row: r.Row.Row, Line: r.Line, Cells: r.raw}
	switch {
	case len(r.findings) > 0:
		x.Rejected = texts(r.findings)
	case r.filtered:
		x.Rejected = "it is left out by the rule of the rows that are meant"
	default:
		x.Guest, x.Index = r.Guest, r.guest()
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
