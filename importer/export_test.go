package importer

import (
	"context"
	"errors"
	"io"
	"time"

	"guestflow/importer/chunk"
	"guestflow/importer/guest"
	"guestflow/importer/rows"
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
	r, err := rows.Open(context.Background(), path, in, rows.Options{Spec: s.Spec})
	if err != nil {
		return table.Format{}, Columns{}, nil, err
	}
	defer r.Close()
	var all []Read
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return r.File.Format(), r.Columns, all, nil
		}
		if err != nil {
			return r.File.Format(), r.Columns, all, err
		}
		all = append(all, Read{row.Row.Row, row.Line, row.Guest, row.Content, row.Findings, row.Warnings, row.Filtered})
	}
}

// Count does the same, puts the good rows into chunks and keeps nothing, for the benchmark. encode is what becomes of a
// chunk.
func Count(in io.Reader, s Settings, perChunk int, encode func([]chunk.Row) ([]byte, error)) (good int, err error) {
	r, err := rows.Open(context.Background(), "guests.csv", in, rows.Options{Spec: s.Spec})
	if err != nil {
		return 0, err
	}
	defer r.Close()
	work := make([]chunk.Row, 0, perChunk)
	for more := true; more; {
		var taken []*rows.Row
		if taken, more, err = rows.Take(context.Background(), r, perChunk); err != nil {
			return good, err
		}
		work = work[:0]
		for _, row := range taken {
			if len(row.Findings) == 0 {
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
