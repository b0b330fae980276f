package columns

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"guestflow/importer/rowstatus"
)

// listNumber is the number of an item: 1. Ida, 2) Ida, (3) Ida, #4 Ida.
var listNumber = regexp.MustCompile(`^(?:\([0-9]{1,5}\)|[#№]?[0-9]{1,5}[.):]|[#№][0-9]{1,5}\s)\s*`)

// WithoutListMark returns a cell of names without the bullet before it, or without its number where every one of the
// first cells of its column has one. A cell of another column is returned as it is.
func (c *Columns) WithoutListMark(column int, cell string) string {
	if column >= len(c.named) || !c.named[column] {
		return cell
	}
	if _, name := rowstatus.CutBullet(cell); name != "" {
		return name
	}
	if c.numbered[column] {
		if _, name := cutNumber(cell); name != "" {
			return name
		}
	}
	return cell
}

// cutNumber returns the number before a name, with its signs, and the name.
func cutNumber(cell string) (number, name string) {
	cell = strings.TrimSpace(cell)
	number = listNumber.FindString(cell)
	name = cell[len(number):]
	if first, _ := utf8.DecodeRuneInString(name); number == "" || !unicode.IsLetter(first) {
		return "", ""
	}
	return number, name
}

// withoutNumbers finds the columns whose first cells are numbered items, and returns these rows without the numbers.
func (c *Columns) withoutNumbers(rows [][]string) [][]string {
	c.numbered = make([]bool, len(c.Header))
	for i := range c.Header {
		if c.numbered[i] = isNumbered(rows, i); !c.numbered[i] {
			continue
		}
		without := make([][]string, len(rows))
		for n, cells := range rows {
			without[n] = slices.Clone(cells)
			if i < len(cells) && !blank(cells[i]) {
				_, without[n][i] = cutNumber(cells[i])
			}
		}
		rows = without
	}
	return rows
}

// isNumbered reports whether each of the cells of a column has a number before a name, and no two the same.
func isNumbered(rows [][]string, column int) bool {
	numbers := map[string]bool{}
	for _, cells := range rows {
		if column >= len(cells) || blank(cells[column]) {
			continue
		}
		number, name := cutNumber(cells[column])
		if name == "" || numbers[number] || strings.Contains(name, "@") {
			return false
		}
		numbers[number] = true
	}
	return len(numbers) > 1
}
