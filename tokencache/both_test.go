package tokencache_test

import (
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// onBoth runs a test on a real redis-server, which is what counts, and on miniredis, which guestflow embeds for
// demos and which lets a test move Redis' clock.
func onBoth(t *testing.T, test func(t *testing.T, b *bundle)) {
	t.Helper()
	t.Parallel()
	t.Run("redis", func(t *testing.T) {
		t.Parallel()
		test(t, newBundle(t))
	})
	t.Run("miniredis", func(t *testing.T) {
		t.Parallel()
		b, _ := newMini(t)
		test(t, b)
	})
}

// clock moves Redis' time.
type clock struct {
	mini *miniredis.Miniredis
	now  time.Time
}

func (c *clock) forward(d time.Duration) {
	c.now = c.now.Add(d)
	c.mini.SetTime(c.now)
	c.mini.FastForward(d) // keys with a time to live
}

func newMini(t *testing.T) (*bundle, *clock) {
	t.Helper()
	mini := miniredis.RunT(t)
	rdb := redis.NewClient(&redis.Options{Addr: mini.Addr()})
	t.Cleanup(func() { _ = rdb.Close() })
	b := newBundleOn(t, rdb)
	b.addr = mini.Addr()
	return b, &clock{mini: mini, now: time.Now()}
}
