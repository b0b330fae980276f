package reread

import (
	"context"
	"errors"
	"io"

	"guestflow/importer/ledger"
	"guestflow/importer/listfile"
	"guestflow/importer/rows"
	"guestflow/importer/table"
	"guestflow/qflow"
)

// EachGuest calls do with the guests of an import's file as its rows write them, in the order of the rows, until do
// returns false. Rejected rows are left out. path is where the file is by now, and must have the content of the import.
func EachGuest(ctx context.Context, imp ledger.Import, path string, do func(row int, g qflow.Guest) bool) (err error) {
	defer func() { err = listfile.PreferContext(ctx, err) }()
	f, err := rows.OpenFile(ctx, listfile.Resolve(path))
	if err != nil {
		return err
	}
	defer f.Close()
	if err := checkHash(f, path, imp.SHA256); err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return &table.Error{Path: path, Problem: "it cannot be read twice", Advice: err.Error(), Cause: err}
	}
	r, err := rows.Open(ctx, path, f, rows.Options{Spec: imp.Spec})
	if err != nil {
		return err
	}
	defer r.Close() //nolint:errcheck // only temporary files
	for ctx.Err() == nil {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if len(row.Findings) == 0 && !do(row.Row.Row, row.Guest) {
			return nil
		}
	}
	return ctx.Err()
}
