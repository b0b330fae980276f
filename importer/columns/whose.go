package columns

import (
	"fmt"
	"slices"
	"strings"

	"guestflow/importer/headers"
	"guestflow/importer/table"
)

// person is one of those whose names and addresses a row has.
type person struct {
	who     string
	role    headers.Role
	columns map[string]int // the first of each field
	fields  map[int]string // of all
	list    []int          // in the order of the file
}

func (p *person) has(field string) bool { _, is := p.columns[field]; return is }

func (p *person) isNamed() bool { return p.has(FirstName) || p.has(LastName) || p.has(FullName) }

func (p *person) isFull() bool { return p.isNamed() && p.has(Email) }

// findPeople finds whose names and addresses the columns have, in the order of the file.
func (c *Columns) findPeople() (people []*person) {
	for i, h := range c.Header {
		of, is := headers.PersonOf(h)
		if !is || of.Bare && !c.mayHaveNames(i, of.Role) {
			continue
		}
		at := slices.IndexFunc(people, func(p *person) bool { return p.who == of.Who })
		if at < 0 {
			at = len(people)
			people = append(people, &person{who: of.Who, role: of.Role, columns: map[string]int{}, fields: map[int]string{}})
		}
		p := people[at]
		if !p.has(of.Field) && !c.isIgnored(i) {
			p.columns[of.Field] = i
		}
		p.list, p.fields[i] = append(p.list, i), of.Field
	}
	return people
}

// mayHaveNames reports whether a column that is called Partner or Ticket Holder has names, as far as the first rows
// show it: few guests bring a partner, and each has a ticket's holder.
func (c *Columns) mayHaveNames(column int, of headers.Role) bool {
	switch holds(c.rows, column) {
	case singleNames, fullNames:
		return true
	case nothingIn, mixed:
		return of == headers.Companion || of == headers.Substitute
	case addresses, numbers:
	}
	return false
}

// mapPeople decides who of several people of a row is the guest, where a person has not: who comes, if only one may,
// and never who has paid. Else it asks.
func (c *Columns) mapPeople(o Options) *table.Error {
	if o.Unnamed || c.programDecides() {
		return nil
	}
	people := c.findPeople()
	maybe := c.guestsAmong(people)
	switch {
	case len(maybe) == 0:
	case len(maybe) == 1 && maybe[0].role == headers.Paying: // nothing is taken from it without a word
	case len(maybe) == 1:
		c.takePerson(maybe[0], people, o)
	default:
		if chosen, decided := c.chosenPerson(people, o); chosen != nil {
			c.among = columnsOf(maybe)
			c.takePerson(chosen, people, o)
		} else if !decided {
			return c.whichPerson(maybe)
		}
	}
	return nil
}

func columnsOf(people []*person) map[int]bool {
	m := map[int]bool{}
	for _, p := range people {
		for _, i := range p.list {
			m[i] = true
		}
	}
	return m
}

// programDecides reports whether the program that the list comes from has columns of its own for who comes.
func (c *Columns) programDecides() bool {
	return slices.ContainsFunc(c.Header, func(h string) bool {
		field, own := c.program.field(h)
		if !own || !headers.IsPersonField(field) {
			return false
		}
		of, is := headers.PersonOf(h)
		return !is || of.Role != headers.Paying
	})
}

// guestsAmong returns those of a row's people of whom each may be the guest, the likeliest first. One who is only named
// beside a row's own name and address may be brought by that guest, which the rows show.
func (c *Columns) guestsAmong(people []*person) (maybe []*person) {
	row, comes := &person{}, 0
	for _, p := range people {
		switch {
		case p.role == headers.TheRow:
			row = p
		case p.role == headers.Attending && p.isNamed():
			comes++
		}
	}
	for _, p := range people {
		if p.isNamed() && (p.role == headers.Attending && (p.isFull() || !row.isNamed()) ||
			p == row && (row.isFull() || c.programTakesPayer()) ||
			p.role == headers.Paying && p.isFull() && !row.isFull() || isContact(p.who) && comes == 0 &&
			(p.isFull() || row.has(FullName))) {
			maybe = append(maybe, p)
		}
	}
	slices.SortStableFunc(maybe, func(a, b *person) int { return rank(a) - rank(b) })
	return maybe
}

