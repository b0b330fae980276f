package table

import (
	"strings"
	"unicode"
)

// cellKind is what the cells of a column are, as far as a cell of another column is seen to be none.
type cellKind int

const (
	anyKind   cellKind = iota
	emptyKind          // no cell is filled
	numberKind
	dateKind // digits with signs of dates between them
	addressKind
	wordKind // letters, and no digits
)

// kindsOf learns the kinds of columns from rows that are as wide as the header.
func kindsOf(rows [][]string, width int) []cellKind {
	kinds := make([]cellKind, width)
	const least = 2 // rows that show it
	whole := 0
	for _, cells := range rows {
		if len(cells) != width {
			continue
		}
		whole++
		for i, cell := range cells {
			is := kindOfCell(cell)
			switch {
			case whole == 1 || kinds[i] == emptyKind:
				kinds[i] = is
			case is != emptyKind && is != kinds[i]:
				kinds[i] = anyKind
			}
		}
	}
	if whole < least {
		return nil
	}
	return kinds
}

func kindOfCell(cell string) cellKind {
	cell = strings.TrimSpace(cell)
	digits := strings.ContainsFunc(cell, unicode.IsDigit)
	switch {
	case cell == "":
		return emptyKind
	case isAddress(cell):
		return addressKind
	case strings.Contains(cell, "@"):
		return anyKind
	case digits && strings.Trim(cell, "0123456789") == "":
		return numberKind
	case digits && strings.Trim(cell, "0123456789-./:TZ ") == "":
		return dateKind
	case !digits && strings.ContainsFunc(cell, unicode.IsLetter):
		return wordKind
	}
	return anyKind
}

// lacksOnlyTheEnd reports whether a short row has all its cells where the list has such: its last one is of its
// column's kind, and of none that it lacks. A cell that was left out, or a delimiter that was lost before it, would
// have moved it into another one's place.
func (r *Reader) lacksOnlyTheEnd(cells []string) bool {
	last := len(cells) - 1
	if last < 1 || len(r.kinds) != len(r.header) || r.email > last || r.email >= 0 &&
		kindOfCell(cells[r.email]) != addressKind {
		return false
	}
	is := kindOfCell(cells[last])
	if is == emptyKind || is == anyKind || is != r.kinds[last] {
		return false
	}
	for i, cell := range cells {
		if r.kinds[i] != anyKind && kindOfCell(cell) != emptyKind && kindOfCell(cell) != r.kinds[i] {
			return false
		}
	}
	for _, kind := range r.kinds[last+1:] {
		if kind == is || kind == anyKind {
			return false
		}
	}
	return true
}
