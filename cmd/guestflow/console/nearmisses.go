package console

import (
	"fmt"
	"strconv"
	"strings"

	"guestflow/importer"
	"guestflow/importer/spec"
)

// nearShown are the rows of an upload that are like known guests, with what is chosen of them.
type nearShown struct {
	Text  string
	Kinds []nearSelect
	Rows  []nearRow
	More  int
}

// nearSelect is a choice in the form.
type nearSelect struct {
	Of, Label string
	Chosen    spec.NearChoice
	CanBeNew  bool
	Guests    []nearGuest // the guests who a row may be, where there are several
}

// nearGuest is a choice that names the guest who a row is.
type nearGuest struct {
	Choice spec.NearChoice
	Label  string
}

type nearRow struct {
	importer.NearMiss
	nearSelect
}

// nearKinds are what each kind is called on the page.
var nearKinds = []struct{ of, label string }{
	{spec.NearMost, "This list, most of which is known otherwise"}, {spec.NearKey, "Known under another key"},
	{spec.NearName, "Known under another name"}, {spec.NearAddress, "Known under another address"},
	{spec.NearPerson, "With the key of another person"}, {spec.NearTwice, "In this list a second time"},
}

// Near returns what is chosen of rows that are like known guests, or nil without any.
func (p planShown) Near() *nearShown {
	if p.Plan == nil || p.Plan.Near == nil {
		return nil
	}
	n, said := p.Plan.Near, p.Upload.Request().NearMisses
	shown := &nearShown{Text: n.Text(), More: n.Total() - len(n.Rows)}
	of := map[string]int{spec.NearKey: n.Key, spec.NearName: n.Name, spec.NearAddress: n.Address,
		spec.NearPerson: n.Person, spec.NearTwice: n.Twice}
	for _, k := range nearKinds {
		if of[k.of] > 0 || k.of == spec.NearMost && n.Most {
			shown.Kinds = append(shown.Kinds, nearSelect{k.of, k.label, said.Said(k.of), k.of != spec.NearPerson, nil})
		}
	}
	for _, m := range n.Rows {
		if !p.Values {
			m.Name = ""
		}
		row := strconv.Itoa(m.Row)
		shown.Rows = append(shown.Rows, nearRow{m, nearSelect{
			row, fmt.Sprintf("Row %d, line %d", m.Row, m.Line), said.Said(row), m.Kind != spec.NearPerson, guestsOf(m),
		}})
	}
	return shown
}

func guestsOf(m importer.NearMiss) (guests []nearGuest) {
	for _, of := range m.MayBe {
		guests = append(guests,
			nearGuest{spec.UpdateOf(of.Import, of.Row), fmt.Sprintf("update row %d of import %s", of.Row, of.Import)})
	}
	return guests
}

// MoreGone is how many rows of the earlier import are gone beside those that are listed.
func (p planShown) MoreGone() int { return p.Plan.Gone.Rows - len(p.Plan.Gone.First) }

// nearPrefix begins the names of the form's selects.
const nearPrefix = "near."

// nearMisses reads the selects of the form, over what was chosen before.
func (r *request) nearMisses(before spec.NearMisses) spec.NearMisses {
	for _, row := range before.NearRows() { // those that the page shows are in the form
		before = before.With(strconv.Itoa(row), "")
	}
	for name := range r.PostForm {
		if of, is := strings.CutPrefix(name, nearPrefix); is {
			before = before.With(of, spec.NearChoice(r.text(name)))
		}
	}
	return before
}

// nearLabel says what becomes of rows that are like known guests by an answer for all of them.
func nearLabel(n spec.NearMisses) string {
	switch n.Any() {
	case spec.NearUpdate:
		return "They are the known guests: update them, and send no second email"
	case spec.NearNew:
		return "They are other guests: import them, and mail them"
	case spec.NearSkip:
		return "Leave them out"
	case spec.NearHold:
	}
	return string(n)
}
