package table

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// maxHeaderCell is how long a cell may be that is looked up as the name of a column.
const maxHeaderCell = 100

// findHeader returns the index of the header's line: the first, or one below titles and notes that names two columns or
// more.
func findHeader(lines []line, comma func(string) rune, field func(string) string) (int, error) {
	if field == nil || hasOpenQuote(lines[0].text) { // a header of several lines
		return 0, nil
	}
	counts, at := countLines(lines, comma, field)
	return findHeaderRow(counts, at, field)
}

func countLines(lines []line, comma func(string) rune, field func(string) string) (counts []cellCounts, at []int) {
	counts, at = make([]cellCounts, len(lines)), make([]int, len(lines))
	for i, l := range lines {
		counts[i], at[i] = countCells(splitLine(unquoteLine(l.text), string(comma(l.text))), field), l.at+1
	}
	return counts, at
}

// findHeaderRow finds the header in the first lines, of which at are the numbers.
func findHeaderRow(lines []cellCounts, at []int, field func(string) string) (int, error) {
	first := lines[0]
	if hasGroups(lines, at) {
		return 1, nil
	}
	if first.named >= 2 || first.named == 1 && first.filled > 1 {
		if first.addresses > 0 {
			return 0, rowInHeaderQuestion(at[0])
		}
		return 0, nil
	}
	for i, is := range lines {
		if i == 0 || is.named < 2 || 2*is.named < is.filled && is.named < 3 {
			continue
		}
		if above := lines[i-1]; at[i] == at[i-1]+1 && joinsName(above.last, is.first, field) {
			return 0, newQuestion(at[i], "the header seems to begin in the line above it, as if a line break had cut it",
				Choice{Option: "header-row", Value: strconv.Itoa(at[i])}, Choice{Option: "header-row", Value: strconv.Itoa(at[0])})
		}
		if slices.ContainsFunc(lines[:i], func(above cellCounts) bool { return above.looksLikeRowAbove(is) }) {
			return 0, newQuestion(at[i], fmt.Sprintf("the header seems to be line %d, but the lines above it look like rows",
				at[i]),
				Choice{Option: "header-row", Value: strconv.Itoa(at[i])}, Choice{Option: "header-row", Value: strconv.Itoa(at[0])})
		}
		return i, nil
	}
	if first.addresses > 0 && first.named == 0 {
		return 0, noHeaderQuestion(at[0], first)
	}
	return belowTitle(lines, at), nil
}

// hasGroups reports whether the header is the second line, and names of groups of columns stand above it.
func hasGroups(lines []cellCounts, at []int) bool {
	return len(lines) > 1 && lines[0].named == 1 && lines[1].named > 1 && lines[1].filled > lines[0].filled &&
		lines[0].filled < lines[0].cells &&
		lines[1].addresses == 0 && at[1] == at[0]+1
}

// belowTitle returns the index of the first line of a table below a title: lines with a single cell, a blank one, and
// then one with three cells or more. It returns 0 where there is none.
func belowTitle(lines []cellCounts, at []int) int {
	i := slices.IndexFunc(lines, func(c cellCounts) bool { return c.filled > 1 })
	if i < 1 || lines[i].filled < 3 || lines[i].addresses > 0 || i+1 == len(lines) || lines[0].filled == 0 ||
		lines[i-1].filled > 0 && at[i] == at[i-1]+1 {
		return 0
	}
	return i
}

// looksLikeRowAbove reports whether a line above a header may be a guest.
func (c cellCounts) looksLikeRowAbove(header cellCounts) bool {
	return c.filled >= header.filled || c.addresses > 0 && c.filled > 1
}

// noHeaderQuestion refuses a list that seems to begin with a guest.
func noHeaderQuestion(at int, first cellCounts) *Error {
	e := newQuestion(at, "this line looks like a guest and not like a header",
		Choice{Option: "header-row", Value: noHeader}, Choice{Option: "header-row", Value: strconv.Itoa(at)})
	if first.cells == 1 {
		e.Advice = "if there is no header, add --header-row none (header_row in the profile, “Header line” in the console); a guest " +
			"needs a name beside the address, so add a column of names, and a line such as First Name,Last Name,Email above it"
		return e
	}
	name := 0
	if first.address == 0 {
		name = 1
	}
	e.Advice = fmt.Sprintf("if there is no header, add --header-row none (header_row in the profile, “Header line” in "+
		"the console): its columns are then called A, B, C, found by what they hold, or chosen as in --header-row none "+
		"--map first_name=%s --map email=%s; or add a line such as First Name,Last Name,Email",
		columnLetter(name), columnLetter(first.address))
	return e
}

// rowInHeaderQuestion refuses a header with an address in it: a guest may stand in the same line.
func rowInHeaderQuestion(at int) *Error {
	e := newQuestion(at, "the header holds an email address, as if a line break were missing behind it",
		Choice{Option: "header-row", Value: strconv.Itoa(at)})
	e.Advice = "put the guest into a line of its own; if the address is the name of a column, add " +
		Choice{Option: "header-row", Value: strconv.Itoa(at)}.Flag() +
		" (header_row in the profile, “Header line” in the console)"
	return e
}

// cellCounts is what is counted in the cells of a line.
type cellCounts struct {
	cells                    int
	filled, named, addresses int
	address                  int // the column of the first address
	first, last              string
}

func countCells(cells []string, field func(string) string) (l cellCounts) {
	cells = cells[:min(len(cells), maxColumns)]
	l.cells, l.first, l.last = len(cells), cells[0], cells[len(cells)-1]
	for i, cell := range cells {
		cell = strings.Trim(cell, " \t\"'")
		switch {
		case cell == "":
			continue
		case len(cell) <= maxHeaderCell && field(cell) != "":
			l.named++
		case isAddress(cell):
			if l.addresses++; l.addresses == 1 {
				l.address = i
			}
		}
		l.filled++
	}
	return l
}

// columnLetter names a column as spreadsheets do.
func columnLetter(column int) string {
	name := ""
	for n := column + 1; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return name
}
