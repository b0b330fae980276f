package testkit

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Shell runs guestflow's commands in a folder and an environment. The environment of the test itself stays outside.
type Shell struct {
	T       testing.TB
	Program string
	Dir     string
	Env     []string
}

// NewShell returns a shell in a new folder, which is also HOME, for a program such as Program returns. Only PATH is
// passed on.
func NewShell(t testing.TB, program string, env ...string) *Shell {
	t.Helper()
	dir := t.TempDir()
	return &Shell{T: t, Program: program, Dir: dir,
		Env: append([]string{"GUESTFLOW_LISTEN=127.0.0.1:0", "PATH=" + os.Getenv("PATH"), "HOME=" + dir}, env...)}
}

// With returns a shell in the same folder with further variables.
func (s *Shell) With(env ...string) *Shell {
	other := *s
	other.Env = append(slices.Clone(s.Env), env...)
	return &other
}

// Command prepares a process; the caller ends it.
func (s *Shell) Command(args ...string) *exec.Cmd {
	cmd := exec.Command(s.Program, args...) // a test's own program, ended by its test
	cmd.Dir, cmd.Env = s.Dir, slices.Clone(s.Env)
	return cmd
}

// Run runs a command to its end and returns what it printed, and its exit code.
func (s *Shell) Run(args ...string) (stdout, stderr string, code int) {
	s.T.Helper()
	cmd := s.Command(args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	_ = cmd.Run() // the exit code says it
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// Must runs a command that must succeed, and returns its standard output.
func (s *Shell) Must(args ...string) string {
	s.T.Helper()
	out, errs, code := s.Run(args...)
	if code != 0 {
		s.T.Fatalf("guestflow %v: exit %d\n%s%s", args, code, out, errs)
	}
	return out
}

// JSON runs a command that must succeed with --json, and decodes its output.
func JSON[T any](s *Shell, args ...string) (v T) {
	s.T.Helper()
	if err := json.Unmarshal([]byte(s.Must(append(args, "--json")...)), &v); err != nil {
		s.T.Fatalf("guestflow %v --json: %v", args, err)
	}
	return v
}

// Process is a guestflow that runs until its test ends it.
type Process struct {
	*Log
	Cmd  *exec.Cmd
	Done <-chan struct{} // closed when it has ended
	t    testing.TB
}

// Start runs a command until the test is over. When the test fails, the process's output is shown.
func (s *Shell) Start(args ...string) *Process {
	s.T.Helper()
	s.makeInbox(args)
	done := make(chan struct{})
	p := &Process{Log: &Log{}, Cmd: s.Command(args...), Done: done, t: s.T}
	p.Cmd.Stdout, p.Cmd.Stderr = p.Log, p.Log
	if err := p.Cmd.Start(); err != nil {
		s.T.Fatalf("start guestflow %v: %v", args, err)
	}
	go func() {
		_ = p.Cmd.Wait()
		close(done)
	}()
	s.T.Cleanup(func() {
		p.End(syscall.SIGKILL)
		if s.T.Failed() {
			s.T.Logf("output of guestflow %v:\n%s", args, p)
		}
	})
	return p
}

// makeInbox makes the folder that a process is to watch, below the shell's: guestflow does not.
func (s *Shell) makeInbox(args []string) {
	for _, a := range args {
		if folder, is := strings.CutPrefix(a, "--inbox="); is {
			if err := os.MkdirAll(filepath.Join(s.Dir, folder), 0o700); err != nil {
				s.T.Fatal(err)
			}
		}
	}
}

// End sends a signal and waits until the process has ended.
func (p *Process) End(sig syscall.Signal) {
	_ = p.Cmd.Process.Signal(sig)
	<-p.Done
}

// ExitCode waits until the process has ended and returns its exit code.
func (p *Process) ExitCode() int {
	<-p.Done
	return p.Cmd.ProcessState.ExitCode()
}

// WaitFor waits until the process has written words. It fails the test when the process ends without having done so.
func (p *Process) WaitFor(words string) {
	p.t.Helper()
	p.wait(p.t, p.Done, fmt.Sprintf("%q", words),
		func(text string) bool { return bytes.Contains([]byte(text), []byte(words)) })
}

// WaitForMatch waits until the process has written something that matches, and returns the match and its groups.
func (p *Process) WaitForMatch(pattern *regexp.Regexp) (groups []string) {
	p.t.Helper()
	p.wait(p.t, p.Done, pattern.String(), func(text string) bool {
		groups = pattern.FindStringSubmatch(text)
		return groups != nil
	})
	return groups
}

// listening is what a process logs when it serves its pages.
var listening = regexp.MustCompile(`msg=console .*url=(http://[^\s/]+)`)

// Console waits until the process serves its pages and returns their address, without a slash at the end. With
// --listen=127.0.0.1:0 the system chooses a free port.
func (p *Process) Console() (address string) {
	p.t.Helper()
	return p.WaitForMatch(listening)[1]
}

// Import is an import as status and imports print it with --json.
type Import struct {
	ID       string         `json:"id"`
	Source   string         `json:"source"`
	Template string         `json:"template"`
	Rows     int            `json:"rows"`
	Counts   map[string]int `json:"counts"`
	Finished *time.Time     `json:"finished"`
	Stopped  string         `json:"stopped"`
}

// ReportRow is a row of an import's result file.
type ReportRow struct {
	Row    string `json:"row"`
	Email  string `json:"email"`
	State  string `json:"state"`
	Reason string `json:"reason"`
}

// Report has an import's report written and returns the rows of its result file.
func (s *Shell) Report(id string, args ...string) (rows []ReportRow) {
	s.T.Helper()
	files := JSON[struct {
		Result string `json:"result_file"`
	}](s, append([]string{"report", id}, args...)...)
	f, err := os.Open(files.Result)
	if err != nil {
		s.T.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		s.T.Fatal(err)
	}
	at := func(name string) int { return slices.Index(records[0], name) }
	for _, r := range records[1:] {
		rows = append(rows, ReportRow{r[at("guestflow_row")], r[at("Email")], r[at("guestflow_state")],
			r[at("guestflow_reason")]})
	}
	return rows
}
