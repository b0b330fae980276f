package importer

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"guestflow/importer/chunk"
	"guestflow/importer/guest"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
)

// CorrectedRow is a row that came to nothing, and whose guest a later import has had under another name or address: to
// send it as well would be a second email to one person.
type CorrectedRow struct {
	Row int
	As  ledger.Owner
}

// corrections finds such rows among those that are about to be retried.
type corrections struct {
	importer *Importer
	imp      ledger.Import
	found    []CorrectedRow
	members  map[ledger.MemberKey]bool // of the import, once they are asked for
}

// leaveOut returns the moves of the rows that were not corrected since.
func (c *corrections) leaveOut(ctx context.Context, moves []ledger.Move) ([]ledger.Move, error) {
	kept := make([]ledger.Move, 0, len(moves))
	for len(moves) > 0 {
		n := 1 // of one chunk
		at := func(i int) int { return (moves[i].Row - 1) / c.imp.Chunk }
		for n < len(moves) && at(n) == at(0) {
			n++
		}
		since, err := c.of(ctx, at(0), moves[:n])
		if err != nil {
			return nil, err
		}
		for _, m := range moves[:n] {
			as, corrected := since[m.Row]
			if corrected && m.To == ledger.Queued {
				c.found = append(c.found, CorrectedRow{m.Row, as})
				continue
			}
			kept = append(kept, m)
		}
		moves = moves[n:]
	}
	return kept, nil
}

// of finds who has had the guests of some rows of a chunk since.
func (c *corrections) of(ctx context.Context, n int, moves []ledger.Move) (map[int]ledger.Owner, error) {
	l := c.importer.ledger
	data, err := l.Chunks.Get(ctx, c.imp.ID, n)
	if errors.Is(err, ledger.ErrNoChunk) { // it was dropped meanwhile
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	rows, err := chunk.Decode(data)
	if err != nil {
		return nil, err
	}
	guests := c.guests(rows, moves)
	looked, err := guestindex.For(l).Compare(ctx, guests)
	if err != nil {
		return nil, err
	}
	since := map[int]ledger.Owner{}
	for i, got := range looked {
		if got.Verdict != guestindex.Near {
			continue
		}
		as, later, err := c.later(ctx, got.Alike)
		if err != nil {
			return nil, err
		}
		if later {
			since[guests[i].Row] = as
		}
	}
	return since, nil
}

// guests are the rows that are to be retried, as the index compares them.
func (c *corrections) guests(rows []chunk.Row, moves []ledger.Move) (guests []guestindex.Guest) {
	ids := guest.NewIdentifier(c.importer.ledger.Account(), "", 0)
	for _, r := range rows {
		id, err := uuid.Parse(r.Guest.ID)
		if err != nil || !slices.ContainsFunc(moves, func(m ledger.Move) bool { return m.Row == r.Row }) {
			continue
		}
		address, name := ids.Contact(&r.Guest)
		guests = append(guests, guestindex.Guest{
			Row: r.Row, ID: id, Event: r.Guest.EventID, Content: r.Content, Template: r.Guest.TemplateID,
			Contact: guestindex.Contact{Address: address, Name: name}, Spelled: ids.Spellings(&r.Guest),
		})
	}
	return guests
}

// later returns the first guest of a later import who is none of this one's: those are in its list beside the row.
func (c *corrections) later(ctx context.Context, alike []guestindex.Alike) (ledger.Owner, bool, error) {
	for _, a := range alike {
		of, err := c.importer.ledger.Import(ctx, a.Owner.Import)
		if errors.Is(err, ledger.ErrNotFound) || err == nil && !of.Started.After(c.imp.Started) {
			continue
		}
		if err != nil {
			return ledger.Owner{}, false, err
		}
		beside, err := c.isMember(ctx, a.ID)
		if err != nil || !beside {
			return a.Owner, err == nil, err
		}
	}
	return ledger.Owner{}, false, nil
}

func (c *corrections) isMember(ctx context.Context, id uuid.UUID) (bool, error) {
	if c.members == nil {
		c.members = map[ledger.MemberKey]bool{}
		err := c.importer.ledger.Members.Each(ctx, c.imp, func(_ int, keys []ledger.MemberKey) bool {
			for _, k := range keys[:min(len(keys), maxMembers-len(c.members))] {
				c.members[k] = true
			}
			return len(c.members) < maxMembers
		})
		if err != nil {
			return false, err
		}
	}
	return c.members[memberKey(id)], nil
}
