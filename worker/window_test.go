package worker_test

import (
	"testing"
	"time"

	"guestflow/deploy/redisserver"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer"
	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/importer/queue"
	"guestflow/importer/sendwindow"
	"guestflow/qflow/sandbox"
	"guestflow/worker/budget"
)

// clockedFarm is a farm whose Redis goes by a clock that a test sets. The sandbox keeps a list of calls.
type clockedFarm struct {
	*farm
	clock *redistest.Clock
	ahead time.Duration
}

func newClockedFarm(t *testing.T) *clockedFarm {
	t.Helper()
	clock, err := redistest.NewClock(t)
	if err != nil {
		t.Skip(err)
	}
	server, err := redisserver.Start(t.Context(), clock.Options(redisserver.Options{Dir: t.TempDir()}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Kill)
	f := newFarmOn(t, server, "main",
		sandbox.Options{Adjust: func(s *sandbox.Switches) { noLimits(s); s.KeepCalls = true }})
	return &clockedFarm{farm: f, clock: clock}
}

// setClock makes it this time for Redis.
func (f *clockedFarm) setClock(now string) {
	f.t.Helper()
	to, err := time.Parse(time.RFC3339, now)
	if err == nil {
		f.ahead = time.Until(to).Truncate(time.Second)
		err = f.clock.Set(f.ahead)
	}
	if err != nil {
		f.t.Fatal(err)
	}
}

// checkCalls fails if an email was called for outside of a window, by the clock as it is now.
func (f *clockedFarm) checkCalls(w sendwindow.Window) {
	f.t.Helper()
	for _, c := range f.sandbox.History().CallList {
		if at := c.Arrived.Add(f.ahead); !w.IsOpen(at) {
			f.t.Errorf("an email was called for at %v, outside of %s", at, w)
		}
	}
}

const office = "09:00-18:00 Mon-Fri, Europe/London"

func windowed(template, window string) importer.Settings {
	s := settings(template)
	s.SendWindow = window
	return s
}

func (f *farm) setWindow(id, text string) {
	f.t.Helper()
	w, err := sendwindow.Parse(text, "")
	if err == nil {
		err = f.ledger.Windows.Set(f.t.Context(), id, w)
	}
	if err != nil {
		f.t.Fatal(err)
	}
}

// comeNow has the chunks of an import come back, as a change of its window does.
func (f *farm) comeNow(id string) {
	f.t.Helper()
	imp, err := f.ledger.Import(f.t.Context(), id)
	if err == nil {
		err = queue.New(f.redis, f.account).RetryNow(f.t.Context(), chunk.Lane(imp.Lane), id)
	}
	if err != nil {
		f.t.Fatal(err)
	}
}

// waits waits until all that is left of an import is put off.
func (f *farm) waits(id string) ledger.Import {
	f.t.Helper()
	queues := queue.New(f.redis, f.account)
	return f.await(id, "the rest of the import is put off", func(imp ledger.Import) bool {
		depths, err := queues.Stats(f.t.Context())
		d := depths[chunk.Lane(imp.Lane).Queue(f.account)]
		return err == nil && d.Pending+d.Active == 0 && d.Retry > 0
	})
}

func TestEmailsWaitForTheirWindowAndLeaveByThemselvesWhenItOpens(t *testing.T) {
	t.Parallel()
	f := newClockedFarm(t)
	f.setClock("2027-03-29T08:59:54+01:00") // the first Monday of summer time
	f.work()
	f.work()
	id := f.importFile(file(t, 40), windowed(template, office))
	if imp := f.waits(id); imp.Counts[ledger.Queued] != 40 || f.calls() != 0 {
		t.Fatalf("before the window opens: %s, %d calls", show(imp.Counts), f.calls())
	}
	f.awaitDone(id)
	f.checkBooks(40, 40)
	f.checkCalls(parse(t, office))
}

func parse(t *testing.T, text string) sendwindow.Window {
	t.Helper()
	w, err := sendwindow.Parse(text, "")
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestNoEmailBeginsAfterTheWindowHasClosedHoweverTheClockIsSet(t *testing.T) {
	t.Parallel()
	f := newClockedFarm(t)
	f.limits = budget.Limits{API: 600, Email: 600} // ten a second
	f.setClock("2027-03-26T17:50:00Z")
	f.work()
	f.work()
	id := f.importFile(file(t, 300), windowed(template, office))
	f.await(id, "some are sent", func(i ledger.Import) bool { return i.Counts[ledger.Accepted] > 0 })
	f.setClock("2027-03-26T17:59:57Z")
	imp := f.waits(id)
	called := f.calls()
	if done := imp.Counts[ledger.Accepted]; done == 0 || done == 300 || done != called {
		t.Fatalf("when the window has closed: %s, %d calls", show(imp.Counts), called)
	}
	f.checkCalls(parse(t, office))
	for _, closed := range []string{"2027-03-27T12:00:00Z", "2027-03-25T03:00:00Z", "2027-05-02T10:00:00Z"} {
		f.setClock(closed)
		f.comeNow(id)
		f.waits(id)
	}
	if n := f.calls(); n != called {
		t.Fatalf("%d calls while the window was closed", n-called)
	}
	f.setClock("2027-03-29T09:00:00+01:00")
	f.comeNow(id)
	f.awaitDone(id)
	f.checkBooks(300, 300)
}

func TestGuestsAreCreatedWhileTheirEmailsWaitIfSoAsked(t *testing.T) {
	t.Parallel()
	f := newClockedFarm(t)
	f.setClock("2027-03-27T12:00:00Z") // a Saturday
	f.work()
	s := windowed(template, office)
	s.OutsideWindow = sendwindow.Create
	id := f.importFile(file(t, 30), s)
	f.waits(id)
	f.checkBooks(30, 0)
	before := f.calls()
	f.comeNow(id)
	f.waits(id)
	if n := f.calls() - before; n > 0 {
		t.Errorf("the guests are written again: %d calls", n)
	}
	f.setClock("2027-03-29T12:00:00Z")
	f.comeNow(id)
	if imp := f.awaitDone(id); imp.Counts[ledger.Accepted] != 30 {
		t.Errorf("counts %s", show(imp.Counts))
	}
	f.checkBooks(30, 30)
}

func TestRowsWithoutAnEmailDoNotWaitForAWindow(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	f.work()
	f.awaitDone(f.importFile(file(t, 30), windowed("", closedWindow())))
	f.checkBooks(30, 0)
}

// closedWindow is one that is closed as long as a test takes.
func closedWindow() string {
	return "00:00-24:00 " + time.Now().UTC().AddDate(0, 0, 3).Weekday().String() + ", UTC"
}

// The gate is probed with the row of another import, and what was parked then waits for its window.
func TestAProbeSendsNoEmailOutsideOfItsWindow(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: func(s *sandbox.Switches) { noLimits(s); s.Trusted = false }})
	f.work()
	parked := func(i ledger.Import) bool { return i.Counts.Parked() == 10 }
	waits := f.importFile(file(t, 10), windowed(template, "00:00-24:00, UTC"))
	f.await(waits, "all rows are parked", parked)
	f.setWindow(waits, closedWindow())
	f.adjust(func(s *sandbox.Switches) { s.Trusted = true })
	f.awaitDone(f.importFile(named(t, "Bea", 10), settings(template)))
	f.waits(waits)
	if n := f.sandbox.Summary().Emails; n != 10 {
		t.Fatalf("%d emails, of which 10 are of the other import", n)
	}
	f.setWindow(waits, "none")
	f.comeNow(waits)
	f.awaitDone(waits)
	f.checkBooks(20, 20)
}

