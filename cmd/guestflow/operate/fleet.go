package operate

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"guestflow/importer"
	"guestflow/importer/chunk"
	"guestflow/importer/plural"
)

// fleet are the worker processes of an account.
type fleet struct {
	workers int
	queues  map[string]bool // that they serve; nil if they cannot publish that
	full    string          // why they cannot: Redis is full
}

// serves reports whether a worker serves a queue, as far as is known.
func (f fleet) serves(queue string) bool { return f.queues == nil || f.queues[queue] }

// fleet finds the workers by the heartbeats that they write to Redis. A full Redis takes none; it still knows how many
// of them are subscribed.
func (a *Account) fleet(ctx context.Context) (f fleet, err error) {
	servers, err := asynq.NewInspectorFromRedisClient(a.Redis).Servers()
	if err != nil {
		return f, fmt.Errorf("list the workers: %w", err)
	}
	short := chunk.Short.Queue(a.Name()) // each process has one server for it
	var all []map[string]int
	for _, s := range servers {
		all = append(all, s.Queues)
	}
	f.workers = len(slices.DeleteFunc(slices.Clone(all),
		func(queues map[string]int) bool { return queues[short] == 0 }))
	if f.workers > 0 {
		f.queues = map[string]bool{}
		for _, queues := range all {
			for name := range queues {
				f.queues[name] = true
			}
		}
		return f, nil
	}
	if f.workers, err = countSubscribers(ctx, a.Redis, a.Queues.Channel()); err != nil || f.workers == 0 {
		return f, err
	}
	f.full, err = a.full(ctx, f.workers)
	return f, err
}

// Workers counts the processes that work for this account.
func (a *Account) Workers(ctx context.Context) (int, error) {
	f, err := a.fleet(ctx)
	return f.workers, err
}

// countSubscribers counts the subscribers of a channel. In a cluster each node knows its own.
func countSubscribers(ctx context.Context, client redis.UniversalClient, channel string) (n int, err error) {
	cluster, is := client.(*redis.ClusterClient)
	if !is {
		counts, err := client.PubSubNumSub(ctx, channel).Result()
		if err != nil {
			return 0, fmt.Errorf("count the subscribed workers: %w", err)
		}
		return int(counts[channel]), nil
	}
	var mu sync.Mutex
	err = cluster.ForEachShard(ctx, func(ctx context.Context, node *redis.Client) error {
		subscribers, err := countSubscribers(ctx, node, channel)
		mu.Lock()
		defer mu.Unlock()
		n += subscribers
		return err
	})
	return n, err
}

// full returns why workers that are subscribed write no heartbeat; "" if Redis is not full.
func (a *Account) full(ctx context.Context, workers int) (string, error) {
	memory, err := importer.ReadRedisMemory(ctx, a.Redis)
	if err != nil {
		return "", err
	}
	if memory.Percent() < fullPercent {
		return "", nil // they have just started, or are about to stop
	}
	return fmt.Sprintf("Redis is full: it uses %d %% of its maxmemory and takes no more writes; %s blocked: give it "+
		"more memory (maxmemory), and they go on by themselves", memory.Percent(), plural.Of(workers, "worker is", "workers are")), nil
}

// fullPercent is the share of its maxmemory from which a Redis counts as full: what is freed now and then is soon used
// again.
const fullPercent = 95
