package queue

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// OldestPending returns for how long the first task of each queue has waited for its turn; queues where none does are
// left out. What comes back by itself after a while is not waiting yet. It takes two round trips, for all queues
// together.
func (q *Queues) OldestPending(ctx context.Context) (map[string]time.Duration, error) {
	first := map[string]*redis.StringCmd{}
	if err := q.pipelined(ctx, func(p redis.Pipeliner) {
		for _, name := range q.names() {
			first[name] = p.LIndex(ctx, "asynq:{"+name+"}:pending", -1) // Asynq puts new ones in at the head
		}
	}); err != nil {
		return nil, err
	}
	since := map[string]*redis.StringCmd{}
	if err := q.pipelined(ctx, func(p redis.Pipeliner) {
		for name, id := range first {
			if id.Val() != "" {
				since[name] = p.HGet(ctx, "asynq:{"+name+"}:t:"+id.Val(), "pending_since")
			}
		}
	}); err != nil {
		return nil, err
	}
	ages, now := map[string]time.Duration{}, time.Now()
	for name, at := range since {
		if ns, err := strconv.ParseInt(at.Val(), 10, 64); err == nil { // it may have been taken meanwhile
			ages[name] = max(now.Sub(time.Unix(0, ns)), 0)
		}
	}
	return ages, nil
}

// pipelined runs commands of which some may find nothing.
func (q *Queues) pipelined(ctx context.Context, fill func(redis.Pipeliner)) error {
	pipe := q.redis.Pipeline()
	fill(pipe)
	if pipe.Len() == 0 {
		return nil
	}
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return fmt.Errorf("look at the oldest tasks: %w", err)
	}
	return nil
}
