package worker_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hibiken/asynq"

	"guestflow/importer/ledger"
	"guestflow/importer/queue"
	"guestflow/importer/reason"
	"guestflow/qflow"
	"guestflow/qflow/sandbox"
	"guestflow/worker/gate"
)

// parkedQueue gives the queue of parked chunks.
func (f *farm) parkedQueue(gate qflow.Gate) *asynq.QueueInfo {
	f.t.Helper()
	info, err := f.inspector().GetQueueInfo(queue.ParkedQueue(f.account, gate))
	if err != nil {
		f.t.Fatal(err)
	}
	return info
}

func (f *farm) adjust(change func(*sandbox.Switches)) {
	f.t.Helper()
	if err := f.sandbox.Adjust(change); err != nil {
		f.t.Fatal(err)
	}
}

// calls counts what reached Qflow's API.
func (f *farm) calls() int { return f.sandbox.Summary().Busiest[sandbox.ZoneScope].Total }

func TestEachGateParksProbesAndOpensByItself(t *testing.T) {
	t.Parallel()
	const rows, interval = 40, 1200 * time.Millisecond
	for _, gate := range []struct {
		name        qflow.Gate
		open        int // rows that pass before it closes
		close, lift func(*farm)
	}{
		{
			name:  qflow.GateTrust,
			close: func(f *farm) { f.adjust(func(s *sandbox.Switches) { s.Trusted = false }) },
			lift:  func(f *farm) { f.adjust(func(s *sandbox.Switches) { s.Trusted = true }) },
		},
		{
			name:  qflow.GateComms,
			close: func(f *farm) { f.adjust(func(s *sandbox.Switches) { s.CommsEnabled = false }) },
			lift:  func(f *farm) { f.adjust(func(s *sandbox.Switches) { s.CommsEnabled = true }) },
		},
		{
			name: qflow.GatePlan, open: 7,
			close: func(f *farm) { f.adjust(func(s *sandbox.Switches) { s.PlanLimit = 7 }) },
			lift:  func(f *farm) { f.adjust(func(s *sandbox.Switches) { s.PlanLimit = 0 }) },
		},
		{
			name: qflow.GateAuth,
			close: func(f *farm) {
				if err := f.sandbox.Inject(sandbox.Fault{Endpoint: sandbox.CreateGuest, Kind: sandbox.Fail401}); err != nil {
					f.t.Fatal(err)
				}
			},
			lift: func(f *farm) { f.sandbox.ClearFaults() },
		},
	} {
		t.Run(string(gate.name), func(t *testing.T) {
			t.Parallel()
			f := newFarm(t, sandbox.Options{Adjust: noLimits})
			f.ladder = []time.Duration{interval}
			gate.close(f)
			f.work()
			f.work()
			id := f.importFile(file(t, rows), settings(template))
			f.await(id, "all other rows are parked", func(i ledger.Import) bool { return i.Counts.Parked() == rows-gate.open })
			f.until("their chunks are as well", func() bool { info := f.parkedQueue(gate.name); return info.Paused && info.Pending > 0 })
			if info := f.parkedQueue(gate.name); info.Archived+info.Retry+info.Scheduled > 0 {
				t.Fatalf("the parked queue: %+v", info)
			}
			if gate.name != qflow.GateAuth { // whose probes stop at the token cache, which does not renew in circles
				f.probesKeepTheirDistance(interval)
			}
			gate.lift(f)
			if imp := f.awaitDone(id); imp.Counts[ledger.Accepted] != rows {
				t.Fatalf("counts %v\n%s", imp.Counts, f.lines)
			}
			f.checkBooks(rows, rows)
			f.until("the parked queue is empty", func() bool {
				q := f.parkedQueue(gate.name)
				return !q.Paused && q.Size == 0
			})
			f.oneLineAChange()
		})
	}
}

// oneLineAChange waits until the last opening of a gate was logged, which may come after the last row has gone out by
// another process, and wants a line for each change. There is one of each, unless the machine was so slow that a refusal
// arrived after a later probe had opened the gate.
func (f *farm) oneLineAChange() {
	f.t.Helper()
	var changes string
	f.until("the gate is said to be open", func() bool {
		changes = strings.Join(regexp.MustCompile(`gate (closed|opened)`).FindAllString(f.lines.String(), -1), ", ")
		return strings.HasSuffix(changes, "opened")
	})
	const each = "gate closed, gate opened"
	if changes != each && changes != each+", "+each {
		f.t.Fatalf("want one line for each change, not %s:\n%s", changes, f.lines)
	}
}

// probesKeepTheirDistance watches a closed gate, of which Qflow may notice one call in each interval.
func (f *farm) probesKeepTheirDistance(interval time.Duration) {
	f.t.Helper()
	before := f.calls()
	f.until("two probes", func() bool { return f.calls() >= before+2 })
	probes, most := f.calls()-before, 0
	now, err := f.redis.Time(f.t.Context()).Result()
	if err != nil {
		f.t.Fatal(err)
	}
	for _, c := range f.closed() {
		most += int(now.Sub(c.Since) / interval) // the first comes an interval after it was closed
	}
	if probes > most {
		f.t.Fatalf("%d probes, want at most %d", probes, most)
	}
}

