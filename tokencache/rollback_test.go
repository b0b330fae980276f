package tokencache_test

import (
	"context"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"guestflow/deploy/testkit"
	"guestflow/tokencache"
)

// snapshot gives a function that sets Redis' record back to what it is now, as a power cut, a failover or a backup
// does.
func (b *bundle) snapshot() (goBack func()) {
	b.t.Helper()
	key := recordKey(b.t, b.rdb)
	was, err := b.rdb.HGetAll(b.t.Context(), key).Result()
	if err != nil {
		b.t.Fatal(err)
	}
	return func() {
		b.t.Helper()
		b.rdb.Del(b.t.Context(), key, key+":lock")
		if err := b.rdb.HSet(b.t.Context(), key, was).Err(); err != nil {
			b.t.Fatal(err)
		}
	}
}

func withoutPassword(cfg *tokencache.Config) { cfg.Credentials.Password = "" }

// forgetful has no journal left of what was committed, so that only what it has seen decides.
func forgetful(cfg *tokencache.Config) { cfg.Timing.Keep = time.Nanosecond }

// Redis is back at generation 1 when the fleet is at 2 or further: a process that knows, by itself or by its folder,
// does not send the refresh token of 1 again. With a password it goes on, without one it says what to do.
func TestRedisThatGoesBackAGenerationOffersItsOldRefreshTokenInVain(t *testing.T) {
	for name, row := range map[string]struct {
		same     bool // the process that renewed, or one that starts later on its folder
		password bool
		told     string
	}{
		"the process itself":                   {true, true, "none"},
		"the process itself, without password": {true, false, "refresh_uncertain"},
		"a new one on its folder":              {false, true, "none"},
		"a new one on its folder, no password": {false, false, "refresh_uncertain"},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, b *bundle) {
				gen := b.token(b.process()).Generation
				if !row.password {
					withoutPassword(&b.cfg)
				}
				c := b.process(forgetful)
				b.token(c)
				goBack := b.snapshot()
				if err := c.Refused(t.Context(), gen); err != nil {
					t.Fatal(err)
				}
				testkit.Eventually(t, "the journal is gone", func() bool { return b.journals() == 0 })
				goBack()
				if !row.same {
					_ = c.Close()
					c = b.process()
				}
				_, err := c.Renew(t.Context())
				if got := reasonOf(err); got != row.told {
					t.Errorf("told %s (%v), want %s", got, err, row.told)
				}
				b.wantOncePresented()
				if info, err := c.Inspect(t.Context()); err != nil || info.State == "renewing" ||
					!row.password && info.HasRefreshToken || row.password && info.Generation <= gen+1 {
					t.Errorf("left %+v, %v", info, err)
				}
			})
		})
	}
}

// Only the claim is lost: the generation is the one that everybody knows. The claim was heard of, by everybody.
func TestClaimThatRedisLosesIsRememberedByTheFleet(t *testing.T) {
	for name, pick := range map[string]func(b *bundle, claimed, listens *tokencache.Cache) *tokencache.Cache{
		"by the process that made it":    func(_ *bundle, claimed, _ *tokencache.Cache) *tokencache.Cache { return claimed },
		"by one that starts on its host": func(b *bundle, _, _ *tokencache.Cache) *tokencache.Cache { return b.process() },
		"by one on another host":         func(_ *bundle, _, listens *tokencache.Cache) *tokencache.Cache { return listens },
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, b *bundle) {
				b.cfg.Timing.Keep = time.Nanosecond
				b.cfg.Timing.Request, b.cfg.Timing.Claim = backWithin, backWithin
				b.cfg.Timing.Lock, b.cfg.Timing.Stale = 2*backWithin, 3*backWithin
				claimed := b.process()
				gen := b.token(claimed).Generation
				goBack := b.snapshot()
				other := t.TempDir()
				listens := b.process(func(cfg *tokencache.Config) { cfg.StateDir = other })
				b.token(listens)
				ctx, cancel := context.WithCancel(t.Context())
				done := make(chan error, 1)
				go func() { done <- listens.Run(ctx) }()
				defer func() { cancel(); <-done }()
				channel := recordKey(t, b.rdb) + ":news"
				testkit.Eventually(t, "it listens",
					func() bool { return b.rdb.PubSubNumSub(t.Context(), channel).Val()[channel] == 1 })
				b.idp.with(func(s *identity) { s.after = b.dropAnswer })
				claimed.SetTestHook(func(point string) {
					if point == tokencache.PointLeaving {
						testkit.Eventually(t, "the other host has heard",
							func() bool { return slices.ContainsFunc(marks(t, other), claimedOnce) })
						goBack()
					}
				})
				_ = claimed.Refused(t.Context(), gen) // the answer is lost, and with it the token
				claimed.SetTestHook(func(string) {})
				b.idp.with(func(s *identity) { s.after = nil })
				goBack()
				if _, err := pick(b, claimed, listens).Renew(t.Context()); err != nil {
					t.Fatal(err)
				}
				b.wantOncePresented()
			})
		})
	}
}

