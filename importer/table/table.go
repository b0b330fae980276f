// Package table turns a file's bytes into records of cells: it unpacks, finds out the encoding and the delimiter, and reads
// row by row. What the cells mean is for others.
//
// Everything is found out from the content and never from a file's name, because names lie; and always from the same bytes
// at the same places, so that a second pass over a file comes to the same records with the same numbers. A text is never in
// memory as a whole. A workbook's compressed bytes are, because the library that reads it needs them.
package table

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Options say what a file cannot say itself.
type Options struct {
	Sheet     string // of a workbook; "" means its first visible one
	Encoding  string // of a text that does not say it; "" finds it out
	HeaderRow string // the line of the header, NoHeader, or "" to find it
	Hidden    string // what becomes of a workbook's hidden rows and columns: ReadHidden, SkipHidden, or "" to ask

	Field func(header string) string // what a header is known for, or ""; nil looks for no header
}

// What becomes of hidden rows and columns.
const (
	ReadHidden = "read"
	SkipHidden = "skip"
)

// Check tells what is wrong with the options whatever the file, or gives nil.
func (o Options) Check() error {
	if _, err := named(o.Encoding); err != nil {
		return err
	}
	if n, err := strconv.Atoi(o.HeaderRow); o.HeaderRow != "" && o.HeaderRow != NoHeader && (err != nil || n < 1) {
		return fmt.Errorf("the header row is %q, and must be the number of a line, or %s", o.HeaderRow, NoHeader)
	}
	if o.Hidden != "" && o.Hidden != ReadHidden && o.Hidden != SkipHidden {
		return fmt.Errorf("hidden rows are to be %q, and can be %s or %s", o.Hidden, ReadHidden, SkipHidden)
	}
	return nil
}

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

// recordReader is what each kind of file is read by. An error other than io.EOF is an *Error, or a *TempError: the rest of the file
// cannot be read.
type recordReader interface {
	read() (Record, error)
	encoding() Encoding
	close() error
}

// Reader gives a file's records.
type Reader struct {
	recordReader
	format     Format
	header     []string
	line       int
	email      int // the column of addresses, or -1
	fields     map[string]bool
	otherTable int // the line of another table's header
	field      func(string) string
	endErr     error
}

// Open detects what in is and reads its header. Errors are *Error, *TempError or the context's; path is only for them. Reading ends
// with the context, also while a workbook is checked.
func Open(ctx context.Context, path string, in io.Reader, o Options) (*Reader, error) {
	r, err := open(ctx, path, in, o)
	if err != nil && ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if fault, is := errors.AsType[*Error](err); is {
		fault.Path = path
		return nil, fault
	}
	if fault, is := asTempError(err); is {
		return nil, fault
	}
	if err != nil {
		return nil, unreadable(path, err)
	}
	return r, nil
}

func open(ctx context.Context, path string, in io.Reader, o Options) (*Reader, error) {
	u, err := unpack(in)
	if err != nil {
		return nil, err
	}
	r := &Reader{format: Format{Container: u.container, Member: u.member}}
	if u.container == Workbook {
		r.recordReader, r.format.Member, err = openSheet(ctx, u.spool, o)
	} else {
		r.recordReader, r.format.Delimiter, err = openText(path, u, o)
	}
	if err != nil {
		return nil, errors.Join(err, u.close())
	}
	if n := r.columnsWithoutHeader(); n > 0 {
		r.nameByLetter(n)
		return r, nil
	}
	first, err := r.read()
	switch {
	case errors.Is(err, io.EOF):
		err = &Error{Problem: "it is empty", Advice: "export it again"}
	case err == nil && first.Fault == BrokenQuotes:
		err = &Error{Line: first.Line, Problem: "the header line cannot be read: its quotes are broken", Advice: "close or remove its quotes"}
	}
	if err == nil && len(first.Cells) > maxColumns {
		err = &Error{Line: first.Line, Problem: fmt.Sprintf("its header has more than %d columns", maxColumns), Advice: "check that this is a list, and remove the columns that nobody needs"}
	}
	if err == nil && strings.ContainsRune(strings.Join(first.Cells, ""), 0) {
		err = &Error{Line: first.Line, Problem: "its header holds zero bytes, so it is no text that is known here", Advice: "save it as CSV UTF-8"}
	}
	if err != nil {
		return nil, errors.Join(err, r.close())
	}
	r.header, r.line, r.field = append(r.header, first.Cells...), first.Line, o.Field
	if t, is := r.recordReader.(*textReader); is && t.layout.linesAbove > 0 {
		r.format.Header = r.line
	}
	r.mapFields()
	return r, nil
}

// columnsWithoutHeader gives how many columns a file has that was said to have no header, or 0.
func (r *Reader) columnsWithoutHeader() int {
	switch in := r.recordReader.(type) {
	case *textReader:
		return min(in.unnamedColumns, maxColumns)
	case *sheetReader:
		return in.unnamedColumns
	}
	return 0
}

// nameByLetter names the columns of a file without a header.
func (r *Reader) nameByLetter(columns int) {
	for i := range columns {
		r.header = append(r.header, columnLetter(i))
	}
	r.email = -1
}

// mapFields finds out which fields the header names.
func (r *Reader) mapFields() {
	r.email, r.fields = -1, map[string]bool{}
	if r.field == nil {
		return
	}
	for i, h := range r.header {
		if field := r.field(h); field != "" {
			r.fields[field] = true
			if field == "email" && r.email < 0 {
				r.email = i
			}
		}
	}
}

