package worker

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/chunk"
)

// poller spares Redis the questions of a worker about queues that hold nothing, of which there are many: a lane for each import. Asynq
// asks every queue for a task, then for tasks whose time has come, whose lease is over, that are to be deleted; it asks one queue after
// the other, and all over again. Often is busy polling, seldom leaves new work lying. So one look a second at all queues of a process,
// in one round trip, tells which are in use, and for the others Asynq is answered here.
//
// Whoever enqueues calls the workers and names the queue, which is asked at once. Of chunks that come back after a while nobody
// tells; they, and calls that were lost, are found by the next look.
type poller struct {
	queues  *chunk.Queues
	log     *slog.Logger
	servers []*idle

	mu    sync.Mutex
	known map[string]knowledge // by queue
}

// knowledge is what a process knows of a queue.
type knowledge struct {
	is    use
	calls int // heard; what was asked before a call says nothing about what it brought
}

type use uint8

const (
	full  use = iota // it may have a task, or nobody knows
	dry              // it had no task to give when it was asked, and holds others perhaps
	empty            // it holds nothing
)

// lookEvery is how often all queues are looked at.
const lookEvery = time.Second

func newPoller(queues *chunk.Queues, log *slog.Logger) *poller {
	return &poller{queues: queues, log: log, known: map[string]knowledge{}}
}

// server adds a server with its queues and so many places.
func (p *poller) server(queues map[string]int, most int, spare bool, stop <-chan struct{}) *idle {
	i := &idle{
		poller: p, places: places{most: most, spare: spare, held: map[string]int{}}, queues: len(queues),
		stop: stop, wake: make(chan struct{}, 1), begun: make(chan struct{}, 1),
	}
	p.servers = append(p.servers, i)
	for name := range queues {
		p.known[name] = knowledge{}
		i.places.held[name] = 0
	}
	return i
}

// run looks, and listens for calls, until stop is closed.
func (p *poller) run(ctx context.Context, client redis.UniversalClient, stop <-chan struct{}) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	calls := client.Subscribe(ctx, p.queues.Calls())
	defer calls.Close()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case m, open := <-calls.Channel():
			if !open {
				return
			}
			p.called(chunk.Called(m.Payload)...)
		case <-tick.C:
			p.look(ctx)
		}
	}
}

// called notes that there is something in some queues, or in any.
func (p *poller) called(queues ...string) {
	p.mu.Lock()
	if len(queues) == 0 { // by an earlier version, or by who has filled many
		for name := range p.known {
			queues = append(queues, name)
		}
	}
	for _, name := range queues {
		if k, ours := p.known[name]; ours {
			p.known[name] = knowledge{is: full, calls: k.calls + 1}
		}
	}
	p.mu.Unlock()
	p.wake()
}

// look finds out which queues are in use. While Redis does not say so all may be.
func (p *poller) look(ctx context.Context) {
	before := p.snapshot()
	names := make([]string, 0, len(before))
	for name := range before {
		names = append(names, name)
	}
	used, err := p.queues.InUse(ctx, names)
	if err != nil {
		p.log.DebugContext(ctx, "cannot look which queues are in use", "error", err) // Asynq asks them all then, and says what it is told
	}
	p.mu.Lock()
	for name, was := range before {
		is := full
		if err == nil && !used[name] {
			is = empty
		}
		p.learn(name, was, is)
	}
	p.mu.Unlock()
	p.wake()
}

func (p *poller) snapshot() map[string]knowledge {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := make(map[string]knowledge, len(p.known))
	for name, k := range p.known {
		all[name] = k
	}
	return all
}

// learn notes what a question has told of a queue, unless a call was heard since it was asked.
func (p *poller) learn(name string, asked knowledge, is use) {
	if k := p.known[name]; k.calls == asked.calls {
		p.known[name] = knowledge{is: is, calls: k.calls}
	}
}

func (p *poller) wake() {
	for _, i := range p.servers {
		i.rouse()
	}
}

