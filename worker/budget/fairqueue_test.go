package budget_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/worker/budget"
)

// crowd has n callers of an import, who call and call again until the test ends. It gives the number of their calls so
// far.
func (b *bench) crowd(x *budget.Budget, n int, key string, scopes ...budget.Scope) (calls *atomic.Int64, end func()) {
	calls = &atomic.Int64{}
	ctx, cancel := context.WithCancel(b.t.Context())
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			for x.Wait(ctx, nil, key, scopes...) == nil {
				calls.Add(1)
			}
		})
	}
	return calls, func() { cancel(); all.Wait() }
}

// together holds each command back until as many are on their way.
type together struct {
	want    int64
	flying  atomic.Int64
	reached chan struct{}
	once    sync.Once
}

func (g *together) DialHook(next redis.DialHook) redis.DialHook { return next }

func (g *together) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if name := cmd.Name(); name == "hello" || name == "client" { // the greeting of a new connection
			return next(ctx, cmd)
		}
		if g.flying.Add(1) >= g.want {
			g.once.Do(func() { close(g.reached) })
		}
		defer g.flying.Add(-1)
		select {
		case <-g.reached:
		case <-ctx.Done():
			return ctx.Err()
		}
		return next(ctx, cmd)
	}
}

func (g *together) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

// crowded gives a budget whose first answer comes when so many bookings are on their way.
func crowded(t *testing.T, bookings int64, limits budget.Limits) (x *budget.Budget, reached <-chan struct{}) {
	client := redistest.Client(t)
	g := &together{want: bookings, reached: make(chan struct{})}
	client.AddHook(g)
	return budget.New(client, budget.Config{Egress: "egress", Account: "main", Limits: limits}), g.reached
}

func TestWithoutLimitsNoCallWaitsForAnother(t *testing.T) {
	t.Parallel()
	const callers = 32
	b := &bench{t: t}
	x, reached := crowded(t, callers, budget.Limits{})
	_, end := b.crowd(x, callers, "an import", budget.API, budget.Email)
	defer end()
	testkit.Receive(t, reached, "all callers' bookings are on their way at once")
}
