package browser

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"guestflow/deploy/redisserver"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/qflow/sandbox"
)

// house is a folder in which guestflow's processes run against a Redis and a sandbox of their own.
type house struct {
	t    *testing.T
	dir  string
	env  []string
	box  *sandbox.Sandbox
	site string // where its console is, without a slash at the end

	redis *redisserver.Server
}

// newHouse has a sandbox without limits. It does not inherit the environment of the test process.
func newHouse(t *testing.T, env ...string) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir(), redis: redistest.Start(t),
		box: sandbox.New(sandbox.Options{Adjust: func(s *sandbox.Switches) {
			s.ZonePerMinute, s.SendPerMinute = 0,
				0
		}})}
	api, err := h.box.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.box.Close() })
	h.env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + h.dir, "TZ=UTC",
		"GUESTFLOW_REDIS_URL=" + h.redis.URL(), "GUESTFLOW_API_URL=" + api,
		"GUESTFLOW_RATE_PER_MINUTE=0", "GUESTFLOW_SEND_RATE_PER_MINUTE=0", "GUESTFLOW_PROBE_INTERVALS=500ms",
		"GUESTFLOW_CONCURRENCY=2",
	}, env...)
	return h
}

func (h *house) command(args ...string) *exec.Cmd {
	cmd := exec.Command(rig.program, args...) // ended by the test, by its id
	cmd.Dir, cmd.Env = h.dir, h.env
	return cmd
}

// run runs a command that must succeed.
func (h *house) run(args ...string) string {
	h.t.Helper()
	out, err := h.command(args...).CombinedOutput()
	if err != nil {
		h.t.Fatalf("guestflow %v: %v\n%s", args, err, out)
	}
	return string(out)
}

var consoleAt = regexp.MustCompile(`msg=console .*url=(http://\S+)/`)

// serve starts the daemon with its console.
func (h *house) serve(args ...string) {
	h.t.Helper()
	cmd, log, done := h.command(append([]string{"run", "--listen=127.0.0.1:0"}, args...)...),
		&lockedBuffer{grown: make(chan struct{}, 1)}, make(chan struct{})
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		h.t.Fatal(err)
	}
	go func() { _ = cmd.Wait(); close(done) }()
	h.t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGKILL)
		<-done
		if h.t.Failed() {
			h.t.Logf("guestflow run said:\n%s", log)
		}
	})
	deadline := time.After(patience)
	for {
		if found := consoleAt.FindStringSubmatch(log.String()); found != nil {
			h.site = found[1]
			return
		}
		select {
		case <-log.grown:
		case <-done:
			h.t.Fatalf("guestflow run ended: %s", log)
		case <-deadline:
			h.t.Fatalf("guestflow run has no console: %s", log)
		}
	}
}

// at gives the address of a page of the account.
func (h *house) at(path string) string { return h.site + "/a/sandbox/" + path }

// file writes a CSV of n good rows and the given further lines.
func (h *house) file(name string, n int, more ...string) string {
	h.t.Helper()
	var b strings.Builder
	b.WriteString("First Name,Last Name,Email,Barcode\n")
	for i := range n {
		fmt.Fprintf(&b, "Ann,Lee %d,ann%d.%s@party.example,\n", i, i, strings.TrimSuffix(name, ".csv"))
	}
	for _, line := range more {
		b.WriteString(line + "\n")
	}
	path := filepath.Join(h.dir, name)
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		h.t.Fatal(err)
	}
	return path
}

var (
	event    = "--event=" + sandbox.Defaults().EventID
	template = "--template=" + sandbox.Defaults().TemplateID
)

var importID = regexp.MustCompile(`"id":\s*"([^"]+)"`)

// imports starts an import and gives its id.
func (h *house) imports(path string, more ...string) string {
	h.t.Helper()
	out := h.run(append([]string{"import", path, event, "--yes", "--json"}, more...)...)
	found := importID.FindStringSubmatch(out)
	if found == nil {
		h.t.Fatalf("no id in %s", out)
	}
	return found[1]
}

// slow makes every call of an endpoint take its time, so that an import can be watched.
func (h *house) slow(endpoint sandbox.Endpoint, each time.Duration) {
	h.t.Helper()
	if err := h.box.Inject(sandbox.Fault{Endpoint: endpoint, Kind: sandbox.Slow,
		DelayMS: int(each.Milliseconds())}); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) adjust(change func(*sandbox.Switches)) {
	h.t.Helper()
	if err := h.box.Adjust(change); err != nil {
		h.t.Fatal(err)
	}
}

func untrusted(s *sandbox.Switches) { s.Trusted = false }
func trusted(s *sandbox.Switches)   { s.Trusted = true }

// lockedBuffer takes a process's output and signals each growth.
type lockedBuffer struct {
	mu    sync.Mutex
	b     bytes.Buffer
	grown chan struct{}
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer func() {
		select {
		case l.grown <- struct{}{}:
		default:
		}
	}()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
