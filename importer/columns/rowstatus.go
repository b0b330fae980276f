package columns

import (
	"slices"
	"strings"

	"guestflow/importer/headers"
	"guestflow/importer/rowstatus"
	"guestflow/importer/where"
	"guestflow/importer/wordset"
)

// This file finds the columns by which rows may not be meant, and has package rowstatus judge their cells.

// isChannel reports whether a column is of how guests are written to, some of them by email.
func (c *Columns) isChannel(column int) bool {
	h := c.Header[column]
	return rowstatus.NamesChannel(h) && slices.ContainsFunc(c.rows, func(cells []string) bool {
		return column < len(cells) && rowstatus.IsByEmail(cells[column])
	})
}

// isEvent reports whether a column is of the event of its row, and no field says that. One with answers is of who
// comes.
func (c *Columns) isEvent(column int) bool {
	h := c.Header[column]
	return rowstatus.NamesEvent(h) && !c.has(EventID) && !slices.ContainsFunc(c.rows, func(cells []string) bool {
		return column < len(cells) && rowstatus.IsStatusWord(cells[column])
	})
}

// addStatusColumn has a column looked at for what it says of whether rows are meant.
func (c *Columns) addStatusColumn(place int, name string, m rowstatus.Meaning) {
	header := ""
	if place < len(c.Header) {
		header = c.Header[place]
	}
	w := rowstatus.NewColumn(place, name, header, m)
	w.RuledBy(c.at(place, c.rule.Tests()), c.at(place, c.rule.Required()))
	c.statusColumns = append(c.statusColumns, w)
}

// addTaken has columns looked at from which notes, tags and names are taken.
func (c *Columns) addTaken(alike map[string]int) {
	meanings := map[string]rowstatus.Meaning{
		Notes: rowstatus.Notes, Tags: rowstatus.Tags, FirstName: rowstatus.Names, LastName: rowstatus.Names,
		OtherNames: rowstatus.Names, FullName: rowstatus.Names,
	}
	taken := map[int]rowstatus.Meaning{}
	for i := range c.Sources {
		if m, is := meanings[c.Sources[i].Field]; is {
			for _, column := range c.Sources[i].columns() {
				taken[column] = m
			}
		}
	}
	if c.fill >= 0 {
		taken[c.fill] = rowstatus.Names
	}
	c.named = make([]bool, len(c.Header))
	for i := range c.Header {
		c.named[i] = taken[i] == rowstatus.Names
		if m, is := taken[i]; is && !c.isIgnored(i) && !c.allMeant {
			if m == rowstatus.Names && c.holdsAnswers(i) {
				m = rowstatus.Consent
			}
			c.addStatusColumn(i, c.nameOf(i, alike), m)
		}
	}
}

// holdsAnswers reports whether the first cells of a column are answers, below a header that stands for names elsewhere.
func (c *Columns) holdsAnswers(column int) bool {
	filled := 0
	for _, cells := range c.rows {
		if column >= len(cells) || blank(cells[column]) {
			continue
		}
		filled++
		if !rowstatus.IsYesOrNo(cells[column]) {
			return false
		}
	}
	return filled > 0
}

// addOrigin has what rows have beside their cells looked at.
func (c *Columns) addOrigin() {
	if place, is := c.originPlace(rowstatus.RowNumber); is {
		c.rowTests = c.at(place, c.rule.Tests())
	}
	for _, b := range []struct {
		name string
		m    rowstatus.Meaning
	}{{rowstatus.SectionName, rowstatus.Heading}, {rowstatus.SheetName, rowstatus.Heading},
		{rowstatus.StruckName, rowstatus.StruckOut}, {rowstatus.CommentName, rowstatus.Comments},
		{rowstatus.ElsewhereName, rowstatus.Elsewhere}} {
		place, is := c.originPlace(b.name)
		switch {
		case !is || c.allMeant:
		case c.isIgnored(place):
			c.Ignored = append(c.Ignored, b.name)
		default:
			c.addStatusColumn(place, b.name, b.m)
		}
	}
}

// ownColumns are those that guestflow puts before the rows of a rejects file: why a row was rejected says of no guest
// that he is not meant, once the row is corrected.
var ownColumns = map[string]bool{"guestflow_line": true, "guestflow_reason": true}

// isProgramsOwn reports whether a column is one that a program reads again, and asks people to leave alone: (Do Not Modify)
// Contact.
func isProgramsOwn(header string) bool {
	inner, brackets := strings.CutPrefix(strings.TrimSpace(header), "(")
	inside, _, closed := strings.Cut(inner, ")")
	return ownColumns[header] || brackets && closed && leftAlone[wordset.Letters(inside)]
}

var leftAlone = wordset.Phrases(`Do Not Modify|Do Not Edit|Do Not Change|Nicht ändern|Nicht bearbeiten|Ne pas modifier|No modificar|Niet wijzigen|
	Não modificar|Non modificare`)

// meaningOf returns what a column's header says; a number of people is one whatever it is called besides.
func (c *Columns) meaningOf(column int) rowstatus.Meaning {
	if c.isQuantity(column) {
		return rowstatus.Quantity
	}
	h := c.Header[column]
	if len(h) <= headers.MaxLength && isProgramsOwn(h) {
		return rowstatus.Silent
	}
	if c.isEvent(column) {
		return rowstatus.Event
	}
	if c.isChannel(column) {
		return rowstatus.Channel
	}
	return rowstatus.MeaningOf(h, c.Header, func() bool { return c.hasFewTexts(column) })
}

// isQuantity reports whether a column may be a number of tickets or people, of which nothing has been decided.
func (c *Columns) isQuantity(column int) bool {
	h := c.Header[column]
	if _, decided := c.chosenFields[PlusOnes]; decided || c.has(PlusOnes) || c.has(PartySize) ||
		len(h) > headers.MaxLength {
		return false
	}
	if _, decided := c.chosenFields[PartySize]; decided {
		return false
	}
	return rowstatus.NamesQuantity(h)
}

// RowStatuses appends what a record's cells say of whether it is meant, and what it has beside them.
func (c *Columns) RowStatuses(cells []string, from rowstatus.Origin, out []rowstatus.Status) []rowstatus.Status {
	for i := range c.statusColumns {
		w := &c.statusColumns[i]
		cell := ""
		if w.Place < len(cells) {
			cell = cells[w.Place]
		} else {
			cell = from.Text(w.Name)
		}
		if s, says := w.Judge(cell, cells, c.namesRow(from)); says {
			out = append(out, s)
		}
	}
	return out
}

// namesRow reports whether the rule names a row by its number, so that a person has decided about it.
func (c *Columns) namesRow(from rowstatus.Origin) bool {
	return slices.ContainsFunc(c.rowTests, func(t *where.Test) bool { return t.Has(from.Text(rowstatus.RowNumber)) })
}

// hasFewTexts reports whether the first rows have few different texts in a column, so that it may be of a choice.
func (c *Columns) hasFewTexts(column int) bool {
	texts := map[string]bool{}
	for _, cells := range c.rows {
		if column < len(cells) && !blank(cells[column]) {
			texts[cells[column]] = true
		}
	}
	return len(texts) <= rowstatus.MaxFewTexts
}
