package queue_test

import (
	"testing"
	"time"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/chunk"
	"guestflow/importer/queue"
	"guestflow/qflow"
)

func TestTheOldestTaskOfAQueueIsTheOneThatCameFirst(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), redistest.Client(t)
	queues := queue.New(client, "main")
	if ages, err := queues.OldestPending(ctx); err != nil || len(ages) != 0 {
		t.Fatalf("with empty queues: %v, %v", ages, err)
	}
	for n := range 3 {
		if err := queues.Park(ctx, qflow.GateTrust, chunk.Ref{Account: "main", Import: "aaaaaaaa", Chunk: n}); err != nil {
			t.Fatal(err)
		}
	}
	parked := queue.ParkedQueue("main", qflow.GateTrust)
	client.HSet(ctx, "asynq:{"+parked+"}:t:aaaaaaaa:0:0", "pending_since", time.Now().Add(-time.Hour).UnixNano())
	ages, err := queues.OldestPending(ctx)
	if err != nil || len(ages) != 1 || ages[parked] < time.Hour || ages[parked] > time.Hour+time.Minute {
		t.Fatalf("%v, %v", ages, err)
	}
}
