package queue_test

import (
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/chunk"
	"guestflow/importer/queue"
)

// Promise: what a worker processes stays there; only what no worker has is taken back.
func TestOnlyTasksWithoutALeaseAreTakenBack(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), redistest.Client(t)
	queues := queue.New(client, "main")
	const key = "asynq:{guests:main:short}:"
	for n := range 4 {
		if err := queues.Enqueue(ctx, chunk.Ref{Account: "main", Import: "abcdefgh", Chunk: n}); err != nil {
			t.Fatal(err)
		}
		if err := client.LMove(ctx, key+"pending", key+"active", "RIGHT", "LEFT").Err(); err != nil {
			t.Fatal(err)
		}
	}
	soon, past := time.Now().Add(20*time.Second).Unix(), time.Now().Add(-10*time.Second).Unix()
	client.ZAdd(ctx, key+"lease", redis.Z{Score: float64(soon), Member: "abcdefgh:0:0"},
		redis.Z{Score: float64(past), Member: "abcdefgh:1:0"})
	client.Del(ctx, key+"t:abcdefgh:3:0")
	if depths, err := queues.Stats(ctx); err != nil || depths["guests:main:short"] != (queue.Depth{Active: 4, Lost: 3}) {
		t.Fatalf("%+v, %v", depths["guests:main:short"], err)
	}
	for n, want := range []queue.Orphans{{Leased: 1, Dropped: 1}, {}} {
		if got, err := queues.RecoverOrphans(ctx, func(string) time.Duration { return 10 * time.Minute }); err != nil ||
			got != want {
			t.Fatalf("look %d: %+v, %v; want %+v", n, got, err, want)
		}
	}
	now := float64(time.Now().Unix())
	for id, is := range map[string]func(score float64) bool{
		"abcdefgh:0:0": func(s float64) bool { return s == float64(soon) },
		"abcdefgh:1:0": func(s float64) bool { return s == float64(past) },
		"abcdefgh:2:0": func(s float64) bool { return s <= now && s > now-60 },
	} {
		if score, err := client.ZScore(ctx, key+"lease", id).Result(); err != nil || !is(score) {
			t.Errorf("the lease of %s ends at %.0f, %v; it is %.0f", id, score, err, now)
		}
	}
	active, err := asynq.NewInspectorFromRedisClient(client).ListActiveTasks("guests:main:short")
	if err != nil || len(active) != 3 {
		t.Errorf("%d tasks are active, %v", len(active), err)
	}
}

// Promise: a host whose clock was ahead takes no task with it into the future.
func TestTasksThatAClockAheadHasSentAwayComeBack(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), redistest.Client(t)
	queues := queue.New(client, "main")
	const key = "asynq:{guests:main:1}:"
	for n := range 4 {
		if err := queues.Enqueue(ctx, chunk.Ref{Account: "main", Import: "abcdefgh", Chunk: n, Lane: 1}); err != nil {
			t.Fatal(err)
		}
	}
	now := time.Now()
	away := now.AddDate(1, 0, 0).Unix()
	soon := now.Add(10 * time.Minute).Unix()
	client.LMove(ctx, key+"pending", key+"active", "RIGHT", "LEFT")
	client.ZAdd(ctx, key+"lease", redis.Z{Score: float64(away), Member: "abcdefgh:0:0"})
	for id, to := range map[string]redis.Z{
		"abcdefgh:1:0": {Score: float64(away), Member: key + "retry"},
		"abcdefgh:2:0": {Score: float64(away), Member: key + "scheduled"},
		"abcdefgh:3:0": {Score: float64(soon), Member: key + "retry"},
	} {
		client.LRem(ctx, key+"pending", 1, id)
		client.ZAdd(ctx, to.Member.(string), redis.Z{Score: to.Score, Member: id})
	}
	for n, want := range []queue.Orphans{{Leased: 1, Early: 2}, {}} {
		if got, err := queues.RecoverOrphans(ctx, func(string) time.Duration { return 10 * time.Minute }); err != nil ||
			got != want {
			t.Fatalf("look %d: %+v, %v; want %+v", n, got, err, want)
		}
	}
	if score := client.ZScore(ctx, key+"retry", "abcdefgh:3:0").Val(); score != float64(soon) {
		t.Errorf("what is to come back in ten minutes does so in %.0f s", score-float64(now.Unix()))
	}
}
