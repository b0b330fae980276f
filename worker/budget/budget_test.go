package budget_test

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/worker/budget"
)

// bench is a Redis with budgets on it. No test sleeps: where time has to pass, what is stored is made older.
type bench struct {
	t     *testing.T
	redis *redis.Client
}

func newBench(t *testing.T) *bench {
	t.Helper()
	t.Parallel()
	return &bench{t: t, redis: redistest.Client(t)}
}

// process gives the budget of an account as one more process has it.
func (b *bench) process(account string, limits budget.Limits) *budget.Budget {
	return budget.New(b.redis, budget.Config{Egress: "egress", Account: account, Limits: limits})
}

// pass lets time pass.
func (b *bench) pass(d time.Duration) {
	b.t.Helper()
	ctx := b.t.Context()
	for _, name := range []string{"pause", "zone", "send"} {
		if at, err := b.redis.HGet(ctx, address, name).Int64(); err == nil {
			b.redis.HSet(ctx, address, name, at-d.Microseconds())
		}
	}
	for account, record := range b.redis.HGetAll(ctx, address+":health").Val() {
		f := strings.Fields(record)
		at, _ := strconv.ParseInt(f[1], 10, 64)
		b.redis.HSet(ctx, address+":health", account, fmt.Sprintf("%s %d %s", f[0], at-d.Microseconds(), f[2]))
	}
}

const address = "gf:{budget:egress}"

