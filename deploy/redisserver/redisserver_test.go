package redisserver_test

import (
	"errors"
	"net"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver"
)

func TestAKilledServerKeepsItsDataOverARestart(t *testing.T) {
	t.Parallel()
	s, err := redisserver.Start(t.Context(),
		redisserver.Options{Dir: t.TempDir(), Args: []string{"--appendfsync", "always"}})
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

// Two processes that look for a free port at one moment may find the same one.
func TestTheServerOfAnotherProcessIsNotTakenForTheChild(t *testing.T) {
	t.Parallel()
	other, err := redisserver.Start(t.Context(), redisserver.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Kill()
	_, port, err := net.SplitHostPort(other.Redis().Addr)
	if err != nil {
		t.Fatal(err)
	}
	taken, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	s, err := redisserver.Start(t.Context(), redisserver.Options{Dir: t.TempDir(), Port: taken})
	if !errors.Is(err, redisserver.ErrPortTaken) {
		t.Errorf("started %v, %v; want an error that says that the port is taken", s, err)
	}
}

// A server that is down for a moment must find its port free when it comes back.
func TestNoOutgoingConnectionGetsTheFreePort(t *testing.T) {
	t.Parallel()
	port, err := redisserver.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0") // the kernel takes it from where it takes those of outgoing connections
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if kernels := l.Addr().(*net.TCPAddr).Port; port >= 32_768 || kernels < 32_768 {
		t.Errorf("port %d, the kernel gave %d", port, kernels)
	}
}
