package listcheck

import (
	"fmt"
	"strings"

	"guestflow/importer/columns"
	"guestflow/importer/headers"
	"guestflow/importer/personname"
	"guestflow/importer/plural"
	"guestflow/importer/rows"
	"guestflow/importer/spec"
	"guestflow/importer/table"
	"guestflow/importer/visible"
	"guestflow/importer/where"
)

// exchangedNames finds a list whose first and last names are exchanged, as its addresses show: ida.holm@example.org beside
// the first name Holm and the last name Ida. Some senders have the last name first in addresses, so it is asked, and only where
// no address says otherwise.
type exchangedNames struct {
	right, exchanged int // rows
	line             int // of the first that is exchanged
	single           turnedRound
}

// minExchanged is how many rows show it.
const minExchanged = 3

// lastNameFirst are endings of domains of countries whose addresses mostly have the last name first.
var lastNameFirst = map[string]bool{"hu": true, "jp": true, "cn": true, "kr": true, "tw": true, "hk": true, "vn": true}

func (x *exchangedNames) add(r *rows.Row) {
	if r.Record == nil || len(r.Findings) > 0 || r.Guest.FirstName == "" || r.Guest.LastName == "" {
		return
	}
	local, domain, _ := strings.Cut(r.Guest.Email, "@")
	if local == "" || lastNameFirst[strings.ToLower(domain[strings.LastIndexByte(domain, '.')+1:])] {
		return
	}
	l := &r.Letters
	right := isMadeOf(l.Local, l.First, l.Last) || isMadeOf(l.Local, l.WideFirst, l.WideLast)
	exchanged := isMadeOf(l.Local, l.Last, l.First) || isMadeOf(l.Local, l.WideLast, l.WideFirst)
	x.single.seen(r, strings.ToLower(domain), right, exchanged)
	switch {
	case right == exchanged:
	case right:
		x.right++
	default:
		if x.exchanged++; x.exchanged == 1 {
			x.line = r.Line
		}
	}
}

// isMadeOf reports whether the letters of an address are one name, or its initial, and then another: ida.holm, iholm.
func isMadeOf(letters, one, other string) bool {
	return len(one) > 1 && len(other) > 1 && (isJoined(letters, one, other) || isJoined(letters, one[:1], other))
}

// isJoined reports whether a text is one and then the other, without making that: each row asks it of its neighbours.
func isJoined(text, one, other string) bool {
	return len(text) == len(one)+len(other) && text[:len(one)] == one && text[len(one):] == other
}

// question asks which are the first names.
func (x *exchangedNames) question(s spec.Spec, c *columns.Columns) *table.Error {
	if x.right > 0 {
		return x.single.question(s.Where, c)
	}
	chosenFirst, chosenLast := c.IsChosen(columns.FirstName), c.IsChosen(columns.LastName)
	if x.exchanged < minExchanged || chosenFirst != chosenLast { // one of them alone is an answer to this question
		return nil
	}
	if chosenFirst {
		return x.askMapping(s.Where, c)
	}
	have := plural.Of(x.exchanged, "row has", "rows have")
	if full := c.FullNameHeader(); full != "" && !c.NamesInColumns() {
		return x.askSplit(s, have, full)
	}
	first, last := c.NameOf(columns.FirstName), c.NameOf(columns.LastName)
	swap, can := headers.MapChoice(columns.FirstName, last)
	keep, canKeep := headers.MapChoice(columns.FirstName, first)
	if !can || !canKeep || !c.FromHeader(columns.FirstName) || !c.FromHeader(columns.LastName) {
		return nil
	}
	problem := fmt.Sprintf("%s an address that is made of first and last name the other way round, the first in line %d: the column %q seems to have the "+
		"last names, and %q the first names", have, x.line, visible.Shorten(first), visible.Shorten(last))
	swap.Label, keep.Label = fmt.Sprintf("Exchange them: the first names are in %q", visible.Shorten(last)), "The columns are right"
	return &table.Error{NeedsAnswer: true, Problem: problem, Cause: &table.Question{Text: problem, Open: true, Choices: []table.Choice{swap, keep}},
		Advice: fmt.Sprintf("say which has the first names, the other one has the last names then: %s or %s (mapping in the profile, “Take it from” in the "+
			"console)", swap.Flag(), keep.Flag())}
}

// askMapping asks whether a mapping that names both columns has them the wrong way round, as one of another list may.
func (x *exchangedNames) askMapping(rule string, c *columns.Columns) *table.Error {
	first, last := c.NameOf(columns.FirstName), c.NameOf(columns.LastName)
	header := c.Headers[columns.FirstName]
	if first == "" || last == "" || header == "" || c.Ignores(header) || where.IsAll(rule) {
		return nil
	}
	problem := fmt.Sprintf("%s an address that is made of first and last name the other way round, the first in line %d: the mapping takes the first names from %q "+
		"and the last names from %q, and they seem to be exchanged", plural.Of(x.exchanged, "row has", "rows have"), x.line, visible.Shorten(first), visible.Shorten(last))
	q := &table.Question{Text: problem}
	advice := fmt.Sprintf("exchange them: %s %s (mapping in the profile, “Take it from” in the console)", headers.MapFlag(columns.FirstName, last), headers.MapFlag(columns.LastName, first))
	if keep, can := headers.MapChoice(columns.Ignore, c.Ignoring(header)); can {
		keep.Label = "The columns are right"
		q.Choices = append(q.Choices, keep)
		advice += fmt.Sprintf("; if they are right, say so: %s (ignore in the profile's mapping, “Ignored” in the console)", keep.Flag())
	}
	return &table.Error{NeedsAnswer: true, Problem: problem, Cause: q, Advice: advice}
}

// askSplit asks it of full names that were split.
func (x *exchangedNames) askSplit(s spec.Spec, have, full string) *table.Error {
	if s.Surname != "" {
		return nil
	}
	problem := fmt.Sprintf("%s an address that is made of first and last name the other way round, the first in line %d: the names below %q seem to begin with the "+
		"last name", have, x.line, visible.Shorten(full))
	begin, end := table.Choice{Option: "surname", Value: personname.SurnameFirst}, table.Choice{Option: "surname", Value: personname.SurnameLast}
	return &table.Error{NeedsAnswer: true, Problem: problem, Cause: &table.Question{Text: problem, Choices: []table.Choice{begin, end}},
		Advice: fmt.Sprintf("say it: %s or %s (surname in the profile, “Last name” in the console)", begin.Flag(), end.Flag())}
}
