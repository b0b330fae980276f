// Package upgrade judges guestflow on what the version before has left: a Redis in the middle of many imports, a state folder, an
// inbox, and a Qflow that knows the guests of it all. They are in testdata, with how they were made, and are read into a redis-server
// and a sandbox of the test's own, as if the downtime of an upgrade had begun two minutes ago. Then the new program goes on.
package upgrade

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"guestflow/qflow/sandbox"
)

var program string // the new guestflow

func TestMain(m *testing.M) {
	code, err := built(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func built(m *testing.M) (int, error) {
	if program = os.Getenv("GUESTFLOW_TEST_PROGRAM"); program != "" { // one that is built already
		return m.Run(), nil
	}
	dir, err := os.MkdirTemp("", "gfu")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "guestflow")
	if out, err := exec.Command("go", "build", "-o", program, "guestflow/cmd/guestflow").CombinedOutput(); err != nil {
		return 0, fmt.Errorf("build guestflow: %w\n%s", err, out)
	}
	return m.Run(), nil
}

// site is a folder in which processes of one program run, and the Qflow that they call: by its name, since tokens are bound to the
// address of their token endpoint, and by a proxy, since nobody has that name.
type site struct {
	t       *testing.T
	program string
	dir     string
	env     []string
	box     *sandbox.Sandbox
	console atomic.Pointer[string] // where reports on emails arrive, whatever the name that they are sent to
}

func newSite(t *testing.T, program, redisURL string) *site {
	t.Helper()
	s := &site{t: t, program: program, dir: t.TempDir()}
	s.box = sandbox.New(sandbox.Options{WebhookClient: &http.Client{Transport: s}, Adjust: func(s *sandbox.Switches) {
		s.ZonePerMinute, s.SendPerMinute = 0, 0
		s.AccessTokenSeconds, s.ReuseRevokesFamily = 60, true
	}})
	proxy, err := s.box.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.box.Close() })
	account := sandbox.Defaults()
	s.env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + s.dir, "HTTP_PROXY=" + proxy, "GUESTFLOW_ALLOW_HTTP=qflow.example",
		"GUESTFLOW_API_URL=http://qflow.example", "GUESTFLOW_IDENTITY_URL=http://qflow.example/core/connect/token",
		"GUESTFLOW_CLIENT_ID=" + account.ClientID, "GUESTFLOW_CLIENT_SECRET=" + account.ClientSecret,
		"GUESTFLOW_USERNAME=" + account.Email, "GUESTFLOW_PASSWORD=" + account.Password,
		"GUESTFLOW_SUBSCRIPTION_KEY=" + account.SubscriptionKey, "GUESTFLOW_ACCOUNT=" + accountName, "GUESTFLOW_STATE_DIR=state",
		"GUESTFLOW_REDIS_URL=" + redisURL, "GUESTFLOW_RATE_PER_MINUTE=0", "GUESTFLOW_SEND_RATE_PER_MINUTE=0",
		"GUESTFLOW_CONCURRENCY=8", "GUESTFLOW_PROBE_INTERVALS=1s", "GUESTFLOW_SETTLE=1s",
	}
	return s
}

const accountName = "acme"

// RoundTrip takes a report of Qflow's to the console.
func (s *site) RoundTrip(r *http.Request) (*http.Response, error) {
	console := s.console.Load()
	if console == nil {
		return nil, errors.New("nobody listens")
	}
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host = "http", *console
	return http.DefaultTransport.RoundTrip(r)
}

// listen gives an address for a console, to which reports go from now on.
func (s *site) listen() string {
	s.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	s.console.Store(&address)
	return address
}

func (s *site) command(args ...string) *exec.Cmd {
	cmd := exec.Command(s.program, args...) // ended by the test, by its id
	cmd.Dir, cmd.Env = s.dir, s.env
	return cmd
}

func (s *site) run(args ...string) (stdout, stderr string, code int) {
	s.t.Helper()
	cmd := s.command(args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	_ = cmd.Run()
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

func (s *site) must(args ...string) string {
	s.t.Helper()
	out, errs, code := s.run(args...)
	if code != 0 {
		s.t.Fatalf("%v: exit %d\n%s%s", args, code, out, errs)
	}
	return out
}

// ask runs a command with --json and reads what it printed.
func ask[T any](s *site, args ...string) (v T) {
	s.t.Helper()
	if err := json.Unmarshal([]byte(s.must(append(args, "--json")...)), &v); err != nil {
		s.t.Fatalf("%v: %v", args, err)
	}
	return v
}

// process is a guestflow that goes on.
type process struct {
	cmd   *exec.Cmd
	ended chan struct{}
	mu    sync.Mutex
	b     bytes.Buffer
}

func (p *process) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.b.Write(text)
}

func (p *process) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.b.String()
}

func (p *process) end(sig syscall.Signal) {
	_ = p.cmd.Process.Signal(sig)
	<-p.ended
}

// start runs a process for as long as the test lasts, and shows what it said if the test fails.
func (s *site) start(args ...string) *process {
	s.t.Helper()
	p := &process{cmd: s.command(args...), ended: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = p, p
	if err := p.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait()
		close(p.ended)
	}()
	s.t.Cleanup(func() {
		p.end(syscall.SIGKILL)
		if s.t.Failed() {
			s.t.Logf("%v said:\n%s", args, p)
		}
	})
	return p
}

// await asks again and again; processes and servers are strangers to the test, so there is no signal to wait for.
func await(t *testing.T, within time.Duration, what string, is func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-ctx.Done():
			t.Fatalf("not within %s: %s", within, what)
		case <-tick.C:
		}
	}
}

// importing is an import as `imports --json` gives it.
type importing struct {
	ID       string         `json:"id"`
	Source   string         `json:"source"`
	Template string         `json:"template"`
	Rows     int            `json:"rows"`
	Counts   map[string]int `json:"counts"`
	Finished *time.Time     `json:"finished"`
	Stopped  string         `json:"stopped"`
}

// name is that of the file when it was dropped: the inbox and the sources put something before it.
func (i importing) name() string { return prefixed.ReplaceAllString(filepath.Base(i.Source), "") }

var prefixed = regexp.MustCompile(`^(.*--)?([0-9a-f]{8}-)?`)

func (s *site) imports() []importing { return ask[[]importing](s, said["imports"]...) }

// reported is a row as report gives it.
type reported struct {
	Row    string `json:"row"`
	Email  string `json:"email"`
	State  string `json:"state"`
	Reason string `json:"reason"`
}

// report writes an import's result.csv and reads it.
func (s *site) report(id string) (rows []reported) {
	s.t.Helper()
	if err := os.MkdirAll(filepath.Join(s.dir, "reports"), 0o700); err != nil {
		s.t.Fatal(err)
	}
	files := ask[struct {
		Result string `json:"result_file"`
	}](s, "report", id, "--out="+filepath.Join(s.dir, "reports"))
	f, err := os.Open(files.Result)
	if err != nil {
		s.t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		s.t.Fatal(err)
	}
	at := func(name string) int { return slices.Index(records[0], name) }
	for _, r := range records[1:] {
		rows = append(rows, reported{r[at("guestflow_row")], r[at("Email")], r[at("guestflow_state")], r[at("guestflow_reason")]})
	}
	return rows
}
