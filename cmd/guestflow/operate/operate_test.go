package operate_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guestflow/cmd/guestflow/operate"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer"
	"guestflow/importer/ledger"
	"guestflow/importer/queue"
	"guestflow/importer/spec"
	"guestflow/qflow"
	"guestflow/worker/budget"
	"guestflow/worker/gate"
)

// office is an account on a real Redis, without workers.
type office struct {
	*operate.Account

	t   *testing.T
	log *bytes.Buffer
}

func open(t *testing.T) *office {
	t.Helper()
	client := redistest.Client(t)
	books, err := ledger.For(client, "main")
	if err != nil {
		t.Fatal(err)
	}
	o := &office{t: t, log: &bytes.Buffer{}}
	log := slog.New(slog.NewTextHandler(o.log, nil))
	o.Account = &operate.Account{
		Redis: client, Ledger: books, Importer: importer.New(client, books, log),
		Gates: gate.New(client, books.Prefix(), nil),
		Budget: budget.New(client, budget.Config{Egress: "e", Account: "main",
			Limits: budget.Limits{API: 600, Email: 300}, Log: log}),
		Queues: queue.New(client, "main"), Log: log,
	}
	return o
}

const (
	event    = "e0000000-0000-4000-8000-000000000001"
	template = "70000000-0000-4000-8000-000000000001"
)

// imports brings a list of guests to the queue.
func (o *office) imports(lines ...string) ledger.Import {
	o.t.Helper()
	path := filepath.Join(o.t.TempDir(), "guests.csv")
	if err := os.WriteFile(path, []byte("First name,Last name,Email,Barcode\n"+strings.Join(lines, "\n")+"\n"),
		0o600); err != nil {
		o.t.Fatal(err)
	}
	plan, err := importer.MakePlan(o.t.Context(), path, importer.Settings{Spec: spec.Spec{Account: "main", Event: event,
		Template: template}})
	if err != nil {
		o.t.Fatal(err)
	}
	imp, _, err := o.Importer.Begin(o.t.Context(), plan)
	if err == nil {
		err = o.Importer.Run(o.t.Context(), plan, imp)
	}
	if err == nil {
		imp, err = o.Ledger.Import(o.t.Context(), imp.ID)
	}
	if err != nil {
		o.t.Fatal(err)
	}
	return imp
}

var anna = operate.Actor{Name: "anna", Via: "console"}

func TestEveryActIsWrittenDownWithWhoBeforeAndAfter(t *testing.T) {
	t.Parallel()
	o := open(t)
	imp := o.imports("Ann,Lee,ann@example.com,1", "Bob,Ray,bob@example.com,2")
	for _, v := range []operate.Verb{operate.Pause, operate.Resume, operate.Cancel} {
		if _, err := o.Steer(t.Context(), anna, v, imp.ID, 10); err != nil {
			t.Fatalf("%s: %v", v, err)
		}
	}
	calls := 120
	if err := o.SetLimits(t.Context(), anna, budget.LimitChanges{API: &calls}); err != nil {
		t.Fatal(err)
	}
	all, err := o.AuditLog(t.Context(), "", 10)
	if err != nil || len(all) != 4 {
		t.Fatalf("the trail has %d acts, %v: %+v", len(all), err, all)
	}
	if first := all[0]; first.Action != "limits set" || first.Before != "calls a minute: 600, emails a minute: 300" ||
		first.After != "calls a minute: 120, emails a minute: 300" || first.Actor != "anna" {
		t.Errorf("the newest act is %+v", first)
	}
	of, err := o.AuditLog(t.Context(), imp.ID, 10)
	if err != nil || len(of) != 3 || of[2].Action != "pause" || of[2].After != "2 rows wait" ||
		!strings.Contains(of[1].Before, "paused") {
		t.Errorf("the import's own trail is %+v, %v", of, err)
	}
	if n := strings.Count(o.log.String(), "msg=\"operator action"); n != 4 {
		t.Errorf("the log has %d acts, want 4:\n%s", n, o.log)
	}
}

