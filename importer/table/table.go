// Package table turns a file's bytes into records of cells: it unpacks, finds out the encoding and the delimiter, and reads
// row by row. What the cells mean is for others.
//
// Everything is found out from the content and never from a file's name, because names lie; and always from the same bytes
// at the same places, so that a second pass over a file comes to the same records with the same numbers. A text is never in
// memory as a whole. A workbook's compressed bytes are, because the library that reads it needs them.
package table

// Format is what a file turned out to be. Its encoding is certain once the file was read to its end: many begin with
// thousands of plain ASCII rows.
type Format struct {
	Container Container `json:"container"`
	Member    string    `json:"member,omitempty"` // the file in a zip, or the sheet
	Encoding  Encoding  `json:"encoding,omitempty"`
	Delimiter string    `json:"delimiter,omitempty"`
	Header    int       `json:"header_line,omitempty"`     // where lines above it are left out
	Marked    bool      `json:"byte_order_mark,omitempty"` // the text says itself how it is written
}
