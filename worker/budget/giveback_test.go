package budget_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"guestflow/worker/budget"
)

// last is the moment of the last slot that was booked, by Redis' clock in microseconds.
func (b *bench) last() int64 {
	b.t.Helper()
	at, err := b.redis.HGet(b.t.Context(), address, "zone").Int64()
	if err != nil {
		b.t.Fatal(err)
	}
	return at
}

func (b *bench) slot(x *budget.Budget, scopes ...budget.Scope) budget.Slot {
	b.t.Helper()
	s, err := x.WaitSlot(b.t.Context(), nil, "an import", scopes...)
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

func TestASlotThatIsGivenBackGoesToTheNextCallOfAnyAccount(t *testing.T) {
	inWorld(t, func(w *world) {
		t, b := w.t, w.bench()
		x, y := b.process("main", budget.Limits{API: 60}), b.process("other", budget.Limits{API: 60})
		s := b.slot(x, budget.API, budget.Email)
		x.GiveBack(t.Context(), s)
		before := b.last()
		if _, booked := b.book(y, budget.API); booked {
			t.Fatal("a call that falls under other limits has the slot")
		}
		if wait, booked := b.book(y, budget.API, budget.Email); !booked || wait != 0 || b.last() != before {
			t.Fatalf("the slot was not used: %v, to wait %s", booked, wait)
		}
		if _, booked := b.book(y, budget.API, budget.Email); booked {
			t.Fatal("the slot was used twice")
		}
		if h, err := x.History(t.Context(), 2); err != nil || h[0].Calls+h[1].Calls != 1 {
			t.Fatalf("the history says %+v (%v) of one call", h, err)
		}
	})
}

// A client whose answer was lost says the same again.
func TestASlotThatIsGivenBackTwiceIsUsedOnce(t *testing.T) {
	inWorld(t, func(w *world) {
		t, b := w.t, w.bench()
		x := b.process("main", budget.Limits{API: 60})
		s := b.slot(x, budget.API)
		x.GiveBack(t.Context(), s)
		x.GiveBack(t.Context(), s)
		b.book(x, budget.API)
		if _, booked := b.book(x, budget.API); booked {
			t.Fatal("one slot was used for two calls")
		}
	})
}

// What comes back long after its moment would push calls together.
func TestASlotThatIsGivenBackLateIsNotUsed(t *testing.T) {
	inWorld(t, func(w *world) {
		t, b := w.t, w.bench()
		x := b.process("main", budget.Limits{API: 60})
		s := b.slot(x, budget.API)
		x.GiveBack(t.Context(), budget.Earlier(s, time.Second))
		if _, booked := b.book(x, budget.API); booked {
			t.Fatal("a slot of a second ago was used")
		}
		x.GiveBack(t.Context(), s)
		if _, _, err := x.Pause(t.Context(), time.Minute); err != nil {
			t.Fatal(err)
		}
		if _, booked := b.book(x, budget.API); booked {
			t.Fatal("a slot from before a pause was used in it")
		}
	})
}

func TestAWorkerThatStopsGivesItsSlotsBack(t *testing.T) {
	inWorld(t, func(w *world) {
		t, b := w.t, w.bench()
		x := b.process("main", budget.Limits{API: 200})
		b.slot(x, budget.API)
		first, stop := b.last(), make(chan struct{})
		var waiting sync.WaitGroup
		waiting.Go(func() { _ = x.Wait(context.Background(), stop, "an import", budget.API) })
		for b.last() == first { // until it has booked ahead
			<-time.After(time.Millisecond)
		}
		close(stop)
		waiting.Wait()
		booked := b.last()
		if _, is := b.book(b.process("other", budget.Limits{API: 200}), budget.API); !is || b.last() != booked {
			t.Fatal("the slot of the worker that stopped was lost")
		}
	})
}
