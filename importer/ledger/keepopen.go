package ledger

import (
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// keepAtOnce is how many keys get a new time to live in a round trip.
const keepAtOnce = 500

// KeepOpen gives imports that are not over, and less than half of whose time is left, their whole time again: rows that
// wait for a gate for longer than imports are kept would be lost with them. It is to be called more than twice in that
// time.
func (l *Ledger) KeepOpen(ctx context.Context) error {
	imports, err := l.Running(ctx)
	if err != nil {
		return err
	}
	for _, imp := range imports {
		left, err := l.redis.PTTL(ctx, l.keys.Import(imp.ID)).Result()
		if err == nil && left > 0 && left < l.retention/2 {
			err = l.keepWhole(ctx, imp)
		}
		if err != nil {
			return fmt.Errorf("keep the running import %s: %w", imp.ID, err)
		}
	}
	return nil
}

// keepWhole keeps the record last: while it is short of time, what failed half-way is done again.
func (l *Ledger) keepWhole(ctx context.Context, imp Import) error {
	var keys []string
	for n := range (imp.Rows + max(imp.Chunk, 1) - 1) / max(imp.Chunk, 1) {
		keys = append(keys, l.keys.chunk(imp.ID, n))
	}
	keys = append(keys, l.Keys().ofRows(imp.ID)...)
	keys = append(keys, l.keys.Import(imp.ID))
	for len(keys) > 0 {
		some := keys[:min(len(keys), keepAtOnce)]
		_, err := l.redis.Pipelined(ctx, func(p redis.Pipeliner) error {
			for _, key := range some {
				p.PExpire(ctx, key, l.retention)
			}
			return nil
		})
		if err != nil {
			return err
		}
		keys = keys[len(some):]
	}
	return nil
}

// ofRows are the keys of an import's rows beside its chunks; those of their events are built by package emailevent.
func (k Keys) ofRows(id string) []string {
	return []string{k.Rows(id), k.Reasons(id), k.Tries(id), k.attempts(id), k.times(id), k.epochs(id), k.Addresses(id), k.Former(id)}
}
