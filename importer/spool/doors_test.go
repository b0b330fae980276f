package spool_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer"
	"guestflow/importer/inbox"
	"guestflow/importer/ledger"
	"guestflow/importer/queue"
	"guestflow/importer/spec"
	"guestflow/importer/spool"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var wanted = spec.Spec{Account: "main", Event: "6f1f9d1e-5d8b-4b8e-9a53-0f2b1a0c7d11"}

// host is one where lists come in by a door, with a Redis of its own.
type host struct {
	t     *testing.T
	dir   string
	redis *redis.Client
	books *ledger.Ledger
	im    *importer.Importer
	log   testkit.Log

	mu    sync.Mutex
	crash string // where the process dies next
}

func newHost(t *testing.T) *host {
	client := redistest.Client(t)
	books, err := ledger.For(client, "main")
	if err != nil {
		t.Fatal(err)
	}
	im := importer.New(client, books, slog.New(slog.DiscardHandler))
	return &host{t: t, dir: t.TempDir(), redis: client, books: books, im: im}
}

// dies ends the goroutine, which for the disk and for Redis is a kill at this point.
func (h *host) dies(at string) {
	h.mu.Lock()
	now := h.crash == at
	if now {
		h.crash = ""
	}
	h.mu.Unlock()
	if now {
		runtime.Goexit()
	}
}

func (h *host) take(ctx context.Context, path string, s importer.Settings) (spool.Result, error) {
	h.dies("claimed")
	plan, err := importer.MakePlan(ctx, path, s)
	if err != nil {
		return spool.Result{}, err
	}
	if s.Admit != nil {
		if _, err := h.books.Import(ctx, plan.Import); errors.Is(err, ledger.ErrNotFound) {
			if err := s.Admit(ctx, plan, func() (bool, error) { return true, nil }); err != nil {
				return spool.Result{}, err
			}
		}
	}
	imp, created, err := h.im.Begin(ctx, plan)
	if err != nil {
		return spool.Result{}, err
	}
	h.dies("begun")
	if err := h.im.Run(ctx, plan, imp); err != nil {
		return spool.Result{}, err
	}
	h.dies("imported")
	resumed := !created && imp.Enqueued*imp.Chunk < imp.Rows
	return spool.Result{
		Import: imp.ID, Rows: plan.Rows, Known: !created, Resumed: resumed, Source: imp.Source,
		SetSource: func(_, to string) error {
			err := h.books.SetSource(ctx, imp.ID, to)
			h.dies("noted")
			return err
		},
	}, nil
}

// door is a way in: how a process imports what comes by it, and how a list comes.
type door struct {
	consumer func(*host) *spool.Consumer
	bring    func(h *host, c *spool.Consumer)
}

func (h *host) logger() *slog.Logger { return slog.New(slog.NewTextHandler(&h.log, nil)) }

// spool is the one of the account, and its consumer.
func (h *host) spool() *spool.Spool {
	s, err := spool.Open(h.dir, importer.Settings{})
	if err != nil {
		h.t.Error(err)
	}
	return s
}

func ofSpool(h *host) *spool.Consumer { return spool.NewConsumer(h.take, h.logger(), h.spool()) }

// incoming is a file on its way into the spool.
func (h *host) incoming(content string) string {
	dir, err := h.spool().Incoming()
	path := filepath.Join(dir, "somewhere.csv")
	if err == nil {
		err = os.WriteFile(path, []byte(content), 0o600)
	}
	if err != nil {
		h.t.Error(err)
	}
	return path
}

func record(d spool.Door) spool.Record {
	return spool.Record{Name: "list.csv", Origin: spool.Origin{Door: d}, Spec: &wanted}
}

func decision(who string, to spec.Spec, begin func(path string) error) spool.Decision {
	return spool.Decision{Approval: spool.Approval{By: who}, Spec: to, Begin: begin}
}

