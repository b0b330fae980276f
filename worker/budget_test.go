package worker_test

import (
	"slices"
	"testing"
	"time"

	"guestflow/importer/ledger"
	"guestflow/qflow/sandbox"
	"guestflow/worker/budget"
)

// most gives the largest number of times in any window of a length that begins with one of them.
func most(times []time.Time, length time.Duration) (n int) {
	for i, first := range times {
		end, _ := slices.BinarySearchFunc(times, first.Add(length), time.Time.Compare)
		n = max(n, end-i)
	}
	return n
}

// The sandbox's window is a tenth of a minute here, and so is its limit: 60 in 6 s are 600 a minute. Hence the room for
// calls that a busy machine holds up is a tenth of the real one too; the fleet's budget is far below the limit to make
// up for that. How much of it is used is logged here, and judged by package budget, in stepped time.
func TestThreeWorkersNeverPassTheLimit(t *testing.T) {
	const window, limit, pace = 6 * time.Second, 60, 360 // pace is a minute's
	f := newFarm(t, sandbox.Options{Adjust: func(s *sandbox.Switches) {
		s.ZonePerMinute, s.SendPerMinute, s.WindowSeconds = limit, 0, window.Seconds()
	}})
	f.limits = budget.Limits{API: pace}
	for range 3 {
		f.work()
	}
	id := f.importFile(file(t, 80), settings(template))
	if imp := f.awaitDone(id); imp.Counts[ledger.Accepted] != 80 {
		t.Fatalf("counts %v", imp.Counts)
	}
	s := f.sandbox.History()
	if s.LimitsTripped > 0 || f.lines.Count("asks for fewer") > 0 {
		t.Fatalf("the limit was passed %d times", s.LimitsTripped)
	}
	calls := s.Arrivals[sandbox.ZoneScope]
	took := calls[len(calls)-1].Sub(calls[0])
	used := float64(len(calls)-1) / took.Seconds() / (pace / time.Minute.Seconds())
	t.Logf("%d calls in %s, at most %d in %s: %.1f %% of the budget", len(calls), took.Round(time.Millisecond),
		most(calls, window), window, 100*used)
	if n := most(calls, window); n > limit {
		t.Fatalf("%d calls in a window", n)
	}
}

func TestA429AnywherePausesTheWholeFleet(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: func(s *sandbox.Switches) {
		noLimits(s)
		s.RetryAfter, s.MitigationSeconds = "seconds", 3
	}})
	f.limits = budget.Limits{API: 3000}
	if err := f.sandbox.Inject(sandbox.Fault{Endpoint: sandbox.CreateGuest, Kind: sandbox.Fail429, Skip: 40,
		Next: 1}); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		f.work()
	}
	id := f.importFile(file(t, 120), settings(template))
	if imp := f.awaitDone(id); imp.Counts[ledger.Accepted] != 120 {
		t.Fatalf("counts %v", imp.Counts)
	}
	calls := f.sandbox.History().Arrivals[sandbox.ZoneScope]
	// Calls whose slot had come when the 429 arrived are on their way, one from each place at most; three seconds have
	// slots for all that are left.
	refused, within := calls[40], 0
	for _, at := range calls[41:] {
		if at.Before(refused.Add(3 * time.Second)) {
			within++
		}
	}
	if within > 3*atOnce {
		t.Fatalf("%d calls within three seconds of call 41: %v", within, calls)
	}
	if f.lines.Count("asks for fewer") != 1 {
		t.Fatalf("want one alarm:\n%s", f.lines)
	}
	f.checkBooks(120, 120)
}

func TestNoCallIsMadeWhileRedisIsAway(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	f.limits = budget.Limits{API: 3000}
	f.work()
	f.work()
	id := f.importFile(file(t, 150), settings(template))
	f.until("some are sent", func() bool { return f.calls() > 30 })
	f.server.Kill()
	gone := time.Now()
	f.until("two seconds without Redis", func() bool { return time.Since(gone) > 2*time.Second })
	// What had its last look behind it when Redis died may still be called, one row for each place; two seconds have a
	// hundred slots.
	late := 0
	for _, at := range f.sandbox.History().Arrivals[sandbox.ZoneScope] {
		if at.After(gone) {
			late++
		}
	}
	if late > 2*atOnce {
		t.Errorf("%d calls while Redis was away", late)
	}
	restart(t, f.server)
	imp := f.awaitDone(id)
	if imp.Counts[ledger.Accepted] != 150 {
		t.Fatalf("counts %s\n%s", show(imp.Counts), f.lines)
	}
	f.checkBooks(150, 150)
}
