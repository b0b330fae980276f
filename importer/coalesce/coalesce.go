// Package coalesce does for many callers at once what each would do alone: group commit, with no timer. While one round
// is under way the items of other callers gather, and they are the next round. So a lone caller does not wait, and
// the slower a round is, the more items go by the next one.
//
// The price is that a caller waits for the end of the round under way before its own begins: at most two round trips
// instead of one, where a busy Redis would have made it wait anyhow.
package coalesce

import (
	"context"
	"slices"
	"sync"
)

// Queue gathers items for one function, of which one call is under way at a time. It is safe for concurrent use, and
// has a goroutine only while there are items.
type Queue[T any] struct {
	do func(context.Context, []T)

	mu      sync.Mutex
	waiting []*entry[T]
	busy    bool
}

type entry[T any] struct {
	item T
	done chan struct{}
}

// New returns a queue for do, which keeps what became of an item in the item itself.
func New[T any](do func(context.Context, []T)) *Queue[T] { return &Queue[T]{do: do} }

// Do returns once the item was part of a round that has ended. It is an error only if ctx ended before its round
// began: then nothing was done. A round under way is ended by no caller's ctx, since it is others' as well.
func (q *Queue[T]) Do(ctx context.Context, item T) error {
	e := &entry[T]{item, make(chan struct{})}
	q.join(ctx, e)
	select {
	case <-e.done:
		return nil
	case <-ctx.Done():
	}
	if q.leave(e) {
		return ctx.Err()
	}
	<-e.done
	return nil
}

func (q *Queue[T]) join(ctx context.Context, e *entry[T]) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, e)
	if !q.busy {
		q.busy = true
		go q.run(context.WithoutCancel(ctx))
	}
}

// leave reports whether the entry still waited.
func (q *Queue[T]) leave(e *entry[T]) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := slices.Index(q.waiting, e)
	if n >= 0 {
		q.waiting = slices.Delete(q.waiting, n, n+1)
	}
	return n >= 0
}

// run makes rounds until nothing waits.
func (q *Queue[T]) run(ctx context.Context) {
	for round := q.next(); len(round) > 0; round = q.next() {
		items := make([]T, len(round))
		for i, e := range round {
			items[i] = e.item
		}
		q.do(ctx, items)
		for _, e := range round {
			close(e.done)
		}
	}
}

func (q *Queue[T]) next() []*entry[T] {
	q.mu.Lock()
	defer q.mu.Unlock()
	round := q.waiting
	q.waiting, q.busy = nil, len(round) > 0
	return round
}
