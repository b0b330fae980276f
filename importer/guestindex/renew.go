package guestindex

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Renew keeps guests who are known, and known ones who are like them, for the retention from now on, as a claim does. It
// claims nothing.
func (x Index) Renew(ctx context.Context, guests []Guest) error {
	if len(guests) == 0 {
		return nil
	}
	c := x.Claims("--------")
	c.readOnly = true
	claimed, err := c.Claim(ctx, guests)
	if err != nil {
		return err
	}
	sizes, keys := c.sizesOf(guests), map[string]time.Duration{}
	for i := range guests {
		x.keysOf(&guests[i], claimed[i], sizes[guests[i].Event], keys)
	}
	p := x.ledger.Redis().Pipeline()
	for key, lives := range keys {
		p.Expire(ctx, key, lives)
	}
	if _, err := p.Exec(ctx); err != nil {
		return fmt.Errorf("keep guests of the index for longer: %w", err)
	}
	return nil
}

// keysOf adds what the index has of a guest and of those whom a look has found instead, and how long it is kept.
func (x Index) keysOf(g *Guest, found Claimed, s size, to map[string]time.Duration) {
	lives := x.ledger.Retention()
	if !g.Contact.isZero() {
		to[string(x.appendContactKey(nil, "addresses:", g, g.Contact.Address, s))] = lives
		to[string(x.appendContactKey(nil, "names:", g, g.Contact.Name, s))] = lives
	}
	ids := []uuid.UUID{g.ID, found.ID}
	for _, a := range found.Alike {
		ids = append(ids, a.ID)
	}
	for _, id := range ids {
		as := g.as(id)
		to[x.bucketKey(&as, s)] = lives
	}
	to[x.indexedKey(g.Event)] = lives + extraTime*time.Second // the size outlives the guests
}
