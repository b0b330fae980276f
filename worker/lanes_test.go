package worker_test

import (
	"context"
	"strings"
	"testing"

	"guestflow/importer"
	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/importer/queue"
	"guestflow/qflow"
	"guestflow/qflow/sandbox"
)

// Promise: a long import does not hold up a short one that is dropped later.
func TestAShortImportBesideALongOneGetsItsShare(t *testing.T) {
	t.Parallel()
	const long, short = 3000, 20
	f := newFarm(t, sandbox.Options{Adjust: func(s *sandbox.Switches) { noLimits(s); s.KeepCalls = true }})
	f.limits.API, f.limits.Email = 1200, 1200 // 20 a second: the long one takes minutes
	f.work()
	f.work()
	first := f.importFile(file(t, long), settings(template))
	f.await(first, "the long import has all places", func(i ledger.Import) bool { return i.Counts[ledger.Accepted] > 40 })
	second := f.importFile(named(t, "Bea", short), settings(template))
	f.awaitDone(second)
	// Its share, and what goes out while a busy machine fetches the next chunk.
	if others := f.emailsAmong("bea"); others > long/10 {
		t.Fatalf("%d emails of the long import went out among the %d of the short one", others, short)
	}
	if imp, err := f.ledger.Import(t.Context(), first); err != nil || imp.Done() {
		t.Fatalf("the long import was over first: %v, %v", imp.Counts, err)
	}
}

// Promise: so it is too when the long one has as much in line as may be, its importer holds back, and a gate has just
// opened for it.
func TestAShortImportBesideALongOneThatHoldsBackGetsItsShare(t *testing.T) {
	t.Parallel()
	const rows, short = 3000, 20
	f := newFarm(t, sandbox.Options{Adjust: func(s *sandbox.Switches) { noLimits(s); s.Trusted, s.KeepCalls = false, true }})
	f.limits.API, f.limits.Email = 1200, 1200
	held := make(chan importer.Backpressure, 100)
	long := f.reads(file(t, rows), held)
	if h := <-held; h.Ended || h.Waiting < h.Max {
		t.Fatalf("the long import says %+v", h)
	}
	f.work()
	f.await(long, "the long import is parked", func(i ledger.Import) bool { return i.Counts.Parked() > rows/2 })
	f.adjust(func(s *sandbox.Switches) { s.Trusted = true })
	if _, err := f.gates().ProbeNow(t.Context(), qflow.GateTrust); err != nil {
		t.Fatal(err)
	}
	f.until("the gate is open", func() bool {
		closed, err := f.gates().Closed(t.Context())
		return err == nil &&
			len(closed) == 0
	})
	second := f.importFile(named(t, "Bea", short), settings(template))
	f.awaitDone(second)
	if others := f.emailsAmong("bea"); others > rows/10 {
		t.Fatalf("%d emails of the long import went out among the %d of the short one", others, short)
	}
}

// emailsAmong counts the calls by which guests of other lists were emailed between the first and the last of a list.
func (f *farm) emailsAmong(name string) (others int) {
	f.t.Helper()
	own := map[string]bool{}
	begun, since := false, 0
	for _, c := range f.sandbox.History().CallList {
		own[c.GuestID] = own[c.GuestID] || strings.HasPrefix(c.Email, name)
		switch {
		case c.Outcome == "403":
		case own[c.GuestID]:
			begun, others = true, since
		case begun:
			since++
		}
	}
	if !begun {
		f.t.Fatalf("no guest of %s's list was emailed", name)
	}
	return others
}

