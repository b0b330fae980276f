package table

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Two stray quotes, some lines apart, make one well-formed cell of all that is between them: by the rules of CSV the rows in it
// are a guest's note. Nothing but the look of its lines tells such a cell from an address or a note of several lines.

// quotedRows is what a record of several lines is taken for.
type quotedRows int

const (
	noRows quotedRows = iota
	maybeRows
	surelyRows
)

// splitQuotedRows has the lines of a record read one by one when they are rows for sure, and says so on it when they may be.
func (t *textReader) splitQuotedRows(rec *Record, raw []byte) bool {
	switch t.classifyLines(rec.Cells, raw) {
	case surelyRows:
		why := enclosedRows(rec.Line, raw, ", so every line is read by itself; remove the stray quotes")
		t.unquotedLines = &lineQueue{at: rec.Line, left: bytes.Clone(raw), remark: why}
		return true
	case maybeRows:
		rec.Remarks = append(rec.Remarks, enclosedRows(rec.Line, raw, ", and are taken for one cell; if they are rows, remove the stray quotes"))
	case noRows:
	}
	return false
}

// checkHeaderLines judges a header of several lines, whose rows would never be counted at all. It is refused when they are rows for sure;
// else the first row tells of it.
func (t *textReader) checkHeaderLines(rec Record, raw []byte) error {
	switch is := t.classifyLines(rec.Cells, raw); {
	case is == surelyRows, t.countLines(raw).addressed > 0: // no name of a column is an address
		return &Error{
			Path: t.path, Line: rec.Line, Problem: enclosedRows(rec.Line, raw, ", and the header is one of them").Text, Advice: "remove the stray quotes",
		}
	case is == maybeRows:
		t.headerRemarks = append(t.headerRemarks, enclosedRows(rec.Line, raw, ", and are taken for the header; if they are rows, remove the stray quotes"))
	}
	return nil
}

// manyLines is how many lines of a cell are taken without a word: an address or a signature has fewer.
const manyLines = 10

// classifyLines judges a record of several lines by its lines, as if there were no quotes in them. Two wrongs are weighed: rows that
// vanish in a cell are guests who are never asked, and a note that is taken apart costs the guest who has it. Lines that are no
// rows are rejected with a reason if they are read by themselves, so it makes no guests who do not exist unless they look
// like some. It is rows for sure when
//
//   - more than half of its lines, and two at least, have exactly as many cells as the header; and two of them have an @ in
//     the same column, as a list with addresses has, or all lines are such, there are three of each or more, and one line at
//     least is whole. Three commas in every line of a note, and never more, is no coincidence.
//   - more than half of its lines, and three at least, have an address and nothing else in the same column, however many cells
//     they have: somebody left the empty ones out, or wrote commas without quotes. A signature has one.
//
// Else it stays one cell, and a person is told where it may be either: "12 High Street<line break>London, UK" in a list of two
// columns. Only a short note with hardly a delimiter is not worth a word.
func (t *textReader) classifyLines(cells []string, raw []byte) quotedRows {
	l := t.countLines(raw)
	most := l.alike >= 2 && 2*l.alike > l.all
	switch {
	case l.addressed >= 3 && 2*l.addressed > l.all,
		most && t.width > 1 && l.together >= 2,
		most && t.width > 3 && l.all > 2 && l.alike == l.all:
		return surelyRows
	case most, l.addressed >= 2, l.all > manyLines, len(cells) != t.width, t.width == 1, t.cellsLookListed(cells):
		return maybeRows
	}
	return noRows
}

// lineCounts is what is counted in the lines of a record.
type lineCounts struct {
	all       int // that are not blank
	alike     int // with exactly as many cells as the header
	together  int // of these with an @ in the same column, where most have one
	addressed int // with an address and nothing else in the same column, where most have one
}

