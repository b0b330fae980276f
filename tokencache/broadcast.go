package tokencache

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/redis/go-redis/v9"
)

// broadcast wakes all waiters of this process. They read Redis themselves; a message only says that it is worth it.
type broadcast struct {
	mu        sync.Mutex
	ch        chan struct{}
	listening bool
	announced atomic.Uint64 // the last generation announced
}

// next returns a channel that is closed by the next announcement.
func (b *broadcast) next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ch == nil {
		b.ch = make(chan struct{})
	}
	return b.ch
}

func (b *broadcast) announce(gen uint64) {
	if gen > 0 {
		b.announced.Store(gen)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ch != nil {
		close(b.ch)
		b.ch = nil
	}
}

// subscribe subscribes, once and until the cache is closed. It does not wait for the subscription to be there: what is
// missed until then is caught by the poll.
func (c *Cache) subscribe() {
	c.broadcast.mu.Lock()
	defer c.broadcast.mu.Unlock()
	if c.broadcast.listening || !c.startWork() {
		return
	}
	c.broadcast.listening = true
	go func() {
		defer c.work.Done()
		c.receive(c.life)
	}()
}

func (c *Cache) receive(ctx context.Context) {
	sub := c.store.client.Subscribe(ctx, c.store.channel)
	defer sub.Close()
	messages := sub.ChannelWithSubscriptions()
	for {
		select {
		case <-ctx.Done():
			return
		case m, ok := <-messages:
			if !ok {
				return
			}
			c.handleMessage(ctx, m)
		}
	}
}

// handleMessage takes one message: that we are connected, a claim, or a new generation ("0": something else has
// changed).
func (c *Cache) handleMessage(ctx context.Context, message any) {
	m, is := message.(*redis.Message)
	if !is { // subscribed, for the first time or anew: Redis may have gone back meanwhile
		c.checkRollback(ctx)
		return
	}
	if claim, is := strings.CutPrefix(m.Payload, "claim "); is {
		if p, ok := parsePosition(claim); ok {
			c.recordSeen(p)
		}
		return
	}
	gen, _ := strconv.ParseUint(m.Payload, 10, 64)
	if gen > 0 {
		c.recordSeen(position{gen: gen})
	}
	c.broadcast.announce(gen)
}
