package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/qflow/sandbox"
)

// Promise: no guest is created and no email is sent before the undo time of a list is over, under kills and several
// processes, and each guest is mailed once.
func TestNothingLeavesBeforeItsUndoTimeUnderKillsAndSeveralProcesses(t *testing.T) {
	t.Parallel()
	const lists, undo = 6, 2 * time.Second
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	box := h.sandbox(sandbox.Options{Adjust: func(s *sandbox.Switches) { noLimits(s); s.KeepCalls = true }})
	h.write("guestflow.yaml", gala("undo: "+undo.String()))
	daemon := func() *testkit.Process { return h.start("running", "run", "--inbox=in", "--settle=100ms", "--listen=") }
	running := []*testkit.Process{daemon(), daemon()}
	for n := range lists {
		h.put(fmt.Sprintf("in/gala/list%d.csv", n),
			fmt.Sprintf("First Name,Last Name,Email\nAnn,Lee %[1]d,ann%[1]d@example.com\nBob,Ray %[1]d,bob%[1]d@example.com\n",
				n))
		oldest := n % 2
		running[oldest].End(syscall.SIGKILL) // whatever it was doing
		running[oldest] = daemon()
	}
	testkit.Eventually(t, "all are out", func() bool { return box.Summary().Emails == 2*lists })
	var read []string
	testkit.Eventually(t, "all are put away", func() bool {
		read, _ = filepath.Glob(filepath.Join(h.dir, "in/gala/done/.*.read"))
		return len(read) == lists
	})
	starts := map[string]time.Time{}
	for _, path := range read {
		var f struct {
			Record struct {
				Plan struct{ SHA256 string }
				Gate struct{ Noted struct{ Wall time.Time } }
			}
			Name string
		}
		raw, err := os.ReadFile(path)
		if err != nil || json.Unmarshal(raw, &f) != nil || f.Record.Gate.Noted.Wall.IsZero() {
			t.Fatalf("%s, %v", raw, err)
		}
		n := f.Name[len(f.Name)-len("0.csv")]
		starts[string(n)] = f.Record.Gate.Noted.Wall.Add(undo)
	}
	calls := box.History().CallList
	if len(calls) < 2*lists {
		t.Errorf("only %d calls were kept", len(calls))
	}
	for _, call := range calls {
		if call.Email == "" {
			continue
		}
		if n := call.Email[len("ann")]; call.Arrived.Before(starts[string(n)]) {
			t.Errorf("a guest of list %c left at %s, before %s", n, call.Arrived, starts[string(n)])
		}
	}
	if s := box.Summary(); s.Guests != 2*lists || s.EmailsMax != 1 {
		t.Errorf("%d guests, at most %d emails for one", s.Guests, s.EmailsMax)
	}
}

// visitor is a browser of a user of the console.
type visitor struct {
	t    *testing.T
	http *http.Client
	site string
}

func (h *house) visitor(site, name, password string) *visitor {
	h.t.Helper()
	jar, _ := cookiejar.New(nil)
	v := &visitor{h.t, &http.Client{Jar: jar}, strings.TrimSuffix(site, "/")}
	v.post("/login", url.Values{"name": {name}, "password": {password}})
	return v
}

func (v *visitor) post(path string, form url.Values) (status int) {
	v.t.Helper()
	answer, err := v.http.PostForm(v.site+path, form)
	if err != nil {
		v.t.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.StatusCode
}

func (v *visitor) get(path string) string {
	v.t.Helper()
	answer, err := v.http.Get(v.site + path)
	if err != nil {
		v.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return string(body)
}

// Promise: a dropped file mails no one until a second pair of eyes has seen it, and then each guest once. The user of
// the console who has the name of the one who dropped it is not a second pair.
func TestADroppedFileIsApprovedByAnother(t *testing.T) {
	t.Parallel()
	const password = "hunter2-hunter2"
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL(), "GUESTFLOW_USERS=users")...)
	box := h.sandbox(sandbox.Options{Adjust: noLimits})
	h.write("guestflow.yaml", gala("hold: always", "approve_by: other"))
	h.write("new", password)
	me := cliActor().Name
	for _, name := range []string{"gina", me} {
		h.must("user", "add", name, "--operator", "--new-password-file=new")
	}
	site := h.kit().Start("run", "--inbox=in", "--settle=100ms", "--listen=127.0.0.1:0").Console()
	h.put("in/gala/list.csv", "First Name,Last Name,Email\nAnn,Lee,ann@example.com\nBob,Lee,bob@example.com\n")
	var list []waitingFile
	testkit.Eventually(t, "it waits", func() bool { list = h.waiting("--inbox=in"); return len(list) == 1 })
	if list[0].By != me {
		t.Errorf("it was brought by %q, and not by %q", list[0].By, me)
	}
	seen := regexp.MustCompile(`name="seen" value="([^"]+)"`)
	if page := h.visitor(site, me, password).get("/a/sandbox/waiting"); !strings.Contains(page, "list.csv") ||
		seen.MatchString(page) {
		t.Error("who dropped it may approve it")
	}
	gina := h.visitor(site, "gina", password)
	found := seen.FindStringSubmatch(gina.get("/a/sandbox/waiting"))
	if found == nil || box.Summary().Guests != 0 {
		t.Fatalf("gina may not approve it, or it did not wait: %d guests", box.Summary().Guests)
	}
	start, form := "/a/sandbox/new/"+list[0].ID+"/start", url.Values{"seen": {found[1]}}
	if status := h.visitor(site, me, password).post(start, form); status != http.StatusForbidden {
		t.Errorf("who dropped it is answered by %d", status)
	}
	if status := gina.post(start, form); status != http.StatusOK {
		t.Errorf("gina is answered by %d", status)
	}
	testkit.Eventually(t, "it is out", func() bool { return box.Summary().Emails == 2 })
	if s := box.Summary(); s.Guests != 2 || s.EmailsMax != 1 {
		t.Errorf("%d guests, at most %d emails for one", s.Guests, s.EmailsMax)
	}
}
