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
		marks, err := l.Marks(ctx, imp.ID, first, min(first+browseWindow-1, enqueued))
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

// Turn tells whether it is one process' turn to do what one of the fleet is to do, which it is again and again until it has not asked
// for so long. Two may believe so for a moment, so nothing relies on it but the load.
func (l *Ledger) Turn(ctx context.Context, what, who string, lasts time.Duration) (bool, error) {
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
			return false, nil
		}
	}
	if err != nil {
		return false, fmt.Errorf("ask whose turn it is: %w", err)
	}
	return true, nil
}
