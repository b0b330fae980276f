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

// percent is 0 where there is no limit, or none that is told: managed ones may forbid INFO. tell is called once then. Of a
// cluster it is the fullest node's, since any key may be there.
func (m *memory) percent(ctx context.Context, tell func(error)) (int, error) {
	var most int
	var err error
	if cluster, is := m.client.(*redis.ClusterClient); is {
		var mu sync.Mutex
		err = cluster.ForEachMaster(ctx, func(ctx context.Context, node *redis.Client) error {
			n, err := percent(node.InfoMap(ctx, "memory"))
			mu.Lock()
			defer mu.Unlock()
			most = max(most, n)
			return err
		})
	} else {
		most, err = percent(m.client.InfoMap(ctx, "memory"))
	}
	if _, refused := errors.AsType[redis.Error](err); refused {
		m.silent.Do(func() { tell(err) })
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("ask Redis for its memory: %w", err)
	}
	return most, nil
}

func percent(info *redis.InfoCmd) (int, error) {
	if err := info.Err(); err != nil {
		return 0, err
	}
	used, _ := strconv.ParseInt(info.Item("Memory", "used_memory"), 10, 64)
	most, _ := strconv.ParseInt(info.Item("Memory", "maxmemory"), 10, 64)
	if most <= 0 {
		return 0, nil
	}
	return int(100 * used / most), nil
}
