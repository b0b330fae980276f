package table

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Two stray quotes, some lines apart, make one well-formed cell of all that is between them: by the rules of CSV the
// rows in it are a guest's note. Only the look of its lines distinguishes such a cell from an address or a note of
// several lines. Two wrongs are weighed: rows that vanish in a cell are guests who are never asked, and a note that is
// split costs the guest who has it. Lines that are no rows are rejected with a reason if they are read by themselves,
// so splitting makes no guests who do not exist unless they look like some.

// quotedRows is what a record of several lines is taken for.
type quotedRows int

const (
	noRows quotedRows = iota
	maybeRows
	surelyRows
)

// manyLines is how many lines of a cell are taken without a remark: an address or a signature has fewer.
const manyLines = 10

// classifyLines judges a record of several lines by its lines, as if there were no quotes in them. It is rows for sure
// when
//
//   - more than half of its lines, and two at least, have exactly as many cells as the header; and two of them have an @ in
//     the same column, as a list with addresses has, or all lines are such, there are three of each or more, and one line at
//     least is whole. Three commas in every line of a note, and never more, is no coincidence.
//   - more than half of its lines, and three at least, have an address and nothing else in the same column, however many cells
//     they have: the empty ones were left out, or commas written without quotes. A signature has one.
//
// Else it stays one cell, with a remark where it may be either: "12 High Street<line break>London, UK" in a list of two
// columns.
func (t *textReader) classifyLines(cells []string, raw []byte) quotedRows {
	l := t.countLines(raw)
	most := l.alike >= 2 && 2*l.alike > l.all
	switch {
	case l.addressed >= 3 && 2*l.addressed > l.all,
		most && t.width > 1 && l.together >= 2,
		most && t.width > 3 && l.all > 2 && l.alike == l.all:
		return surelyRows
	case most, l.addressed >= 2, l.all > manyLines, len(cells) != t.width, t.width == 1, slices.ContainsFunc(cells,
		t.looksLikeList):
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
	var ats, addresses columnCounts
	for line := range strings.Lines(string(raw)) {
		if strings.Trim(line, "\r\n") == "" {
			continue
		}
		l.all++
		cells := splitLine(line, t.comma)
		if len(cells) == t.width {
			l.alike++
			ats.add(cells, func(cell string) bool { return strings.IndexByte(cell, '@') >= 0 })
		}
		if len(cells) > 1 { // a line with nothing but an address is a note's as well
			addresses.add(cells, isAddress)
		}
	}
	l.together, l.addressed = slices.Max(ats[:]), slices.Max(addresses[:])
	return l
}

// columnCounts counts by column. Further columns than a list has are left out.
type columnCounts [64]int

func (c *columnCounts) add(cells []string, has func(string) bool) {
	for i, cell := range cells[:min(len(cells), len(c))] {
		if has(cell) {
			c[i]++
		}
	}
}

// looksLikeList reports whether two lines of a cell after its first have an @, or most have a delimiter as rows have
// it. In sentences and addresses a blank or a line's end stands behind a comma; so three lines of them are needed, and
// of others one.
func (t *textReader) looksLikeList(cell string) bool {
	_, after, several := strings.Cut(cell, "\n")
	if several && hasEndOfCell(cell, t.comma) {
		return true
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
		commas, loose := strings.Count(line, t.comma), strings.Count(line+" ", t.comma+" ")
		if commas > 0 {
			with++
		}
		if commas > loose {
			tight++
		}
	}
	return ats >= 2 || 2*tight > all || with >= 3 && 2*with > all
}

// hasEndOfCell reports whether a quote, a delimiter and another cell stand in a cell. In a sentence a blank follows
// them.
func hasEndOfCell(cell, comma string) bool {
	_, next, is := strings.Cut(cell, `"`+comma)
	return is && next != "" && next[0] != ' ' && next[0] != '\n'
}

// splitQuotedRows has the lines of a record read one by one when they are rows for sure, and adds a remark when they
// may be.
func (t *textReader) splitQuotedRows(rec *Record, raw []byte) bool {
	switch t.classifyLines(rec.Cells, raw) {
	case surelyRows:
		why := rowsInQuotes(rec.Line, raw, ", so every line is read by itself; remove the stray quotes")
		t.unquotedLines = &lineQueue{at: rec.Line, left: bytes.Clone(raw), remark: why}
		return true
	case maybeRows:
		rec.Remarks = append(rec.Remarks, rowsInQuotes(rec.Line, raw,
			", and are taken for one cell; if they are rows, remove the stray quotes"))
	case noRows:
	}
	return false
}

// checkHeaderLines checks a header of several lines, whose rows would never be counted at all. It is refused when they
// are rows for sure; else the first row has a remark.
func (t *textReader) checkHeaderLines(rec Record, raw []byte) error {
	switch is := t.classifyLines(rec.Cells, raw); {
	case is == surelyRows, t.countLines(raw).addressed > 0: // no name of a column is an address
		return &Error{
			Path: t.path, Line: rec.Line, Problem: rowsInQuotes(rec.Line, raw,
				", and the header is one of them").Text, Advice: "remove the stray quotes",
		}
	case is == maybeRows:
		t.headerRemarks = append(t.headerRemarks, rowsInQuotes(rec.Line, raw,
			", and are taken for the header; if they are rows, remove the stray quotes"))
	}
	return nil
}

func rowsInQuotes(line int, raw []byte, so string) Remark {
	return Remark{Kind: RowsInQuotes, Column: wholeRecord, Text: fmt.Sprintf(
		"the quotes in lines %d and %d enclose what looks like rows%s", line, line+lineCount(raw)-1, so)}
}

// lineQueue is the lines of a record that was no record.
type lineQueue struct {
	at     int // the physical line of what is left
	left   []byte
	remark Remark
}

// next returns the next line that is not blank.
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

// readLine reads a line by itself. The two with the stray quotes have an odd number of them, so they are broken
// whatever else is in them; the lines between them are as good as they look.
func (t *textReader) readLine(line int, raw []byte) Record {
	t.line, t.lineCount = line, 1
	cells, err := newCSVReader(bytes.NewReader(raw), t.layout.comma).Read()
	rec := Record{Line: line, Cells: cells}
	if err != nil {
		column := 1
		if parse, is := errors.AsType[*csv.ParseError](err); is {
			column = parse.Column
		}
		rec = t.brokenQuotes(line, column, raw)
		rec.Remarks = append(rec.Remarks, t.unquotedLines.remark)
	}
	rec.Remarks = append(rec.Remarks, misreadText(t.decoded, raw)...)
	return rec
}
