package rowstatus

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"guestflow/importer/headers"
)

// A column may say who is meant in words and below a header that no table has. So what a plan says of the columns that
// decide nothing begins with those of a few texts, and with these texts: a person sees at once that “B” is in three
// rows.

// Undecided is a column of a few texts from which nothing is taken, and that decides nothing.
type Undecided struct {
	Header string // or #5 for the fifth column

	texts []Value
	empty int
	notes bool // it is of notes, which are taken
}

// Text says what the column has. The texts may be guests', and are left out unless values is true.
func (u Undecided) Text(values bool) string {
	header := headers.Quote(u.Header)
	if !values && u.notes {
		return fmt.Sprintf("the notes in the column %s decide nothing; it has %d different notes", header, len(u.texts))
	}
	if !values {
		return fmt.Sprintf("the column %s is not used, so it decides nothing; it has %d different texts", header, len(u.texts))
	}
	said := make([]string, 0, len(u.texts)+1)
	for _, v := range u.texts {
		said = append(said, fmt.Sprintf("%s (%d)", v.Text, v.Kept))
	}
	if u.notes {
		return fmt.Sprintf("the notes in the column %s decide nothing: %s", header, strings.Join(said, ", "))
	}
	if u.empty > 0 {
		said = append(said, fmt.Sprintf("empty (%d)", u.empty))
	}
	return fmt.Sprintf("the column %s is not used, so it decides nothing: %s", header, strings.Join(said, ", "))
}

const (
	maxUndecided     = 12 // different texts of a column that is named so
	maxUndecidedText = 40 // bytes of the longest
	maxUndecidedNote = 80 // and of a note
)

// Undecided are the columns of a few texts below headers of nothing that is known, in the order of the file.
func (s *Counts) Undecided() (list []Undecided) {
	for _, at := range slices.Sorted(maps.Keys(s.columns)) {
		c := s.columns[at].judged(s.rows, s.kept)
		u := Undecided{Header: c.Header, texts: c.allTexts(), empty: c.emptyKept}
		if c.of.meaning == Notes {
			u.notes, u.texts = true, slices.DeleteFunc(slices.Clone(c.plainTexts), func(v Value) bool { return v.Kept == 0 })
		}
		if c.decidesNothing(s.kept, u) {
			list = append(list, u)
		}
	}
	return list
}

// allTexts are the texts of the rows that the rule leaves in, the most frequent first.
func (c ColumnCounts) allTexts() []Value {
	list := slices.DeleteFunc(slices.Concat(c.Values, c.plainTexts), func(v Value) bool { return v.Kept == 0 })
	return slices.SortedStableFunc(slices.Values(list), func(a, b Value) int { return cmp.Compare(b.Kept, a.Kept) })
}

// decidesNothing reports whether a column, of rows of which the rule leaves in so many, is neither asked about nor
// about a thing that lists have of their guests, and has a few texts of which some are of several rows.
func (c ColumnCounts) decidesNothing(kept int, u Undecided) bool {
	if u.notes { // in most rows they are of something that the list has of each guest
		return len(c.of.tests) == 0 && len(u.texts) > 0 && len(u.texts) <= maxUndecided && 4*c.kept <= kept &&
			!slices.ContainsFunc(u.texts, func(v Value) bool { return len(v.Text) > maxUndecidedNote })
	}
	different := len(u.texts)
	if u.empty > 0 {
		different++
	}
	isOpen := c.of.meaning == unhinted || c.of.meaning == unclear || c.of.meaning == status && c.included == 0
	return isOpen && !c.of.ofThing && c.out == 0 && !c.undecided && c.Others+c.dates == 0 && len(c.of.tests) == 0 &&
		different > 1 && different <= maxUndecided && kept >= 2*different &&
		!slices.ContainsFunc(u.texts, func(v Value) bool {
			return len(v.Text) > maxUndecidedText || isDate(v.Text) || strings.Contains(v.Text, "@")
		})
}
