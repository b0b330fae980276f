package tokencache

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/redis/go-redis/v9"
)

// broadcast wakes everyone who waits in this process. They look into Redis themselves; a message is only a reason to look.
type broadcast struct {
	mu        sync.Mutex
	ch        chan struct{}
	listening bool
	heard     atomic.Uint64 // the last generation announced
}

// next is closed at the next news.
func (n *broadcast) next() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.ch == nil {
		n.ch = make(chan struct{})
	}
	return n.ch
}

func (n *broadcast) tell(gen uint64) {
	if gen > 0 {
		n.heard.Store(gen)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.ch != nil {
		close(n.ch)
		n.ch = nil
	}
}

// listen subscribes, once and until the cache is closed. It does not wait for the subscription to be there: what is
// missed until then is caught by the poll.
func (c *Cache) listen() {
	c.broadcast.mu.Lock()
	defer c.broadcast.mu.Unlock()
	if c.broadcast.listening || !c.begin() {
		return
	}
	c.broadcast.listening = true
	go func() {
		defer c.work.Done()
		c.hear(c.life)
	}()
}

func (c *Cache) hear(ctx context.Context) {
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
			c.heard(ctx, m)
		}
	}
}

// heard takes one message: that we are connected, a claim, or a new generation ("0": something else has changed).
func (c *Cache) heard(ctx context.Context, message any) {
	m, is := message.(*redis.Message)
	if !is { // subscribed, for the first time or anew: Redis may have gone back meanwhile
		c.lookBack(ctx)
		return
	}
	if claim, is := strings.CutPrefix(m.Payload, "claim "); is {
		if p, ok := parsePosition(claim); ok {
			c.note(p)
		}
		return
	}
	gen, _ := strconv.ParseUint(m.Payload, 10, 64)
	if gen > 0 {
		c.note(position{gen: gen})
	}
	c.broadcast.tell(gen)
}
