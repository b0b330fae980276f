package table

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// MaxRecord bounds one record. A quote that is opened and never closed makes the rest of the file one cell; this stops the
// reader from taking it all into memory, and a guest with more than 1 MiB is no guest.
const MaxRecord = 1 << 20

var errRecordTooLong = errors.New("a row is longer than 1 MiB")

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

// markup are the beginnings of what is exported under a table's name and is none.
var markup = []struct{ begins, what string }{
	{"<!doctype html", "it is a web page"}, {"<html", "it is a web page"}, {"<table", "it is a web page's table (HTML)"},
	{"<head", "it is a web page"}, {"<meta", "it is a web page"}, {"<style", "it is a web page"}, {"<?xml", "it is an XML document"},
	{"<workbook", "it is an XML document"}, {"[{", "it is JSON"}, {`{"`, "it is JSON"}, {"[[", "it is JSON"}, {`["`, "it is JSON"}, {"{}", "it is JSON"}, {"[]", "it is JSON"},
}

// refuseMarkup refuses a text that is no table, and says what it is.
func refuseMarkup(head []byte) error {
	const most = 64
	begin := bytes.ToLower(bytes.Join(bytes.Fields(head[:min(len(head), 4*most)]), []byte(" ")))
	tight := bytes.ReplaceAll(begin, []byte(" "), nil)
	for _, m := range markup {
		if bytes.HasPrefix(begin, []byte(m.begins)) || m.begins[0] != '<' && bytes.HasPrefix(tight, []byte(m.begins)) {
			return &Error{Line: 1, Problem: m.what + ", whatever its name says", Advice: "open it in a spreadsheet and save it as .xlsx or CSV UTF-8, or export the list as one of them"}
		}
	}
	return nil
}

func (t *textReader) csv(in io.Reader, comma rune) *csv.Reader {
	r := csv.NewReader(in)
	r.Comma, r.FieldsPerRecord = comma, -1
	return r
}

// separatorLine reads the line by which Excel is told the delimiter, and gives its size.
func separatorLine(head []byte) (comma rune, size int) {
	line, _, ended := bytes.Cut(head, []byte("\n"))
	if !ended {
		return 0, 0
	}
	said := bytes.Trim(bytes.TrimSuffix(line, []byte("\r")), `"`)
	if len(said) < 5 || !bytes.EqualFold(said[:4], []byte("sep=")) {
		return 0, 0
	}
	comma, width := utf8.DecodeRune(said[4:])
	if comma == utf8.RuneError || comma == 0 || width != len(said)-4 {
		return 0, 0
	}
	return comma, len(line) + 1
}

