package columns

import (
	"iter"
	"strings"
	"unicode"

	"guestflow/importer/headers"
	"guestflow/importer/rowstatus"
	"guestflow/importer/where"
	"guestflow/importer/wordset"
)

const (
	maxNameCell  = 60 // bytes of a cell that is judged as a name
	maxNameParts = 4  // words of a name that is written so, without those between: de la
	fewRows      = 4  // rows from which on cells that repeat are categories

	// nameShare and categoryShare are how many times fewer different cells than cells a column of categories has: where
	// the names of further people are expected, and where any are.
	nameShare, categoryShare = 2, 3
)

// hasNames reports whether the first rows have names of people in a column: nearly all cells are written as names are,
// few of them repeat, share saying how often, and they are no answers and no categories such as Standard and VIP.
func (c *Columns) hasNames(column, share int) bool {
	filled, names := 0, 0
	for cell := range c.namedCells(column) {
		filled++
		if isWrittenAsName(cell) {
			names++
		}
	}
	return filled > 0 && 10*names >= 8*filled && !c.repeats(column, share)
}

// repeats reports whether the cells of a column are those of categories: first and last names repeat too, but less, and
// whole ones least.
func (c *Columns) repeats(column, share int) bool {
	filled, different := 0, map[string]bool{}
	for cell := range c.namedCells(column) {
		filled++
		different[where.Fold(cell)] = true
	}
	if holds(c.rows, column) == fullNames {
		share = categoryShare
	}
	return filled >= fewRows && share*len(different) <= filled || filled > 2 && len(different) == 1
}

// namedCells are the cells of a column in the first rows, without those that say that there is no one.
func (c *Columns) namedCells(column int) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, cells := range c.rows {
			if column >= len(cells) || blank(cells[column]) || noPerson[strings.ToLower(strings.TrimSpace(cells[column]))] {
				continue
			}
			if !yield(cells[column]) {
				return
			}
		}
	}
}

// holdsCategories reports whether a column has few words that repeat. Numbers may count people.
func (c *Columns) holdsCategories(column int) bool {
	return holds(c.rows, column) != numbers && c.repeats(column, nameShare)
}

// asksWhoComes reports whether a column that is called as those who come are, such as Deltager, has no names: it may
// say whether the guest comes.
func (c *Columns) asksWhoComes(column int) bool {
	p, is := headers.PersonOf(c.Header[column])
	return is && p.Bare && p.Role == headers.Attending && !c.hasNames(column, nameShare) &&
		holds(c.rows, column) != nothingIn
}

// isWrittenAsName reports whether a cell is written as the name of a person is: few words that begin with capitals, in
// a script that has them, and that are no answer and no category.
func isWrittenAsName(cell string) bool {
	cell = strings.TrimSpace(cell)
	if len(cell) > maxNameCell || strings.ContainsFunc(cell, isNoNameRune) ||
		!strings.ContainsFunc(cell, unicode.IsLetter) {
		return false
	}
	if rowstatus.SaysStatus(cell) {
		return false
	}
	parts, small := 0, 0
	for word := range strings.FieldsFuncSeq(cell, isBetweenWords) {
		first := []rune(word)[0]
		if lower := strings.ToLower(strings.TrimRight(word, ".")); categoryWords[lower] || salutations[lower] {
			return false
		}
		if headers.IsBetweenWords(strings.ToLower(word)) { // de, la
			continue
		}
		if parts++; unicode.IsLower(first) {
			small++
		}
	}
	return parts > 0 && parts <= maxNameParts && (small < parts || parts <= 2)
}

func isNoNameRune(r rune) bool {
	return unicode.IsDigit(r) || strings.ContainsRune(`@/\<>{}[]=_!?:;#$€£%+*|&`, r)
}

// categoryWords are words of kinds of tickets and guests.
var categoryWords = wordset.Of(`standard vip general admission regular premium basic free paid early bird ticket tickets
	pass day access adult adults child children student students member members press staff crew speaker sponsor exhibitor
	gold silver bronze platinum table seat reserved std ga full reduced concession weekend online virtual onsite industry
	normal ermäßigt erwachsene kind tarif plein réduit`)

// salutations are titles that are no part of a name.
var salutations = wordset.Of(`mr mrs ms miss mx herr frau madame monsieur mme mlle dhr mevr`)
