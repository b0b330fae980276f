package table

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// quotedByApostrophes reports whether a text's cells are quoted by apostrophes: most of its lines have such cells, and
// otherwise none with an apostrophe.
func quotedByApostrophes(head []byte) bool {
	if bytes.IndexByte(head, '\'') < 0 {
		return false
	}
	lines, so := firstLines(head, len(head) > 0 && head[len(head)-1] != '\n'), 0
	for _, l := range lines {
		text := quoteSwapper.Replace(strings.TrimSpace(l.text))
		if hasOnlyQuotedQuotes(text, string(countedDelimiter([]byte(text)))) {
			so++
		}
	}
	return len(lines) > 0 && 5*so >= 4*len(lines)
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

// trimBlanks leaves out the blanks between delimiters and quotes.
func trimBlanks(text []byte, comma rune) []byte {
	out, _ := io.ReadAll(newBlankTrimReader(bytes.NewReader(text), comma)) // reading from memory does not fail
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
	out    []byte
	left   []byte // of out
	err    error
}

func newBlankTrimReader(in io.Reader, comma rune) *blankTrimReader {
	return &blankTrimReader{
		in: bufio.NewReaderSize(in, lookAhead), start: true,
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
		if r.closed {
			r.blanks = 0
		}
		r.flush()
		r.start, r.closed = true, false
	default:
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
