package tokencache_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/testkit"
	"guestflow/tokencache"
)

func refuse(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no route") }

// waitPause waits until the fleet's pause is over.
func waitPause(t testing.TB, c *tokencache.Cache) {
	t.Helper()
	testkit.Eventually(t, "end of the pause", func() bool {
		info, err := c.Inspect(t.Context())
		return err == nil && info.PausedUntil.IsZero()
	})
}

func contextFor(d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), d)
}

// recordKey finds the record in Redis.
func recordKey(t testing.TB, rdb redis.UniversalClient) string {
	t.Helper()
	keys, err := rdb.Keys(t.Context(), "gf:{*}:token:*").Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		if strings.Count(k, ":") == 3 {
			return k
		}
	}
	t.Fatalf("no record among %q", keys)
	return ""
}

// freeAddr is an address that was free a moment ago.
func freeAddr(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
