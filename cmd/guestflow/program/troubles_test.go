package program

import (
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/store"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/ledger"
	"guestflow/importer/notify"
	"guestflow/importer/remote"
	"guestflow/qflow"
	"guestflow/worker/gate"
)

// troubled is an account with profiles, and nothing that runs.
func troubled(t *testing.T, profiles map[string]config.Profile) *Account {
	t.Helper()
	client := redistest.Client(t)
	books, err := ledger.For(client, "main")
	if err != nil {
		t.Fatal(err)
	}
	s, _ := flags(t)
	s.Account, s.Profiles = "main", profiles
	return &Account{Settings: s, Store: &store.Store{Client: client}, Ledger: books,
		Gates: gate.New(client, books.Prefix(), nil), Log: slog.New(slog.DiscardHandler)}
}

// ago is a time in the past as Redis keeps it.
func ago(d time.Duration) time.Time { return time.Now().Add(-d).UTC().Truncate(time.Millisecond) }

func (a *Account) setLook(t *testing.T, key, profile string, look remote.Look) {
	t.Helper()
	raw, err := json.Marshal(look)
	if err == nil {
		err = a.Store.Client.HSet(t.Context(), a.Ledger.Prefix()+key, profile, raw).Err()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// found are the kinds and keys of troubles.
func found(list []notify.Trouble, err error) string {
	var all []string
	for _, one := range list {
		all = append(all, string(one.Begun.Kind)+" "+one.Key)
	}
	slices.Sort(all)
	if err != nil {
		all = append(all, err.Error())
	}
	return strings.Join(all, ", ")
}

func TestASourceIsATroubleWhenItFailsForLongOrHasNoNewList(t *testing.T) {
	t.Parallel()
	daily := config.Profile{Source: "https://lists.example.com/x.csv", ExpectEvery: "26h"}
	for name, c := range map[string]struct {
		profile config.Profile
		look    remote.Look
		want    string
	}{
		"all is well":             {daily, remote.Look{OK: ago(0), New: ago(25 * time.Hour)}, ""},
		"it fails since a moment": {daily, remote.Look{Failed: ago(4 * time.Minute), Error: "denied", New: ago(0)}, ""},
		"it fails for longer": {daily, remote.Look{Failed: ago(6 * time.Minute), Error: "denied", New: ago(0)},
			"source.failed source-gala"},
		"no new list": {daily, remote.Look{OK: ago(0), New: ago(27 * time.Hour)}, "list.missing list-gala"},
		"both": {daily, remote.Look{Failed: ago(time.Hour), New: ago(27 * time.Hour)},
			"list.missing list-gala, source.failed source-gala"},
		"nothing is expected": {config.Profile{Source: "/lists"}, remote.Look{OK: ago(0), New: ago(1000 * time.Hour)},
			""},
		"the source is gone": {config.Profile{ExpectEvery: "26h"},
			remote.Look{Failed: ago(time.Hour), New: ago(1000 * time.Hour)}, ""},
		"what an earlier version had": {daily, remote.Look{}, "list.missing list-gala"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := troubled(t, map[string]config.Profile{"gala": c.profile})
			a.setLook(t, "sources", "gala", c.look)
			a.setLook(t, "sources", "another-host's", c.look)
			if got := found(a.sourceTroubles(t.Context())); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestASourcesTroubleBeginsOnceAndSaysWhatToDo(t *testing.T) {
	t.Parallel()
	a := troubled(t, map[string]config.Profile{"gala": {Source: "/lists", ExpectEvery: "26h"}})
	since, last := ago(time.Hour), ago(30*time.Hour)
	for _, why := range []string{"denied", "denied still"} { // a later error is no other trouble
		a.setLook(t, "sources", "gala", remote.Look{Failed: since, Error: why, New: last})
		list, err := a.sourceTroubles(t.Context())
		if err != nil || len(list) != 2 {
			t.Fatal(list, err)
		}
		failed, missing := list[0], list[1]
		if !failed.Since.Equal(since) || !strings.Contains(failed.Begun.Text, why) ||
			!strings.Contains(failed.Begun.Text, "guestflow schedules") ||
			failed.Over.Kind != notify.SourceRecovered || failed.Begun.Fields["profile"] != "gala" {
			t.Errorf("it fails: %+v", failed)
		}
		if !missing.Since.Equal(last) || missing.Begun.Title != "No new list for the profile gala for 26h0m0s" ||
			missing.Over.Kind != notify.ListArrived {
			t.Errorf("no list: %+v", missing)
		}
	}
}

func TestAFolderOfTheInboxIsATroubleWhenNothingIsDroppedThere(t *testing.T) {
	t.Parallel()
	a := troubled(t, map[string]config.Profile{
		"gala": {ExpectEvery: "26h"}, "ball": {ExpectEvery: "26h"}, "any": {}, "far": {Source: "/lists", ExpectEvery: "26h"},
	})
	a.expect = 2 * time.Hour
	if got := found(a.dropTroubles(t.Context())); got != "" {
		t.Errorf("before any process watches an inbox: %q", got)
	}
	p := &Program{accounts: []*Account{a}}
	p.expectDrops(t.Context(), []string{"", "any", "ball", "far", "gala"})
	if got := found(a.dropTroubles(t.Context())); got != "" {
		t.Errorf("at the first start: %q", got)
	}
	if known, err := a.drops().Read(t.Context()); err != nil || len(known) != 3 {
		t.Errorf("time begins for %v, %v", known, err)
	}
	for profile, last := range map[string]time.Duration{"": 3 * time.Hour, "gala": 27 * time.Hour, "ball": 25 * time.Hour,
		"any": 1000 * time.Hour, "far": 1000 * time.Hour} {
		a.setLook(t, "drops", profile, remote.Look{New: ago(last)})
	}
	if got := found(a.dropTroubles(t.Context())); got != "list.missing drop-, list.missing drop-gala" {
		t.Errorf("later: %q", got)
	}
	p.expectDrops(t.Context(), []string{"", "gala"}) // a restart forgives nothing
	if got := found(a.dropTroubles(t.Context())); got != "list.missing drop-, list.missing drop-gala" {
		t.Errorf("after a restart: %q", got)
	}
	p.noteDrop(t.Context(), "gala")
	p.noteDrop(t.Context(), "")
	if got := found(a.dropTroubles(t.Context())); got != "" {
		t.Errorf("once lists are dropped: %q", got)
	}
}

func TestADropIsKeptByTheAccountOfItsProfile(t *testing.T) {
	t.Parallel()
	profiles := map[string]config.Profile{"gala": {Account: "acme"}, "ball": {}, "gone": {Account: "elsewhere"}}
	first, acme := troubled(t, profiles), troubled(t, profiles)
	acme.Settings.Account = "acme"
	p := &Program{accounts: []*Account{first, acme}}
	for profile, want := range map[string]*Account{"gala": acme, "ball": first, "": first, "gone": first} {
		if p.dropsOf(profile) != want {
			t.Errorf("the folder of %q is another account's", profile)
		}
	}
}

func TestAScheduleIsATroubleAfterARunThatFailed(t *testing.T) {
	t.Parallel()
	nightly := config.Profile{Source: "/lists", Cron: "0 3 * * *", Timezone: "UTC"}
	foreign := nightly
	foreign.Account = "acme"
	a := troubled(t, map[string]config.Profile{"fails": nightly, "works": nightly, "new": nightly,
		"polled": {Source: "/lists"}, "foreign": foreign})
	tick := ago(time.Hour)
	for profile, failed := range map[string]string{"fails": "1", "works": "", "polled": "1", "foreign": "1"} {
		a.Store.Client.HSet(t.Context(), a.Ledger.Prefix()+"schedule:"+profile, "tick", tick.UnixMilli(), "began",
			tick.UnixMilli(), "ended", tick.UnixMilli(),
			"failed", failed, "text", "the list has no header")
	}
	list, err := a.scheduleTroubles(t.Context())
	if got := found(list, err); got != "schedule.failed schedule-fails" {
		t.Fatalf("%q", got)
	}
	if one := list[0]; !one.Since.Equal(tick) || !strings.Contains(one.Begun.Text, "the list has no header") ||
		!strings.Contains(one.Begun.Text, "guestflow schedules run fails") || one.Over.Kind != notify.ScheduleRecovered {
		t.Errorf("%+v", one)
	}
}

func TestASignInIsATroubleWhenItIsRefused(t *testing.T) {
	t.Parallel()
	a := troubled(t, nil)
	if got := found(a.signInTrouble(t.Context())); got != "" {
		t.Errorf("at first: %q", got)
	}
	if _, err := a.Gates.Close(t.Context(), qflow.GateAuth, "subscription_key"); err != nil {
		t.Fatal(err)
	}
	list, err := a.signInTrouble(t.Context())
	if got := found(list, err); got != "signin.failed sign-in" {
		t.Fatalf("with a key that is refused: %q", got)
	}
	if one := list[0]; !strings.Contains(one.Begun.Text, "nothing is lost") ||
		!strings.Contains(one.Begun.Text, "To do: ") || one.Over.Kind != notify.SignInRecovered {
		t.Errorf("%+v", one)
	}
}

func TestWithoutRedisNoTroubleIsTakenForPassed(t *testing.T) {
	t.Parallel()
	a := troubled(t, map[string]config.Profile{"gala": {Source: "/lists", Cron: "0 3 * * *", Timezone: "UTC"}})
	_ = a.Store.Client.Close()
	for name, read := range a.troubles() {
		if _, err := read(t.Context()); err == nil {
			t.Errorf("the troubles of %s are none", name)
		}
	}
}