// Each of two closed gates once kept the other's probe from being made.
func TestTwoClosedGatesBothOpen(t *testing.T) {
	t.Parallel()
	for _, second := range []qflow.Gate{qflow.GateAuth, qflow.GateComms, qflow.GatePlan} {
		t.Run(string(second), func(t *testing.T) {
			t.Parallel()
			f := newFarm(t, sandbox.Options{Adjust: noLimits})
			gates := gate.New(f.redis, f.ledger.Prefix(), f.ladder)
			for _, g := range []qflow.Gate{qflow.GateTrust, second} {
				if _, err := gates.Close(t.Context(), g, "test"); err != nil {
					t.Fatal(err)
				}
			}
			f.work()
			if imp := f.awaitDone(f.importFile(file(t, 20), settings(template))); imp.Counts[ledger.Accepted] != 20 {
				t.Fatalf("counts %v", imp.Counts)
			}
			f.checkBooks(20, 20)
		})
	}
}

// A stopped import at the head of the parked queue must not keep the others from being probed, nor spend their budget.
func TestAStoppedImportHoldsNoOtherUp(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: func(s *sandbox.Switches) { noLimits(s); s.Trusted = false }})
	f.work()
	stopped := f.importFile(file(t, 20), settings(template))
	f.await(stopped, "all rows are parked", func(i ledger.Import) bool { return i.Counts.Parked() == 20 })
	if err := f.redis.HSet(t.Context(), f.ledger.Prefix()+"import:"+stopped, "stopped", "paused").Err(); err != nil {
		t.Fatal(err)
	}
	other := f.importFile(file(t, 0, "Bea,Lee,bea@example.com,VIP", "Bob,Lee,bob@example.com,VIP"), settings(template))
	f.await(other, "all rows are parked", func(i ledger.Import) bool { return i.Counts.Parked() == 2 })
	f.adjust(func(s *sandbox.Switches) { s.Trusted = true })
	if imp := f.awaitDone(other); imp.Counts[ledger.Accepted] != 2 {
		t.Fatalf("counts %v", imp.Counts)
	}
	if imp, err := f.ledger.Import(t.Context(), stopped); err != nil || imp.Counts.Parked() != 20 {
		t.Fatalf("the stopped import: %v, %v", imp.Counts, err)
	}
	if s := f.sandbox.Summary(); s.Emails != 2 {
		t.Fatalf("%d emails", s.Emails)
	}
}

// changed gives a file of guests who exist by now, with other tags.
func changed(t *testing.T, f *farm, n int) (path string) {
	t.Helper()
	first := file(t, n)
	if imp := f.awaitDone(f.importFile(first, settings(""))); imp.Counts[ledger.Created] != n {
		t.Fatalf("counts %v", imp.Counts)
	}
	text, err := os.ReadFile(first)
	if err != nil {
		t.Fatal(err)
	}
	for i := range text {
		if string(text[i:min(i+3, len(text))]) == "VIP" {
			copy(text[i:], "NEW")
		}
	}
	path = filepath.Join(t.TempDir(), "again.csv")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func (f *farm) checkChanged(n int) {
	f.t.Helper()
	f.checkBooks(n, n)
	for _, g := range f.sandbox.History().GuestList {
		if g.Tags != "NEW" {
			f.t.Fatalf("a guest got the email and not the change: %+v", g)
		}
	}
}

func TestAChangedGuestGetsItsEmailOnlyAfterTheChangeIsWritten(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	f.work()
	again := changed(t, f, 12)
	if err := f.sandbox.Inject(sandbox.Fault{Endpoint: sandbox.BulkGuests, Kind: sandbox.Fail500Before,
		Next: 8}); err != nil {
		t.Fatal(err)
	}
	if imp := f.awaitDone(f.importFile(again, settings(template))); imp.Counts[ledger.Accepted] != 12 {
		t.Fatalf("counts %v", imp.Counts)
	}
	f.checkChanged(12)
}

// The upsert of a changed guest passes while the account is not trusted, and proves nothing of it.
func TestAnUpsertDoesNotOpenTheGateOfItsEmail(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	f.work()
	again := changed(t, f, 12)
	f.adjust(func(s *sandbox.Switches) { s.Trusted = false })
	id := f.importFile(again, settings(template))
	f.await(id, "all rows are parked", func(i ledger.Import) bool { return i.Counts.Parked() == 12 })
	refused := f.sandbox.Summary().RefusedUntrusted
	f.until("two probes of its email", func() bool { return f.sandbox.Summary().RefusedUntrusted >= refused+2 })
	if f.lines.Count("gate opened") > 0 {
		t.Fatalf("a gate opened that is closed:\n%s", f.lines)
	}
	f.adjust(func(s *sandbox.Switches) { s.Trusted = true })
	if imp := f.awaitDone(id); imp.Counts[ledger.Accepted] != 12 {
		t.Fatalf("counts %v", imp.Counts)
	}
	f.checkChanged(12)
}

// Operators who may see no guests read gates, the log, and Asynq's messages; Qflow may say anything.
func TestAClosedGateRepeatsNoUnknownWordsOfQflows(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: func(s *sandbox.Switches) {
		noLimits(s)
		s.PlanLimit, s.PlanBody = 1, "code" // a code that docs/qflow-api.md does not have, as a guest's name would be
	}})
	f.work()
	id := f.importFile(file(t, 3), settings(template))
	f.await(id, "rows are parked", func(i ledger.Import) bool { return i.Counts.Parked() == 2 })
	closed, err := f.gates().Closed(t.Context())
	if err != nil || len(closed) != 1 || closed[0].Code != reason.Other {
		t.Fatalf("closed gates %+v, %v", closed, err)
	}
	if f.lines.Count("gate closed") != 1 || f.lines.Count("plan_limit_reached")+f.lines.Count("Please upgrade") > 0 {
		t.Fatalf("the log:\n%s", f.lines)
	}
}
