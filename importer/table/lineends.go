package table

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/transform"
)

// usesLoneCR reports whether the first line ends in a lone carriage return, as old Macs and some of their programs
// write it. A lone one in a file of other lines is a part of its cell.
func usesLoneCR(head []byte) bool {
	quoted := false
	for i, c := range head {
		switch {
		case c == '"':
			quoted = !quoted
		case c == '\n' && !quoted:
			return false
		case c == '\r' && !quoted && i+1 < len(head):
			return head[i+1] != '\n'
		}
	}
	return false
}

// crReader makes every line end a line feed.
type crReader struct {
	in     io.Reader
	skipLF bool // the byte before was a carriage return
}

func (l *crReader) Read(p []byte) (int, error) {
	for {
		n, err := l.in.Read(p)
		kept := p[:0]
		for _, c := range p[:n] {
			skip := c == '\n' && l.skipLF
			if l.skipLF = c == '\r'; l.skipLF {
				c = '\n'
			}
			if !skip {
				kept = append(kept, c)
			}
		}
		if len(kept) > 0 || err != nil || len(p) == 0 {
			return len(kept), err
		}
	}
}

// otherLineEnds are Unicode's separators of lines and paragraphs, the next line of mainframes, and the separator of
// records of ASCII.
var otherLineEnds = []string{"\u2028", "\u2029", "\u0085", "\x1e"}

// separatorOfLines returns which of the other line ends a text has, that has no line feed; "" for any other text.
func separatorOfLines(head []byte) string {
	if bytes.ContainsAny(bytes.TrimSpace(head), "\r\n") {
		return ""
	}
	for _, end := range otherLineEnds {
		if bytes.Contains(head, []byte(end)) {
			return end
		}
	}
	return ""
}

// lineEnds makes line feeds of other line ends.
type lineEnds struct{ end string }

// Reset begins a new text.
func (lineEnds) Reset() {}

// Transform writes a part of a text.
func (l lineEnds) Transform(out, in []byte, atEnd bool) (written, read int, err error) {
	for read < len(in) {
		c, size := in[read], 1
		switch {
		case bytes.HasPrefix(in[read:], []byte(l.end)):
			c, size = '\n', len(l.end)
		case !atEnd && len(in)-read < len(l.end) && c == l.end[0]:
			return written, read, transform.ErrShortSrc
		}
		if written == len(out) {
			return written, read, transform.ErrShortDst
		}
		out[written] = c
		written, read = written+1, read+size
	}
	return written, read, nil
}

// linesInCells are the ends of lines amid a cell that are none of a text.
var linesInCells = strings.NewReplacer("\u2028", "\n", "\u2029", "\n", "\u0085", "\n")

// withLineFeeds returns a cell with line feeds as the ends of its lines.
func withLineFeeds(cell string) string {
	for i := range len(cell) {
		if c := cell[i]; c == 0xc2 && i+1 < len(cell) && cell[i+1] == 0x85 || c == 0xe2 && isSeparator(cell[i:]) {
			return strings.TrimSpace(linesInCells.Replace(cell))
		}
	}
	return cell
}

func isSeparator(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return r == '\u2028' || r == '\u2029'
}
