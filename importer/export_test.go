package importer

import (
	"errors"
	"io"

	"golang.org/x/text/cases"

	"guestflow/qflow"
)

// Read is one row as the importer sees it.
type Read struct {
	Row, Line int
	Guest     qflow.Guest
	Content   [8]byte
	Findings  []Finding // any: the row is rejected
}

// ReadAll decodes, maps, validates and identifies a whole file.
func ReadAll(in io.Reader, s Settings) (Columns, []Read, error) {
	r, err := s.rows("guests.csv", in)
	if err != nil {
		return Columns{}, nil, err
	}
	var all []Read
	for {
		row, err := r.next()
		if errors.Is(err, io.EOF) {
			return r.columns, all, nil
		}
		if err != nil {
			return r.columns, all, err
		}
		all = append(all, Read{row.Row.Row, row.Line, row.Guest, row.Content, row.findings})
	}
}

// Count does the same and keeps nothing, for the benchmark.
func Count(in io.Reader, s Settings) (good int, err error) {
	r, err := s.rows("guests.csv", in)
	if err != nil {
		return 0, err
	}
	for {
		row, err := r.next()
		if errors.Is(err, io.EOF) {
			return good, nil
		}
		if err != nil {
			return good, err
		}
		if len(row.findings) == 0 {
			good++
		}
	}
}

// MaxRecord is the longest record that is read.
const MaxRecord = maxRecord

// ContentHash is what tells a changed guest from the same one.
func ContentHash(g qflow.Guest) [8]byte { return contentHash(&g) }

// Fold is how spellings of one guest become one.
func Fold(s string) string {
	n := identifier{folder: cases.Fold()}
	return string(n.fold(nil, s))
}

// ValidEmail tells what is taken for an address.
var ValidEmail = validEmail
