package main

import (
	"fmt"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"guestflow/cmd/guestflow/exit"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/importer/queue"
	"guestflow/importer/spec"
	"guestflow/qflow/sandbox"
)

// crowded is a house whose importers have to wait, until there is room.
type crowded struct {
	*house
	box   *sandbox.Sandbox
	redis *redis.Client
}

func newCrowded(t *testing.T) crowded {
	t.Helper()
	server := redistest.Start(t)
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+server.URL())...)
	c := crowded{h, h.sandbox(sandbox.Options{Adjust: noLimits}), connected(t, server.URL())}
	c.fill()
	return c
}

func connected(t *testing.T, url string) *redis.Client {
	t.Helper()
	o, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(o)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// fill enqueues as much as importers of short lists let wait, without a worker.
func (c crowded) fill() {
	c.t.Helper()
	const lists, rows = 20, 100
	books, err := ledger.For(c.redis, "sandbox")
	if err != nil {
		c.t.Fatal(err)
	}
	queues := queue.New(c.redis, "sandbox")
	for list := range lists {
		imp, _, err := books.Create(c.t.Context(),
			ledger.Import{ID: fmt.Sprintf("nobodys%d", list), Source: "/lists/nobody's", Rows: rows, Chunk: 1})
		if err != nil {
			c.t.Fatal(err)
		}
		moves := make([]ledger.Move, rows)
		for n := range moves {
			moves[n] = ledger.Move{Row: n + 1, To: ledger.Queued}
			if err := queues.Put(c.t.Context(), chunk.Ref{Account: "sandbox", Import: imp.ID, Chunk: n}); err != nil {
				c.t.Fatal(err)
			}
		}
		if _, _, err := books.Move(c.t.Context(), imp.ID, moves); err != nil {
			c.t.Fatal(err)
		}
	}
}

// clear takes it away.
func (c crowded) clear() {
	c.t.Helper()
	if _, err := asynq.NewInspectorFromRedisClient(c.redis).DeleteAllPendingTasks(chunk.Short.Queue("sandbox")); err != nil {
		c.t.Fatal(err)
	}
}

func TestAnImportSaysForWhatItWaitsAndThatItGoesOn(t *testing.T) {
	t.Parallel()
	h := newCrowded(t)
	for n, how := range []string{"--log-format=text", "--json"} {
		if n > 0 {
			h.fill()
		}
		d := h.start("waits: 2", "import", h.file("guests.csv", 100+n), event, template, how, "-v")
		if said := d.String(); !strings.Contains(said, "no worker is running") ||
			!strings.Contains(said, "the import waits for room: 2") {
			t.Errorf("%s: %s", how, said)
		}
		h.clear()
		d.WaitFor("goes on: workers have made room")
		if code := d.ExitCode(); code != exit.OK || d.Count("waits: ") != 1 ||
			!strings.Contains(d.String(), "the import goes on") {
			t.Errorf("%s: exit %d\n%s", how, code, d)
		}
	}
}

// With noeviction a full Redis would stop the workers too, who alone can make room.
func TestAnImportHoldsBackWhileRedisIsNearlyFullAndWorkersDoNot(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, "--maxmemory", "64mb")
	client := connected(t, server.URL())
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+server.URL())...)
	box := h.sandbox(sandbox.Options{Adjust: noLimits})
	h.must("import", h.file("early.csv", 25), event, template)
	ballast := strings.Repeat("x", 500_000)
	for used := 0; used < 64<<20*94/100; { // well over 85 %, as buffers of connections come and go
		if err := client.RPush(t.Context(), "ballast", ballast).Err(); err != nil {
			t.Fatal(err)
		}
		used, _ = strconv.Atoi(client.InfoMap(t.Context(), "memory").Item("Memory", "used_memory"))
	}
	d := h.start("the import waits for room", "import", h.file("guests.csv", 100), event, template, "-v")
	d.WaitFor("waits: Redis is ")
	d.WaitFor("give Redis more memory")
	h.start("running", "run")
	testkit.Eventually(t, "the workers drain what there is", func() bool { return box.Summary().Emails == 25 })
	if err := client.Del(t.Context(), "ballast").Err(); err != nil {
		t.Fatal(err)
	}
	d.WaitFor("goes on: Redis has room again")
	if code := d.ExitCode(); code != exit.OK {
		t.Errorf("exit %d\n%s", code, d)
	}
	// 25 of them are in both lists
	testkit.Eventually(t, "the rest goes out", func() bool { return box.Summary().Emails == 100 })
}

