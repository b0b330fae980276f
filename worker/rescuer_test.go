package worker_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/hibiken/asynq"

	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/importer/queue"
	"guestflow/qflow"
	"guestflow/qflow/sandbox"
	"guestflow/worker"
)

// looker is one process that looks for rows without a task.
func (f *farm) looker() (look func()) {
	once := worker.Rescue(worker.Config{Redis: f.redis, Ledger: f.ledger, Gates: f.gates(), Log: f.log})
	return func() {
		f.t.Helper()
		if err := once(f.t.Context()); err != nil {
			f.t.Fatal(err)
		}
	}
}

// endTurn is for the process whose turn it was to be gone, and its time over.
func (f *farm) endTurn() {
	f.t.Helper()
	if err := f.redis.Del(f.t.Context(), f.ledger.Prefix()+"turn:strays").Err(); err != nil {
		f.t.Fatal(err)
	}
}

// tasks lists an account's tasks in one state.
func (f *farm) tasks(list func(string, ...asynq.ListOption) ([]*asynq.TaskInfo, error),
	queue string) []*asynq.TaskInfo {
	f.t.Helper()
	tasks, err := list(queue, asynq.PageSize(1000))
	if err != nil {
		f.t.Fatal(err)
	}
	return tasks
}

func (f *farm) drop(queue, id string) {
	f.t.Helper()
	if err := f.inspector().DeleteTask(queue, id); err != nil {
		f.t.Fatal(err)
	}
}

// Promise: whatever Asynq's own tools delete, every row ends, and each guest gets one email.
func TestRowsWhoseTaskWasDeletedAreEnqueuedAgain(t *testing.T) {
	t.Parallel()
	const guests = 300
	for name, c := range map[string]struct {
		lose  func(f *farm, id string) // with no worker there
		tasks int                      // that were lost
	}{
		"pending": {func(f *farm, _ string) {
			for _, task := range f.tasks(f.inspector().ListPendingTasks, chunk.Short.Queue(f.account))[:2] {
				f.drop(task.Queue, task.ID)
			}
		}, 2},
		"archived": {func(f *farm, _ string) {
			task := f.tasks(f.inspector().ListPendingTasks, chunk.Short.Queue(f.account))[0]
			if err := f.inspector().ArchiveTask(task.Queue, task.ID); err != nil {
				f.t.Fatal(err)
			}
			look := f.looker()
			for range 6 {
				look()
			}
			if f.lines.Count("enqueued again") > 0 {
				f.t.Error("an archived task is there for a person to run")
			}
			f.drop(task.Queue, task.ID)
			f.endTurn()
		}, 1},
		"scheduled": {func(f *farm, id string) {
			if _, _, err := f.ledger.Move(f.t.Context(), id, []ledger.Move{{Row: 1, To: ledger.Exhausted},
				{Row: 2, To: ledger.Exhausted}, {Row: 100, To: ledger.Exhausted}}); err != nil {
				f.t.Fatal(err)
			}
			stop := f.work()
			imp := f.awaitDone(id)
			stop()
			if n, err := f.importer().Retry(f.t.Context(), imp, false); err != nil || n.Rows != 3 {
				f.t.Fatalf("%d rows are tried again, %v", n.Rows, err)
			}
			for _, task := range f.tasks(f.inspector().ListScheduledTasks, chunk.Short.Queue(f.account)) {
				f.drop(task.Queue, task.ID)
			}
		}, 2},
		"parked": {func(f *farm, id string) {
			f.adjust(func(s *sandbox.Switches) { s.Trusted = false })
			stop := f.work()
			f.await(id, "all rows are parked", func(i ledger.Import) bool { return i.Counts.Parked() == guests })
			parked := queue.ParkedQueue(f.account, qflow.GateTrust)
			f.until("their tasks are", func() bool {
				info, err := f.inspector().GetQueueInfo(parked)
				return err == nil && info.Active == 0 && info.Pending > 3
			})
			stop()
			f.drop(parked, f.tasks(f.inspector().ListPendingTasks, parked)[0].ID)
			f.adjust(func(s *sandbox.Switches) { s.Trusted = true })
		}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFarm(t, sandbox.Options{Adjust: noLimits})
			id := f.importFile(file(t, guests), settings(template))
			c.lose(f, id)
			look := f.looker()
			for range 3 {
				if f.lines.Count("enqueued again") > 0 {
					t.Error("a task is missing for certain only when it was so twice")
				}
				look()
			}
			if f.lines.Count("enqueued again") != 1 || f.lines.Count(fmt.Sprintf("tasks=%d", c.tasks)) != 1 {
				t.Errorf("want one line of %d tasks:\n%s", c.tasks, f.lines)
			}
			for range 5 {
				look() // they are there now
			}
			if f.lines.Count("enqueued again") != 1 {
				t.Errorf("what is there is enqueued again:\n%s", f.lines)
			}
			f.work()
			if imp := f.awaitDone(id); imp.Counts[ledger.Accepted] != guests {
				t.Errorf("counts %s", show(imp.Counts))
			}
			f.checkBooks(guests, guests)
		})
	}
}

