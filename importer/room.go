package importer

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"github.com/redis/go-redis/v9"
)

const (
	// fullFrom is how many per cent of its memory Redis may use before an importer holds back. The rest is for the workers, whose
	// records grow while they drain it, and for the buffers that count as memory too.
	fullFrom = 85
	// roomyAt is where it goes on: a little below, so that it does not stop again at once.
	roomyAt = 80
)

// memory asks how much of its maxmemory a Redis uses. It is for an importer alone: workers always go on.
type memory struct {
	client redis.UniversalClient
	silent sync.Once // Redis has been found not to tell
}

// percent is 0 where there is no limit, or none that is told: managed ones may forbid INFO. tell is called once then.
func (m *memory) percent(ctx context.Context, tell func(error)) (int, error) {
	now, err := MemoryOf(ctx, m.client)
	if _, refused := errors.AsType[redis.Error](err); refused {
		m.silent.Do(func() { tell(err) })
		return 0, nil
	}
	return now.Percent(), err
}

// Memory is what a Redis uses of its maxmemory, in bytes. Most is 0 where there is no limit.
type Memory struct{ Used, Most int64 }

// Percent is 0 where there is no limit.
func (m Memory) Percent() int {
	if m.Most <= 0 {
		return 0
	}
	return int(100 * m.Used / m.Most)
}

// MemoryOf asks a Redis for it. Of a Cluster it is the fullest master's, since any key may be there.
func MemoryOf(ctx context.Context, client redis.UniversalClient) (fullest Memory, err error) {
	cluster, is := client.(*redis.ClusterClient)
	if !is {
		return memoryOf(client.InfoMap(ctx, "memory"))
	}
	var mu sync.Mutex
	err = cluster.ForEachMaster(ctx, func(ctx context.Context, node *redis.Client) error {
		now, err := memoryOf(node.InfoMap(ctx, "memory"))
		mu.Lock()
		defer mu.Unlock()
		if now.Percent() >= fullest.Percent() {
			fullest = now
		}
		return err
	})
	return fullest, err
}

func memoryOf(info *redis.InfoCmd) (Memory, error) {
	if err := info.Err(); err != nil {
		return Memory{}, fmt.Errorf("ask Redis for its memory: %w", err)
	}
	used, _ := strconv.ParseInt(info.Item("Memory", "used_memory"), 10, 64)
	most, _ := strconv.ParseInt(info.Item("Memory", "maxmemory"), 10, 64)
	return Memory{Used: used, Most: most}, nil
}
