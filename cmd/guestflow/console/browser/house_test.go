package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"guestflow/deploy/redisserver"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/qflow/sandbox"
)

// house is a shell for guestflow's processes, with a Redis, a sandbox and a console of its own.
type house struct {
	*testkit.Shell
	t     *testing.T
	box   *sandbox.Sandbox
	redis *redisserver.Server
	api   string // the sandbox's address
	site  string // the console's address, without a slash at the end
}

// newHouse has a sandbox without limits.
func newHouse(t *testing.T, env ...string) *house {
	t.Helper()
	h := &house{t: t, redis: redistest.Start(t), box: sandbox.New(sandbox.Options{Adjust: func(s *sandbox.Switches) {
		s.ZonePerMinute, s.SendPerMinute = 0, 0
	}})}
	api, err := h.box.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.box.Close() })
	h.api = api
	h.Shell = testkit.NewShell(t, rig.program, append([]string{
		"TZ=UTC", "GUESTFLOW_REDIS_URL=" + h.redis.URL(), "GUESTFLOW_API_URL=" + api,
		"GUESTFLOW_RATE_PER_MINUTE=none", "GUESTFLOW_SEND_RATE_PER_MINUTE=none", "GUESTFLOW_PROBE_INTERVALS=500ms",
		"GUESTFLOW_CONCURRENCY=2",
	}, env...)...)
	return h
}

// serve starts a process with a console.
func (h *house) serve(args ...string) {
	h.t.Helper()
	h.site = h.Start(append([]string{"run", "--listen=127.0.0.1:0"}, args...)...).Console()
}

// at gives the address of a page of the account.
func (h *house) at(path string) string { return h.site + "/a/sandbox/" + path }

// file writes a CSV of n good rows and the given further lines.
func (h *house) file(name string, n int, more ...string) string {
	h.t.Helper()
	var b strings.Builder
	b.WriteString("First Name,Last Name,Email,Barcode\n")
	for i := range n {
		list := strings.TrimSuffix(name, ".csv") // no list has people of another; a bare number before a word is a postcode
		fmt.Fprintf(&b, "Ann,Lee %dth %s,ann%d.%s@party.example,\n", i, list, i, list)
	}
	for _, line := range more {
		b.WriteString(line + "\n")
	}
	path := filepath.Join(h.Dir, name)
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		h.t.Fatal(err)
	}
	return path
}

// list writes a CSV of some guests.
func (h *house) list(name string, guests ...string) string {
	h.t.Helper()
	path := filepath.Join(h.Dir, name)
	if err := os.WriteFile(path, []byte("First Name,Last Name,Email\n"+strings.Join(guests, "\n")+"\n"),
		0o600); err != nil {
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
	out := h.Must(append([]string{"import", path, event, "--yes", "--json"}, more...)...)
	found := importID.FindStringSubmatch(out)
	if found == nil {
		h.t.Fatalf("no id in %s", out)
	}
	return found[1]
}

// waits has an import wait.
func (h *house) waits(path string, more ...string) {
	h.t.Helper()
	h.Must(append([]string{"import", path, event, template, "--yes"}, more...)...)
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
