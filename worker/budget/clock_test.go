package budget_test

import (
	"fmt"
	"testing"
	"time"

	"guestflow/deploy/testkit"
	"guestflow/worker/budget"
)

const year = 365 * 24 * time.Hour

// steps are how far Redis' clock may go back: a correction, a failover to a host that is behind, a host that was years
// ahead.
var steps = []time.Duration{5 * time.Second, time.Hour, 3 * year}

// back has Redis' clock go back: all that is stored lies further ahead then.
func (b *bench) back(d time.Duration) { b.pass(-d) }

func (b *bench) logging(said *testkit.Log) *budget.Budget {
	return budget.New(b.redis, budget.Config{Egress: "egress", Account: "main",
		Limits: budget.Limits{API: 6000, Email: 3000}, Log: said.Logger()})
}

func TestAClockThatGoesBackStopsNoCall(t *testing.T) {
	t.Parallel()
	for _, step := range steps {
		t.Run(step.String(), func(t *testing.T) {
			b, said := newBench(t), &testkit.Log{}
			x := b.logging(said)
			b.slot(x, budget.API, budget.Email)
			b.back(step)
			wait, booked := b.book(x, budget.API, budget.Email)
			if wait > time.Second {
				t.Fatalf("booked %v, to wait %s", booked, wait)
			}
			b.slot(x, budget.API, budget.Email)
			if got := said.Count("clock has gone back"); got != 1 {
				t.Fatalf("it was told %d times:\n%s", got, said)
			}
		})
	}
}

// Calls that were booked before the step are still to come: the limit holds over it.
func TestAClockThatGoesBackGivesNoSlotTwice(t *testing.T) {
	b := newBench(t)
	x := b.process("main", budget.Limits{API: 600})
	for booked := true; booked; {
		_, booked = b.book(x, budget.API)
	}
	b.back(time.Hour)
	if wait, booked := b.book(x, budget.API); booked {
		t.Fatalf("a slot in %s, where half a second is booked", wait)
	}
}

func TestAPauseLastsNoLongerWhenTheClockGoesBack(t *testing.T) {
	t.Parallel()
	for _, step := range steps {
		t.Run(step.String(), func(t *testing.T) {
			b := newBench(t)
			x := b.process("main", budget.Limits{API: 6000})
			b.slot(x, budget.API)
			if _, _, err := x.Pause(t.Context(), time.Minute); err != nil {
				t.Fatal(err)
			}
			b.back(step)
			s := b.state(x)
			if _, booked := b.book(x, budget.API); booked || s.Paused < 50*time.Second || s.Paused > 70*time.Second {
				t.Fatalf("a pause of a minute lasts another %s; a slot in it: %v", s.Paused, booked)
			}
			b.pass(s.Paused)
			b.slot(x, budget.API)
			b.back(step)
			if s := b.state(x); s.Paused > time.Second {
				t.Fatalf("a pause that was over begins again for %s", s.Paused)
			}
			if s := b.state(x); s.Throttle < 0.8 {
				t.Fatalf("the pace is %v", s.Throttle)
			}
		})
	}
}

// Without limits there are no slots to wait for, but pauses.
func TestAPauseWithoutLimitsEndsWhenTheClockGoesBack(t *testing.T) {
	b := newBench(t)
	x := b.process("main", budget.Limits{})
	b.slot(x, budget.API)
	if _, _, err := x.Pause(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	b.pass(2 * time.Minute)
	b.slot(x, budget.API)
	b.back(time.Hour)
	if wait, _ := b.book(x, budget.API); wait > time.Second {
		t.Fatalf("it waits %s", wait)
	}
}

func TestAnOpenCircuitRefillsWhenTheClockHasGoneBack(t *testing.T) {
	b := newBench(t)
	x := b.openCircuit("main", budget.Limits{API: 6000})
	b.back(time.Hour)
	b.book(x, budget.API)
	before := b.state(x).Accounts[0].Tokens
	b.pass(10 * time.Second)
	if after := b.state(x).Accounts[0].Tokens; after < before+4 {
		t.Fatalf("%v tokens, ten seconds later %v", before, after)
	}
}

// Records of minutes that have not come yet are of no minute that is shown.
func TestTheHistoryGoesOnWhenTheClockGoesBack(t *testing.T) {
	b := newBench(t)
	x := b.process("main", budget.Limits{API: 6000})
	ahead := time.Now().Add(time.Hour).Unix() / 60
	b.redis.HSet(t.Context(), address, "minute", fmt.Sprintf("%d 7 0 6000 0", ahead))
	b.slot(x, budget.API)
	h, err := x.History(t.Context(), budget.HistoryMinutes)
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	for _, m := range h {
		calls += m.Calls
	}
	if calls != 1 {
		t.Fatalf("%d calls in the history, want the one of now", calls)
	}
}
