package tokencache_test

import (
	"strings"
	"testing"
	"time"

	"guestflow/tokencache"
)

// api is one that refuses tokens at an age of its own, or all of them for some of its calls.
type api struct {
	b     *bundle
	clock *clock
	life  time.Duration
	born  map[uint64]time.Time
	// The books: calls that worked, that met a 401, and after which there was no token.
	worked, refused, without int
}

// call is one call of a process of its own.
func (a *api) call() {
	a.b.t.Helper()
	c := a.b.process()
	defer c.Close() // which waits until Redis knows that the token works
	tok, err := c.Token(a.b.t.Context())
	if err != nil {
		a.without++
		return
	}
	if _, known := a.born[tok.Generation]; !known {
		a.born[tok.Generation] = a.clock.now
	}
	if a.clock.now.Sub(a.born[tok.Generation]) < a.life {
		a.worked++
		c.Accepted(tok.Generation)
		return
	}
	a.refused++
	if c.Refused(a.b.t.Context(), tok.Generation) != nil {
		a.without++
	}
}

func newAPI(t *testing.T, life time.Duration) *api {
	t.Helper()
	b, clock := newMini(t)
	clock.forward(time.Second) // from here on Redis' time stands still but for us
	return &api{b: b, clock: clock, life: life, born: map[uint64]time.Time{}}
}

func (a *api) callFor(d time.Duration) {
	for range int(d / time.Second) {
		a.call()
		a.clock.forward(time.Second)
	}
}

func (a *api) info() tokencache.Info {
	a.b.t.Helper()
	info, err := a.b.process().Inspect(a.b.t.Context())
	if err != nil {
		a.b.t.Fatal(err)
	}
	return info
}

// The identity server says an hour, the API half a minute. Two tokens teach that; from then on no call meets a 401, and
// at no time is one without a token.
func TestTokensThatDieSoonerThanToldAreRenewedAheadOfTheirRealEnd(t *testing.T) {
	t.Parallel()
	a := newAPI(t, 30*time.Second)
	a.callFor(10 * time.Minute)
	if a.refused != 2 || a.without != 0 || a.worked != 598 {
		t.Fatalf("%d calls worked, %d met a 401, %d had no token after that; want 598, 2 and 0", a.worked, a.refused,
			a.without)
	}
	info := a.info()
	if life := info.RealLife; life < 30*time.Second || life > 32*time.Second ||
		info.Refusals != 0 || info.Trouble() != "" || !strings.Contains(info.Note(), info.RealLife.String()) {
		t.Fatalf("told %+v, %q, %q", info, info.Trouble(), info.Note())
	}
	a.b.wantOncePresented()
}

func TestWhatWasLearnedOfTokensIsForgottenWhenItIsNoLongerSo(t *testing.T) {
	t.Parallel()
	a := newAPI(t, 30*time.Second)
	a.callFor(2 * time.Minute)
	a.life = time.Hour
	for range 70 { // a call a minute is enough to keep it going
		a.call()
		a.clock.forward(time.Minute)
	}
	if info := a.info(); info.RealLife != 0 || info.ExpiresAt.Sub(info.ObtainedAt) < time.Hour {
		t.Fatalf("after an hour still %+v", info)
	}
	before := a.refused
	a.life = 30 * time.Second // and should it begin again, it is learned again
	a.born = map[uint64]time.Time{}
	a.callFor(2 * time.Minute)
	if a.refused > before+2 || a.without != 0 {
		t.Fatalf("%d more calls met a 401, %d had no token", a.refused-before, a.without)
	}
}

func TestOneRevokedTokenShortensNoOtherOne(t *testing.T) {
	t.Parallel()
	a := newAPI(t, time.Hour)
	a.callFor(20 * time.Second)
	a.life = 0 // revoked, this one
	a.call()
	a.life = time.Hour
	a.callFor(20 * time.Second)
	if info := a.info(); info.Generation != 2 || info.RealLife != 0 || info.ExpiresAt.Sub(info.ObtainedAt) < time.Hour {
		t.Fatalf("%+v", info)
	}
}

// An API that refuses some calls for want of a right takes the same token for others. No new token helps.
func TestAPIThatRefusesEveryTokenForSomeCallsCausesNoStorm(t *testing.T) {
	t.Parallel()
	b, clock := newMini(t)
	clock.forward(time.Second)
	c := b.process()
	for range 600 {
		if tok, err := c.Token(t.Context()); err == nil {
			c.Accepted(tok.Generation)
			_ = c.Refused(t.Context(), tok.Generation)
		}
		clock.forward(time.Second)
	}
	if n := b.idp.count("refresh_token"); n > 130 {
		t.Fatalf("%d renewals in ten minutes, want at most a dozen a minute", n)
	}
	info, err := c.Inspect(t.Context())
	if err != nil || info.Refusals < 2 || info.RealLife != 0 || info.Trouble() == "" {
		t.Fatalf("%+v, %v", info, err)
	}
	b.wantOncePresented()
}

func TestTokensThatTheAPIRefusesInARowAreToldWithWhatToDo(t *testing.T) {
	t.Parallel()
	b, clock := newMini(t)
	clock.forward(time.Second)
	c := b.process()
	var trouble string
	for range 30 {
		if tok, err := c.Token(t.Context()); err == nil {
			_ = c.Refused(t.Context(), tok.Generation)
		}
		info, err := c.Inspect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if trouble = info.Trouble(); info.Refusals >= 3 && trouble == "" {
			t.Fatalf("silent about %+v", info)
		}
		clock.forward(time.Second)
	}
	if !strings.Contains(trouble, "refused") || !strings.Contains(trouble, "guestflow token renew") {
		t.Fatalf("told %q", trouble)
	}
}
