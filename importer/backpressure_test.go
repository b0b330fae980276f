package importer_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hibiken/asynq"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer"
	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/importer/queue"
	"guestflow/qflow"
)

const mark = 2000 // chunks of up to 50 rows that may wait

// crowd is an account to which several files are imported at once.
type crowd struct {
	bundle

	t *testing.T
}

func newCrowd(t *testing.T) crowd {
	t.Helper()
	return crowd{bundled(t, redistest.Client(t), "main"), t}
}

// drop imports a list of guests of its own, and tells when it begins to hold back, and how it has ended.
func (c crowd) drop(name string, rows, perChunk int) (plan importer.Plan, held <-chan importer.Backpressure,
	done <-chan error) {
	c.t.Helper()
	path := write(c.t, strings.NewReplacer("guest", name, "Number", name).Replace(numbered(rows)))
	plan, err := importer.MakePlan(c.t.Context(), path, c.s)
	if err != nil {
		c.t.Fatal(err)
	}
	holds, ends := make(chan importer.Backpressure, 10), make(chan error, 1)
	ctx, cancel := context.WithCancel(c.t.Context())
	im := importer.New(c.redis, c.ledger, slog.New(slog.DiscardHandler))
	im.OnBackpressure = func(h importer.Backpressure) { holds <- h }
	over := make(chan struct{})
	go func() {
		defer close(over)
		_, err := bundle{im, c.ledger, c.redis, c.s}.run(ctx, path, perChunk)
		ends <- err
	}()
	c.t.Cleanup(func() { cancel(); <-over })
	return plan, holds, ends
}

// holds waits until an import holds back.
func (c crowd) holds(held <-chan importer.Backpressure, done <-chan error) {
	c.t.Helper()
	select {
	case h := <-held:
		if h.Ended || h.Waiting < h.Max {
			c.t.Fatalf("it says %+v", h)
		}
	case err := <-done:
		c.t.Fatalf("it is enqueued, %v; it was to hold back", err)
	}
}

// goes waits until one is enqueued, without ever holding back.
func (c crowd) goes(what string, held <-chan importer.Backpressure, done <-chan error) {
	c.t.Helper()
	select {
	case h := <-held:
		c.t.Fatalf("%s holds back: %+v", what, h)
	case err := <-done:
		if err != nil {
			c.t.Fatalf("%s: %v", what, err)
		}
	}
}

func (c crowd) inLine(id string) int {
	c.t.Helper()
	imp, err := c.ledger.Import(c.t.Context(), id)
	if err != nil {
		c.t.Fatal(err)
	}
	return imp.Counts.Open() - imp.Counts[ledger.New]
}

// Promise: a short import is not held up by a long one.
func TestAShortImportIsEnqueuedBesideALongOneThatHoldsBack(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	c := newCrowd(t)
	long, held, done := c.drop("long", 2400, 1)
	c.holds(held, done)
	if n := c.inLine(long.Import); n < mark || n > mark+200 {
		t.Errorf("%d chunks of the long one are in line, the mark is %d", n, mark)
	}
	for _, rows := range []int{20, 127, chunk.ShortRows} { // 127 are the most chunks
		_, held, done := c.drop(fmt.Sprint("short", rows), rows, 0)
		c.goes(fmt.Sprintf("a list of %d", rows), held, done)
	}
}

// Each has a lane of its own, at which it gets its turn.
func TestALongImportBesideALongOneThatHoldsBackHasSomethingInLineToo(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	c := newCrowd(t)
	_, held, done := c.drop("first", 2400, 1)
	c.holds(held, done)
	second, held, done := c.drop("second", 600, 1)
	c.holds(held, done)
	if n := c.inLine(second.Import); n < mark/20 || n > mark/5 {
		t.Errorf("%d chunks of the second are in line", n)
	}
	var moves []ledger.Move // workers take it all, and none of the first, which still holds the room
	for row := 1; row <= c.inLine(second.Import); row++ {
		moves = append(moves, ledger.Move{Row: row, To: ledger.Accepted})
	}
	if _, _, err := c.ledger.Move(t.Context(), second.Import, moves); err != nil {
		t.Fatal(err)
	}
	select {
	case h := <-held:
		if !h.Ended {
			t.Errorf("it says %+v", h)
		}
	case <-time.After(2 * time.Minute):
		t.Error("the second starves")
	}
}

