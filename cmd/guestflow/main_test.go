package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/cmd/guestflow/config"
	"guestflow/cmd/guestflow/exit"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer"
	"guestflow/importer/ledger"
	"guestflow/qflow/sandbox"
	"guestflow/worker/budget"
)

// asGuestflow makes this test binary run as guestflow itself, so that the tests talk to real processes.
const asGuestflow = "TEST_RUN_AS_GUESTFLOW"

func TestMain(m *testing.M) {
	if os.Getenv(asGuestflow) == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := execute(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// house is a folder with an environment, in which guestflow's processes run.
type house struct {
	t   *testing.T
	dir string
	env []string

	// races has the race detector look at processes that go on, where the tests have it. It makes them several times
	// slower, so that two tests with all parts of guestflow do it for all.
	races bool
}

// newHouse has nothing configured but a free port for a console. The environment of the tests stays outside.
func newHouse(t *testing.T, env ...string) *house {
	t.Helper()
	return &house{t: t, dir: shortDir(t),
		env: append([]string{asGuestflow + "=1", anyPort, "PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}, env...)}
}

// anyPort has a run take a free port: beside others it could not have the default one, and would end.
const anyPort = "GUESTFLOW_LISTEN=127.0.0.1:0"

// problems returns what a command writes to standard error without what it says of the sandbox, and without the
// choices of a question, which are indented.
func problems(errs string) string {
	return strings.TrimSpace(regexp.MustCompile(`(?m)^(Sandbox: |  ).*\n`).ReplaceAllString(errs, ""))
}

// with returns the same house with more in its environment.
func (h *house) with(env ...string) *house {
	more := *h
	more.env = append(slices.Clip(h.env), env...)
	return &more
}

// shortDir is a folder whose path leaves room for the name of a socket.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "gf") // t.TempDir is too long for a unix socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// kit is the house as a shell: with guestflow as make has built it, if it has, unless it is looked at for races.
func (h *house) kit() *testkit.Shell {
	h.t.Helper()
	program, err := os.Executable()
	if err != nil {
		h.t.Fatal(err)
	}
	if built := os.Getenv(testkit.ProgramVariable); built != "" && !h.races {
		program = built
	}
	return &testkit.Shell{T: h.t, Program: program, Dir: h.dir, Env: h.env}
}

// command prepares a process; the caller ends it.
func (h *house) command(args ...string) *exec.Cmd { return h.kit().Command(args...) }

// run runs a command to its end and returns what it printed, and its exit code.
func (h *house) run(args ...string) (stdout, stderr string, code int) {
	h.t.Helper()
	short := *h
	short.races = false
	return short.kit().Run(args...)
}

// start runs a command in the background and returns when its output has the words that say that it is ready.
func (h *house) start(ready string, args ...string) *testkit.Process {
	h.t.Helper()
	p := h.kit().Start(args...)
	p.WaitFor(ready)
	return p
}

// sandbox runs a local Qflow in this test's process and points the house at it.
func (h *house) sandbox(o sandbox.Options) *sandbox.Sandbox {
	h.t.Helper()
	box := sandbox.New(o)
	url, err := box.Listen("127.0.0.1:0")
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = box.Close() })
	h.env = append(h.env, "GUESTFLOW_API_URL="+url)
	return box
}

// file writes a CSV of n good rows and the given further lines.
func (h *house) file(name string, n int, more ...string) string {
	h.t.Helper()
	var b strings.Builder
	b.WriteString("First Name,Last Name,Email\n")
	for i := range n {
		fmt.Fprintf(&b, "Ann,Lee %d,ann%d@example.com\n", i, i)
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

// fast takes the limits off, on both sides.
var fast = []string{"GUESTFLOW_RATE_PER_MINUTE=none", "GUESTFLOW_SEND_RATE_PER_MINUTE=none"}

func noLimits(s *sandbox.Switches) { s.ZonePerMinute, s.SendPerMinute = 0, 0 }

func TestTheDemoEndsByItselfWithBooksThatAgree(t *testing.T) {
	t.Parallel()
	stores := map[string][]string{
		"with a redis-server on the PATH": nil,
		"with nothing":                    {"PATH="},
		"with a configured Redis":         {"GUESTFLOW_REDIS_URL=" + redistest.Start(t).URL()},
	}
	for name, env := range stores {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, env...)
			out, errs, code := h.run("demo", "--rows=2000", "--gate=40s")
			if code != exit.OK || !strings.Contains(out, "the states add up to 2000") || !strings.Contains(errs, "gate closed") {
				t.Fatalf("exit %d\n%s%s", code, out, errs)
			}
			if forgets := strings.Contains(out, "lost when it exits"); forgets != (name == "with nothing") {
				t.Fatalf("says that it forgets: %v\n%s", forgets, out)
			}
			for _, file := range []string{"result", "rejects"} {
				if found, _ := filepath.Glob(filepath.Join(h.dir, "guestflow-demo", "*-"+file+".csv")); len(found) != 1 {
					t.Fatalf("no %s file", file)
				}
			}
		})
	}
}

func TestSeparateProcessesShareTheWorkAndOneToken(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	d := h.start("The sandbox listens", "sandbox", "--listen=127.0.0.1:0", "--trust-opens-after=2s")
	h.races = true
	_, url, _ := strings.Cut(d.String(), "GUESTFLOW_API_URL=")
	url, _, _ = strings.Cut(url, "\n")
	h.env = append(h.env, "GUESTFLOW_API_URL="+url)
	for range 2 {
		h.with("GUESTFLOW_PROBE_INTERVALS=500ms").start("running", "run")
	}
	out, errs, code := h.run("import", h.file("guests.csv", 1000, "Bob,Bad,bob@nowhere"), event, template, "--wait",
		"--json")
	if code != exit.Attention {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	if c := countsOf(t, out); c["accepted"] != 1000 || c["rejected"] != 1 {
		t.Fatalf("counts %v", c)
	}
	s, err := sandbox.Admin{URL: url}.Summary(t.Context())
	if err != nil || s.Guests != 1000 || s.Emails != 1000 || s.EmailsMax != 1 || s.Grants["password"] != 1 {
		t.Fatalf("the sandbox has %d guests, %d emails, at most %d for one, tokens by %v (%v)", s.Guests, s.Emails,
			s.EmailsMax, s.Grants, err)
	}
}

func countsOf(t *testing.T, printed string) map[string]int {
	t.Helper()
	var imp struct{ Counts map[string]int }
	if err := json.Unmarshal([]byte(printed), &imp); err != nil {
		t.Fatalf("%v in %q", err, printed)
	}
	return imp.Counts
}

// TestKilledWorkersLoseNothingAndSendNothingTwice kills workers in the middle of an import, several times. A killed
// worker's chunks come back when Asynq's lease has run out, which takes up to two minutes: GUESTFLOW_CHAOS=long waits
// for that, otherwise the test lets the leases run out and has a worker start, which looks for such chunks at once.
func TestKilledWorkersLoseNothingAndSendNothingTwice(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	client := redistest.Connect(t, server)
	h := newHouse(t, "GUESTFLOW_REDIS_URL="+server.URL(), "GUESTFLOW_CONCURRENCY=8", "GUESTFLOW_RATE_PER_MINUTE=none",
		"GUESTFLOW_SEND_RATE_PER_MINUTE=none")
	box := h.sandbox(sandbox.Options{Adjust: noLimits})
	if err := box.Inject(sandbox.Fault{Endpoint: sandbox.CreateGuest, Kind: sandbox.SlowAfter, DelayMS: 20}); err != nil {
		t.Fatal(err)
	}
	const rows = 3000
	if out, errs, code := h.run("import", h.file("guests.csv", rows), event, template); code != exit.OK {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	var last heartbeats
	for kill := 1; kill <= 4; kill++ {
		d := h.start("running", "run")
		testkit.Eventually(t, fmt.Sprintf("%d emails", kill*500), func() bool { return box.Summary().Emails >= kill*500 })
		last = readHeartbeats(t, client)
		d.End(syscall.SIGKILL)
	}
	if testkit.Long() {
		h.start("running", "run")
		testkit.Eventually(t, "the status says what it waits for", func() bool {
			out, _, _ := h.run("status")
			return strings.Contains(out, "processed by a worker that is gone")
		})
	} else {
		leasesRunOut(t, client)
		last.write(t, client) // a worker counts as running until some seconds after its death
		if out, _, _ := h.run("status"); !strings.Contains(out, "processed by a worker that is gone") {
			t.Errorf("the status does not say what it waits for: %s", out)
		}
		last.remove(t, client)
		h.start("running", "run")
	}
	var status struct {
		ledger.Import
		Counts map[string]int `json:"counts"`
	}
	testkit.Eventually(t, "every row is settled", func() bool {
		out, _, _ := h.run("status", "--json")
		return json.Unmarshal([]byte(out), &status) == nil && status.Done()
	})
	if status.Counts["accepted"] != rows {
		t.Fatalf("counts %v, want %d accepted", status.Counts, rows)
	}
	if s := box.Summary(); s.Guests != rows || s.Emails != rows || s.EmailsMax != 1 || s.RefreshPresentationsMax > 1 {
		t.Fatalf("the sandbox has %d guests, %d emails, at most %d for one guest, a refresh token shown %d times",
			s.Guests, s.Emails, s.EmailsMax, s.RefreshPresentationsMax)
	}
}

// leasesRunOut is what time does to the leases by which Asynq knows what is worked on. A worker that starts looks for
// such tasks at once.
func leasesRunOut(t *testing.T, client *redis.Client) {
	t.Helper()
	const all = `for _, queue in ipairs(redis.call('KEYS', 'asynq:{*}:lease')) do
  for _, task in ipairs(redis.call('ZRANGE', queue, 0, -1)) do redis.call('ZADD', queue, 1, task) end
end
return 1`
	if err := client.Eval(t.Context(), all, nil).Err(); err != nil {
		t.Fatal(err)
	}
}

// heartbeats are what Asynq's servers have written of themselves, by their keys.
type heartbeats map[string]string

const asynqServers = "asynq:servers"

func readHeartbeats(t *testing.T, client *redis.Client) heartbeats {
	t.Helper()
	keys, err := client.ZRange(t.Context(), asynqServers, 0, -1).Result()
	if err != nil {
		t.Fatal(err)
	}
	all := heartbeats{}
	for _, key := range keys {
		if text, err := client.Get(t.Context(), key).Result(); err == nil { // else it has expired
			all[key] = text
		}
	}
	return all
}

func (h heartbeats) write(t *testing.T, client *redis.Client) {
	t.Helper()
	for key, text := range h {
		at := float64(time.Now().Add(time.Hour).Unix())
		if err := errors.Join(client.Set(t.Context(), key, text, 0).Err(),
			client.ZAdd(t.Context(), asynqServers, redis.Z{Score: at, Member: key}).Err()); err != nil {
			t.Fatal(err)
		}
	}
}

func (h heartbeats) remove(t *testing.T, client *redis.Client) {
	t.Helper()
	for key := range h {
		if err := errors.Join(client.Del(t.Context(), key).Err(),
			client.ZRem(t.Context(), asynqServers, key).Err()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestBadInputGivesOneSentenceAndItsExitCode(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())
	h.sandbox(sandbox.Options{})
	good := h.file("good.csv", 1)
	if err := os.WriteFile(filepath.Join(h.dir, "empty.csv"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(h.dir, "headless.csv"), []byte("1,2\n3,4\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	h.write("hopeless.csv", "First Name,Email\nAnn,nowhere\nBob,nowhere\n")
	if err := syscall.Mkfifo(filepath.Join(h.dir, "pipe.csv"), 0o600); err != nil {
		t.Fatal(err)
	}
	account := sandbox.Defaults()
	api := strings.TrimPrefix(h.env[len(h.env)-1], "GUESTFLOW_API_URL=")
	live := func(password, key string) []string { return liveAccount(api+"/core/connect/token", password, key) }
	cases := map[string]struct {
		args []string
		code int
		say  string
		env  []string
	}{
		"a missing file":         {[]string{"import", "none.csv", event}, exit.Input, "there is no such file", nil},
		"a folder":               {[]string{"import", ".", event}, exit.Input, "it is not a file", nil},
		"an empty file":          {[]string{"import", "empty.csv", event}, exit.Input, "it is empty", nil},
		"no usable header":       {[]string{"import", "headless.csv", event}, exit.Input, "no usable header", nil},
		"a key column not there": {[]string{"import", good, event, "--key=Ticket"}, exit.Input, "no column", nil},
		"an unknown event": {[]string{"import", good, "--event=none"}, exit.Refused,
			"the event, which is not named here", nil},
		"an unknown template": {[]string{"import", good, event, "--template=none"}, exit.Refused,
			"has no template none", nil},
		"wrong credentials": {[]string{"--account=live", "import", good, event}, exit.Refused, "wrong_credentials",
			live("wrong", account.SubscriptionKey)},
		"a wrong key": {[]string{"--account=other", "import", good, event}, exit.Refused, "subscription key",
			live(account.Password, "wrong")},
		"half of the credentials": {[]string{"import", good, event}, exit.Usage, "subscription_key",
			[]string{"GUESTFLOW_CLIENT_ID=x"}},
		"an unreachable Redis": {[]string{"--redis-url=redis://:hunter2@127.0.0.1:1", "import", good, event}, exit.Store,
			"Redis does not answer", nil},
		"a malformed Redis URL": {[]string{"--redis-url=hunter2", "import", good, event}, exit.Usage, "not a URL", nil},
		"an unreachable Qflow": {[]string{"--account=far", "--api-url=http://127.0.0.1:1", "import", good, event},
			exit.Unreachable, "check GUESTFLOW_", nil},
		"an unknown flag":           {[]string{"import", "--nope"}, exit.Usage, "--nope", nil},
		"an unknown command":        {[]string{"frobnicate"}, exit.Usage, "frobnicate", nil},
		"an unknown import":         {[]string{"status", "nonesuch"}, exit.Usage, "no such import", nil},
		"an unknown profile":        {[]string{"import", good, "--profile=gala"}, exit.Usage, `no profile "gala"`, nil},
		"an account that is no key": {[]string{"--account=a b", "status"}, exit.Usage, "account", nil},
		"a file of rejects only":    {[]string{"import", "hopeless.csv", event}, exit.Input, "none of its 2 rows", nil},
		"a pipe":                    {[]string{"import", "pipe.csv", event}, exit.Input, "it is not a file", nil},
		"no role":                   {[]string{"run", "--roles="}, exit.Usage, "--roles", nil},
		"a password in the URL": {[]string{"--api-url=http://u:hunter2@127.0.0.1:1", "status"}, exit.Usage, "--api-url",
			nil},
		"a negative rate":         {[]string{"--rate-per-minute=-1", "status"}, exit.Usage, "rate-per-minute", nil},
		"a sandbox for everybody": {[]string{"sandbox", "--listen=0.0.0.0:0"}, exit.Usage, "this machine only", nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, errs, code := h.with(c.env...).run(c.args...)
			if code != c.code || !strings.Contains(errs, c.say) || strings.Count(problems(errs), "\n") > 0 {
				t.Fatalf("exit %d, want %d and %q\n%s%s", code, c.code, c.say, out, errs)
			}
			if strings.Contains(out+errs, "hunter2") || strings.Contains(out+errs, account.ClientSecret) {
				t.Fatalf("a secret shows in %s%s", out, errs)
			}
		})
	}
}

func TestABadFileHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	box := h.sandbox(sandbox.Options{Adjust: noLimits})
	h.start("running", "run")
	out, errs, code := h.run("import", h.file("unsubscribed.csv", 1), h.file("good.csv", 3), event, template, "--wait")
	if code != exit.Input || !strings.Contains(errs, `1 guest stands in "unsubscribed.csv" too`) || box.Summary().Guests > 0 {
		t.Fatalf("a list beside one of guests who are not meant: exit %d, %d guests\n%s%s", code, box.Summary().Guests, out, errs)
	}
	out, errs, code = h.run("import", "none.csv", h.file("good.csv", 3), event, template, "--wait")
	if code != exit.Input || box.Summary().Emails != 3 {
		t.Fatalf("exit %d, %d emails\n%s%s", code, box.Summary().Emails, out, errs)
	}
}

func TestTheSameCommandAgainDoesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	box := h.sandbox(sandbox.Options{Adjust: noLimits})
	h.start("running", "run")
	args := []string{"import", h.file("good.csv", 30), event, template, "--wait"}
	h.run(args...)
	out, errs, code := h.run(args...)
	if code != exit.OK || !strings.Contains(out, "was finished") || box.Summary().Emails != 30 {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	if out, errs, code = h.run(append(args, "--again", "--json")...); code != exit.OK ||
		countsOf(t, out)["unchanged"] != 30 || box.Summary().Emails != 30 {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
}

func TestADryRunLeavesNoTrace(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	path := h.file("good.csv", 30, "Bob,Bad,bob@nowhere")
	out, errs, code := h.run("import", path, event, template, "--dry-run")
	if code != exit.OK || !strings.Contains(out, "30 guests, 30 emails") || !strings.Contains(out, "bad_email") {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	if entries, _ := os.ReadDir(h.dir); len(entries) != 1 {
		t.Fatalf("a dry run left %v", entries)
	}
	// Earlier imports in a redis-server of our own are not compared with, as none is started, and that is said.
	own := filepath.Join(h.dir, ".guestflow", "redis")
	if err := os.MkdirAll(filepath.Join(own, "appendonlydir"), 0o700); err != nil {
		t.Fatal(err)
	}
	const said = "Not compared with earlier imports, so every guest counts as new here"
	out, errs, code = h.run("import", path, event, template, "--dry-run", "--state-dir", filepath.Dir(own))
	if code != exit.OK || !strings.Contains(out+errs, said) {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
}

func TestALiveImportWithoutATerminalNeedsAYes(t *testing.T) {
	t.Parallel()
	a := &program.Account{Settings: &config.Settings{ClientID: "x", APIURL: "https://api.example.com"},
		Budget: budget.New(nil, budget.Config{Limits: budget.DefaultLimits})}
	plan := importer.Plan{Path: "guests.csv", Rows: 30, Guests: 30, Emails: 30, Calls: 30}
	var said bytes.Buffer
	err := (&importCommand{}).confirm(t.Context(), a, plan, terminal.Output{Out: io.Discard, Err: &said})
	if exit.Code(err) != exit.Declined || !strings.Contains(said.String(), "30 guests, 30 emails, at least 30 calls") {
		t.Fatalf("without --yes: %v, it said %q", err, said.String())
	}
	if err := (&importCommand{Yes: true}).confirm(t.Context(), a, plan,
		terminal.Output{Out: io.Discard, Err: io.Discard}); err != nil {
		t.Fatalf("with --yes: %v", err)
	}
}
