package importer

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"iter"
	"slices"

	"guestflow/importer/ledger"
	"guestflow/importer/table"
)

// Source gives a file's header and its records as they stand there, with the same numbers as the import gave them. sha256
// must be the file's hash: the ledger speaks of that content only.
func Source(path, sha string) (header []string, rows iter.Seq2[ledger.SourceRow, error], done func() error, err error) {
	return SourceSheet(path, sha, "")
}

// SourceSheet is Source for an import that named the sheet of a workbook.
func SourceSheet(path, sha, sheet string) (header []string, rows iter.Seq2[ledger.SourceRow, error], done func() error, err error) {
	f, err := openFile(path)
	if err != nil {
		return nil, nil, nil, err
	}
	t, err := source(f, path, sha, sheet)
	if err != nil {
		_ = f.Close()
		return nil, nil, nil, err
	}
	header, _ = t.Header()
	return header, records(t), func() error { return errors.Join(t.Close(), f.Close()) }, nil
}

func source(f io.ReadSeeker, path, sha, sheet string) (*table.Reader, error) {
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return nil, &FileError{Path: path, Problem: "it cannot be read", Advice: err.Error(), Cause: err}
	}
	if hex.EncodeToString(hash.Sum(nil)) != sha {
		return nil, &FileError{Path: path, Problem: "it is not the file that was imported", Advice: "name the original with --file"}
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, &FileError{Path: path, Problem: "it cannot be read twice", Advice: err.Error(), Cause: err}
	}
	return table.Open(path, f, table.Options{Sheet: sheet})
}

// records numbers the rows exactly as an import does: every record is one, a broken one too.
func records(t *table.Reader) iter.Seq2[ledger.SourceRow, error] {
	return func(yield func(ledger.SourceRow, error) bool) {
		for n := 1; ; n++ {
			rec, err := t.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(ledger.SourceRow{}, err)
				return
			}
			if !yield(ledger.SourceRow{Row: n, Line: rec.Line, Cells: slices.Clone(rec.Cells)}, nil) {
				return
			}
		}
	}
}
