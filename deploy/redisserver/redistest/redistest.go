// Package redistest gives a test a real redis-server of its own, ended with the test.
package redistest

import (
	"testing"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver"
)

// Start runs a server on a free port for as long as the test lasts.
func Start(t testing.TB, args ...string) *redisserver.Server {
	t.Helper()
	s, err := redisserver.Start(t.Context(), redisserver.Options{Dir: t.TempDir(), Args: args})
	if err != nil {
		t.Fatalf("%v ('make test' installs it where it can)", err)
	}
	t.Cleanup(s.Kill)
	return s
}

// Client runs a server and gives a client of it.
func Client(t testing.TB) *redis.Client {
	t.Helper()
	return Connect(t, Start(t))
}

// Connect gives one more client of a server.
func Connect(t testing.TB, s *redisserver.Server) *redis.Client {
	t.Helper()
	c := redis.NewClient(s.Redis())
	t.Cleanup(func() { _ = c.Close() })
	return c
}
