// Package topology judges guestflow on every shape of Redis: real guestflow processes on a master with replicas and Sentinels, and
// on a Cluster, whose masters are killed in the middle of an import. What guestflow says at the end is held against the books of a
// sandbox in the test's process.
//
// It is a package of its own because it needs a built program and a dozen servers, and few of its tests run side by side: on a
// busy machine, servers that are many take each other for dead.
package topology

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"guestflow/qflow/sandbox"
)

var program string

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
	dir, err := os.MkdirTemp("", "gft")
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

// long reports whether the tests run at length.
func long() bool { return os.Getenv("GUESTFLOW_CHAOS") == "long" }

var (
	event    = "--event=" + sandbox.Defaults().EventID
	template = "--template=" + sandbox.Defaults().TemplateID
)

// site is a folder with an environment, in which guestflow's processes run, and the Qflow that they call.
type site struct {
	t   *testing.T
	dir string
	env []string
	box *sandbox.Sandbox
}

func newSite(t *testing.T, redisURL string, env ...string) *site {
	t.Helper()
	s := &site{t: t, dir: t.TempDir(), box: sandbox.New(sandbox.Options{Adjust: func(s *sandbox.Switches) {
		s.ZonePerMinute, s.SendPerMinute = 0, 0
		s.AccessTokenSeconds, s.ReuseRevokesFamily = 10, true
	}})}
	api, err := s.box.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.box.Close() })
	s.env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + s.dir, "GUESTFLOW_API_URL=" + api, "GUESTFLOW_REDIS_URL=" + redisURL,
		"GUESTFLOW_RATE_PER_MINUTE=0", "GUESTFLOW_SEND_RATE_PER_MINUTE=0", "GUESTFLOW_CONCURRENCY=4", "GUESTFLOW_PROBE_INTERVALS=1s",
	}, env...)
	return s
}

func (s *site) command(args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...) // ended by the test, by its id
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

// log is what a process says.
type log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// start runs a process for as long as the test lasts, and shows what it said if the test fails.
func (s *site) start(args ...string) *log {
	s.t.Helper()
	l, cmd, ended := &log{}, s.command(args...), make(chan struct{})
	cmd.Stdout, cmd.Stderr = l, l
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	s.t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGKILL)
		<-ended
		if s.t.Failed() {
			s.t.Logf("%v said:\n%s", args, l)
		}
	})
	return l
}

// file writes guests: of rows, one in twenty is there twice and one is no guest.
func (s *site) file(name string, rows int) string {
	s.t.Helper()
	var b strings.Builder
	b.WriteString("First Name,Last Name,Email\n")
	for i := range rows - 1 {
		n := i
		if i%20 == 19 {
			n = i - 1
		}
		fmt.Fprintf(&b, "Ann,Lee %d,%s.%d@example.com\n", n, name, n)
	}
	b.WriteString("Bob,Bad,bob@nowhere\n")
	path := filepath.Join(s.dir, name+".csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// await asks again and again; every process and server is a stranger to the test, so there is no signal to wait for.
func await(t *testing.T, within time.Duration, what string, is func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-ctx.Done():
			t.Fatalf("not within %s: %s", within, what)
		case <-tick.C:
		}
	}
}

// importing is an import as status gives it.
type importing struct {
	ID       string         `json:"id"`
	Rows     int            `json:"rows"`
	Counts   map[string]int `json:"counts"`
	Finished *time.Time     `json:"finished"`
}

// status asks for an import; "" is the newest.
func (s *site) status(id string) (i importing, err error) {
	args := []string{"status", "--json"}
	if id != "" {
		args = append(args, id)
	}
	out, errs, code := s.run(args...)
	if code != 0 {
		return i, fmt.Errorf("exit %d: %s", code, errs)
	}
	err = json.Unmarshal([]byte(out), &i)
	return i, err
}

// imports gives all of them; none while there is no Redis to ask.
func (s *site) imports() (list []importing) {
	out, _, code := s.run("imports", "--json")
	if err := json.Unmarshal([]byte(out), &list); err != nil && code == 0 {
		s.t.Fatalf("%v in %s", err, out)
	}
	return list
}

// judge holds an import against the books, row by row: one guest and one email for each that is accepted, one guest and none for each
// that is created, never two for any. It counts the states.
func (s *site) judge(i importing, states map[string]int) {
	s.t.Helper()
	books := s.box.History()
	guests, emails := map[string][]string{}, map[string]int{}
	for _, g := range books.GuestList {
		guests[g.Email] = append(guests[g.Email], g.ID)
	}
	for _, e := range books.EmailList {
		emails[e.GuestID] += e.Count
	}
	rows := s.report(i.ID)
	counted := map[string]int{}
	for _, r := range rows {
		counted[r.state]++
		states[r.state]++
		sent := 0
		for _, id := range guests[r.email] {
			sent += emails[id]
		}
		switch r.state {
		case "accepted":
			if len(guests[r.email]) != 1 || sent != 1 {
				s.t.Errorf("row %s is accepted: %d guests, %d emails", r.row, len(guests[r.email]), sent)
			}
		case "created":
			if len(guests[r.email]) != 1 || sent != 0 {
				s.t.Errorf("row %s is created: %d guests, %d emails", r.row, len(guests[r.email]), sent)
			}
		case "unknown": // a reply was lost with the master; never two
		case "rejected":
			if r.email != "bob@nowhere" && !strings.HasPrefix(r.reason, "duplicate") {
				s.t.Errorf("row %s is rejected: %s", r.row, r.reason)
			}
		default:
			s.t.Errorf("row %s is %s at the end: %s", r.row, r.state, r.reason)
		}
	}
	if len(rows) != i.Rows {
		s.t.Errorf("the report has %d rows of %d", len(rows), i.Rows)
	}
	for state, n := range i.Counts {
		if counted[state] != n {
			s.t.Errorf("%d rows are %s, and the counter says %d", counted[state], state, n)
		}
	}
	for email, ids := range guests {
		if len(ids) > 1 {
			s.t.Errorf("%s is %d guests", email, len(ids))
		}
	}
	if books.EmailsMax > 1 {
		s.t.Errorf("a guest got %d emails", books.EmailsMax)
	}
	if books.RefreshPresentationsMax > 1 || books.FamilyRevocations > 0 {
		s.t.Errorf("a refresh token was presented %d times", books.RefreshPresentationsMax)
	}
}

type reported struct{ row, email, state, reason string }

func (s *site) report(id string) (rows []reported) {
	s.t.Helper()
	var files struct {
		Result string `json:"result_file"`
	}
	if err := json.Unmarshal([]byte(s.must("report", id, "--json")), &files); err != nil {
		s.t.Fatal(err)
	}
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

// doctor gives the findings by check, as "result: text".
func (s *site) doctor() (found map[string]string, code int) {
	s.t.Helper()
	out, errs, code := s.run("doctor", "--json")
	var list []struct{ Check, Result, Text string }
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		s.t.Fatalf("exit %d, %v\n%s%s", code, err, out, errs)
	}
	found = map[string]string{}
	for _, f := range list {
		found[f.Check] = f.Result + ": " + f.Text
	}
	return found, code
}

// want compares findings by what they begin with and contain.
func want(t *testing.T, found map[string]string, check, result, words string) {
	t.Helper()
	if got := found[check]; !strings.HasPrefix(got, result+": ") || !strings.Contains(got, words) {
		t.Errorf("doctor says of %s %q, want %s and %q", check, got, result, words)
	}
}
