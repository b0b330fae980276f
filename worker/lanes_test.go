package worker_test

import (
	"testing"
	"time"

	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/qflow/sandbox"
)

// Promise: a long import does not hold up a short one that is dropped later.
func TestAShortImportBesideALongOneGetsItsShare(t *testing.T) {
	t.Parallel()
	const long, short = 3000, 20
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	f.limits.Zone, f.limits.Send = 1200, 1200 // 20 a second: the long one takes minutes
	f.work()
	f.work()
	first := f.importFile(file(t, long), settings(template))
	f.await(first, "the long import has all places", func(i ledger.Import) bool { return i.Counts[ledger.Accepted] > 40 })
	before := f.sandbox.Summary().Emails
	second := f.importFile(named(t, "Bea", short), settings(template))
	f.awaitDone(second)
	if others := f.sandbox.Summary().Emails - before - short; others > 4*short {
		t.Fatalf("%d emails of the long import went out before the %d of the short one", others, short)
	}
	if imp, err := f.ledger.Import(t.Context(), first); err != nil || imp.Done() {
		t.Fatalf("the long import was over first: %v, %v", imp.Counts, err)
	}
}

func TestALongImportBesideALongOneMovesToo(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	f.limits.Zone, f.limits.Send = 1800, 1800
	f.work()
	first := f.importFile(file(t, 4*chunk.ShortRows), settings(template))
	f.await(first, "the first import has all places", func(i ledger.Import) bool { return i.Counts[ledger.Accepted] > 20 })
	second := f.importFile(named(t, "Bea", chunk.ShortRows+1), settings(template))
	f.await(second, "the second moves", func(i ledger.Import) bool { return i.Counts[ledger.Accepted] > 0 })
	if imp, err := f.ledger.Import(t.Context(), first); err != nil || imp.Done() {
		t.Fatalf("the first import was over first: %v, %v", imp.Counts, err)
	}
}

func TestAResumedImportGoesOnAtOnce(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	id := f.importFile(file(t, 200), settings(template))
	if err := f.ledger.Pause(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	f.work()
	f.until("all chunks wait", func() bool {
		info, err := f.inspector().GetQueueInfo(chunk.Short.Queue(f.account))
		return err == nil && info.Retry > 0 && info.Retry == info.Size
	}, nothing)
	if n := f.calls(); n > 0 {
		t.Fatalf("%d calls for a paused import", n)
	}
	imp, err := f.ledger.Import(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := f.importer().Resume(t.Context(), imp); err != nil {
		t.Fatal(err)
	}
	f.awaitDone(id)
	if took := time.Since(began); took > 25*time.Second { // by itself a chunk comes back after half a minute
		t.Fatalf("it took %s", took)
	}
	f.checkBooks(200, 200)
}
