package table

import (
	"strings"
)

// Fault is what is wrong with the form of one record, which costs only this record.
type Fault int

// The faults of a record.
const (
	NoFault      Fault = iota
	Ragged             // more or fewer cells than the header
	BrokenQuotes       // where its cells end is not known

	RepeatedHeader    // it is the header once more
	OtherTable        // it belongs to another table, whose header was found in the line Column
	OtherEncoding     // it is written in another encoding than the rest of the file
	ControlCharacters // it has control characters where another encoding has letters
	SingleCell        // only one of its cells is filled, as in a note beside the list
	CutRow            // its beginning stands in the line before it
	Note              // it is a heading, a note or a line beside the list
	Totals            // it is a row of totals
	Commented         // it is marked as one that is left out
)

// Record is one row as the file has it. Its slice of cells is valid until the next record is read; the strings stay.
type Record struct {
	Line  int    // where it begins: the physical line, or the sheet's row
	Sheet string // where several are read
	Cells []string
	Fault Fault
	// Column is the character near which quotes are broken, of a record with BrokenQuotes, whose cells are what stands
	// between its delimiters; and the line of the other table's header, of a record with OtherTable.
	Column int

	Remarks []Remark
	Struck  bool   // it is struck through in a workbook
	Comment string // the comments on its cells in a workbook, shortened

	// Elsewhere is the name of a sheet or list beside this one that has its guest too, and that is called after guests who
	// are not meant.
	Elsewhere string

	Colour  string // of the row in a workbook, by its name, such as "red"; "" for none
	colours []cellColours

	next int // the line behind it
}

// Remark is a doubt about how a record was read.
type Remark struct {
	Kind   RemarkKind
	Column int // counted from 0, or -1 for the whole record
	Text   string
}

// wholeRecord is the column of a remark that is about no single cell.
const wholeRecord = -1

// RemarkKind is what a remark is about.
type RemarkKind int

// The kinds of remarks.
const (
	RowsInQuotes        RemarkKind = iota // quotes enclose what looks like rows
	DoubleEncoded                         // the text may be written in another code page
	FormulaWithoutValue                   // a formula whose value the workbook does not have
	MergedCells                           // several cells of a sheet are one
	MaybeNote                             // the row may be a heading, a note or another table's header
	ShownOtherwise                        // a cell whose number format hides or changes what is stored in it

	struckThrough // the cell is struck through, which makes its record Struck
)

func blank(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}
