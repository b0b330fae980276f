package sandbox_test

import (
	"net/http"
	"strings"
	"testing"

	"guestflow/qflow/sandbox"
)

// TestFaultsBreakTheCallOnTheirSideOfTheCommit covers every kind on POST /guest: what the client sees, what is done.
func TestFaultsBreakTheCallOnTheirSideOfTheCommit(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]struct{ status, emails int }{ // status 0: no reply
		sandbox.Fail500Before: {500, 0}, sandbox.ResetBefore: {0, 0}, sandbox.Hang: {0, 0}, sandbox.Fail429: {429, 0},
		sandbox.Fail401: {401, 0}, sandbox.HTMLBefore: {502, 0}, sandbox.Fail500After: {500, 1}, sandbox.LostAfter: {0, 1},
		sandbox.ShortAfter: {0, 1}, sandbox.HangAfter: {0, 1}, sandbox.Slow: {200, 1}, sandbox.SlowAfter: {200, 1},
		sandbox.HTMLAfter: {200, 1}, sandbox.WrongTypesAfter: {200, 1},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			c := signedIn(t, nil)
			c.inject(sandbox.Fault{Endpoint: sandbox.CreateGuest, Kind: kind, Next: 1, DelayMS: 1})
			got := c.create(invited())
			if want.status == 0 {
				got.wantLost()
			} else {
				got.want(want.status)
			}
			c.wantBooks(want.emails, want.emails)
			c.create(guest()).want(http.StatusOK) // used up
			if list := c.box.Faults(); len(list) != 1 || list[0].Injected != 1 {
				t.Errorf("faults: %+v", list)
			}
		})
	}
}

func TestEveryFaultKindIsCovered(t *testing.T) {
	t.Parallel()
	if n := len(sandbox.Kinds()); n != 14 {
		t.Fatalf("%d kinds: add the new ones to the table above", n)
	}
}

func TestFaultsStrikeByCountAndByChance(t *testing.T) {
	t.Parallel()
	run := func(fault sandbox.Fault) string {
		c := openWith(t, sandbox.Options{Seed: 7})
		c.signIn()
		fault.Kind = sandbox.Fail500Before
		c.inject(fault)
		var seen strings.Builder
		for range 8 {
			if c.create(guest()).status == http.StatusOK {
				seen.WriteByte('.')
			} else {
				seen.WriteByte('x')
			}
		}
		return seen.String()
	}
	for name, test := range map[string]struct {
		fault sandbox.Fault
		want  string
	}{
		"always":            {sandbox.Fault{}, "xxxxxxxx"},
		"next two":          {sandbox.Fault{Next: 2}, "xx......"},
		"third and fourth":  {sandbox.Fault{Skip: 2, Next: 2}, "..xx...."},
		"every third":       {sandbox.Fault{Every: 3}, "..x..x.."},
		"every third, once": {sandbox.Fault{Every: 3, Next: 1}, "..x....."},
		"other endpoint":    {sandbox.Fault{Endpoint: sandbox.Send}, "........"},
	} {
		if got := run(test.fault); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
	chance := sandbox.Fault{Probability: 0.5}
	if first, second := run(chance), run(chance); first != second || !strings.Contains(first, "x") ||
		!strings.Contains(first, ".") {
		t.Errorf("by chance: %s and %s", first, second)
	}
}

func TestFaultyCallsStillCountAtTheEdge(t *testing.T) {
	t.Parallel()
	c := signedIn(t, func(sw *sandbox.Switches) { sw.ZonePerMinute = 1 })
	c.inject(sandbox.Fault{Kind: sandbox.ResetBefore, Next: 1})
	c.create(guest()).wantLost()
	c.create(guest()).want(http.StatusTooManyRequests)
}

func TestBooksShowCallsWithoutReplyAsCut(t *testing.T) {
	t.Parallel()
	c := signedIn(t, nil)
	c.inject(sandbox.Fault{Endpoint: sandbox.BulkGuests, Kind: sandbox.LostAfter, Next: 1})
	c.bulk(guest()).wantLost()
	c.bulk(guest()).want(http.StatusOK)
	sum := c.box.Summary()
	if calls := sum.Calls[sandbox.BulkGuests]; calls["cut"] != 1 || calls["200"] != 1 ||
		sum.Total(sandbox.BulkGuests) != 2 {
		t.Fatalf("history: %v", calls)
	}
}

func TestMistypedFaultsAreRefused(t *testing.T) {
	t.Parallel()
	c := open(t, nil)
	for _, fault := range []sandbox.Fault{{Kind: "oops"}, {Kind: sandbox.Slow, Endpoint: "guest list"}} {
		if err := c.box.Inject(fault); err == nil {
			t.Errorf("%+v was accepted", fault)
		}
	}
}
