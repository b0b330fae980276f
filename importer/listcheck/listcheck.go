// Package listcheck finds what only the rows of a list together show, and asks a person about it: names that are none or are exchanged,
// addresses beside other names, rows that others say are not meant, colours, dates that can be read in several orders.
//
// Every row is added to all of its finders, in fixed memory however long the list is, and at the end each returns its questions: what is
// asked depends on the columns, and on what a person has said before. What is asked of a single column is in columns and in rowstatus, and
// what comes of earlier imports in importer.
package listcheck

import (
	"maps"
	"slices"
	"strings"

	"guestflow/importer/columns"
	"guestflow/importer/guest"
	"guestflow/importer/rows"
	"guestflow/importer/rowstatus"
	"guestflow/importer/spec"
	"guestflow/importer/table"
)

// Check is what only the whole of a list shows, and what a person has to decide about it.
type Check struct {
	path    string
	spec    spec.Spec
	columns *columns.Columns

	orders   guest.DateOrders // in which all dates can be read that say no order themselves; 0 until there is one
	words    int              // cells of the column of is_group that are neither yes nor no
	flags    int              // and that are
	statuses rowstatus.Counts
	notes    noteRows
	names    nameCounts
	beside   columns.BesideCounts
	steps    outOfStep
	moved    movedRows
	codes    sharedCodes
	counted  countedUp
	parts    exchangedNames
	nonNames nonNames
	colours  rowColours
	legend   func() map[string]string // what colours mean
	listed   alsoListed
	surplus  *table.Error // a header that may lack a delimiter
}

// New begins to check the list of a file; others are lists that are given with it.
func New(path string, file *table.Reader, c *columns.Columns, s spec.Spec, others *OtherLists) *Check {
	return &Check{path: path, spec: s, columns: c, legend: file.Legend, listed: alsoListed{lists: others}, surplus: askSurplus(path, file, c, s)}
}

// Add takes the next row, which may be released then.
func (u *Check) Add(r *rows.Row) {
	if r.Record != nil {
		u.statuses.Add(r.Row.Row, r.Statuses, !r.Filtered, r.IsGuest())
		switch {
		case r.Twin > 0:
			u.statuses.AddTwin(r.Row.Row, r.Twin, r.Statuses, !r.Filtered)
		case r.NotMeant > 0:
			u.statuses.AddOther(r.Row.Row, r.NotMeant)
		}
	}
	u.notes.add(r)
	u.colours.add(r)
	if r.Filtered {
		return
	}
	u.codes.add(r)
	u.listed.add(r)
	if r.Record != nil {
		u.names.add(r)
		u.beside.Add(r.Beside)
		u.steps.add(r)
		u.moved.add(r)
		u.counted.add(r)
		u.parts.add(r)
		u.nonNames.add(r)
	}
	if r.Dates != 0 {
		if u.orders == 0 {
			u.orders = guest.AnyOrder
		}
		if u.orders &= r.Dates; u.orders == 0 {
			u.orders = guest.Contradictory
		}
	}
	if r.Record != nil && r.Record.IsGroup != "" {
		if slices.ContainsFunc(r.Findings, func(f guest.Finding) bool { return f.Code == guest.BadFlag }) {
			u.words++
		} else {
			u.flags++
		}
	}
}

// Statuses are what columns say of whether rows are meant.
func (u *Check) Statuses() *rowstatus.Counts { return &u.statuses }

// Questions returns the questions that are left, and the spec that the list itself has shown, if any.
func (u *Check) Questions() (questions []table.Error, shown *spec.Spec) {
	s, c := u.spec, u.columns
	all := func(list ...table.Error) { questions = append(questions, list...) }
	one := func(q *table.Error) {
		if q != nil {
			all(*q)
		}
	}
	if header := c.AmbiguousGroup(); header != "" && u.words > 0 && u.flags == 0 {
		s.Mapping = maps.Clone(s.Mapping)
		if s.Mapping == nil {
			s.Mapping = map[string]string{}
		}
		s.Mapping[columns.IsGroup], shown = "", &s
	}
	switch names := u.orders.Names(); {
	case u.orders == 0, u.orders == guest.Contradictory, s.Dates != "":
	case len(names) == 1:
		s.Dates, shown = names[0], &s
	default:
		all(askOrder(names))
	}
	one(u.notes.ask(u.path))
	one(u.surplus)
	all(c.Questions()...)
	all(u.beside.Questions(c)...)
	outOfStep := u.steps.question(c)
	if outOfStep == nil {
		outOfStep = u.moved.question(c)
	}
	one(outOfStep)
	one(u.steps.wholeNames(c))
	one(u.counted.question(c))
	one(u.parts.question(s, c))
	all(u.codes.questions(c)...)
	all(u.names.questions(s, c)...)
	all(u.nonNames.questions(s, c)...)
	all(u.statuses.Questions(c, s.Where)...)
	one(u.listed.question(s.Where, c))
	one(u.colours.question(c, u.legend(), s.Where))
	one(u.askFileName(u.path, s, c))
	for i := range questions {
		questions[i].Path = u.path
	}
	return questions, shown
}

// askOrder asks in which order the numbers of dates are.
func askOrder(names []string) table.Error {
	const problem = "the numbers of its dates can be read in several orders, and no row shows which is meant"
	order := &table.Question{Text: problem}
	for _, name := range names {
		order.Choices = append(order.Choices, table.Choice{Option: "dates", Value: name})
	}
	return table.Error{
		NeedsAnswer: true, Problem: problem, Cause: order,
		Advice: "say it: --dates " + strings.Join(names, " or --dates ") + " (D is the day, M the month, Y the year; dates in the profile, " +
			"“Date format” in the console), or a layout such as DD/MM/YYYY HH:mm",
	}
}