func TestWhatCannotBeDoneChangesNothing(t *testing.T) {
	t.Parallel()
	o := open(t)
	imp := o.imports("Ann,Lee,ann@example.com,1")
	if _, err := o.Steer(t.Context(), anna, operate.Resume, imp.ID, 10); !operate.IsRefused(err) {
		t.Errorf("resuming what is not paused: %v", err)
	}
	if _, err := o.Steer(t.Context(), anna, operate.Cancel, imp.ID, 10); err != nil {
		t.Fatal(err)
	}
	for _, v := range []operate.Verb{operate.Pause, operate.Cancel, operate.Retry, operate.RetryUnknown} {
		if _, err := o.Steer(t.Context(), anna, v, imp.ID, 10); !operate.IsRefused(err) {
			t.Errorf("%s of a cancelled import: %v", v, err)
		}
	}
	if err := o.Probe(t.Context(), anna, qflow.GateTrust); !operate.IsRefused(err) {
		t.Errorf("a probe of an open gate: %v", err)
	}
}

func TestTheTrailSaysHowAGateWas(t *testing.T) {
	t.Parallel()
	o := open(t)
	refused := o.OpenGate(t.Context(), anna, qflow.GateTrust)
	if _, err := o.Gates.Close(t.Context(), qflow.GateTrust, "trust_required"); err != nil {
		t.Fatal(err)
	}
	if err := o.OpenGate(t.Context(), anna, qflow.GateTrust); err != nil || !operate.IsRefused(refused) {
		t.Fatalf("opening it: %v; when it was open: %v", err, refused)
	}
	trail, err := o.AuditLog(t.Context(), string(qflow.GateTrust), 10)
	if err != nil || len(trail) != 1 { // the refusal has changed nothing
		t.Fatalf("%+v, %v", trail, err)
	}
	if done := trail[0]; done.Before != "closed" || done.After != "open" || done.Failed != "" {
		t.Errorf("a closed gate was opened: %+v", done)
	}
}

// quietly hears nothing of a search that goes on.
func quietly(operate.Search) {}

func TestAGuestIsFoundByWhateverIsKnownOfHim(t *testing.T) {
	t.Parallel()
	o := open(t)
	imp := o.imports("Ann,Lee,ann@example.com,B-17", "Bob,Ray,bob@example.com,B-18", "Ann,Ray,other@example.com,B-19")
	id := imp.CorrelationID(2).String()
	for query, rows := range map[string][]int{
		"ann@example.com": {1}, " ANN@Example.com ": {1}, "b-18": {2}, "Ann Lee": {1}, "ann": {1, 3}, "unknown": nil,
		id: {2}, "Ann Ray": {3},
	} {
		s, err := o.FindGuest(t.Context(), query, quietly)
		if err != nil {
			t.Fatalf("%q: %v", query, err)
		}
		var found []int
		for _, f := range s.Matches {
			found = append(found, f.Row)
		}
		if fmt.Sprint(found) != fmt.Sprint(rows) {
			t.Errorf("%q finds the rows %v, want %v", query, found, rows)
		}
	}
	if _, err := o.FindGuest(t.Context(), "x", quietly); !operate.IsRefused(err) {
		t.Errorf("one letter: %v", err)
	}
	life, err := o.RowHistory(t.Context(), imp.ID, 2)
	if err != nil || life.State() != ledger.Queued || life.Correlation != id {
		t.Errorf("the row's life is %+v, %v", life, err)
	}
	if place, err := operate.FindRow(t.Context(), imp, 2); err != nil || place.Line != 3 ||
		place.Cells[2] != "bob@example.com" || place.Unreadable != "" {
		t.Errorf("its place is %+v, %v", place, err)
	}
	if err := os.Remove(imp.Source); err != nil {
		t.Fatal(err)
	}
	if s, err := o.FindGuest(t.Context(), "bob@example.com", quietly); err != nil || len(s.Matches) > 0 ||
		len(s.Unreadable) != 1 {
		t.Errorf("without the file: %+v, %v", s, err)
	}
	if place, err := operate.FindRow(t.Context(), imp, 2); err != nil || place.Cells != nil || place.Unreadable == "" {
		t.Errorf("without the file its place is %+v, %v", place, err)
	}
}

func TestTheOverviewSaysWhyNothingMoves(t *testing.T) {
	t.Parallel()
	o := open(t)
	w := operate.NewWatcher(o.Account)
	quiet, err := w.Overview(t.Context())
	if err != nil || quiet.Stall != "" || len(quiet.Running) > 0 {
		t.Fatalf("with nothing to do it is %+v, %v", quiet, err)
	}
	w = operate.NewWatcher(o.Account) // which remembers nothing
	imp := o.imports("Ann,Lee,ann@example.com,1")
	for _, c := range []struct {
		say    string
		change func() error
	}{
		{"no worker is running", func() error { return nil }},
		{"it is paused", func() error { return o.Ledger.Pause(t.Context(), imp.ID) }},
	} {
		if err := c.change(); err != nil {
			t.Fatal(err)
		}
		now, err := w.Overview(t.Context())
		if err != nil || !strings.Contains(now.Stall, c.say) || len(now.Running) != 1 {
			t.Errorf("it says %q, %v; want %q", now.Stall, err, c.say)
		}
	}
	if _, err := o.Ledger.Cancel(t.Context(), imp.ID); err != nil {
		t.Fatal(err)
	}
	now, err := w.Overview(t.Context())
	if err != nil || now.Stall != "" || len(now.Running) > 0 || len(now.Ended) != 1 {
		t.Errorf("once it is cancelled, the overview is %+v, %v", now, err)
	}
}

