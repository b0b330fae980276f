package table

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
)

// quotedByApostrophes reports whether a text's cells are quoted by apostrophes: most of its lines begin and end so, and have nothing else
// between their delimiters.
func quotedByApostrophes(head []byte) bool {
	lines := firstLines(head, len(head) > 0 && head[len(head)-1] != '\n')
	if len(lines) == 0 || bytes.IndexByte(head, '\'') < 0 {
		return false
	}
	all, so := 0, 0
	for _, l := range lines {
		all++
		text := swapQuotes(bytes.Clone(bytes.TrimSpace(l.text)))
		comma := string(countedDelimiter(text))
		quotes, ok := 0, true
		for rest, more := text, true; more && ok; {
			var well bool
			var tail []byte
			rest = bytes.TrimLeft(rest, " ")
			if _, tail, well = cutQuoted(rest, comma); well {
				quotes++
			} else if end := bytes.Index(rest, []byte(comma)); end >= 0 {
				ok, tail = bytes.IndexByte(rest[:end], '"') < 0, rest[end:]
			} else {
				ok, tail = bytes.IndexByte(rest, '"') < 0, nil
			}
			rest, more = bytes.CutPrefix(tail, []byte(comma))
		}
		if ok && quotes > 0 {
			so++
		}
	}
	return 5*so >= 4*all
}

// swapQuotes writes quotes for apostrophes, and apostrophes for quotes.
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

// quoteSwapReader gives a text whose cells are quoted by apostrophes as one that has quotes.
type quoteSwapReader struct {
	in interface{ Read([]byte) (int, error) }
}

func (r quoteSwapReader) Read(p []byte) (int, error) {
	n, err := r.in.Read(p)
	swapQuotes(p[:n])
	return n, err
}

// hasBlanksByQuotes reports whether a cell begins with blanks and a quote, and is quoted well but for them.
func hasBlanksByQuotes(text []byte, comma rune) bool {
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = comma, -1, true
	for {
		_, err := r.Read()
		if err == nil {
			continue
		}
		parse, is := errors.AsType[*csv.ParseError](err)
		if !is || !errors.Is(parse.Err, csv.ErrBareQuote) && !errors.Is(parse.Err, csv.ErrQuote) {
			return false
		}
		break
	}
	for text := range bytes.Lines(text) {
		text = bytes.TrimRight(text, "\r\n")
		if tidy := trimBlanks(text, comma); len(tidy) != len(text) && parses(tidy, comma) && !parses(text, comma) {
			return true
		}
	}
	return false
}

func parses(text []byte, comma rune) bool {
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.FieldsPerRecord = comma, -1
	_, err := r.Read()
	return err == nil
}

// trimBlanks leaves out the blanks between delimiters and quotes.
func trimBlanks(text []byte, comma rune) []byte {
	t := blankTrimmer{comma: []byte(string(comma)), start: true}
	return t.flush(t.add(nil, text))
}

// blankTrimmer is where it stands in a text from which the blanks beside quotes are taken.
type blankTrimmer struct {
	comma  []byte
	start  bool // of a cell
	quoted bool // within quotes
	closed bool // the quote before may have closed the cell
	blanks int  // held back
}

func (t *blankTrimmer) add(out, in []byte) []byte {
	for _, c := range in {
		switch {
		case t.quoted:
			if c == '"' {
				t.quoted, t.closed = false, true
			}
		case c == ' ' && (t.start || t.closed):
			t.blanks++
			continue
		case c == '"' && (t.start || t.closed && t.blanks == 0):
			t.quoted, t.closed, t.start, t.blanks = true, false, false, 0
		case c == t.comma[0] && len(t.comma) == 1 || c == '\n' || c == '\r':
			if t.closed {
				t.blanks = 0
			}
			out = t.flush(out)
			t.start, t.closed = true, false
		default:
			out = t.flush(out)
			t.start, t.closed = false, false
		}
		out = append(out, c)
	}
	return out
}

func (t *blankTrimmer) flush(out []byte) []byte {
	for ; t.blanks > 0; t.blanks-- {
		out = append(out, ' ')
	}
	return out
}

// blankTrimReader takes the blanks beside quotes from a text.
type blankTrimReader struct {
	in   interface{ Read([]byte) (int, error) }
	tidy blankTrimmer
	left []byte
	err  error
	buf  []byte
}

func (r *blankTrimReader) Read(p []byte) (int, error) {
	for len(r.left) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		if r.buf == nil {
			r.buf = make([]byte, lookAhead)
		}
		n, err := r.in.Read(r.buf)
		r.left = r.tidy.add(r.left[:0], r.buf[:n])
		if err != nil {
			r.left, r.err = r.tidy.flush(r.left), err
		}
	}
	n := copy(p, r.left)
	r.left = r.left[n:]
	return n, nil
}
