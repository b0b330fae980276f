// Package table turns a file's bytes into records of cells: it unpacks, detects the delimiter and the header, and
// reads row by row. What the cells mean is decided by package columns.
//
// Everything is detected from the content and never from a file's name, because names lie; and always from the same
// bytes at the same places, so that a second pass over a file returns the same records with the same numbers. A text is
// never in memory as a whole. A workbook's compressed bytes are, because the library that reads it needs them.
//
// What can be read in two ways is a Question, and a single row that differs from its list has a Fault: a guess would be
// mailed.
package table

import "guestflow/importer/charset"

// Format is what a file was detected to be. Its encoding is certain once the file was read to its end: many begin with
// thousands of plain ASCII rows.
type Format struct {
	Container Container        `json:"container"`
	Member    string           `json:"member,omitempty"` // the file in a zip, or the sheet
	Encoding  charset.Encoding `json:"encoding,omitempty"`
	Delimiter string           `json:"delimiter,omitempty"`
	Header    int              `json:"header_line,omitempty"`     // where lines above it are left out
	Marked    bool             `json:"byte_order_mark,omitempty"` // the text says itself how it is written
}
