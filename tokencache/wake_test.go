package tokencache_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/testkit"
	"guestflow/tokencache"
)

// gateOf holds every grant of a kind at the server until it is opened.
func (b *bundle) gateOf(grant string) (arrived <-chan struct{}, open func()) {
	in, out := make(chan struct{}, 100), make(chan struct{})
	b.idp.with(func(s *identity) {
		s.before = func(_ http.ResponseWriter, form url.Values) bool {
			if form.Get("grant_type") == grant {
				in <- struct{}{}
				<-out
			}
			return false
		}
	})
	return in, func() { close(out) }
}

// patient makes every poll so rare that only news can wake a waiter in time.
func patient(cfg *tokencache.Config) {
	cfg.Timing.Poll, cfg.Timing.Wait = time.Hour, 2*time.Hour
	cfg.Timing.Request, cfg.Timing.Lock, cfg.Timing.Stale = time.Minute, time.Hour, time.Hour
}

func TestWaitersWakeByNewsAndNotByPolling(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	arrived, open := b.gateOf("password")
	first, second := b.process(patient), b.process(patient)
	got := make(chan tokencache.Token, 2)
	ask := func(c *tokencache.Cache) {
		tok, err := c.Token(t.Context())
		if err != nil {
			t.Error(err)
		}
		got <- tok
	}
	go ask(first)
	<-arrived
	go func() { _ = second.Run(t.Context()) }()
	channel := recordKey(t, b.rdb) + ":news"
	testkit.Eventually(t, "the second one listens", func() bool {
		return b.rdb.PubSubNumSub(t.Context(), channel).Val()[channel] == 1
	})
	go ask(second)
	open()
	if a, z := <-got, <-got; a.Access != z.Access {
		t.Fatal("two different tokens")
	}
	if n := b.idp.count("password"); n != 1 {
		t.Fatalf("%d grants, want 1", n)
	}
}

// deaf is a client whose news never arrive.
type deaf struct{ *redis.Client }

func (d deaf) Subscribe(ctx context.Context, _ ...string) *redis.PubSub {
	return d.Client.Subscribe(ctx, "nothing-ever-comes-here")
}

func TestLostNewsAreCaughtByThePoll(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	arrived, open := b.gateOf("password")
	first := b.process()
	b.rdb = deaf{b.rdb.(*redis.Client)}
	second := b.process()
	done := make(chan error, 2)
	go func() { _, err := first.Token(t.Context()); done <- err }()
	<-arrived
	go func() { _, err := second.Token(t.Context()); done <- err }()
	open()
	for range 2 {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
}

func TestOneCallersCancellationFailsNoOther(t *testing.T) {
	t.Parallel()
	b, _ := newMini(t)
	arrived, open := b.gateOf("password")
	c := b.process(patient)
	ctx, cancel := context.WithCancel(t.Context())
	first, second := make(chan error, 1), make(chan error, 1)
	go func() { _, err := c.Token(ctx); first <- err }()
	<-arrived
	go func() { _, err := c.Token(t.Context()); second <- err }()
	cancel()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Fatalf("the cancelled one got %v", err)
	}
	open()
	if err := <-second; err != nil {
		t.Fatalf("the other one got %v", err)
	}
}

func TestCloseLetsARequestOnItsWayEndAndKeepsItsAnswer(t *testing.T) {
	t.Parallel()
	b, _ := newMini(t)
	b.token(b.process())
	arrived, open := b.gateOf("refresh_token")
	c := b.process(patient)
	gen := b.token(c).Generation
	go func() { _ = c.Refused(t.Context(), gen) }()
	<-arrived
	closed := make(chan struct{})
	go func() { _ = c.Close(); close(closed) }()
	testkit.Eventually(t, "the cache is closed to new work", func() bool {
		ctx, cancel := contextFor(50 * time.Millisecond)
		defer cancel()
		return errors.Is(c.Refused(ctx, gen), tokencache.ErrClosed)
	})
	open()
	<-closed
	if got := b.token(b.process()).Generation; got != gen+1 {
		t.Fatalf("generation %d, want %d: the answer was thrown away", got, gen+1)
	}
	b.wantOncePresented()
}

