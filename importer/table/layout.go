package table

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// layout is how a text's table lies in it, as its first lines show.
type layout struct {
	comma            rune
	linesAbove       int     // lines before the header, or before the first row where there is none
	offset           int     // bytes before it
	unnamedColumns   int     // how many columns a file without a header has
	apostropheQuotes bool    // cells are quoted by '
	escapes          escapes // of those amid such cells
	backslashes      bool    // quotes amid quoted cells are escaped by backslashes
	blanksByQuotes   bool    // there are blanks beside quotes, as in: "Ida", "Holm"
	blanksBehindAll  bool    // a blank follows every delimiter
	mended           string  // what is read for a header line whose quotes are broken; "" where they are not
	brokenHeader     int     // its bytes

	above []string // lines before the header, the first ones

	rowHabits
}

// maxAbove is how many lines before the header are looked at.
const maxAbove = 10

// detectLayout finds the layout in the first bytes of a text; more of them follow where more is set. declared is the
// delimiter that the file names, or 0.
func detectLayout(head []byte, more bool, declared rune, o Options) (layout, error) {
	l := layout{}
	if l.apostropheQuotes = quotedByApostrophes(head); l.apostropheQuotes {
		head = swapQuotes(bytes.Clone(head))
	} else if l.backslashes = escapedByBackslash(head); l.backslashes {
		head = bytes.Clone(head)
		doubleQuotes(head, false)
	}
	lines := firstLines(head, more)
	if declared != 0 && contradicts(lines, declared, o) {
		declared = 0
	}
	comma := func(line string) rune {
		if declared != 0 {
			return declared
		}
		return delimiterOf(line, o.Field)
	}
	if o.HeaderRow == noHeader {
		l.comma = comma(lines[0].text)
		l.unnamedColumns = len(splitLine(unquoteLine(lines[0].text), string(l.comma)))
		l.escapes = escapesIn(head, string(l.comma))
		l.sample = firstRowsOf(head, more, l)
		l.mostlySingle = mostlySingle(l.sample)
		return l, nil
	}
	first, err := headerLine(lines, comma, o)
	if err != nil {
		return l, err
	}
	if err := checkAligned(first, head[first.from+len(first.text):], o); err != nil && declared == 0 {
		return l, err
	}
	l.comma = comma(first.text)
	if len(bytes.TrimSpace(head[:first.from])) > 0 { // blank lines are skipped anywhere
		l.linesAbove, l.offset = first.at, first.from
		l.above = titles(splitTitles(head[:first.from], l.comma))
	}
	rest := head[first.from:]
	if declared == 0 && (o.Field == nil || hasOpenQuote(first.text)) { // a header may have several lines
		l.comma = countedDelimiter(rest)
	}
	l.escapes = escapesIn(rest, string(l.comma))
	l.blanksBehindAll = hasBlanksBehindAll(rest, l.comma)
	l.blanksByQuotes = l.blanksBehindAll || hasBlanksByQuotes(rest, l.comma)
	if mended := mendHeader(first.text, rest[len(first.text):], more, l.comma); mended != "" {
		l.mended, l.brokenHeader = mended, len(first.text)
		rest = append([]byte(mended), rest[l.brokenHeader:]...)
	} else if from, end := l.joinLines(lines, first, comma, o); l.mended != "" {
		rest = append([]byte(l.mended), head[end:]...)
		l.brokenHeader = end - from
	}
	if l.mended == "" && declared == 0 && first.from == l.offset {
		if line, comma := otherDelimiter(first.text, rest[len(first.text):], more, l.comma, o); line != "" {
			l.mended, l.comma, l.brokenHeader, l.blanksByQuotes = line, comma, len(first.text), false
			rest = append([]byte(line), rest[l.brokenHeader:]...)
		}
	}
	if l.blanksByQuotes {
		rest = trimBlanks(rest, l.comma)
	}
	l.rowHabits, err = learnHabits(parseSample(rest, more, l.comma, l.apostropheQuotes), first.at+1, o)
	return l, err
}

// contradicts reports whether a text says that it has one delimiter and has another: only by that the first line is a
// header.
func contradicts(lines []line, declared rune, o Options) bool {
	text := lines[0].text
	return o.Field != nil && !strings.ContainsRune(text, declared) && countNamed(text, delimiterOf(text, o.Field), o.Field) > 1
}

// firstRowsOf returns the first rows of a text without a header.
func firstRowsOf(head []byte, more bool, l layout) [][]string {
	header := strings.Repeat(string(l.comma), max(l.unnamedColumns-1, 0)) + "\n"
	s := parseSample(append([]byte(`""`+header), head...), more, l.comma, l.apostropheQuotes)
	return s.rows[:min(len(s.rows), maxSample)]
}

