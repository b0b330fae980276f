package tokencache_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"guestflow/tokencache"
	"guestflow/tokencache/secret"
)

func joinKeys(hex []string) secret.Text { return secret.Text(strings.Join(hex, ",")) }

func TestFirstTokenComesByPasswordAndLaterOnesByRefresh(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		c := b.process()
		first := b.token(c)
		if again := b.token(c); again != first {
			t.Fatalf("second call gave %v, want the token in memory %v", again, first)
		}
		if err := c.Refused(t.Context(), first.Generation); err != nil {
			t.Fatal(err)
		}
		second := b.token(c)
		if second.Generation != first.Generation+1 || second.Access == first.Access {
			t.Fatalf("after a refusal: %+v, want generation %d and another token", second, first.Generation+1)
		}
		if p, r := b.idp.count("password"), b.idp.count("refresh_token"); p != 1 || r != 1 {
			t.Fatalf("password grants %d, refreshes %d, want 1 and 1", p, r)
		}
	})
}

func TestFiftyRefusalsCauseOneRenewalInTheFleet(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		caches := []*tokencache.Cache{b.process(), b.process(), b.process(), b.process(), b.process()}
		gen := uint64(0)
		for _, c := range caches {
			gen = b.token(c).Generation
		}
		var wg sync.WaitGroup
		for i := range 50 {
			wg.Go(func() {
				if err := caches[i%5].Refused(t.Context(), gen); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := b.idp.count("refresh_token"); n != 1 {
			t.Fatalf("%d renewals, want 1", n)
		}
		for _, c := range caches {
			if got := b.token(c).Generation; got != gen+1 {
				t.Fatalf("generation %d, want %d", got, gen+1)
			}
		}
	})
}

func TestWrongPasswordPausesTheWholeFleet(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		b.cfg.Credentials.Password = "mistyped-password"
		for range 5 {
			_, err := b.process().Token(t.Context())
			var auth *tokencache.AuthError
			if !errors.As(err, &auth) || auth.Reason != tokencache.ReasonWrongCredentials {
				t.Fatalf("got %v, want an AuthError for wrong credentials", err)
			}
			if auth.RetryAfter <= 0 || auth.Advice() == "" || strings.Contains(err.Error(), "mistyped") {
				t.Fatalf("retry after %s, advice %q, text %q", auth.RetryAfter, auth.Advice(), err)
			}
		}
		if n := b.idp.count("password"); n != 1 {
			t.Fatalf("%d attempts with a wrong password, want 1", n)
		}
		b.cfg.Credentials.Password = "correct-horse-battery"
		b.token(b.process()) // corrected: no pause to wait out
	})
}

func TestLostAnswerNeverSendsTheRefreshTokenAgain(t *testing.T) {
	t.Parallel()
	for _, when := range []string{"before", "after"} {
		t.Run(when+" rotation", func(t *testing.T) {
			t.Parallel()
			b := newBundle(t)
			c := b.process()
			tok := b.token(c)
			lose := func(w http.ResponseWriter, form url.Values) bool {
				if form.Get("grant_type") != "refresh_token" {
					return false
				}
				w.WriteHeader(http.StatusInternalServerError)
				return true
			}
			b.idp.with(func(s *identity) {
				if when == "before" {
					s.before = lose
				} else {
					s.after = lose
				}
			})
			if err := c.Refused(t.Context(), tok.Generation); err != nil {
				t.Fatal(err)
			}
			if got := b.token(c); got.Generation != tok.Generation+1 {
				t.Fatalf("generation %d, want %d", got.Generation, tok.Generation+1)
			}
			if n := b.idp.count("password"); n != 2 {
				t.Fatalf("%d password grants, want 2: the first one and the recovery", n)
			}
			b.wantOncePresented()
		})
	}
}

func TestUnreachableServerLeavesTheRefreshTokenUnspent(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		tok := b.token(b.process())
		away := b.process(func(cfg *tokencache.Config) { cfg.Dial = refuse })
		b.token(away)
		var trouble *tokencache.TroubleError
		if err := away.Refused(t.Context(), tok.Generation); !errors.As(err, &trouble) {
			t.Fatalf("got %v, want a TroubleError", err)
		}
		info, err := away.Inspect(t.Context())
		if err != nil || info.State != "fresh" || !info.HasRefreshToken {
			t.Fatalf("after an attempt that sent nothing: %+v, %v", info, err)
		}
		waitPause(t, away)
		b.cfg.Credentials.Password = ""
		c := b.process()
		b.token(c)
		if err := c.Refused(t.Context(), tok.Generation); err != nil {
			t.Fatal(err)
		}
		if n := b.idp.count("refresh_token"); n != 1 {
			t.Fatalf("%d refreshes, want 1", n)
		}
	})
}

func TestNoWayToATokenIsATypedError(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		b.cfg.Credentials.Password = ""
		_, err := b.process().Token(t.Context())
		var auth *tokencache.AuthError
		if !errors.As(err, &auth) || auth.Reason != tokencache.ReasonNoCredentials {
			t.Fatalf("got %v, want no_credentials", err)
		}
	})
}

func TestRunRenewsAheadSoThatNoCallWaits(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		b.idp.with(func(s *identity) { s.lifetime = 2 * time.Second })
		c := b.process()
		b.token(c)
		done := make(chan error, 1)
		go func() { done <- c.Run(t.Context()) }()
		waited := false
		deadline := time.After(time.Minute)
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for gen := uint64(0); gen < 3; {
			select {
			case <-deadline:
				t.Fatal("no third generation within a minute")
			case <-tick.C:
			}
			start := time.Now()
			gen = b.token(c).Generation
			waited = waited || time.Since(start) > time.Second
		}
		if waited {
			t.Error("a call waited for a renewal")
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		if err := <-done; err != nil {
			t.Fatalf("Run: %v", err)
		}
		b.wantOncePresented()
	})
}
