package guestindex

import (
	"context"
	"fmt"
)

// maxEvents is of how many events it is found out whether the index knows guests: each is a look at all its buckets,
// and a file may name an event in each row.
const maxEvents = 8

// Comparison compares the guests of one list, as Index.Compare does, but asks nothing of events of which the index had
// no guest when it met the first one. What other imports enter from then on is found when the guests are claimed.
// It is for one goroutine at a time.
type Comparison struct {
	index Index
	known map[string]bool // by event; not of all of them
}

// Comparison begins the comparison of a list.
func (x Index) Comparison() *Comparison { return &Comparison{x, map[string]bool{}} }

// Compare returns what Claim would return for an import that is not there yet, and writes nothing.
func (c *Comparison) Compare(ctx context.Context, guests []Guest) ([]Claimed, error) {
	for i := range guests {
		if known, err := c.knows(ctx, guests[i].Event); err != nil {
			return nil, err
		} else if known {
			return c.index.Compare(ctx, guests)
		}
	}
	claimed := make([]Claimed, len(guests))
	for i := range guests {
		claimed[i] = Claimed{ID: guests[i].ID, Verdict: Create}
	}
	return claimed, nil
}

// Knows reports whether there may be a guest of any of these events.
func (c *Comparison) Knows(ctx context.Context, events []string) (bool, error) {
	for _, event := range events {
		if known, err := c.knows(ctx, event); known || err != nil {
			return known, err
		}
	}
	return false, nil
}

func (c *Comparison) knows(ctx context.Context, event string) (bool, error) {
	if known, asked := c.known[event]; asked {
		return known, nil
	}
	if len(c.known) == maxEvents {
		return true, nil
	}
	known, err := c.index.has(ctx, event)
	if err == nil {
		c.known[event] = known
	}
	return known, err
}

// has reports whether the index has guests of an event.
func (x Index) has(ctx context.Context, event string) (bool, error) {
	size, err := x.size(ctx, event)
	if err != nil || size != usualSize { // which the first guests of an event have it be
		return true, err
	}
	keys := make([]string, size.buckets())
	for n := range keys {
		keys[n] = x.bucketOf(event, size, n)
	}
	n, err := x.ledger.Redis().Exists(ctx, keys...).Result()
	if err != nil {
		return false, fmt.Errorf("look whether guests of an event are known: %w", err)
	}
	return n > 0, nil
}
