package columns

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"guestflow/importer/headers"
	"guestflow/importer/table"
	"guestflow/importer/wordset"
)

// askMissingName asks about columns that may have the part of the names that no known column has: with names in them
// and a header that is neither known nor that of something else. Without it guests would have half a name.
func (c *Columns) askMissingName(missing string) {
	list := c.maybeNames(missing)
	if len(list) == 0 {
		return
	}
	problem := fmt.Sprintf("no column is the %s, and %s may be", missing, c.shownColumns(list)) + c.listHeaders()
	q := &table.Question{Text: problem}
	var flags []string
	add := func(choice table.Choice, can bool, means string) {
		if can {
			q.Choices = append(q.Choices, choice)
			flags = append(flags, choice.Flag()+means)
		}
	}
	for _, i := range list[:min(len(list), maxEmailChoices)] {
		name := c.mappingName(i)
		if holds(c.rows, i) == fullNames {
			choice, can := headers.MapChoice(FullName, name)
			add(choice, can, " to have full names split")
		}
		choice, can := headers.MapChoice(missing, name)
		add(choice, can, "")
	}
	ignored, can := c.IgnoringColumns(list)
	add(ignored, can, " if it is neither")
	c.offered = list
	c.questions = append(c.questions, table.Error{NeedsAnswer: true, Problem: problem, Cause: q,
		Advice: "say what it is: " + strings.Join(flags, ", ") +
			" (mapping in the profile, “Take it from” and “Ignored” in the console)"})
}

// maybeNames returns the columns that may have a missing part of the names, the likeliest first; none where it was said
// where the other part comes from, or where the program that the list comes from has names of its own.
func (c *Columns) maybeNames(missing string) (list []int) {
	own, there := c.program.ownFields(c.Header), FirstName
	if missing == FirstName {
		there = LastName
	}
	if !c.has(there) || c.source(there).Kind != Alias || own[FirstName] || own[LastName] || own[FullName] {
		return nil
	}
	for i := range c.Header {
		if !c.used[i] && !c.isIgnored(i) && len(list) < maxSuggestedColumns && c.isMostlyFilled(i) &&
			c.hasNames(i, categoryShare) &&
			!c.isOfSomethingElse(i) {
			list = append(list, i)
		}
	}
	slices.SortStableFunc(list, func(a, b int) int { return c.nameRank(a) - c.nameRank(b) })
	return list
}

// isMostlyFilled reports whether most of the first rows have something in a column.
func (c *Columns) isMostlyFilled(column int) bool {
	filled := 0
	for range c.namedCells(column) {
		filled++
	}
	return 2*filled > len(c.rows)
}

// nameRank is lower for a column of which the header says that it is of a guest or of a name.
func (c *Columns) nameRank(column int) int {
	if p, is := headers.PersonOf(c.Header[column]); is && p.Role == headers.Attending ||
		headers.SaysNamePart(c.Header[column]) {
		return 0
	}
	return 1
}

// isOfSomethingElse reports whether a header is that of no name of a guest: of a city or a company, an answer, or of
// another person.
func (c *Columns) isOfSomethingElse(column int) bool {
	h := c.Header[column]
	if len(h) > headers.MaxLength || headers.SaysNamePart(h) {
		return false
	}
	if p, is := headers.PersonOf(h); is && p.Role != headers.TheRow {
		return p.Role != headers.Attending
	}
	return headers.NamesNoGuest(h) || secondSurnames[wordset.Letters(h)] || c.meaningOf(column).IsAnswer() &&
		strings.ContainsFunc(h, unicode.IsLetter)
}
