package operate_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/hibiken/asynq"

	"guestflow/cmd/guestflow/operate"
	"guestflow/deploy/testkit"
	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/importer/spec"
	"guestflow/qflow"
)

func shortLanes() map[string]int {
	queues := map[string]int{}
	for _, lane := range chunk.ShortLanes() {
		queues[lane.Queue("main")] = 1
	}
	return queues
}

// works has a worker of the account, which finds nothing to do.
func (o *office) works() {
	o.t.Helper()
	o.serves(asynq.NotFoundHandler(), func() {})
}

// hangs has a worker of the account that is never done with a task.
func (o *office) hangs() {
	o.t.Helper()
	over := make(chan struct{})
	o.serves(asynq.HandlerFunc(func(context.Context, *asynq.Task) error { <-over; return nil }), func() { close(over) })
}

func (o *office) serves(h asynq.Handler, end func()) {
	o.t.Helper()
	work := asynq.NewServerFromRedisClient(o.Redis, asynq.Config{Queues: shortLanes(), LogLevel: asynq.FatalLevel})
	if err := work.Start(h); err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() { end(); work.Shutdown() })
	testkit.Eventually(o.t, "the worker is known", func() bool {
		n, err := o.Workers(o.t.Context())
		return err == nil && n > 0
	})
}

