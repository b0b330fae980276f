package table

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// brokenRecord returns a record with BrokenQuotes, or an *Error where the rest of the file cannot be read.
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
			Problem: fmt.Sprintf("a quote is opened here and not closed properly up to line %d, so rows cannot be told apart",
				parse.Line+t.linesBefore),
			Advice: "close or remove the quote; a quote inside a quoted cell is written twice", Cause: err,
		}
	}
	t.line, t.lineCount = parse.StartLine+t.linesBefore, 1
	return t.brokenQuotes(t.line, parse.Column, raw), nil
}

// brokenQuotes is a record whose quotes are broken, with what stands between its delimiters, so that it can be
// corrected where it stands. Only a cell that is quoted well loses its quotes.
func (t *textReader) brokenQuotes(line, column int, raw []byte) Record {
	cells := splitLine(string(raw), t.comma)
	if len(cells) == t.width && (onlyForcedText(cells) || onlyInches(cells)) {
		return Record{Line: line, Cells: cells}
	}
	return Record{Line: line, Fault: BrokenQuotes, Column: column, Cells: cells}
}

// onlyForcedText reports whether the only quotes of a row are those of cells such as ="00126", by which programs make a
// spreadsheet keep a text as it is, and which many of them do not quote.
func onlyForcedText(cells []string) bool {
	for _, cell := range cells {
		text, is := strings.CutPrefix(strings.TrimSpace(cell), `="`)
		if strings.Contains(cell, `"`) && (!is || strings.Count(text, `"`) != 1 || !strings.HasSuffix(text, `"`)) {
			return false
		}
	}
	return true
}

// onlyInches reports whether the only quotes of a row are inches, in cells such as 5" heel and 6'2".
func onlyInches(cells []string) bool {
	for _, cell := range cells {
		if strings.IndexByte(cell, '"') >= 0 && (strings.Count(cell, `"`) > 1 || !inches.MatchString(cell)) {
			return false
		}
	}
	return true
}

// inches is a cell that begins with a length. A number and a quote alone may end a cell whose beginning is lines before.
var inches = regexp.MustCompile(`^\d+([.,/½¼¾]\d+)?(" \S.*|'\d+")$`)

// maxRescanned bounds what is read again because of stray quotes: each may take as much as a record may have.
const maxRescanned = 64 << 20

// resumeAfterQuote takes the first line of what a stray quote has made one record for a broken row, and has the rest
// read again, when the rest looks like the rows of this list. raw begins with that line.
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
	first, rest := bytes.Clone(raw[:end]), bytes.Clone(raw[end:])
	if !t.buffer.over {
		rest = append(rest, t.buffer.rest()...)
	}
	t.rescanned += len(rest)
	t.line, t.lineCount, t.linesBefore = line, 1, line
	t.resetReader(io.MultiReader(bytes.NewReader(rest), t.buffer.in))
	rec := t.brokenQuotes(t.line, bytes.LastIndexByte(first, '"')+1, first)
	rec.Remarks = misreadText(t.decoded, first)
	return rec, true
}

// followedByRows reports whether a text's first records are rows of this list: they have as many cells, and three at
// least or an address, for a line of a note may have a comma.
func (t *textReader) followedByRows(text []byte) bool {
	const most = 20
	r := newCSVReader(bytes.NewReader(text[:min(len(text), lookAhead)]), t.layout.comma)
	all, alike, addressed := 0, 0, 0
	for all < most {
		cells, err := r.Read()
		if err != nil {
			break
		}
		all++
		if n := len(cells); n == t.width || n == t.width+t.surplus || t.trimsEmpty && n > 1 && n < t.width {
			alike++
		}
		if slices.ContainsFunc(cells, isAddress) {
			addressed++
		}
	}
	return alike > 0 && 4*alike >= 3*all && (t.width > 2 || 2*addressed > all)
}

// tooLong returns the *Error of a row that exceeds MaxRecord, which names a quote that makes one cell of the rest of
// the file.
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
	if hasOpenQuote(string(row)) {
		e.Problem += ": a quote is opened and never closed"
		e.Advice = "close or remove the quote"
	}
	return e
}
