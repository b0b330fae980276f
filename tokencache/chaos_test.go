package tokencache_test

import (
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/tokencache"
)

// backWithin is the bound on being without a usable token after a fault, with the timings of these tests: a dead lock
// (1 s), a claim that becomes stale (0.9 s), two requests (0.5 s each), the pauses between (0.1 s each), Redis away
// (up to 1 s), and the same once more, because faults follow on faults here.
const backWithin = 8 * time.Second

// quietMachine is how late a machine may wake a goroutine on which backWithin is judged.
const quietMachine = 50 * time.Millisecond

// Six processes work with tokens of one second while they are killed, frozen beyond the lock's time, cut off from
// Redis, and lied to by the identity server, which revokes a whole family if it sees a refresh token again.
// GUESTFLOW_CHAOS=long goes on for 90 s.
func TestChaosNeverPresentsARefreshTokenTwice(t *testing.T) {
	t.Parallel()
	needsFreezing(t)
	w := newChaos(t)
	late := testkit.MeasureLateness(t)
	span, redisPause := 10*time.Second, 3*time.Second
	if testkit.Long() {
		span, redisPause = 90*time.Second, 10*time.Second
	}
	end := time.After(span)
	redisEvery := time.NewTicker(redisPause)
	defer redisEvery.Stop()
	fault := time.NewTicker(150 * time.Millisecond)
	defer fault.Stop()
	for going := true; going; {
		select {
		case <-end:
			going = false
		case <-redisEvery.C:
			w.restartRedis()
		case <-fault.C:
			w.hurtOne()
			w.tendAll()
		}
	}
	took := w.calm()
	gap := w.mon.stop()
	most, tokens := w.b.idp.mostPresented()
	w.b.idp.with(func(s *identity) {
		t.Logf("%v: %d kills, %d freezes, %d Redis restarts; %d refresh tokens presented, the most presented one %d times; grants %v; longest time without a token %v",
			span, w.kills, w.stops, w.restarts, tokens, most, s.grants, gap.Round(time.Millisecond))
		if s.reused != 0 || s.revoked != 0 {
			t.Errorf("the server saw %d reuses and revoked %d families", s.reused, s.revoked)
		}
	})
	if most > 1 || tokens == 0 {
		t.Errorf("of %d refresh tokens one was presented %d times", tokens, most)
	}
	// A busy machine takes longer to do what the bound is made of: those times are not judged there.
	if late.Most() > quietMachine {
		t.Logf("a goroutine woke up to %v late: how long there was no usable token is not judged", late.Most())
		return
	}
	if gap > backWithin || took > backWithin {
		t.Errorf("no usable token for %v, and for %v after the end of the faults; the bound is %v", gap, took, backWithin)
	}
}

type chaos struct {
	t        *testing.T
	b        *bundle
	server   *redisserver.Server
	mon      *monitor
	mu       sync.Mutex
	children [6]*child
	thaws    map[*child]bool // frozen, and about to thaw

	kills, stops, restarts int
}

func newChaos(t *testing.T) *chaos {
	server := redistest.Start(t)
	rdb := redis.NewClient(server.Redis())
	t.Cleanup(func() { _ = rdb.Close() })
	b := newBundleOn(t, rdb)
	b.addr = rdb.Options().Addr
	b.idp.with(func(s *identity) { s.lifetime, s.revokes, s.before, s.after = time.Second, true, badBefore, badAfter })
	w := &chaos{t: t, b: b, server: server, thaws: map[*child]bool{}}
	for i := range w.children {
		w.children[i] = w.spawn()
	}
	t.Cleanup(func() { w.server.Kill() })
	t.Cleanup(w.endAll)
	w.mon = watch(b.process())
	return w
}

