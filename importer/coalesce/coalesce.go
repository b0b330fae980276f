// Package coalesce does for many callers at once what each would do alone: group commit. While one round is under way
// the items of other callers gather, and they are the next round. So a lone caller does not wait, and the slower a
// round is, the more items go by the next one.
//
// Fast rounds would have few items each where many callers come one by one, and what a round costs whatever it holds
// would be most of the work. So rounds with a crowd in them begin a moment apart, or when the next one is full.
//
// The price is that a caller waits for the end of the round under way, or for that moment, before its own begins.
package coalesce

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// crowd is how many items a round has when others are to be expected in a moment. Few callers do not wait.
	crowd = 4

	// A fifth of a caller's pace is between the beginnings of two such rounds, within these bounds: with 64 calls of 20 ms
	// in flight some 25 items come meanwhile, and one waits for a tenth of such a call.
	part           = 5
	least, longest = 2 * time.Millisecond, 4 * time.Millisecond

	// full is how many items begin a round without that. More would hardly cost less for each.
	full = 32
)

// Queue gathers items for one function, of which one call is under way at a time. It is safe for concurrent use, and
// has a goroutine only while there are items, and a moment longer.
type Queue[T comparable] struct {
	do   func(context.Context, []T)
	pace atomic.Int64 // nanoseconds

	mu     sync.Mutex
	next   *round[T]     // gathers; nil if nothing waits
	filled chan struct{} // has a value once next is full
	busy   bool          // rounds are made
}

// round is items that are done together.
type round[T comparable] struct {
	items []T
	done  chan struct{}
}

// New returns a queue for do, which keeps what became of an item in the item itself. No item is the same as another.
func New[T comparable](do func(context.Context, []T)) *Queue[T] {
	return &Queue[T]{do: do, filled: make(chan struct{}, 1)}
}

// Do returns once the item was part of a round that has ended. It is an error only if ctx ended before its round
// began: then nothing was done. A round under way is ended by no caller's ctx, since it is others' as well.
func (q *Queue[T]) Do(ctx context.Context, item T) error {
	r := q.join(ctx, item)
	select {
	case <-r.done:
		return nil
	case <-ctx.Done():
	}
	if q.leave(r, item) {
		return ctx.Err()
	}
	<-r.done
	return nil
}

// Start is Do for a caller that goes on meanwhile: it returns what is closed once the item's round has ended.
func (q *Queue[T]) Start(ctx context.Context, item T) <-chan struct{} { return q.join(ctx, item).done }

// Pace notes how long one caller was busy between two of its items. Many such times are one: an average.
func (q *Queue[T]) Pace(d time.Duration) {
	old := q.pace.Load()
	q.pace.Store(old + (int64(d)-old)/16) // of two at once one may be lost
}

// apart is how far apart rounds of a crowd begin.
func (q *Queue[T]) apart() time.Duration {
	return min(max(time.Duration(q.pace.Load())/part, least), longest)
}

func (q *Queue[T]) join(ctx context.Context, item T) *round[T] {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.next == nil {
		q.next = &round[T]{done: make(chan struct{})}
	}
	if q.next.items = append(q.next.items, item); len(q.next.items) >= full {
		select {
		case q.filled <- struct{}{}:
		default:
		}
	}
	if !q.busy {
		q.busy = true
		go q.run(context.WithoutCancel(ctx))
	}
	return q.next
}

// leave reports whether the item still waited.
func (q *Queue[T]) leave(r *round[T], item T) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.next != r {
		return false
	}
	n := slices.Index(r.items, item)
	r.items = slices.Delete(r.items, n, n+1)
	return true
}

// run makes rounds until nothing waits.
func (q *Queue[T]) run(ctx context.Context) {
	for r := q.take(); r != nil; r = q.take() {
		began := time.Now()
		q.do(ctx, r.items)
		close(r.done)
		if len(r.items) >= crowd {
			q.gather(time.Until(began.Add(q.apart())))
		}
	}
}

// take returns what has gathered; nil if nothing has.
func (q *Queue[T]) take() *round[T] {
	q.mu.Lock()
	defer q.mu.Unlock()
	select {
	case <-q.filled:
	default:
	}
	r := q.next
	if q.next = nil; r == nil || len(r.items) == 0 {
		q.busy = false
		return nil
	}
	return r
}

// gather waits until the next round is full, but no longer than a moment.
func (q *Queue[T]) gather(atMost time.Duration) {
	if atMost <= 0 {
		return
	}
	moment := time.NewTimer(atMost)
	defer moment.Stop()
	select {
	case <-moment.C:
	case <-q.filled:
	}
}
