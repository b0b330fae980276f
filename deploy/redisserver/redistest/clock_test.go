package redistest_test

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver"
	"guestflow/deploy/redisserver/redistest"
)

func TestAClockIsSetWhileItsServerRuns(t *testing.T) {
	t.Parallel()
	clock, err := redistest.NewClock(t)
	if err != nil {
		t.Skip(err)
	}
	server, err := redisserver.Start(t.Context(), clock.Options(redisserver.Options{Dir: t.TempDir()}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Kill)
	client := redistest.Connect(t, server)
	for _, ahead := range []time.Duration{0, time.Hour, -time.Hour, 2 * time.Minute, 0} {
		if err := clock.Set(ahead); err != nil {
			t.Fatal(err)
		}
		before := time.Now()
		for what, told := range times(t, client) {
			if off := told.Sub(before) - ahead; off < -time.Second || off > time.Minute {
				t.Errorf("set to %s, %s is off by %s", ahead, what, off)
			}
		}
	}
}

// times returns a server's time, and the time by which it expires keys.
func times(t *testing.T, client *redis.Client) map[string]time.Time {
	t.Helper()
	asked, err := client.Time(t.Context()).Result()
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Set(t.Context(), "key", "", time.Minute).Err(); err != nil {
		t.Fatal(err)
	}
	expires, err := client.ExpireTime(t.Context(), "key").Result()
	if err != nil {
		t.Fatal(err)
	}
	return map[string]time.Time{"TIME": asked, "EXPIRE": time.Unix(0, 0).Add(expires).Add(-time.Minute)}
}
