package headers

import (
	"strconv"
	"strings"
	"unicode"

	"guestflow/importer/table"
)

// OneLine leaves out what is not seen, such as line breaks: the letters of a header are enough to name it.
func OneLine(header string) string {
	if !strings.ContainsFunc(header, isUnseen) {
		return header
	}
	header = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, header)
	return strings.Join(strings.FieldsFunc(header, func(r rune) bool { return isUnseen(r) || r == ' ' }), " ")
}

func isUnseen(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }

// MaxRunes is how many characters of a header a message shows.
const MaxRunes = 60

// Quote shows a header in a message, which may be as long as a record.
func Quote(header string) string {
	if runes := []rune(header[:min(len(header), 4*MaxRunes)]); len(runes) > MaxRunes {
		header = string(runes[:MaxRunes-1]) + "…"
	}
	return strconv.Quote(header)
}

// ShellQuote quotes a word of a command line.
func ShellQuote(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }

// MapFlag returns the flag that takes a field from a column, in one line that can be pasted. The letters of a header
// are enough to name it.
func MapFlag(field, header string) string {
	return "--map " + ShellQuote(field+"="+OneLine(header))
}

// MapChoice returns the answer that takes a field from a column, or from none; false where a mapping cannot name it.
func MapChoice(field, header string) (table.Choice, bool) {
	if strings.Contains(header, "{{") || strings.Contains(header, "}}") || len(header) > MaxLength {
		return table.Choice{}, false
	}
	if strings.HasPrefix(header, "=") { // which begins a constant
		header = "{{" + header + "}}"
	}
	return table.Choice{Option: "map", Value: field + "=" + OneLine(header)}, true
}