func (t *textReader) countLines(raw []byte) (l lineCounts) {
	var ats, addresses []int
	for line := range bytes.Lines(raw) {
		if blankLine(bytes.TrimSuffix(line, []byte("\n"))) {
			continue
		}
		l.all++
		t.scratch = splitLine(t.scratch[:0], line, t.comma)
		if len(t.scratch) == t.width {
			l.alike++
			ats = countColumns(ats, t.scratch, func([]byte) bool { return true })
		}
		if len(t.scratch) > 1 { // a line with nothing but an address is a note's as well
			addresses = countColumns(addresses, t.scratch, isAddress)
		}
	}
	l.together, l.addressed = slices.Max(append(ats, 0)), slices.Max(append(addresses, 0))
	return l
}

// countColumns counts the columns in which a line has an @ and what else is looked for. Further columns than a list has are left out.
func countColumns(columns []int, cells [][]byte, has func([]byte) bool) []int {
	const most = 256
	for column, cell := range cells[:min(len(cells), most)] {
		if bytes.IndexByte(cell, '@') < 0 || !has(cell) {
			continue
		}
		for column >= len(columns) {
			columns = append(columns, 0)
		}
		columns[column]++
	}
	return columns
}

// cellsLookListed tells whether two lines of a cell after its first have an @, or most have a delimiter as rows have it. Whoever writes a
// sentence or an address puts a space or a line's end behind a comma; so three lines of them are needed, and of others one.
func (t *textReader) cellsLookListed(cells []string) bool {
	for _, cell := range cells {
		_, after, more := strings.Cut(cell, "\n")
		if !more {
			continue
		}
		all, ats, tight, with := 0, 0, 0, 0
		for line := range strings.SplitSeq(after, "\n") {
			if line = strings.TrimSpace(line); line == "" {
				continue
			}
			all++
			if strings.Contains(line, "@") {
				ats++
			}
			loose := strings.Count(line, t.comma+" ")
			if strings.HasSuffix(line, t.comma) {
				loose++
			}
			switch n := strings.Count(line, t.comma); {
			case n > loose:
				tight++
				with++
			case n > 0:
				with++
			}
		}
		if ats >= 2 || 2*tight > all || with >= 3 && 2*with > all {
			return true
		}
	}
	return false
}

func enclosedRows(line int, raw []byte, so string) Remark {
	last := line + lineCount(raw) - 1
	return Remark{Kind: RowsInQuotes, Column: WholeRecord, Text: fmt.Sprintf("the quotes in lines %d and %d enclose what looks like rows%s", line, last, so)}
}

// lineQueue are those of a record that was no record.
type lineQueue struct {
	at     int // the physical line of what is left
	left   []byte
	remark Remark
}

// next gives the next line that is not blank.
func (l *lineQueue) next() (at int, raw []byte, is bool) {
	for l != nil && len(l.left) > 0 {
		end := bytes.IndexByte(l.left, '\n') + 1
		if end == 0 {
			end = len(l.left)
		}
		at, raw, l.left = l.at, l.left[:end], l.left[end:]
		l.at++
		if !blankLine(bytes.TrimSuffix(raw, []byte("\n"))) {
			return at, raw, true
		}
	}
	return 0, nil, false
}

// readLine reads a line by itself. The two with the stray quotes have an odd number of them, so they are broken whatever else is in
// them; the lines between them are as good as they look.
func (t *textReader) readLine(line int, raw []byte) Record {
	t.line, t.lineCount = line, 1
	cells, err := t.csv(bytes.NewReader(raw), t.reader.Comma).Read()
	rec := Record{Line: line, Cells: cells}
	if err != nil {
		column := 1
		if parse, is := errors.AsType[*csv.ParseError](err); is {
			column = parse.Column
		}
		rec = t.brokenQuotes(line, column, raw)
		rec.Remarks = append(rec.Remarks, t.unquotedLines.remark)
	}
	rec.Remarks = append(rec.Remarks, t.decoded.remark(raw)...)
	return rec
}
