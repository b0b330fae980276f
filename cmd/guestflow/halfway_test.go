package main

import (
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer/ledger"
	"guestflow/qflow/sandbox"
)

// Once the importer of a list was killed and the list was edited, no process could finish its import, and the edited
// list waited for its guests for ever.
func TestAListThatIsEditedAfterItsImportWasKilledGoesOutOnce(t *testing.T) {
	t.Parallel()
	const guests = 3000
	server := redistest.Start(t)
	client := connected(t, server.URL())
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+server.URL())...)
	box := h.sandbox(sandbox.Options{Adjust: noLimits})
	path := h.file("guests.csv", guests)
	// A task is enqueued when the first rows are placed, so that the kill is in time.
	away := untilWritten(t, server.Redis().Addr, "}:t:")
	far := &house{t: t, dir: h.dir, env: append(slices.Clone(h.env), "GUESTFLOW_REDIS_URL=redis://"+away+"/0")}
	killed := far.start("rows", "import", path, event, template, "--yes")
	books, err := ledger.For(client, "sandbox")
	if err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "some rows are enqueued", func() bool { // asked here: a process of its own would take too long
		list, err := books.Imports(t.Context(), 1)
		return err == nil && len(list) == 1 && list[0].Counts[ledger.Queued] > 0
	})
	killed.End(syscall.SIGKILL)
	old := h.status()
	if old.Counts["new"] == 0 {
		t.Fatalf("it was killed too late: %v", old.Counts)
	}
	// a minute later
	if err := client.ZAddXX(t.Context(), "gf:{sandbox}:importing", redis.Z{Score: 1, Member: old.ID}).Err(); err != nil {
		t.Fatal(err)
	}
	if out := h.must("imports"); !strings.Contains(out, "Import "+old.ID+": its importer stopped half-way") ||
		!strings.Contains(out, "or cancel it: guestflow cancel "+old.ID) {
		t.Error(out)
	}
	text, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, []byte(strings.Replace(string(text), "Ann,Lee 7,", "Ann,Leigh 7,", 1)), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	h.must("import", path, event, template, "--yes", "--near-misses=new") // Leigh is another person at Lee's address
	edited := h.status().ID
	if out := h.must("status", old.ID); !strings.Contains(out, "which is import "+edited) {
		t.Error(out)
	}
	h.start("running", "run", "--roles=workers")
	for _, id := range []string{old.ID, edited} {
		testkit.Eventually(t, "import "+id+" is over",
			func() bool { out, _, _ := h.run("status", id); return strings.Contains(out, "\nfinished ") })
	}
	out := h.must("status", old.ID)
	if !strings.Contains(out, ledger.Cancelled.String()) || strings.Contains(out, "half-way") {
		t.Error(out)
	}
	// Lee 7 and Leigh 7 may both have been enqueued
	if s := box.Summary(); s.Emails < guests || s.Emails > guests+1 || s.EmailsMax != 1 {
		t.Errorf("%d emails, at most %d for one guest", s.Emails, s.EmailsMax)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if out := h.must("import", path, event, template, "--yes"); !strings.Contains(out,
		"Import "+old.ID+" of the same file was given up, as the file had other content then") {
		t.Error(out)
	}
	testkit.Eventually(t, "it is over", func() bool { return strings.Contains(h.must("status"), "\nfinished ") })
	// Lee 7 is held who is like Leigh 7
	if s := box.Summary(); s.Emails < guests || s.Emails > guests+1 || s.EmailsMax != 1 {
		t.Errorf("%d emails, at most %d for one guest", s.Emails, s.EmailsMax)
	}
}
