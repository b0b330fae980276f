// Package upgrade tests guestflow on what the version before has left: a Redis in the middle of many imports, a state
// folder, an inbox, and a Qflow that knows all their guests. They are in testdata, with a description of how they were
// made, and are read into a redis-server and a sandbox of the test's own, as if the downtime of an upgrade had begun
// two minutes ago. Then the new program takes over.
package upgrade

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"guestflow/deploy/testkit"
	"guestflow/qflow/sandbox"
)

var program string // the new guestflow

func TestMain(m *testing.M) { os.Exit(testkit.MainWithProgram(m, &program)) }

// site is a shell for the processes of one program, and the Qflow that they call: by a name, since tokens are bound to
// the address of their token endpoint, and through a proxy, since the name does not exist.
type site struct {
	*testkit.Shell
	t   *testing.T
	box *sandbox.Sandbox
	// host and port to which reports on emails are delivered, whatever name they are sent to
	console atomic.Pointer[string]
}

func newSite(t *testing.T, program, redisURL string) *site {
	t.Helper()
	s := &site{t: t}
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
	s.Shell = testkit.NewShell(t, program,
		"HTTP_PROXY="+proxy, "GUESTFLOW_ALLOW_HTTP=qflow.example",
		"GUESTFLOW_API_URL=http://qflow.example", "GUESTFLOW_IDENTITY_URL=http://qflow.example/core/connect/token",
		"GUESTFLOW_CLIENT_ID="+account.ClientID, "GUESTFLOW_CLIENT_SECRET="+account.ClientSecret,
		"GUESTFLOW_USERNAME="+account.Email, "GUESTFLOW_PASSWORD="+account.Password,
		"GUESTFLOW_SUBSCRIPTION_KEY="+account.SubscriptionKey, "GUESTFLOW_ACCOUNT="+accountName, "GUESTFLOW_STATE_DIR=state",
		"GUESTFLOW_REDIS_URL="+redisURL, "GUESTFLOW_RATE_PER_MINUTE=0", "GUESTFLOW_SEND_RATE_PER_MINUTE=0",
		"GUESTFLOW_CONCURRENCY=8", "GUESTFLOW_PROBE_INTERVALS=1s", "GUESTFLOW_SETTLE=1s",
	)
	return s
}

const accountName = "acme"

// RoundTrip delivers a report of Qflow to the console.
func (s *site) RoundTrip(r *http.Request) (*http.Response, error) {
	console := s.console.Load()
	if console == nil {
		return nil, errors.New("there is no console")
	}
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host = "http", *console
	return http.DefaultTransport.RoundTrip(r)
}

// serve starts a process with a console, to which reports go from now on.
func (s *site) serve(args ...string) *testkit.Process {
	s.t.Helper()
	p := s.Start(append([]string{"run", "--listen=127.0.0.1:0"}, args...)...)
	host := strings.TrimPrefix(p.Console(), "http://")
	s.console.Store(&host)
	return p
}

// fileName is that of an import's file when it was dropped: the inbox and the sources put something before it.
func fileName(i testkit.Import) string { return prefixed.ReplaceAllString(filepath.Base(i.Source), "") }

var prefixed = regexp.MustCompile(`^(.*--)?([0-9a-f]{8}-)?`)

func (s *site) imports() []testkit.Import {
	return testkit.JSON[[]testkit.Import](s.Shell, asked["imports"]...)
}

// report writes an import's result.csv and reads it.
func (s *site) report(id string) []testkit.ReportRow {
	s.t.Helper()
	folder := filepath.Join(s.Dir, "reports")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		s.t.Fatal(err)
	}
	return s.Report(id, "--out="+folder)
}

// finished reports whether no import has rows left to work on.
func finished(list []testkit.Import) bool {
	return !slices.ContainsFunc(list, func(i testkit.Import) bool { return i.Finished == nil })
}
