package tokencache

import (
	"context"
	"time"
)

// lifespan is what the ends of tokens have taught of how long they really live. An identity server may say an hour and
// the API refuse after half a minute: a gateway that keeps sessions of its own, a clock that is off. Then tokens are
// renewed ahead of the time at which they really die, and no call meets a 401.
type lifespan struct {
	// Early counts the tokens in a row that worked and were refused before their time. One alone is a token that
	// was revoked; from the second on tokens live that long here.
	Early int `json:"early,omitempty"`
	// Lived is how old they were when they were refused, in ms, and Learned when that was, by Redis' clock.
	Lived   int64 `json:"lived,omitempty"`
	Learned int64 `json:"learned,omitempty"`
}

const (
	// earlyFrom is how many tokens must have died early to be believed.
	earlyFrom = 2

	// learnedFor is how long it is believed; then one token shows whether it is still so, at the price of one 401.
	learnedFor = time.Hour

	// shortestLife is the age from which on the refusal of a token that worked is believed to be its end. An API that
	// refuses only some calls, for want of a right, does so whatever the token; that must not become more than a dozen
	// renewals a minute.
	shortestLife = 5 * time.Second
)

// died is the lifespan after a token that worked and was refused at this age.
func (l lifespan) died(age time.Duration, now int64) lifespan {
	lived := age.Milliseconds()
	switch {
	case l.Early == earlyFrom-1: // of two, the one that was not revoked by chance
		lived = max(lived, l.Lived)
	case l.Early >= earlyFrom:
		lived = min(lived, l.Lived)
	}
	return lifespan{Early: min(l.Early+1, earlyFrom), Lived: lived, Learned: now}
}

// ended is the lifespan after a token that was renewed for another reason.
func (l lifespan) ended(now int64) lifespan {
	switch {
	case l.Early < earlyFrom:
		return lifespan{}
	case time.Duration(now-l.Learned)*time.Millisecond >= learnedFor:
		l.Early-- // the next early death counts at once
	}
	return l
}

// real is how long a token lives whose granted life is given.
func (l lifespan) real(granted time.Duration) time.Duration {
	if l.Early < earlyFrom {
		return granted
	}
	return min(granted, time.Duration(l.Lived)*time.Millisecond)
}

// Accepted says that the API took this generation's token. It costs an atomic look, and one round trip in the
// background for each generation.
func (c *Cache) Accepted(generation uint64) {
	for {
		was := c.accepted.Load()
		if generation <= was {
			return
		}
		if c.accepted.CompareAndSwap(was, generation) {
			break
		}
	}
	if !c.startWork() {
		return
	}
	go func() {
		defer c.work.Done()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(c.life), cleanup)
		defer cancel()
		_ = c.store.worked(ctx, generation) // at worst one more refusal counts as distrust
	}()
}

// death is the end of a token: of which generation, and how old it was when this process first met the refusal.
type death struct {
	gen uint64
	age time.Duration
}

// refusedAt returns the age at which the record's token was refused, and remembers it.
func (c *Cache) refusedAt(rec *record) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last.gen != rec.gen {
		c.last = death{rec.gen, max(0, time.Duration(rec.now-rec.got)*time.Millisecond)}
	}
	return c.last.age
}

// worked reports whether the API has ever taken the record's token.
func (c *Cache) worked(rec *record) bool { return rec.worked || c.accepted.Load() >= rec.gen }

// diedEarly reports whether the refusal of the record's token is its end, so that nothing speaks against a new one.
func (c *Cache) diedEarly(rec *record) bool { return c.worked(rec) && c.refusedAt(rec) >= shortestLife }