// reads has an importer at a file, a row to a chunk, and tells when it holds back.
func (f *farm) reads(path string, held chan<- importer.Backpressure) (id string) {
	f.t.Helper()
	s := settings(template)
	s.Account = f.account
	plan, err := importer.MakePlan(f.t.Context(), path, s)
	if err != nil {
		f.t.Fatal(err)
	}
	im := f.importer()
	im.OnBackpressure = func(h importer.Backpressure) { held <- h }
	imp, _, err := im.Begin(f.t.Context(), plan)
	if err == nil {
		imp.Chunk = 1
		err = f.redis.HSet(f.t.Context(), f.ledger.Prefix()+"import:"+imp.ID, "chunk", imp.Chunk).Err()
	}
	if err != nil {
		f.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(f.t.Context())
	over := make(chan struct{})
	go func() {
		defer close(over)
		_ = im.Run(ctx, plan, imp)
	}()
	f.t.Cleanup(func() { cancel(); <-over })
	return imp.ID
}

func TestALongImportBesideALongOneMovesToo(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	f.limits.API, f.limits.Email = 1800, 1800
	f.work()
	first := f.importFile(file(t, 4*chunk.ShortRows), settings(template))
	f.await(first, "the first import has all places", func(i ledger.Import) bool { return i.Counts[ledger.Accepted] > 20 })
	second := f.importFile(named(t, "Bea", chunk.ShortRows+1), settings(template))
	f.await(second, "the second moves", func(i ledger.Import) bool { return i.Counts[ledger.Accepted] > 0 })
	if imp, err := f.ledger.Import(t.Context(), first); err != nil || imp.Done() {
		t.Fatalf("the first import was over first: %v, %v", imp.Counts, err)
	}
}

// Promise: so it is too when all of them waited for a gate when their lanes were chosen, and the first two begin again
// before it.
func TestLongImportsThatWaitedForAGateGoSideBySide(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: func(s *sandbox.Switches) { noLimits(s); s.Trusted = false }})
	f.limits.API, f.limits.Email = 3000, 3000
	f.work()
	var ids []string
	for n, name := range []string{"Ann", "Bea", "Cid"} {
		rows := chunk.ShortRows*(3-n) + 1
		id := f.importFile(named(t, name, rows), settings(template))
		f.await(id, name+"'s list is parked", func(i ledger.Import) bool { return i.Counts.Parked() == rows })
		ids = append(ids, id)
	}
	f.adjust(func(s *sandbox.Switches) { s.Trusted = true })
	if _, err := f.gates().ProbeNow(t.Context(), qflow.GateTrust); err != nil {
		t.Fatal(err)
	}
	f.await(ids[2], "the last moves", func(i ledger.Import) bool { return i.Counts[ledger.Accepted] > 20 })
	for _, id := range ids[:2] {
		if imp, err := f.ledger.Import(t.Context(), id); err != nil || imp.Done() ||
			imp.Counts[ledger.Accepted] > imp.Rows/2 {
			t.Errorf("an import begun earlier was before it: %s, %v", show(imp.Counts), err)
		}
	}
}

// Promise: twenty guests do not wait for the lists of others, also where those are short too.
func TestShortImportsGoSideBySide(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	f.limits.API, f.limits.Email = 1200, 1200
	first := f.importFile(file(t, chunk.ShortRows), settings(template))
	f.work()
	f.await(first, "the first has all places", func(i ledger.Import) bool { return i.Counts[ledger.Accepted] > 20 })
	f.awaitDone(f.importFile(named(t, "Bea", 20), settings(template)))
	if imp, err := f.ledger.Import(t.Context(), first); err != nil || imp.Done() {
		t.Errorf("the first was over before: %s, %v", show(imp.Counts), err)
	}
}

// Promise: nor does a short import wait for the chunks of another short one, however slowly they move: there is a place
// for it.
func TestAShortImportWaitsForNoPlaceOfAnother(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	f.limits.API, f.limits.Email = 60, 60
	first := f.importFile(file(t, chunk.ShortRows), settings(template))
	f.work()
	f.await(first, "the first has its places", func(i ledger.Import) bool { return i.Counts[ledger.Accepted] > 0 })
	second := f.importFile(named(t, "Bea", 20), settings(template))
	before, err := f.ledger.Import(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	f.await(second, "the second begins", func(i ledger.Import) bool { return i.Counts[ledger.Accepted] > 0 })
	imp, err := f.ledger.Import(t.Context(), first)
	if done := imp.Counts[ledger.Accepted] - before.Counts[ledger.Accepted]; err != nil || done >= 8 { // a chunk has eight
		t.Errorf("the first had %d rows done before the second began, %v", done, err)
	}
}

// Promise: tasks that an earlier version has enqueued are worked on: it called no queue by its name.
func TestTasksOfTheOldLanesAreWorkedOn(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	id := f.importFile(file(t, 100), settings(template))
	old := chunk.Lane(4)
	if err := f.redis.HSet(t.Context(), f.ledger.Prefix()+"import:"+id, "lane", int(old)).Err(); err != nil {
		t.Fatal(err)
	}
	queues := queue.New(f.redis, f.account)
	for _, task := range f.tasks(f.inspector().ListPendingTasks, chunk.Short.Queue(f.account)) {
		ref, err := chunk.ParsePayload(task.Payload)
		if err == nil {
			f.drop(task.Queue, task.ID)
			ref.Lane = old
			err = queues.Put(t.Context(), ref)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	f.work()
	if err := f.redis.Publish(t.Context(), queues.Channel(), "").Err(); err != nil {
		t.Fatal(err)
	}
	f.awaitDone(id)
	f.checkBooks(100, 100)
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
	})
	if n := f.calls(); n > 0 {
		t.Fatalf("%d calls for a paused import", n)
	}
	imp, err := f.ledger.Import(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.importer().Resume(t.Context(), imp); err != nil {
		t.Fatal(err)
	}
	if info, err := f.inspector().GetQueueInfo(chunk.Short.Queue(f.account)); err != nil || info.Retry > 0 {
		t.Errorf("%+v, %v: a chunk waits, and comes back after half a minute", info, err)
	}
	f.awaitDone(id)
	f.checkBooks(200, 200)
}
