package worker_test

import (
	"testing"

	"guestflow/importer/ledger"
	"guestflow/qflow/sandbox"
)

func TestEveryRowBecomesOneGuestWithOneEmail(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	f.work()
	imp := f.awaitDone(f.importFile(file(t, 120, "Bob,Bad,bob@nowhere,VIP", "Ann 3,Lee,ANN3@example.com,VIP"),
		settings(template)))
	if c := imp.Counts; c[ledger.Accepted] != 120 || c[ledger.Rejected] != 2 || c.Total() != 122 {
		t.Fatalf("counts %v", c)
	}
	f.checkBooks(120, 120)
}

func TestGuestsWithoutAnEmailGoByBulkCalls(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	f.work()
	imp := f.awaitDone(f.importFile(file(t, 450), settings("")))
	if c := imp.Counts; c[ledger.Created] != 450 {
		t.Fatalf("counts %v", c)
	}
	f.checkBooks(450, 0)
	if n := f.sandbox.Summary().Total(sandbox.BulkGuests); n != 3 {
		t.Fatalf("%d bulk calls for 450 guests, want 3", n)
	}
}

func TestAClosedTrustGateParksEverythingAndOpensByItself(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: func(s *sandbox.Switches) { noLimits(s); s.Trusted = false }})
	f.work()
	id := f.importFile(file(t, 300), settings(template))
	f.await(id, "all rows are parked", func(i ledger.Import) bool { return i.Counts.Parked() == 300 })
	s, closed := f.sandbox.Summary(), f.closed()
	// One call from each slot may have been on its way, and one of a probe that has not ended.
	if most := 2*atOnce + closed[0].Probes + 1; s.Emails != 0 || s.RefusedUntrusted > most {
		t.Fatalf("%d emails and %d refused calls behind a closed gate, want at most %d", s.Emails, s.RefusedUntrusted, most)
	}
	if err := f.sandbox.Adjust(func(s *sandbox.Switches) { s.Trusted = true }); err != nil {
		t.Fatal(err)
	}
	imp := f.awaitDone(id)
	if imp.Counts[ledger.Accepted] != 300 {
		t.Fatalf("counts %v", imp.Counts)
	}
	f.checkBooks(300, 300)
}

func TestTheSameFileAgainChangesNothing(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	f.work()
	s := settings(template)
	f.awaitDone(f.importFile(file(t, 60), s))
	calls := f.sandbox.Summary().Total(sandbox.CreateGuest)
	s.Again = "again"
	imp := f.awaitDone(f.importFile(file(t, 60), s))
	if imp.Counts[ledger.Unchanged] != 60 || f.sandbox.Summary().Total(sandbox.CreateGuest) != calls {
		t.Fatalf("counts %v, %d further calls", imp.Counts, f.sandbox.Summary().Total(sandbox.CreateGuest)-calls)
	}
	f.checkBooks(60, 60)
}

func TestAStoppedWorkerLeavesNothingHalfDone(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	f.limits.API, f.limits.Email = 6000, 6000
	id := f.importFile(file(t, 400), settings(template))
	for range 3 {
		stop := f.work()
		before := f.sandbox.Summary().Emails
		f.await(id, "some rows are sent", func(ledger.Import) bool { return f.sandbox.Summary().Emails > before+20 })
		stop()
		if f.lines.Count("grace time is over") > 0 {
			t.Fatalf("calls are left behind:\n%s", f.lines)
		}
	}
	f.limits.API, f.limits.Email = 0, 0
	f.work()
	if imp := f.awaitDone(id); imp.Counts[ledger.Accepted] != 400 {
		t.Fatalf("counts %v", imp.Counts)
	}
	f.checkBooks(400, 400)
}

func noLimits(s *sandbox.Switches) { s.ZonePerMinute, s.SendPerMinute = 0, 0 }

func TestACancelledImportLeavesItsGuestsToTheNext(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: func(s *sandbox.Switches) { noLimits(s); s.Trusted = false }})
	f.work()
	s := settings(template)
	first := f.importFile(file(t, 40), s)
	f.await(first, "all rows are parked", func(i ledger.Import) bool { return i.Counts.Parked() == 40 })
	s.Again = "again"
	second := f.importFile(file(t, 40), s)
	if _, err := f.ledger.Cancel(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	if err := f.sandbox.Adjust(func(s *sandbox.Switches) { s.Trusted = true }); err != nil {
		t.Fatal(err)
	}
	if imp := f.awaitDone(second); imp.Counts[ledger.Accepted] != 40 {
		t.Fatalf("counts %v: guests of no other import were left out", imp.Counts)
	}
	f.checkBooks(40, 40)
}

func TestAPausedImportDoesNotKeepAGateClosedForTheOthers(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: func(s *sandbox.Switches) { noLimits(s); s.Trusted = false }})
	f.work()
	first := f.importFile(file(t, 300), settings(template)) // 75 chunks stand in front
	f.await(first, "all rows are parked", func(i ledger.Import) bool { return i.Counts.Parked() == 300 })
	if err := f.ledger.Pause(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	second := f.importFile(file(t, 0, "Bob,Lee,bob@example.com,VIP"), settings(template))
	f.await(second, "its row is parked", func(i ledger.Import) bool { return i.Counts.Parked() == 1 })
	if err := f.sandbox.Adjust(func(s *sandbox.Switches) { s.Trusted = true }); err != nil {
		t.Fatal(err)
	}
	if imp := f.awaitDone(second); imp.Counts[ledger.Accepted] != 1 {
		t.Fatalf("counts %v", imp.Counts)
	}
}

func TestRowsThatACancelMissedAreCancelledByTheWorker(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	id := f.importFile(file(t, 8), settings(template))
	// As a cancel leaves rows that were on their way to Qflow and came back: queued, in an import that is cancelled.
	if err := f.redis.HSet(t.Context(), f.ledger.Prefix()+"import:"+id, "stopped",
		ledger.StoppedCancelled).Err(); err != nil {
		t.Fatal(err)
	}
	f.work()
	if imp := f.awaitDone(id); imp.Counts[ledger.Cancelled] != 8 {
		t.Fatalf("counts %v", imp.Counts)
	}
	f.checkBooks(0, 0)
}

// The guest index outlives an import's books where later imports of the event keep it.
func TestAListThatIsDroppedAgainAfterItsImportHasExpiredMailsNoGuest(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	f.work()
	list := file(t, 5)
	f.awaitDone(f.importFile(list, settings(template)))
	f.awaitDone(f.importFile(list, settings(""))) // keeps the guests, and has a template of its own: none
	reminder := settings(sandbox.Defaults().SecondTemplate)
	expired := f.importFile(list, reminder) // goes by /comms/send, where Qflow knows no repeats
	f.awaitDone(expired)
	f.checkBooks(5, 10)
	keys, err := f.redis.Keys(t.Context(), f.ledger.Prefix()+"import:"+expired+"*").Result()
	if err == nil {
		err = f.redis.Del(t.Context(), keys...).Err()
	}
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second is the first one again
		if imp := f.awaitDone(f.importFile(list, reminder)); imp.ID == expired || imp.Counts[ledger.Unchanged] != 5 {
			t.Errorf("import %s: %s", imp.ID, show(imp.Counts))
		}
	}
	f.checkBooks(5, 10)
}