func TestTokenThatLivesShorterThanItsRequestIsStillGivenOut(t *testing.T) {
	t.Parallel()
	b, _ := newMini(t)
	b.idp.with(func(s *identity) {
		s.lifetime = 20 * time.Millisecond
		s.before = func(http.ResponseWriter, url.Values) bool { <-time.After(100 * time.Millisecond); return false }
	})
	b.token(b.process())
}

// lossy breaks some calls of a script: it has run and the reply is lost, or it does not even arrive.
type lossy struct {
	from, to int64 // which calls, counted from 1
	arrives  bool
	n        atomic.Int64
}

func (l *lossy) DialHook(next redis.DialHook) redis.DialHook { return next }
func (l *lossy) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

func (l *lossy) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if cmd.Name() != "evalsha" {
			return next(ctx, cmd)
		}
		n := l.n.Add(1)
		lost := n >= l.from && n <= l.to
		if !lost || l.arrives {
			if err := next(ctx, cmd); !lost {
				return err
			}
		}
		cmd.SetErr(errors.New("connection reset"))
		return cmd.Err()
	}
}

// Without a password a claim left behind would cost a login. Lose the lock, the claim, its release, the commit, each
// with or without effect: as long as nothing was sent the refresh token survives, and afterwards its answer does.
func TestCallsLostOnTheWayToRedisDoNotCostTheRefreshToken(t *testing.T) {
	t.Parallel()
	for from := int64(1); from <= 5; from++ {
		for count := range int64(3) {
			for _, arrives := range []bool{true, false} {
				l := &lossy{from: from, to: from + count, arrives: arrives}
				t.Run(fmt.Sprintf("%d to %d arrives %v", l.from, l.to, arrives), func(t *testing.T) {
					t.Parallel()
					surviveLosses(t, l)
				})
			}
		}
	}
}

func surviveLosses(t *testing.T, l *lossy) {
	b, _ := newMini(t)
	gen := b.token(b.process()).Generation
	rdb := redis.NewClient(&redis.Options{Addr: b.addr})
	t.Cleanup(func() { _ = rdb.Close() })
	b.rdb, b.cfg.Credentials.Password = rdb, ""
	c := b.process()
	b.token(c)
	rdb.AddHook(l)
	testkit.Eventually(t, "a renewal in spite of the losses", func() bool {
		err := c.Refused(t.Context(), gen)
		var auth *tokencache.AuthError
		if errors.As(err, &auth) {
			t.Fatal(err)
		}
		return err == nil
	})
	if most, n := b.idp.mostPresented(); most != 1 || n != 1 {
		t.Fatalf("%d tokens presented, one %d times", n, most)
	}
}

func TestEventsForMetricsAreCounted(t *testing.T) {
	t.Parallel()
	b, clock := newMini(t)
	var renewed, waited, recovered atomic.Int64
	c := b.process(func(cfg *tokencache.Config) {
		cfg.Observer = tokencache.Observer{
			Renewed: func(g tokencache.Grant, r tokencache.Result, _ time.Duration) {
				if g == tokencache.GrantPassword && r == tokencache.ResultRenewed {
					renewed.Add(1)
				}
			},
			Waited:    func(time.Duration) { waited.Add(1) },
			Recovered: func() { recovered.Add(1) },
		}
	})
	gen := b.token(c).Generation
	b.token(c)
	b.rdb.HSet(t.Context(), recordKey(t, b.rdb), "claim", "x", "claim_by", "gone:1", "claim_at",
		clock.now.Add(-time.Hour).UnixMilli())
	if err := c.Refused(t.Context(), gen); err != nil {
		t.Fatal(err)
	}
	if renewed.Load() != 2 || waited.Load() != 2 || recovered.Load() != 1 {
		t.Fatalf("renewed %d, waited %d, recovered %d; want 2, 2, 1", renewed.Load(), waited.Load(), recovered.Load())
	}
}
