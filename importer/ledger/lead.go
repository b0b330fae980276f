package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// TryLead makes a process the one of the fleet that does a task, and reports whether it is. It stays so until it has not asked for so
// long. Two may believe so for a moment, so nothing relies on it but the load.
func (l *Ledger) TryLead(ctx context.Context, what, who string, lasts time.Duration) (bool, error) {
	key := l.keys.lead(what)
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
