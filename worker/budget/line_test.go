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

// crowd has n callers of an import, who call and call again until the test ends. It gives the number of their calls so far.
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
	tick, deadline := time.NewTicker(time.Millisecond), time.After(30*time.Second)
	defer tick.Stop()
	for calls.Load() < n {
		select {
		case <-tick.C:
		case <-deadline:
			b.t.Fatalf("%d calls in half a minute, want %d", calls.Load(), n)
		}
	}
}

func TestAnImportWithOneCallerGetsEveryOtherSlot(t *testing.T) {
	b := newBench(t)
	x := b.process("main", budget.Limits{Zone: 2400})
	large, end := b.crowd(x, 30, "large", budget.Zone)
	defer end()
	b.until(large, 20)
	before := large.Load()
	for range 20 {
		if err := x.Wait(t.Context(), nil, "small", budget.Zone); err != nil {
			t.Fatal(err)
		}
	}
	if beside := large.Load() - before; beside < 18 || beside > 26 {
		t.Fatalf("%d calls of the large import beside 20 of the small one", beside)
	}
}

// Guests are written with one limit, emails are sent with two, so neither can use the other's slots.
func TestAnImportThatSendsIsNotHeldUpByOneThatOnlyWrites(t *testing.T) {
	b := newBench(t)
	x := b.process("main", budget.Limits{Zone: 2400, Send: 2400})
	writes, end := b.crowd(x, 30, "writes", budget.Zone)
	defer end()
	b.until(writes, 20)
	before := writes.Load()
	sends, endSends := b.crowd(x, 8, "sends", budget.Zone, budget.Send)
	defer endSends()
	b.until(sends, 30)
	if beside := writes.Load() - before; beside > 75 {
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

// far gives a budget 5 ms from its Redis.
func far(t *testing.T, limits budget.Limits) *budget.Budget {
	client := redistest.Client(t)
	client.Options().PoolSize = 32
	client.AddHook(slow(5 * time.Millisecond))
	return budget.New(client, budget.Config{Egress: "egress", Account: "main", Limits: limits})
}

func TestWithoutLimitsNobodyWaitsForAnother(t *testing.T) {
	t.Parallel()
	x := far(t, budget.Limits{})
	const callers, each = 32, 20
	began := time.Now()
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			for range each {
				if err := x.Wait(t.Context(), nil, "an import", budget.Zone, budget.Send); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	took := time.Since(began)
	t.Logf("%d bookings in %s", callers*each, took)
	if alone := callers * each * 5 * time.Millisecond; took > alone/4 {
		t.Fatalf("%s, one after the other it would be %s", took, alone)
	}
}

func TestAHighLimitIsUsedFromAFarRedis(t *testing.T) {
	t.Parallel()
	b := &bench{t: t}
	x := far(t, budget.Limits{Zone: 60_000})
	calls, end := b.crowd(x, 32, "an import", budget.Zone)
	defer end()
	b.until(calls, 100)
	began, before := time.Now(), calls.Load()
	b.until(calls, before+1000)
	perSecond := 1000 / time.Since(began).Seconds()
	t.Logf("%.0f calls a second, the limit is 1000", perSecond)
	if perSecond < 500 || perSecond > 1000 { // one caller could book 200
		t.Fatalf("%.0f calls a second", perSecond)
	}
}
