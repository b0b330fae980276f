package budget_test

import (
	"context"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"guestflow/worker/budget"
)

// world is a fleet in one process whose time is stepped: it passes at once when all wait, so a minute of backlog takes
// a moment, and a busy machine changes nothing. Its Redis is an emulation, by the same clock.
type world struct {
	t     *testing.T
	store *miniredis.Miniredis

	mu    sync.Mutex
	calls []time.Time
}

func inWorld(t *testing.T, test func(w *world)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, store: miniredis.NewMiniRedis()}
		t.Cleanup(w.store.Close)
		test(w)
	})
}

// member is one process of the fleet.
type member struct {
	*budget.Budget
	world   *world
	client  *redis.Client
	ctx     context.Context
	cancel  context.CancelFunc
	callers sync.WaitGroup
	delay   atomic.Int64 // of each answer of Redis
	dead    atomic.Bool
}

// client is a connection pool without a network, whose name would be looked up outside the stepped time.
func (w *world) client() *redis.Client {
	return redis.NewClient(&redis.Options{
		Addr: "127.0.0.1:0", MaxRetries: -1, PoolSize: 100, DisableIdentity: true,
		Dialer: func(context.Context, string, string) (net.Conn, error) { return w.store.Dial() },
	})
}

// bench is a bench in the world.
func (w *world) bench() *bench {
	client := w.client()
	w.t.Cleanup(func() { _ = client.Close() })
	return &bench{t: w.t, redis: client}
}

func (w *world) member(account string, limits budget.Limits) *member {
	client := w.client()
	m := &member{world: w, client: client,
		Budget: budget.New(client, budget.Config{Egress: "egress", Account: account, Limits: limits})}
	client.AddHook(m)
	m.ctx, m.cancel = context.WithCancel(w.t.Context())
	w.t.Cleanup(func() {
		m.cancel()
		m.callers.Wait()
		_ = client.Close()
	})
	return m
}

func (m *member) DialHook(next redis.DialHook) redis.DialHook { return next }

func (m *member) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if m.dead.Load() {
			return context.Canceled
		}
		err := next(ctx, cmd)
		if strings.HasPrefix(cmd.Name(), "eval") { // the greeting of a new connection is sent under a lock
			time.Sleep(time.Duration(m.delay.Load()))
		}
		return err
	}
}

func (m *member) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

// crowd has n callers of an import, who call and call again, and counts their calls.
func (m *member) crowd(n int, key string, scopes ...budget.Scope) *atomic.Int64 {
	calls := &atomic.Int64{}
	for range n {
		m.callers.Go(func() {
			for m.Wait(m.ctx, nil, key, scopes...) == nil {
				calls.Add(1)
				m.world.note()
			}
		})
	}
	return calls
}

// backlog is work without end, of three imports.
func (m *member) backlog() {
	for n := range 3 {
		m.crowd(5, "import "+strconv.Itoa(n), budget.API)
	}
}

// kill ends the process with all that it has booked.
func (m *member) kill() {
	m.dead.Store(true)
	m.cancel()
	m.callers.Wait()
}

func (w *world) note() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls = append(w.calls, time.Now())
}

// judge looks at the calls between two moments: the limit holds in every window of a minute, calls are spread evenly,
// and at least so much of the limit is used.
func (w *world) judge(limit int, from, to time.Time, least float64) {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	slices.SortFunc(w.calls, time.Time.Compare)
	first, _ := slices.BinarySearchFunc(w.calls, from, time.Time.Compare)
	end, _ := slices.BinarySearchFunc(w.calls, to, time.Time.Compare)
	used := float64(end-first) / (float64(limit) * to.Sub(from).Minutes())
	second, minute := most(w.calls, time.Second), most(w.calls, time.Minute)
	w.t.Logf("%.2f %% of the limit used; at most %d calls in a second, %d in a minute", 100*used, second, minute)
	if minute > limit || second > limit/60+1 || used < least {
		w.t.Errorf("%d calls in a minute, %d in a second, %.2f %% used; want %d, %d, %.2f %%", minute, second, 100*used,
			limit,
			limit/60+1, 100*least)
	}
}

func TestThreeProcessesUseTheLimitAndNeverPassIt(t *testing.T) {
	inWorld(t, func(w *world) {
		for range 3 {
			w.member("main", budget.DefaultLimits).backlog()
		}
		began := time.Now()
		time.Sleep(75 * time.Second)
		w.judge(budget.DefaultLimits.API, began, time.Now(), 0.97)
	})
}

// A process that is killed takes its booked slots with it, and no other's.
func TestAKilledProcessLosesNoMoreThanTheHorizon(t *testing.T) {
	inWorld(t, func(w *world) {
		var fleet []*member
		for range 3 {
			m := w.member("main", budget.DefaultLimits)
			m.backlog()
			fleet = append(fleet, m)
		}
		began := time.Now()
		time.Sleep(35 * time.Second)
		fleet[0].kill()
		w.member("main", budget.DefaultLimits).backlog()
		time.Sleep(35 * time.Second)
		w.judge(budget.DefaultLimits.API, began, time.Now(), 0.97-float64(ahead)/float64(70*time.Second))
	})
}

