package importer

import (
	"encoding/binary"
	"errors"

	"guestflow/importer/guestindex"
	"guestflow/importer/rows"
	"guestflow/importer/sameperson"
	"guestflow/importer/sealedfile"
	"guestflow/importer/suppression"
)

// listedPeople finds rows of a list that may be one person. The new guests among those that are compared are counted once the
// whole list is read: of two rows the one whose guest is known goes on, and only the whole list shows which names are frequent.
type listedPeople struct {
	finder sameperson.Finder
	fresh  sealedfile.Records // as pack has them
	packed []byte
	beyond int // guests who are not compared with the others of the list, as there are so many

	suppressed map[int]suppression.Entry // of fresh rows, by their numbers
	texts      []string                  // events and templates, of which rows have the places here
	places     map[string]int
}

func (l *listedPeople) add(r *rows.Row) bool {
	g := r.Guest
	compared := l.finder.Add(sameperson.Guest{
		Row: r.Row.Row, Event: g.EventID, First: g.FirstName, Others: g.OtherNames, Last: g.LastName, Email: g.Email,
	})
	if !compared && g.Email != "" {
		l.beyond++
	}
	return compared
}

// close removes what was kept of the guests.
func (l *listedPeople) close() error { return errors.Join(l.finder.Close(), l.fresh.Close()) }

// createListed takes a new guest.
func (p *planner) createListed(at rowPlace, g guestindex.Guest) error {
	if !at.listed {
		p.create(g, at.suppressed)
		return nil
	}
	l := &p.people
	l.packed = l.pack(l.packed[:0], at, g)
	return l.fresh.Append(l.packed)
}

// endListed has the rows asked about that may be the person of another row of the list, and counts the other new guests.
func (p *planner) endListed() error {
	pairs, err := p.people.finder.Pairs()
	if err != nil {
		return err
	}
	rows, err := p.rowsOf(pairs)
	if err != nil {
		return err
	}
	for _, pair := range pairs {
		row, of := pair.Row, pair.Of
		if rows[row] == nil { // it is known
			row, of = of, row
		}
		r := rows[row]
		apart := pair.By != sameperson.Address && r != nil && r.guest.ByColumn // a chosen column tells them apart
		if r != nil && r.twin == 0 && !apart {
			r.twin, r.same = of, pair.By
		}
	}
	for packed, err := range p.people.fresh.All() {
		if err == nil {
			err = p.endFresh(packed, rows)
		}
		if err != nil {
			return err
		}
	}
	return p.people.fresh.Close()
}

// endFresh counts a new guest, or has him asked about.
func (p *planner) endFresh(packed []byte, rows map[int]*nearRow) error {
	fresh, err := p.people.unpack(packed)
	if err != nil {
		return err
	}
	r := rows[fresh.guest.Row]
	if r == nil || r.twin == 0 {
		p.create(fresh.guest, fresh.suppressed)
		return nil
	}
	return p.nearby.near(r.rowPlace, r.guest, nil)
}

// rowsOf returns the rows of pairs by their numbers, those of known guests left out.
func (p *planner) rowsOf(pairs []sameperson.Pair) (map[int]*nearRow, error) {
	rows := make(map[int]*nearRow, 2*len(pairs))
	for _, pair := range pairs {
		rows[pair.Row], rows[pair.Of] = nil, nil
	}
	for i := range p.nearby.rows {
		r := &p.nearby.rows[i]
		if _, is := rows[r.guest.Row]; is {
			rows[r.guest.Row] = r
		}
	}
	for packed, err := range p.people.fresh.All() {
		if err != nil {
			return nil, err
		}
		row, _ := binary.Uvarint(packed)
		if _, is := rows[int(row)]; !is { // a number that an int had
			continue
		}
		r, err := p.people.unpack(packed)
		if err != nil {
			return nil, err
		}
		rows[r.guest.Row] = &r
	}
	return rows, nil
}

// What a packed row is, and has beside what all have.
const (
	packedFull = 1 << iota
	packedByColumn
	packedFormer
)

// pack writes a new guest of the list.
func (l *listedPeople) pack(data []byte, at rowPlace, g guestindex.Guest) []byte {
	if at.suppressed != (suppression.Entry{}) {
		if l.suppressed == nil {
			l.suppressed = map[int]suppression.Entry{}
		}
		l.suppressed[g.Row] = at.suppressed
	}
	data = binary.AppendUvarint(binary.AppendUvarint(data, uint64(g.Row)), uint64(at.line))
	var is byte
	if at.full {
		is |= packedFull
	}
	if g.ByColumn {
		is |= packedByColumn
	}
	if g.Former != [16]byte{} {
		is |= packedFormer
	}
	data = append(append(append(data, is), g.ID[:]...), g.Content[:]...)
	data = append(append(data, g.Contact.Address[:]...), g.Contact.Name[:]...)
	data = binary.LittleEndian.AppendUint64(data, g.Person)
	for _, text := range [...]string{g.Event, g.Template} {
		data = binary.AppendUvarint(data, uint64(l.place(text)))
	}
	if is&packedFormer != 0 {
		data = append(data, g.Former[:]...)
	}
	for _, text := range [...]string{g.Spelled, at.name} {
		data = append(binary.AppendUvarint(data, uint64(len(text))), text...)
	}
	return data
}

// place returns where an event or a template is in texts. There are as many as the plan has of both.
func (l *listedPeople) place(text string) int {
	at, is := l.places[text]
	if is {
		return at
	}
	if l.places == nil {
		l.places = map[string]int{}
	}
	l.texts, l.places[text] = append(l.texts, text), len(l.texts)
	return len(l.texts) - 1
}

// unpack reads what pack has written.
func (l *listedPeople) unpack(data []byte) (r nearRow, err error) {
	in, g := sealedfile.Fields{Data: data}, &r.guest
	g.Row, r.line = in.Number(), in.Number()
	is := in.Take(1)[0]
	r.full, g.ByColumn, r.listed = is&packedFull != 0, is&packedByColumn != 0, true
	for _, part := range [][]byte{g.ID[:], g.Content[:], g.Contact.Address[:], g.Contact.Name[:]} {
		copy(part, in.Take(len(part)))
	}
	g.Person = binary.LittleEndian.Uint64(in.Take(8))
	event, template := in.Number(), in.Number()
	if is&packedFormer != 0 {
		copy(g.Former[:], in.Take(len(g.Former)))
	}
	g.Spelled, r.name, r.suppressed = in.Text(), in.Text(), l.suppressed[g.Row]
	if in.Err() != nil || event >= len(l.texts) || template >= len(l.texts) {
		return r, sealedfile.ErrDamaged
	}
	g.Event, g.Template = l.texts[event], l.texts[template]
	return r, nil
}
