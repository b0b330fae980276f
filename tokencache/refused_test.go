package tokencache_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"guestflow/deploy/testkit"
	"guestflow/tokencache"
)

// What an answer to a refresh means for an account that keeps no password: whether the token may be used again, and
// what the operator is told.
func TestRefreshAnswersWithoutAPasswordToFallBackOn(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		status int
		body   string
		want   string // the reason, or "other" for trouble
		keeps  bool
		state  string
	}{
		"spent or revoked":       {400, `{"error":"invalid_grant"}`, "refresh_refused", false, "fresh"},
		"400 without a code":     {400, `<html>`, "refresh_refused", false, "fresh"},
		"wrong client":           {401, `{"error":"invalid_client"}`, "wrong_credentials", true, "fresh"},
		"401 of a gateway":       {401, ``, "wrong_credentials", true, "fresh"},
		"grant not allowed":      {400, `{"error":"unsupported_grant_type"}`, "misconfigured", true, "fresh"},
		"wrong path":             {404, `<html>`, "misconfigured", true, "fresh"},
		"too many requests":      {429, ``, "other", true, "fresh"},
		"server error":           {500, ``, "refresh_uncertain", true, "renewing"},
		"says it is unavailable": {400, `{"error":"temporarily_unavailable"}`, "refresh_uncertain", true, "renewing"},
		"a page":                 {200, `<html>`, "refresh_uncertain", true, "renewing"},
		"a redirect":             {307, ``, "refresh_uncertain", true, "renewing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, clock := newMini(t)
			clock.forward(time.Second) // and from here on Redis' time stands still: no pause ends
			gen := b.token(b.process()).Generation
			b.cfg.Credentials.Password = ""
			b.answerRefresh(row.status, row.body)
			c := b.process()
			b.token(c)
			err := c.Refused(t.Context(), gen)
			if got := reasonOf(err); got != row.want {
				t.Errorf("told %s (%v), want %s", got, err, row.want)
			}
			info, err := c.Inspect(t.Context())
			if err != nil || info.HasRefreshToken != row.keeps || info.State != row.state {
				t.Errorf("left %+v, %v; want refresh token %v, state %s", info, err, row.keeps, row.state)
			}
			for range 3 { // the next callers: no further request
				ctx, cancel := contextFor(20 * time.Millisecond) // an uncertain one waits for the claim to become stale
				_ = c.Refused(ctx, gen)
				cancel()
				if _, err := b.process().Token(t.Context()); err != nil {
					t.Errorf("the old access token does not serve a new process: %v", err)
				}
			}
			b.wantOncePresented()
		})
	}
}

func (b *bundle) answerRefresh(status int, body string) {
	b.idp.with(func(s *identity) {
		s.before = func(w http.ResponseWriter, form url.Values) bool {
			if form.Get("grant_type") != "refresh_token" {
				return false
			}
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
			return true
		}
	})
}

func TestPatienceAskedForIsShownByTheWholeFleet(t *testing.T) {
	t.Parallel()
	b, clock := newMini(t)
	gen := b.token(b.process()).Generation
	b.idp.with(func(s *identity) {
		s.before = func(w http.ResponseWriter, _ url.Values) bool {
			w.Header().Set("Retry-After", "40")
			w.WriteHeader(http.StatusTooManyRequests)
			return true
		}
	})
	for range 3 {
		c := b.process()
		b.token(c)
		err := c.Refused(t.Context(), gen)
		var trouble *tokencache.TroubleError
		if !errors.As(err, &trouble) || trouble.RetryAfter < 39*time.Second || !trouble.Temporary() {
			t.Fatalf("got %v, want trouble for 40 s", err)
		}
	}
	b.idp.with(func(s *identity) {
		if s.requests != 2 { // the first token, and one 429
			t.Errorf("%d requests, want 2", s.requests)
		}
		s.before = nil
	})
	clock.forward(41 * time.Second)
	c := b.process()
	b.token(c)
	if err := c.Refused(t.Context(), gen); err != nil {
		t.Fatal(err)
	}
	if b.idp.count("password") != 2 || b.idp.count("refresh_token") != 0 {
		t.Fatal("with a password at hand, a refresh token that was sent must not be sent again")
	}
}

func TestServerThatDoesNotRotateMayBeAskedAgain(t *testing.T) {
	t.Parallel()
	b, _ := newMini(t)
	b.cfg.Endpoint.RefreshTokenStays = true
	gen := b.token(b.process()).Generation
	b.idp.with(func(s *identity) { s.rotates = false })
	b.cfg.Credentials.Password = ""
	b.answerRefresh(500, "")
	c := b.process()
	b.token(c)
	var trouble *tokencache.TroubleError
	if err := c.Refused(t.Context(), gen); !errors.As(err, &trouble) {
		t.Fatalf("got %v, want trouble that passes", err)
	}
	b.idp.with(func(s *identity) { s.before = nil })
	waitPause(t, c)
	for range 2 {
		if err := c.Refused(t.Context(), gen); err != nil {
			t.Fatal(err)
		}
		gen = b.token(c).Generation
	}
	if most, n := b.idp.mostPresented(); n != 1 || most != 3 {
		t.Fatalf("%d refresh tokens, one presented %d times; want the one, three times", n, most)
	}
}

// The refresh token is lost and there is no password: the access token serves to its end, the operator is told once,
// and a login sets everything going again.
func TestLostRefreshTokenServesOutItsTimeAndALoginRevivesTheFleet(t *testing.T) {
	t.Parallel()
	b, _ := newMini(t)
	b.idp.with(func(s *identity) { s.lifetime = 1500 * time.Millisecond })
	tok := b.token(b.process())
	b.cfg.Credentials.Password = ""
	b.cfg.Endpoint.AuthURL = b.idp.URL + "/authorize"
	b.answerRefresh(500, "")
	c := b.process()
	b.token(c)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	var auth *tokencache.AuthError
	testkit.Eventually(t, "the end of the token", func() bool {
		_, err := c.Token(t.Context())
		if err != nil && time.Until(tok.Expiry) > 50*time.Millisecond {
			t.Fatalf("%v before its end: %v", time.Until(tok.Expiry), err)
		}
		return errors.As(err, &auth)
	})
	if auth.Reason != tokencache.ReasonRefreshUncertain || !strings.Contains(auth.Advice(), "guestflow token login") {
		t.Fatalf("told %s: %s", auth.Reason, auth.Advice())
	}
	b.idp.with(func(s *identity) { s.before, s.lifetime = nil, time.Hour })
	if _, err := b.process().Login(t.Context(), tokencache.LoginOptions{Open: browser(t,
		func(_, back url.Values) { back.Set("code", "c") }, func(url.Values) {})}); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "the operator is told that all is well", func() bool {
		return strings.Contains(b.log.String(), "there is a token again")
	})
	cancel()
	<-done
	if n := b.log.Count("no way to a new token\""); n != 1 {
		t.Errorf("the operator was told %d times, want once:\n%s", n, b.log.String())
	}
	b.wantOncePresented()
}
