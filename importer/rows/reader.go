package rows

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"

	"github.com/google/uuid"

	"guestflow/importer/columns"
	"guestflow/importer/guest"
	"guestflow/importer/seen"
	"guestflow/importer/table"
)

// Reader returns a file's rows in order, in memory that does not grow with the file. Two passes over one file give the same.
type Reader struct {
	File      *table.Reader
	Columns   columns.Columns
	names     []string // of the fields that columns gives
	valid     guest.Validator
	account   string
	sheet     string // of a workbook, where one is read
	sections  sections
	keyField  string
	refined   []bool // per column: its cells are refined
	hasLegacy bool   // a row may have been another guest to versions before
	withCells int    // rows whose cells are kept

	reuse bool // each row is done with before the next one is asked for, but for keeping it

	jointNames string // what becomes of names of several people
	seeds      [2]maphash.Seed
	Count      int // of records read
	ahead      *readAhead

	now checkedBatch
	at  int // in now
	// seen has every guest and barcode so far. The ledger cannot stand in for it: it leaves a guest that an earlier import owns
	// to that import, and so would not see him twice in this.
	Seen   *seen.Set
	others *seen.Set // guests of rows that are not imported and say that they are not meant; nil where there are none
}

// Close releases what the rows were read with.
func (r *Reader) Close() error {
	r.ahead.wait()
	err := errors.Join(r.File.Close(), r.Seen.Close())
	if r.others != nil {
		err = errors.Join(err, r.others.Close())
	}
	return err
}

// Next returns the next row, or io.EOF, or a *FileError when the rest of the file cannot be read.
func (r *Reader) Next() (*Row, error) {
	for r.at == len(r.now.rows) {
		if r.now.err != nil {
			return nil, r.now.err
		}
		r.now.space.release()
		r.now, r.at = r.ahead.next(), 0
		for i := range r.now.rows {
			r.Seen.Prefetch(seen.Hash(r.now.rows[i].ID))
			r.Seen.Prefetch(r.now.rows[i].barcode)
			r.Seen.Prefetch(ContactHash(r.now.rows[i].Contact))
		}
	}
	out := &r.now.rows[r.at]
	r.at++
	if len(out.Findings) > 0 || out.Filtered {
		return out, r.meetOther(out)
	}
	return r.rejectDuplicate(out)
}

// rejectDuplicate rejects a guest who came before, and a barcode that another guest of the event has.
func (r *Reader) rejectDuplicate(out *Row) (*Row, error) {
	first, twice, err := r.Seen.Add(seen.Hash(out.ID), out.Row.Row)
	switch {
	case err != nil:
		return out, err
	case twice:
		out.Twin = first
		out.Findings, err = r.sameGuest(first, out.barcode)
	default:
		if err = r.meetGuest(out); err == nil {
			err = r.rejectDuplicateBarcode(out)
		}
	}
	if len(out.Findings) > 0 {
		out.Guest.ID, out.Content = "", [8]byte{}
	}
	return out, err
}

// sameGuest is the finding of a guest who came before. Who buys several tickets has a barcode for each.
func (r *Reader) sameGuest(first int, barcode seen.Hash) ([]guest.Finding, error) {
	f := guest.Finding{Code: guest.DuplicateRow, Text: guest.SameGuest(first)}
	if barcode != (seen.Hash{}) && r.keyField == "" {
		known, err := r.Seen.Contains(barcode)
		if err != nil {
			return nil, err
		}
		if !known {
			header := r.Columns.Headers[columns.Barcode]
			f.Text += fmt.Sprintf(" with another barcode; if each barcode is a guest, let it tell them apart "+
				"(--key %q, key in the profile, “Identifies a guest” in the console)", header)
		}
	}
	return []guest.Finding{f}, nil
}

// rejectDuplicateBarcode rejects a barcode of another guest, and takes a former id from a row if it is another row's.
func (r *Reader) rejectDuplicateBarcode(out *Row) error {
	if out.LegacyID != uuid.Nil {
		_, taken, err := r.Seen.Add(seen.Hash(out.LegacyID), out.Row.Row)
		if err != nil {
			return err
		}
		if taken {
			out.LegacyID = uuid.Nil
		}
	}
	if out.barcode == (seen.Hash{}) {
		return nil
	}
	first, taken, err := r.Seen.Add(out.barcode, out.Row.Row)
	if taken {
		out.Findings = []guest.Finding{{
			Code: guest.DuplicateBarcode, Column: r.Columns.Headers[columns.Barcode], Text: fmt.Sprintf("row %d has the same barcode", first), Field: columns.Barcode,
		}}
	}
	return err
}

// Source returns rows in their order: those of a file, or those that were kept of one.
type Source interface {
	Next() (*Row, error) // io.EOF after the last
}

// Take reads up to n rows; more is false at the end.
func Take(ctx context.Context, r Source, n int) (taken []*Row, more bool, err error) {
	taken = make([]*Row, 0, min(n, readRows))
	for len(taken) < n {
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return taken, false, nil
		}
		if err != nil {
			return nil, false, err
		}
		taken = append(taken, row)
	}
	return taken, true, nil
}
