// Package visible makes text that comes from elsewhere fit to be shown: cells, names of files, what a server answers.
// To a terminal a control character is a command: it may hide a line, rename the window, or answer as if it were typed.
// A bidi control turns the order of what stands around it, so that a name reads as another. All such characters are
// shown as Go and JSON write them, as \u202e, and are never left out, so that a strange name can be searched for.
//
// What a program prints goes through a Writer, which cannot be forgotten at one place among many, and leaves JSON
// valid, with the same meaning: there these characters only occur in strings. A Writer cannot distinguish a line break
// of ours from one in a name, so what stands inside a line goes through Line too.
//
// Joiners stay as they are, for names and emoji need them.
package visible

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Line returns a text for the inside of a line: nothing in it begins a new one or a new cell.
func Line(s string) string { return escapeIf(s, isInvisible) }

// Text returns a text that may have several lines.
func Text(s string) string { return escapeIf(s, isInvisibleInText) }

// maxShort is how much of a cell is shown within a sentence or a table, in characters.
const maxShort = 40

// Shorten returns the beginning of a text that is longer than is shown of a cell.
func Shorten(s string) string {
	if runes := []rune(s); len(runes) > maxShort {
		return string(runes[:maxShort-1]) + "…"
	}
	return s
}

// isInvisible reports whether a character is not shown by itself.
func isInvisible(r rune) bool {
	switch {
	case r == '\u200c', r == '\u200d': // joiners
		return false
	case unicode.Is(unicode.Prepended_Concatenation_Mark, r): // signs before Arabic numbers, which are seen
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

func isInvisibleInText(r rune) bool { return r != '\n' && r != '\t' && isInvisible(r) }

func escapeIf(s string, hide func(rune) bool) string {
	var b strings.Builder
	from := 0 // of what is not yet in b
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if broken := r == utf8.RuneError && size == 1; broken || hide(r) {
			b.WriteString(s[from:i])
			if broken {
				fmt.Fprintf(&b, `\x%02x`, s[i]) // C1 to a terminal that takes bytes
			} else {
				b.WriteString(escape(r))
			}
			from = i + size
		}
		i += size
	}
	if from == 0 {
		return s
	}
	b.WriteString(s[from:])
	return b.String()
}

func escape(r rune) string {
	switch r {
	case '\n':
		return `\n`
	case '\t':
		return `\t`
	case '\r':
		return `\r`
	}
	if r1, r2 := utf16.EncodeRune(r); r1 != unicode.ReplacementChar {
		return fmt.Sprintf(`\u%04x\u%04x`, r1, r2) // as JSON has it
	}
	return fmt.Sprintf(`\u%04x`, r)
}

// Writer shows what is written to it, with line breaks and tabs as they are. It is safe for concurrent use.
type Writer struct {
	to   io.Writer
	mu   sync.Mutex
	rest []byte // the beginning of a character whose end has not come yet
}

// NewWriter returns a writer to another.
func NewWriter(to io.Writer) *Writer { return &Writer{to: to} }

// Unwrap returns the writer behind it, for what draws on a terminal by itself.
func (w *Writer) Unwrap() io.Writer { return w.to }

func (w *Writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	text := append(w.rest, p...)
	whole := len(text) - incompleteSuffix(text)
	w.rest = append([]byte(nil), text[whole:]...)
	if _, err := io.WriteString(w.to, Text(string(text[:whole]))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// incompleteSuffix returns how many bytes at the end begin a character.
func incompleteSuffix(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if end := text[len(text)-n:]; utf8.RuneStart(end[0]) {
			if utf8.FullRune(end) {
				return 0
			}
			return n
		}
	}
	return 0
}
