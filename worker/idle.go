package worker

import (
	"context"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// idle spares Redis the questions of a worker that has nothing to do. Asynq asks its queues, sleeps, and asks again: often is
// busy polling, seldom leaves new work lying. So once all of a server's queues were found empty, its next question waits
// until somebody who has enqueued calls. Of chunks that come back after a while nobody tells; for them, and for a call that
// was lost, it asks once a second all the same.
type idle struct {
	queues int // of the server
	calls  chan struct{}
	stop   <-chan struct{}
	empty  int // questions in a row that found nothing; only Asynq's one dequeuing goroutine is here
}

const idleFor = time.Second

func newIdle(queues int, stop <-chan struct{}) *idle {
	return &idle{queues: queues, stop: stop, calls: make(chan struct{}, 1)}
}

// wait ends at once while there was something to find.
func (i *idle) wait() {
	if i.empty < i.queues {
		return
	}
	t := time.NewTimer(idleFor)
	defer t.Stop()
	select {
	case <-i.calls:
	case <-i.stop:
	case <-t.C:
	}
	i.empty = 0
}

// found notes what a question has found. A Redis that is away is asked again as slowly; but one that only has lost the
// script, after a restart, is given it at once.
func (i *idle) found(err error) {
	switch {
	case err == nil:
		i.empty = 0
	case err == redis.Nil: //nolint:errorlint // as Asynq compares it
		i.empty++
	case redis.HasErrorPrefix(err, "NOSCRIPT"):
	default:
		i.empty = i.queues
	}
}

// isDequeue knows Asynq's dequeuing script by its keys: pending, paused, active, lease.
func isDequeue(keys []string) bool { return len(keys) == 4 && strings.HasSuffix(keys[1], ":paused") }

// hear passes calls on to those who wait, until ctx ends.
func hear(ctx context.Context, client redis.UniversalClient, channel string, waiting []*idle) {
	calls := client.Subscribe(ctx, channel)
	defer context.AfterFunc(ctx, func() { _ = calls.Close() })()
	for range calls.Channel() {
		for _, i := range waiting {
			select {
			case i.calls <- struct{}{}:
			default: // it is told already
			}
		}
	}
}
