package tokencache_test

import (
	"context"
	"net"
	"sync/atomic"
	"testing"

	"github.com/redis/go-redis/v9"
)

// trips counts the round trips to Redis: one for each command or pipeline.
type trips struct{ n atomic.Int64 }

func (h *trips) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

func (h *trips) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error { h.n.Add(1); return next(ctx, cmd) }
}

func (h *trips) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error { h.n.Add(1); return next(ctx, cmds) }
}

func TestTokenRenewedElsewhereCostsOneRoundTripAndOneInMemoryNone(t *testing.T) {
	t.Parallel()
	b := newBundle(t)
	gen := b.token(b.process()).Generation
	counted := redis.NewClient(&redis.Options{Addr: b.addr})
	defer counted.Close()
	h := &trips{}
	counted.AddHook(h)
	counted.Ping(t.Context()) // the handshake of a new connection is not what is counted
	h.n.Store(0)
	b.rdb = counted
	late := b.process()
	for range 10 {
		if got := b.token(late).Generation; got != gen {
			t.Fatalf("generation %d, want %d", got, gen)
		}
	}
	if n := h.n.Load(); n != 1 {
		t.Fatalf("%d round trips for ten tokens, want 1", n)
	}
}