// An import that is stopped says so, and the same command goes on with it, also where it asks for a further import.
func TestAnInterruptedImportSaysHowItGoesOnAndDoes(t *testing.T) {
	t.Parallel()
	for _, again := range []string{"--yes", "--again"} {
		t.Run(again, func(t *testing.T) {
			t.Parallel()
			h := newCrowded(t)
			args := []string{"import", h.file("guests.csv", 100), event, template, again}
			d := h.start("waits: 2000 chunks", args...)
			d.End(syscall.SIGTERM)
			if code := d.ExitCode(); code != exit.Interrupted ||
				!strings.Contains(d.String(), "0 of its 100 rows are enqueued; a running guestflow run on this host goes on") {
				t.Fatalf("exit %d\n%s", code, d)
			}
			h.clear()
			if out := h.must(args...); !strings.Contains(out, "goes on where it was") {
				t.Fatal(out)
			}
			if again == "--again" { // killed and typed again, once more
				if out := h.must(args...); !strings.Contains(out, "no further one is started") {
					t.Fatal(out)
				}
			}
			h.start("running", "run")
			testkit.Eventually(t, "it is done", func() bool { return h.status().Counts["accepted"] == 100 })
			if out := h.must("imports"); h.box.Summary().Emails != 100 || h.box.Summary().EmailsMax != 1 ||
				strings.Count(out, "guests.csv") != 1 {
				t.Fatalf("%d emails, at most %d for one guest\n%s", h.box.Summary().Emails, h.box.Summary().EmailsMax, out)
			}
		})
	}
}

// Promise: any process on the host goes on with an import whose command was killed.
func TestAnImportWhoseCommandWasKilledIsCompletedByARunningProcess(t *testing.T) {
	t.Parallel()
	h := newCrowded(t)
	d := h.start("waits: 2000 chunks", "import", h.file("guests.csv", 100), event, template, "--map=notes==by command",
		"--yes")
	d.End(syscall.SIGKILL)
	id := h.status().ID
	// a minute later
	if err := h.redis.ZAddXX(t.Context(), "gf:{sandbox}:importing", redis.Z{Score: 1, Member: id}).Err(); err != nil {
		t.Fatal(err)
	}
	h.clear()
	h.start("going on with an import whose importer is gone", "run")
	testkit.Eventually(t, "it is done", func() bool { return h.status().Counts["accepted"] == 100 })
	if s := h.box.Summary(); s.Emails != 100 || s.EmailsMax != 1 || h.status().ID != id {
		t.Errorf("%d emails, at most %d for one guest, of import %s", s.Emails, s.EmailsMax, h.status().ID)
	}
}

// A finished import is no reason not to begin a further one.
func TestAgainBeginsAFurtherImportOnceTheOthersAreOver(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	box := h.sandbox(sandbox.Options{Adjust: noLimits})
	h.start("running", "run")
	path := h.file("guests.csv", 5)
	for range 3 {
		h.must("import", path, event, template, "--again", "--wait")
	}
	if out := h.must("imports"); strings.Count(out, "guests.csv") != 3 || box.Summary().Emails != 5 {
		t.Fatalf("%d emails\n%s", box.Summary().Emails, out)
	}
}

// All that look at a cancelled import read the same: the one who cancels, the command that was reading, and the next
// one.
func TestACancelAmidTheEnqueueingTellsOneStory(t *testing.T) {
	t.Parallel()
	h := newCrowded(t)
	path := h.file("guests.csv", 100)
	args := []string{"import", path, event, template}
	d := h.start("waits: 2000 chunks", args...)
	id := h.status().ID
	out := h.must("cancel", id, "--yes")
	if !strings.Contains(out, "Import "+id+" is cancelled: 0 queued rows were cancelled; 100 rows were never queued") ||
		!strings.Contains(out, path+" --again") {
		t.Error(out)
	}
	if code := d.ExitCode(); code != exit.Declined {
		t.Errorf("exit %d", code)
	}
	_, next, code := h.run(args...)
	if code != exit.Declined {
		t.Errorf("once more: exit %d", code)
	}
	for _, said := range []string{d.String(), next} {
		if !strings.Contains(said, "import "+id+" of "+path+" was cancelled") || !strings.Contains(said, path+" --again") ||
			strings.Contains(said, "to go on") || strings.Contains(said, "finished") {
			t.Error(said)
		}
	}
	if !strings.Contains(d.String(), "of 100 rows: 100 cancelled") {
		t.Error(d)
	}
	h.clear()
	h.start("running", "run")
	h.must(append(args, "--again", "--wait")...)
	if s := h.box.Summary(); s.Emails != 100 || s.EmailsMax != 1 {
		t.Fatalf("%d emails, at most %d for one guest", s.Emails, s.EmailsMax)
	}
}

func TestImportsSinceATimeAreAllOfThem(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	books, err := ledger.For(connected(t, server.URL()), "sandbox")
	if err != nil {
		t.Fatal(err)
	}
	for n := range 25 {
		if _, _, err := books.Create(t.Context(),
			ledger.Import{ID: spec.ID(strconv.Itoa(n)), Source: "list.csv", Rows: 1}); err != nil {
			t.Fatal(err)
		}
	}
	h := newHouse(t, "GUESTFLOW_REDIS_URL="+server.URL())
	for _, c := range []struct {
		args []string
		want int
	}{{nil, 20}, {[]string{"--limit=3"}, 3}, {[]string{"--since=1h"}, 25}, {[]string{"--since=1h", "--limit=3"}, 3}} {
		if out := h.must(append([]string{"imports"}, c.args...)...); strings.Count(out, "list.csv") != c.want {
			t.Errorf("%v: %d lines, want %d", c.args, strings.Count(out, "list.csv"), c.want)
		}
	}
	if out := h.must("imports", "--since=1ns"); !strings.Contains(out, "was begun in the last 1ns, that is since") {
		t.Error(out)
	}
}
