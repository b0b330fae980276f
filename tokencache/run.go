package tokencache

import (
	"context"
	"errors"
	"time"
)

// Run keeps a fresh token in memory until the context or the cache ends: it renews ahead of expiry, and takes over what
// other processes have renewed as soon as they announce it. Token works without it, but then the first call after a
// renewal elsewhere pays a round trip to Redis.
func (c *Cache) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(c.life, cancel)()
	c.subscribe()
	c.settle(ctx)
	state := runState{}
	for ctx.Err() == nil {
		announced := c.broadcast.next()
		wait := c.maintain(ctx, &state)
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-announced:
		}
		timer.Stop()
	}
	return nil
}

// runState is what was logged last, and at which generation.
type runState struct {
	last Reason
	gen  uint64
}

// maintain does what is due and returns when to look again.
func (c *Cache) maintain(ctx context.Context, state *runState) time.Duration {
	h := c.held.Load()
	var err error
	switch heard := c.broadcast.announced.Load(); {
	case h == nil || c.now() >= h.until:
		_, err = c.obtainShared(ctx, c.refused.Load()+1, whyAhead)
	case heard > h.token.Generation:
		_, err = c.obtainShared(ctx, heard, whyAnnounced)
	case c.now() >= h.renewAt:
		_, err = c.obtainShared(ctx, h.token.Generation+1, whyAhead)
		if err != nil {
			c.postpone(h, err)
		}
	}
	c.report(err, state)
	return c.nextCheck(err)
}

// nextCheck is the time until the next thing to do. Without a token it is bounded by half a minute, so that a person
// who signs in elsewhere is noticed even if the announcement of it were lost.
func (c *Cache) nextCheck(err error) time.Duration {
	const look = 30 * time.Second
	if err != nil {
		return min(look, retryIn(err, time.Second))
	}
	if h := c.held.Load(); h != nil {
		return max(10*time.Millisecond, h.renewAt-c.now())
	}
	return time.Second
}

// report says once that there is no way to a new token, and once that there is one again.
func (c *Cache) report(err error, state *runState) {
	h, gen := c.held.Load(), uint64(0)
	if h != nil {
		gen = h.token.Generation
	}
	var auth *AuthError
	switch {
	case errors.As(err, &auth) && auth.Reason != state.last:
		log := c.cfg.Logger.With("account", c.cfg.Account, "reason", auth.Reason, "do", auth.Advice(), "error", err)
		if h != nil {
			log = log.With("old_token_serves_until", h.token.Expiry)
		}
		log.Error("no way to a new token")
		state.last, state.gen = auth.Reason, gen
	case err == nil && state.last != "" && gen > state.gen:
		c.cfg.Logger.Info("there is a token again", "account", c.cfg.Account, "generation", gen)
		*state = runState{}
	}
}