// A process that is held up while answers are on their way to it does not make the calls of slots that have passed.
func TestAProcessThatIsHeldUpDoesNotCallLate(t *testing.T) {
	inWorld(t, func(w *world) {
		limits := budget.Limits{API: 1200}
		slow := w.member("main", limits)
		slow.backlog()
		w.member("main", limits).backlog()
		began := time.Now()
		for range 10 {
			time.Sleep(time.Second)
			slow.delay.Store(int64(2 * time.Second))
			time.Sleep(time.Second)
			slow.delay.Store(0)
		}
		w.judge(limits.API, began, time.Now(), 0)
	})
}

func TestAnImportWithOneCallerGetsEveryOtherSlot(t *testing.T) {
	inWorld(t, func(w *world) {
		m := w.member("main", budget.Limits{API: 2400})
		large := m.crowd(30, "large", budget.API)
		time.Sleep(time.Second)
		before := large.Load()
		for range 20 {
			if err := m.Wait(w.t.Context(), nil, "small", budget.API); err != nil {
				w.t.Fatal(err)
			}
		}
		// First come, first served would be 30 for one.
		if beside := large.Load() - before; beside < 10 || beside > 30 {
			w.t.Fatalf("%d calls of the large import beside 20 of the small one", beside)
		}
	})
}

// Guests are written with one limit, emails are sent with two, so neither can use the other's slots.
func TestAnImportThatSendsIsNotHeldUpByOneThatOnlyWrites(t *testing.T) {
	inWorld(t, func(w *world) {
		m := w.member("main", budget.Limits{API: 1000, Email: 1000})
		writes := m.crowd(60, "writes", budget.API)
		time.Sleep(time.Second)
		before := writes.Load()
		sends := m.crowd(8, "sends", budget.API, budget.Email)
		time.Sleep(30 * time.Second)
		// One for one. First come, first served would be 60 for 8.
		if beside, sent := writes.Load()-before, sends.Load(); sent < 150 || beside > 2*sent {
			w.t.Fatalf("%d writes beside %d emails", beside, sent)
		}
	})
}

// One booking after the other would give a limit of a thousand a second no more than the distance to Redis lets
// through.
func TestAHighLimitIsUsedFromAFarRedis(t *testing.T) {
	inWorld(t, func(w *world) {
		m := w.member("main", budget.Limits{API: 60_000})
		m.delay.Store(int64(20 * time.Millisecond))
		calls := m.crowd(48, "an import", budget.API)
		time.Sleep(time.Second)
		if n := calls.Load(); n < 850 || n > 1000 {
			w.t.Fatalf("%d calls in a second, the limit is 1000", n)
		}
	})
}

func TestAStopEndsAWaitAtOnce(t *testing.T) {
	inWorld(t, func(w *world) {
		m := w.member("main", budget.Limits{API: 1})
		stop := make(chan struct{})
		if err := m.Wait(w.t.Context(), stop, "an import", budget.API); err != nil {
			w.t.Fatal(err)
		}
		began := time.Now()
		var waiting sync.WaitGroup
		for range 3 {
			waiting.Go(func() {
				if err := m.Wait(w.t.Context(), stop, "an import", budget.API); err != budget.ErrStopped { //nolint:errorlint // itself
					w.t.Errorf("the wait ended with %v", err)
				}
			})
		}
		ctx, cancel := context.WithCancel(w.t.Context())
		waiting.Go(func() {
			if err := m.Wait(ctx, nil, "an import", budget.API); err != context.Canceled { //nolint:errorlint // itself
				w.t.Errorf("the wait ended with %v", err)
			}
		})
		synctest.Wait()
		close(stop)
		cancel()
		waiting.Wait()
		if took := time.Since(began); took > 0 {
			w.t.Errorf("it took %s", took)
		}
		// With budget to spare there is no wait to end, and a stopped worker must not go on all the same.
		spare := w.member("spare", budget.Limits{})
		if err := spare.Wait(w.t.Context(), stop, "an import", budget.API); err != budget.ErrStopped { //nolint:errorlint // itself
			w.t.Errorf("a stopped worker may call: %v", err)
		}
	})
}

// A Redis so slow that every slot has passed before its answer comes would otherwise hold everything up without a word.
func TestAProcessThatIsAlwaysLateSaysSo(t *testing.T) {
	inWorld(t, func(w *world) {
		m := w.member("main", budget.Limits{})
		m.delay.Store(int64(budget.Late + time.Millisecond))
		if err := m.Wait(w.t.Context(), nil, "an import", budget.API); err == nil {
			w.t.Fatal("it may call")
		}
	})
}

// An account that makes no calls, whatever keeps it from them, leaves the address to the others.
func TestAnAccountThatGivesAllItsSlotsBackCostsTheOthersNothing(t *testing.T) {
	inWorld(t, func(w *world) {
		limits := budget.Limits{API: 1200}
		idle, busy := w.member("idle", limits), w.member("busy", limits)
		for range 8 {
			idle.callers.Go(func() {
				for {
					s, err := idle.WaitSlot(idle.ctx, nil, "an import", budget.API)
					if err != nil {
						return
					}
					idle.GiveBack(idle.ctx, s)
				}
			})
		}
		calls := busy.crowd(8, "an import", budget.API)
		time.Sleep(20 * time.Second)
		if n := calls.Load(); n < 350 {
			w.t.Fatalf("%d calls in 20 s beside an account that makes none, of 400", n)
		}
	})
}
