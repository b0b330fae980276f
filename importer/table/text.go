package table

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"golang.org/x/text/transform"

	"guestflow/importer/charset"
)

// textReader reads delimited text.
type textReader struct {
	path    string
	file    *unpackedFile
	decoded *charset.Text
	layout
	comma      string
	headerLine int // where lines above it are left out

	reader      *csv.Reader
	buffer      *recordBuffer
	linesBefore int // lines before the first that csv.Reader sees
	line        int // where the latest record begins
	lineCount   int // how many lines it has
	width       int // of the header; 0 until it is read

	headerRemarks []Remark   // on the header, to be reported with the first row
	unquotedLines *lineQueue // rows that quotes had enclosed, to be read before what follows them
	rescanned     int        // bytes that were read again behind a stray quote
}

// openText detects encoding and layout in the first bytes of a text.
func openText(path string, u *unpackedFile, o Options) (*textReader, error) {
	raw, is := u.text.(*bufio.Reader)
	if !is {
		raw = bufio.NewReaderSize(u.text, lookAhead)
	}
	t := &textReader{path: path, file: u}
	var err error
	if t.decoded, err = charset.Decode(raw, o.Encoding); err != nil {
		return nil, &Error{Problem: err.Error(), Advice: "correct --encoding"}
	}
	in := bufio.NewReaderSize(askingReader{t.decoded}, lookAhead)
	head, err := in.Peek(lookAhead / 2)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if len(bytes.TrimSpace(head)) == 0 {
		return nil, &Error{Problem: "it is empty", Advice: "export it again"}
	}
	if err := refuseMarkup(head); err != nil {
		return nil, err
	}
	if o.Field != nil && o.HeaderRow == "" {
		if err := refuseNotTable(head); err != nil {
			return nil, err
		}
	}
	if usesLoneCR(head) {
		in = bufio.NewReaderSize(&crReader{in: in}, lookAhead)
		head, _ = in.Peek(lookAhead / 2)
	} else if end := separatorOfLines(head); end != "" {
		in = bufio.NewReaderSize(transform.NewReader(in, lineEnds{end}), lookAhead)
		head, _ = in.Peek(lookAhead / 2)
	}
	if err := t.findLayout(in, head, o); err != nil {
		return nil, err
	}
	return t, nil
}

// findLayout detects the layout in the head of a text, and sets up what reads its records.
func (t *textReader) findLayout(in *bufio.Reader, head []byte, o Options) error {
	declared, size := separatorLine(head)
	more := len(head) == lookAhead/2
	if size > 0 {
		t.linesBefore = 1
		_, _ = in.Discard(size)
		head = head[size:]
	}
	l := layout{comma: max(declared, ',')}
	if len(bytes.TrimSpace(head)) > 0 {
		var err error
		if l, err = detectLayout(head, more, declared, o); err != nil {
			return err
		}
	}
	_, _ = in.Discard(l.offset + l.brokenHeader)
	t.start(in, l)
	return nil
}

// start sets up what reads the records of a text whose layout is known.
func (t *textReader) start(in io.Reader, l layout) {
	if l.apostropheQuotes {
		in = quoteSwapReader{in}
	}
	if l.backslashes {
		in = &backslashReader{in: in}
	}
	if l.blanksByQuotes {
		in = newBlankTrimReader(in, l.comma, l.blanksBehindAll)
	}
	if l.mended != "" {
		in = io.MultiReader(strings.NewReader(l.mended), in)
	}
	t.linesBefore += l.linesAbove
	if l.linesAbove > 0 {
		t.headerLine = t.linesBefore + 1
	}
	t.layout, t.comma, t.width = l, string(l.comma), l.unnamedColumns
	t.line, t.lineCount = t.linesBefore, 1
	t.resetReader(in)
}

// resetReader continues with in.
func (t *textReader) resetReader(in io.Reader) {
	t.buffer = &recordBuffer{in: in}
	t.reader = newCSVReader(t.buffer, t.layout.comma)
	t.reader.ReuseRecord = true
	t.reader.LazyQuotes = t.apostropheQuotes // names have apostrophes, too
}

func newCSVReader(in io.Reader, comma rune) *csv.Reader {
	r := csv.NewReader(in)
	r.Comma, r.FieldsPerRecord = comma, -1
	return r
}

