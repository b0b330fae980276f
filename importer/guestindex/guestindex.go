// Package guestindex is the index of an account's guests: which row of which import owns a guest, and which row owns
// each of his emails. It keeps one guest to one email over files that are dropped again, repeated commands and
// imports side by side.
//
// A guest takes about 60 bytes of Redis for as long as the ledger is kept, which is what makes it possible to
// recognise him at any distance in time; a filter of a fixed size would now and then take a new guest for a known
// one. His address and his name take about as much again: by them he is found when a list is corrected (contacts.go). Over how many
// hashes an event's guests are spread is decided by its first list (size.go). claim.lua decides in one step from the index
// and the rows of the imports that own a guest. It builds the keys of other imports' rows by itself, on the same slot, which
// a strict cluster proxy would reject.
package guestindex

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"guestflow/importer/ledger"
)

// Guest is what the index needs to know of a row.
type Guest struct {
	Row      int
	ID       uuid.UUID
	Former   uuid.UUID // the id that versions before gave the same guest, or zero: it stands where only that is known
	Event    string
	Content  [8]byte // hash of everything that would be written
	Template string  // "" for no email
	Person   uint64  // of his address and names, for package correction; nothing of it is kept

	Contact  Contact  // zero where nothing is to be done about a guest who is like another
	Spelled  string   // how else address and name may be written (guest.Identifier.Spellings)
	ByColumn bool     // a chosen column tells the guests of the import apart
	Leaves   bool     // the import writes nothing of guests who are known; asked by Compare, else its record says it
	Decision Decision // what was decided about that
}

// Claimed is the answer for one row.
type Claimed struct {
	ID           uuid.UUID // by which the guest is known: Guest.ID, Guest.Former, or that of the guest that it was said to be
	Verdict      Verdict
	Byte         ledger.RowByte
	Owner        ledger.Owner // for Unchanged, Duplicate, Wait, Replace and Send, and where EmailUnknown; of Compare for all known guests, and for Replace the row that has the email
	EmailUnknown bool         // for Unchanged and Update: the guest's email rests in unknown, in another import
	CommonName   bool         // of Compare, for Create: as many guests have the name as make it say nothing
	EmailWaits   bool         // of Compare: another row has the row's email, and has not sent it or is sending it
	EmailOwn     bool         // of Compare: no other row has the row's email, so that the row sends it
	Otherwise    bool         // where EmailWaits: the guest is otherwise than the row
	Alike        []Alike      // for Near; none where the guest is gone whom the row was to take over
}

// Index is an account's. It is safe for concurrent use.
type Index struct{ ledger *ledger.Ledger }

// For returns the index beside an account's ledger.
func For(l *ledger.Ledger) Index { return Index{l} }

// Claim makes rows of an import the owners of their guests and emails, or returns who is. Asking again changes nothing.
func (x Index) Claim(ctx context.Context, id string, guests []Guest) ([]Claimed, error) {
	return x.Claims(id).Claim(ctx, guests)
}

// Compare returns what Claim would return for an import that is not there yet, and writes nothing.
func (x Index) Compare(ctx context.Context, guests []Guest) ([]Claimed, error) {
	c := x.Claims("--------")
	c.readOnly = true
	return c.Claim(ctx, guests)
}

// Owner returns the row that owns a guest, if there is one.
func (x Index) Owner(ctx context.Context, event string, guest uuid.UUID) (ledger.Owner, bool, error) {
	r, err := x.record(ctx, &Guest{ID: guest, Event: canonical(event)})
	return r.owner(), r != nil, err
}

// EmailOwner returns the row that owns a guest's email: for events that do not echo a correlation id. Without a
// template it must be the guest's only one.
func (x Index) EmailOwner(ctx context.Context, event, guest, template string) (ledger.Owner, bool, error) {
	id, invalid := uuid.Parse(guest)
	if invalid != nil || event == "" {
		return ledger.Owner{}, false, nil // not a guest of ours
	}
	r, err := x.record(ctx, &Guest{ID: id, Event: canonical(event)})
	if err != nil {
		return ledger.Owner{}, false, err
	}
	owner, found := r.emailOwner(canonical(template))
	return owner, found, nil
}

