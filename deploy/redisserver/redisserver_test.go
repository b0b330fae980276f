package redisserver_test

import (
	"path/filepath"
	"testing"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver"
)

func TestAKilledServerKeepsItsDataOverARestart(t *testing.T) {
	t.Parallel()
	s, err := redisserver.Start(t.Context(), redisserver.Options{Dir: t.TempDir(), Args: []string{"--appendfsync", "always"}})
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(s.Redis())
	defer client.Close()
	if err := client.Set(t.Context(), "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	s.Kill()
	if s, err = s.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer s.Stop()
	if got := client.Get(t.Context(), "k").Val(); got != "v" {
		t.Fatalf("after the restart k = %q, want v", got)
	}
}

func TestASocketServerOpensNoPort(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := redisserver.Start(t.Context(), redisserver.Options{Dir: dir, Socket: filepath.Join(dir, "s")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Stop()
	client := redis.NewClient(s.Redis())
	defer client.Close()
	if port := client.ConfigGet(t.Context(), "port").Val()["port"]; port != "0" {
		t.Fatalf("port = %q, want 0", port)
	}
}