var doors = map[string]door{
	"a watched folder": {
		consumer: func(h *host) *spool.Consumer {
			b, err := inbox.New(h.dir, 0, map[string]importer.Settings{"": {Spec: wanted}}, h.take, h.logger())
			if err != nil {
				h.t.Error(err)
			}
			return b.Consumer
		},
		bring: func(h *host, c *spool.Consumer) {
			if err := os.WriteFile(filepath.Join(h.dir, "list.csv"), []byte(list()), 0o600); err != nil {
				h.t.Error(err)
			}
			c.Look(h.t.Context())
			c.Look(h.t.Context())
		},
	},
	"a polled source": {consumer: ofSpool, bring: func(h *host, c *spool.Consumer) {
		if _, err := h.spool().Put(h.incoming(list()), record(spool.Source), spool.Approved); err != nil {
			h.t.Error(err)
		}
		h.dies("brought")
		c.Look(h.t.Context())
	}},
	"a scheduled source": {consumer: ofSpool, bring: func(h *host, c *spool.Consumer) {
		r := record(spool.Source)
		r.AtOrigin = true
		if _, err := c.ImportNow(h.t.Context(), h.spool(), h.incoming(list()), r); err != nil {
			h.t.Error(err)
		}
	}},
	"a URL on a command line": {consumer: ofSpool, bring: func(h *host, c *spool.Consumer) {
		r := record(spool.Command)
		r.AtOrigin = true
		if _, err := c.ImportNow(h.t.Context(), h.spool(), h.incoming(list()), r); err != nil {
			h.t.Error(err)
		}
	}},
	"the console": {consumer: ofSpool, bring: func(h *host, c *spool.Consumer) {
		s := h.spool()
		id, err := s.Put(h.incoming(list()), record(spool.Console), spool.Waiting)
		if err != nil {
			h.t.Error(err)
		}
		c.Look(h.t.Context())
		if item, err := s.Find(h.t.Context(), id); err != nil || item.State != spool.Waiting {
			h.t.Errorf("before it is approved it is %+v, %v", item, err)
		}
		_, err = s.Approve(h.t.Context(), id, decision("gina", wanted, func(path string) error {
			h.dies("approving")
			plan, err := importer.MakePlan(h.t.Context(), path, importer.Settings{Spec: wanted})
			if err == nil {
				_, _, err = h.im.Begin(h.t.Context(), plan)
			}
			h.dies("begun by the console")
			return err
		}))
		if err != nil {
			h.t.Error(err)
		}
		h.dies("brought")
		c.Look(h.t.Context())
	}},
}

func list() string {
	var b strings.Builder
	b.WriteString("First Name,Last Name,Email\n")
	for i := range 3 {
		fmt.Fprintf(&b, "Ann,Lee %d,ann.%d@example.com\n", i, i)
	}
	return b.String()
}

// lists are the files named list.csv, by their folder.
func (h *host) lists() map[string]int {
	found := map[string]int{}
	_ = filepath.WalkDir(h.dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, "list.csv") {
			found[filepath.Base(filepath.Dir(path))]++
		}
		return nil
	})
	return found
}

// abandon makes every claim look as if its process had been killed a minute ago.
func (h *host) abandon() {
	long := time.Now().Add(-2 * time.Minute)
	records, _ := filepath.Glob(filepath.Join(h.dir, "processing", ".*"))
	for _, path := range records {
		_ = os.Chtimes(path, long, long)
	}
}

// steps are where a process dies.
var steps = []string{"nowhere", "brought", "approving", "begun by the console", "claimed", "begun", "imported", "noted"}

// Promise: whatever door a list comes by and wherever its process dies, the list is in one place, another process takes
// it over, and every row of it goes out once.
func TestAKillAtAnyStepOfAnyDoorLosesNothingAndDoesNothingTwice(t *testing.T) {
	t.Parallel()
	for name, d := range doors {
		for _, step := range steps {
			t.Run(name+", "+step, func(t *testing.T) {
				t.Parallel()
				h := newHost(t)
				h.crash = step
				died := make(chan struct{})
				go func() {
					defer close(died)
					d.bring(h, d.consumer(h))
				}()
				<-died
				if found := h.lists(); len(found) != 1 {
					t.Errorf("after the kill it is in %v", found)
				}
				h.abandon()
				var others sync.WaitGroup
				for range 2 {
					others.Go(func() {
						c := d.consumer(h)
						for range 4 {
							c.Look(t.Context())
						}
					})
				}
				others.Wait()
				if found := h.lists(); found["done"] != 1 || len(found) != 1 {
					t.Fatalf("in the end it is in %v\n%s", found, &h.log)
				}
				h.wantOneImport()
			})
		}
	}
}

