package queue

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

//go:embed orphans.lua
var orphansSource string

var orphansScript = redis.NewScript(orphansSource)

const (
	// leaseAtMost is longer than any lease of Asynq (30 s) by clocks that do not differ by minutes.
	leaseAtMost = 10 * time.Minute

	// awayAtMost is longer than any time that a chunk is sent away for, but to wait for a send window: the pause between
	// two tries is 10 minutes at most.
	awayAtMost = time.Hour
)

// Orphans are tasks that Asynq would have held for ever, or for as long as some host's clock was ahead.
type Orphans struct {
	Leased  int // active, and no worker had them: Asynq takes them back within two minutes
	Dropped int // active, and their content was gone
	Early   int // sent away until much later
}

// RecoverOrphans looks for tasks that are active without a lease, as a failover or a lost key leaves them, and for
// times that only a wrong clock can have written, and has Asynq take them back. A task that a worker has in hand
// keeps it. It takes one round trip, and one for each queue from which a task is away. Tasks of a queue may be away for
// as long as longest returns.
func (q *Queues) RecoverOrphans(ctx context.Context, longest Longest) (all Orphans, err error) {
	depths, err := q.Stats(ctx)
	if err != nil {
		return all, err
	}
	for name, d := range depths {
		if d.Active+d.Retry+d.Scheduled == 0 {
			continue
		}
		key := "asynq:{" + name + "}:"
		keys := []string{key + "active", key + "lease", key + "retry", key + "scheduled"}
		found, err := orphansScript.Run(ctx, q.redis, keys,
			key+"t:", time.Now().Unix(), int(leaseAtMost.Seconds()), int(max(awayAtMost, longest(name)).Seconds())).Int64Slice()
		if err != nil {
			return all, fmt.Errorf("recover the orphans of the queue %s: %w", name, err)
		}
		all.Leased += int(found[0])
		all.Dropped += int(found[1])
		all.Early += int(found[2])
	}
	return all, nil
}
