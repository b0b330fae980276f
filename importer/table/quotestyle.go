package table

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// quotedByApostrophes reports whether a text's cells are quoted by apostrophes: most of its lines have such cells, and
// otherwise none with an apostrophe, or one column is quoted in most of them. Then no cell is quoted by quotes.
func quotedByApostrophes(head []byte) bool {
	if bytes.IndexByte(head, '\'') < 0 {
		return false
	}
	lines, strict := firstLines(head, len(head) > 0 && head[len(head)-1] != '\n'), 0
	if len(lines) > 1 && strings.IndexByte(lines[0].text, '\'') < 0 { // a header may have no quotes
		lines = lines[1:]
	}
	var columns columnCounts
	for _, l := range lines {
		text := quoteSwapper.Replace(strings.TrimSpace(l.text))
		comma := string(countedDelimiter([]byte(text)))
		if hasOnlyQuotedQuotes(text, comma) {
			strict++
		}
		columns.add(splitLoosely(text, comma), isQuoted)
	}
	return len(lines) > 0 && (5*strict >= 4*len(lines) ||
		5*slices.Max(columns[:]) >= 4*len(lines) && !slices.ContainsFunc(lines, beginsWithQuote))
}

// escapes is how a list that is quoted by apostrophes writes those amid its cells.
type escapes int

const (
	unknownEscapes   escapes = iota // it has none
	backslashEscapes                // each behind a backslash
	noEscapes                       // as they are
)

// escapesIn finds how quotes amid quoted cells are written.
func escapesIn(head []byte, comma string) escapes {
	found := unknownEscapes
	for _, l := range firstLines(head, true) {
		for _, cell := range splitLoosely(l.text, comma) {
			if !isQuoted(cell) {
				continue
			}
			inner := strings.ReplaceAll(cell[1:len(cell)-1], `""`, "")
			if strings.Contains(strings.ReplaceAll(inner, `\"`, ""), `"`) {
				return noEscapes
			}
			if strings.Contains(inner, `\"`) {
				found = backslashEscapes
			}
		}
	}
	return found
}

// beginsWithQuote reports whether a cell of a line begins with a quote.
func beginsWithQuote(l line) bool {
	return slices.ContainsFunc(splitLine(l.text, string(countedDelimiter([]byte(l.text)))), func(cell string) bool {
		return strings.HasPrefix(strings.TrimSpace(cell), `"`)
	})
}

// splitLoosely splits a line whose quotes close a cell only before a delimiter or the end. Cells keep their quotes.
func splitLoosely(line, comma string) (cells []string) {
	for more := true; more; {
		end := strings.Index(line, comma)
		if strings.HasPrefix(line, `"`) {
			if at := strings.Index(line[1:], `"`+comma); at >= 0 {
				end = at + 2
			} else if len(line) > 1 && strings.HasSuffix(line, `"`) {
				end = len(line)
			}
		}
		if end < 0 {
			end = len(line)
		}
		cells = append(cells, line[:end])
		line, more = strings.CutPrefix(line[end:], comma)
	}
	return cells
}

func isQuoted(cell string) bool {
	return len(cell) > 2 && strings.HasPrefix(cell, `"`) && strings.HasSuffix(cell, `"`)
}

// hasOnlyQuotedQuotes reports whether a line has quoted cells, and quotes in no others.
func hasOnlyQuotedQuotes(line, comma string) bool {
	quoted := 0
	for more := true; more; {
		line = strings.TrimLeft(line, " ")
		_, rest, well := cutQuoted(line, comma)
		if well {
			quoted++
		} else {
			end := strings.Index(line, comma)
			if end < 0 {
				end = len(line)
			}
			if strings.Contains(line[:end], `"`) {
				return false
			}
			rest = line[end:]
		}
		line, more = strings.CutPrefix(rest, comma)
	}
	return quoted > 0
}

// swapQuotes makes quotes of apostrophes, and apostrophes of quotes.
func swapQuotes(text []byte) []byte {
	for i, c := range text {
		switch c {
		case '"':
			text[i] = '\''
		case '\'':
			text[i] = '"'
		}
	}
	return text
}

var quoteSwapper = strings.NewReplacer(`"`, `'`, `'`, `"`)

// quoteSwapReader swaps the quotes of a text, for csv.Reader knows no others.
type quoteSwapReader struct{ in io.Reader }

