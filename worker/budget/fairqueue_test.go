package budget_test

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver/redistest"
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

// until waits until so many calls were made.
func (b *bench) until(calls *atomic.Int64, n int64) {
	b.t.Helper()
	tick, deadline := time.NewTicker(time.Millisecond), time.After(2*time.Minute)
	defer tick.Stop()
	for calls.Load() < n {
		select {
		case <-tick.C:
		case <-deadline:
			b.t.Fatalf("%d calls in two minutes, want %d", calls.Load(), n)
		}
	}
}

func TestAnImportWithOneCallerGetsEveryOtherSlot(t *testing.T) {
	b := newBench(t)
	x := b.process("main", budget.Limits{API: 2400})
	large, end := b.crowd(x, 30, "large", budget.API)
	defer end()
	b.until(large, 20)
	before, beside := large.Load(), int64(0)
	for range 20 {
		from := large.Load()
		if err := x.Wait(t.Context(), nil, "small", budget.API); err != nil {
			t.Fatal(err)
		}
		beside += large.Load() - from // those between two waits had no call beside them
	}
	// One for one, were the machine never busy. First come, first served would be 30 for one.
	if all := large.Load() - before; all < 10 || beside > 60 {
		t.Fatalf("%d calls of the large import while 20 of the small one waited, %d in all", beside, all)
	}
}

// Guests are written with one limit, emails are sent with two, so neither can use the other's slots.
func TestAnImportThatSendsIsNotHeldUpByOneThatOnlyWrites(t *testing.T) {
	b := newBench(t)
	x := b.process("main", budget.Limits{API: 2400, Email: 2400})
	writes, end := b.crowd(x, 60, "writes", budget.API)
	defer end()
	b.until(writes, 20)
	before := writes.Load()
	sends, endSends := b.crowd(x, 8, "sends", budget.API, budget.Email)
	defer endSends()
	b.until(sends, 30)
	// One for one, were the machine never busy. First come, first served would be 60 for 8.
	if beside := writes.Load() - before; beside > 150 {
		t.Fatalf("%d writes beside 30 emails", beside)
	}
}

// slow is a Redis that is further away.
type slow time.Duration

func (s slow) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

func (s slow) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		<-time.After(time.Duration(s))
		return next(ctx, cmd)
	}
}

func (s slow) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
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
	await(t, reached, "all callers' bookings are on their way at once")
}

// One booking after the other would give a limit of a thousand a second no more than the distance to Redis lets
// through.
func TestAHighLimitIsUsedFromAFarRedis(t *testing.T) {
	t.Parallel()
	b := &bench{t: t}
	x, reached := crowded(t, 16, budget.Limits{API: 60_000})
	calls, end := b.crowd(x, 32, "an import", budget.API)
	defer end()
	await(t, reached, "sixteen bookings are on their way at once")
	began, before := time.Now(), calls.Load()
	b.until(calls, before+1000)
	if took := time.Since(began); float64(calls.Load()-before) > 1000*(took+budget.Late+budget.Horizon).Seconds() {
		t.Fatalf("%d calls in %s, the limit is 1000 a second", calls.Load()-before, took)
	}
}

func await(t *testing.T, reached <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-reached:
	case <-time.After(time.Minute):
		t.Fatalf("not within a minute: %s", what)
	}
}
