package importer

import (
	"maps"
	"slices"
	"strings"

	"guestflow/importer/columns"
	"guestflow/importer/guest"
	"guestflow/importer/rowstatus"
	"guestflow/importer/table"
)

// questions is what only the whole of a file shows, and what a person has to decide about it.
type questions struct {
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
	surplus  *FileError // a header that may lack a delimiter
}

func (u *questions) add(r row) {
	if r.rec != nil {
		u.statuses.Add(r.Row.Row, r.standing, !r.filtered, r.isGuest())
		switch {
		case r.twin > 0:
			u.statuses.AddTwin(r.Row.Row, r.twin, r.standing, !r.filtered)
		case r.notMeant > 0:
			u.statuses.AddOther(r.Row.Row, r.notMeant)
		}
	}
	u.notes.add(r)
	u.colours.add(r)
	if r.filtered {
		return
	}
	u.codes.add(r)
	u.listed.add(r)
	if r.rec != nil {
		u.names.add(r)
		u.beside.Add(r.beside)
		u.steps.add(r)
		u.moved.add(r)
		u.counted.add(r)
		u.parts.add(r)
		u.nonNames.add(r)
	}
	if r.dates != 0 {
		if u.orders == 0 {
			u.orders = guest.AnyOrder
		}
		if u.orders &= r.dates; u.orders == 0 {
			u.orders = guest.Contradictory
		}
	}
	if r.rec != nil && r.rec.IsGroup != "" {
		if slices.ContainsFunc(r.findings, func(f guest.Finding) bool { return f.Code == guest.BadFlag }) {
			u.words++
		} else {
			u.flags++
		}
	}
}

// ask returns the questions that are left, and the settings that the file itself has shown, if any.
func (u *questions) ask(path string, s Settings, c *Columns) (questions []FileError, shown *Settings) {
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
		const problem = "the numbers of its dates can be read in several orders, and no row shows which is meant"
		order := &table.Question{Text: problem}
		for _, name := range names {
			order.Choices = append(order.Choices, table.Choice{Option: "dates", Value: name})
		}
		questions = append(questions, FileError{
			Path: path, NeedsAnswer: true, Problem: problem, Cause: order,
			Advice: "say it: --dates " + strings.Join(names, " or --dates ") + " (D is the day, M the month, Y the year; dates in the profile, " +
				"“Date format” in the console), or a layout such as DD/MM/YYYY HH:mm",
		})
	}
	if q := u.notes.ask(path); q != nil {
		questions = append(questions, *q)
	}
	if u.surplus != nil {
		questions = append(questions, *u.surplus)
	}
	for _, q := range c.Questions() {
		q.Path = path
		questions = append(questions, q)
	}
	for _, q := range u.beside.Questions(c) {
		q.Path = path
		questions = append(questions, q)
	}
	outOfStep := u.steps.question(c)
	if outOfStep == nil {
		outOfStep = u.moved.question(c)
	}
	for _, q := range []*FileError{outOfStep, u.steps.wholeNames(c), u.counted.question(c), u.parts.question(s.Spec, c)} {
		if q != nil {
			q.Path = path
			questions = append(questions, *q)
		}
	}
	for _, q := range u.codes.questions(c) {
		q.Path = path
		questions = append(questions, q)
	}
	for _, q := range u.names.questions(s, c) {
		q.Path = path
		questions = append(questions, q)
	}
	for _, q := range u.nonNames.questions(s, c) {
		q.Path = path
		questions = append(questions, q)
	}
	for _, q := range u.statuses.Questions(c, s.Where) {
		q.Path = path
		questions = append(questions, q)
	}
	if q := u.listed.question(s.Where, c); q != nil {
		q.Path = path
		questions = append(questions, *q)
	}
	if q := u.colours.question(c, u.legend(), s.Where); q != nil {
		q.Path = path
		questions = append(questions, *q)
	}
	if q := u.askFileName(path, s, c); q != nil {
		questions = append(questions, *q)
	}
	return questions, shown
}
