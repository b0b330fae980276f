package access

import (
	"hash/maphash"
	"sync"
	"time"
)

// rateLimiter bounds how often something is tried, by key. It is a generic cell rate algorithm over a fixed table: a cell is the
// time until which tries are booked. So its memory does not grow with the keys an attacker makes up, and nothing is evicted that
// an attacker would like forgotten. Two keys may share a cell; which ones do, nobody can tell from outside.
type rateLimiter struct {
	every time.Duration // one try, in the long run
	burst int           // tries at once

	seed  maphash.Seed
	mu    sync.Mutex
	cells [4096]int64 // nanoseconds since 1970
}

func newRateLimiter(every time.Duration, burst int) *rateLimiter {
	return &rateLimiter{every: every, burst: burst, seed: maphash.MakeSeed()}
}

// take books a try, or says how long to wait for the next. A refused one books nothing, so that hammering locks nobody out for long.
func (t *rateLimiter) take(key string, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	cell := t.cell(key)
	booked := max(*cell, now.UnixNano()) + int64(t.every)
	if wait := booked - now.UnixNano() - int64(t.every)*int64(t.burst); wait > 0 {
		return time.Duration(wait)
	}
	*cell = booked
	return 0
}

// refund takes a try back: it was right.
func (t *rateLimiter) refund(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	*t.cell(key) -= int64(t.every)
}

func (t *rateLimiter) cell(key string) *int64 {
	return &t.cells[maphash.String(t.seed, key)%uint64(len(t.cells))]
}
