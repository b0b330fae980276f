package importer

import (
	"context"
	"errors"
	"io"
	"time"

	"guestflow/importer/chunk"
	"guestflow/importer/guest"
	"guestflow/importer/table"
	"guestflow/qflow"
)

func init() { maxAtOnceFor = 10 * time.Minute }

// Read is one row as the importer sees it.
type Read struct {
	Row, Line int
	Guest     qflow.Guest
	Content   [8]byte
	Findings  []guest.Finding // any: the row is rejected
	Warnings  []guest.Finding
	Filtered  bool // left out by the rule
}

// ReadAll decodes, maps, validates and identifies a whole file.
func ReadAll(in io.Reader, s Settings) (Columns, []Read, error) {
	_, columns, all, err := ReadTable("guests.csv", in, s)
	return columns, all, err
}

// ReadTable also tells what the file is.
func ReadTable(path string, in io.Reader, s Settings) (table.Format, Columns, []Read, error) {
	r, err := s.rows(context.Background(), path, in)
	if err != nil {
		return table.Format{}, Columns{}, nil, err
	}
	defer r.close()
	var all []Read
	for {
		row, err := r.next()
		if errors.Is(err, io.EOF) {
			return r.file.Format(), r.columns, all, nil
		}
		if err != nil {
			return r.file.Format(), r.columns, all, err
		}
		all = append(all, Read{row.Row.Row, row.Line, row.Guest, row.Content, row.findings, row.warnings, row.filtered})
	}
}

// Count does the same, puts the good rows into chunks and keeps nothing, for the benchmark. encode is what becomes of a
// chunk.
func Count(in io.Reader, s Settings, perChunk int, encode func([]chunk.Row) ([]byte, error)) (good int, err error) {
	r, err := s.rows(context.Background(), "guests.csv", in)
	if err != nil {
		return 0, err
	}
	defer r.close()
	work := make([]chunk.Row, 0, perChunk)
	for more := true; more; {
		var taken []row
		if taken, more, err = take(context.Background(), r, perChunk); err != nil {
			return good, err
		}
		work = work[:0]
		for _, row := range taken {
			if len(row.findings) == 0 {
				work = append(work, *row.Row)
			}
		}
		good += len(work)
		if encode == nil {
			continue
		}
		if _, err := encode(work); err != nil {
			return good, err
		}
	}
	return good, nil
}

// MaxRecord is the longest record that is read.
const MaxRecord = table.MaxRecord

// ContentHash is what tells a changed guest from the same one.
func ContentHash(g qflow.Guest) [8]byte {
	var sum [8]byte
	var h guest.Hasher
	h.Add(&g, &sum)
	h.Finish()
	return sum
}
