package tokencache_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"guestflow/deploy/testkit"
	"guestflow/tokencache"
)

// 200 goroutines in five processes see every expiry together. GUESTFLOW_CHAOS=long makes it 1,000 expiries.
func TestTwoHundredGoroutinesPresentEachRefreshTokenOnce(t *testing.T) {
	t.Parallel()
	expiries := uint64(40)
	if testkit.Long() {
		expiries = 1000
	}
	b := newBundle(t)
	b.cfg.Timing.Request, b.cfg.Timing.Lock, b.cfg.Timing.Stale = 5*time.Second, 10*time.Second, 10*time.Second
	b.cfg.Timing.Claim = 5 * time.Second // a loaded machine is not what is tested here
	b.idp.with(func(s *identity) { s.lifetime = 100 * time.Millisecond })
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	var wg sync.WaitGroup
	for p := range 5 {
		c := b.process()
		for range 40 {
			wg.Go(func() { useUntil(ctx, t, c, expiries, p) })
		}
	}
	wg.Wait()
	most, tokens := b.idp.mostPresented()
	t.Logf("%d refresh tokens presented, the most presented one %d times, %d password grants", tokens, most,
		b.idp.count("password"))
	if most != 1 || tokens < int(expiries)-1 {
		t.Errorf("of %d refresh tokens one was presented %d times; want at least %d, once", tokens, most, expiries-1)
	}
}

// useUntil asks for tokens at a worker's pace. Even processes let them run out, odd ones ask in good time.
func useUntil(ctx context.Context, t *testing.T, c *tokencache.Cache, expiries uint64, p int) {
	pace := time.NewTicker(time.Duration(5+10*(p%2)) * time.Millisecond)
	defer pace.Stop()
	for {
		tok, err := c.Token(ctx)
		if err != nil {
			t.Error(err)
			return
		}
		if tok.Generation > expiries {
			return
		}
		<-pace.C
	}
}
