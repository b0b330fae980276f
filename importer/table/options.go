package table

import (
	"fmt"
	"strconv"
	"strings"

	"guestflow/importer/charset"
)

// Options are what a file does not say itself.
type Options struct {
	Sheet     string // of a workbook, or a list of an archive; "" means the first visible one, or the only one
	Encoding  string // of a text that does not say it; "" detects it
	HeaderRow string // the line of the header, "1-2" for one over two lines, "none", or "" to find it
	Hidden    string // what becomes of a workbook's hidden rows and columns: ReadHidden, SkipHidden, or "" to ask
	NoteRows  string // what becomes of rows that may be headings and notes: ReadNotes, SkipNotes, or "" to mark them
	BlankRows bool   // rows of a text without anything in their cells are records too

	Field    func(header string) string // the field that a header is known for, or ""; nil searches for no header
	NotMeant func(label string) bool    // whether the name of a sheet or list says that its guests are not meant; nil looks at no others
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
	if _, _, is := o.headerRows(); o.HeaderRow != "" && o.HeaderRow != noHeader && !is {
		return fmt.Errorf("the header row is %q, and must be the number of a line, two of them for a header over several lines (1-2), or %s",
			o.HeaderRow, noHeader)
	}
	if o.Hidden != "" && o.Hidden != ReadHidden && o.Hidden != SkipHidden {
		return fmt.Errorf("hidden rows are to be %q, and can be %s or %s", o.Hidden, ReadHidden, SkipHidden)
	}
	if o.NoteRows != "" && o.NoteRows != ReadNotes && o.NoteRows != SkipNotes {
		return fmt.Errorf("headings and notes are to be %q, and can be %s or %s", o.NoteRows, ReadNotes, SkipNotes)
	}
	return nil
}

// headerRows returns the first and the last line of the header that is named.
func (o Options) headerRows() (first, last int, is bool) {
	const most = 3 // lines
	one, other, several := strings.Cut(o.HeaderRow, "-")
	first, err := strconv.Atoi(strings.TrimSpace(one))
	last = first
	if several && err == nil {
		last, err = strconv.Atoi(strings.TrimSpace(other))
	}
	return first, last, err == nil && first > 0 && last >= first && last < first+most
}
