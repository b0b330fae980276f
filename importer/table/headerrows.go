package table

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// People write a header over two rows: groups of columns above their parts (Guest over First and Last), a part of the
// names above the other (E-mail over Address), or names of which only some have parts. Both rows together have a name
// for each column.

// joinHeader returns the names that rows of a header have together, column by column.
func joinHeader(rows [][]string, field func(string) string) []string {
	joined := slices.Clone(rows[0])
	for _, lower := range rows[1:] {
		upper, group := joined, ""
		joined = make([]string, max(len(upper), len(lower)))
		for i := range joined {
			above, below := cellAt(upper, i), cellAt(lower, i)
			if above != "" {
				group = above // of the columns up to the next one
			}
			joined[i] = joinName(above, group, below, timesIn(lower, below) > 1, field)
		}
	}
	return joined
}

// joinName returns the name of a column that has some text above and some below: the lower one, if it is known and no
// other column has it, else both.
func joinName(above, group, below string, isTwice bool, field func(string) string) string {
	whole := strings.TrimSpace(group + " " + below)
	isField := func(name string) bool { return field != nil && len(name) <= maxHeaderCell && field(name) != "" }
	switch {
	case below == "" || strings.EqualFold(above, below):
		return above
	case !isTwice && isField(below):
		return below
	}
	return whole
}

func cellAt(cells []string, i int) string {
	if i >= len(cells) {
		return ""
	}
	return strings.TrimSpace(cells[i])
}

func timesIn(cells []string, text string) (n int) {
	for _, cell := range cells {
		if strings.EqualFold(strings.TrimSpace(cell), text) {
			n++
		}
	}
	return n
}

// goesOnBelow reports whether the row below a header is its other half: nothing but names of columns, by themselves or
// with what stands above them, or the end of a name that a line break has cut. A guest may be called Mel, which is an
// address in French, but all cells of a guest are not names of columns.
func goesOnBelow(header, below []string, field func(string) string) bool {
	if slices.Equal(header, below) || len(header) == 0 || len(below) == 0 {
		return false
	}
	if joinsName(header[len(header)-1], below[0], field) {
		return true
	}
	if namesGroupParts(header, below, field) {
		return true
	}
	filled, named, joined := 0, 0, joinHeader([][]string{header, below}, field)
	for i := range below {
		cell := cellAt(below, i)
		if cell == "" {
			continue
		}
		filled++
		if len(cell) > maxHeaderCell || !strings.ContainsFunc(cell, unicode.IsLetter) {
			return false
		}
		whole := joined[i]
		switch isPart := cellAt(header, i) != "" && !strings.EqualFold(whole, cell) && len(whole) <= maxHeaderCell &&
			field(whole) != "" && !strings.ContainsRune("([", rune(cell[0])); { // (required) describes the column
		case field(cell) != "", isPart:
			named++
		case !IsColumnWord(cell):
			return false
		}
	}
	return named > 1 && !repeatsFields(header, below, field)
}

// namesGroupParts reports whether the row below a header has nothing below the names of fields, and names of parts below
// a group's name and the empty cell beside it: Dinner and Party below RSVP.
func namesGroupParts(header, below []string, field func(string) string) bool {
	known, parts, unnamed := 0, 0, 0
	for i := range max(len(header), len(below)) {
		above, cell := cellAt(header, i), cellAt(below, i)
		isKnown := above != "" && len(above) <= maxHeaderCell && field(above) != ""
		switch {
		case isKnown && cell != "":
			return false
		case isKnown:
			known++
		case cell == "":
		case strings.ContainsAny(cell, "@0123456789(") || len(cell) > maxHeaderCell:
			return false
		case above == "":
			unnamed++
		default:
			parts++
		}
	}
	return known > 1 && parts > 0 && unnamed > 0
}

// repeatsFields reports whether a row has the fields of a header once more, as a header that is repeated or translated
// does.
func repeatsFields(header, below []string, field func(string) string) bool {
	for i := range max(len(header), len(below)) {
		above, cell := cellAt(header, i), cellAt(below, i)
		if above == "" && cell == "" {
			continue
		}
		if len(above) > maxHeaderCell || len(cell) > maxHeaderCell || field(above) != field(cell) {
			return false
		}
	}
	return true
}

// checkHeaderGoesOn asks about a header the rest of which stands in the line below it.
func checkHeaderGoesOn(header, below []string, at int, o Options) error {
	if o.Field == nil || o.HeaderRow != "" || !goesOnBelow(header, below, o.Field) {
		return nil
	}
	choice := func(value string) Choice { return Choice{Option: "header-row", Value: value} }
	both := choice(fmt.Sprintf("%d-%d", at, at+1))
	both.Label = "Both lines are the header: " + strings.Join(joinHeader([][]string{header, below}, o.Field), ", ")
	return newQuestion(at, fmt.Sprintf("the header seems to go on in the next line, as if a line break had cut it%s and %s",
		seenHeaders(header), quoteList(below)), both, choice(strconv.Itoa(at+1)), choice(strconv.Itoa(at)))
}
