package worker_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hibiken/asynq"

	"guestflow/deploy/redisserver"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/importer/queue"
	"guestflow/qflow"
	"guestflow/qflow/sandbox"
)

func restart(t *testing.T, s *redisserver.Server) {
	t.Helper()
	again, err := redistest.Restart(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(again.Kill)
}

func (f *farm) inject(faults ...sandbox.Fault) {
	f.t.Helper()
	if err := f.sandbox.Inject(faults...); err != nil {
		f.t.Fatal(err)
	}
}

// holds has calls of an endpoint wait before they reach Qflow, except for the first ones, until they are let go. held is
// closed when one waits. They may wait as long as a test does.
func (f *farm) holds(endpoint string, except int64) (held <-chan struct{}, letGo func()) {
	f.t.Helper()
	f.timeout = testkit.Patience
	waits, gone := make(chan struct{}), make(chan struct{})
	waiting, letGo := sync.OnceFunc(func() { close(waits) }), sync.OnceFunc(func() { close(gone) })
	var calls atomic.Int64
	f.proxied(func(_ http.ResponseWriter, r *http.Request, _ []byte) bool {
		if strings.HasSuffix(r.URL.Path, endpoint) && calls.Add(1) > except {
			waiting()
			<-gone
		}
		return false
	})
	f.t.Cleanup(letGo) // before the proxy is closed
	return waits, letGo
}

func TestAStopWaitsForSlowCallsAndForNothingElse(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	const before = 8
	held, letGo := f.holds("/guest", before)
	id := f.importFile(file(t, 400), settings(template)) // 7 rows to a chunk
	stop, stopped := f.work(), make(chan struct{})
	testkit.Receive(t, held, "calls are in flight", f.lines)
	go func() {
		defer close(stopped)
		stop()
	}()
	f.lines.WaitFor(t, "stopping: calls in flight end")
	select {
	case <-stopped:
		t.Fatal("it has stopped, and calls are in flight")
	default:
	}
	letGo()
	testkit.Receive(t, stopped, "it has stopped", f.lines)
	if more := f.calls() - before; more > 2*atOnce { // in flight, and those whose slot had come
		t.Fatalf("%d calls after the stop, of %d at once", more, atOnce)
	}
	imp, err := f.ledger.Import(t.Context(), id)
	if err != nil || imp.Counts[ledger.Accepted] != f.calls() ||
		imp.Counts[ledger.Accepted]+imp.Counts[ledger.Queued] != 400 {
		t.Fatalf("after %d calls the counts are %s (%v)", f.calls(), show(imp.Counts), err)
	}
	f.work()
	f.awaitDone(id)
	f.checkBooks(400, 400)
}

// A call that hangs outlasts the grace time. The worker leaves it, and the next one does nothing twice.
func TestAStopEndsWithinTheGraceTimeWhateverHangs(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	f.grace = time.Second
	f.timeout = time.Hour
	f.inject(sandbox.Fault{Endpoint: sandbox.CreateGuest, Kind: sandbox.HangAfter, DelayMS: 3_600_000, Next: 2})
	id := f.importFile(file(t, 30), settings(template))
	stop := f.work()
	f.until("calls hang", func() bool { return f.sandbox.Faults()[0].Injected == 2 })
	stop() // while they hang
	f.timeout = 0
	f.work()
	if imp := f.awaitDone(id); imp.Counts[ledger.Accepted] != 30 {
		t.Fatalf("counts %s\n%s", show(imp.Counts), f.lines)
	}
	f.checkBooks(30, 30)
}

// An email on its way by /comms/send when its worker dies may be out. It is an operator's to settle, and it is not sent
// again.
func TestARowFoundInSendingIsNeverSentAgain(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	id := f.importFile(file(t, 10), settings(template))
	if _, err := f.ledger.Calls.BeginSend(t.Context(), id, nil, 3, 7); err != nil {
		t.Fatal(err)
	}
	f.forgetSenders(id)
	f.work()
	imp := f.awaitDone(id)
	if imp.Counts[ledger.Accepted] != 8 || imp.Counts[ledger.Unknown] != 2 {
		t.Fatalf("counts %s", show(imp.Counts))
	}
	f.checkBooks(8, 8)
}

// A worker that was frozen between a mark and its call, as by a host that is busy or moved, does not call; nor is its
// row one whose answer was lost, which would end in unknown behind a gate.
func TestARowWhoseMarkCameTooLateIsNotTakenForCalled(t *testing.T) {
	t.Parallel()
	const rows = 20
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	f.markLasts = time.Nanosecond
	stop := f.work()
	id := f.importFile(file(t, rows), settings(template))
	f.until("the chunk was put off", func() bool {
		imp, err := f.ledger.Import(t.Context(), id)
		if err != nil {
			return false
		}
		infos, err := f.inspector().ListRetryTasks(chunk.Lane(imp.Lane).Queue(f.account))
		return err == nil && len(infos) > 0
	})
	stop()
	f.markLasts = 0
	if marks, err := f.ledger.RowBytes(t.Context(), id, 1, rows); err != nil || f.calls() > 0 ||
		slices.ContainsFunc(marks, func(m ledger.RowByte) bool { return m.HasFlag(ledger.MaybeSent) }) {
		t.Fatalf("%d calls, rows %v, %v", f.calls(), marks, err)
	}
	f.adjust(func(s *sandbox.Switches) { s.Trusted = false })
	f.work()
	f.await(id, "all rows are parked", func(i ledger.Import) bool { return i.Counts.Parked() == rows })
	f.adjust(func(s *sandbox.Switches) { s.Trusted = true })
	if imp := f.awaitDone(id); imp.Counts[ledger.Accepted] != rows {
		t.Fatalf("counts %s", show(imp.Counts))
	}
	f.checkBooks(rows, rows)
}

// forgetSenders is the time after which a row in sending is taken for one whose worker has died.
func (f *farm) forgetSenders(id string) {
	f.t.Helper()
	f.must(f.redis.Del(f.t.Context(), f.senders(id)...).Err())
}

// keepSenders keeps that time from being over while a test holds the call.
func (f *farm) keepSenders(id string) {
	f.t.Helper()
	for _, key := range f.senders(id) {
		f.must(f.redis.Persist(f.t.Context(), key).Err())
	}
}

// senders are the keys of the rows of an import that are in sending.
func (f *farm) senders(id string) []string {
	f.t.Helper()
	keys, err := f.redis.Keys(f.t.Context(), f.ledger.Prefix()+"import:"+id+":sending:*").Result()
	if err != nil || len(keys) == 0 {
		f.t.Fatalf("%q, %v", keys, err)
	}
	return keys
}

// A probe has a row in its hands when its gate opens by other means: the chunk is released, its worker finds the row in
// sending and settles it, for the probe has taken too long, and the chunk's task ends. What the probe's answer says
// afterwards must not leave the row open.
func TestALateAnswerLeavesNoRowBehind(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: func(s *sandbox.Switches) {
		noLimits(s)
		s.Trusted, s.RowOnTrust403 = false,
			"dropped"
	}})
	held, letGo := f.holds("/send", 0)
	stops := []func(){f.work(), f.work()} // who probes releases nothing meanwhile
	id := f.importFile(file(t, 1), settings(template))
	testkit.Receive(t, held, "a probe is on its way", f.lines)
	f.forgetSenders(id)
	if _, err := f.gates().Open(t.Context(), qflow.GateTrust); err != nil {
		t.Fatal(err)
	}
	f.await(id, "the row is settled", func(i ledger.Import) bool { return i.Counts[ledger.Unknown] == 1 })
	letGo()
	f.until("the probe's answer", func() bool { return f.sandbox.Summary().Total(sandbox.Send) == 1 })
	for _, stop := range stops { // what the answer means is written down by then
		stop()
	}
	if imp, err := f.ledger.Import(t.Context(), id); err != nil || !imp.Done() {
		t.Fatalf("counts %v, %v", imp.Counts, err)
	}
}

