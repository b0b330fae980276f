package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guestflow/cmd/guestflow/exit"
	"guestflow/deploy/redisserver"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer/ledger"
	"guestflow/importer/notify"
	"guestflow/importer/spoolregistry"
	"guestflow/qflow/sandbox"
)

// waiting are the files that wait.
func (h *house) waiting(args ...string) (list []waitingFile) {
	h.t.Helper()
	if err := json.Unmarshal([]byte(h.must(append([]string{"waiting", "--json"}, args...)...)), &list); err != nil {
		h.t.Fatal(err)
	}
	return list
}

// wantsElsewhere fails unless commands that look say how many files wait, also on another host, and one that decides
// says where else to look.
func (h *house) wantsElsewhere(server *redisserver.Server, here int) {
	h.t.Helper()
	books, err := ledger.For(redistest.Connect(h.t, server), "sandbox")
	if err == nil {
		err = spoolregistry.For(books).Note(h.t.Context(),
			[]spoolregistry.Place{{Host: "b.example", Dir: "/srv/in/gala", Inbox: "/srv/in", Waiting: 2}})
	}
	if err != nil {
		h.t.Fatal(err)
	}
	const elsewhere = "on host b.example 2 files wait in /srv/in"
	if _, errs, code := h.run("waiting"); code != exit.OK || !strings.Contains(errs, elsewhere) {
		h.t.Errorf("waiting: exit %d, %s", code, errs)
	}
	for _, command := range []string{"approve", "hold", "discard"} {
		_, errs, code := h.run(command, "20200101T000000-AAAAAA")
		if code != exit.Usage || !strings.Contains(errs, elsewhere) || !strings.Contains(errs, "--inbox FOLDER") {
			h.t.Errorf("%s: exit %d, %s", command, code, errs)
		}
	}
	say := fmt.Sprintf("%d files wait for a person: see guestflow waiting", here+2)
	for _, command := range []string{"top --times=1", "status --watch --times=1"} {
		if out := h.must(strings.Fields(command)...); !strings.Contains(out, say) {
			h.t.Errorf("%s does not say %q: %s", command, say, out)
		}
	}
}

// Promise: a file that leaves a doubt sends no emails on a guess, and is imported as soon as the question is answered.
func TestAFileThatLeavesADoubtWaitsForItsAnswer(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+server.URL())...)
	box := h.sandbox(sandbox.Options{Adjust: noLimits})
	k := h.hook()
	h.write("guestflow.yaml", gala("source: "+filepath.Join(h.dir, "lists")))
	h.start("running", "run", "--inbox=in", "--settle=100ms", "--source-every=1s")
	h.put("in/gala/dropped.csv", "Ann,Lee,ann@example.com\nBob,Lee,bob@example.com\n")
	h.put("in/gala/unwanted.csv", "Eve,Lee,eve@example.com\nFay,Lee,fay@example.com\n")
	hourAgo := time.Now().Add(-time.Hour)
	fetched := h.put("fetched.csv", "Cyd,Lee,cyd@example.com\nDan,Lee,dan@example.com\n")
	if err := errors.Join(os.Chtimes(fetched, hourAgo, hourAgo), os.Mkdir(filepath.Join(h.dir, "lists"), 0o700),
		os.Rename(fetched, filepath.Join(h.dir, "lists", "fetched.csv"))); err != nil {
		t.Fatal(err)
	}
	var list []waitingFile
	testkit.Eventually(t, "all three wait", func() bool { list = h.waiting(); return len(list) == 3 })
	h.wantsElsewhere(server, len(list))
	ids := map[string]string{}
	for _, f := range list {
		ids[f.File] = f.ID
		text, err := os.ReadFile(filepath.Join(filepath.Dir(f.Path), f.ID+"--"+f.File+".txt"))
		if err != nil || !strings.Contains(string(text), "guestflow approve "+f.ID) ||
			!strings.Contains(string(text), f.Question) || f.Question == "" {
			t.Errorf("beside %s: %q, %v", f.Path, text, err)
		}
	}
	testkit.Eventually(t, "it is notified", func() bool { return len(k.of(notify.FileFailed)) == 3 })
	if out, errs, code := h.run("approve", ids["dropped.csv"], "--inbox=in", "--yes"); code != exit.Input {
		t.Errorf("without an answer: exit %d\n%s%s", code, out, errs)
	}
	answer := []string{"--header-row=none", "--map=first_name=A", "--map=last_name=B", "--map=email=C", "--yes"}
	if out := h.must(append([]string{"approve", ids["dropped.csv"]}, answer...)...); !strings.Contains(out,
		"2 guests, 2 emails") {
		t.Error(out)
	}
	if out := h.must(append([]string{"approve", ids["fetched.csv"], "--json"}, answer...)...); !json.Valid([]byte(out)) {
		t.Error(out)
	}
	if out := h.must("discard", ids["unwanted.csv"], "--inbox=in", "--yes", "--json"); !json.Valid([]byte(out)) {
		t.Error(out)
	}
	testkit.Eventually(t, "they are out", func() bool { return box.Summary().Emails == 4 })
	if left := h.waiting("--inbox=in"); len(left) != 0 {
		t.Errorf("%+v wait", left)
	}
	if _, errs, code := h.run("approve", ids["dropped.csv"], "--inbox=in", "--yes"); code != exit.Usage ||
		!strings.Contains(errs, "no longer waits") {
		t.Errorf("once more: exit %d, %s", code, errs)
	}
	if s := box.Summary(); s.Guests != 4 || s.EmailsMax != 1 {
		t.Errorf("%d guests, at most %d emails for one", s.Guests, s.EmailsMax)
	}
}
