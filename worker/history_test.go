package worker_test

import (
	"testing"
	"time"

	"guestflow/importer/advice"
	"guestflow/importer/ledger"
	"guestflow/qflow/sandbox"
)

// Promise: of every row it is known when it went through, also of those that did so at once.
func TestEveryRowTellsWhenAndHowItWentThrough(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	const guests = 60
	f.inject(sandbox.Fault{Endpoint: sandbox.CreateGuest, Kind: sandbox.Fail401, Next: 1})
	began := time.Now().Truncate(time.Second).Add(-time.Second)
	mailed, written := f.importFile(file(t, guests), settings(template)), f.importFile(named(t, "Bea", guests),
		settings(""))
	f.work()
	ways := map[string]int{}
	for _, id := range []string{mailed, written} {
		imp := f.awaitDone(id)
		for row := range imp.Rows {
			times, err := f.ledger.Times(t.Context(), imp, row+1)
			if err != nil || times.Placed.From.Before(began) || times.Settled.From.Before(times.Placed.From) ||
				times.Settled.From.After(time.Now().Add(time.Second)) {
				t.Fatalf("row %d has %+v, %v", row+1, times, err)
			}
			calls, err := f.ledger.Attempts(t.Context(), id, row+1)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range calls {
				ways[c.Call]++
			}
			marks, err := f.ledger.RowBytes(t.Context(), id, row+1, row+1)
			if err != nil {
				t.Fatal(err)
			}
			if len(calls) == 0 {
				ways[advice.Settlement(marks[0], ledger.Reason{})]++
			}
		}
	}
	if ways["guest made and email taken by POST /guest"] != guests-1 ||
		ways["guest made or updated by POST /guests"] != guests ||
		ways["POST /guest: unauthorized 401"] != 1 || ways["POST /guest: accepted 200"] != 1 {
		t.Errorf("rows went through by %v", ways)
	}
}
