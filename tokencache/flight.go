package tokencache

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// why a new token is wanted: a log field, and what decides about pauses.
type why string

const (
	whyNeeded    why = "needed"    // there is none, or it has run out
	whyAhead     why = "ahead"     // in good time
	whyRefused   why = "refused"   // the API answered 401
	whyAsked     why = "asked"     // an operator wants it
	whyAnnounced why = "announced" // another process has one
)

// flight is the one attempt to obtain a token that a process makes at a time; all its callers wait for the same.
type flight struct {
	done chan struct{}
	tok  Token
	err  error
}

// obtainShared returns a token of at least this generation.
func (c *Cache) obtainShared(ctx context.Context, atLeast uint64, w why) (Token, error) {
	start := c.now()
	if w != whyAhead && w != whyAnnounced {
		defer func() { c.cfg.Observer.waited(c.now() - start) }()
	}
	for {
		f, mine, err := c.join(atLeast, w)
		if err != nil {
			return Token{}, err
		}
		select {
		case <-f.done:
		case <-ctx.Done():
			return Token{}, fmt.Errorf("wait for a token of account %q: %w", c.cfg.Account, context.Cause(ctx))
		}
		if f.err == nil && f.tok.Generation >= atLeast {
			return f.tok, nil
		}
		if f.err != nil && !mine && w == whyAsked {
			continue // that flight minded a pause, ours does not
		}
		if f.err != nil {
			if tok, ok := c.lastResort(atLeast); ok {
				return tok, nil
			}
			return Token{}, f.err
		}
		// The flight we joined was after an older generation than ours. The next one is for us.
	}
}

// join returns the flight in progress, or starts one. It runs on the cache's own life, not the caller's: the first
// caller's cancellation must not fail the others.
func (c *Cache) join(atLeast uint64, w why) (f *flight, mine bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, false, ErrClosed
	}
	if c.flight != nil {
		return c.flight, false, nil
	}
	f = &flight{done: make(chan struct{})}
	c.flight = f
	c.work.Add(1)
	go func() {
		defer c.work.Done()
		f.tok, f.err = c.obtain(c.life, atLeast, w)
		c.mu.Lock()
		c.flight = nil
		c.mu.Unlock()
		close(f.done)
	}()
	return f, true, nil
}

// errWait makes the loop wait for an announcement, errAgain look again at once.
var (
	errWait  = errors.New("wait")
	errAgain = errors.New("again")
)

// obtain reads Redis until there is a token of at least this generation, and renews it under the lock.
func (c *Cache) obtain(ctx context.Context, atLeast uint64, w why) (Token, error) {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timing.Wait)
	defer cancel()
	// One value for the process: a lock that was taken or freed unheard does not stand in its own holder's way.
	l := &lock{s: c.store, value: c.self, ttl: c.cfg.Timing.Lock}
	defer func() { l.free(ctx) }()
	for tries := 0; ; tries++ {
		announced := c.broadcast.next()
		tok, err := c.step(ctx, l, atLeast, w)
		switch {
		case errors.Is(err, errAgain):
			continue
		case !errors.Is(err, errWait):
			return tok, c.explain(ctx, err)
		}
		c.subscribe()
		if err := c.sleep(ctx, announced, tries); err != nil {
			return Token{}, c.explain(ctx, err)
		}
	}
}

// explain returns the public error for one that left the protocol.
func (c *Cache) explain(ctx context.Context, err error) error {
	var auth *AuthError
	var trouble *TroubleError
	switch {
	case err == nil, errors.As(err, &auth), errors.As(err, &trouble):
		return err
	case c.life.Err() != nil:
		return ErrClosed
	case ctx.Err() != nil:
		return &TroubleError{Op: "waited long enough for a token", RetryAfter: c.cfg.Timing.Poll, Err: err}
	}
	return &TroubleError{Op: "get a token", Err: err}
}

// sleep waits for an announcement, or for a poll that grows from a tenth of Timing.Poll to the whole, jittered:
// announcements can be lost.
func (c *Cache) sleep(ctx context.Context, announced <-chan struct{}, tries int) error {
	poll := min(c.cfg.Timing.Poll, c.cfg.Timing.Poll/10<<min(tries, 8))
	timer := time.NewTimer(poll/2 + rand.N(poll/2+1)) // spreads waiters, guards nothing
	defer timer.Stop()
	select {
	case <-announced:
		return nil
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// step reads the record once, and uses its token or renews it.
func (c *Cache) step(ctx context.Context, l *lock, atLeast uint64, w why) (Token, error) {
	asked := c.now()
	rec, err := c.store.read(ctx)
	if err != nil {
		return Token{}, err
	}
	if tok, ok, err := c.adopt(&rec, atLeast, asked); ok || err != nil {
		return tok, err
	}
	if refused := c.refused.Load(); w != whyAsked && rec.gen > 0 && rec.gen <= refused {
		w = whyRefused // whichever caller of this process started the flight
	}
	if err := c.mayTry(&rec, w); err != nil {
		return Token{}, err
	}
	if !l.held {
		return Token{}, c.takeLock(ctx, l)
	}
	if c.settle(ctx) {
		return Token{}, errAgain
	}
	return c.renew(ctx, &rec, w)
}

func (c *Cache) takeLock(ctx context.Context, l *lock) error {
	got, err := l.take(ctx)
	switch {
	case err != nil:
		return &RedisError{"take the renewal lock", err}
	case !got:
		return errWait
	}
	return errAgain // things may have changed while we waited for it
}

// adopt takes the token in the record, if it will do.
func (c *Cache) adopt(rec *record, atLeast uint64, asked time.Duration) (Token, bool, error) {
	c.recordSeen(rec.position())
	margin := min(c.cfg.Timing.Margin, rec.life()/10)
	if rec.access == "" || rec.gen < atLeast || rec.left() <= margin {
		return Token{}, false, nil
	}
	access, err := c.cfg.Keys.Open(rec.access, c.boundTo(rec.gen, "access"))
	if err != nil {
		return Token{}, false, c.authError(ReasonSealedElsewhere, 0, err)
	}
	return c.setToken(access, rec.gen, rec.life(), rec.left(), asked), true, nil
}

// boundTo ties a sealed token to its account, its credentials, its generation and its kind.
func (c *Cache) boundTo(gen uint64, kind string) string {
	return fmt.Sprintf("guestflow token\n%s\n%s\n%d\n%s", c.cfg.Account, c.store.fp, gen, kind)
}
