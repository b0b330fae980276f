package table

import (
	"bytes"
	"errors"
	"io"
	"strings"
)

// Databases such as MySQL, and programs that write CSV by another language's rules, put a backslash before a quote amid
// a quoted cell, and not a second quote. Such a list is known by its first rows: quotes stand amid quoted cells behind
// backslashes alone, and read so all rows have as many cells as the header.

// escapedByBackslash reports whether the quotes amid a text's quoted cells are escaped by backslashes.
func escapedByBackslash(head []byte) bool {
	if !bytes.Contains(head, []byte(`\"`)) {
		return false
	}
	comma := countedDelimiter(head)
	if escapesIn(head, string(comma)) != backslashEscapes {
		return false
	}
	text := bytes.Clone(head)
	doubleQuotes(text, false)
	r := newCSVReader(bytes.NewReader(text), comma)
	header, err := r.Read()
	if err != nil || len(header) < 2 {
		return false
	}
	wide := len(header)
	for {
		read := r.InputOffset()
		cells, err := r.Read()
		switch {
		case errors.Is(err, io.EOF):
			return true
		case err != nil:
			return 2*read > int64(len(text)) // the last row may be cut
		case len(cells) != wide && !blank(cells) && r.InputOffset() < int64(len(text)):
			return false
		}
	}
}

// doubleQuotes makes two quotes of one behind a backslash, in place, and leaves a backslash that is escaped itself as it
// is. escaped says whether a backslash stood before; it returns the same for what follows.
func doubleQuotes(text []byte, escaped bool) bool {
	for i, c := range text {
		switch {
		case !escaped:
			escaped = c == '\\'
			continue
		case c == '"' && i > 0:
			text[i-1] = '"'
		}
		escaped = false
	}
	return escaped
}

// backslashReader has quotes behind backslashes doubled.
type backslashReader struct {
	in   io.Reader
	held bool // a backslash, of which it is not known what it escapes
}

func (r *backslashReader) Read(p []byte) (int, error) {
	if len(p) < 2 {
		return 0, io.ErrShortBuffer
	}
	n := 0
	if r.held {
		p[0], n = '\\', 1
	}
	more, err := r.in.Read(p[n:])
	n += more
	r.held = doubleQuotes(p[:n], false)
	if r.held && err == nil {
		return n - 1, nil
	}
	r.held = false
	return n, err
}

// escapedSigns are what else such a list writes behind a backslash. \N alone in a cell is a word for nothing.
var escapedSigns = strings.NewReplacer(`\\`, `\`, "\\\n", "\n", "\\\r\n", "\n")
