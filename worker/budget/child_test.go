package budget_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/worker/budget"
)

const childEnv = "GUESTFLOW_BUDGET_CHILD"

// job is what a process of a fleet does: it has work without end, and calls as often as the budget lets it.
type job struct {
	Redis, URL string
	Limits     budget.Limits
	Callers    int
}

func childMain(text string) int {
	var j job
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		panic(err)
	}
	b := budget.New(redis.NewClient(&redis.Options{Addr: j.Redis}),
		budget.Config{Egress: "egress", Account: "main", Limits: j.Limits})
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: j.Callers}}
	fmt.Println(time.Now().Unix())
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	for n := range j.Callers {
		all.Go(func() {
			for b.Wait(ctx, nil, fmt.Sprint("import ", n%3), budget.API) == nil {
				answer, err := client.Post(j.URL+"/checkin/v1/api/guest", "application/json", nil)
				if err == nil {
					answer.Body.Close()
				}
			}
		})
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
	cancel()
	all.Wait()
	return 0
}

// child is a process of a fleet.
type child struct {
	cmd   *exec.Cmd
	stdin io.Closer
	clock time.Time // the host's, as the process sees it
}

// start runs a process of the fleet from this test binary, or from another build of it.
func (f *fleet) start(binary string, env ...string) *child {
	f.t.Helper()
	text, err := json.Marshal(job{Redis: f.redis, URL: f.url, Limits: budget.Limits{API: limit}, Callers: 16})
	if err != nil {
		f.t.Fatal(err)
	}
	c := &child{cmd: exec.Command(binary)}
	c.cmd.Env = append(append(os.Environ(), env...), childEnv+"="+string(text))
	c.cmd.Stderr = os.Stderr
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		f.t.Fatal(err)
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		f.t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(c.kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		f.t.Fatalf("a process of the fleet does not begin: %v", err)
	}
	var seconds int64
	fmt.Sscan(strings.TrimSpace(line), &seconds)
	c.clock = time.Unix(seconds, 0)
	return c
}

func (c *child) signal(s syscall.Signal) { _ = c.cmd.Process.Signal(s) }

// kill ends the process at once, frozen or not.
func (c *child) kill() {
	c.signal(syscall.SIGKILL)
	_ = c.cmd.Wait()
}

func self(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}
