package store

import (
	"context"
	"io"
	"testing"

	"github.com/redis/go-redis/v9"
)

// An import whose other part has failed by the same failover is cancelled, and must still end as one whose Redis is
// away.
func TestAConnectionThatTheServerEndsIsATroubleOfRedisAlsoForACallerThatHasGone(t *testing.T) {
	t.Parallel()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		name string
		ctx  context.Context
		err  error
		want bool
	}{
		{"ended by the server", gone, io.EOF, true},
		{"ended by the server, of a caller who waits", t.Context(), io.EOF, true},
		{"the caller has gone", gone, context.Canceled, false},
		{"the client is closed", gone, redis.ErrClosed, false},
		{"an answer", t.Context(), redis.Nil, false},
	} {
		pipeline := errorHook{}.ProcessPipelineHook(func(context.Context, []redis.Cmder) error { return c.err })
		if got := IsUnreachable(pipeline(c.ctx, nil)); got != c.want {
			t.Errorf("%s: trouble of Redis %v, want %v", c.name, got, c.want)
		}
	}
}
