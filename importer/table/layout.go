package table

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
)

// layout is how a text's table lies in it, as far as its first lines show.
type layout struct {
	comma            rune
	linesAbove       int  // lines before the header, or before the first row where there is none
	offset           int  // bytes before it
	unnamedColumns   int  // how many columns a file without a header has
	apostropheQuotes bool // cells are quoted by '
	blanksByQuotes   bool // there are blanks beside quotes, as in: "Ida", "Holm"
	surplus          int  // empty cells behind those of the header, in every row
	trimsEmpty       bool // every row leaves out its empty cells at the end
}

// detectLayout finds the layout in the first bytes of a text. told is the delimiter that the file names, or 0.
func detectLayout(head []byte, more bool, told rune, o Options) (layout, error) {
	l := layout{}
	if l.apostropheQuotes = quotedByApostrophes(head); l.apostropheQuotes {
		head = swapQuotes(bytes.Clone(head))
	}
	lines := firstLines(head, more)
	comma := func(line []byte) rune {
		if told != 0 {
			return told
		}
		return delimiterOf(line, o.Field)
	}
	var err error
	switch {
	case o.HeaderRow == NoHeader:
		l.comma = comma(lines[0].text)
		l.unnamedColumns = len(splitLine(nil, unquoteLine(lines[0].text), string(l.comma)))
		return l, nil
	case o.HeaderRow != "":
		n, _ := strconv.Atoi(o.HeaderRow)
		found := slices.IndexFunc(lines, func(l line) bool { return l.at == n-1 })
		if found < 0 {
			return l, &Error{Problem: fmt.Sprintf("the header is said to be line %d, which is blank or too far from the beginning", n), Advice: "correct --header-row"}
		}
		lines = lines[found:]
	default:
		var found int
		if found, err = findHeader(lines, comma, o.Field); err != nil {
			return l, err
		}
		lines = lines[found:]
	}
	l.comma = comma(lines[0].text)
	if len(bytes.TrimSpace(head[:lines[0].from])) > 0 { // blank lines are passed over as anywhere
		l.linesAbove, l.offset = lines[0].at, lines[0].from
	}
	rest := head[lines[0].from:]
	if told == 0 && (o.Field == nil || bytes.Count(lines[0].text, []byte(`"`))%2 == 1) { // a header may have several lines
		l.comma = countedDelimiter(rest)
	}
	l.blanksByQuotes = hasBlanksByQuotes(rest, l.comma)
	err = l.learnWidths(rest, more, lines[0].at+1, o.Field)
	return l, err
}

// line is one of the first lines that are not blank.
type line struct {
	at, from int // its number, counted from 0, and the byte where it begins
	text     []byte
}

// maxSurveyed is how many lines are looked at for the header.
const maxSurveyed = 60

func firstLines(head []byte, more bool) (lines []line) {
	at, from := 0, 0
	for text := range bytes.Lines(head) {
		if more && text[len(text)-1] != '\n' && len(lines) > 0 {
			break // it is cut
		}
		if len(bytes.TrimSpace(text)) > 0 && len(lines) < maxSurveyed {
			lines = append(lines, line{at, from, bytes.TrimRight(text, "\r\n")})
		}
		at++
		from += len(text)
	}
	return lines
}
