package table

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// maxHeaderCell is how long a cell may be that is looked up as the name of a column.
const maxHeaderCell = 100

// findHeader finds the line of the header: the first, or one below titles and notes that names two columns or more.
func findHeader(lines []line, comma func([]byte) rune, field func(string) string) (int, error) {
	if field == nil || bytes.Count(lines[0].text, []byte(`"`))%2 == 1 { // a header of several lines
		return 0, nil
	}
	looks, at := make([]cellCounts, len(lines)), make([]int, len(lines))
	for i, l := range lines {
		looks[i], at[i] = countLineCells(l.text, comma(l.text), field), l.at+1
	}
	return findHeaderRow(looks, at)
}

// findHeaderRow finds the header in the first lines, of which at are the numbers.
func findHeaderRow(looks []cellCounts, at []int) (int, error) {
	first := looks[0]
	if first.named >= 2 || first.named == 1 && first.filled > 1 {
		return 0, nil
	}
	for i, is := range looks {
		if i == 0 || is.named < 2 || 2*is.named < is.filled && is.named < 3 {
			continue
		}
		for _, over := range looks[:i] {
			if over.filled >= is.filled || over.addresses > 0 && over.filled > 1 {
				return 0, newQuestion(at[i], fmt.Sprintf("the header seems to be line %d, but the lines above it look like rows", at[i]),
					Choice{Option: "header-row", Value: strconv.Itoa(at[i])}, Choice{Option: "header-row", Value: strconv.Itoa(at[0])})
			}
		}
		return i, nil
	}
	if first.addresses > 0 && first.named == 0 {
		return 0, noHeaderQuestion(at[0], first)
	}
	return 0, nil
}

// noHeaderQuestion refuses a list that seems to begin with a guest.
func noHeaderQuestion(at int, first cellCounts) *Error {
	e := newQuestion(at, "this line looks like a guest and not like a header", Choice{Option: "header-row", Value: NoHeader}, Choice{Option: "header-row", Value: strconv.Itoa(at)})
	e.Advice = fmt.Sprintf("if there is no header, say --header-row none (in a profile: header_row; in the console: Header line) and map the columns by letter: "+
		"--map first_name=A --map last_name=B --map email=%s; or add a line such as First Name,Last Name,Email", columnLetter(first.address))
	return e
}

// cellCounts is what is counted in the cells of a line.
type cellCounts struct {
	filled, named, addresses int
	address                  int // the column of the first address
}

func countLineCells(text []byte, comma rune, field func(string) string) cellCounts {
	var cells []string
	for _, cell := range splitLine(nil, unquoteLine(text), string(comma)) {
		cells = append(cells, string(cell))
	}
	return countCells(cells, field)
}

func countCells(cells []string, field func(string) string) (l cellCounts) {
	for i, cell := range cells[:min(len(cells), maxColumns)] {
		cell = strings.Trim(cell, " \t\"'")
		switch {
		case cell == "":
			continue
		case len(cell) <= maxHeaderCell && field(cell) != "":
			l.named++
		case isAddress([]byte(cell)):
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