// The journal outlives the commit by the time that Redis takes to write it down: an account without a password needs no
// login because Redis lost its last second.
func TestAnswerThatRedisLosesIsCommittedAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		b.cfg.Timing.Keep = time.Hour
		gen := b.token(b.process()).Generation
		withoutPassword(&b.cfg)
		c := b.process()
		b.token(c)
		goBack := b.snapshot()
		if err := c.Refused(t.Context(), gen); err != nil {
			t.Fatal(err)
		}
		want := b.token(c)
		goBack()
		fresh := b.process()
		if err := b.refuse(fresh, gen); err != nil {
			t.Fatal(err)
		}
		if got := b.token(fresh); got.Access != want.Access {
			t.Fatalf("generation %d is not the one that was lost", got.Generation)
		}
		if err := fresh.Refused(t.Context(), want.Generation); err != nil {
			t.Fatal(err)
		}
		b.wantOncePresented()
	})
}

// A host that knows nothing is not left alone with an old record: a process that does know removes the refresh token
// from it as soon as it is connected again.
func TestAProcessThatKnowsBetterRemovesAnOldRefreshTokenFromTheRecord(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	gen := b.token(b.process()).Generation
	withoutPassword(&b.cfg)
	c := b.process(forgetful)
	b.token(c)
	goBack := b.snapshot()
	if err := c.Refused(t.Context(), gen); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "the journal is gone", func() bool { return b.journals() == 0 })
	goBack()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	defer func() { cancel(); <-done }()
	key := recordKey(t, b.rdb)
	testkit.Eventually(t, "the refresh token is taken out", func() bool {
		return !b.rdb.HExists(t.Context(), key, "rt").Val() && !b.rdb.HExists(t.Context(), key, "claim").Val()
	})
	fresh := b.process(func(cfg *tokencache.Config) { cfg.StateDir = t.TempDir() })
	_, err := fresh.Renew(t.Context())
	if got := reasonOf(err); got != "refresh_uncertain" {
		t.Errorf("the fresh host is told %s (%v)", got, err)
	}
	b.wantOncePresented()
}

// A process that was at rest while others renewed has not gone back, whatever its folder remembers.
func TestFolderThatIsBehindTheFleetStopsNoProcess(t *testing.T) {
	t.Parallel()
	b, _ := newMini(t)
	b.token(b.process())
	withoutPassword(&b.cfg)
	c := b.process(func(cfg *tokencache.Config) { cfg.StateDir = t.TempDir() })
	for range 3 {
		if _, err := c.Renew(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.process().Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := b.idp.count("password"); n != 1 {
		t.Fatalf("%d password grants, want only the first", n)
	}
	b.wantOncePresented()
}

// dropAnswer has the server keep its answer to a refresh to itself.
func (b *bundle) dropAnswer(w http.ResponseWriter, form url.Values) bool {
	if form.Get("grant_type") != "refresh_token" {
		return false
	}
	panic(http.ErrAbortHandler)
}

// claimedOnce reports whether a mark is of generation 1 with a claim on it.
func claimedOnce(mark string) bool {
	return strings.HasPrefix(mark, "1.") && !strings.HasPrefix(mark, "1.0.")
}

// marks are the positions that a state folder remembers.
func marks(t *testing.T, dir string) (positions []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "token-demo-*.seen"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".seen")
		positions = append(positions, name[len("token-demo-0123456789abcdef-"):])
	}
	return positions
}
