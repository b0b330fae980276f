// Package topology judges guestflow on every shape of Redis: real guestflow processes on a master with replicas and
// Sentinels, and on a Cluster, whose masters are killed in the middle of an import. What guestflow says at the end is
// compared with the history of a sandbox in the test's process.
//
// It is a package of its own because it needs a built program and a dozen servers, and few of its tests run in
// parallel: on a busy machine, servers take each other for dead.
package topology

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guestflow/deploy/testkit"
	"guestflow/qflow/sandbox"
)

var program string // the built guestflow

func TestMain(m *testing.M) { os.Exit(testkit.MainWithProgram(m, &program)) }

var (
	event    = "--event=" + sandbox.Defaults().EventID
	template = "--template=" + sandbox.Defaults().TemplateID
)

// site is a shell for guestflow's commands, and the Qflow that they call.
type site struct {
	*testkit.Shell
	t   *testing.T
	box *sandbox.Sandbox
}

func newSite(t *testing.T, redisURL string, env ...string) *site {
	t.Helper()
	s := &site{t: t, box: sandbox.New(sandbox.Options{Adjust: func(s *sandbox.Switches) {
		s.ZonePerMinute, s.SendPerMinute = 0, 0
		s.AccessTokenSeconds, s.ReuseRevokesFamily = 10, true
	}})}
	api, err := s.box.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.box.Close() })
	s.Shell = testkit.NewShell(t, program, append([]string{
		"GUESTFLOW_API_URL=" + api, "GUESTFLOW_REDIS_URL=" + redisURL,
		"GUESTFLOW_RATE_PER_MINUTE=none", "GUESTFLOW_SEND_RATE_PER_MINUTE=none", "GUESTFLOW_CONCURRENCY=4",
		"GUESTFLOW_PROBE_INTERVALS=1s",
	}, env...)...)
	return s
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
		fmt.Fprintf(&b, "Ann,Lee %s %d,%s.%d@example.com\n", name, n, name, n)
	}
	b.WriteString("Bob,Bad,bob@nowhere\n")
	path := filepath.Join(s.Dir, name+".csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// status asks for an import; "" is the newest.
func (s *site) status(id string) (i testkit.Import, err error) {
	args := []string{"status", "--json"}
	if id != "" {
		args = append(args, id)
	}
	out, errs, code := s.Run(args...)
	if code != 0 {
		return i, fmt.Errorf("exit %d: %s", code, errs)
	}
	err = json.Unmarshal([]byte(out), &i)
	return i, err
}

// imports lists all imports; none while Redis cannot be reached.
func (s *site) imports() (list []testkit.Import) {
	out, _, code := s.Run("imports", "--json")
	if err := json.Unmarshal([]byte(out), &list); err != nil && code == 0 {
		s.t.Fatalf("%v in %s", err, out)
	}
	return list
}

// judge compares an import with the sandbox's history, row by row: one guest and one email for each that is accepted,
// one guest and none for each that is created, never two for any. It counts the states.
func (s *site) judge(i testkit.Import, states map[string]int) {
	s.t.Helper()
	history := s.box.History()
	guests, emails := map[string][]string{}, map[string]int{}
	for _, g := range history.GuestList {
		guests[g.Email] = append(guests[g.Email], g.ID)
	}
	for _, e := range history.EmailList {
		emails[e.GuestID] += e.Count
	}
	rows := s.Report(i.ID)
	counted := map[string]int{}
	for _, r := range rows {
		counted[r.State]++
		states[r.State]++
		sent := 0
		for _, id := range guests[r.Email] {
			sent += emails[id]
		}
		switch r.State {
		case "accepted":
			if len(guests[r.Email]) != 1 || sent != 1 {
				s.t.Errorf("row %s is accepted: %d guests, %d emails", r.Row, len(guests[r.Email]), sent)
			}
		case "created":
			if len(guests[r.Email]) != 1 || sent != 0 {
				s.t.Errorf("row %s is created: %d guests, %d emails", r.Row, len(guests[r.Email]), sent)
			}
		case "unknown": // a reply was lost with the master; never two
		case "rejected":
			if r.Email != "bob@nowhere" && !strings.HasPrefix(r.Reason, "duplicate") {
				s.t.Errorf("row %s is rejected: %s", r.Row, r.Reason)
			}
		default:
			s.t.Errorf("row %s is %s at the end: %s", r.Row, r.State, r.Reason)
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
	if history.EmailsMax > 1 {
		s.t.Errorf("a guest got %d emails", history.EmailsMax)
	}
	if history.RefreshPresentationsMax > 1 || history.FamilyRevocations > 0 {
		s.t.Errorf("a refresh token was presented %d times", history.RefreshPresentationsMax)
	}
}

// doctor returns the findings by check, as "result: text".
func (s *site) doctor() (found map[string]string, code int) {
	s.t.Helper()
	out, errs, code := s.Run("doctor", "--json")
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
