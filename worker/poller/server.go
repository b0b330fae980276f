package poller

import (
	"context"
	"strings"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
)

// Server answers one server of Asynq for its queues. Once none of them had a task, its next dequeue waits for an
// announcement or a refresh.
type Server struct {
	poller *Poller
	slots  slots
	queues int           // of the server
	wake   chan struct{} // something was announced, or a slot became free
	begun  chan struct{} // a task's handler was called

	// listener is what Asynq's server subscribes with. Its goroutine panics if a subscription ends before the server has
	// shut down, and a client that is closed ends its own: a worker's client may be closed once its grace time is over,
	// while the server still stops.
	listener redis.UniversalClient

	// Only Asynq's one dequeuing goroutine uses these.
	misses  int  // dequeues in a row that found nothing
	yielded bool // one of them was another queue's turn
	taken   bool // the last one found a task, whose handler may not have been called yet
}

// AddServer adds a server with its queues and so many slots. With keepSpare a queue has no more slots than are free.
func (p *Poller) AddServer(queues map[string]int, capacity int, keepSpare bool) *Server {
	s := &Server{
		poller: p, slots: slots{capacity: capacity, keepSpare: keepSpare, used: map[string]int{}}, queues: len(queues),
		wake: make(chan struct{}, 1), begun: make(chan struct{}, 1),
	}
	p.servers = append(p.servers, s)
	for name := range queues {
		p.states[name] = queueState{}
		s.slots.used[name] = 0
	}
	return s
}

// Client returns the Redis client for Asynq's server, for which Close is to be called.
func (s *Server) Client(client redis.UniversalClient) redis.UniversalClient {
	s.listener = another(client)
	return retryingClient{UniversalClient: client, server: s}
}

// Close closes what Client has opened, once Asynq's server has shut down.
func (s *Server) Close() {
	if s.listener != nil {
		_ = s.listener.Close()
	}
}

// Handler returns h with its slots counted. A slot that becomes free wakes the server.
func (s *Server) Handler(h asynq.Handler) asynq.Handler {
	return asynq.HandlerFunc(func(ctx context.Context, task *asynq.Task) error {
		queue, _ := asynq.GetQueueName(ctx) // always there
		s.slots.add(queue, 1)
		select {
		case s.begun <- struct{}{}:
		default: // the dequeue has given up waiting for it
		}
		defer func() {
			s.slots.add(queue, -1)
			s.wakeUp()
		}()
		return h.ProcessTask(ctx, task)
	})
}

// dequeue asks for a task where there may be one.
func (s *Server) dequeue(ctx context.Context, queue string, ask func() *redis.Cmd) *redis.Cmd {
	s.waitForWork()
	s.awaitHandler()
	asked := s.poller.state(queue)
	if asked.content != mayHaveTask {
		s.misses++
		return reply(ctx, nil, redis.Nil)
	}
	if turn := s.slots.turn(queue, s.poller.mayHaveTask); turn != take {
		s.misses++
		s.yielded = s.yielded || turn == yield
		return reply(ctx, nil, redis.Nil)
	}
	cmd := ask()
	s.taken = cmd.Err() == nil
	s.count(cmd.Err())
	if cmd.Err() == redis.Nil { //nolint:errorlint // as Asynq compares it
		s.poller.learn(queue, asked, noTask)
	}
	return cmd
}

// maintain runs what Asynq does beside dequeuing, on queues that hold anything.
func (s *Server) maintain(ctx context.Context, queue string, nothing any, ask func() *redis.Cmd) *redis.Cmd {
	if s.poller.state(queue).content == empty {
		return reply(ctx, nothing, nil)
	}
	return ask()
}

func reply(ctx context.Context, value any, err error) *redis.Cmd {
	cmd := redis.NewCmd(ctx)
	cmd.SetVal(value)
	cmd.SetErr(err)
	return cmd
}

// waitForWork returns at once while there was something to find, and also where a queue yielded to others, of which is
// known by now whether they had anything.
func (s *Server) waitForWork() {
	if s.misses < s.queues {
		return
	}
	if !s.yielded {
		select {
		case <-s.wake:
		case <-s.poller.stop:
		}
	}
	s.misses, s.yielded = 0, false
}

// handlerStartsIn is how long a handler may take to be called. One that never is, as for a task that cannot be read,
// has no slot.
const handlerStartsIn = time.Second

// awaitHandler waits until the last task's slot is counted. Else a queue would get several before the first one is.
func (s *Server) awaitHandler() {
	if !s.taken {
		return
	}
	s.taken = false
	late := time.NewTimer(handlerStartsIn)
	defer late.Stop()
	select {
	case <-s.begun:
	case <-late.C:
	case <-s.poller.stop:
	}
}

// count notes what a dequeue has found. A Redis that cannot be reached is asked again as slowly as an empty one; but
// one that only has lost the script, after a restart, gets it at once.
func (s *Server) count(err error) {
	switch {
	case err == nil:
		s.misses = 0
	case err == redis.Nil: //nolint:errorlint // as Asynq compares it
		s.misses++
	case redis.HasErrorPrefix(err, "NOSCRIPT"):
	default:
		s.misses = s.queues
	}
}

func (s *Server) wakeUp() {
	select {
	case s.wake <- struct{}{}:
	default: // it will wake up anyway
	}
}

// command is what a script of Asynq's server does with a queue, as its keys show.
type command struct {
	queue   string
	dequeue bool
	nothing any // the answer of a queue that holds nothing; nil for a command that always reaches Redis
}

func parseCommand(keys []string) command {
	var queue string
	kinds := make([]string, len(keys))
	for n, key := range keys {
		name, kind, _ := strings.Cut(strings.TrimPrefix(key, "asynq:{"), "}:")
		queue, kinds[n] = name, kind
	}
	switch strings.Join(kinds, " ") {
	case "pending paused active lease":
		return command{queue: queue, dequeue: true}
	case "scheduled pending", "retry pending", "completed": // forward those whose time has come, delete old ones
		return command{queue: queue, nothing: int64(0)}
	case "lease": // those whose lease is over
		return command{queue: queue, nothing: []any{}}
	case "aggregation_sets": // of groups, which guestflow has none of
		return command{queue: queue, nothing: "OK"}
	}
	return command{}
}
