package table

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
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

// Close gives temporary files back. A reader that is only let go of holds no disk space either: they have no names.
func (r *Reader) Close() error { return r.close() }
