package importer

import (
	"context"
	"errors"
	"io"

	"github.com/google/uuid"

	"guestflow/importer/guestindex"
	"guestflow/importer/rows"
)

// ListedGuests are the guests of a list that is not imported yet, so that another list can be compared with them: some
// hundred bytes a guest.
type ListedGuests struct {
	guests    []listedGuest
	ids       map[uuid.UUID]uint64 // with the hash of address and names
	addresses map[guestindex.ContactHash][]uuid.UUID
	names     map[guestindex.ContactHash][]uuid.UUID
}

type listedGuest struct {
	id      uuid.UUID
	contact guestindex.Contact
	person  uint64
}

// maxListed is how many guests of a list are compared with those of other lists that wait. Beyond that, it is not known.
const maxListed = 250_000

// mostOfOne is how many guests of one address or name are known of such a list.
const mostOfOne = 4

// GuestsOf reads the guests of a list, the first ones of a very long one.
func GuestsOf(ctx context.Context, path string, s Settings) (*ListedGuests, error) {
	f, err := rows.OpenFile(ctx, path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := rows.Open(ctx, path, f, rows.Options{Spec: s.Spec})
	if err != nil {
		return nil, err
	}
	defer r.Close() //nolint:errcheck // only temporary files
	return listedOf(ctx, r)
}

// Listed returns the guests of the plan's list, of the rows that it has kept or else of the file.
func (p Plan) Listed(ctx context.Context) (*ListedGuests, error) {
	if p.kept == nil || !p.kept.Fits(p.Settings.Spec) {
		return GuestsOf(ctx, p.Path, p.Settings)
	}
	rows := p.kept.Reader(p.Settings.Spec)
	defer rows.Close()
	return listedOf(ctx, rows)
}

func listedOf(ctx context.Context, rows rows.Source) (*ListedGuests, error) {
	g := &ListedGuests{
		ids: map[uuid.UUID]uint64{}, addresses: map[guestindex.ContactHash][]uuid.UUID{},
		names: map[guestindex.ContactHash][]uuid.UUID{},
	}
	for len(g.guests) < maxListed && ctx.Err() == nil {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			return g, nil
		}
		if err != nil {
			return nil, err
		}
		if row.IsGuest() {
			g.add(row.Indexed())
		}
	}
	return g, ctx.Err()
}

func (g *ListedGuests) add(of guestindex.Guest) {
	if _, twice := g.ids[of.ID]; twice {
		return
	}
	g.guests = append(g.guests, listedGuest{of.ID, of.Contact, of.Person})
	g.ids[of.ID] = of.Person
	note(g.addresses, of.Contact.Address, of.ID)
	note(g.names, of.Contact.Name, of.ID)
}

func note(of map[guestindex.ContactHash][]uuid.UUID, h guestindex.ContactHash, id uuid.UUID) {
	if h != (guestindex.ContactHash{}) && len(of[h]) < mostOfOne {
		of[h] = append(of[h], id)
	}
}

// Len is how many guests there are.
func (g *ListedGuests) Len() int { return len(g.guests) }

// Corrects returns how many guests of an earlier list this one has with another address or name. Whose name alone is
// the same may be a namesake in long lists that share little: the rules are those of known guests.
func (g *ListedGuests) Corrects(earlier *ListedGuests) int {
	corrected, named, same := 0, 0, 0
	for _, e := range earlier.guests {
		person, here := g.ids[e.id]
		switch {
		case here && person == e.person:
			same++
		case here:
			same++
			corrected++
		case hasOther(g.addresses[e.contact.Address], earlier.ids):
			corrected++
		case hasOther(g.names[e.contact.Name], earlier.ids):
			named++
		}
	}
	follows := 2*same >= earlier.Len() || 2*same >= g.Len()
	if follows || g.Len() <= fewListed || named >= max(fewByName, earlier.Len()/fifth) {
		corrected += named
	}
	return corrected
}

// What makes too many by name to be namesakes.
const (
	fewByName = 10
	fifth     = 5
)

// hasOther reports whether one of some guests is not among those of another list.
func hasOther(ids []uuid.UUID, among map[uuid.UUID]uint64) bool {
	for _, id := range ids {
		if _, is := among[id]; !is {
			return true
		}
	}
	return false
}