// programTakesPayer reports whether the program that the list comes from has the names of who has paid.
func (c *Columns) programTakesPayer() bool {
	return c.program != nil && !c.programDecides() && len(c.program.ownFields(c.Header)) > 0
}

// isContact reports whether a word is for a person of whom another name in the row may be the company's.
func isContact(who string) bool {
	return slices.Contains([]string{"contact", "contactperson", "kontakt", "kontaktperson", "contacto", "contatto",
		"contato"}, who)
}

// rank is how likely a person is the guest: who comes before the one whom the row is about, and that one before who
// pays.
func rank(p *person) int {
	return slices.Index([]headers.Role{headers.Attending, headers.TheRow, headers.Paying, headers.Companion,
		headers.Substitute}, p.role)
}

// takePerson takes the names and the address of one person, and those of no other.
func (c *Columns) takePerson(taken *person, people []*person, o Options) {
	c.people = map[string]string{}
	for _, p := range people {
		for _, i := range p.list {
			if p != taken && headers.IsPersonField(c.fieldFor(c.Header[i])) && !p.lendsTo(taken, p.fields[i]) {
				c.people[c.Header[i]] = ""
			}
		}
	}
	for field, i := range taken.columns {
		if _, decided := o.Chosen[field]; !decided && taken.role != headers.TheRow {
			c.people[c.Header[i]] = field
		}
	}
}

// lendsTo reports whether a field may be another person's: the only address of a row is.
func (p *person) lendsTo(other *person, field string) bool {
	return field == Email && !other.has(Email) && p.role != headers.Companion && p.role != headers.Substitute &&
		(p.role == headers.TheRow || !p.isFull())
}

// chosenPerson returns the person whose name a person has chosen, and whether one has chosen anything of one.
func (c *Columns) chosenPerson(people []*person, o Options) (chosen *person, decided bool) {
	for field := range o.Chosen {
		decided = decided || headers.IsPersonField(field)
	}
	for _, s := range c.Sources {
		if !headers.IsPersonField(s.Field) || s.Field == Email || s.Kind != Chosen {
			continue
		}
		of := slices.IndexFunc(people, func(p *person) bool { return slices.Contains(p.list, s.column) })
		if of < 0 || chosen != nil && chosen != people[of] {
			return nil, true
		}
		chosen = people[of]
	}
	return chosen, decided
}

// whichPerson asks who of several people is the guest.
func (c *Columns) whichPerson(maybe []*person) *table.Error {
	if a, b := maybe[0], maybe[1]; len(maybe) == 2 && a.nameField() == FullName && b.nameField() == FullName &&
		(!a.isFull() || !b.isFull()) {
		return c.twoFullNames(min(a.columns[FullName], b.columns[FullName]), max(a.columns[FullName], b.columns[FullName]))
	}
	maybe = maybe[:min(len(maybe), maxEmailChoices)]
	q := &table.Question{Open: true}
	var shown, flags []string
	for _, p := range maybe {
		field := p.nameField()
		shown = append(shown, c.shownColumns(p.list))
		if choice, can := headers.MapChoice(field, c.mappingName(p.columns[field])); can {
			choice.Label = "The guest is the person of " + c.shownColumns(p.list)
			q.Choices = append(q.Choices, choice)
			flags = append(flags, choice.Flag())
		}
	}
	q.Text = "each row has the names of several people, and which of them is the guest is not known: " +
		strings.Join(shown, "; or ")
	return &table.Error{
		NeedsAnswer: true, Problem: q.Text, Cause: q,
		Advice: fmt.Sprintf("say whose name it is, the other columns of the same person follow: %s (mapping in the profile, “Take it from” in the console)",
			strings.Join(flags, " or ")),
	}
}

// nameField is the field by which a person is chosen.
func (p *person) nameField() string {
	for _, field := range []string{FirstName, FullName} {
		if p.has(field) {
			return field
		}
	}
	return LastName
}

// maxShownColumns is how many columns of a person a message lists.
const maxShownColumns = 6

// shownColumns lists columns by their names.
func (c *Columns) shownColumns(list []int) string {
	names := make([]string, 0, maxShownColumns)
	for _, i := range list[:min(len(list), maxShownColumns)] {
		names = append(names, c.shownName(i))
	}
	text := strings.Join(names, ", ")
	if n := len(list) - maxShownColumns; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return text
}
