package queue_test

import (
	"errors"
	"maps"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/chunk"
	"guestflow/importer/queue"
	"guestflow/qflow"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEnqueueingTwiceIsOneTaskAndNoError(t *testing.T) {
	t.Parallel()
	redis := redistest.Client(t)
	queues, inspector := queue.New(redis, "main"), asynq.NewInspectorFromRedisClient(redis)
	ref := chunk.Ref{Account: "main", Import: "abcdefgh"}
	wantWaiting := func(want int) {
		t.Helper()
		if n, err := queues.Tasks(t.Context()); n != want || err != nil {
			t.Fatalf("%d tasks wait, %v; want %d", n, err, want)
		}
	}
	wantWaiting(0) // queues that were never used
	for range 2 {
		if err := queues.Enqueue(t.Context(), ref); err != nil {
			t.Fatal(err)
		}
		wantWaiting(1)
	}
	if err := queues.Enqueue(t.Context(), ref.Next()); err != nil {
		t.Fatal(err)
	}
	tasks, err := inspector.ListPendingTasks(chunk.Short.Queue("main"))
	if err != nil || len(tasks) != 2 {
		t.Fatalf("%d tasks, %v", len(tasks), err)
	}
	for _, task := range tasks { // asynq's own limits are out of reach: ours are in the ledger
		if task.MaxRetry < 1_000_000 || task.Timeout < 24*time.Hour {
			t.Errorf("%s is tried %d times for %v", task.ID, task.MaxRetry, task.Timeout)
		}
	}
}

// Look reads Asynq's keys itself; this is what tells when a new Asynq has others.
func TestALookAtTheQueuesSeesWhatAsynqSees(t *testing.T) {
	t.Parallel()
	client := redistest.Client(t)
	queues, inspector := queue.New(client, "main"), asynq.NewInspectorFromRedisClient(client)
	for n := range 3 {
		ref := chunk.Ref{Account: "main", Import: "abcdefgh", Chunk: n, Lane: 2}
		if err := queues.Enqueue(t.Context(), ref, asynq.ProcessIn(time.Duration(n)*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if err := queues.Park(t.Context(), qflow.GateTrust, ref.Next()); err != nil {
			t.Fatal(err)
		}
	}
	if err := inspector.ArchiveTask("guests:main:2", "abcdefgh:1:0"); err != nil {
		t.Fatal(err)
	}
	for range 2 { // holding what is held is no error
		if err := queues.Pause(t.Context(), qflow.GateTrust); err != nil {
			t.Fatal(err)
		}
	}
	depths, err := queues.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, depth := range depths {
		info, err := inspector.GetQueueInfo(name)
		if err != nil {
			info = &asynq.QueueInfo{} // Asynq has no entry for a queue that was never used
		}
		if depth.Pending != info.Pending || depth.Scheduled != info.Scheduled || depth.Archived != info.Archived ||
			depth.Tasks()+depth.Archived != info.Size || depth.Paused != info.Paused {
			t.Errorf("%s: %+v, Asynq says %+v", name, depth, info)
		}
	}
	if depths["guests:main:2"].Tasks() != 2 || depths["parked:main:trust"] != (queue.Depth{Pending: 3, Paused: true}) {
		t.Fatalf("depths %+v", depths)
	}
	for range 2 {
		if err := queues.Unpause(t.Context(), qflow.GateTrust); err != nil {
			t.Fatal(err)
		}
	}
	if depths, err = queues.Stats(t.Context()); err != nil || depths["parked:main:trust"].Paused {
		t.Fatalf("released: %+v, %v", depths, err)
	}
}

func TestAQueueIsInUseWhileItHoldsATaskThatAsynqAsksFor(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), redistest.Client(t)
	queues := queue.New(client, "main")
	if err := queues.Enqueue(ctx, chunk.Ref{Account: "main", Import: "abcdefgh", Lane: 1}); err != nil {
		t.Fatal(err)
	}
	if err := queues.Enqueue(ctx, chunk.Ref{Account: "main", Import: "abcdefgh", Lane: 2},
		asynq.ProcessIn(time.Hour)); err != nil {
		t.Fatal(err)
	}
	client.LPush(ctx, "asynq:{guests:main:3}:active", "abcdefgh:2:0")
	client.ZAdd(ctx, "asynq:{guests:main:4}:retry", redis.Z{Member: "abcdefgh:3:0"})
	used, err := queues.InUse(ctx,
		[]string{"guests:main:1", "guests:main:2", "guests:main:3", "guests:main:4", "guests:main:5"})
	want := map[string]bool{"guests:main:1": true, "guests:main:2": true, "guests:main:3": true, "guests:main:4": true,
		"guests:main:5": false}
	if err != nil || !maps.Equal(used, want) {
		t.Errorf("in use are %v, %v", used, err)
	}
}

func TestWithoutRedisNothingLooksEmptyOrEnqueued(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	queues := queue.New(redistest.Connect(t, server), "main")
	server.Kill()
	if _, err := queues.Tasks(t.Context()); err == nil {
		t.Error("queues that cannot be looked at are empty")
	}
	if err := queues.Enqueue(t.Context(), chunk.Ref{}); err == nil || errors.Is(err, asynq.ErrTaskIDConflict) {
		t.Errorf("%v, want that it is not enqueued", err)
	}
}
