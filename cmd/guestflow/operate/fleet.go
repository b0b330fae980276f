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
)

// fleet is the processes that work for an account.
type fleet struct {
	workers int
	queues  map[string]bool // that they serve; nil where they cannot say so
	full    string          // why they cannot: Redis takes nothing more
}

// serves reports whether some worker takes tasks from a queue, as far as is known.
func (f fleet) serves(queue string) bool { return f.queues == nil || f.queues[queue] }

// fleet looks for the workers. They say again and again in Redis that they are there. A Redis that is full does not take that; it knows
// all the same how many of them listen to it.
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
	f.workers = len(slices.DeleteFunc(slices.Clone(all), func(queues map[string]int) bool { return queues[short] == 0 }))
	if f.workers > 0 {
		f.queues = map[string]bool{}
		for _, queues := range all {
			for name := range queues {
				f.queues[name] = true
			}
		}
		return f, nil
	}
	if f.workers, err = countSubscribers(ctx, a.Redis, a.Queues.Calls()); err != nil || f.workers == 0 {
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

// countSubscribers counts who listens to a channel. Of a cluster each node knows its own.
func countSubscribers(ctx context.Context, client redis.UniversalClient, channel string) (n int, err error) {
	cluster, is := client.(*redis.ClusterClient)
	if !is {
		heard, err := client.PubSubNumSub(ctx, channel).Result()
		if err != nil {
			return 0, fmt.Errorf("count the workers that listen: %w", err)
		}
		return int(heard[channel]), nil
	}
	var mu sync.Mutex
	err = cluster.ForEachShard(ctx, func(ctx context.Context, node *redis.Client) error {
		heard, err := countSubscribers(ctx, node, channel)
		mu.Lock()
		defer mu.Unlock()
		n += heard
		return err
	})
	return n, err
}

// full says of workers that listen and do not show themselves what keeps them from it.
func (a *Account) full(ctx context.Context, workers int) (string, error) {
	memory, err := importer.MemoryOf(ctx, a.Redis)
	if err != nil {
		return "", err
	}
	if memory.Percent() < fullPercent {
		return "", nil // they have just begun, or are about to end
	}
	return fmt.Sprintf("Redis is full: it uses %d %% of its maxmemory, and takes nothing more; %s cannot go on: give it more memory (maxmemory), and all goes on by itself",
		memory.Percent(), count(workers, "worker runs and", "workers run and")), nil
}

// fullPercent is how many per cent of its maxmemory a Redis uses that may take nothing more: what is freed now and then is soon used again.
const fullPercent = 95