func (i *idle) rouse() {
	select {
	case i.wake <- struct{}{}:
	default: // it is told already
	}
}

func (p *poller) of(queue string) knowledge {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.known[queue]
}

// idle answers one server of Asynq for its queues. Once none of them had a task, its next question waits for a call or a look.
type idle struct {
	poller *poller
	places places
	queues int // of the server
	wake   chan struct{}
	begun  chan struct{} // a task's handler is called
	stop   <-chan struct{}

	// Only Asynq's one dequeuing goroutine is here.
	none   int  // questions in a row that found nothing
	passed bool // among them is one whose turn went to another queue
	gave   bool // the last one a task, whose handler may not have been called yet
}

// dequeue asks for a task where there may be one.
func (i *idle) dequeue(ctx context.Context, queue string, ask func() *redis.Cmd) *redis.Cmd {
	i.wait()
	i.settle()
	was := i.poller.of(queue)
	if was.is != full {
		i.none++
		return answer(ctx, nil, redis.Nil)
	}
	if turn := i.places.turn(queue, i.wants); turn != its {
		i.none++
		i.passed = i.passed || turn == others
		return answer(ctx, nil, redis.Nil)
	}
	cmd := ask()
	i.gave = cmd.Err() == nil
	i.found(cmd.Err())
	if cmd.Err() == redis.Nil { //nolint:errorlint // as Asynq compares it
		i.poller.mu.Lock()
		i.poller.learn(queue, was, dry)
		i.poller.mu.Unlock()
	}
	return cmd
}

// tend asks what Asynq asks beside dequeuing, of queues that hold anything.
func (i *idle) tend(ctx context.Context, queue string, nothing any, ask func() *redis.Cmd) *redis.Cmd {
	if i.poller.of(queue).is == empty {
		return answer(ctx, nothing, nil)
	}
	return ask()
}

func answer(ctx context.Context, value any, err error) *redis.Cmd {
	cmd := redis.NewCmd(ctx)
	cmd.SetVal(value)
	cmd.SetErr(err)
	return cmd
}

// wants reports whether a queue may have a task to give.
func (i *idle) wants(queue string) bool { return i.poller.of(queue).is == full }

// wait ends at once while there was something to find: also where a queue was passed over for others, of which it is known by now
// whether they had anything.
func (i *idle) wait() {
	if i.none < i.queues {
		return
	}
	if !i.passed {
		select {
		case <-i.wake:
		case <-i.stop:
		}
	}
	i.none, i.passed = 0, false
}

// found notes what a question has found. A Redis that is away is asked again as slowly; but one that only has lost the
// script, after a restart, is given it at once.
func (i *idle) found(err error) {
	switch {
	case err == nil:
		i.none = 0
	case err == redis.Nil: //nolint:errorlint // as Asynq compares it
		i.none++
	case redis.HasErrorPrefix(err, "NOSCRIPT"):
	default:
		i.none = i.queues
	}
}

// question is what a script of Asynq's server asks of a queue, as its keys tell.
type question struct {
	queue   string
	dequeue bool
	nothing any // what it is answered for a queue that holds nothing; nil for what is no question
}

func questionOf(keys []string) question {
	var queue string
	kinds := make([]string, len(keys))
	for n, key := range keys {
		name, kind, _ := strings.Cut(strings.TrimPrefix(key, "asynq:{"), "}:")
		queue, kinds[n] = name, kind
	}
	switch strings.Join(kinds, " ") {
	case "pending paused active lease":
		return question{queue: queue, dequeue: true}
	case "scheduled pending", "retry pending", "completed": // forward those whose time has come, delete those that were kept for long enough
		return question{queue: queue, nothing: int64(0)}
	case "lease": // those whose lease is over
		return question{queue: queue, nothing: []any{}}
	case "aggregation_sets": // of groups, which guestflow has none of
		return question{queue: queue, nothing: "OK"}
	}
	return question{}
}
