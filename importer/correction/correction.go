// Package correction has the emails of earlier imports that have not left go as a later list has their guests: to the
// corrected address, once. The email goes by the later row; the earlier one is cancelled, with the reason.
//
// What counts as a correction is another address or name. Another tag or note is written once the email is out, as
// ever: a list that comes every night with a new date in each row must not take a thousand emails out of an import
// that a person has paused. Which address the email would go to, only the row that is to send it knows, since the
// index has hashes of all that a guest ever had; so its chunk is read, but only where the index says that it has not
// begun.
//
// Rejected: to write the later row's content into the earlier row. Its report, its window and its approval would then
// be those of a list that never named this address, and two imports would write one chunk. Rejected as well: to cancel
// the earlier row before the later one is queued. A kill in between would leave the guest without an email until the
// same list comes again.
package correction

import (
	"context"
	"errors"
	"hash/maphash"

	"guestflow/importer/chunk"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/qflow"
)

var seed = maphash.MakeSeed()

// Person is a hash of the address and the names that a guest is written with, whether in capitals or not. It is this
// process's, and kept nowhere.
func Person(g *qflow.Guest) uint64 {
	var space [128]byte // most rows have less, and then nothing is allocated
	text := space[:0]
	for _, part := range [...]string{g.Email, g.FirstName, g.OtherNames, g.LastName} {
		for i := range len(part) {
			c := part[i]
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			text = append(text, c)
		}
		text = append(text, 0)
	}
	return maphash.Bytes(seed, text)
}

// Sift has those of some guests wait who are not corrected: whose address and names are those of the rows that have
// their emails, or whose rows are done by now. Of those who wait for an email that may be out it finds the ones who are.
func Sift(ctx context.Context, l *ledger.Ledger, guests []guestindex.Guest, claimed []guestindex.Claimed) error {
	rows := earlier{ledger: l}
	for i := range claimed {
		c := &claimed[i]
		switch {
		case c.Verdict == guestindex.Replace, c.Verdict == guestindex.WaitUnsent, c.Verdict == guestindex.WaitWritten:
		case c.Verdict == guestindex.Wait && c.Otherwise:
		default:
			continue
		}
		before, found, err := rows.person(ctx, c.Owner)
		if err != nil {
			return err
		}
		if !found || before == guests[i].Person {
			c.Verdict, c.Otherwise = guestindex.Wait, false
		}
	}
	return nil
}

// Replace cancels rows of earlier imports whose emails have not begun, and whose guests the rows of an import have
// corrected, and returns the claims as they are then. The rows of the import must be queued by now: what is cancelled
// has no other way to its email. Where the other row has begun meanwhile, the row waits for it, as one that is not
// corrected does.
func Replace(
	ctx context.Context, l *ledger.Ledger, claims *guestindex.Claims, id string, guests []guestindex.Guest,
	claimed []guestindex.Claimed,
) ([]guestindex.Claimed, error) {
	var err error
	for range rounds {
		if err = Sift(ctx, l, guests, claimed); err != nil {
			return nil, err
		}
		all := replacements(id, guests, claimed)
		if len(all) == 0 {
			return claimed, nil
		}
		if _, err = l.Replace(ctx, all); err != nil {
			return nil, err
		}
		if claimed, err = claims.Claim(ctx, guests); err != nil {
			return nil, err
		}
	}
	for i := range claimed {
		if claimed[i].Verdict == guestindex.Replace {
			claimed[i].Verdict = guestindex.Wait
		}
	}
	return claimed, nil
}

// rounds is how often rows are replaced: a third list's row, which waits for one that is cancelled, may be faster than
// the claim that follows.
const rounds = 3

// replacements are the rows of earlier imports whose emails rows of an import are to send.
func replacements(id string, guests []guestindex.Guest, claimed []guestindex.Claimed) (all []ledger.Replacement) {
	for i, c := range claimed {
		if c.Verdict == guestindex.Replace {
			all = append(all, ledger.Replacement{Of: c.Owner, By: ledger.Owner{Import: id, Row: guests[i].Row}})
		}
	}
	return all
}

// earlier reads rows of earlier imports. Lists mostly have them in order, so the chunk that was read last is kept.
type earlier struct {
	ledger *ledger.Ledger

	imp  ledger.Import
	n    int
	rows []chunk.Row
}

// person returns whom a row has; false if its chunk is no longer kept.
func (e *earlier) person(ctx context.Context, of ledger.Owner) (uint64, bool, error) {
	if e.imp.ID != of.Import {
		imp, err := e.ledger.Import(ctx, of.Import)
		if errors.Is(err, ledger.ErrNotFound) {
			return 0, false, nil
		}
		if err != nil {
			return 0, false, err
		}
		e.imp, e.rows = imp, nil
	}
	if n := (of.Row - 1) / max(e.imp.Chunk, 1); n != e.n || e.rows == nil {
		if err := e.read(ctx, n); err != nil {
			return 0, false, err
		}
	}
	for i := range e.rows {
		if e.rows[i].Row == of.Row {
			return Person(&e.rows[i].Guest), true, nil
		}
	}
	return 0, false, nil
}

func (e *earlier) read(ctx context.Context, n int) error {
	e.n, e.rows = n, []chunk.Row{}
	data, err := e.ledger.Chunks.Get(ctx, e.imp.ID, n)
	if errors.Is(err, ledger.ErrNoChunk) {
		return nil
	}
	if err == nil {
		e.rows, err = chunk.Decode(data)
	}
	return err
}
