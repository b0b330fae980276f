package table

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// A text that went through a word processor has typographic quotes around its cells: “Ida”,“Holm”. They are no part of
// them, and they keep no delimiter in a cell together.

// enclosing are pairs of such quotes.
var enclosing = map[rune]rune{'“': '”', '„': '“', '«': '»', '»': '«', '‘': '’', '‚': '‘', '”': '”', '「': '」', '『': '』'}

// withoutEnclosing returns a cell without the quotes around all of it.
func withoutEnclosing(cell string) string {
	text := strings.TrimSpace(cell)
	first, size := utf8.DecodeRuneInString(text)
	last, end := utf8.DecodeLastRuneInString(text)
	closes, is := enclosing[first]
	if !is || last != closes || len(text) <= size+end || strings.ContainsRune(text[size:len(text)-end], last) {
		return cell
	}
	return text[size : len(text)-end]
}

// mostlyEnclosed reports whether half of the filled cells of some rows or more stand between such quotes.
func mostlyEnclosed(rows [][]string) bool {
	filled, enclosed := 0, 0
	for _, cells := range rows {
		for _, cell := range cells {
			if strings.TrimSpace(cell) == "" {
				continue
			}
			if filled++; withoutEnclosing(cell) != cell {
				enclosed++
			}
		}
	}
	return enclosed > 0 && 2*enclosed >= filled
}

// openCells takes the quotes off a record's cells. They are what a doubt of its encoding is about.
func openCells(rec *Record) {
	for i, cell := range rec.Cells {
		rec.Cells[i] = withoutEnclosing(cell)
	}
	rec.Remarks = slices.DeleteFunc(rec.Remarks, func(r Remark) bool { return r.Kind == DoubleEncoded })
}
