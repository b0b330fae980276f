package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/cmd/guestflow/exit"
	"guestflow/cmd/guestflow/program"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/qflow/sandbox"
)

// nightly ticks once a day, some hours ago: no tick of its own falls into a test.
func nightly() (cron string, tick time.Time) {
	tick = time.Now().UTC().Add(-3 * time.Hour).Truncate(time.Hour)
	return tick.Format("0 15 * * *"), tick
}

// missedTick makes the schedule one that was known, and whose processes were all down at its last tick.
func missedTick(t *testing.T, client redis.UniversalClient, cron string, tick time.Time) {
	t.Helper()
	const key = "gf:{sandbox}:schedule:gala"
	if err := client.HDel(t.Context(), key, "claim").Err(); err != nil {
		t.Fatal(err)
	}
	earlier := tick.Add(-time.Hour).UnixMilli()
	if err := client.HSet(t.Context(), key, "spec", "CRON_TZ=UTC "+cron, "since", earlier, "cursor",
		earlier).Err(); err != nil {
		t.Fatal(err)
	}
}

func (h *house) schedule() program.ScheduleStatus {
	h.t.Helper()
	var list []program.ScheduleStatus
	if err := json.Unmarshal([]byte(h.must("schedules", "--json")), &list); err != nil || len(list) != 1 {
		h.t.Fatalf("%d schedules, %v", len(list), err)
	}
	return list[0]
}

func TestAScheduledImportRunsOnceATickAndABadFileHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	client := redistest.Connect(t, server)
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+server.URL())...)
	box := h.sandbox(sandbox.Options{Adjust: noLimits})
	cron, tick := nightly()
	h.write("guestflow.yaml", gala("source: "+filepath.Join(h.dir, "lists"), "cron: "+cron, "timezone: UTC"))
	h.drop("a-broken.csv", 0)
	h.drop("b-good.csv", 30)
	h.drop("c-again.csv", 30)

	night := func(n int, imports int) program.ScheduleStatus {
		missedTick(t, client, cron, tick)
		var fleet []*testkit.Process
		for range 2 {
			fleet = append(fleet, h.start("running", "run"))
		}
		var s program.ScheduleStatus
		testkit.Eventually(t, "the tick is over", func() bool {
			s = h.schedule()
			return s.Running == nil && s.Last != nil &&
				strings.Count(fleet[0].String()+fleet[1].String(), "a scheduled import failed") == 1
		})
		if !s.Last.Tick.Equal(tick) || !s.Last.Failed || !strings.Contains(s.Last.Text, "a-broken.csv: ") ||
			len(s.Imports) != imports {
			t.Fatalf("night %d: %+v with the imports %v", n, s.Last, s.Imports)
		}
		testkit.Eventually(t, "the guests are mailed", func() bool { return box.Summary().Emails == 29+n })
		var logs strings.Builder
		for _, d := range fleet {
			d.End(syscall.SIGTERM)
			logs.WriteString(d.String())
		}
		if begun := strings.Count(logs.String(), "a scheduled import begins"); begun != 1 {
			t.Fatalf("night %d: the tick ran %d times\n%s", n, begun, logs.String())
		}
		return s
	}
	first := night(1, 2) // the same import, for two files
	if first.Imports[0] != first.Imports[1] ||
		!strings.Contains(first.Last.Text, "1 file with content that was imported before") {
		t.Fatalf("%v: %s", first.Imports, first.Last.Text)
	}
	h.drop("d-new.csv", 0, "Bob,Lee,bob@example.com")
	second := night(2, 1) // the others are remembered
	if s := box.Summary(); s.Guests != 31 || s.EmailsMax != 1 {
		t.Fatalf("%d guests, at most %d emails for one", s.Guests, s.EmailsMax)
	}
	h.must("report", first.Imports[0])
	h.must("report", second.Imports[0])
	out := h.must("schedules")
	for _, word := range []string{"gala", cron, "UTC", tick.AddDate(0, 0, 1).Format("2006-01-02 15:04 UTC"),
		tick.Format("2006-01-02 15:04 UTC"), second.Imports[0], "FAILED: "} {
		if !strings.Contains(out, word) {
			t.Errorf("no %q in\n%s", word, out)
		}
	}
	if kept, _ := filepath.Glob(filepath.Join(h.dir, ".guestflow", "spool", "sandbox", "done", "*.csv")); len(kept) != 2 {
		t.Errorf("%q is kept", kept)
	}
}

