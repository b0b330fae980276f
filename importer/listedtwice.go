package importer

import (
	"guestflow/importer/guestindex"
	"guestflow/importer/sameperson"
)

// listedPeople finds rows of a list that may be one person. The new guests among those that are compared are counted once the
// whole list is read: of two rows the one whose guest is known goes on, and only the whole list shows which names are frequent.
type listedPeople struct {
	finder sameperson.Finder
	fresh  []*nearRow
}

func (l *listedPeople) add(r row) bool {
	g := r.Guest
	return l.finder.Add(sameperson.Guest{
		Row: r.Row.Row, Event: g.EventID, First: g.FirstName, Others: g.OtherNames, Last: g.LastName, Email: g.Email,
	})
}

// createListed takes a new guest.
func (p *planner) createListed(at rowPlace, g guestindex.Guest) {
	if !at.listed {
		p.create(g, at.suppressed)
		return
	}
	p.people.fresh = append(p.people.fresh, &nearRow{rowPlace: at, guest: g})
}

// endListed has the rows asked about that may be the person of another row of the list, and counts the other new guests.
func (p *planner) endListed() error {
	pairs := p.people.finder.Pairs()
	rows := p.rowsOf(pairs)
	for _, pair := range pairs {
		row, of := pair.Row, pair.Of
		if rows[row] == nil { // it is known
			row, of = of, row
		}
		r := rows[row]
		if r != nil && r.twin == 0 && (pair.By != sameperson.Name || !r.guest.ByColumn) { // a chosen column tells them apart
			r.twin, r.same = of, pair.By
		}
	}
	for _, r := range p.people.fresh {
		if r.twin == 0 {
			p.create(r.guest, r.suppressed)
		} else if err := p.nearby.near(r.rowPlace, r.guest, nil); err != nil {
			return err
		}
	}
	p.people.fresh = nil
	return nil
}

// rowsOf returns the rows of pairs by their numbers, those of known guests left out.
func (p *planner) rowsOf(pairs []sameperson.Pair) map[int]*nearRow {
	rows := make(map[int]*nearRow, 2*len(pairs))
	for _, pair := range pairs {
		rows[pair.Row], rows[pair.Of] = nil, nil
	}
	add := func(r *nearRow) {
		if _, is := rows[r.guest.Row]; is {
			rows[r.guest.Row] = r
		}
	}
	for i := range p.nearby.rows {
		add(&p.nearby.rows[i])
	}
	for _, r := range p.people.fresh {
		add(r)
	}
	return rows
}
