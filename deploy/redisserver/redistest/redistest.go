// Package redistest starts real redis-servers for tests: one, a master with replicas and Sentinels, or a Cluster. They
// end with the test. A test can give them a clock of its own, take back their last writes, and make masters fail.
package redistest

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver"
)

// asCluster starts a Cluster of one node in place of every server (GUESTFLOW_TEST_CLUSTER=1). A plain client can use
// that, and it refuses commands whose keys are in different slots: so all tests together show that no command does
// that.
var asCluster = os.Getenv("GUESTFLOW_TEST_CLUSTER") != ""

// Start runs a server on a free port for as long as the test lasts.
func Start(t testing.TB, args ...string) *redisserver.Server {
	t.Helper()
	if !asCluster {
		return start(t, args...)
	}
	if slices.Contains(args, "--replicaof") || slices.Contains(args, "--cluster-enabled") {
		t.Skip("the test uses replicas or a Cluster of its own")
	}
	return OneNodeCluster(t, args...)
}

func start(t testing.TB, args ...string) *redisserver.Server {
	t.Helper()
	return startWithClock(t, nil, args...)
}

// startWithClock starts a server that goes by a clock.
func startWithClock(t testing.TB, clock *Clock, args ...string) *redisserver.Server {
	t.Helper()
	s, err := redisserver.Start(t.Context(), clock.Options(redisserver.Options{Dir: t.TempDir(), Args: args}))
	if err != nil {
		t.Fatalf("%v ('make test' installs it where it can)", err)
	}
	t.Cleanup(s.Kill)
	return s
}

// Client starts a server and returns a client of it.
func Client(t testing.TB) *redis.Client {
	t.Helper()
	return Connect(t, Start(t))
}

// Connect returns another client of a server.
func Connect(t testing.TB, s *redisserver.Server) *redis.Client {
	t.Helper()
	c := redis.NewClient(s.Redis())
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// Restart starts a server again on the same data, after Stop or Kill, and returns when it takes commands: a node of a
// Cluster refuses them for two seconds.
func Restart(ctx context.Context, s *redisserver.Server) (*redisserver.Server, error) {
	again, err := s.Restart(ctx)
	if err != nil || !asCluster {
		return again, err
	}
	for tick := time.Tick(10 * time.Millisecond); ; {
		if text, err := ask(ctx, again, "CLUSTER", "INFO"); err == nil && strings.Contains(text, "cluster_state:ok\r\n") {
			return again, nil
		}
		select {
		case <-tick:
		case <-ctx.Done():
			again.Kill()
			return nil, ctx.Err()
		}
	}
}
