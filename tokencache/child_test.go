package tokencache_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/tokencache"
)

const childEnv = "GUESTFLOW_TOKENCACHE_CHILD"

// job is what a child process does. The secrets in it are made up for the test.
type job struct {
	Redis, TokenURL, StateDir, Password string
	// Generation to refuse; 0 means to work on and on.
	Generation uint64
	// At the point the child sends itself the signal.
	Point  string
	Signal syscall.Signal
	// Percent of the points at which it kills or freezes itself instead.
	Percent int
	Timing  tokencache.Timing
}

func childMain(text string) int {
	var j job
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		panic(err)
	}
	rdb := redis.NewClient(&redis.Options{Addr: j.Redis})
	cfg := tokencache.Config{
		Account: "demo", Endpoint: tokencache.Endpoint{TokenURL: j.TokenURL, Scope: "api offline_access"},
		Credentials: demoCredentials, StateDir: j.StateDir, Timing: j.Timing,
		Logger: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	}
	cfg.Credentials.Password.UnmarshalText([]byte(j.Password))
	cfg.Keys, _ = tokencache.ParseKeys(keyA)
	c, err := tokencache.New(rdb, cfg)
	if err != nil {
		panic(err)
	}
	c.SetTestHook(func(point string) {
		if rand.IntN(100) < j.Percent {
			strike([]syscall.Signal{syscall.SIGKILL, syscall.SIGSTOP}[rand.IntN(2)])
		}
		if point == j.Point {
			strike(j.Signal)
		}
	})
	if j.Generation == 0 {
		return childWork(c)
	}
	// To know the generation that is to be refused, the child has to have seen it.
	_, err = c.Token(context.Background())
	if err == nil {
		err = c.Refused(context.Background(), j.Generation)
	}
	tok, _ := c.Token(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, "child:", err)
	}
	fmt.Println("generation", tok.Generation, "error", reasonOf(err))
	_ = c.Close()
	return 0
}

// strike kills or freezes this process right here: the kernel may let a thread run on for a moment after the call, so
// it waits for the thaw, and for its death without end.
func strike(s syscall.Signal) {
	thawed := make(chan os.Signal, 1)
	signal.Notify(thawed, syscall.SIGCONT)
	_ = syscall.Kill(os.Getpid(), s)
	<-thawed
	signal.Stop(thawed)
}

// childWork uses tokens the way a worker does, until it is killed or its input ends.
func childWork(c *tokencache.Cache) int {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _ = c.Run(ctx) })
	for range 4 {
		wg.Go(func() {
			for ctx.Err() == nil {
				tok, err := c.Token(ctx)
				if err == nil && rand.IntN(400) == 0 {
					_ = c.Refused(ctx, tok.Generation)
				}
				select {
				case <-ctx.Done():
				case <-time.After(10 * time.Millisecond): // the pace of the load, not a wait for anything
				}
			}
		})
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
	cancel()
	wg.Wait()
	_ = c.Close()
	return 0
}

func reasonOf(err error) string {
	var auth *tokencache.AuthError
	switch {
	case err == nil:
		return "none"
	case errors.As(err, &auth):
		return string(auth.Reason)
	}
	return "other"
}

// child is a running child process.
type child struct {
	cmd   *exec.Cmd
	stdin io.WriteCloser
	lines chan string // closed at its end
	gone  chan struct{}
}

func (b *bundle) child(j job) *child {
	b.t.Helper()
	j.Redis, j.TokenURL, j.Timing = b.addr, b.cfg.Endpoint.TokenURL, b.cfg.Timing
	if j.StateDir == "" {
		j.StateDir = b.cfg.StateDir
	}
	ch, err := startChild(j)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(ch.end)
	return ch
}

func startChild(j job) (*child, error) {
	text, err := json.Marshal(j)
	if err != nil {
		return nil, err
	}
	ch := &child{cmd: exec.Command(os.Args[0]), lines: make(chan string, 100), gone: make(chan struct{})}
	ch.cmd.Env = append(os.Environ(), childEnv+"="+string(text))
	if testing.Verbose() {
		ch.cmd.Stderr = os.Stderr
	}
	if ch.stdin, err = ch.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := ch.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := ch.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		for s := bufio.NewScanner(out); s.Scan(); {
			ch.lines <- s.Text()
		}
		close(ch.lines)
		_ = ch.cmd.Wait()
		close(ch.gone)
	}()
	return ch, nil
}

func (ch *child) signal(s syscall.Signal) { _ = ch.cmd.Process.Signal(s) }

// wait gives the last line of a child that has ended.
func (ch *child) wait() (last string) {
	for line := range ch.lines {
		last = line
	}
	<-ch.gone
	return last
}

// end kills the child, frozen or not.
func (ch *child) end() {
	ch.signal(syscall.SIGKILL)
	ch.wait()
}

// needsFreezing skips where frozen cannot tell.
func needsFreezing(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("tells by /proc whether a process is frozen")
	}
}

// frozen reports whether the kernel holds the child stopped.
func (ch *child) frozen() bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", ch.cmd.Process.Pid))
	if err != nil {
		return false
	}
	var pid int
	var name, state string
	_, err = fmt.Sscan(string(stat), &pid, &name, &state)
	return err == nil && state == "T"
}
