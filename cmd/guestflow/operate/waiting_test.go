package operate_test

import (
	"strings"
	"testing"

	"github.com/hibiken/asynq"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/qflow"
)

// works has a worker of the account, which finds nothing to do.
func (o *office) works() {
	o.t.Helper()
	work := asynq.NewServerFromRedisClient(o.Redis, asynq.Config{Queues: map[string]int{chunk.Short.Queue("main"): 1}, LogLevel: asynq.FatalLevel})
	if err := work.Start(asynq.NotFoundHandler()); err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(work.Shutdown)
}

// reads is an import whose importer lives, with so many of its rows in line.
func (o *office) reads(rows, enqueued int, to ledger.State) ledger.Import {
	o.t.Helper()
	imp, _, err := o.Ledger.Create(o.t.Context(), ledger.Import{ID: "aaaaaaaa", Event: event, Template: template, Source: "/lists/guests.csv", Rows: rows, Chunk: 1})
	for row := 1; row <= enqueued && err == nil; row++ {
		for _, s := range []ledger.State{ledger.Queued, to} {
			if _, _, err = o.Ledger.Move(o.t.Context(), imp.ID, []ledger.Move{{Row: row, To: s}}); err != nil {
				break
			}
		}
	}
	if err == nil {
		imp, err = o.Ledger.Import(o.t.Context(), imp.ID)
	}
	if err != nil {
		o.t.Fatal(err)
	}
	return imp
}

func TestAnImportWhoseImporterHoldsBackSaysWhyAndPromisesNoTime(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.works()
	imp := o.reads(20, 0, ledger.Queued)
	look := func() operate.Progress {
		now, err := operate.NewWatch(o.Account).Overview(t.Context())
		if err != nil || len(now.Running) != 1 || now.Waiting != now.Running[0].Waiting {
			t.Fatalf("%+v, %v", now, err)
		}
		return now.Running[0]
	}
	if p := look(); p.Waiting != "" || p.Left == 0 {
		t.Errorf("while it reads it says %q, %s left", p.Waiting, p.Left)
	}
	if err := o.Ledger.HoldsBack(t.Context(), imp.ID, "2046 chunks are enqueued"); err != nil {
		t.Fatal(err)
	}
	const want = "its importer holds back: 2046 chunks are enqueued"
	if p := look(); p.Waiting != want || p.Left != 0 {
		t.Errorf("it says %q, %s left", p.Waiting, p.Left)
	}
	moves := o.imports("Ann,Lee,ann@example.com,1") // as far as anybody knows at the first look
	now, err := operate.NewWatch(o.Account).Overview(t.Context())
	if err != nil || now.Waiting != "" || now.Trouble() != "" {
		t.Errorf("beside one that moves it says %q, and the trouble is %q, %v", now.Waiting, now.Trouble(), err)
	}
	if _, err := o.Ledger.Cancel(t.Context(), moves.ID); err != nil {
		t.Fatal(err)
	}
	if text := o.Waiting(t.Context(), imp); text != want {
		t.Errorf("status says %q", text)
	}
	if text := o.Standing(t.Context(), imp); text != "" {
		t.Errorf("whoever knows that is told it again: %q", text)
	}
	if err := o.Ledger.GoesOn(t.Context(), imp.ID); err != nil {
		t.Fatal(err)
	}
	if p := look(); p.Waiting != "" {
		t.Errorf("once it goes on it says %q", p.Waiting)
	}
	if err := o.Ledger.HoldsBack(t.Context(), imp.ID, "2046 chunks are enqueued"); err != nil {
		t.Fatal(err)
	}
	if err := o.Ledger.Abandon(t.Context(), imp.ID); err != nil {
		t.Fatal(err)
	}
	if p := look(); strings.Contains(p.Waiting, "holds back") || !strings.Contains(p.Waiting, "its importer stopped half-way") {
		t.Errorf("once it is killed it says %q", p.Waiting)
	}
}

func TestAnImportThatWaitsForAGateWhileItsFileIsReadIsNotStuck(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.works()
	imp := o.reads(20, 15, ledger.Parked)
	if _, err := o.Gates.Close(t.Context(), qflow.GateTrust, "trust_required"); err != nil {
		t.Fatal(err)
	}
	if err := o.Ledger.HoldsBack(t.Context(), imp.ID, "2046 chunks are enqueued"); err != nil {
		t.Fatal(err)
	}
	now, err := operate.NewWatch(o.Account).Overview(t.Context())
	if err != nil || now.Trouble() != "trust gate closed" {
		t.Errorf("the trouble is %q, %v", now.Trouble(), err)
	}
	if !strings.HasPrefix(now.Waiting, "the trust gate is closed") || !strings.Contains(now.Waiting, "; its importer holds back: 2046 chunks") {
		t.Errorf("it says %q", now.Waiting)
	}
	if err := o.Ledger.Abandon(t.Context(), imp.ID); err != nil {
		t.Fatal(err)
	}
	if now, err = operate.NewWatch(o.Account).Overview(t.Context()); err != nil || !strings.Contains(now.Trouble(), "1 import stuck") {
		t.Errorf("once its importer is killed, the trouble is %q, %v", now.Trouble(), err)
	}
}
