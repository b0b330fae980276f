package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/redis/go-redis/v9"
)

// errorHook wraps every error that is not an answer of Redis in ErrUnreachable, so that callers recognise it by its
// type and not by its text. go-redis, which retries, still sees the original.
type errorHook struct{}

func (errorHook) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := next(ctx, network, addr)
		return conn, wrapUnreachable(ctx, err)
	}
}

func (errorHook) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error { return wrapUnreachable(ctx, next(ctx, cmd)) }
}

func (errorHook) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error { return wrapUnreachable(ctx, next(ctx, cmds)) }
}

func wrapUnreachable(ctx context.Context, err error) error {
	// A connection that the server has ended is its doing even if the caller has gone meanwhile, as an import does of
	// which another part has failed by the same.
	if gone := ctx.Err() != nil && !errors.Is(err, io.EOF); err == nil || gone || errors.Is(err, redis.ErrClosed) {
		return err // the caller is gone, or the client is closed, which go-redis compares by value
	}
	if _, answered := errors.AsType[redis.Error](err); answered || errors.Is(err, ErrUnreachable) {
		return err
	}
	return &unreachableError{err}
}

type unreachableError struct{ cause error }

func (e *unreachableError) Error() string   { return fmt.Sprintf("%v: %v", ErrUnreachable, e.cause) }
func (e *unreachableError) Unwrap() []error { return []error{ErrUnreachable, e.cause} }

// IsUnreachable reports whether an error is that Redis did not answer.
func IsUnreachable(err error) bool {
	return errors.Is(err, ErrUnreachable) || err != nil && strings.Contains(err.Error(),
		asynqScript+ErrUnreachable.Error())
}

// asynqScript is the prefix of an error of Asynq's scripts, of which Asynq keeps the text only.
const asynqScript = "redis eval error: "

// cause is an error without our own text, for a sentence that has that.
func cause(err error) error {
	if e, is := errors.AsType[*unreachableError](err); is {
		return e.cause
	}
	return err
}

// explanations are the refusals of a Redis that answers, by their code, and what to do about each.
var explanations = []struct{ code, text string }{
	{"OOM", "Redis is full: give it more memory (maxmemory), or let the workers make room, then run the same command " +
		"again"},
	{"MISCONF", "Redis cannot write to its disk and takes no writes: see its log and make room there, then run the " +
		"same command again"},
	{"LOADING", "Redis is still loading its data: run the same command again in a moment"},
	{"READONLY", "Redis is a replica and takes no writes: name its master, or its Sentinels by redis-sentinel://; if " +
		"a failover is under way, run the same command again in a moment"},
	{"NOREPLICAS", "Redis takes no writes without its replicas (min-replicas-to-write): bring them back, then run " +
		"the same command again"},
	{"MASTERDOWN", "Redis is a replica that has lost its master: run the same command again when a failover has been " +
		"made"},
	{"CLUSTERDOWN", "the Redis Cluster is down: a master is missing and none took its place; see: guestflow doctor"},
	{"TRYAGAIN", "the Redis Cluster is moving keys: run the same command again in a moment"},
	{"MOVED", "GUESTFLOW_REDIS_URL names one node of a Redis Cluster as if it were all of it: write redis-cluster://"},
	{"NOAUTH", "Redis requires a password: set it in GUESTFLOW_REDIS_URL or GUESTFLOW_REDIS_PASSWORD_FILE"},
	{"WRONGPASS", "Redis refuses the user name or the password: check GUESTFLOW_REDIS_URL and " +
		"GUESTFLOW_REDIS_PASSWORD_FILE"},
	{"NOPERM", "Redis does not allow its user what guestflow needs: see docs/redis.md for the rights"},
}

// Explain returns what to do about an error in which Redis answers and refuses.
func Explain(err error) (text string, is bool) {
	if err == nil {
		return "", false
	}
	for _, t := range explanations {
		if redis.HasErrorPrefix(err, t.code+" ") || strings.Contains(err.Error(), asynqScript+t.code+" ") {
			return t.text, true
		}
	}
	return "", false
}
