package budget_test

import (
	"testing"
	"time"

	"guestflow/deploy/testkit"
	"guestflow/worker/budget"
)

// live makes calls for a while, one after the other and each in no time, as soon as the circuit lets them, and counts
// them.
func (b *bench) live(x *budget.Budget, d time.Duration, fails func(call int) bool) (calls int) {
	b.t.Helper()
	for d > 0 && calls < 5000 {
		wait, booked := b.book(x, budget.API)
		if !booked {
			wait = min(max(wait, time.Millisecond), d)
			b.pass(wait)
			d -= wait
			continue
		}
		b.report(x, fails(calls))
		calls++
	}
	return calls
}

func always(int) bool { return true }
func never(int) bool  { return false }

// openCircuit returns an account whose calls have failed until its circuit was open.
func (b *bench) openCircuit(account string, limits budget.Limits) *budget.Budget {
	b.t.Helper()
	x := b.process(account, limits)
	for n := 0; !b.state(x).CircuitOpen(); n++ {
		if n > 110 {
			b.t.Fatal("no open circuit after 110 failed calls")
		}
		b.report(x, true)
	}
	return x
}

func TestASickQflowSeesThirtyCallsAMinuteOfAnAccount(t *testing.T) {
	inWorld(t, func(w *world) {
		t, b := w.t, w.bench()
		x := b.process("main", budget.Limits{})
		b.live(x, time.Second, always)
		if !b.state(x).CircuitOpen() {
			t.Fatalf("no open circuit: %+v", b.state(x))
		}
		if calls := b.live(x, 10*time.Minute, always); calls < 280 || calls > 310 {
			t.Fatalf("%d calls in ten minutes, want about 300", calls)
		}
	})
}

// What is in flight when the circuit opens fails as well. That must not put off the next call for minutes.
func TestCallsThatFailTogetherPutTheNextOneOffForSecondsOnly(t *testing.T) {
	inWorld(t, func(w *world) {
		t, b := w.t, w.bench()
		x := b.openCircuit("main", budget.Limits{})
		for range 100 {
			b.report(x, true)
		}
		if wait, booked := b.book(x, budget.API); booked || wait > 3*time.Second {
			t.Fatalf("booked %v, the next call in %s", booked, wait)
		}
	})
}

func TestAnAccountThatFailsOneCallInSixIsNotSlowedDown(t *testing.T) {
	b := newBench(t)
	x := b.process("main", budget.Limits{})
	if calls := b.live(x, time.Millisecond, func(n int) bool { return n%6 == 0 }); calls < 5000 {
		t.Fatalf("the circuit was open after %d calls", calls)
	}
	worse := b.process("worse", budget.Limits{})
	if calls := b.live(worse, time.Millisecond, func(n int) bool { return n%3 == 0 }); calls > 1000 {
		t.Fatalf("one that fails one call in three made %d", calls)
	}
}

func TestTheCircuitClosesWithinSecondsOfRecovery(t *testing.T) {
	inWorld(t, func(w *world) {
		t, b := w.t, w.bench()
		x := b.openCircuit("main", budget.Limits{})
		b.live(x, time.Hour, always)
		b.live(x, 3*time.Second, never)
		if s := b.state(x); s.CircuitOpen() {
			t.Fatalf("three seconds later: %+v", s)
		}
		if calls := b.live(x, time.Millisecond, never); calls < 5000 {
			t.Fatalf("it was held back again after %d calls", calls)
		}
		if left := b.redis.HLen(t.Context(), address+":health").Val(); left > 0 {
			t.Fatal("a full retry budget is kept in Redis")
		}
	})
}

func TestAnOpenCircuitHoldsUpNoOtherAccount(t *testing.T) {
	inWorld(t, func(w *world) {
		t, b := w.t, w.bench()
		sick, well := b.openCircuit("sick", budget.Limits{}), b.process("well", budget.Limits{})
		if _, booked := b.book(sick, budget.API); booked {
			t.Fatal("no open circuit")
		}
		if calls := b.live(well, time.Millisecond, never); calls < 5000 {
			t.Fatalf("held up after %d calls", calls)
		}
		s := b.state(well)
		if s.CircuitOpen() || len(s.Accounts) != 2 || s.Accounts[1].Account != "sick" || !s.Accounts[1].CircuitOpen {
			t.Fatalf("the state is %+v", s)
		}
	})
}

// A booking that is refused must cost neither a slot nor a token.
func TestAnOpenCircuitWastesNoSlots(t *testing.T) {
	inWorld(t, func(w *world) {
		t, b := w.t, w.bench()
		limits := budget.Limits{API: 600}
		sick, well := b.openCircuit("sick", limits), b.process("well", limits)
		for range 20 {
			b.book(sick, budget.API)
		}
		if wait, booked := b.book(well, budget.API); !booked || wait > 0 {
			t.Fatalf("%v, %s", booked, wait)
		}
		b.pass(2 * time.Second)
		if _, booked := b.book(sick, budget.API); !booked {
			t.Fatal("its token is gone")
		}
	})
}

func TestAnOpenCircuitIsLoggedOnceForTheFleet(t *testing.T) {
	b := newBench(t)
	said := &testkit.Log{}
	var fleet []*budget.Budget
	for range 3 {
		fleet = append(fleet, budget.New(b.redis, budget.Config{Egress: "egress", Account: "main", Log: said.Logger()}))
	}
	for range 2 {
		for range 120 {
			for _, x := range fleet {
				b.report(x, true)
			}
		}
		for _, x := range fleet {
			b.live(x, 10*time.Second, never)
		}
	}
	if said.Count("too many calls fail") != 2 || said.Count("succeed again") != 4 {
		// "succeed again" stands in both lines
		t.Fatalf("want each change once, twice over:\n%s", said)
	}
}
