package importer_test

import (
	"testing"
	"time"
)

// Promise: a list that comes each night unchanged keeps its guests known, so that none gets a second email by the first
// one that is changed.
func TestTheSameListOnceMoreKeepsItsGuestsKnown(t *testing.T) {
	t.Parallel()
	l := newLists(t, "nightly")
	first := l.bring(list(four...), inProfile("gala"))
	index := l.ledger.Prefix() + "guests:*"
	ages := func() {
		for _, key := range l.redis.Keys(t.Context(), index).Val() {
			l.redis.Expire(t.Context(), key, time.Minute)
		}
	}
	soonest := func() (left time.Duration) {
		left = l.ledger.Retention()
		for _, key := range l.redis.Keys(t.Context(), index).Val() {
			left = min(left, l.redis.TTL(t.Context(), key).Val())
		}
		return left
	}
	again := func() {
		t.Helper()
		if _, created, err := l.Begin(t.Context(), l.planned(list(four...), inProfile("gala"))); created || err != nil {
			t.Fatal(created, err)
		}
	}
	ages()
	again()
	if left := soonest(); left > time.Hour {
		t.Errorf("a list that has just been imported is read once more: its guests are kept for %v", left)
	}
	finished := time.Now().Add(-l.ledger.Retention() * 3 / 4).UnixMilli()
	if err := l.redis.HSet(t.Context(), l.ledger.Prefix()+"import:"+first.plan.Import, "finished", finished).Err(); err != nil {
		t.Fatal(err)
	}
	again()
	if left := soonest(); left < time.Hour {
		t.Errorf("guests are known for %v only", left)
	}
}
