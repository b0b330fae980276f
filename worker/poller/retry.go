package worker

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// acks is the client that Asynq's server gets. Since v0.25 the server cancels the context of an acknowledgement that failed
// before it tries again, so that a Redis that blinks at that moment costs a whole re-run of the task, one to two minutes
// later. Acknowledgements are the only scripts it runs with a deadline (the task's lease), so those are repeated here until
// it has passed. A dequeue has none and stays single: a repeated one could take two tasks.
//
// What it asks of queues that hold nothing is answered here: see poller.
type acks struct {
	redis.UniversalClient
	idle *idle
}

const ackPause = 100 * time.Millisecond

// EvalSha repeats an acknowledgement until Redis has taken it.
func (c acks) EvalSha(ctx context.Context, sha string, keys []string, args ...any) *redis.Cmd {
	return c.run(ctx, keys, func() *redis.Cmd { return c.UniversalClient.EvalSha(ctx, sha, keys, args...) })
}

// Eval does so too: a restarted Redis knows no script by its hash, and gets this one in full.
func (c acks) Eval(ctx context.Context, script string, keys []string, args ...any) *redis.Cmd {
	return c.run(ctx, keys, func() *redis.Cmd { return c.UniversalClient.Eval(ctx, script, keys, args...) })
}

func (c acks) run(ctx context.Context, keys []string, do func() *redis.Cmd) *redis.Cmd {
	switch q := questionOf(keys); {
	case q.dequeue:
		return c.idle.dequeue(ctx, q.queue, do)
	case q.nothing != nil:
		return c.idle.tend(ctx, q.queue, q.nothing, do)
	}
	return insist(ctx, do)
}

// insist repeats over network errors and a Redis that is not ready. "NOT FOUND" after a network error means that an earlier
// try had arrived.
func insist(ctx context.Context, run func() *redis.Cmd) *redis.Cmd {
	cmd := run()
	if _, has := ctx.Deadline(); !has {
		return cmd
	}
	for lost := false; networkError(cmd.Err()) || notReady(cmd.Err()); {
		lost = lost || networkError(cmd.Err())
		select {
		case <-ctx.Done():
			return cmd
		case <-time.After(ackPause):
		}
		cmd = run()
		if err := cmd.Err(); lost && err != nil && strings.Contains(err.Error(), "NOT FOUND") {
			cmd.SetErr(nil)
		}
	}
	return cmd
}

func networkError(err error) bool {
	if err == nil || errors.Is(err, redis.ErrClosed) {
		return false
	}
	_, answered := errors.AsType[redis.Error](err)
	return !answered
}

// notReady tells whether Redis is there but cannot write yet: it reads its files after a restart, or a failover is under way.
func notReady(err error) bool {
	for _, code := range []string{"LOADING ", "READONLY ", "MASTERDOWN ", "CLUSTERDOWN ", "TRYAGAIN "} {
		if redis.HasErrorPrefix(err, code) {
			return true
		}
	}
	return false
}