// countedDelimiter counts in the first line that is not blank. Quoted cells do not count, and may go over several lines.
func countedDelimiter(head []byte) rune {
	counts := map[rune]int{}
	quoted := false
	for _, c := range string(bytes.TrimLeft(head, "\r\n")) {
		if c == '"' {
			quoted = !quoted
		}
		if c == '\n' && !quoted {
			break
		}
		if !quoted {
			counts[c]++
		}
	}
	best := ','
	for _, c := range ";\t|" {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return best
}

// usesLoneCR tells whether the first line ends in a lone carriage return, as old Macs and some of their programs write it. A
// lone one in a file of other lines is a part of its cell.
func usesLoneCR(head []byte) bool {
	quoted := false
	for i, c := range head {
		switch {
		case c == '"':
			quoted = !quoted
		case c == '\n' && !quoted:
			return false
		case c == '\r' && !quoted && i+1 < len(head):
			return head[i+1] != '\n'
		}
	}
	return false
}

// crReader writes every line end as one line feed.
type crReader struct {
	in     io.Reader
	skipLF bool // the byte before was a carriage return
}

func (l *crReader) Read(p []byte) (int, error) {
	for {
		n, err := l.in.Read(p)
		kept := p[:0]
		for _, c := range p[:n] {
			skip := c == '\n' && l.skipLF
			if l.skipLF = c == '\r'; l.skipLF {
				c = '\n'
			}
			if !skip {
				kept = append(kept, c)
			}
		}
		if len(kept) > 0 || err != nil || len(p) == 0 {
			return len(kept), err
		}
	}
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

// brokenRecord tells a record that costs only itself from one that makes the rest of the file unreadable.
func (t *textReader) brokenRecord(err error, raw []byte) (Record, error) {
	parse, ok := errors.AsType[*csv.ParseError](err)
	switch {
	case !ok:
		if known, is := errors.AsType[*Error](err); is {
			return Record{}, t.withPath(known)
		}
		return Record{}, &Error{Path: t.path, Problem: "it cannot be read to its end", Advice: err.Error(), Cause: err}
	case parse.Line > parse.StartLine:
		if rec, is := t.resumeAfterQuote(raw, parse.StartLine+t.linesBefore); is {
			return rec, nil
		}
		// Where the row ends is a guess, and a wrong one would hide every row in between in a single reject.
		return Record{}, &Error{
			Path: t.path, Line: parse.StartLine + t.linesBefore,
			Problem: fmt.Sprintf("a quote is opened here and not closed properly up to line %d, so rows cannot be told apart", parse.Line+t.linesBefore),
			Advice:  "close or remove the quote; a quote inside a quoted cell is written twice", Cause: err,
		}
	}
	t.line, t.lineCount = parse.StartLine+t.linesBefore, 1
	return t.brokenQuotes(t.line, parse.Column, raw), nil
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

// maxRescanned bounds what is read again because of stray quotes: each may take a record's most.
const maxRescanned = 64 << 20

// resumeAfterQuote takes the first line of what a stray quote has made one record for a broken row, and has the rest read again, when
// the rest looks like the rows of this list. raw begins with that line.
func (t *textReader) resumeAfterQuote(raw []byte, line int) (Record, bool) {
	for len(raw) > 0 && (raw[0] == '\n' || raw[0] == '\r') {
		if raw[0] == '\n' {
			line++
		}
		raw = raw[1:]
	}
	end := bytes.IndexByte(raw, '\n') + 1
	if t.width < 2 || end == 0 || !t.followedByRows(raw[end:]) || t.rescanned > maxRescanned {
		return Record{}, false
	}
	first := bytes.Clone(raw[:end])
	rest := bytes.Clone(raw[end:])
	if !t.buffer.over {
		rest = append(rest, t.buffer.rest()...)
	}
	t.rescanned += len(rest)
	t.line, t.lineCount, t.linesBefore = line, 1, line
	t.resetReader(io.MultiReader(bytes.NewReader(rest), t.buffer.in))
	rec := t.brokenQuotes(t.line, bytes.LastIndexByte(first, '"')+1, first)
	rec.Remarks = t.decoded.remark(first)
	return rec, true
}

// followedByRows reports whether a text's first records are rows of this list: they have as many cells, and three at least or an
// address, for a line of a note may have a comma.
func (t *textReader) followedByRows(text []byte) bool {
	const most = 20
	r := t.csv(bytes.NewReader(text[:min(len(text), lookAhead)]), t.layout.comma)
	all, alike, addressed := 0, 0, 0
	for all < most {
		cells, err := r.Read()
		if err != nil {
			break
		}
		all++
		if len(cells) == t.width || len(cells) == t.width+t.surplus || t.trimsEmpty && len(cells) > 1 && len(cells) < t.width {
			alike++
		}
		if slices.ContainsFunc(cells, func(cell string) bool { return strings.Contains(cell, "@") && isAddress([]byte(cell)) }) {
			addressed++
		}
	}
	return alike > 0 && 4*alike >= 3*all && (t.width > 2 || 2*addressed > all)
}

// tooLong tells a quote that makes one cell of the rest of the file from a row that is only long.
func (t *textReader) tooLong(err error) *Error {
	row, blank := t.buffer.rest(), 0
	for ; len(row) > 0 && (row[0] == '\n' || row[0] == '\r'); row = row[1:] {
		if row[0] == '\n' {
			blank++
		}
	}
	e := &Error{
		Path: t.path, Line: t.line + t.lineCount + blank, Problem: "from here on, " + errRecordTooLong.Error(),
		Advice: "no guest has as much: remove the row, or check that this is a list", Cause: err,
	}
	if bytes.Count(row, []byte(`"`))%2 == 1 {
		e.Problem += ": a quote is opened and never closed"
		e.Advice = "close or remove the quote"
	}
	return e
}

func (t *textReader) encoding() Encoding { return t.decoded.encoding() }

func (t *textReader) close() error { return t.file.close() }

// recordBuffer keeps the bytes of the record that is being read, since csv.Reader does not tell what it has read; and it fails the read
// once a record has taken too much, so that it keeps little.
type recordBuffer struct {
	in   io.Reader
	left int // that the record may still take
	over bool

	kept       []byte // from the offset from on
	from, done int64  // up to done, records were cut off
}

func (t *recordBuffer) Read(p []byte) (int, error) {
	if t.left <= 0 {
		t.over = true
		return 0, errRecordTooLong
	}
	n, err := t.in.Read(p)
	t.left -= n
	t.kept = append(t.kept[:0], t.kept[t.done-t.from:]...)
	t.kept, t.from = append(t.kept, p[:n]...), t.done
	return n, err
}

// cut gives a record, up to an offset and without the blank lines before it. It is good until the next one is read.
func (t *recordBuffer) cut(end int64) []byte {
	raw := t.kept[t.done-t.from : end-t.from]
	t.done = end
	for len(raw) > 0 && (raw[0] == '\n' || raw[0] == '\r') {
		line, rest, more := bytes.Cut(raw, []byte("\n"))
		if !more || !blankLine(line) {
			break
		}
		raw = rest
	}
	return raw
}

// rest is what was read and not cut off.
func (t *recordBuffer) rest() []byte { return t.kept[t.done-t.from:] }

// blankLine tells a line that csv.Reader passes over.
func blankLine(line []byte) bool { return len(line) == 0 || (len(line) == 1 && line[0] == '\r') }
