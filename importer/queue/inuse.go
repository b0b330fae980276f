package queue

import (
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// InUse reports which of some queues hold anything that Asynq asks for: tasks in whatever state but the archive.
func (q *Queues) InUse(ctx context.Context, queues []string) (map[string]bool, error) {
	keys := map[string][]string{}
	for _, name := range queues {
		key := "asynq:{" + name + "}:"
		keys[name] = []string{key + "pending", key + "active", key + "scheduled", key + "retry", key + "completed"}
	}
	used, err := q.whichExist(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("look which queues are in use: %w", err)
	}
	return used, nil
}

// whichExist reports of which names any key exists. An idle account has none, which one command shows. On a Cluster
// queues are on different nodes, and it takes a command for each of them; a proxy or a single node may refuse the one
// too.
func (q *Queues) whichExist(ctx context.Context, keys map[string][]string) (map[string]bool, error) {
	if _, cluster := q.redis.(*redis.ClusterClient); !cluster {
		var all []string
		for _, each := range keys {
			all = append(all, each...)
		}
		if n, err := q.redis.Exists(ctx, all...).Result(); err == nil && n == 0 {
			return nil, nil
		}
	}
	pipe := q.redis.Pipeline()
	found := map[string]*redis.IntCmd{}
	for name, each := range keys {
		found[name] = pipe.Exists(ctx, each...)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, err
	}
	exist := map[string]bool{}
	for name, n := range found {
		exist[name] = n.Val() > 0
	}
	return exist, nil
}
