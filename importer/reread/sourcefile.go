package reread

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"iter"
	"slices"

	"guestflow/importer/guestindex"
	"guestflow/importer/listfile"
	"guestflow/importer/report"
	"guestflow/importer/rows"
	"guestflow/importer/spec"
	"guestflow/importer/table"
)

// SourceFile is an imported file that is read once more, for a report.
type SourceFile struct {
	Header []string
	Rows   iter.Seq2[report.SourceRow, error] // as they stand there, with the same numbers as the import gave them
	Format table.Format

	close func() error
}

// Close releases what the file was read with.
func (s *SourceFile) Close() error { return s.close() }

// OpenSource opens an imported file, to be read as long as ctx lasts. sha must be its hash, because the ledger speaks of that
// content only; as is how the import read it.
func OpenSource(ctx context.Context, path, sha string, as spec.Reading) (*SourceFile, error) {
	return openSource(ctx, path, sha, as, detectFormat)
}

// SourceSheet is OpenSource without the format, which takes a file of plain ASCII twice as long.
func SourceSheet(ctx context.Context, path, sha string, as spec.Reading) (header []string, rows iter.Seq2[report.SourceRow, error], done func() error, err error) {
	s, err := openSource(ctx, path, sha, as, func(context.Context, io.ReadSeeker, string, table.Options) (table.Format, error) {
		return table.Format{}, nil
	})
	if err != nil {
		return nil, nil, nil, err
	}
	return s.Header, s.Rows, s.Close, nil
}

func openSource(
	ctx context.Context, path, sha string, reading spec.Reading, format func(ctx context.Context, f io.ReadSeeker, path string, as table.Options) (table.Format, error),
) (_ *SourceFile, err error) {
	defer func() { err = listfile.PreferContext(ctx, err) }()
	f, err := rows.OpenFile(ctx, listfile.Resolve(path)) // a person has named it, and its hash is known
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
		}
	}()
	if err := checkHash(f, path, sha); err != nil {
		return nil, err
	}
	as := rows.TableOptions(reading)
	found, err := format(ctx, f, path, as)
	if err != nil {
		return nil, err
	}
	t, err := reopen(ctx, f, path, as)
	if err != nil {
		return nil, err
	}
	header, _ := t.Header()
	return &SourceFile{Header: header, Rows: records(t), Format: found, close: func() error { return errors.Join(t.Close(), f.Close()) }}, nil
}

// checkHash returns a *FileError for a file that is another than was imported.
func checkHash(f io.Reader, path, sha string) error {
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return &table.Error{Path: path, Problem: "it cannot be read", Advice: err.Error(), Cause: err}
	}
	if hex.EncodeToString(hash.Sum(nil)) != sha {
		return &table.Error{Path: path, Problem: "it is not the file that was imported", Advice: "name the original with --file"}
	}
	return nil
}

func reopen(ctx context.Context, f io.ReadSeeker, path string, as table.Options) (*table.Reader, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, &table.Error{Path: path, Problem: "it cannot be read twice", Advice: err.Error(), Cause: err}
	}
	return table.Open(ctx, path, f, as)
}

// detectFormat reads a text up to the row that shows its encoding, or to its end, because a report must know it before its first
// row. A row that cannot be read is found when they are read.
func detectFormat(ctx context.Context, f io.ReadSeeker, path string, as table.Options) (table.Format, error) {
	t, err := reopen(ctx, f, path, as)
	if err != nil {
		return table.Format{}, err
	}
	defer t.Close()
	for t.EncodingUnknown() {
		if _, err := t.Next(); err != nil {
			break
		}
	}
	return t.Format(), nil
}

// records numbers the rows exactly as an import does: every record is one, a broken one too.
func records(t *table.Reader) iter.Seq2[report.SourceRow, error] {
	return func(yield func(report.SourceRow, error) bool) {
		for n := 1; ; n++ {
			rec, err := t.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(report.SourceRow{}, err)
				return
			}
			if !yield(report.SourceRow{Row: n, Line: rec.Line, Cells: slices.Clone(rec.Cells)}, nil) {
				return
			}
		}
	}
}

// Identify reads one row as an import with this spec takes it, to find its guest; false if it has none.
func Identify(ctx context.Context, path string, s spec.Spec, row int) (g guestindex.Guest, is bool, err error) {
	defer func() { err = listfile.PreferContext(ctx, err) }()
	f, err := rows.OpenFile(ctx, listfile.Resolve(path))
	if err != nil {
		return g, false, err
	}
	defer f.Close()
	r, err := rows.Open(ctx, path, f, rows.Options{Spec: s})
	if err != nil {
		return g, false, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	for {
		next, err := r.Next()
		if errors.Is(err, io.EOF) {
			return g, false, nil
		}
		if err != nil {
			return g, false, err
		}
		if next.Row.Row == row {
			return next.Indexed(), next.IsGuest(), nil
		}
	}
}
