package console

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"guestflow/cmd/guestflow/console/lang"
	"guestflow/importer/plural"
)

// counting is package plural's, with separators between thousands.
func counting(n int, thing string) string { return english.Sprintf("%d %s", n, plural.Word(n, thing)) }

// span formats a duration, roughly.
func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int((d + 30*time.Second).Minutes()))
	case d < 48*time.Hour:
		d = d.Round(time.Minute)
		return fmt.Sprintf("%d h %02d min", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d days", int((d+12*time.Hour).Hours()/24))
}

// short shortens a text to a number of characters.
func short(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// column is the header of a cell: a row may have more cells than the header.
func column(header []string, n int) string {
	if n < len(header) && strings.TrimSpace(header[n]) != "" {
		return header[n]
	}
	return fmt.Sprintf("column %d", n+1)
}

// columnIn is column in a language: the headers of the file stay as they are.
func columnIn(header []string, n int, l *lang.Language) string {
	name := column(header, n)
	if slices.Contains(header, name) {
		return name
	}
	return l.Text(name)
}

// sentence makes a sentence of an error's text.
func sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	text = string(unicode.ToUpper(first)) + text[size:]
	if strings.HasSuffix(text, ".") {
		return text
	}
	return text + "."
}