// headerLine returns the line of the header: the one that the options name, or the one that looks like it.
func headerLine(lines []line, comma func(string) rune, o Options) (line, error) {
	if o.HeaderRow == "" {
		i, err := findHeader(lines, comma, o.Field)
		return lines[i], err
	}
	n, _, _ := o.headerRows()
	i := slices.IndexFunc(lines, func(l line) bool { return l.at == n-1 })
	if i < 0 {
		return line{}, &Error{
			Problem: fmt.Sprintf("line %d, which is said to be the header, is blank or not among the first lines", n),
			Advice:  "correct --header-row (header_row in the profile, “Header line” in the console)",
		}
	}
	return lines[i], nil
}

// mendHeader returns a header line whose quotes are broken without them, where the rows below show which its cells are:
// each has as many as stand between the line's delimiters. It returns "" for any other line.
func mendHeader(text string, below []byte, more bool, comma rune) string {
	if strings.IndexByte(text, '"') < 0 || parses(append([]byte(text), below...), comma) {
		return ""
	}
	cells := splitLine(text, string(comma))
	rows := parseSample(append([]byte(strings.Repeat(string(comma), len(cells)-1)), below...), more, comma, false).rows
	otherWidth := func(row []string) bool { return len(row) != len(cells) }
	if len(cells) < 2 || len(rows) < 2 || slices.ContainsFunc(rows, otherWidth) {
		return ""
	}
	for i, cell := range cells {
		cells[i] = `"` + strings.TrimSpace(strings.ReplaceAll(cell, `"`, "")) + `"`
	}
	return strings.Join(cells, string(comma))
}

// joinLines makes one header of the lines that the options name for it, where they are several, or of two of which the
// first has groups of columns. They stand between two bytes.
func (l *layout) joinLines(lines []line, first line, comma func(string) rune, o Options) (from, end int) {
	top, last, named := o.headerRows()
	if !named && o.Field != nil && len(lines) > 1 && first.at == lines[1].at && !hasOpenQuote(lines[0].text) {
		if counts, at := countLines(lines[:2], comma, o.Field); hasGroups(counts, at) {
			top, last = at[0], at[1]
		}
	}
	var rows [][]string
	above := 0
	for _, next := range lines {
		if next.at+1 < top || next.at+1 > last {
			continue
		}
		if len(rows) == 0 {
			from = next.from
		}
		rows, end, above = append(rows, splitLine(next.text, string(l.comma))), next.from+len(next.text), next.at
	}
	if len(rows) < 2 {
		return 0, 0
	}
	names := joinHeader(rows, o.Field)
	for i, name := range names {
		names[i] = `"` + strings.ReplaceAll(name, `"`, "") + `"`
	}
	l.mended, l.offset, l.linesAbove = strings.Join(names, string(l.comma)), from, above
	return from, end
}

// line is one of the first lines that are not blank.
type line struct {
	at, from int // its number, counted from 0, and the byte where it begins
	text     string
}

// maxSurveyed is how many lines are searched for the header: more than the longest preamble that was seen.
const maxSurveyed = 60

func firstLines(head []byte, more bool) (lines []line) {
	at, from := 0, 0
	for text := range bytes.Lines(head) {
		if more && text[len(text)-1] != '\n' && len(lines) > 0 {
			break // it is cut
		}
		if len(bytes.TrimSpace(text)) > 0 && len(lines) < maxSurveyed {
			lines = append(lines, line{at, from, strings.TrimRight(string(text), "\r\n")})
		}
		at++
		from += len(text)
	}
	return lines
}

// hasOpenQuote reports whether a quote is opened in a line and not closed.
func hasOpenQuote(line string) bool { return strings.Count(line, `"`)%2 == 1 }

// splitTitles takes the lines before a header apart.
func splitTitles(head []byte, comma rune) (rows [][]string) {
	for line := range strings.Lines(string(head[:min(len(head), maxTitles)])) {
		rows = append(rows, splitLine(strings.TrimSpace(line), string(comma)))
	}
	return rows
}

// maxTitles is how many bytes before a header are looked at.
const maxTitles = 4 << 10

// titles returns lines of one or two filled cells as texts.
func titles(rows [][]string) (list []string) {
	for _, cells := range rows {
		if n := filledCells(cells); n == 0 || n > 2 || len(list) == maxAbove {
			continue
		}
		list = append(list, strings.Join(strings.Fields(strings.Trim(strings.Join(cells, " "), `"`)), " "))
	}
	return list
}