// Header gives the first record and its line.
func (r *Reader) Header() (cells []string, line int) { return r.header, r.line }

// Format tells what the file is, as far as it was read.
func (r *Reader) Format() Format {
	f := r.format
	f.Encoding = r.encoding()
	if t, is := r.recordReader.(*textReader); is {
		f.Marked = t.decoded.marked
	}
	return f
}

// Sheets are those of a workbook that are not hidden, in its order.
func (r *Reader) Sheets() []string {
	s, is := r.recordReader.(*sheetReader)
	if !is {
		return nil
	}
	return slices.DeleteFunc(s.file.GetSheetList(), func(name string) bool {
		visible, err := s.file.GetSheetVisible(name)
		return err == nil && !visible
	})
}

// EncodingUnknown tells whether all that was read is ASCII and the encoding may still turn out to be another one.
func (r *Reader) EncodingUnknown() bool {
	t, is := r.recordReader.(*textReader)
	return is && t.decoded.undecided()
}

// Next gives the next record, or io.EOF, or an *Error when the rest of the file cannot be read. What ends it ends it for good.
func (r *Reader) Next() (Record, error) {
	if r.endErr != nil {
		return Record{}, r.endErr
	}
	rec, err := r.read()
	if err != nil {
		r.endErr = err
		return Record{}, err
	}
	if len(rec.Cells) > max(maxColumns, len(r.header)) { // of delimiters alone a row may have a million
		rec.Cells, rec.Fault = rec.Cells[:maxColumns], Ragged
	}
	if rec.Fault != NoFault {
		return rec, nil
	}
	if r.checkOtherTable(&rec); rec.Fault != NoFault {
		return rec, nil
	}
	if r.padOrTrim(&rec); len(rec.Cells) != len(r.header) {
		rec.Fault = Ragged
	}
	for i, cell := range rec.Cells {
		if strings.IndexByte(cell, '&') >= 0 {
			rec.Cells[i] = unescapeHTML(cell)
		}
	}
	return rec, nil
}

// padOrTrim gives a record as many cells as the header has, where the program that wrote the file has a habit of writing empty ones too
// many, or of leaving them out. In a single row it is a delimiter amid a cell that looks so, and every cell behind it is shifted.
func (r *Reader) padOrTrim(rec *Record) {
	t, is := r.recordReader.(*textReader)
	if !is {
		return
	}
	wide := len(r.header)
	switch n := len(rec.Cells); {
	case t.surplus > 0 && n == wide+t.surplus && blank(rec.Cells[wide:]):
		rec.Cells = rec.Cells[:wide]
	case t.trimsEmpty && n < wide && r.email >= 0 && r.email < n && isAddress([]byte(rec.Cells[r.email])):
		for len(rec.Cells) < wide {
			rec.Cells = append(rec.Cells, "")
		}
	}
}

// checkOtherTable knows the header of another table below this one, and the rows of that table. Read under this header they would be
// guests whose names stand in the wrong columns.
func (r *Reader) checkOtherTable(rec *Record) {
	if r.email < 0 || r.email >= len(rec.Cells) || strings.IndexByte(rec.Cells[r.email], '@') < 0 {
		switch {
		case r.repeatsHeader(rec.Cells):
			rec.Fault, r.otherTable = RepeatedHeader, 0
			return
		case r.looksLikeHeader(rec.Cells):
			r.otherTable = rec.Line
		}
	}
	if r.otherTable > 0 {
		rec.Fault, rec.Column = OtherTable, r.otherTable
	}
}

// repeatsHeader reports whether a record is the header once more.
func (r *Reader) repeatsHeader(cells []string) bool {
	if len(cells) != len(r.header) || len(r.fields) == 0 {
		return false
	}
	for i, cell := range cells {
		if !strings.EqualFold(strings.TrimSpace(cell), strings.TrimSpace(r.header[i])) {
			return false
		}
	}
	return true
}

// looksLikeHeader reports whether a record names columns as the header does: two fields of this list at least, in half of its cells. A
// guest may be called Mel, which is an address in French, but not Mel and Gast in a list of first and last names.
func (r *Reader) looksLikeHeader(cells []string) bool {
	if len(r.fields) < 2 {
		return false
	}
	filled, named := 0, 0
	for _, cell := range cells {
		if cell == "" {
			continue
		}
		if filled++; len(cell) <= maxHeaderCell && r.fields[r.field(cell)] {
			named++
		}
		if filled-named > 2 && named == 0 {
			return false
		}
	}
	return named >= 2 && 2*named >= filled
}

// unescapeHTML gives a cell whose characters are written as in HTML, such as O&#039;Hara, as it was meant. One with an & that begins
// no such character is left alone.
func unescapeHTML(cell string) string {
	if !strings.Contains(cell, ";") || len(htmlEntity.FindAllStringIndex(cell, -1)) != strings.Count(cell, "&") {
		return cell
	}
	return html.UnescapeString(cell)
}

// htmlEntity is how HTML writes a character.
var htmlEntity = regexp.MustCompile(`&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8}[0-9]{0,2});`)

// Close gives temporary files back. A reader that is only let go of holds no disk space either: they have no names.
func (r *Reader) Close() error { return r.close() }

func unreadable(path string, err error) *Error {
	return &Error{Path: path, Problem: "it cannot be read", Advice: err.Error(), Cause: err}
}
