package table

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// learnWidths reads the first records below a header for what every one of them does, and refuses a header that lacks a delimiter.
func (l *layout) learnWidths(rest []byte, more bool, at int, field func(string) string) error {
	if l.blanksByQuotes {
		rest = trimBlanks(rest, l.comma)
	}
	r := csv.NewReader(bytes.NewReader(rest))
	r.Comma, r.FieldsPerRecord = l.comma, -1
	header, err := r.Read()
	if err != nil || len(header) < 2 {
		return nil //nolint:nilerr // what is wrong with the header is told by whoever reads it
	}
	var rows [][]string
	for {
		cells, err := r.Read()
		if err != nil {
			break
		}
		rows = append(rows, cells)
	}
	if more && len(rows) > 0 {
		rows = rows[:len(rows)-1] // it may be cut
	}
	rows = slices.DeleteFunc(rows, func(cells []string) bool { return blank(cells) || len(cells) == 1 })
	if len(rows) == 0 {
		return nil
	}
	surplus := len(rows[0]) - len(header)
	empty, filled, trimmed, short := true, true, true, false
	for _, cells := range rows {
		if len(cells)-len(header) != surplus {
			surplus = 0
		}
		over := cells[min(len(cells), len(header)):]
		empty, filled = empty && blank(over), filled && !blank(over)
		short = short || len(cells) < len(header)
		trimmed = trimmed && strings.TrimSpace(cells[len(cells)-1]) != ""
	}
	l.trimsEmpty = trimmed && short
	if field != nil {
		if err := checkMissingDelimiter(header, rows, surplus, at, field); err != nil {
			return err
		}
	}
	if surplus <= 0 {
		return nil
	}
	if empty {
		l.surplus = surplus
	} else if filled && len(rows) > 1 {
		return &Error{
			Line: at, Problem: fmt.Sprintf("every row has %d cells and the header %d: a delimiter is missing or a name too few", len(header)+surplus, len(header)),
			Advice: "correct the header line",
		}
	}
	return nil
}

// checkMissingDelimiter refuses a header two names of which stand in one cell, so that what is below the next one belongs to this: the rows
// have more cells, or their addresses stand further right than a column for them.
func checkMissingDelimiter(header []string, rows [][]string, surplus, at int, field func(string) string) error {
	addresses := addressColumn(rows)
	for i, cell := range header {
		if field(cell) == "email" && (addresses < 0 || addresses == i) {
			return nil
		}
	}
	for i, cell := range header {
		if first, second := splitGlued(cell, field); first != "" && (surplus > 0 || addresses > i) {
			return &Error{
				Line: at, Problem: fmt.Sprintf("the header lacks a delimiter: one cell holds the names %q and %q, so that what is below the others belongs one to the left", first, second),
				Advice: "put the delimiter between them",
			}
		}
	}
	if addresses >= 0 && surplus > 0 {
		return &Error{
			Line: at, Problem: fmt.Sprintf("every row has %d cells and the header %d, and addresses stand in a column that is not called so", len(header)+surplus, len(header)),
			Advice: "correct the header line",
		}
	}
	return nil
}

// addressColumn is the column in which most rows have an address, or -1.
func addressColumn(rows [][]string) int {
	var counts []int
	for _, cells := range rows {
		for i, cell := range cells {
			if strings.Contains(cell, "@") && isAddress([]byte(cell)) {
				for i >= len(counts) {
					counts = append(counts, 0)
				}
				counts[i]++
			}
		}
	}
	for i, n := range counts {
		if 2*n > len(rows) {
			return i
		}
	}
	return -1
}

// splitGlued takes a cell apart that holds two names without anything between them.
func splitGlued(cell string, field func(string) string) (first, second string) {
	if len(cell) > maxHeaderCell || field(cell) != "" {
		return "", ""
	}
	for i, c := range cell {
		if i == 0 || !unicode.IsUpper(c) {
			continue
		}
		if before, _ := utf8.DecodeLastRuneInString(cell[:i]); !unicode.IsLetter(before) {
			continue
		}
		if a, b := field(cell[:i]), field(cell[i:]); a != "" && b != "" && a != b {
			return cell[:i], cell[i:]
		}
	}
	return "", ""
}