func (b *bench) state(x *budget.Budget) budget.State {
	b.t.Helper()
	s, err := x.State(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

func (b *bench) book(x *budget.Budget, scopes ...budget.Scope) (wait time.Duration, booked bool) {
	b.t.Helper()
	wait, booked, err := x.Book(b.t.Context(), scopes...)
	if err != nil {
		b.t.Fatal(err)
	}
	return wait, booked
}

// spacing is how far a new booking lies behind the last one of its last scope.
func (b *bench) spacing(x *budget.Budget, scopes ...budget.Scope) time.Duration {
	b.t.Helper()
	if _, booked := b.book(x, scopes...); !booked {
		b.t.Fatal("no slot within the horizon")
	}
	of := string(scopes[len(scopes)-1])
	for { // until one is asked for before the last has passed: a later one is booked for when it is asked for
		last := b.now().Add(budget.Horizon / 2)
		b.redis.HSet(b.t.Context(), address, of, last.UnixMicro())
		wait, booked := b.book(x, scopes...)
		if !booked {
			b.t.Fatal("no slot within the horizon")
		}
		if wait > 0 {
			return b.lastSlot(of).Sub(last)
		}
	}
}

// now is Redis' time, to the microsecond.
func (b *bench) now() time.Time {
	b.t.Helper()
	at, err := b.redis.Time(b.t.Context()).Result()
	if err != nil {
		b.t.Fatal(err)
	}
	return at.Truncate(time.Microsecond)
}

// lastSlot is the moment of a scope's last slot.
func (b *bench) lastSlot(scope string) time.Time {
	b.t.Helper()
	us, err := b.redis.HGet(b.t.Context(), address, scope).Int64()
	if err != nil {
		b.t.Fatal(err)
	}
	return time.UnixMicro(us)
}

func near(got, want time.Duration) bool { return (got - want).Abs() < 10*time.Microsecond }

func (b *bench) report(x *budget.Budget, failed bool) {
	b.t.Helper()
	if err := x.Report(b.t.Context(), failed); err != nil {
		b.t.Fatal(err)
	}
}

const full = time.Minute * 100 / 98 / 6000 // between two slots of 6000 a minute

func TestA429SlowsTheFleetDownAndItRecoversWithTime(t *testing.T) {
	inWorld(t, func(w *world) {
		t, b := w.t, w.bench()
		x := b.process("main", budget.Limits{API: 6000})
		if got := b.spacing(x, budget.API); !near(got, full) {
			t.Fatalf("%s between two slots, want %s", got, full)
		}
		pause := func(d time.Duration) (first bool) {
			_, first, err := x.Pause(t.Context(), d)
			if err != nil {
				t.Fatal(err)
			}
			return first
		}
		if !pause(time.Minute) || pause(time.Minute) || pause(2*time.Minute) {
			t.Fatal("those who met one closed door together were not told apart from the first")
		}
		if s := b.state(x); s.Throttle != 0.8 || s.Paused < 110*time.Second || s.PausedUntil == nil {
			t.Fatalf("after a 429 it is %+v", s)
		}
		if _, booked := b.book(x, budget.API); booked {
			t.Fatal("a slot in the middle of a pause")
		}
		b.pass(b.state(x).Paused)
		if got, want := b.spacing(x, budget.API), full*10/8; (got - want).Abs() > want/100 {
			t.Fatalf("%s between two slots after the pause, want %s", got, want)
		}
		b.pass(time.Minute)
		if s := b.state(x); math.Abs(s.Throttle-0.9) > 0.005 {
			t.Fatalf("pace %v a minute after the pause, want 0.9", s.Throttle)
		}
		b.pass(time.Minute)
		if got := b.spacing(x, budget.API); !near(got, full) {
			t.Fatalf("%s between two slots when it has recovered, want %s", got, full)
		}
		for range 30 {
			pause(time.Minute)
			b.pass(b.state(x).Paused)
		}
		if s := b.state(x); s.Throttle < 0.1 || s.Throttle > 0.101 {
			t.Fatalf("pace %v after many a 429, want a tenth", s.Throttle)
		}
	})
}

// A 429 while emails are held to their own limit slows them down as well: it is the address that Qflow complains of.
func TestBothLimitsAreKept(t *testing.T) {
	inWorld(t, func(w *world) {
		t, b := w.t, w.bench()
		x := b.process("main", budget.Limits{API: 60_000, Email: 6000})
		if got := b.spacing(x, budget.API); !near(got, full/10) {
			t.Fatalf("%s between two calls, want %s", got, full/10)
		}
		if got := b.spacing(x, budget.API, budget.Email); !near(got, full) {
			t.Fatalf("%s between two emails, want %s", got, full)
		}
		for i := range 20 {
			before := b.lastSlot("send")
			_, booked := b.book(x, budget.API, budget.Email)
			if got := b.lastSlot("send").Sub(before); !booked || got < full && !near(got, full) {
				t.Fatalf("email %d is %s behind the one before (%v), want %s at least", i+1, got, booked, full)
			}
		}
	})
}

func TestNoProcessBooksFurtherAheadThanTheHorizon(t *testing.T) {
	inWorld(t, func(w *world) {
		t, b := w.t, w.bench()
		x := b.process("main", budget.Limits{API: 600})
		n := 0
		for ; ; n++ {
			wait, booked := b.book(x, budget.API)
			if wait > budget.Horizon {
				t.Fatalf("a wait of %s", wait)
			}
			if !booked {
				break
			}
		}
		if n < 5 || n > 6 {
			t.Fatalf("%d slots of 102 ms in a horizon of %s", n, budget.Horizon)
		}
	})
}

func TestChangedLimitsReachEveryProcessWithItsNextBooking(t *testing.T) {
	b := newBench(t)
	x, y := b.process("main", budget.Limits{API: 1}), b.process("other", budget.Limits{API: 1})
	b.book(x, budget.API)
	if wait, booked := b.book(y, budget.API); booked || wait < 50*time.Second {
		t.Fatalf("%v, %s before asking again, at one call a minute", booked, wait)
	}
	if x.AskRate() > 10 {
		t.Fatalf("a process may ask %v times a second", x.AskRate())
	}
	set := func(zone, send int) {
		if err := x.SetLimits(t.Context(), budget.LimitChanges{API: &zone, Email: &send}); err != nil {
			t.Fatal(err)
		}
	}
	set(6000, 3000)
	for _, process := range []*budget.Budget{y, x} { // the slot of the old limit a minute ahead holds up neither
		if got := b.spacing(process, budget.API); !near(got, full) {
			t.Fatalf("%s between two slots, want %s", got, full)
		}
		if got := b.spacing(process, budget.Email); !near(got, 2*full) {
			t.Fatalf("%s between two emails, want %s", got, 2*full)
		}
		if math.Abs(process.AskRate()-120) > 1 {
			t.Fatalf("a process may ask %v times a second", process.AskRate())
		}
	}
	if s := b.state(y); s.APILimit != 6000 || s.APISource != budget.FromCommand || s.EmailLimit != 3000 ||
		s.EmailSource != budget.FromCommand {
		t.Fatalf("the state says %+v", s)
	}
	if left := b.redis.TTL(t.Context(), address).Val(); left >= 0 {
		t.Fatalf("limits that a person has set are forgotten in %s", left)
	}
	set(0, 0)
	if wait, booked := b.book(x, budget.API, budget.Email); !booked || wait != 0 || !math.IsInf(rateOf(x), 1) {
		t.Fatalf("without a limit: %v, %s, %v asks a second", booked, wait, x.AskRate())
	}
	if err := y.ResetLimits(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.pass(time.Hour)
	b.book(x, budget.API)
	if s := b.state(x); s.APILimit != 1 || s.APISource != budget.FromConfig ||
		b.redis.TTL(t.Context(), address).Val() < 0 {
		t.Fatalf("the state says %+v", s)
	}
}

// rateOf maps the largest limit, which is how x/time/rate says infinite, to infinity.
func rateOf(b *budget.Budget) float64 {
	if b.AskRate() == math.MaxFloat64 {
		return math.Inf(1)
	}
	return b.AskRate()
}

func TestNoCallIsMadeWithoutRedis(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	x := budget.New(redistest.Connect(t, server), budget.Config{Egress: "egress"})
	if err := x.Wait(t.Context(), nil, "an import", budget.API); err != nil {
		t.Fatal(err)
	}
	server.Kill()
	if err := x.Wait(t.Context(), nil, "an import", budget.API); err == nil {
		t.Fatal("a call may go without a booking")
	}
}

// Without a redis-server there is an emulation, with a Lua of its own.
func TestTheEmbeddedStoreKeepsABudgetToo(t *testing.T) {
	t.Parallel()
	client := redis.NewClient(&redis.Options{Addr: miniredis.RunT(t).Addr()})
	t.Cleanup(func() { _ = client.Close() })
	b := &bench{t: t, redis: client}
	x := b.openCircuit("main", budget.Limits{API: 6000})
	b.live(x, 10*time.Second, never)
	b.pass(time.Minute)
	if got := b.spacing(x, budget.API); !near(got, full) {
		t.Fatalf("%s between two slots, want %s", got, full)
	}
	send := 30
	if err := x.SetLimits(t.Context(), budget.LimitChanges{Email: &send}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := x.Pause(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	if s := b.state(x); s.EmailLimit != 30 || s.Throttle != 0.8 || s.CircuitOpen() {
		t.Fatalf("the state is %+v", s)
	}
}

func TestABudgetWithoutALogIsSilent(t *testing.T) {
	b := newBench(t)
	x := b.process("main", budget.Limits{})
	for range 200 {
		b.report(x, true)
	}
}

// Promise: an email is sent as often as both limits allow.
func TestGuestsAreSentEmailsByTheTighterLimit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ api, email, want int }{
		{1000, 300, 300}, {100, 300, 100}, {0, 300, 300}, {1000, 0, 1000}, {0, 0, 0},
	} {
		if got := (budget.Limits{API: c.api, Email: c.email}).Emails(); got != c.want {
			t.Errorf("%d calls and %d emails a minute send %d guests one, want %d", c.api, c.email, got, c.want)
		}
	}
}
