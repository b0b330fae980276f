package columns

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A list that was typed as one keeps its bullets or numbers before the names: “- Ida Holm”, “1. Ida Holm”. They are no part
// of a name. A bullet before some names only may say that these guests are not meant, which is asked (namemark.go).

const (
	bullets       = "•●◦▪▫·‣⁃►▶»→"
	spacedBullets = "-–—*"
)

// listNumber is the number of an item: 1. Ida, 2) Ida, (3) Ida, #4 Ida.
var listNumber = regexp.MustCompile(`^(?:\([0-9]{1,5}\)|[#№]?[0-9]{1,5}[.):]|[#№][0-9]{1,5}\s)\s*`)

// WithoutListMark returns a cell of names without the bullet before it, or without its number where every one of the first
// cells of its column has one. A cell of another column is returned as it is.
func (c *Columns) WithoutListMark(column int, cell string) string {
	if column >= len(c.named) || !c.named[column] {
		return cell
	}
	if _, name := cutBullet(cell); name != "" {
		return name
	}
	if c.numbered[column] {
		if _, name := cutNumber(cell); name != "" {
			return name
		}
	}
	return cell
}

// cutBullet returns the bullet before a name, and the name.
func cutBullet(cell string) (bullet, name string) {
	if cell == "" || isASCIILetter(rune(cell[0])) {
		return "", ""
	}
	cell = strings.TrimSpace(cell)
	sign, size := utf8.DecodeRuneInString(cell)
	rest := strings.TrimSpace(cell[size:])
	first, _ := utf8.DecodeRuneInString(rest)
	spaced := len(rest) < len(cell)-size
	isBullet := strings.ContainsRune(bullets, sign) || spaced && strings.ContainsRune(spacedBullets, sign)
	if !unicode.IsLetter(first) || !isBullet {
		return "", ""
	}
	return string(sign), rest
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

// bulletCount counts the rows of which the name has a bullet before it.
type bulletCount struct {
	sign     string // of the first one
	rows     int    // that have it
	alone    int    // of them, those whose names have no other mark
	doubtful int    // of these, rows that would become guests
}

// isBulleted reports whether nothing but a bullet marks a name.
func (s *RowStatus) isBulleted() bool { return s.bullet != "" && s.phrase == s.bullet }

func (b *bulletCount) add(r RowStatus, one tally) {
	if b.rows == 0 {
		b.sign = r.bullet
	}
	if r.bullet == "" || r.bullet != b.sign {
		return
	}
	b.rows++
	if r.isBulleted() {
		b.alone++
		b.doubtful += one.doubtful
	}
}

// withoutBullets takes bullets for no mark where each of several rows has the same one: it says nothing of any of them.
func (c *StatusColumn) withoutBullets(rows int) {
	b := c.bullets
	if rows < 2 || b.rows < rows {
		return
	}
	c.out -= b.alone
	c.Doubtful -= b.doubtful
	c.outRows = slices.DeleteFunc(slices.Clone(c.outRows), func(r outRow) bool { return r.bulleted })
	c.phrases = slices.DeleteFunc(slices.Clone(c.phrases), func(v StatusValue) bool { return v.Text == b.sign })
}
