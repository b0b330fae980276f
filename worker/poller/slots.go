package worker

import (
	"context"
	"sync"
	"time"

	"github.com/hibiken/asynq"
)

// places are those of one server of Asynq, by the queues whose chunks have them. A chunk keeps its place until it is done, which
// takes minutes where many imports share the budget; so an import that was alone when it began would have all places for as long,
// and one that comes later none. Asynq takes from its queues at random, which says nothing of who has how many already.
type places struct {
	most  int
	spare bool // a queue has no more than are free: half of them when it is alone, so that whoever comes next finds some

	mu   sync.Mutex
	held map[string]int // by queue; all of the server's have an entry
}

// turnAt says whose turn at a place it is.
type turnAt uint8

const (
	its    turnAt = iota // it may take one
	others               // first one that has fewer and wants more
	nobody               // it has as many as it may
)

// turn says whether a queue may have another place. wants tells of which queues tasks may wait.
func (p *places) turn(queue string, wants func(string) bool) turnAt {
	p.mu.Lock()
	defer p.mu.Unlock()
	own, free, fewer := p.held[queue], p.most, false
	for name, n := range p.held {
		free -= n
		fewer = fewer || n < own && wants(name)
	}
	switch {
	case p.spare && own > 0 && own >= free:
		return nobody
	case fewer:
		return others
	}
	return its
}

func (p *places) count(queue string, more int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held[queue] += more
}

// beginsIn is how long a handler may take to be called. One that never is, as for a task that cannot be read, has no place.
const beginsIn = time.Second

// settle waits until the last task's place is counted. Else a queue would get several before the first one is.
func (i *idle) settle() {
	if !i.gave {
		return
	}
	i.gave = false
	late := time.NewTimer(beginsIn)
	defer late.Stop()
	select {
	case <-i.begun:
	case <-late.C:
	case <-i.stop:
	}
}

// counted is a handler that tells who has a place, and wakes the server where one gets free.
func (i *idle) counted(h asynq.Handler) asynq.Handler {
	return asynq.HandlerFunc(func(ctx context.Context, task *asynq.Task) error {
		queue, _ := asynq.GetQueueName(ctx) // always there
		i.places.count(queue, 1)
		select {
		case i.begun <- struct{}{}:
		default: // nobody waits for it any more
		}
		defer func() {
			i.places.count(queue, -1)
			i.rouse()
		}()
		return h.ProcessTask(ctx, task)
	})
}
