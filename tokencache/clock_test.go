package tokencache_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"guestflow/deploy/testkit"
	"guestflow/tokencache"
)

func TestExpiryIsByTheClockOfRedis(t *testing.T) {
	t.Parallel()
	b, clock := newMini(t)
	clock.forward(-400 * 24 * time.Hour) // the host is far ahead of Redis
	first := b.token(b.process())
	if left := time.Until(first.Expiry); left < 50*time.Minute || left > time.Hour {
		t.Fatalf("the token lives for %v by the local clock, want about an hour", left)
	}
	clock.forward(59 * time.Minute)
	if got := b.token(b.process()); got.Generation != first.Generation {
		t.Fatal("renewed before its time")
	}
	clock.forward(2 * time.Minute)
	if got := b.token(b.process()); got.Generation != first.Generation+1 {
		t.Fatalf("generation %d an hour later, want a new one", got.Generation)
	}
}

func TestWrongPasswordIsNotTriedOftenEnoughToLockAnAccountOut(t *testing.T) {
	t.Parallel()
	b, clock := newMini(t)
	b.cfg.Credentials.Password = "mistyped-password"
	b.cfg.Timing.Wrong = nil // the real schedule
	attempts := map[int]int{}
	for minute := range 121 {
		for range 3 { // three processes, each minute
			_, err := b.process().Token(t.Context())
			var auth *tokencache.AuthError
			if !errors.As(err, &auth) || auth.Reason != tokencache.ReasonWrongCredentials {
				t.Fatalf("minute %d: %v", minute, err)
			}
		}
		attempts[minute] = b.idp.count("password")
		clock.forward(time.Minute)
	}
	if attempts[30] > 4 || attempts[120] > 8 {
		t.Fatalf("%d attempts in half an hour, %d in two hours; want at most 4 and 8", attempts[30], attempts[120])
	}
	if attempts[120] < 5 {
		t.Fatalf("only %d attempts in two hours: it never tries again", attempts[120])
	}
}

func TestOperatorNeedNotWaitOutAPause(t *testing.T) {
	t.Parallel()
	b, _ := newMini(t)
	b.idp.with(func(s *identity) { s.password = "not yet set upstream" })
	c := b.process()
	if _, err := c.Token(t.Context()); err == nil {
		t.Fatal("no error for a wrong password")
	}
	b.idp.with(func(s *identity) { s.password = "correct-horse-battery" })
	if _, err := c.Token(t.Context()); err == nil {
		t.Fatal("no pause after a wrong password")
	}
	if _, err := c.Renew(t.Context()); err != nil {
		t.Fatalf("Renew: %v", err)
	}
	b.token(c)
}

func TestAPIThatRefusesEveryTokenDoesNotCauseAStorm(t *testing.T) {
	t.Parallel()
	b, clock := newMini(t)
	c := b.process()
	b.token(c)
	for range 600 { // ten minutes of 401 for everything
		if tok, err := c.Token(t.Context()); err == nil {
			_ = c.Refused(t.Context(), tok.Generation)
		}
		clock.forward(time.Second)
	}
	if n := b.idp.count("refresh_token"); n < 3 || n > 12 {
		t.Fatalf("%d renewals in ten minutes, want between 3 and 12", n)
	}
	b.wantOncePresented()
}

func TestAFleetWithoutTheClaimOwnerWaitsUntilItIsStaleAndNoLonger(t *testing.T) {
	t.Parallel()
	b, clock := newMini(t)
	gen := b.token(b.process()).Generation
	key := recordKey(t, b.rdb)
	c := b.process()
	b.token(c)
	b.rdb.HSet(t.Context(), key, "claim", "another", "claim_by", "host:1", "claim_at", clock.now.UnixMilli())
	clock.forward(time.Millisecond)
	done := make(chan error, 1)
	go func() { done <- c.Refused(t.Context(), gen) }()
	testkit.Eventually(t, "the lock is taken", func() bool { return clock.mini.Exists(key + ":lock") })
	select {
	case err := <-done:
		t.Fatalf("took over a fresh claim: %v", err)
	case <-time.After(4 * b.cfg.Timing.Poll): // a few looks, to see that nothing happens
	}
	clock.forward(b.cfg.Timing.Stale)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if _, n := b.idp.mostPresented(); n != 0 {
		t.Fatal("sent a refresh token from under another's claim")
	}
}

func TestAPauseLastsNoLongerThanMeantWhenTheClockOfRedisGoesBack(t *testing.T) {
	t.Parallel()
	for _, step := range []time.Duration{time.Hour, 3 * 365 * 24 * time.Hour} {
		b, clock := newMini(t)
		b.idp.with(func(s *identity) { s.password = "not yet set upstream" })
		if _, err := b.process().Token(t.Context()); err == nil {
			t.Fatal("no error for a wrong password")
		}
		b.idp.with(func(s *identity) { s.password = "correct-horse-battery" })
		clock.forward(-step)
		if _, err := b.process().Token(t.Context()); err == nil {
			t.Fatal("the pause is over because the clock went back")
		}
		clock.forward(2 * time.Minute)
		b.token(b.process())
	}
}

func TestARefusedTokenIsRenewedThoughTheClockOfRedisHasGoneBack(t *testing.T) {
	t.Parallel()
	b, clock := newMini(t)
	c := b.process()
	for range 4 { // renewals come seldom by now
		if err := c.Refused(t.Context(), b.token(c).Generation); err != nil {
			clock.forward(10 * time.Minute)
		}
	}
	clock.forward(10 * time.Minute)
	tok := b.token(c)
	clock.forward(-time.Hour)
	if err := c.Refused(t.Context(), tok.Generation); err != nil {
		t.Fatalf("it is renewed when the clock has caught up: %v", err)
	}
}

func TestALockOfAProcessThatIsGoneEndsThoughTheClockOfRedisHasGoneBack(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	c := b.process()
	b.token(c)
	keys, err := b.rdb.Keys(t.Context(), "gf:{demo}:token:*").Result()
	if err != nil {
		t.Fatal(err)
	}
	record := slices.MinFunc(keys, func(a, b string) int { return len(a) - len(b) })
	b.rdb.Set(t.Context(), record+":lock", "one that is gone", time.Hour)
	if _, err := c.Renew(t.Context()); err != nil {
		t.Fatalf("the lock has a second to live: %v", err)
	}
}
