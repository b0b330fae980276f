package importer

import (
	"cmp"

	"guestflow/importer/guestindex"
	"guestflow/importer/sameperson"
)

// listedPeople finds rows of a list that may be one person. The new guests among those that are compared are counted once the
// whole list is read: of two rows the one whose guest is known goes on, and only the whole list shows which names are frequent.
type listedPeople struct {
	finder sameperson.Finder
	fresh  []nearRow
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
	p.people.fresh = append(p.people.fresh, nearRow{rowPlace: at, guest: g})
}

// endListed has the rows asked about that may be the person of another row of the list, and counts the other new guests.
func (p *planner) endListed() error {
	fresh, near := rowsByNumber(p.people.fresh), rowsByNumber(p.nearby.rows)
	for _, pair := range p.people.finder.Pairs() {
		row, of := pair.Row, pair.Of
		if fresh[row] == nil && near[row] == nil { // it is known
			row, of = of, row
		}
		r := cmp.Or(fresh[row], near[row])
		if r != nil && r.twin == 0 && (pair.By != sameperson.Name || !r.guest.ByColumn) { // a chosen column tells them apart
			r.twin, r.same = of, pair.By
		}
	}
	for i := range p.people.fresh {
		r := &p.people.fresh[i]
		if r.twin == 0 {
			p.create(r.guest, r.suppressed)
		} else if err := p.nearby.near(r.rowPlace, r.guest, nil); err != nil {
			return err
		}
	}
	p.people.fresh = nil
	return nil
}

func rowsByNumber(rows []nearRow) map[int]*nearRow {
	by := make(map[int]*nearRow, len(rows))
	for i := range rows {
		by[rows[i].guest.Row] = &rows[i]
	}
	return by
}