func (w *chaos) spawn() *child {
	ch, err := startChild(job{
		Redis: w.b.addr, TokenURL: w.b.cfg.Endpoint.TokenURL, StateDir: w.b.cfg.StateDir,
		Password: "correct-horse-battery", Timing: w.b.cfg.Timing, Percent: 3,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return ch
}

// badBefore fails some requests before the token is touched, badAfter when it is rotated already.
func badBefore(rw http.ResponseWriter, _ url.Values) bool { return misbehave(rw) }
func badAfter(rw http.ResponseWriter, _ url.Values) bool  { return misbehave(rw) }

func misbehave(rw http.ResponseWriter) bool {
	switch n := rand.IntN(100); {
	case n < 4:
		rw.WriteHeader(http.StatusInternalServerError)
		return true
	case n < 8:
		panic(http.ErrAbortHandler) // the reply is lost
	case n < 12:
		<-time.After(rand.N(900 * time.Millisecond)) // slow, sometimes beyond the client's limit
	case n < 40:
		<-time.After(rand.N(200 * time.Millisecond)) // more time in which to be hit
	}
	return false
}

// hurtOne kills a process and starts another, or freezes it for up to 2.5 s: the lock lives 1 s.
func (w *chaos) hurtOne() {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := rand.IntN(len(w.children))
	ch := w.children[i]
	if rand.IntN(3) == 0 {
		w.kills++
		ch.end()
		w.children[i] = w.spawn()
		return
	}
	w.stops++
	ch.signal(syscall.SIGSTOP)
	w.thaw(ch)
}

func (w *chaos) restartRedis() {
	w.server.Kill()
	<-time.After(rand.N(700 * time.Millisecond)) // it stays away for a while
	server, err := redistest.Restart(w.t.Context(), w.server)
	if err != nil {
		w.t.Fatal(err)
	}
	w.server = server
	w.restarts++
}

// tendAll looks after those that hurt themselves at a point of the protocol: the dead are replaced, the frozen thaw
// once the lock is gone and the claim stale.
func (w *chaos) tendAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, ch := range w.children {
		select {
		case <-ch.gone:
			w.kills++
			w.children[i] = w.spawn()
			continue
		default:
		}
		if ch.frozen() && !w.thaws[ch] {
			w.stops++
			w.thaw(ch)
		}
	}
}

func (w *chaos) thaw(ch *child) {
	w.thaws[ch] = true
	time.AfterFunc(200*time.Millisecond+rand.N(2300*time.Millisecond), func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.thaws, ch)
		ch.signal(syscall.SIGCONT)
	})
}

// calm ends all faults, and returns after how long there is a new token.
func (w *chaos) calm() time.Duration {
	w.b.idp.with(func(s *identity) { s.before, s.after = nil, nil })
	w.mu.Lock()
	clear(w.thaws)
	for _, ch := range w.children {
		ch.signal(syscall.SIGCONT)
	}
	w.mu.Unlock()
	start := time.Now()
	c := w.b.process()
	testkit.Eventually(w.t, "a renewal after the faults", func() bool {
		_, err := c.Renew(w.t.Context())
		return err == nil
	})
	return time.Since(start)
}

func (w *chaos) endAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, ch := range w.children {
		ch.end()
	}
}

// monitor asks for a token all the time and measures the longest span without one.
type monitor struct {
	quit chan struct{}
	gap  chan time.Duration
}

func watch(c *tokencache.Cache) *monitor {
	m := &monitor{quit: make(chan struct{}), gap: make(chan time.Duration, 1)}
	go func() {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		var longest time.Duration
		last := time.Now()
		for {
			ctx, cancel := contextFor(backWithin)
			_, err := c.Token(ctx)
			cancel()
			longest = max(longest, time.Since(last))
			if err == nil {
				last = time.Now()
			}
			select {
			case <-m.quit:
				m.gap <- longest
				return
			case <-tick.C:
			}
		}
	}()
	return m
}

func (m *monitor) stop() time.Duration {
	close(m.quit)
	return <-m.gap
}
