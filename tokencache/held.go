package tokencache

import (
	"math/rand/v2"
	"time"

	"guestflow/tokencache/secret"
)

// Renewal starts at 75 to 85 % of a token's life: late enough to waste little, early enough for a dead lock, a stale
// claim and a password grant in a row to fit into what is left of an hour. Each process draws its own moment, so that
// one of the fleet is early and the rest find its work done.
const (
	renewFrom   = 0.75
	renewJitter = 0.10
)

// setToken keeps a token in memory, unless there is a newer one. asked is when we asked Redis or the identity server:
// to count from there makes the token seem a little older than it is, never younger.
func (c *Cache) setToken(access secret.Text, gen uint64, life, left, asked time.Duration) Token {
	h := &held{life: life, end: asked + left}
	h.until = h.end - min(c.cfg.Timing.Margin, life/10)
	part := renewFrom + renewJitter*rand.Float64() // spreads renewals, guards nothing
	h.renewAt = min(h.until, h.end-life+time.Duration(part*float64(life)))
	h.token = Token{Access: access, Generation: gen, Expiry: c.base.Add(h.end).Round(0)}
	c.recordSeen(position{gen: gen})
	for {
		old := c.held.Load()
		if gen <= c.refused.Load() || old != nil && old.token.Generation >= gen && c.now() < old.end {
			return h.token
		}
		if c.held.CompareAndSwap(old, h) {
			return h.token
		}
	}
}

// recordSeen remembers a position of the record, also for later processes on this state folder.
func (c *Cache) recordSeen(p position) {
	if c.seen.advance(p) {
		_ = c.journal.mark(p) // where that matters, before a refresh token is sent, it is tried again
	}
}

// lastResort returns the token in memory while it has not expired, for when a newer one cannot be had.
func (c *Cache) lastResort(atLeast uint64) (Token, bool) {
	h := c.held.Load()
	if h == nil || h.token.Generation < atLeast || c.now() >= h.end {
		return Token{}, false
	}
	return h.token, true
}

// renewAhead starts a renewal in the background, once for each token in memory.
func (c *Cache) renewAhead(h *held) {
	if !h.ahead.CompareAndSwap(false, true) {
		return
	}
	if !c.startWork() {
		return
	}
	go func() {
		defer c.work.Done()
		if _, err := c.obtainShared(c.life, h.token.Generation+1, whyAhead); err != nil {
			c.postpone(h, err)
		}
	}()
}

// postpone lets the renewal of a token that still serves wait for a while, instead of starting with every call.
func (c *Cache) postpone(h *held, err error) {
	later := &held{token: h.token, life: h.life, until: h.until, end: h.end}
	later.renewAt = min(h.until, c.now()+retryIn(err, h.life/20))
	c.held.CompareAndSwap(h, later)
}

// startWork counts background work, unless the cache is closed.
func (c *Cache) startWork() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.work.Add(1)
	return true
}
