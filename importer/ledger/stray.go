package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// OpenChunks gives the chunks of an import that have rows in line, of those that are enqueued for certain: some queue is to have a
// task for each.
func (l *Ledger) OpenChunks(ctx context.Context, imp Import) (map[int]bool, error) {
	open := map[int]bool{}
	if imp.Chunk == 0 {
		return open, nil
	}
	enqueued := min(imp.Enqueued*imp.Chunk, imp.Rows)
	for first := 1; first <= enqueued; first += browseWindow {
		marks, err := l.RowBytes(ctx, imp.ID, first, min(first+browseWindow-1, enqueued))
		if err != nil {
			return nil, err
		}
		for i, m := range marks {
			if s := m.State(); s.Class() == Open && s != New {
				open[(first+i-1)/imp.Chunk] = true
			}
		}
	}
	return open, nil
}

// goneFor is how long it is remembered that rows are no longer kept. Who looks for missing tasks says it again within three minutes.
const goneFor = 5 * time.Minute

// SetLostChunks notes that so many chunks of an import have rows in line that are no longer kept, for an operator: no worker can go on
// with them.
func (l *Ledger) SetLostChunks(ctx context.Context, id string, chunks int) error {
	if err := l.redis.Set(ctx, l.goneKey(id), chunks, goneFor).Err(); err != nil {
		return fmt.Errorf("note that rows of import %s are gone: %w", id, err)
	}
	return nil
}

// LostChunks gives the chunks whose rows are no longer kept, by import.
func (l *Ledger) LostChunks(ctx context.Context, imports ...Import) (map[string]int, error) {
	notes, err := l.noted(ctx, l.goneKey, imports)
	if err != nil {
		return nil, fmt.Errorf("look whose rows are gone: %w", err)
	}
	gone := map[string]int{}
	for id, n := range notes {
		gone[id] = number(n)
	}
	return gone, nil
}

// TryLead tells whether it is one process' turn to do what one of the fleet is to do, which it is again and again until it has not asked
// for so long. Two may believe so for a moment, so nothing relies on it but the load.
func (l *Ledger) TryLead(ctx context.Context, what, who string, lasts time.Duration) (bool, error) {
	key := l.Prefix() + "turn:" + what
	err := l.redis.SetArgs(ctx, key, who, redis.SetArgs{Mode: "NX", TTL: lasts}).Err()
	if err == nil {
		return true, nil
	}
	if errors.Is(err, redis.Nil) {
		var has string
		if has, err = l.redis.Get(ctx, key).Result(); err == nil && has == who {
			err = l.redis.Expire(ctx, key, lasts).Err()
		} else if err == nil || errors.Is(err, redis.Nil) {
			return false, l.shorten(ctx, key, lasts)
		}
	}
	if err != nil {
		return false, fmt.Errorf("ask whose turn it is: %w", err)
	}
	return true, nil
}

// shorten has a turn end that would last for longer than it was meant to: Redis' clock has gone back, and who had the turn may be gone.
func (l *Ledger) shorten(ctx context.Context, key string, lasts time.Duration) error {
	left, err := l.redis.PTTL(ctx, key).Result()
	if err == nil && left > lasts {
		err = l.redis.PExpire(ctx, key, lasts).Err()
	}
	if err != nil {
		return fmt.Errorf("ask how long a turn lasts: %w", err)
	}
	return nil
}
