// Package poller stands between Asynq's servers and Redis, and answers for queues that hold nothing. There are many: a
// lane for each import. Asynq asks every queue for a task, then for tasks whose time has come, whose lease is over,
// that are to be deleted; it asks one queue after the other, and all over again. Often is busy polling, seldom leaves
// new work lying. So one round trip a second finds out which queues of a process are in use, and the others cost no
// command. While all queues are empty it is made every five seconds.
//
// Enqueuers publish the name of the queue, which is asked at once. Chunks that come back after a delay are not
// announced; they, and announcements that were lost, are found by the next refresh.
//
// It also shares a server's slots fairly between its queues, and repeats acknowledgements that Redis did not get.
package poller

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/queue"
)

const (
	// refreshEvery is how often all queues are looked at while any of them holds something.
	refreshEvery = time.Second

	// refreshIdle is how often they are while all are empty: what is put into one then is announced. So long it may take
	// until an announcement that was lost is made up for. A subscription that was made again is followed by a refresh.
	refreshIdle = 5 * time.Second
)

// Poller knows which queues of this process may hold a task. It is safe for concurrent use once its servers are added.
type Poller struct {
	redis   redis.UniversalClient
	queues  *queue.Queues
	log     *slog.Logger
	stop    <-chan struct{}
	servers []*Server

	mu        sync.Mutex
	states    map[string]queueState
	idleSince time.Time // when all queues were found to be empty; zero if any was not, or if one was announced since
}

// queueState is what a process knows of a queue.
type queueState struct {
	content       content
	announcements int // an answer to what was asked before an announcement says nothing about what it announced
}

type content uint8

const (
	mayHaveTask content = iota // or unknown
	noTask                     // it had none to give when it was asked, but may hold tasks in other states
	empty                      // it holds nothing
)

// New returns a poller without servers. Once stop is closed none of them waits.
func New(client redis.UniversalClient, queues *queue.Queues, log *slog.Logger, stop <-chan struct{}) *Poller {
	return &Poller{redis: client, queues: queues, log: log, stop: stop, states: map[string]queueState{}}
}

// Run refreshes what is known, and listens for announcements, until ctx ends.
func (p *Poller) Run(ctx context.Context) {
	announced := p.redis.Subscribe(ctx, p.queues.Channel())
	defer announced.Close()
	heard := announced.ChannelWithSubscriptions()
	tick := time.NewTicker(refreshEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case m, open := <-heard:
			if !open {
				return
			}
			p.hear(ctx, m)
		case <-tick.C:
			if !p.idle() {
				p.refresh(ctx)
			}
		}
	}
}

// hear takes an announcement, or makes up for those that were lost before a subscription.
func (p *Poller) hear(ctx context.Context, m any) {
	switch m := m.(type) {
	case *redis.Message:
		p.announce(queue.ParseNotification(m.Payload)...)
	case *redis.Subscription:
		p.refresh(ctx)
	}
}

// idle reports whether all queues were empty not long ago, and none was announced since.
func (p *Poller) idle() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Since(p.idleSince) < refreshIdle-refreshEvery/2
}

// announce notes that there is something in some queues, or in any of them.
func (p *Poller) announce(queues ...string) {
	p.mu.Lock()
	p.idleSince = time.Time{}
	if len(queues) == 0 { // by an earlier version, or after many were filled
		queues = slices.Collect(maps.Keys(p.states))
	}
	for _, name := range queues {
		if was, ours := p.states[name]; ours {
			p.states[name] = queueState{content: mayHaveTask, announcements: was.announcements + 1}
		}
	}
	p.mu.Unlock()
	p.wakeAll()
}

// refresh finds out which queues are in use. While Redis does not answer, all may be.
func (p *Poller) refresh(ctx context.Context) {
	before, began := p.snapshot(), time.Now()
	used, err := p.queues.InUse(ctx, slices.Collect(maps.Keys(before)))
	if err != nil {
		// Asynq asks them all then, and logs the error
		p.log.DebugContext(ctx, "cannot find out which queues are in use", "error", err)
	}
	p.mu.Lock()
	p.idleSince = began
	for name, asked := range before {
		found := mayHaveTask
		if err == nil && !used[name] {
			found = empty
		}
		p.learnLocked(name, asked, found)
		if p.states[name].content != empty {
			p.idleSince = time.Time{}
		}
	}
	p.mu.Unlock()
	p.wakeAll()
}

func (p *Poller) snapshot() map[string]queueState {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.states)
}

func (p *Poller) learn(name string, asked queueState, found content) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.learnLocked(name, asked, found)
}

// learnLocked notes what a queue was found to hold, unless it was announced since it was asked.
func (p *Poller) learnLocked(name string, asked queueState, found content) {
	if now := p.states[name]; now.announcements == asked.announcements {
		p.states[name] = queueState{content: found, announcements: now.announcements}
	}
}

func (p *Poller) state(queue string) queueState {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.states[queue]
}

// mayHaveTask reports whether a queue may have a task to give.
func (p *Poller) mayHaveTask(queue string) bool { return p.state(queue).content == mayHaveTask }

func (p *Poller) wakeAll() {
	for _, s := range p.servers {
		s.wakeUp()
	}
}
