package importer

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"io"
	"iter"
	"slices"

	"guestflow/importer/ledger"
)

// Source gives a file's header and its records as they stand there, with the same numbers as the import gave them. sha256
// must be the file's hash: the ledger speaks of that content only.
func Source(path, sha string) (header []string, rows iter.Seq2[ledger.SourceRow, error], done func() error, err error) {
	f, err := openFile(path)
	if err != nil {
		return nil, nil, nil, err
	}
	header, rows, err = source(f, path, sha)
	if err != nil {
		_ = f.Close()
		return nil, nil, nil, err
	}
	return header, rows, f.Close, nil
}

func source(f io.ReadSeeker, path, sha string) ([]string, iter.Seq2[ledger.SourceRow, error], error) {
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return nil, nil, &FileError{Path: path, Problem: "it cannot be read", Advice: err.Error(), Cause: err}
	}
	if hex.EncodeToString(hash.Sum(nil)) != sha {
		return nil, nil, &FileError{Path: path, Problem: "it is not the file that was imported", Advice: "name the original with --file"}
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, nil, &FileError{Path: path, Problem: "it cannot be read twice", Advice: err.Error(), Cause: err}
	}
	d := &decoder{path: path}
	if err := d.start(f); err != nil {
		return nil, nil, err
	}
	header, err := d.reader.Read()
	if err != nil {
		return nil, nil, d.headerError(err)
	}
	header = slices.Clone(header)
	d.columns.Header = header
	return header, d.records(), nil
}

// records numbers the rows exactly as read does: every record is one, a broken one too.
func (d *decoder) records() iter.Seq2[ledger.SourceRow, error] {
	return func(yield func(ledger.SourceRow, error) bool) {
		for {
			d.budget.left = maxRecord
			cells, err := d.reader.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			d.row++
			row := ledger.SourceRow{Row: d.row}
			if err == nil || errors.Is(err, csv.ErrFieldCount) {
				row.Line, _ = d.reader.FieldPos(0)
				row.Cells = slices.Clone(cells)
			} else if row.Line, _, err = d.broken(err); err != nil {
				yield(ledger.SourceRow{}, err)
				return
			}
			d.line = row.Line
			if !yield(row, nil) {
				return
			}
		}
	}
}
