package poller

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// retryingClient is the client that Asynq's server gets. Since v0.25 the server cancels the context of an
// acknowledgement that failed before it tries again, so that a Redis that blinks at that moment costs a whole re-run of
// the task, one to two minutes later. Acknowledgements are the only scripts it runs with a deadline (the task's lease),
// so those are repeated here until it has passed. A dequeue has none and stays single: a repeated one could take two
// tasks.
type retryingClient struct {
	redis.UniversalClient
	server *Server
}

// Subscribe listens with the server's own client, if it has one.
func (c retryingClient) Subscribe(ctx context.Context, channels ...string) *redis.PubSub {
	if c.server != nil && c.server.listener != nil {
		return c.server.listener.Subscribe(ctx, channels...)
	}
	return c.UniversalClient.Subscribe(ctx, channels...)
}

// another returns a client like the given one, which opens no connection of its own accord, or nil. What a
// client has made for notifications is not taken over: it writes to that while it connects, and registers in it.
func another(client redis.UniversalClient) redis.UniversalClient {
	switch c := client.(type) {
	case *redis.Client:
		o := *c.Options()
		o.MinIdleConns, o.MaintNotificationsConfig, o.PushNotificationProcessor = 0, nil, nil
		return redis.NewClient(&o)
	case *redis.ClusterClient:
		o := *c.Options()
		o.MinIdleConns, o.MaintNotificationsConfig, o.PushNotificationProcessor = 0, nil, nil
		return redis.NewClusterClient(&o)
	}
	return nil
}

const retryPause = 100 * time.Millisecond

// EvalSha runs a script by its hash, an acknowledgement until Redis has taken it.
func (c retryingClient) EvalSha(ctx context.Context, sha string, keys []string, args ...any) *redis.Cmd {
	return c.run(ctx, keys, func() *redis.Cmd { return c.UniversalClient.EvalSha(ctx, sha, keys, args...) })
}

// Eval does so with the whole script: a restarted Redis knows none by its hash.
func (c retryingClient) Eval(ctx context.Context, script string, keys []string, args ...any) *redis.Cmd {
	return c.run(ctx, keys, func() *redis.Cmd { return c.UniversalClient.Eval(ctx, script, keys, args...) })
}

func (c retryingClient) run(ctx context.Context, keys []string, do func() *redis.Cmd) *redis.Cmd {
	switch is := parseCommand(keys); {
	case is.dequeue:
		return c.server.dequeue(ctx, is.queue, do)
	case is.nothing != nil:
		return c.server.maintain(ctx, is.queue, is.nothing, do)
	}
	return retry(ctx, do)
}

// retry repeats over network errors and a Redis that is not ready. "NOT FOUND" after a network error means that an
// earlier try had arrived.
func retry(ctx context.Context, run func() *redis.Cmd) *redis.Cmd {
	cmd := run()
	if _, has := ctx.Deadline(); !has {
		return cmd
	}
	for lost := false; isNetworkError(cmd.Err()) || isNotReady(cmd.Err()); {
		lost = lost || isNetworkError(cmd.Err())
		select {
		case <-ctx.Done():
			return cmd
		case <-time.After(retryPause):
		}
		cmd = run()
		if err := cmd.Err(); lost && err != nil && strings.Contains(err.Error(), "NOT FOUND") {
			cmd.SetErr(nil)
		}
	}
	return cmd
}

func isNetworkError(err error) bool {
	if err == nil || errors.Is(err, redis.ErrClosed) {
		return false
	}
	_, answered := errors.AsType[redis.Error](err)
	return !answered
}

// isNotReady reports whether Redis is there but cannot write yet: it reads its files after a restart, or a failover is
// under way.
func isNotReady(err error) bool {
	for _, code := range []string{"LOADING ", "READONLY ", "MASTERDOWN ", "CLUSTERDOWN ", "TRYAGAIN "} {
		if redis.HasErrorPrefix(err, code) {
			return true
		}
	}
	return false
}
