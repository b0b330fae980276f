package budget

import (
	"context"
	"time"
)

const (
	// unlimitedFor is how long calls may be made without booking after Redis has said that nothing limits them, where a
	// booking would be asked for every one of thousands a second. So long it may take until a process follows a pause, a
	// circuit that opens, or a limit that is set.
	unlimitedFor = 100 * time.Millisecond

	// askUnlimited is how often Redis is asked meanwhile, so that no call waits for the answer.
	askUnlimited = unlimitedFor / 2
)

// unlimited is while the calls of a queue need no booking. The mutex of the queue guards it.
type unlimited struct {
	until time.Time
	made  int       // calls that Redis does not know of
	asks  bool      // a goroutine asks for as long as calls are made
	since time.Time // what Redis was asked before this counts no more
}

// callUnlimited reports whether a call may be made without booking.
func (q *fairQueue) callUnlimited() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !time.Now().Before(q.unlimited.until) {
		return false
	}
	q.unlimited.made++
	return true
}

// setUnlimited lets calls go without booking for a while after a question that was asked then, and reports whether a
// goroutine is to be started that asks on.
func (q *fairQueue) setUnlimited(asked time.Time) (start bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if asked.Before(q.unlimited.since) {
		return false
	}
	q.unlimited.until = asked.Add(unlimitedFor)
	start, q.unlimited.asks = !q.unlimited.asks, true
	return start
}

// limitAgain has every call of this process be booked, until Redis says once more that nothing limits it.
func (b *Budget) limitAgain() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, q := range b.queues {
		q.unlimited.until, q.unlimited.since = time.Time{}, time.Now()
	}
}

// stayUnlimited asks on for as long as calls are made, and has them counted.
func (b *Budget) stayUnlimited(ctx context.Context, q *fairQueue) {
	for {
		time.Sleep(askUnlimited)
		asked, made := time.Now(), q.takeMade()
		if made == 0 {
			return
		}
		if got, err := b.ask(ctx, "count", made, q.scopes); err == nil && got.unlimited {
			q.setUnlimited(asked)
		} else {
			b.limitAgain()
		}
	}
}

// takeMade returns how many calls are to be counted. After none the queue's calls are booked again, and its goroutine
// ends.
func (q *fairQueue) takeMade() (made int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if made, q.unlimited.made = q.unlimited.made, 0; made == 0 {
		q.unlimited.until, q.unlimited.asks = time.Time{}, false
	}
	return made
}
