// Package table turns a file's bytes into records of cells: it unpacks, finds out the encoding and the delimiter, and reads
// row by row. What the cells mean is for others.
//
// Everything is found out from the content and never from a file's name, because names lie; and always from the same bytes
// at the same places, so that a second pass over a file comes to the same records with the same numbers. A text is never in
// memory as a whole. A workbook's compressed bytes are, because the library that reads it needs them.
package table

import (
	"errors"
	"io"
	"slices"
	"strings"
)

// Options say what a file cannot say itself.
type Options struct {
	Sheet string // of a workbook; "" means its first visible one
}

// Format is what a file turned out to be. Its encoding is certain once the file was read to its end: many begin with
// thousands of plain ASCII rows.
type Format struct {
	Container Container `json:"container"`
	Member    string    `json:"member,omitempty"` // the file in a zip, or the sheet
	Encoding  Encoding  `json:"encoding,omitempty"`
	Delimiter string    `json:"delimiter,omitempty"`
	Marked    bool      `json:"byte_order_mark,omitempty"` // the text says itself how it is written
}

// Fault is what is wrong with the form of one record, which costs only this record.
type Fault int

// The faults of a record.
const (
	Sound  Fault = iota
	Ragged       // more or fewer cells than the header
	Quotes       // where its cells end is not known
)

// Record is one row as the file has it. Its cells are good until the next one is read, and the strings in it for ever.
type Record struct {
	Line   int // where it begins: the physical line, or the sheet's row
	Cells  []string
	Fault  Fault
	Column int // the character near which quotes are broken; its cells are then what stands between its delimiters

	Remarks []Remark
}

// Remark is what a person should look at in a record that may have been read otherwise than it was meant.
type Remark struct {
	Kind   RemarkKind
	Column int // counted from 0, or WholeRecord
	Text   string
}

// WholeRecord is the column of a remark that is about no single cell.
const WholeRecord = -1

// RemarkKind is what a remark is about.
type RemarkKind int

// The kinds of remarks.
const (
	EnclosedRows     RemarkKind = iota // quotes enclose what looks like rows
	DoubtfulText                       // the text may be written in another code page
	ValuelessFormula                   // a formula whose value the workbook does not have
	MergedCells                        // several cells of a sheet are one
)

// records is what each kind of file is read by. An error other than io.EOF is an *Error, or a *TempError: the rest of the file
// cannot be read.
type records interface {
	read() (Record, error)
	encoding() Encoding
	close() error
}

// Reader gives a file's records.
type Reader struct {
	records
	format Format
	header []string
	line   int
	ended  error
}

// Open finds out what in is and reads its header. Errors are *Error, or *TempError; path is only for them.
func Open(path string, in io.Reader, o Options) (*Reader, error) {
	r, err := open(path, in, o)
	if fault, is := errors.AsType[*Error](err); is {
		fault.Path = path
		return nil, fault
	}
	if fault, is := ofTemp(err); is {
		return nil, fault
	}
	if err != nil {
		return nil, unreadable(path, err)
	}
	return r, nil
}

func open(path string, in io.Reader, o Options) (*Reader, error) {
	u, err := unpack(in)
	if err != nil {
		return nil, err
	}
	r := &Reader{format: Format{Container: u.container, Member: u.member}}
	if u.container == Workbook {
		r.records, r.format.Member, err = openSheet(u.spool, o.Sheet)
	} else {
		r.records, r.format.Delimiter, err = openText(path, u)
	}
	if err != nil {
		return nil, errors.Join(err, u.close())
	}
	first, err := r.read()
	switch {
	case errors.Is(err, io.EOF):
		err = &Error{Problem: "it is empty", Advice: "export it again"}
	case err == nil && first.Fault == Quotes:
		err = &Error{Line: first.Line, Problem: "the header line cannot be read: its quotes are broken", Advice: "close or remove its quotes"}
	}
	if err == nil && strings.ContainsRune(strings.Join(first.Cells, ""), 0) {
		err = &Error{Line: first.Line, Problem: "its header holds zero bytes, so it is no text that is known here", Advice: "save it as CSV UTF-8"}
	}
	if err != nil {
		return nil, errors.Join(err, r.close())
	}
	r.header, r.line = append(r.header, first.Cells...), first.Line
	return r, nil
}

// Header gives the first record and its line.
func (r *Reader) Header() (cells []string, line int) { return r.header, r.line }

// Format tells what the file is, as far as it was read.
func (r *Reader) Format() Format {
	f := r.format
	f.Encoding = r.encoding()
	if t, is := r.records.(*text); is {
		f.Marked = t.decoded.marked
	}
	return f
}

// Sheets are those of a workbook that are not hidden, in its order.
func (r *Reader) Sheets() []string {
	s, is := r.records.(*sheet)
	if !is {
		return nil
	}
	return slices.DeleteFunc(s.file.GetSheetList(), func(name string) bool {
		visible, err := s.file.GetSheetVisible(name)
		return err == nil && !visible
	})
}

// Undecided tells whether all that was read is ASCII and the encoding may still turn out to be another one.
func (r *Reader) Undecided() bool {
	t, is := r.records.(*text)
	return is && t.decoded.open()
}

// Next gives the next record, or io.EOF, or an *Error when the rest of the file cannot be read. What ends it ends it for good.
func (r *Reader) Next() (Record, error) {
	if r.ended != nil {
		return Record{}, r.ended
	}
	rec, err := r.read()
	if err != nil {
		r.ended = err
		return Record{}, err
	}
	if rec.Fault == Sound { // a program that counts cells otherwise leaves delimiters at the end, which hold nothing
		for len(rec.Cells) > len(r.header) && strings.TrimSpace(rec.Cells[len(rec.Cells)-1]) == "" {
			rec.Cells = rec.Cells[:len(rec.Cells)-1]
		}
	}
	if rec.Fault == Sound && len(rec.Cells) != len(r.header) {
		rec.Fault = Ragged
	}
	return rec, nil
}

// Close gives temporary files back. A reader that is only let go of holds no disk space either: they have no names.
func (r *Reader) Close() error { return r.close() }

func unreadable(path string, err error) *Error {
	return &Error{Path: path, Problem: "it cannot be read", Advice: err.Error(), Cause: err}
}
