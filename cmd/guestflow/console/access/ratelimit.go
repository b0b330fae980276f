package access

import (
	"fmt"
	"hash/maphash"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// rateLimiter limits attempts by key. It is a generic cell rate algorithm over a fixed table: a cell is the time until
// which attempts are booked. So its memory does not grow with the keys that an attacker makes up, and no cell is
// evicted in the attacker's favour. Two keys may share a cell; which ones do is secret.
type rateLimiter struct {
	every time.Duration // one attempt, in the long run
	burst int           // attempts at once

	seed  maphash.Seed
	mu    sync.Mutex
	cells [4096]int64 // nanoseconds since 1970
}

func newRateLimiter(every time.Duration, burst int) *rateLimiter {
	return &rateLimiter{every: every, burst: burst, seed: maphash.MakeSeed()}
}

// take books an attempt, or returns how long to wait for the next. A refused one books nothing, so that a flood causes
// no long lockout.
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

// refund returns an attempt that was legitimate.
func (t *rateLimiter) refund(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	*t.cell(key) -= int64(t.every)
}

func (t *rateLimiter) cell(key string) *int64 {
	return &t.cells[maphash.String(t.seed, key)%uint64(len(t.cells))]
}

// RateLimitError means that a user has acted too often. Its text is shown to the user.
type RateLimitError struct{ Wait time.Duration }

func (e *RateLimitError) Error() string {
	return fmt.Sprintf("More than %d actions in a short time: this one was refused. Try again in %d s; "+
		"for many actions use the command line.", actionBurst, seconds(e.Wait))
}

// SetRetryAfter sets the header Retry-After.
func (e *RateLimitError) SetRetryAfter(w http.ResponseWriter) {
	w.Header().Set("Retry-After", strconv.Itoa(seconds(e.Wait)))
}

// CountAction books an action of a user, or refuses it. Requests other than GET are booked already.
func (a *Access) CountAction(r *http.Request, u User) *RateLimitError {
	wait := a.actionLimiter.take(u.Account+"/"+u.Name, a.now())
	if wait == 0 {
		return nil
	}
	a.warn(r, "too many actions of a user", "name", u.Name)
	return &RateLimitError{wait}
}

// The rates of wrong passwords. An office behind one address has more attempts than one name; a right password uses up
// none. One attempt in half a minute is 3,000 guesses a day of one name's password, and eight letters have 2e11.
const (
	sourceEvery, sourceBurst = 10 * time.Second, 20
	nameEvery, nameBurst     = 30 * time.Second, 10
)

// The rate at which one source may start or finish a login with the identity provider: nothing is guessed, and an
// office logs in at nine.
const oidcEvery, oidcBurst = time.Second, 60

// The rate at which one user may change or download something: faster than by hand, and slow enough that the audit log
// keeps all of it. Scripts have the command line, which has no such limit.
const actionEvery, actionBurst = 2 * time.Second, 60

func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

// The rate of log lines of one kind.
const warnEvery, warnBurst = time.Minute, 5