func TestAnImportThatWaitsForItsWindowIsPausedResumedAndCancelled(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	f.work()
	id := f.importFile(file(t, 10), windowed(template, closedWindow()))
	imp := f.waits(id)
	if err := f.ledger.Pause(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	f.setWindow(id, "none")
	f.comeNow(id)
	f.waits(id)
	if err := f.importer().Resume(t.Context(), imp); err != nil {
		t.Fatal(err)
	}
	f.awaitDone(id)
	f.checkBooks(10, 10)
	cancelled := f.importFile(named(t, "Bea", 10), windowed(template, closedWindow()))
	f.waits(cancelled)
	if _, err := f.ledger.Cancel(t.Context(), cancelled); err != nil {
		t.Fatal(err)
	}
	f.comeNow(cancelled)
	if imp := f.awaitDone(cancelled); imp.Counts[ledger.Cancelled] != 10 {
		t.Errorf("counts %s", show(imp.Counts))
	}
	f.checkBooks(10, 10)
}

// A person's decision about rows whose emails may be out waits, too.
func TestWhatIsRetriedWaitsForItsWindow(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	id := f.importFile(file(t, 10), settings(template))
	if _, err := f.ledger.Calls.BeginSend(t.Context(), id, nil, 3, 7); err != nil {
		t.Fatal(err)
	}
	f.forgetSenders(id)
	f.work()
	imp := f.awaitDone(id)
	f.setWindow(id, closedWindow())
	if n, err := f.importer().Retry(t.Context(), imp, true); err != nil || n.Rows != 2 {
		t.Fatalf("%d rows are retried, %v", n.Rows, err)
	}
	f.waits(id)
	f.until("the retry is taken up", func() bool { f.comeNow(id); return f.ledgerState(id, 3) == ledger.ParkedTried })
	f.checkBooks(8, 8)
	f.setWindow(id, "none")
	f.until("the rows are sent", func() bool { f.comeNow(id); return f.ledgerState(id, 7) == ledger.Accepted })
	f.awaitDone(id)
	f.checkBooks(10, 10)
}

func (f *farm) ledgerState(id string, row int) ledger.State {
	f.t.Helper()
	bytes, err := f.ledger.RowBytes(f.t.Context(), id, row, row)
	if err != nil {
		f.t.Fatal(err)
	}
	return bytes[0].State()
}

// A chunk that waits until Monday is not one that a wrong clock has put off.
func TestAWaitForAWindowIsNotCutShort(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	f.lookEvery = 50 * time.Millisecond
	f.work()
	id := f.importFile(file(t, 10), windowed(template, closedWindow()))
	imp := f.waits(id)
	tasks, err := f.inspector().ListRetryTasks(chunk.Lane(imp.Lane).Queue(f.account))
	if err != nil || len(tasks) == 0 || time.Until(tasks[0].NextProcessAt) < 24*time.Hour {
		t.Fatalf("%d tasks, %v, %v", len(tasks), err, tasks[0].NextProcessAt)
	}
	f.setWindow(id, "none")
	f.until("without the window the chunks come sooner", func() bool {
		tasks, err := f.inspector().ListRetryTasks(chunk.Lane(imp.Lane).Queue(f.account))
		return err == nil && (len(tasks) == 0 || time.Until(tasks[0].NextProcessAt) < time.Hour)
	})
}
