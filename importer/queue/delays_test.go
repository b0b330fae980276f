package queue_test

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/chunk"
	"guestflow/importer/queue"
)

// A host that was years ahead has put its chunks off until then, and was killed with one in hand.
func TestNoTaskIsPutOffForLongerThanItsDelay(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), redistest.Client(t)
	queues := queue.New(client, "main")
	key := "asynq:{" + chunk.Short.Queue("main") + "}:"
	now := time.Now()
	in := func(d time.Duration) float64 { return float64(now.Add(d).Unix()) }
	client.ZAdd(ctx, key+"retry", redis.Z{Score: in(5 * time.Minute), Member: "meant"},
		redis.Z{Score: in(time.Hour), Member: "hour"}, redis.Z{Score: in(30 * 365 * 24 * time.Hour), Member: "years"})
	client.ZAdd(ctx, key+"scheduled", redis.Z{Score: in(time.Hour), Member: "retried"})
	client.ZAdd(ctx, key+"lease", redis.Z{Score: in(20 * time.Second), Member: "alive"},
		redis.Z{Score: in(time.Hour), Member: "killed"})
	for _, want := range [][2]int{{3, 1}, {0, 0}} {
		if tasks, leases, err := queues.CapDelays(ctx, func(string) time.Duration { return 10 * time.Minute }); err != nil ||
			tasks != want[0] || leases != want[1] {
			t.Fatalf("%d tasks, %d leases, %v; want %v", tasks, leases, err, want)
		}
	}
	for set, most := range map[string]time.Duration{"retry": 10 * time.Minute, "scheduled": 10 * time.Minute,
		"lease": 2 * time.Minute} {
		for _, z := range client.ZRangeWithScores(ctx, key+set, 0, -1).Val() {
			if z.Score > in(most+time.Minute) {
				t.Errorf("%v comes in %s", z.Member, time.Unix(int64(z.Score), 0).Sub(now))
			}
		}
	}
	if at := client.ZScore(ctx, key+"retry", "meant").Val(); at != in(5*time.Minute) {
		t.Errorf("a task that was put off for five minutes was moved")
	}
}
