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
	// fullPercent is how many per cent of its memory Redis may use before an importer waits. The rest is for the workers, whose
	// records grow while they drain it, and for the buffers that count as memory too.
	fullPercent = 85
	// roomPercent is where it goes on: a little below, so that it does not stop again at once.
	roomPercent = 80
)

// memoryGauge asks how much of its maxmemory a Redis uses. It is for an importer alone: workers always go on.
type memoryGauge struct {
	client redis.UniversalClient
	once   sync.Once // Redis has been found not to tell
}

// percent is 0 where there is no limit, or none that is known: managed servers may forbid INFO. unknown is called once then.
func (m *memoryGauge) percent(ctx context.Context, unknown func(error)) (int, error) {
	now, err := ReadRedisMemory(ctx, m.client)
	if _, refused := errors.AsType[redis.Error](err); refused {
		m.once.Do(func() { unknown(err) })
		return 0, nil
	}
	return now.Percent(), err
}

// RedisMemory is what a Redis uses of its maxmemory, in bytes. Most is 0 where there is no limit.
type RedisMemory struct{ Used, Max int64 }

// Percent is 0 where there is no limit.
func (m RedisMemory) Percent() int {
	if m.Max <= 0 {
		return 0
	}
	return int(100 * m.Used / m.Max)
}

// ReadRedisMemory asks a Redis for it. Of a Cluster it is the fullest master's, since any key may be there.
func ReadRedisMemory(ctx context.Context, client redis.UniversalClient) (fullest RedisMemory, err error) {
	cluster, is := client.(*redis.ClusterClient)
	if !is {
		return parseMemory(client.InfoMap(ctx, "memory"))
	}
	var mu sync.Mutex
	err = cluster.ForEachMaster(ctx, func(ctx context.Context, node *redis.Client) error {
		now, err := parseMemory(node.InfoMap(ctx, "memory"))
		mu.Lock()
		defer mu.Unlock()
		if now.Percent() >= fullest.Percent() {
			fullest = now
		}
		return err
	})
	return fullest, err
}

func parseMemory(info *redis.InfoCmd) (RedisMemory, error) {
	if err := info.Err(); err != nil {
		return RedisMemory{}, fmt.Errorf("ask Redis for its memory: %w", err)
	}
	used, _ := strconv.ParseInt(info.Item("Memory", "used_memory"), 10, 64)
	most, _ := strconv.ParseInt(info.Item("Memory", "maxmemory"), 10, 64)
	return RedisMemory{Used: used, Max: most}, nil
}
