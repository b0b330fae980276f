package queue_test

import (
	"testing"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/chunk"
	"guestflow/importer/queue"
	"guestflow/qflow"
)

func TestAChunksTaskIsFoundWhereItIsAndUnderTheNameThatItHas(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	queues := queue.New(redistest.Client(t), "main")
	for n := range 1500 { // more than a page
		if err := queues.Put(ctx, chunk.Ref{Account: "main", Import: "aaaaaaaa", Chunk: n, Lane: 2}); err != nil {
			t.Fatal(err)
		}
	}
	// as a retry names it
	again := chunk.Ref{Account: "main", Import: "bbbbbbbb", Chunk: 3, Generation: 1_700_000_000, Lane: 2}
	if err := queues.Park(ctx, qflow.GateTrust, again); err != nil {
		t.Fatal(err)
	}
	trust := queue.ParkedQueue("main", qflow.GateTrust)
	for _, c := range []struct {
		id    string
		chunk int
		want  queue.Found
	}{
		{"aaaaaaaa", 0, queue.Found{ID: "aaaaaaaa:0:0", Queue: chunk.Lane(2).Queue("main"), State: "pending"}},
		{"aaaaaaaa", 1499, queue.Found{ID: "aaaaaaaa:1499:0", Queue: chunk.Lane(2).Queue("main"), State: "pending"}},
		{"bbbbbbbb", 3, queue.Found{ID: "bbbbbbbb:3:1700000000", Queue: trust, State: "pending"}},
		{"bbbbbbbb", 4, queue.Found{}},
	} {
		got, is, err := queues.Find(ctx, 2, c.id, c.chunk)
		if err != nil || got != c.want || is != (c.want.ID != "") {
			t.Errorf("chunk %d of %s: %+v, %v, %v", c.chunk, c.id, got, is, err)
		}
	}
}
