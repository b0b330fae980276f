package table

import (
	"fmt"
	"strconv"

	"guestflow/importer/charset"
)

// Options are what a file does not say itself.
type Options struct {
	Sheet     string // of a workbook; "" means its first visible one
	Encoding  string // of a text that does not say it; "" detects it
	HeaderRow string // the line of the header, "none", or "" to find it
	Hidden    string // what becomes of a workbook's hidden rows and columns: ReadHidden, SkipHidden, or "" to ask
	NoteRows  string // what becomes of rows that may be headings and notes: ReadNotes, SkipNotes, or "" to mark them
	BlankRows bool   // rows of a text without anything in their cells are records too

	Field func(header string) string // the field that a header is known for, or ""; nil searches for no header
}

// What becomes of hidden rows and columns.
const (
	ReadHidden = "read"
	SkipHidden = "skip"
)

// noHeader is the HeaderRow of a file that has none: its columns are called A, B, C and so on.
const noHeader = "none"

// Check returns what is wrong with the options whatever the file.
func (o Options) Check() error {
	if err := charset.Check(o.Encoding); err != nil {
		return err
	}
	if n, err := strconv.Atoi(o.HeaderRow); o.HeaderRow != "" && o.HeaderRow != noHeader && (err != nil || n < 1) {
		return fmt.Errorf("the header row is %q, and must be the number of a line, or %s", o.HeaderRow, noHeader)
	}
	if o.Hidden != "" && o.Hidden != ReadHidden && o.Hidden != SkipHidden {
		return fmt.Errorf("hidden rows are to be %q, and can be %s or %s", o.Hidden, ReadHidden, SkipHidden)
	}
	if o.NoteRows != "" && o.NoteRows != ReadNotes && o.NoteRows != SkipNotes {
		return fmt.Errorf("headings and notes are to be %q, and can be %s or %s", o.NoteRows, ReadNotes, SkipNotes)
	}
	return nil
}