func (r quoteSwapReader) Read(p []byte) (int, error) {
	n, err := r.in.Read(p)
	swapQuotes(p[:n])
	return n, err
}

// hasBlanksByQuotes reports whether a text has a cell that begins with blanks and a quote, and is quoted well but for
// them.
func hasBlanksByQuotes(text []byte, comma rune) bool {
	if comma >= utf8.RuneSelf || !failsByQuotes(text, comma) {
		return false
	}
	for line := range bytes.Lines(text) {
		line = bytes.TrimRight(line, "\r\n")
		if trimmed := trimBlanks(line, comma); len(trimmed) != len(line) && parses(trimmed, comma) && !parses(line, comma) {
			return true
		}
	}
	return false
}

// failsByQuotes reports whether a text cannot be parsed because of its quotes.
func failsByQuotes(text []byte, comma rune) bool {
	r := newCSVReader(bytes.NewReader(text), comma)
	r.ReuseRecord = true
	for {
		if _, err := r.Read(); err != nil {
			parse, is := errors.AsType[*csv.ParseError](err)
			return is && (errors.Is(parse.Err, csv.ErrBareQuote) || errors.Is(parse.Err, csv.ErrQuote))
		}
	}
}

func parses(line []byte, comma rune) bool {
	_, err := newCSVReader(bytes.NewReader(line), comma).Read()
	return err == nil
}

// hasBlanksBehindAll reports whether a blank follows every delimiter that is not quoted, so that it belongs to it. Two
// in every line are no coincidence; a sentence has one.
func hasBlanksBehindAll(text []byte, comma rune) bool {
	if comma >= utf8.RuneSelf || comma == ' ' {
		return false
	}
	delimiters, lines, quoted := 0, 0, false
	for i, c := range text {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\n':
			lines++
		case c == byte(comma):
			if i+1 < len(text) && !bytes.ContainsRune([]byte(" \r\n"), rune(text[i+1])) {
				return false
			}
			delimiters++
		}
	}
	return lines > 0 && delimiters >= 2*lines
}

// trimBlanks leaves out the blanks between delimiters and quotes.
func trimBlanks(text []byte, comma rune) []byte {
	out, _ := io.ReadAll(newBlankTrimReader(bytes.NewReader(text), comma, false)) // reading from memory does not fail
	return out
}

// blankTrimReader leaves out the blanks beside quotes.
type blankTrimReader struct {
	in     *bufio.Reader
	comma  byte
	start  bool // of a cell
	quoted bool // within quotes
	closed bool // the quote before may have closed the cell
	blanks int  // held back
	all    bool // blanks before any cell are left out
	out    []byte
	left   []byte // of out
	err    error
}

func newBlankTrimReader(in io.Reader, comma rune, all bool) *blankTrimReader {
	return &blankTrimReader{
		in: bufio.NewReaderSize(in, lookAhead), start: true, all: all,
		comma: byte(comma), // hasBlanksByQuotes wants ASCII
	}
}

func (r *blankTrimReader) Read(p []byte) (int, error) {
	for len(r.left) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		_, r.err = r.in.Peek(1)
		there, _ := r.in.Peek(r.in.Buffered())
		r.out = r.out[:0]
		for _, c := range there {
			r.add(c)
		}
		_, _ = r.in.Discard(len(there))
		if r.err != nil {
			r.flush()
		}
		r.left = r.out
	}
	n := copy(p, r.left)
	r.left = r.left[n:]
	return n, nil
}

func (r *blankTrimReader) add(c byte) {
	switch {
	case r.quoted:
		if c == '"' {
			r.quoted, r.closed = false, true
		}
	case c == ' ' && (r.start || r.closed):
		r.blanks++
		return
	case c == '"' && (r.start || r.closed && r.blanks == 0):
		r.quoted, r.closed, r.start, r.blanks = true, false, false, 0
	case c == r.comma, c == '\n', c == '\r':
		if r.closed || r.start && r.all {
			r.blanks = 0
		}
		r.flush()
		r.start, r.closed = true, false
	default:
		if r.start && r.all {
			r.blanks = 0
		}
		r.flush()
		r.start, r.closed = false, false
	}
	r.out = append(r.out, c)
}

// flush writes the blanks that were held back.
func (r *blankTrimReader) flush() {
	for ; r.blanks > 0; r.blanks-- {
		r.out = append(r.out, ' ')
	}
}