func TestAnImportThatEndsWhileAnotherBeginsIsShownAsOverAtOnce(t *testing.T) {
	t.Parallel()
	o := open(t)
	first := o.imports("Ann,Lee,ann@example.com,1")
	w := operate.NewWatcher(o.Account)
	if now, err := w.Overview(t.Context()); err != nil || len(now.Running) != 1 || len(now.Ended) != 0 {
		t.Fatalf("%+v, %v", now, err)
	}
	if _, err := o.Steer(t.Context(), anna, operate.Cancel, first.ID, 10); err != nil {
		t.Fatal(err)
	}
	second := o.imports("Bob,Ray,bob@example.com,2")
	now, err := w.Overview(t.Context())
	if err != nil || len(now.Running) != 1 || now.Running[0].ID != second.ID || len(now.Ended) != 1 ||
		now.Ended[0].ID != first.ID {
		t.Errorf("%+v, %v", now, err)
	}
}

func TestAnImportThatCannotGoOnSaysSoAndNamesTheOneItWaitsFor(t *testing.T) {
	t.Parallel()
	o := open(t)
	imp, _, err := o.Ledger.Create(t.Context(), ledger.Import{Spec: spec.Spec{Event: event}, ID: "aaaaaaaa",
		Source: "/lists/guests.csv", Rows: 300, Chunk: 50})
	if err != nil {
		t.Fatal(err)
	}
	if text := o.Stall(t.Context(), imp); strings.Contains(text, "half-way") {
		t.Errorf("its importer has just begun: %s", text)
	}
	if err := o.Ledger.Importers.Stop(t.Context(), imp.ID); err != nil {
		t.Fatal(err)
	}
	text := o.Stall(t.Context(), imp)
	for _, want := range []string{"its importer stopped half-way, 300 rows were never queued",
		"run the same command again", "guestflow cancel aaaaaaaa", "no worker is running"} {
		if !strings.Contains(text, want) {
			t.Errorf("it says %q; want %q", text, want)
		}
	}
	now, err := operate.NewWatcher(o.Account).Overview(t.Context())
	if err != nil || now.Stall != text {
		t.Errorf("the overview says %q, %v", now.Stall, err)
	}
	if why, err := o.Interrupted(t.Context(), []ledger.Import{imp}); err != nil ||
		!strings.HasPrefix(text, why[imp.ID]) {
		t.Errorf("the list says %q, %v", why, err)
	}
	o.works()
	waits := o.imports("Ann,Lee,ann@example.com,1")
	if err := o.Ledger.Notes.SetWaitsFor(t.Context(), waits.ID, imp.ID); err != nil {
		t.Fatal(err)
	}
	if text := o.Stall(t.Context(), waits); !strings.Contains(text, "import aaaaaaaa is processing the same guests") {
		t.Errorf("it says %q", text)
	}
}

func TestHowLongItTakesKnowsTheLimitsAndWhatIsParked(t *testing.T) {
	t.Parallel()
	o := open(t)
	var lines []string
	for n := range 100 {
		lines = append(lines, fmt.Sprintf("Ann,Lee %d,ann%d@example.com,%d", n, n, n))
	}
	imp := o.imports(lines...)
	var moves []ledger.Move
	for row := 1; row <= 40; row++ {
		moves = append(moves, ledger.Move{Row: row, To: ledger.Parked})
	}
	if _, _, err := o.Ledger.Move(t.Context(), imp.ID, moves); err != nil {
		t.Fatal(err)
	}
	p, err := operate.NewWatcher(o.Account).Progress(t.Context(), imp.ID)
	// 60 and 40 emails at 5 a second
	if err != nil || p.Remaining != 12*time.Second || p.RemainingParked != 8*time.Second {
		t.Errorf("the rest takes %s, what is parked %s, %v; want 12 s and 8 s", p.Remaining, p.RemainingParked, err)
	}
}