// Promise: the pending part of Redis stays bounded, also by many short files.
func TestManyShortImportsHoldBackTogetherAlsoOnceTheyAreParked(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	c := newCrowd(t)
	_, held, done := c.drop("long", 2400, 1)
	c.holds(held, done)
	const rows = 100 // a chunk each
	lists := 0
	var last importer.Plan
	for full := false; !full; lists++ {
		if lists > mark/rows {
			t.Fatalf("%d lists are enqueued, and the next one does not hold back", lists)
		}
		last, held, done = c.drop(fmt.Sprintf("list%d-", lists), rows, 0)
		select {
		case <-held:
			full = true
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if lists < mark/rows {
		t.Errorf("the list %d holds back already", lists)
	}
	if _, err := c.ledger.Cancel(t.Context(), last.Import); err != nil { // as many were dropped before
		t.Fatal(err)
	}
	if err := <-done; !errors.Is(err, importer.ErrCancelled) {
		t.Fatal(err)
	}
	c.park()
	_, held, done = c.drop("late", rows, 0)
	c.holds(held, done)
	queues := asynq.NewInspectorFromRedisClient(c.redis)
	if _, err := queues.DeleteAllPendingTasks(queue.ParkedQueue("main", qflow.GateTrust)); err != nil {
		t.Fatal(err)
	}
	for _, lane := range c.lanes(chunk.LongLanes()) {
		if _, err := queues.DeleteAllPendingTasks(lane); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-done; err != nil {
		t.Errorf("once there is room: %v", err)
	}
}

// lanes are the queues of some lanes that were ever used.
func (c crowd) lanes(of []chunk.Lane) (used []string) {
	c.t.Helper()
	known, err := asynq.NewInspectorFromRedisClient(c.redis).Queues()
	if err != nil {
		c.t.Fatal(err)
	}
	for _, lane := range of {
		if slices.Contains(known, lane.Queue("main")) {
			used = append(used, lane.Queue("main"))
		}
	}
	return used
}

// park has all that is in the short lanes wait for a gate.
func (c crowd) park() {
	c.t.Helper()
	inspector, queues := asynq.NewInspectorFromRedisClient(c.redis), queue.New(c.redis, "main")
	for _, lane := range c.lanes(chunk.ShortLanes()) {
		tasks, err := inspector.ListPendingTasks(lane, asynq.PageSize(10_000))
		if err != nil {
			c.t.Fatal(err)
		}
		for _, task := range tasks {
			ref, err := chunk.ParsePayload(task.Payload)
			if err == nil {
				err = queues.Park(c.t.Context(), qflow.GateTrust, ref.Next())
			}
			if err != nil {
				c.t.Fatal(err)
			}
		}
		if _, err := inspector.DeleteAllPendingTasks(lane); err != nil {
			c.t.Fatal(err)
		}
	}
}

func TestAnImporterThatHoldsBackSaysWhyUntilItGoesOn(t *testing.T) {
	t.Parallel()
	c := newCrowd(t)
	first := c.mustRun(t, write(t, mixed), 4)
	plan, held, done := c.drop("guest", 10, 100_000) // rows to a chunk: one chunk is all that may wait
	c.holds(held, done)
	imp := ledger.Import{ID: plan.Import}
	other := ledger.Import{ID: first.Import}
	var why map[string]string
	// it is told first
	for deadline := time.Now().Add(20 * time.Second); why[plan.Import] == "" && time.Now().Before(deadline); {
		var err error
		if why, err = c.ledger.Notes.Backpressure(t.Context(), other, imp); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(why[plan.Import], "it goes on when fewer than 1 are") || len(why) != 1 {
		t.Errorf("it says %q", why)
	}
	if left := c.redis.PTTL(t.Context(), "gf:{main}:import:"+plan.Import+":held").Val(); left <= 0 || left > time.Minute {
		t.Errorf("if it is killed, it is said for another %s", left)
	}
	if _, err := asynq.NewInspectorFromRedisClient(c.redis).DeleteAllPendingTasks(chunk.Short.Queue("main")); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if why, err := c.ledger.Notes.Backpressure(t.Context(), imp); err != nil || len(why) > 0 {
		t.Errorf("once it has gone on it says %q, %v", why, err)
	}
}
