package columns

import (
	"fmt"
	"slices"

	"guestflow/importer/headers"
	"guestflow/importer/personname"
	"guestflow/importer/plural"
	"guestflow/importer/table"
	"guestflow/importer/wordset"
)

// mapFullName takes a column of full names: for both parts, for the one that has no column of its own, or for rows
// whose parts are empty.
func (c *Columns) mapFullName(o Options) *table.Error {
	full, chosen := c.removeSource(FullName)
	if !chosen {
		if _, decided := o.Chosen[FullName]; decided {
			return nil
		}
		at, other := c.fullNameColumns()
		if at < 0 || c.Fields[at] != "" {
			return nil
		}
		if other >= 0 && !c.has(FirstName) && !c.has(LastName) {
			return c.twoFullNames(at, other)
		}
		full = Source{Field: FullName, From: c.Header[at], column: at}
	}
	c.fillAny = chosen || o.SplitNames
	c.splitter = personname.Splitter{Surname: o.Surname, FamilyFirst: familyFirst[wordset.Letters(full.From)]}
	c.splitter.List = c.listOrder(full.column)
	if c.splitter.Surname == "" && surelyFamilyFirst[wordset.Letters(full.From)] {
		c.splitter.Surname, c.splitter.FamilyFirst = personname.SurnameFirst, true
	}
	switch first, last := c.has(FirstName), c.has(LastName); {
	case first && last:
		if chosen || saysFullName(full.From) && !c.asksWhoComes(full.column) {
			c.fill, c.Fields[full.column] = full.column, FullName
		}
	case first || last:
		return c.mapOtherPart(o, full, first, chosen)
	case c.fillAny:
		c.split, c.besideSplit = full.column, c.otherPartColumn(o, full.column)
		for _, field := range []string{FirstName, LastName} {
			if text, decided := o.Chosen[field]; !decided || text != "" {
				c.add(Source{Field: field, Kind: Split, From: full.From, column: full.column})
			}
		}
	}
	return nil
}

// mapOtherPart takes a column called Name for the part that is missing: beside a surname it has first names, and beside
// first names, in German and Dutch lists above all, last names. What another one, such as Full Name, has beside one
// part cannot be known.
func (c *Columns) mapOtherPart(o Options, full Source, hasFirst, chosen bool) *table.Error {
	missing, there := FirstName, LastName
	if hasFirst {
		missing, there = LastName, FirstName
	}
	if _, decided := o.Chosen[missing]; decided && !chosen {
		return nil
	}
	other := c.source(there)
	switch {
	case chosen && other.Kind == Alias && c.hasSameNames(other.column, full.column, fullNames): // both have the full name
		c.removeSource(there)
		c.split, c.Fields[other.column] = full.column, ""
		c.add(Source{Field: FirstName, Kind: Split, From: full.From, column: full.column})
		c.add(Source{Field: LastName, Kind: Split, From: full.From, column: full.column})
	case chosen: // beside a part that was chosen too
		c.split = full.column
		c.add(Source{Field: missing, Kind: Split, From: full.From, column: full.column})
	case headers.IsBareName(full.From):
		kind := OtherPart
		if other.Kind != Alias && other.Kind != Chosen {
			kind = Alias // there is no column to compare it with
		}
		c.add(Source{Field: missing, Kind: kind, From: full.From, column: full.column, other: other.column})
	case !hasFirst || saysFullName(full.From):
		from := c.mappingName(full.column)
		problem := fmt.Sprintf("the column %s has names, and beside %s (%s) nothing is the %s",
			headers.Quote(full.From), headers.Quote(other.From), there, missing)
		return &table.Error{
			NeedsAnswer: true, Problem: problem,
			Cause: mapQuestion(problem, missing+"="+from, FullName+"="+from, missing+"="),
			Advice: "say what it has: " + mapAdvice(missing, from) +
				fmt.Sprintf(" if it is that, --map %s to have full names split, --map '%s=' to do without",
					headers.ShellQuote(FullName+"="+from), missing),
		}
	}
	return nil
}

// fullNameColumns returns the column of full names, and another one that has as good a header, or -1. A column that
// says that it has names counts before one called Guest.
func (c *Columns) fullNameColumns() (at, other int) {
	at, other = -1, -1
	for i, h := range c.Header {
		if c.fieldFor(h) != FullName || holds(c.rows, i) == numbers { // as orders have in Name
			continue
		}
		switch says := saysFullName(h); {
		case at < 0, says && !saysFullName(c.Header[at]):
			at, other = i, -1
		case other < 0 && says == saysFullName(c.Header[at]):
			other = i
		}
	}
	return at, other
}

