package worker_test

import (
	"testing"
	"time"

	"guestflow/importer/ledger"
	"guestflow/qflow/sandbox"
)

// while_untrusted: create.
func TestGuestsAreOnTheDoorListBeforeTheirEmailsMayGo(t *testing.T) {
	t.Parallel()
	for _, row := range []string{"kept", "dropped"} { // what Qflow does with a guest whose email it refuses
		t.Run(row, func(t *testing.T) {
			t.Parallel()
			const rows = 120
			f := newFarm(t, sandbox.Options{Adjust: func(s *sandbox.Switches) {
				noLimits(s)
				s.Trusted,
					s.RowOnTrust403 = false, row
			}})
			f.first = true
			f.work()
			id := f.importFile(file(t, rows), settings(template))
			f.await(id, "all rows are parked", func(i ledger.Import) bool { return i.Counts[ledger.ParkedTried] == rows })
			f.checkBooks(rows, 0)
			f.adjust(func(s *sandbox.Switches) { s.Trusted = true })
			if imp := f.awaitDone(id); imp.Counts[ledger.Accepted] != rows {
				t.Fatalf("counts %s", show(imp.Counts))
			}
			f.checkBooks(rows, rows)
		})
	}
}

func TestAGuestThatIsCreatedFirstAndRefusedIsNotParked(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: func(s *sandbox.Switches) { noLimits(s); s.Trusted = false }})
	f.first = true
	f.inject(sandbox.Fault{Endpoint: sandbox.BulkGuests, Kind: sandbox.Fail500Before, Next: 6})
	f.work()
	id := f.importFile(file(t, 60), settings(template))
	f.await(id, "all rows are parked", func(i ledger.Import) bool { return i.Counts[ledger.ParkedTried] == 60 })
	f.adjust(func(s *sandbox.Switches) { s.Trusted = true })
	if imp := f.awaitDone(id); imp.Counts[ledger.Accepted] != 60 {
		t.Fatalf("counts %s\n%s", show(imp.Counts), f.lines)
	}
	f.checkBooks(60, 60)
}

// A lost answer may have been the refusal of a gate that was closed and is open again when the call is repeated: then
// the guest exists, Qflow says so, and no email is on its way. Such a row was once taken for accepted.
func TestALostAnswerBeforeAClosedGateProvesNoEmail(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: func(s *sandbox.Switches) {
		noLimits(s)
		s.Trusted, s.RowOnTrust403, s.RepeatAfterTrust = false, "kept", "as_is"
	}})
	f.inject(sandbox.Fault{Endpoint: sandbox.CreateGuest, Kind: sandbox.LostAfter}) // also of a call that a stop comes too late for
	stop := f.work()
	id := f.importFile(file(t, 1), settings(template))
	f.until("the answer is lost", func() bool { return f.calls() > 0 })
	stop()
	f.sandbox.ClearFaults()
	// another import meets the gate, and it opens, before the row comes back
	for _, change := range []func() (bool, error){
		func() (bool, error) { return f.gates().Close(t.Context(), "trust", "trust_required") },
		func() (bool, error) { return f.gates().Open(t.Context(), "trust") },
	} {
		if _, err := change(); err != nil {
			t.Fatal(err)
		}
	}
	f.adjust(func(s *sandbox.Switches) { s.Trusted = true })
	f.work()
	if imp := f.awaitDone(id); imp.Counts[ledger.Unknown] != 1 {
		t.Fatalf("counts %s with %d emails at Qflow", show(imp.Counts), f.sandbox.Summary().Emails)
	}
}

// A person who unpauses the parked queue wants what is parked to be tried.
func TestUnpausingTheParkedQueueByHandProbesAtOnce(t *testing.T) {
	t.Parallel()
	const rows = 60
	f := newFarm(t, sandbox.Options{Adjust: func(s *sandbox.Switches) { noLimits(s); s.Trusted = false }})
	f.ladder = []time.Duration{time.Hour}
	f.work()
	id := f.importFile(file(t, rows), settings(template))
	f.await(id, "all rows are parked", func(i ledger.Import) bool { return i.Counts.Parked() == rows })
	unpause := func() {
		t.Helper()
		f.until("the queue is known to be held", func() bool {
			closed, err := f.gates().Closed(t.Context())
			return err == nil && len(closed) == 1 && closed[0].QueuePaused
		})
		if err := f.inspector().UnpauseQueue("parked:" + f.account + ":trust"); err != nil {
			t.Fatal(err)
		}
	}
	refused := f.sandbox.Summary().RefusedUntrusted
	unpause()
	f.until("one probe", func() bool { return f.sandbox.Summary().RefusedUntrusted == refused+1 })
	f.await(id, "all rows are parked again", func(i ledger.Import) bool {
		return i.Counts.Parked() == rows &&
			f.parkedQueue("trust").Paused
	})
	if n := f.sandbox.Summary().RefusedUntrusted; n != refused+1 {
		t.Fatalf("%d calls were refused, want the one probe", n-refused)
	}
	f.adjust(func(s *sandbox.Switches) { s.Trusted = true })
	unpause()
	if imp := f.awaitDone(id); imp.Counts[ledger.Accepted] != rows {
		t.Fatalf("counts %s", show(imp.Counts))
	}
	f.checkBooks(rows, rows)
}

// What waits for the plan alone need not wait for trust as well.
func TestOneGatesOpeningDoesNotWaitForAnother(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: func(s *sandbox.Switches) { noLimits(s); s.Trusted = false }})
	if _, err := f.gates().Close(t.Context(), "plan", "test"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.gates().Close(t.Context(), "trust", "test"); err != nil {
		t.Fatal(err)
	}
	f.work()
	emails := f.importFile(file(t, 30), settings(template))
	guests := f.importFile(named(t, "Bea", 40), settings(""))
	if imp := f.awaitDone(guests); imp.Counts[ledger.Created] != 40 {
		t.Fatalf("counts %s", show(imp.Counts))
	}
	f.await(emails, "the emails are parked", func(i ledger.Import) bool { return i.Counts.Parked() == 30 })
}
