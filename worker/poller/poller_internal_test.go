package poller

import (
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/chunk"
	"guestflow/importer/queue"
)

func TestAnIdleWorkerWaitsForACallOrALook(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stop := make(chan struct{})
		p := New(nil, nil, nil, stop)
		i := p.AddServer(map[string]int{"a": 1, "b": 1}, 10, false)
		waits := func() bool {
			over := make(chan struct{})
			go func() { i.waitForWork(); close(over) }()
			synctest.Wait()
			select {
			case <-over:
				return false
			default:
			}
			p.wakeAll()
			<-over
			return true
		}
		i.count(redis.Nil)
		if waits() {
			t.Fatal("it waits before the second queue was asked")
		}
		i.count(redis.Nil)
		if !waits() {
			t.Fatal("it goes on asking though both queues have nothing")
		}
		i.count(redis.Nil)
		i.count(nil)
		i.count(redis.Nil)
		if waits() {
			t.Fatal("it waits though a queue has work")
		}
		i.count(errors.New("no Redis"))
		if !waits() {
			t.Fatal("it storms a Redis that is away")
		}
		i.count(forgotten{})
		if waits() {
			t.Fatal("a restarted Redis is not given take script at once")
		}
		i.misses = i.queues
		close(stop)
		i.waitForWork()
	})
}

// asked counts the questions that reach Redis.
type asked map[string]int

func (a asked) dequeue(t *testing.T, i *Server, queue string, meanwhile func()) error {
	i.misses = 0
	return i.dequeue(t.Context(), queue, func() *redis.Cmd {
		a[queue]++
		meanwhile()
		return reply(t.Context(), nil, redis.Nil)
	}).Err()
}

// Promise: a queue that holds nothing costs no question, and one that was filled is asked at once.
func TestOnlyQueuesThatMayHoldATaskAreAsked(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	client := redistest.Connect(t, server)
	queues := queue.New(client, "main")
	first, second := chunk.Lane(1).Queue("main"), chunk.Lane(2).Queue("main")
	p := New(client, queues, slog.New(slog.DiscardHandler), nil)
	i := p.AddServer(map[string]int{first: 1, second: 1}, 10, false)
	round := func(what string, want asked) {
		t.Helper()
		got := asked{}
		for range 2 { // what was found to have nothing is not asked twice
			for _, queue := range []string{first, second} {
				if err := got.dequeue(t, i, queue, func() {}); err != redis.Nil { //nolint:errorlint // as Asynq compares it
					t.Fatal(err)
				}
			}
		}
		if got[first] != want[first] || got[second] != want[second] {
			t.Errorf("%s: asked %v, want %v", what, got, want)
		}
	}
	round("before the first look", asked{first: 1, second: 1})
	p.refresh(t.Context())
	round("both are empty", asked{})
	if cmd := i.maintain(t.Context(), first, int64(0),
		func() *redis.Cmd { t.Error("a queue that holds nothing is tended"); return nil }); cmd.Val() != int64(0) ||
		cmd.Err() != nil {
		t.Errorf("Asynq is told %v", cmd)
	}
	p.announce(second)
	round("one is called", asked{second: 1})
	p.announce()
	round("an earlier version calls", asked{first: 1, second: 1})
	p.refresh(t.Context())
	if err := queues.Put(t.Context(), chunk.Ref{Account: "main", Import: "abcdefgh", Lane: 1}); err != nil {
		t.Fatal(err)
	}
	p.refresh(t.Context())
	round("one was filled without a call", asked{first: 1})
	p.refresh(t.Context())
	got := asked{}
	err := got.dequeue(t, i, first, func() { p.announce(first) })
	if again := got.dequeue(t, i, first, func() {}); err != redis.Nil || again != redis.Nil || got[first] != 2 { //nolint:errorlint // as Asynq compares it
		t.Errorf("what is announced while it is asked is asked %d times", got[first])
	}

	server.Kill()
	p.refresh(t.Context())
	round("full knows", asked{first: 1, second: 1})
}

func TestTheQuestionsOfAsynqAreKnownByTheirKeys(t *testing.T) {
	t.Parallel()
	const q = "asynq:{guests:main:short:2}:"
	for _, c := range []struct {
		keys    []string
		dequeue bool
		nothing bool
	}{
		{[]string{q + "pending", q + "paused", q + "active", q + "lease"}, true, false},
		{[]string{q + "scheduled", q + "pending"}, false, true},
		{[]string{q + "retry", q + "pending"}, false, true},
		{[]string{q + "completed"}, false, true},
		{[]string{q + "lease"}, false, true},
		{[]string{q + "aggregation_sets"}, false, true},
		{[]string{q + "active", q + "lease", q + "pending", q + "t:abcdefgh:0:0"}, false, false}, // it gives a task back
		{[]string{q + "active", q + "lease", q + "t:abcdefgh:0:0", q + "processed:2026-11-28", q + "processed"}, false,
			false},
		{[]string{"asynq:servers:{host:1:id}", "asynq:workers:{host:1:id}"}, false, false},
		{nil, false, false},
	} {
		got := parseCommand(c.keys)
		if got.dequeue != c.dequeue || (got.nothing != nil) != c.nothing || (c.dequeue || c.nothing) &&
			got.queue != "guests:main:short:2" {
			t.Errorf("%v: %+v", c.keys, got)
		}
	}
}

// forgotten is what a restarted Redis says of a script that it is asked to run by take hash.
type forgotten struct{}

func (forgotten) Error() string { return "NOSCRIPT No matching script. Please use EVAL." }
func (forgotten) RedisError()   {}

// Promise: what was put into a queue is found though its announcement was lost while there was no subscription.
func TestALookFollowsEachSubscription(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	client := redistest.Connect(t, server)
	queues := queue.New(client, "main")
	lane := chunk.Lane(1).Queue("main")
	p := New(client, queues, slog.New(slog.DiscardHandler), nil)
	p.AddServer(map[string]int{lane: 1}, 10, false)
	p.refresh(t.Context())
	if !p.idle() {
		t.Fatal("it looks on every second though all queues are empty")
	}
	if err := queues.Put(t.Context(), chunk.Ref{Account: "main", Import: "abcdefgh", Lane: 1}); err != nil {
		t.Fatal(err)
	}
	p.hear(t.Context(), &redis.Subscription{})
	if !p.mayHaveTask(lane) || p.idle() {
		t.Error("what was not announced is not found")
	}
	if err := client.FlushDB(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	p.refresh(t.Context())
	if !p.idle() {
		t.Fatal("it looks on every second though all queues are empty again")
	}
	p.hear(t.Context(), &redis.Message{Payload: lane})
	if !p.mayHaveTask(lane) || p.idle() {
		t.Error("an announced queue is not looked at every second")
	}
}
