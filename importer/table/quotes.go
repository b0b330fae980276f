package table

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
)

// Two stray quotes, some lines apart, make one well-formed cell of all that is between them: by the rules of CSV the rows in it
// are a guest's note. Nothing but the look of its lines tells such a cell from an address or a note of several lines.

// enclosure is what a record of several lines is taken for.
type enclosure int

const (
	noRows enclosure = iota
	rowsMaybe
	rowsForSure
)

// takeApart has the lines of a record read one by one when they are rows for sure, and says so on it when they may be.
func (t *text) takeApart(rec *Record, raw []byte) bool {
	switch t.enclosed(raw) {
	case rowsForSure:
		why := enclosedRows(rec.Line, raw, ", so every line is read by itself; remove the stray quotes")
		t.apart = &lines{at: rec.Line, left: bytes.Clone(raw), remark: why}
		return true
	case rowsMaybe:
		rec.Remarks = append(rec.Remarks, enclosedRows(rec.Line, raw, ", and are taken for one cell; if they are rows, remove the stray quotes"))
	case noRows:
	}
	return false
}

// enclosed judges a record of several lines by its lines, as if there were no quotes in them. Two wrongs are weighed: rows that
// vanish in a cell are guests who are never asked, and an address that is taken apart becomes guests who do not exist.
//
//   - It is not worth a word unless more than half of its lines, and two at least, have exactly as many delimiters as the
//     header. An address with a comma here and there does not: its first line shares its delimiters with the cells before it,
//     and its last one with those behind it.
//   - It is rows for sure when two of these lines have an @ in the same column, as a list with addresses has; or when all its
//     lines have the header's delimiters, there are three of each or more, and one line at least is whole. Three commas in
//     every line of a note, and never more, is no coincidence.
//   - Else it may be either, such as "12 High Street<line break>London, UK" in a list of two columns. It stays one cell, and a
//     person is told.
func (t *text) enclosed(raw []byte) enclosure {
	if t.width < 2 {
		return noRows
	}
	comma := []byte(t.comma)
	all, alike := 0, 0
	for line := range bytes.Lines(raw) {
		if blankLine(bytes.TrimSuffix(line, []byte("\n"))) {
			continue
		}
		all++
		if bytes.Count(line, comma) == t.width-1 {
			alike++
		}
	}
	switch {
	case alike < 2 || 2*alike <= all:
		return noRows
	case t.width > 3 && all > 2 && alike == all, sameAddressColumn(raw, comma, t.width):
		return rowsForSure
	}
	return rowsMaybe
}

// sameAddressColumn finds a column in which two lines of the header's width have an @.
func sameAddressColumn(raw, comma []byte, width int) bool {
	seen := make([]bool, width)
	for line := range bytes.Lines(raw) {
		if bytes.Count(line, comma) != width-1 {
			continue
		}
		column := 0
		for cell := range bytes.SplitSeq(line, comma) {
			if bytes.IndexByte(cell, '@') >= 0 {
				if seen[column] {
					return true
				}
				seen[column] = true
			}
			column++
		}
	}
	return false
}

func severalLines(raw []byte) bool {
	end := bytes.IndexByte(raw, '\n')
	return end >= 0 && end < len(raw)-1
}

func enclosedRows(line int, raw []byte, so string) Remark {
	last := line + bytes.Count(bytes.TrimSuffix(raw, []byte("\n")), []byte("\n"))
	return Remark{Kind: EnclosedRows, Column: WholeRecord, Text: fmt.Sprintf("the quotes in lines %d and %d enclose what looks like rows%s", line, last, so)}
}

// lines are those of a record that was no record.
type lines struct {
	at     int // the physical line of what is left
	left   []byte
	remark Remark
}

// next gives the next line that is not blank.
func (l *lines) next() (at int, raw []byte, is bool) {
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

// single reads a line by itself. The two with the stray quotes have an odd number of them, so they are broken whatever else is in
// them; the lines between them are as good as they look.
func (t *text) single(line int, raw []byte) Record {
	t.line = line
	cells, err := t.csv(bytes.NewReader(raw), t.reader.Comma).Read()
	rec := Record{Line: line, Cells: cells}
	if err != nil {
		column := 1
		if parse, is := errors.AsType[*csv.ParseError](err); is {
			column = parse.Column
		}
		rec = t.unquoted(line, column, raw)
		rec.Remarks = append(rec.Remarks, t.apart.remark)
	}
	rec.Remarks = append(rec.Remarks, t.decoded.remark(raw)...)
	return rec
}

// unquoted is a record whose quotes are broken, with what stands between its delimiters, so that a person can mend it where it
// stands. Only a cell that is quoted well loses its quotes.
func (t *text) unquoted(line, column int, raw []byte) Record {
	rec := Record{Line: line, Fault: Quotes, Column: column}
	left := strings.TrimRight(string(raw), "\r\n") + t.comma // so that every cell ends in one
	for left != "" {
		cell, rest, well := quoted(left, t.comma)
		if !well {
			cell, rest, _ = strings.Cut(left, t.comma)
		}
		rec.Cells, left = append(rec.Cells, cell), rest
	}
	return rec
}

// quoted takes a cell that is quoted as it should be off a line.
func quoted(line, comma string) (cell, rest string, well bool) {
	if !strings.HasPrefix(line, `"`) {
		return "", "", false
	}
	for at := 1; ; {
		end := strings.IndexByte(line[at:], '"')
		if end < 0 {
			return "", "", false
		}
		at += end + 1
		if strings.HasPrefix(line[at:], `"`) {
			at++
			continue
		}
		rest, well = strings.CutPrefix(line[at:], comma)
		return strings.ReplaceAll(line[1:at-1], `""`, `"`), rest, well
	}
}
