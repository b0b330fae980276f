package table

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

// textReader reads delimited text.
type textReader struct {
	path        string
	file        *unpackedFile
	reader      *csv.Reader
	buffer      *recordBuffer
	decoded     *decodedText
	comma       string
	linesBefore int      // lines before the first that csv.Reader sees
	line        int      // where the latest record begins
	lineCount   int      // how many lines it has
	width       int      // of the header; 0 until it is read
	scratch     [][]byte // of the line that is looked at

	layout
	rescanned int // bytes that were read again behind a stray quote

	headerRemarks []Remark   // on the header, for the first row to tell
	unquotedLines *lineQueue // rows that quotes had enclosed, to be read before what follows them
}

// openText sets up the reader. The delimiter is what a first line sep=; says, or the one that the header has most of.
func openText(path string, u *unpackedFile, o Options) (*textReader, string, error) {
	raw, is := u.text.(*bufio.Reader)
	if !is {
		raw = bufio.NewReaderSize(u.text, lookAhead)
	}
	t := &textReader{path: path, file: u}
	var err error
	if t.decoded, err = decode(raw, o.Encoding); err != nil {
		return nil, "", err
	}
	in := bufio.NewReaderSize(t.decoded, lookAhead)
	head, err := in.Peek(lookAhead / 2)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, "", err
	}
	if len(bytes.TrimSpace(head)) == 0 {
		return nil, "", &Error{Problem: "it is empty", Advice: "export it again"}
	}
	if err := refuseMarkup(head); err != nil {
		return nil, "", err
	}
	if usesLoneCR(head) {
		in = bufio.NewReaderSize(&crReader{in: in}, lookAhead)
		head, _ = in.Peek(lookAhead / 2)
	}
	told, size := separatorLine(head)
	if size > 0 {
		t.linesBefore = 1
		_, _ = in.Discard(size)
		head = head[size:]
	}
	if len(bytes.TrimSpace(head)) == 0 {
		t.start(in, layout{comma: max(told, ',')})
		return t, string(told), nil
	}
	l, err := detectLayout(head, len(head)+size == lookAhead/2, told, o)
	if err != nil {
		return nil, "", err
	}
	_, _ = in.Discard(l.offset)
	t.start(in, l)
	return t, string(l.comma), nil
}

// start sets up what reads records of a text whose layout is known.
func (t *textReader) start(in io.Reader, l layout) {
	if l.apostropheQuotes {
		in = quoteSwapReader{in}
	}
	if l.blanksByQuotes {
		in = &blankTrimReader{in: in, tidy: blankTrimmer{comma: []byte(string(l.comma)), start: true}}
	}
	t.linesBefore += l.linesAbove
	t.layout, t.comma, t.width = l, string(l.comma), l.unnamedColumns
	t.line, t.lineCount = t.linesBefore, 1
	t.resetReader(in)
}

// resetReader reads on from in.
func (t *textReader) resetReader(in io.Reader) {
	t.buffer = &recordBuffer{in: in}
	t.reader = t.csv(t.buffer, t.layout.comma)
	t.reader.ReuseRecord = true
}

func (t *textReader) csv(in io.Reader, comma rune) *csv.Reader {
	r := csv.NewReader(in)
	r.Comma, r.FieldsPerRecord = comma, -1
	return r
}

// read gives the next record. A broken one costs exactly itself.
func (t *textReader) read() (Record, error) {
	rec, err := t.nextRecord()
	if t.apostropheQuotes {
		for i, cell := range rec.Cells {
			rec.Cells[i] = quoteSwapper.Replace(cell)
		}
	}
	return rec, err
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
	rec := Record{Line: t.line, Cells: t.unwrapRow(cells, raw)}
	several := isMultiline(raw)
	if several {
		t.lineCount = lineCount(raw)
	}
	if t.width == 0 {
		t.width = len(rec.Cells)
		if several {
			err = t.checkHeaderLines(rec, raw)
		}
		return rec, err
	}
	if several && t.splitQuotedRows(&rec, raw) {
		return t.nextRecord()
	}
	if err := t.decoded.checkRecord(&rec, raw); err != nil {
		return Record{}, t.withPath(err)
	}
	rec.Remarks, t.headerRemarks = append(append(rec.Remarks, t.headerRemarks...), t.decoded.remark(raw)...), nil
	return rec, nil
}

// end reads what follows the text in its container: a hash over the file wants all of it.
func (t *textReader) end(eof error) error {
	if err := t.file.drain(); err != nil {
		return unreadable(t.path, err)
	}
	if len(t.headerRemarks) > 0 { // there was no row to tell it
		return &Error{Path: t.path, Problem: t.headerRemarks[0].Text, Advice: "or export it again: there are no others"}
	}
	return eof
}

// withPath adds the file's path to what is wrong with it.
func (t *textReader) withPath(err error) error {
	if known, is := errors.AsType[*Error](err); is {
		known.Path = t.path
		return known
	}
	return err
}

// unwrapRow takes apart a row that is quoted as a whole: one cell that holds as many as the header has.
func (t *textReader) unwrapRow(cells []string, raw []byte) []string {
	if len(cells) != 1 || t.width == 1 || len(raw) == 0 || raw[0] != '"' || !strings.Contains(cells[0], t.comma) {
		return cells
	}
	inner, err := t.csv(strings.NewReader(cells[0]), t.layout.comma).Read()
	if err != nil || len(inner) < 2 || t.width > 0 && len(inner) != t.width {
		return cells
	}
	return inner
}

func (t *textReader) encoding() Encoding { return t.decoded.encoding() }

func (t *textReader) close() error { return t.file.close() }

// MaxRecord bounds one record. A quote that is opened and never closed makes the rest of the file one cell; this stops the
// reader from taking it all into memory, and a guest with more than 1 MiB is no guest.
const MaxRecord = 1 << 20

var errRecordTooLong = errors.New("a row is longer than 1 MiB")