// A chunk has a second task after a retry, and its first is in the midst of a send.
func TestARowWhoseSendIsUnderWayIsLeftToIt(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	path := file(t, 1)
	held, letGo := f.holds("/send", 0)
	f.work()
	f.awaitDone(f.importFile(path, settings("")))
	id := f.importFile(path, settings(template))
	testkit.Receive(t, held, "the send is under way", f.lines)
	f.keepSenders(id)
	again := chunk.Ref{Account: f.account, Import: id, Generation: 99}
	if err := queue.New(f.redis, f.account).Enqueue(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	f.until("the second task is put off", func() bool {
		task, err := f.inspector().GetTaskInfo(chunk.Short.Queue(f.account), again.TaskID())
		return err == nil && task.State == asynq.TaskStateRetry
	})
	if imp, err := f.ledger.Import(t.Context(), id); err != nil || imp.Counts[ledger.Sending] != 1 {
		t.Fatalf("counts %v, %v", imp.Counts, err)
	}
	letGo()
	if imp := f.awaitDone(id); imp.Counts[ledger.Accepted] != 1 {
		t.Fatalf("counts %s", show(imp.Counts))
	}
	f.checkBooks(1, 1)
}

func TestAGuestThatIsGoneAfterThe403IsMadeAgain(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: func(s *sandbox.Switches) {
		noLimits(s)
		s.Trusted, s.RowOnTrust403 = false,
			"dropped"
	}})
	f.work()
	id := f.importFile(file(t, 30), settings(template))
	f.await(id, "all rows are parked", func(i ledger.Import) bool { return i.Counts.Parked() == 30 })
	f.inject(sandbox.Fault{Endpoint: sandbox.CreateGuest, Kind: sandbox.LostAfter, Next: 1, Skip: 2})
	f.adjust(func(s *sandbox.Switches) { s.Trusted = true })
	imp := f.awaitDone(id)
	if c := imp.Counts; c[ledger.Accepted]+c[ledger.Unknown] != 30 || c[ledger.Unknown] > 1 {
		t.Fatalf("counts %s", show(imp.Counts))
	}
	f.checkBooks(30, 30)
}