// EmailOf is EmailOwner of the guest who a row is, by whatever id he is known.
func (x Index) EmailOf(ctx context.Context, g Guest) (ledger.Owner, bool, error) {
	r, err := x.recordOf(ctx, g)
	if err != nil {
		return ledger.Owner{}, false, err
	}
	owner, found := r.emailOwner(canonical(g.Template))
	return owner, found, nil
}

// SentAgain returns the row that owns a guest's email of a further import, which sent it again with this mark.
func (x Index) SentAgain(ctx context.Context, g Guest, mark string) (ledger.Owner, bool, error) {
	r, err := x.recordOf(ctx, g)
	if err != nil {
		return ledger.Owner{}, false, err
	}
	owner, found := r.ownerOf(markedHash(g.Template, mark))
	return owner, found, nil
}

// recordOf returns the record of the guest who a row is, by whatever id he is known; nil without one.
func (x Index) recordOf(ctx context.Context, g Guest) (record, error) {
	known, err := x.resolveOne(ctx, g)
	if err != nil {
		return nil, err
	}
	return x.record(ctx, &known)
}

// Knows reports whether a guest is in the index, by his id or by his former one.
func (x Index) Knows(ctx context.Context, g Guest) (bool, error) {
	r, err := x.recordOf(ctx, g)
	return r != nil, err
}

// Latest returns what the index has of a guest, by whatever id he is known: the row that has the say about him and the
// content that it has written, or will. It reports whether he is known.
func (x Index) Latest(ctx context.Context, g Guest) (Known, bool, error) {
	known, err := x.resolveOne(ctx, g)
	if err != nil {
		return Known{}, false, err
	}
	r, err := x.record(ctx, &known)
	return knownOf(KeyOf(known.ID), r), r != nil, err
}

// record reads a guest's record, or that of the guest that he was said to be; nil if the index does not know him.
func (x Index) record(ctx context.Context, g *Guest) (record, error) {
	size, err := x.size(ctx, g.Event)
	if err != nil {
		return nil, err
	}
	r, err := x.ledger.Redis().HGet(ctx, x.bucketKey(g, size), string(g.ID[4:])).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look a guest up: %w", err)
	}
	if known, is := record(r).alias(); is && known != g.ID {
		return x.record(ctx, &Guest{ID: known, Event: g.Event})
	}
	if len(r) < recordHead {
		return nil, nil
	}
	return r, nil
}

// canonical is a GUID as the importer writes it.
func canonical(id string) string {
	if u, err := uuid.Parse(id); err == nil {
		return u.String()
	}
	return id
}

// resolve replaces guests' ids by those that they are known by. One whom the index knows by his former id alone keeps
// it, so that he is no new guest with a second email; nothing of it is remembered here, because the answer is in the
// index from then on.
func (x Index) resolve(ctx context.Context, guests []Guest, sizes eventSizes) ([]Guest, error) {
	var former []int
	for i := range guests {
		if guests[i].Former != uuid.Nil {
			former = append(former, i)
		}
	}
	if len(former) == 0 {
		return guests, nil
	}
	known := make([][2]*redis.BoolCmd, len(former)) // by the id, and by the former one
	_, err := x.ledger.Redis().Pipelined(ctx, func(p redis.Pipeliner) error {
		for n, i := range former {
			was := guests[i].as(guests[i].Former)
			known[n] = [2]*redis.BoolCmd{
				p.HExists(ctx, x.bucketKey(&guests[i], sizes[was.Event]), string(guests[i].ID[4:])),
				p.HExists(ctx, x.bucketKey(&was, sizes[was.Event]), string(was.ID[4:])),
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for guests by their former ids: %w", err)
	}
	guests = slices.Clone(guests)
	for n, i := range former {
		if !known[n][0].Val() && known[n][1].Val() {
			guests[i] = guests[i].as(guests[i].Former)
		}
	}
	return guests, nil
}

func (x Index) resolveOne(ctx context.Context, g Guest) (Guest, error) {
	size, err := x.size(ctx, g.Event)
	if err != nil {
		return g, err
	}
	known, err := x.resolve(ctx, []Guest{g}, eventSizes{g.Event: size})
	if err != nil {
		return g, err
	}
	return known[0], nil
}

func (g Guest) as(id uuid.UUID) Guest {
	g.ID, g.Former = id, uuid.Nil
	return g
}
