package table

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"guestflow/importer/charset"
)

// recordReader reads the records of one kind of file. An error other than io.EOF is an *Error, a *TempError or the
// context's: the rest of the file cannot be read.
type recordReader interface {
	read() (Record, error)
	describe(f *Format)
	habits() rowHabits
	columnsWithoutHeader() int // 0 for a file that has a header
	close() error
}

// Reader reads a file's records.
type Reader struct {
	recordReader
	path   string
	format Format
	header []string
	line   int
	endErr error
	mender charset.Mender // of a workbook's cells

	rowHabits
	blankRows    bool         // are records
	notes        string       // what becomes of rows that may be headings and notes
	records      int          // below the header
	announced    bool         // the record before announces who made the list
	names        map[int]bool // the columns of first, last and full names
	headerFields []string     // by column
	field        func(string) string
	fields       map[string]bool // that the header names
	email        int             // the column of addresses, or -1
	otherTable   int             // the line of another table's header
	next         int             // the line behind the record before
	lone         bool            // the record before had a single cell
	cut          cutLine
	isEnclosed   bool        // cells stand between typographic quotes
	otherLists   []*zip.File // of an archive of which one is named
	elsewhere    *guestsElsewhere
}

// Open detects what in is and reads its header. Errors are *Error, *TempError or the context's; path is only for them.
// Reading ends with the context, also while a workbook is checked.
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
	u, err := unpack(in, o)
	if err != nil {
		return nil, err
	}
	r := &Reader{path: path, format: Format{Container: u.container, Member: u.member}, field: o.Field, email: -1,
		blankRows: o.BlankRows, notes: o.NoteRows, otherLists: u.otherLists, elsewhere: u.elsewhere}
	if u.container == Workbook {
		r.elsewhere = newGuestsElsewhere(o)
		r.recordReader, err = openWorkbook(ctx, u.spool, o, r.elsewhere)
	} else {
		r.recordReader, err = openText(path, u, o)
	}
	if err != nil {
		return nil, errors.Join(err, u.close())
	}
	r.describe(&r.format)
	r.rowHabits = r.habits()
	r.isEnclosed = mostlyEnclosed(r.sample)
	if n := r.columnsWithoutHeader(); n > 0 {
		r.nameByLetter(min(n, maxColumns))
		return r, nil
	}
	if err := r.readHeader(); err != nil {
		return nil, errors.Join(err, r.close())
	}
	return r, nil
}

func (r *Reader) readHeader() error {
	first, err := r.read()
	switch {
	case errors.Is(err, io.EOF):
		return &Error{Problem: "it is empty", Advice: "export it again"}
	case err != nil:
		return err
	case first.Fault == BrokenQuotes:
		return &Error{Line: first.Line, Problem: "the header line cannot be read: its quotes are broken",
			Advice: "close or remove its quotes"}
	case len(first.Cells) > maxColumns:
		return &Error{
			Line: first.Line, Problem: fmt.Sprintf("its header has more than %d columns", maxColumns),
			Advice: "check that this is a list, and remove the columns that are not needed",
		}
	case strings.ContainsRune(strings.Join(first.Cells, ""), 0):
		return &Error{Line: first.Line, Problem: "its header holds zero bytes, so it is no text that is known here",
			Advice: "save it as CSV UTF-8"}
	}
	for _, cell := range first.Cells {
		r.header = append(r.header, charset.DecodeEscapes(withoutEnclosing(cell)))
	}
	r.line = first.Line
	if r.format.Header > 0 {
		r.format.Header = r.line
	}
	r.mapFields()
	return nil
}

// nameByLetter names the columns of a file without a header.
func (r *Reader) nameByLetter(columns int) {
	for i := range columns {
		r.header = append(r.header, columnLetter(i))
	}
	r.headerFields = make([]string, columns)
}

// Header returns the first record and its line.
func (r *Reader) Header() (cells []string, line int) { return r.header, r.line }

// Headerless reports whether the file has no header, so that its columns are called A, B, C.
func (r *Reader) Headerless() bool { return r.columnsWithoutHeader() > 0 }

// Sample returns some of the first rows below the header, which may have more cells than it or fewer.
func (r *Reader) Sample() [][]string { return r.sample }

// Above returns the lines above the header, such as a title, the first ones.
func (r *Reader) Above() []string {
	switch in := r.recordReader.(type) {
	case *textReader:
		return in.layout.above
	case *workbookReader:
		return in.sheets[in.now].above
	}
	return nil
}

// Surplus returns how many cells every row has behind those of the header, all of them empty.
func (r *Reader) Surplus() int { return r.surplus }

// Format describes the file, as far as it was read.
func (r *Reader) Format() Format {
	f := r.format
	r.describe(&f)
	f.Header = r.format.Header
	return f
}

