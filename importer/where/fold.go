package where

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold returns a text as it is compared: people do not tell upper from lower case, blanks at its ends, several blanks
// from one, or the two apostrophes from each other, and do not see characters without width.
func Fold(text string) string {
	if isPlain(text) {
		return text
	}
	if !isASCII(text) {
		text = strings.Map(seen, norm.NFKC.String(text))
	}
	if text = strings.ToLower(text); hasOddBlanks(text) {
		text = strings.Join(strings.Fields(text), " ")
	}
	return text
}

// seen returns a character as people see it, or -1 for one that they do not see.
func seen(r rune) rune {
	switch {
	case r < utf8.RuneSelf:
		return r
	case r == '’', r == '‘', r == 'ʼ':
		return '\''
	case unicode.Is(unicode.Cf, r):
		return -1
	}
	return r
}

// hasOddBlanks reports whether a text has blanks that are no single space between words.
func hasOddBlanks(text string) bool {
	after := true // a blank, or the beginning
	for _, r := range text {
		blank := unicode.IsSpace(r)
		if blank && (after || r != ' ') {
			return true
		}
		after = blank
	}
	return after && text != ""
}

// isPlain reports whether folding changes nothing, as for most cells.
func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// nothing is what programs and people write where there is nothing.
var nothing = map[string]bool{
	"": true, "null": true, "(null)": true, "<null>": true, "[null]": true, `\n`: true, "n/a": true, "#n/a": true,
	"<na>": true, "nan": true,
	"nat": true, "undefined": true, "(blank)": true, "(empty)": true, "-": true, "--": true, "–": true, "—": true,
	"0000-00-00": true, "0000-00-00 00:00:00": true,
}

// IsEmpty reports whether a cell has nothing in it, or a word of programs for nothing, such as NULL.
func IsEmpty(cell string) bool { return nothing[Fold(cell)] }
