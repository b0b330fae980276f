package worker_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/qflow"
	"guestflow/qflow/sandbox"
)

// Promise: a probe whose call hangs holds up nothing else that a worker looks after: the release of another gate's
// rows, imports whose importer is gone, tasks that are missing.
func TestAHangingProbeHoldsUpNothingElse(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: func(s *sandbox.Switches) { noLimits(s); s.Trusted = false }})
	f.ladder, f.timeout, f.lookEvery = []time.Duration{never}, time.Minute, 100*time.Millisecond
	var hang atomic.Bool
	hanging, answer := make(chan struct{}), make(chan struct{})
	f.qflowAt(func(*http.Request, []byte) string {
		if hang.CompareAndSwap(true, false) {
			close(hanging)
			<-answer
		}
		return ""
	})
	f.work()
	probed := f.importFile(file(t, 3), settings(template))
	f.awaitParked(probed, 3)
	hang.Store(true)
	f.probeNow(qflow.GateTrust)
	<-hanging
	defer close(answer)

	f.close(qflow.GatePlan)
	released := f.importFile(named(t, "Bea", 3), settings(""))
	f.awaitParked(released, 3)
	if _, err := f.gates().Open(t.Context(), qflow.GatePlan); err != nil {
		t.Fatal(err)
	}
	f.awaitDone(released)

	orphaned, err := f.importBy(func(cmd redis.Cmder) error {
		if enqueues(cmd) {
			return errKilled
		}
		return nil
	}, named(t, "Cid", 3))
	if !wasKilled(err) {
		t.Fatal(err)
	}
	f.late(orphaned)
	f.awaitParked(orphaned, 3)

	f.awaitDone(f.importWithoutTasks(named(t, "Dan", 3)))
}

// importWithoutTasks imports guests without an email, and deletes their tasks before a worker has any.
func (f *farm) importWithoutTasks(path string) (id string) {
	f.t.Helper()
	for _, lane := range chunk.ShortLanes() {
		if err := f.inspector().PauseQueue(lane.Queue(f.account)); err != nil {
			f.t.Fatal(err)
		}
	}
	id = f.importFile(path, settings(""))
	for _, lane := range chunk.ShortLanes() {
		queue := lane.Queue(f.account)
		if n, err := f.redis.LLen(f.t.Context(), "asynq:{"+queue+"}:pending").Result(); err != nil {
			f.t.Fatal(err)
		} else if n > 0 {
			for _, task := range f.tasks(f.inspector().ListPendingTasks, queue) {
				f.drop(queue, task.ID)
			}
		}
		if err := f.inspector().UnpauseQueue(queue); err != nil {
			f.t.Fatal(err)
		}
	}
	if imp, err := f.ledger.Import(f.t.Context(), id); err != nil || imp.Counts[ledger.Queued] != imp.Rows {
		f.t.Fatalf("%v, %v", imp.Counts, err)
	}
	return id
}