// reads is an import whose importer lives, with so many of its rows in line.
func (o *office) reads(rows, enqueued int, to ledger.State) ledger.Import {
	o.t.Helper()
	imp, _, err := o.Ledger.Create(o.t.Context(), ledger.Import{Spec: spec.Spec{Event: event, Template: template},
		ID: "aaaaaaaa", Source: "/lists/guests.csv", Rows: rows, Chunk: 1})
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
	o.hangs() // one that was done with a task would have it tried again, sooner or later
	imp := o.reads(20, 0, ledger.Queued)
	look := func() operate.Progress {
		now, err := operate.NewWatcher(o.Account).Overview(t.Context())
		if err != nil || len(now.Running) != 1 || now.Stall != now.Running[0].Stall {
			t.Fatalf("%+v, %v", now, err)
		}
		return now.Running[0]
	}
	if p := look(); p.Stall != "" || p.Remaining == 0 {
		t.Errorf("while it reads it says %q, %s left", p.Stall, p.Remaining)
	}
	if err := o.Ledger.Notes.SetBackpressure(t.Context(), imp.ID, "2046 chunks are enqueued"); err != nil {
		t.Fatal(err)
	}
	const want = "its importer is paused (backlog): 2046 chunks are enqueued"
	if p := look(); p.Stall != want || p.Remaining != 0 {
		t.Errorf("it says %q, %s left", p.Stall, p.Remaining)
	}
	moves := o.imports("Ann,Lee,ann@example.com,1") // as far as is known at the first sample
	now, err := operate.NewWatcher(o.Account).Overview(t.Context())
	if err != nil || now.Stall != "" || now.Attention() != "" {
		t.Errorf("beside one that moves it says %q, and the trouble is %q, %v", now.Stall, now.Attention(), err)
	}
	if _, err := o.Ledger.Cancel(t.Context(), moves.ID); err != nil {
		t.Fatal(err)
	}
	if text := o.Stall(t.Context(), imp); text != want {
		t.Errorf("status says %q", text)
	}
	if text := o.QueueStall(t.Context(), imp); text != "" {
		t.Errorf("the importer itself is told it again: %q", text)
	}
	if err := o.Ledger.Notes.ClearBackpressure(t.Context(), imp.ID); err != nil {
		t.Fatal(err)
	}
	if p := look(); p.Stall != "" {
		t.Errorf("once it goes on it says %q", p.Stall)
	}
	if err := o.Ledger.Notes.SetBackpressure(t.Context(), imp.ID, "2046 chunks are enqueued"); err != nil {
		t.Fatal(err)
	}
	if err := o.Ledger.Importers.Stop(t.Context(), imp.ID); err != nil {
		t.Fatal(err)
	}
	if p := look(); strings.Contains(p.Stall, "is paused") || !strings.Contains(p.Stall,
		"its importer stopped half-way") {
		t.Errorf("once it is killed it says %q", p.Stall)
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
	if err := o.Ledger.Notes.SetBackpressure(t.Context(), imp.ID, "2046 chunks are enqueued"); err != nil {
		t.Fatal(err)
	}
	now, err := operate.NewWatcher(o.Account).Overview(t.Context())
	if err != nil || now.Attention() != "trust gate closed" {
		t.Errorf("the trouble is %q, %v", now.Attention(), err)
	}
	if !strings.HasPrefix(now.Stall, "the trust gate is closed") || !strings.Contains(now.Stall, "; its importer is "+
		"paused (backlog): 2046 chunks") {
		t.Errorf("it says %q", now.Stall)
	}
	if err := o.Ledger.Importers.Stop(t.Context(), imp.ID); err != nil {
		t.Fatal(err)
	}
	if now, err = operate.NewWatcher(o.Account).Overview(t.Context()); err != nil ||
		!strings.Contains(now.Attention(), "1 import stuck") {
		t.Errorf("once its importer is killed, the trouble is %q, %v", now.Attention(), err)
	}
}

// Promise: no import stands still without a reason on the screen.
func TestAnImportThatStandsStillAlwaysSaysWhy(t *testing.T) {
	t.Parallel()
	const key = "asynq:{guests:main:short}:"
	for name, c := range map[string]struct {
		stand func(o *office, imp ledger.Import) error // what has become of it while a worker is there
		want  string
	}{
		"tasks that no worker has": {func(o *office, _ ledger.Import) error {
			return o.Redis.LMove(o.t.Context(), key+"pending", key+"active", "RIGHT", "LEFT").Err()
		}, "1 chunk was being processed by a worker that is gone"},
		"no tasks": {func(o *office, imp ledger.Import) error {
			return asynq.NewInspectorFromRedisClient(o.Redis).DeleteTask("guests:main:short", imp.ID+":0:0")
		}, "its tasks are gone from the queues; the workers queue them again"},
		"tasks behind others": {func(*office, ledger.Import) error { return nil },
			"the queue guests:main:short and the parked ones hold 1 "},
		"another import in its lane": {func(o *office, imp ledger.Import) error {
			other := o.imports("Bob,Ray,bob@example.com,2")
			return o.Redis.HSet(o.t.Context(), o.Ledger.Prefix()+"import:"+other.ID, "lane", imp.Lane, "started",
				imp.Started.Add(-time.Hour).UnixMilli()).Err()
		}, "it shares the queue guests:main:short with import "},
		"rows that are gone": {func(o *office, imp ledger.Import) error {
			return o.Ledger.Notes.SetLostChunks(o.t.Context(), imp.ID, 1)
		}, "1 chunk of its rows is no longer kept in Redis"},
		"a lane that workers of an older version do not know": {func(o *office, imp ledger.Import) error {
			return o.Redis.HSet(o.t.Context(), o.Ledger.Prefix()+"import:"+imp.ID, "lane", 17).Err()
		}, "no running worker serves the queue guests:main:17"},
		"a cancel that was killed": {func(o *office, imp ledger.Import) error {
			return o.Redis.HSet(o.t.Context(), o.Ledger.Prefix()+"import:"+imp.ID, "stopped", ledger.StoppedCancelled,
				"n0", 1).Err()
		}, "cancel it again"},
		"rows that are never queued": {func(o *office, imp ledger.Import) error {
			return o.Redis.HSet(o.t.Context(), o.Ledger.Prefix()+"import:"+imp.ID, "n0", 1).Err()
		}, "1 row was never queued"},
		"an importer that hangs": {func(o *office, imp ledger.Import) error {
			if err := o.Ledger.Importers.Begin(o.t.Context(), imp.ID); err != nil {
				return err
			}
			return o.Redis.HSet(o.t.Context(), o.Ledger.Prefix()+"import:"+imp.ID, "enqueued", 0, "n0", 1, "n2",
				0).Err()
		}, "its importer runs and queues nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			imp := o.imports("Ann,Lee,ann@example.com,1")
			if err := c.stand(o, imp); err != nil {
				t.Fatal(err)
			}
			o.hangs()
			before := time.Now().Add(-3 * time.Minute).UnixMilli()
			if err := o.Redis.HSet(t.Context(), o.Ledger.Prefix()+"import:"+imp.ID, "updated",
				before).Err(); err != nil {
				t.Fatal(err)
			}
			p, err := operate.NewWatcher(o.Account).Progress(t.Context(), imp.ID)
			if err != nil || !strings.Contains(p.Stall, c.want) {
				t.Errorf("it says %q, %v; want %q", p.Stall, err, c.want)
			}
			if text := o.Stall(t.Context(), p.Import); text != p.Stall {
				t.Errorf("status says %q; the watch %q", text, p.Stall)
			}
		})
	}
}

// Promise: a Redis that is full is not taken for workers that are gone.
func TestWorkersThatAFullRedisSilencesAreCounted(t *testing.T) {
	t.Parallel()
	o := open(t)
	imp := o.imports("Ann,Lee,ann@example.com,1")
	for range 2 {
		work := o.Redis.Subscribe(t.Context(), o.Queues.Channel())
		t.Cleanup(func() { _ = work.Close() })
		if _, err := work.Receive(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if text := o.Stall(t.Context(), imp); text != "" {
		t.Errorf("of workers that have just begun it says %q", text)
	}
	if err := o.Redis.ConfigSet(t.Context(), "maxmemory", "1mb").Err(); err != nil {
		t.Fatal(err)
	}
	if text := o.Stall(t.Context(), imp); !strings.Contains(text, "Redis is full") ||
		!strings.Contains(text, "2 workers are blocked") {
		t.Errorf("it says %q", text)
	}
	if n, err := o.Workers(t.Context()); n != 2 || err != nil {
		t.Errorf("%d workers, %v", n, err)
	}
}