// Promise: what a cancelled row's call has shown counts for the import that takes its guest over. Here the call was
// refused at a closed gate, so no email is out, and the next import's goes once and without a doubt.
func TestACallThatACancelHasOvertakenLeavesNoDoubtOnceItIsAnswered(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	for _, kept := range []string{"kept", "dropped"} {
		t.Run(kept, func(t *testing.T) {
			t.Parallel()
			f := newFarmOn(t, server, kept, sandbox.Options{Adjust: func(s *sandbox.Switches) {
				noLimits(s)
				s.Trusted, s.RowOnTrust403, s.RepeatAfterTrust = false, kept, "as_is"
			}})
			held, letGo := f.holds("/guest", 0)
			path := file(t, 1)
			id := f.importFile(path, settings(template))
			f.work()
			testkit.Receive(t, held, "the row is being called", f.lines)
			if n, err := f.ledger.Cancel(t.Context(), id); err != nil {
				t.Fatalf("%+v, %v", n, err)
			}
			letGo()
			f.until("the answer has closed the gate", func() bool {
				closed, err := f.gates().Closed(t.Context())
				f.must(err)
				return len(closed) > 0
			})
			s := settings(template)
			s.Again = "2"
			later := f.importFile(path, s)
			f.await(later, "its row waits for the gate", func(i ledger.Import) bool { return i.Counts.Parked() == 1 })
			f.adjust(func(s *sandbox.Switches) { s.Trusted = true })
			if imp := f.awaitDone(later); imp.Counts[ledger.Accepted] != 1 {
				t.Errorf("the later import has %s", show(imp.Counts))
			}
			f.checkBooks(1, 1)
		})
	}
}