// Promise: a file that leaves a doubt waits with one question, wherever a process dies that puts it there or approves
// it.
func TestAKillWhileAFileIsHeldOrApprovedLeavesOneItemThatWaits(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	const id, content = "20260101T000000-ABCDEF", "Ann,Lee,ann@example.com\nBob,Lee,bob@example.com\n"
	for path, text := range map[string]string{
		"processing/" + id + ".1--list.csv": content, "processing/." + id: `{"origin":{"door":"source"},"deaths":1}`,
		"waiting/." + id: "half a rec", "waiting/" + id + "--list.csv.txt": "half a que", // of the process that died
	} {
		path = filepath.Join(h.dir, path)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	h.abandon()
	c := spool.NewConsumer(h.take, h.logger(), h.spool())
	for range 3 {
		c.Look(t.Context())
	}
	s := h.spool()
	waiting := s.Waiting(t.Context())
	if len(waiting) != 1 || waiting[0].ID != id || !strings.Contains(waiting[0].Question, "header") ||
		h.lists()["waiting"] != 1 {
		t.Fatalf("%+v wait, and the file is in %v\n%s", waiting, h.lists(), &h.log)
	}
	answered := wanted
	answered.HeaderRow, answered.Mapping = "none", map[string]string{"first_name": "A", "last_name": "B", "email": "C"}
	died := make(chan struct{})
	go func() { // the process that approves it dies before it could
		defer close(died)
		d := decision("gina", answered, nil)
		d.Agree = func(*spool.Record) error { runtime.Goexit(); return nil }
		_, _ = s.Approve(t.Context(), id, d)
	}()
	<-died
	if _, err := s.Approve(t.Context(), id, decision("gina", answered, nil)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Approve(t.Context(), id, decision("otto", answered, nil)); !errors.Is(err, spool.ErrNotWaiting) {
		t.Errorf("approved twice: %v", err)
	}
	for range 3 {
		c.Look(t.Context())
	}
	imports, err := h.books.Imports(t.Context(), 10)
	if err != nil || len(imports) != 1 || imports[0].Counts[ledger.Queued] != 2 || h.lists()["done"] != 1 {
		t.Errorf("imports %+v, %v, and the file is in %v\n%s", imports, err, h.lists(), &h.log)
	}
}

// A report and the page of a row look for the file while it moves.
func TestAFileIsFoundWhereverItsItemIsByNow(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	s := h.spool()
	id, err := s.Put(h.incoming(list()), record(spool.Console), spool.Waiting)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{
		"waiting/" + id + ".0--list.csv", "processing/" + id + ".7--list.csv", "done/" + id + "-abcdefgh--list.csv",
	} {
		if found := spool.Locate(filepath.Join(h.dir, path)); filepath.Base(found) != id+".0--list.csv" {
			t.Errorf("%s is found at %s", path, found)
		}
	}
	if gone := filepath.Join(h.dir, "elsewhere.csv"); spool.Locate(gone) != gone {
		t.Errorf("a file that is no item's is found at %s", spool.Locate(gone))
	}
}

func (h *host) wantOneImport() {
	h.t.Helper()
	imports, err := h.books.Imports(h.t.Context(), 10)
	if err != nil || len(imports) != 1 || imports[0].Counts[ledger.Queued] != 3 {
		h.t.Fatalf("imports %+v, %v\n%s", imports, err, &h.log)
	}
	if _, err := os.Stat(imports[0].Source); err != nil {
		h.t.Errorf("the report would look for the file at %s", imports[0].Source)
	}
	if waiting, err := queue.New(h.redis, "main").Tasks(h.t.Context()); err != nil || waiting != 1 {
		h.t.Errorf("%d tasks wait, %v", waiting, err)
	}
}
