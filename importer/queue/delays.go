package queue

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

//go:embed delays.lua
var delaysSource string

var delaysScript = redis.NewScript(delaysSource)

// longestLease is four times Asynq's lease of a task, so that hosts whose clocks differ by less than a minute and a
// half are left alone.
const longestLease = 2 * time.Minute

// Longest returns for how long a worker may have put off a task of a queue.
type Longest func(queue string) time.Duration

// CapDelays shortens the delays of tasks, and the leases, that are longer than any of ours in their queue: a host with
// a clock ahead has written them. It returns the number of both.
func (q *Queues) CapDelays(ctx context.Context, longest Longest) (tasks, leases int, err error) {
	for _, name := range q.names() {
		key := "asynq:{" + name + "}:"
		keys := []string{key + "retry", key + "scheduled", key + "lease"}
		n, err := delaysScript.Run(ctx, q.redis, keys, int(longest(name).Seconds()), int(longestLease.Seconds())).Int64Slice()
		if err != nil {
			return tasks, leases, fmt.Errorf("look for tasks of the queue %s that were put off for too long: %w", name, err)
		}
		tasks += int(n[0])
		leases += int(n[1])
	}
	return tasks, leases, nil
}
