package chunk

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

// Orphans are tasks that Asynq would have held as active for ever.
type Orphans struct {
	Leased  int // Asynq takes them back within two minutes, like those of a worker that was killed
	Dropped int // their content was gone
}

// RecoverOrphans looks for tasks that are active without a lease, as a failover or a lost key leaves them, and has Asynq take them
// back. A task that a worker has in hand keeps it. It takes one round trip where there are none.
func (q *Queues) RecoverOrphans(ctx context.Context) (all Orphans, err error) {
	depths, err := q.Look(ctx)
	if err != nil {
		return all, err
	}
	for name, d := range depths {
		if d.Lost == 0 {
			continue
		}
		key := "asynq:{" + name + "}:"
		found, err := orphansScript.Run(ctx, q.redis, []string{key + "active", key + "lease"}, key+"t:", time.Now().Unix()).Int64Slice()
		if err != nil {
			return all, fmt.Errorf("recover the orphans of the queue %s: %w", name, err)
		}
		all.Leased += int(found[0])
		all.Dropped += int(found[1])
	}
	return all, nil
}