// Sheets returns the names of a workbook's sheets that are not hidden, in its order.
func (r *Reader) Sheets() []string {
	if w, is := r.recordReader.(*workbookReader); is {
		return w.visibleSheets()
	}
	return nil
}

// HasSheets reports whether the file is a workbook, or an archive of several lists, of which one is named.
func (r *Reader) HasSheets() bool { return r.format.Container == Workbook || len(r.otherLists) > 0 }

// EncodingUnknown reports whether all that was read is ASCII and the encoding may still turn out to be another one.
func (r *Reader) EncodingUnknown() bool {
	t, is := r.recordReader.(*textReader)
	return is && t.decoded.Undecided()
}

// Next returns the next record, or io.EOF, or an *Error when the rest of the file cannot be read. After an error it
// returns the same.
func (r *Reader) Next() (Record, error) {
	if r.endErr != nil {
		return Record{}, r.endErr
	}
	rec, err := r.read()
	for err == nil && !r.blankRows && len(rec.Remarks) == 0 && blank(rec.Cells) {
		rec, err = r.read()
	}
	if err != nil {
		if fault, is := errors.AsType[*Error](err); is && fault.Path == "" { // of a workbook
			fault.Path = r.path
		}
		r.endErr = err
		return Record{}, err
	}
	if len(rec.Cells) > max(maxColumns, len(r.header)) { // of delimiters alone a row may have a million
		rec.Cells, rec.Fault = rec.Cells[:maxColumns], Ragged
	}
	for i, cell := range rec.Cells {
		if rec.Fault == NoFault && strings.ContainsAny(cell, `&=%\_'+`) {
			rec.Cells[i] = charset.DecodeEscapes(cell)
		}
		if rec.Fault == NoFault {
			rec.Cells[i] = withLineFeeds(rec.Cells[i])
		}
	}
	if r.isEnclosed && rec.Fault == NoFault {
		openCells(&rec)
	}
	r.checkStruck(&rec)
	r.check(&rec)
	if rec.Elsewhere, rec.Colour = r.elsewhere.of(rec.Cells, r.names), r.rowColour(rec); rec.Fault != NoFault {
		r.addLegendRow(rec)
	}
	if r.format.Container == Workbook && rec.Fault == NoFault {
		rec.Remarks = append(rec.Remarks, misreadCells(&r.mender, rec.Cells)...)
	}
	return rec, nil
}

// check looks for faults in a record up to the first one, and gives it as many cells as the header has.
func (r *Reader) check(rec *Record) {
	if rec.Fault == NoFault && r.notes != ReadNotes && r.isDescription(rec.Cells) {
		rec.Fault = Note
	}
	if rec.Fault == NoFault {
		r.checkOtherTable(rec)
	}
	if rec.Fault == NoFault {
		r.fitWidth(rec)
	}
	if rec.Fault == NoFault {
		r.checkNote(rec)
	}
	if rec.Fault == NoFault {
		r.checkApostrophes(rec)
	}
	if rec.Fault == Ragged && r.field != nil && IsTotals(rec.Cells) {
		rec.Fault = Totals
	}
	r.checkCutLine(rec)
	r.next, r.lone = rec.next, filledCells(rec.Cells) < 2
}

// Close deletes temporary files. A reader that is not closed holds no disk space either: they have no names.
func (r *Reader) Close() error { return r.close() }

// fitWidth gives a record as many cells as the header has, where that is a habit of the list. In a single row it is a
// delimiter amid a cell that looks so, and every cell behind it is shifted.
func (r *Reader) fitWidth(rec *Record) {
	wide, n := len(r.header), len(rec.Cells)
	switch {
	case r.surplus > 0 && n == wide+r.surplus && blank(rec.Cells[wide:]):
		rec.Cells = rec.Cells[:wide]
	case r.surplus > 0:
		rec.Fault = Ragged
	case n < wide && (r.endsEarly(rec.Cells) || r.lacksOnlyTheEnd(rec.Cells)):
		for len(rec.Cells) < wide {
			rec.Cells = append(rec.Cells, "")
		}
	case n != wide:
		rec.Fault = Ragged
	}
}

// endsEarly reports whether a short row lacks only empty cells at its end: it has its address where the list has them,
// which is the last cell, or rows of this list end early in general. An address that a lost delimiter has joined with
// the next cell does not end as hosts do.
func (r *Reader) endsEarly(cells []string) bool {
	if r.email < 0 || r.email >= len(cells) || r.email != len(cells)-1 && !r.trimsEmpty {
		return false
	}
	for i, cell := range cells {
		if i != r.email && strings.IndexByte(cell, '@') >= 0 {
			return false
		}
	}
	label, is := hostLabel(cells[r.email])
	return is && (len(label) == 2 || slices.Contains(commonLabels, label) || slices.Contains(r.hosts, label))
}

// commonLabels are the last labels of most hosts that have no country.
var commonLabels = strings.Fields("com org net edu gov info biz name app dev online email club shop site events cloud " +
	"europa example test")
