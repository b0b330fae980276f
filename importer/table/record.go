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
)

// Record is one row as the file has it. Its cells are good until the next one is read, and the strings in it for ever.
type Record struct {
	Line   int // where it begins: the physical line, or the sheet's row
	Cells  []string
	Fault  Fault
	Column int // the character near which quotes are broken; its cells are then what stands between its delimiters
	// of a record of another table: the line of that table's header

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
	RowsInQuotes        RemarkKind = iota // quotes enclose what looks like rows
	DoubleEncoded                         // the text may be written in another code page
	FormulaWithoutValue                   // a formula whose value the workbook does not have
	MergedCells                           // several cells of a sheet are one
)

func blank(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}
