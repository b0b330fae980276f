package table

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// separatorLine returns the delimiter that a first line sep=; declares, as Excel reads it, and the line's size.
func separatorLine(head []byte) (comma rune, size int) {
	line, _, ended := bytes.Cut(head, []byte("\n"))
	if !ended {
		return 0, 0
	}
	said := bytes.Trim(bytes.TrimSuffix(line, []byte("\r")), `"`)
	if len(said) < 5 || !bytes.EqualFold(said[:4], []byte("sep=")) {
		return 0, 0
	}
	comma, width := utf8.DecodeRune(said[4:])
	if comma == utf8.RuneError || comma == 0 || width != len(said)-4 {
		return 0, 0
	}
	return comma, len(line) + 1
}

// countedDelimiter returns the delimiter that the first line that is not blank has most of. Quoted cells do not count,
// and may go over several lines.
func countedDelimiter(head []byte) rune {
	counts := map[rune]int{}
	quoted := false
	for _, c := range string(bytes.TrimLeft(head, "\r\n")) {
		if c == '"' {
			quoted = !quoted
		}
		if c == '\n' && !quoted {
			break
		}
		if !quoted {
			counts[c]++
		}
	}
	best := ','
	for _, c := range ";\t|" {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return best
}

// delimiterOf returns what stands between the cells of a header: that which leaves most names of columns, or most
// cells. A blank stands in names too, so it has to leave three, in a line without other delimiters.
func delimiterOf(text string, field func(string) string) rune {
	text = unquoteLine(text)
	best := countedDelimiter([]byte(text))
	if field == nil {
		return best
	}
	most := countNamed(text, best, field)
	for _, c := range ",;\t|:^~\x1f " {
		if c == ' ' && len(splitLine(text, string(best))) > 1 {
			continue
		}
		if n := countNamedWithout(text, c, best, field); n > most && n > 1 && (c != ' ' || n > 2) {
			best, most = c, n
		}
	}
	return best
}

// countNamedWithout counts as countNamed does, but between colons and other seldom delimiters not the cells that have a
// likelier one within: Name: First,Name: Last has no column of first names between its colons.
func countNamedWithout(text string, comma, likelier rune, field func(string) string) int {
	return countNamed(text, comma, func(cell string) string {
		if strings.ContainsRune(":^~ ", comma) && strings.ContainsRune(cell, likelier) {
			return ""
		}
		return field(cell)
	})
}

func countNamed(text string, comma rune, field func(string) string) (n int) {
	for _, cell := range splitLine(text, string(comma)) {
		if len(cell) <= maxHeaderCell && field(strings.Trim(cell, "\"' ")) != "" {
			n++
		}
	}
	return n
}
