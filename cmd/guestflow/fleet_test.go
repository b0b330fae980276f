package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/ledger"
	"guestflow/qflow/sandbox"
)

// fleet is guestflow as it is run in earnest: a redis-server, Qflow, and processes that are started again when they
// end. Whatever a test does to any of them, the others go on.
type fleet struct {
	*house
	admin  sandbox.Admin
	redis  *redis.Client
	ledger *ledger.Ledger
	units  []*unit
	log    *os.File // what all processes say

	mu     sync.Mutex
	server *redisserver.Server
	clock  *redistest.Clock // of the server
}

// newFleet has a Redis of its own.
func newFleet(t *testing.T, sandboxed []string, env ...string) *fleet {
	t.Helper()
	f := &fleet{house: newHouse(t, env...)}
	f.startRedis()
	client := redis.NewClient(f.server.Redis())
	t.Cleanup(func() { _ = client.Close() })
	f.moveIn(f.server.URL(), client, sandboxed)
	return f
}

// startRedis starts one whose every answer is on the disk: with appendfsync always a restart loses nothing that a
// client was told, so that whatever is lost is lost by guestflow. What a crash takes with it under everysec, forget
// takes. The file is never rewritten, so that it can be cut.
//
// The server listens on a socket: a port that is free for a moment may be taken by another process.
func (f *fleet) startRedis() {
	f.t.Helper()
	data := filepath.Join(f.dir, "redis")
	if err := os.Mkdir(data, 0o700); err != nil {
		f.t.Fatal(err)
	}
	f.clock = newClock(f.t)
	var err error
	f.server, err = redisserver.Start(f.t.Context(), f.clock.Options(redisserver.Options{
		Dir: data, Socket: filepath.Join(f.dir, "redis.sock"),
		Args: []string{"--appendfsync", "always", "--auto-aof-rewrite-percentage", "0"},
	}))
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { f.server.Kill() })
}

// newClock gives a clock that can be set; none, where that cannot be.
func newClock(t *testing.T) *redistest.Clock {
	t.Helper()
	clock, err := redistest.NewClock(t)
	if err != nil {
		t.Logf("Redis' clock stays right: %v", err)
		return nil
	}
	return clock
}

// moveIn has the fleet work on a Redis.
func (f *fleet) moveIn(url string, client *redis.Client, sandboxed []string) {
	f.t.Helper()
	f.env, f.redis = append(f.env, "GUESTFLOW_REDIS_URL="+url), client
	var err error
	if f.ledger, err = ledger.For(f.redis, "sandbox"); err != nil {
		f.t.Fatal(err)
	}
	if f.log, err = os.Create(filepath.Join(f.t.ArtifactDir(), "fleet.log")); err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { _ = f.log.Close() })
	f.findSandbox(sandboxed)
}

// findSandbox starts a sandbox in a process of its own and points the house at it.
func (f *fleet) findSandbox(args []string) {
	f.t.Helper()
	d := f.start("Its books", append([]string{"sandbox", "--listen=127.0.0.1:0"}, args...)...)
	_, url, _ := strings.Cut(d.String(), "GUESTFLOW_API_URL=")
	url, _, _ = strings.Cut(url, "\n")
	f.env = append(f.env, "GUESTFLOW_API_URL="+url)
	f.admin = sandbox.Admin{URL: url}
}

// patch changes the sandbox's switches.
func (f *fleet) patch(changes map[string]any) {
	f.t.Helper()
	if _, err := f.admin.Patch(context.Background(), changes); err != nil {
		f.t.Errorf("the sandbox takes no orders: %v", err)
	}
}

// forget has the server lose what it writes from now on for a while, and restarts it.
func (f *fleet) forget(for_ time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	to, err := redistest.Position(f.server)
	if err == nil {
		time.Sleep(for_)
		var server *redisserver.Server
		if server, err = redistest.Rewind(context.Background(), f.server, to); err == nil {
			f.server = server
			return
		}
	}
	f.t.Errorf("redis-server does not come back without its last writes: %v", err)
}

// restartRedis kills the server and starts it again on the same files.
func (f *fleet) restartRedis(away time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.server.Kill()
	time.Sleep(away)
	server, err := redistest.Restart(context.Background(), f.server)
	if err != nil {
		f.t.Errorf("redis-server does not come back: %v", err)
		return
	}
	f.server = server
}

// imports gives all imports; none while Redis is away.
func (f *fleet) imports() []ledger.Import {
	list, err := f.ledger.Imports(f.t.Context(), 1000)
	if err != nil {
		return nil
	}
	return list
}

// counts adds up the rows of all imports by state.
func (f *fleet) counts() (all ledger.Counts) {
	for _, imp := range f.imports() {
		for s, n := range imp.Counts {
			all[s] += n
		}
	}
	return all
}

// unit is a process that is started again whenever it ends, as a service manager does.
type unit struct {
	name string
	mu   sync.Mutex
	cmd  *exec.Cmd
	gone bool // it is not to come back
	ends int
	life sync.WaitGroup
}

// keep runs a command for as long as the test lasts.
func (f *fleet) keep(args ...string) *unit {
	u := &unit{name: fmt.Sprintf("%s %d", args[0], len(f.units)+1)}
	f.units = append(f.units, u)
	u.life.Go(func() {
		for f.live(u, args) {
			time.Sleep(200 * time.Millisecond) // as a service manager waits
		}
	})
	f.t.Cleanup(u.end)
	return u
}

// live is one life of a unit.
func (f *fleet) live(u *unit, args []string) (again bool) {
	cmd := f.command(args...)
	cmd.Stdout, cmd.Stderr = f.log, f.log
	u.mu.Lock()
	if u.gone {
		u.mu.Unlock()
		return false
	}
	u.cmd = cmd
	err := cmd.Start()
	u.mu.Unlock()
	if err != nil {
		f.t.Errorf("start %s: %v", u.name, err)
		return false
	}
	_ = cmd.Wait()
	u.mu.Lock()
	defer u.mu.Unlock()
	u.ends++
	return !u.gone
}

// signal reaches the present life; it is no matter if that has just ended.
func (u *unit) signal(sig syscall.Signal) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.cmd != nil && u.cmd.Process != nil {
		_ = u.cmd.Process.Signal(sig)
	}
}

func (u *unit) end() {
	u.mu.Lock()
	u.gone = true
	u.mu.Unlock()
	u.signal(syscall.SIGKILL)
	u.life.Wait()
}
