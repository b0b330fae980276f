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
type acks struct {
	redis.UniversalClient
}

const ackPause = 100 * time.Millisecond

// EvalSha repeats an acknowledgement over network errors. "NOT FOUND" after one means that the first try had arrived.
func (c acks) EvalSha(ctx context.Context, sha string, keys []string, args ...any) *redis.Cmd {
	cmd := c.UniversalClient.EvalSha(ctx, sha, keys, args...)
	if _, has := ctx.Deadline(); !has {
		return cmd
	}
	for tries := 0; networkError(cmd.Err()); tries++ {
		select {
		case <-ctx.Done():
			return cmd
		case <-time.After(ackPause):
		}
		cmd = c.UniversalClient.EvalSha(ctx, sha, keys, args...)
		if err := cmd.Err(); err != nil && strings.Contains(err.Error(), "NOT FOUND") {
			cmd.SetErr(nil)
		}
	}
	return cmd
}

func networkError(err error) bool {
	if err == nil || errors.Is(err, redis.Nil) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	_, answered := errors.AsType[redis.Error](err)
	return !answered
}
