package columns

import (
	"slices"
	"strings"
	"unicode"

	"guestflow/importer/personname"
)

// holding is what most cells of a column are.
type holding int

const (
	mixed     holding = iota
	nothingIn         // no cell is filled
	addresses
	numbers     // or dates and codes: a digit in each
	singleNames // a word in each that may be a name
	fullNames
)

// holds returns what the first rows have in a column.
func holds(rows [][]string, column int) holding {
	filled, counts := 0, map[holding]int{}
	for _, cells := range rows {
		if column >= len(cells) || blank(cells[column]) {
			continue
		}
		filled++
		counts[kindOf(cells[column])]++
	}
	switch {
	case filled == 0:
		return nothingIn
	case 2*counts[addresses] > filled:
		return addresses
	case 5*counts[numbers] >= 4*filled:
		return numbers
	case 2*counts[fullNames] > filled && 10*(counts[singleNames]+counts[fullNames]) >= 9*filled:
		return fullNames
	case 10*(counts[singleNames]+counts[fullNames]) >= 9*filled:
		return singleNames
	}
	return mixed
}

func kindOf(cell string) holding {
	const longest, most = 60, 5
	cell = strings.TrimSpace(cell)
	switch {
	case personname.HasAddress(cell):
		return addresses
	case strings.ContainsFunc(cell, unicode.IsDigit):
		return numbers
	case len(cell) > longest || strings.ContainsAny(cell, "@/\\<>{}[]=_!?:;") ||
		!strings.ContainsFunc(cell, unicode.IsLetter):
		return mixed
	}
	switch n := len(strings.Fields(cell)); {
	case n > most:
		return mixed
	case n > 1:
		return fullNames
	}
	return singleNames
}

// columnsHolding returns the columns that no field comes from and that hold one of some kinds.
func (c *Columns) columnsHolding(rows [][]string, kinds ...holding) (list []int) {
	for i := range c.Header {
		if c.Fields[i] == "" && !c.isIgnored(i) && slices.Contains(kinds, holds(rows, i)) {
			list = append(list, i)
		}
	}
	return list
}

// mayBeName reports whether a cell may have a part of a name.
func mayBeName(cell string) bool {
	return strings.ContainsFunc(cell, unicode.IsLetter) && !strings.ContainsAny(cell, "@0123456789/:")
}