// read returns the next record. A broken one costs only itself.
func (t *textReader) read() (Record, error) {
	rec, err := t.nextRecord()
	rec.next = t.line + t.lineCount
	if t.apostropheQuotes {
		for i, cell := range rec.Cells {
			rec.Cells[i] = quoteSwapper.Replace(cell)
			if strings.Contains(cell, `\"`) {
				t.unescape(&rec, i)
			}
		}
	}
	if t.backslashes {
		for i, cell := range rec.Cells {
			rec.Cells[i] = escapedSigns.Replace(cell)
		}
	}
	return rec, err
}

// unescape reads an apostrophe behind a backslash as the list has shown: it is escaped, or both are in the cell.
func (t *textReader) unescape(rec *Record, column int) {
	switch t.escapes {
	case backslashEscapes:
		rec.Cells[column] = strings.ReplaceAll(rec.Cells[column], `\'`, "'")
	case noEscapes:
	default:
		rec.Fault, rec.Column = BrokenQuotes, column+1
	}
}

func (t *textReader) nextRecord() (Record, error) {
	if line, raw, is := t.unquotedLines.next(); is {
		return t.readLine(line, raw), nil
	}
	t.buffer.left = MaxRecord
	cells, err := t.reader.Read()
	if errors.Is(err, io.EOF) {
		return Record{}, t.end(err)
	}
	if t.buffer.over { // also when the part that was read is broken in another way
		if rec, is := t.resumeAfterQuote(t.buffer.rest(), t.line+t.lineCount); is {
			return rec, nil
		}
		return Record{}, t.tooLong(err)
	}
	raw := t.buffer.cut(t.reader.InputOffset())
	if err != nil {
		return t.brokenRecord(err, raw)
	}
	first, _ := t.reader.FieldPos(0)
	t.line, t.lineCount = first+t.linesBefore, 1
	if isMultiline(raw) {
		t.lineCount = lineCount(raw)
	}
	return t.checkRecord(Record{Line: t.line, Cells: t.unwrapRow(cells, raw)}, raw)
}

// checkRecord looks at a record that is well formed: quotes may enclose rows all the same, and letters be of another
// encoding.
func (t *textReader) checkRecord(rec Record, raw []byte) (Record, error) {
	if t.width == 0 {
		t.width = len(rec.Cells)
		if t.lineCount > 1 {
			return rec, t.checkHeaderLines(rec, raw)
		}
		return rec, nil
	}
	if t.lineCount > 1 && t.splitQuotedRows(&rec, raw) {
		return t.nextRecord()
	}
	if err := checkLetters(t.decoded, &rec, raw); err != nil {
		return Record{}, t.withPath(err)
	}
	rec.Remarks, t.headerRemarks = append(append(rec.Remarks, t.headerRemarks...), misreadText(t.decoded, raw)...), nil
	return rec, nil
}

// end reads what follows the text in its container: a hash over the file needs all of it.
func (t *textReader) end(eof error) error {
	if err := t.file.drain(); err != nil {
		return unreadable(t.path, err)
	}
	if len(t.headerRemarks) > 0 { // no row has reported it
		return &Error{Path: t.path, Problem: t.headerRemarks[0].Text, Advice: "or export it again: it has no other rows"}
	}
	return eof
}

// withPath adds the file's path to an *Error.
func (t *textReader) withPath(err error) error {
	if known, is := errors.AsType[*Error](err); is {
		known.Path = t.path
		return known
	}
	return err
}

// unwrapRow splits a row that is quoted as a whole: one cell that holds as many as the header has.
func (t *textReader) unwrapRow(cells []string, raw []byte) []string {
	if len(cells) != 1 || t.width == 1 || len(raw) == 0 || raw[0] != '"' || !strings.Contains(cells[0], t.comma) {
		return cells
	}
	r := newCSVReader(strings.NewReader(cells[0]), t.layout.comma)
	inner, err := r.Read()
	if err != nil || len(inner) < 2 || t.width > 0 && len(inner) != t.width {
		return cells
	}
	if _, err := r.Read(); !errors.Is(err, io.EOF) {
		return cells // other rows are in it
	}
	return inner
}

func (t *textReader) describe(f *Format) {
	f.Delimiter, f.Encoding, f.Marked, f.Header = t.comma, t.decoded.Encoding(), t.decoded.Marked, t.headerLine
}

func (t *textReader) habits() rowHabits { return t.rowHabits }

func (t *textReader) columnsWithoutHeader() int { return t.unnamedColumns }

func (t *textReader) close() error { return t.file.close() }