func TestAProfileIsImportedByHand(t *testing.T) {
	t.Parallel()
	h := newHouse(t, fast...) // without a Redis of its own the command does the work itself
	box := h.sandbox(sandbox.Options{Adjust: noLimits})
	cron, _ := nightly()
	h.write("guestflow.yaml",
		gala("source: "+filepath.Join(h.dir, "lists"), "source_after: move", "cron: "+cron, "timezone: Europe/London"))
	if out := h.must("schedules"); !strings.Contains(out, "not run yet") {
		t.Fatal(out)
	}
	if _, errs, code := h.run("schedules", "run", "gala"); code != exit.Input || !strings.Contains(errs, "not found") {
		t.Fatalf("a folder that is not there: exit %d\n%s", code, errs)
	}
	h.drop("list.csv", 30)
	if out := h.must("schedules", "run", "gala"); !strings.Contains(out, "1 file with 30 rows") ||
		box.Summary().Emails != 30 {
		t.Fatalf("%d emails\n%s", box.Summary().Emails, out)
	}
	if out := h.must("schedules", "run", "gala"); !strings.Contains(out, "nothing new") {
		t.Fatal(out)
	}
	h.must("report")
	if moved, _ := filepath.Glob(filepath.Join(h.dir, "lists", "done", "*--list.csv")); len(moved) != 1 {
		t.Fatal("the list was not moved away")
	}
	if _, errs, code := h.run("schedules", "run", "none"); code != exit.Usage ||
		!strings.Contains(errs, `no profile "none" with a source`) {
		t.Fatalf("an unknown profile: exit %d\n%s", code, errs)
	}
}

// uploading has a file be 18 seconds old, of the 30 that it must be still, until the function that it returns is called.
func uploading(t *testing.T, path string) (uploaded func()) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	touch := func() {
		written := time.Now().Add(-18 * time.Second)
		if err := os.Chtimes(path, written, written); err != nil {
			t.Error(err)
		}
	}
	touch()
	go func() {
		defer close(ended)
		for tick := time.Tick(time.Second); ; touch() {
			select {
			case <-tick:
			case <-ctx.Done():
				return
			}
		}
	}()
	return func() {
		stop()
		<-ended
	}
}

// A list of 02:29:45 is one of the night of 02:30, though a folder cannot tell yet whether it is whole.
func TestAListThatWasJustUploadedIsImportedByTheSameTick(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	client := redistest.Connect(t, server)
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+server.URL())...)
	box := h.sandbox(sandbox.Options{Adjust: noLimits})
	cron, tick := nightly()
	h.write("guestflow.yaml", gala("source: "+filepath.Join(h.dir, "lists"), "cron: "+cron, "timezone: UTC"))
	h.drop("list.csv", 30)
	uploaded := uploading(t, filepath.Join(h.dir, "lists", "list.csv"))
	missedTick(t, client, cron, tick)
	h.start("a scheduled import is waiting", "run")
	uploaded()
	testkit.Eventually(t, "the list is out", func() bool { return box.Summary().Emails == 30 })
	testkit.Eventually(t, "the tick is over", func() bool { s := h.schedule(); return s.Running == nil && s.Last != nil })
	if s := h.schedule(); s.Last.Failed || !strings.Contains(s.Last.Text, "1 file with 30 rows") ||
		!strings.Contains(s.Last.Text, "until list.csv was no longer written to") {
		t.Fatalf("%+v", s.Last)
	}
}

func TestFetchedFilesAreForgottenOnceNoReportNeedsThem(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL(), "GUESTFLOW_KEEP_FILES=1ms")...)
	h.sandbox(sandbox.Options{Adjust: noLimits})
	h.write("guestflow.yaml", gala("source: "+filepath.Join(h.dir, "lists")))
	kept := func() []string {
		list, _ := filepath.Glob(filepath.Join(h.dir, ".guestflow", "spool", "sandbox", "done", "*"))
		return list
	}
	h.drop("list.csv", 3)
	h.must("schedules", "run", "gala") // and there is no worker
	h.must("schedules", "run", "gala")
	if files := kept(); len(files) != 2 { // with what is known of it
		t.Fatalf("the file of an import with open rows is gone: %q", files)
	}
	h.start("running", "run", "--roles=workers")
	testkit.Eventually(t, "the import is over", func() bool { return strings.Contains(h.must("status"), "\nfinished ") })
	testkit.Eventually(t, "its files are gone",
		func() bool { h.must("schedules", "run", "gala"); return len(kept()) == 0 })
}

func TestARunByHandAsksWhereItReachesRealPeople(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL(), "GUESTFLOW_API_URL=https://qflow.invalid",
		"GUESTFLOW_CLIENT_ID=x",
		"GUESTFLOW_CLIENT_SECRET=x", "GUESTFLOW_SUBSCRIPTION_KEY=x", "GUESTFLOW_USERNAME=x", "GUESTFLOW_PASSWORD=x")
	h.write("guestflow.yaml", gala("source: "+filepath.Join(h.dir, "lists")))
	h.drop("list.csv", 3)
	if out, errs, code := h.run("schedules", "run", "gala"); code != exit.Declined ||
		!strings.Contains(errs, "reaches real people") {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	if out := h.must("schedules", "run", "gala", "--yes"); !strings.Contains(out, "1 file with 3 rows") {
		t.Fatal(out)
	}
}

func TestAnInterruptedTickKeepsWhatItImported(t *testing.T) {
	t.Parallel()
	g := program.Gathered{Imports: []string{"abc"}, Rows: 3, Interruption: []error{context.DeadlineExceeded}}
	if o := g.Outcome(); o.Import != "abc" || !strings.Contains(o.Text, "1 file with 3 rows") || o.Failed {
		t.Fatalf("%+v", o)
	}
}