// Asynq can leave a task that is in no queue, whose id is taken for as long.
func TestRowsWhoseTaskIsLeftInNoQueueAreEnqueuedUnderAnotherId(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	id := f.importFile(file(t, 3), settings(template))
	queue := chunk.Short.Queue(f.account)
	first := f.tasks(f.inspector().ListPendingTasks, queue)[0].ID
	key := "asynq:{" + queue + "}:"
	updated, err := f.redis.HGet(t.Context(), f.ledger.Prefix()+"import:"+id, "updated").Int64()
	if err != nil {
		t.Fatal(err)
	}
	orphan := fmt.Sprintf("%s:0:%d", id, updated/1000) // whose id is the next that would be given
	if first == orphan {
		t.Fatalf("the ids of tasks have changed: %s", first)
	}
	for _, err := range []error{
		f.redis.LRem(t.Context(), key+"pending", 1, first).Err(),
		f.redis.Rename(t.Context(), key+"t:"+first, key+"t:"+orphan).Err(),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	look := f.looker()
	for range 8 {
		look()
	}
	f.work()
	f.awaitDone(id)
	f.checkBooks(3, 3)
}

// hold has Asynq hold so many tasks as active without a lease, as a failover between two of its writes may leave them;
// it gives their ids.
func (f *farm) hold(queue string, n int) (ids []string) {
	f.t.Helper()
	key := "asynq:{" + queue + "}:"
	for range n {
		id, err := f.redis.LMove(f.t.Context(), key+"pending", key+"active", "RIGHT", "LEFT").Result()
		if err == nil {
			err = f.redis.HSet(f.t.Context(), key+"t:"+id, "state", "active").Err()
		}
		if err != nil {
			f.t.Fatal(err)
		}
		ids = append(ids, id)
	}
	return ids
}

// Promise: a task that Asynq holds as active without a worker comes back, and if its content is gone its chunk gets
// another.
func TestTasksThatAreActiveWithoutALeaseComeBack(t *testing.T) {
	t.Parallel()
	const guests = 300
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	id := f.importFile(file(t, guests), settings(template))
	queue := chunk.Short.Queue(f.account)
	held := f.hold(queue, 3)
	key := "asynq:{" + queue + "}:"
	if err := f.redis.Del(t.Context(), key+"t:"+held[0]).Err(); err != nil {
		t.Fatal(err)
	}
	look := f.looker()
	for range 3 {
		look()
	}
	if f.lines.Count("tasks=2 without_content=1") != 1 || f.lines.Count("enqueued again") != 1 {
		t.Errorf("want two that come back, and one that is made anew:\n%s", f.lines)
	}
	for _, id := range held[1:] { // the half minute that Asynq waits is over
		if err := f.redis.ZIncrBy(t.Context(), key+"lease", -60, id).Err(); err != nil {
			t.Fatal(err)
		}
	}
	f.work()
	f.awaitDone(id)
	f.checkBooks(guests, guests)
}

// Promise: rows that no worker can go on with are named, not left in silence.
func TestRowsThatAreNoLongerKeptAreNamed(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	id := f.importFile(file(t, 3), settings(template))
	queue := chunk.Short.Queue(f.account)
	f.drop(queue, f.tasks(f.inspector().ListPendingTasks, queue)[0].ID)
	if err := f.redis.Del(t.Context(), f.ledger.Prefix()+"import:"+id+":chunk:0").Err(); err != nil {
		t.Fatal(err)
	}
	look := f.looker()
	for range 7 {
		look()
	}
	imp, err := f.ledger.Import(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if gone, err := f.ledger.Notes.LostChunks(t.Context(), imp); err != nil || gone[id] != 1 ||
		f.lines.Count("no longer kept in Redis") != 1 {
		t.Errorf("%v, %v, want one chunk and one line:\n%s", gone, err, f.lines)
	}
}

// Promise: looking for missing tasks does no harm while they move between the queues, however often it is done.
func TestLookingForMissingTasksDoesNoHarmWhileTheyMove(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: func(s *sandbox.Switches) { noLimits(s); s.Trusted = false }})
	const guests = 1000
	id := f.importFile(file(t, guests), settings(template))
	f.work()
	ctx, cancel := context.WithCancel(t.Context())
	looking := make(chan struct{})
	go func() {
		defer close(looking)
		once := worker.Rescue(worker.Config{Redis: f.redis, Ledger: f.ledger, Gates: f.gates(), Log: f.log})
		for ctx.Err() == nil {
			_ = once(ctx) // also when it ends in the middle
		}
	}()
	f.await(id, "all rows are parked", func(i ledger.Import) bool { return i.Counts.Parked() == guests })
	f.adjust(func(s *sandbox.Switches) { s.Trusted = true })
	f.awaitDone(id)
	cancel()
	<-looking
	f.checkBooks(guests, guests)
	t.Logf("%d tasks enqueued again", f.lines.Count("enqueued again"))
}

// Promise: of a fleet one process looks, and when it is gone another does.
func TestOneProcessOfAFleetLooksForMissingTasks(t *testing.T) {
	t.Parallel()
	f := newFarm(t, sandbox.Options{Adjust: noLimits})
	id := f.importFile(file(t, 60), settings(template))
	queue := chunk.Short.Queue(f.account)
	f.drop(queue, f.tasks(f.inspector().ListPendingTasks, queue)[0].ID)
	first, second := f.looker(), f.looker()
	first()
	for range 5 {
		second()
	}
	if f.lines.Count("enqueued again") > 0 {
		t.Error("the second looks although it is the first one's turn")
	}
	f.endTurn()
	for range 3 {
		second()
	}
	first()
	if f.lines.Count("enqueued again") != 1 {
		t.Errorf("the second has not taken over:\n%s", f.lines)
	}
	f.work()
	f.awaitDone(id)
	f.checkBooks(60, 60)
}