// twoFullNames asks which of two columns has the guests' names.
func (c *Columns) twoFullNames(one, other int) *table.Error {
	a, b := c.mappingName(one), c.mappingName(other)
	problem := fmt.Sprintf("the columns %s and %s both look like full names", c.shownName(one), c.shownName(other))
	return &table.Error{
		NeedsAnswer: true, Problem: problem, Cause: mapQuestion(problem, FullName+"="+a, FullName+"="+b),
		Advice: "choose one, whose names are split: " + mapAdvice(FullName, a, b),
	}
}

// otherPartColumn returns, for a column of full names that its header calls one part, the column of the other part, or
// a negative number.
func (c *Columns) otherPartColumn(o Options, column int) int {
	other := ""
	switch c.fieldFor(c.Header[column]) {
	case FirstName:
		other = LastName
	case LastName:
		other = FirstName
	default:
		return -1
	}
	if _, decided := o.Chosen[other]; decided {
		return -1
	}
	return slices.IndexFunc(c.Header, func(h string) bool { return c.fieldFor(h) == other })
}

func (c *Columns) source(field string) Source {
	return c.Sources[slices.IndexFunc(c.Sources, func(s Source) bool { return s.Field == field })]
}

// guestHeaders are headers of guests that do not say whether whole names are meant.
var guestHeaders = wordset.Of(`guest attendee participant gast teilnehmer invite participante invitado deelnemer gosc
	uczestnik ospite partecipante
	convidado`)

// saysFullName reports whether a header says that it has whole names.
func saysFullName(header string) bool { return !guestHeaders[wordset.Letters(header)] }

// FullNameHeader is the header of the column of full names, or "".
func (c *Columns) FullNameHeader() string {
	switch {
	case c.split >= 0:
		return c.Header[c.split]
	case c.fill >= 0:
		return c.Header[c.fill]
	}
	return ""
}

// LastNameTwice asks about a column of first names that have the last name of another column too; nil where a person
// has said what it has.
func (c *Columns) LastNameTwice(rows, of int) *table.Error {
	at := slices.IndexFunc(c.Sources, func(s Source) bool { return s.Field == FirstName && s.Kind == Alias })
	if at < 0 || !c.has(LastName) || c.source(LastName).Kind == Split {
		return nil
	}
	name := c.mappingName(c.Sources[at].column)
	problem := fmt.Sprintf("the column %s is the first_name by its name, and %d of %s %s the last name there too: it seems to have full names",
		headers.Quote(c.Sources[at].From), rows, plural.Of(of, "guest"), plural.Word(rows, "has", "have"))
	return &table.Error{
		NeedsAnswer: true, Problem: problem, Cause: mapQuestion(problem, FullName+"="+name, FirstName+"="+name),
		Advice: "say what it has: " + mapAdvice(FullName, name) + " to take the last name out, --map " +
			headers.ShellQuote(FirstName+"="+name) + " to leave it there",
	}
}

// WholeNames asks about a column that is called one part of the names, of whose rows some have several words and
// nothing as the other part; nil where a person has said what it has.
func (c *Columns) WholeNames(field string, rows, of int) *table.Error {
	at := slices.IndexFunc(c.Sources,
		func(s Source) bool { return s.Field == field && (s.Kind == Alias || s.Kind == OtherPart) })
	if at < 0 {
		return nil
	}
	other := LastName
	if field == LastName {
		other = FirstName
	}
	name := c.mappingName(c.Sources[at].column)
	problem := fmt.Sprintf("the column %s is the %s by its name, and %d of %s %s several words there and no %s: it may have full names",
		headers.Quote(c.Sources[at].From), field, rows, plural.Of(of, "guest"), plural.Word(rows, "has", "have"), other)
	return &table.Error{
		NeedsAnswer: true, Problem: problem, Cause: mapQuestion(problem, FullName+"="+name, field+"="+name),
		Advice: "say what it has: " + mapAdvice(FullName, name) + " to have full names split, --map " +
			headers.ShellQuote(field+"="+name) + " if it is only that",
	}
}
