package budget

import (
	"fmt"
	"slices"
	"sync"
)

// fairQueue gives the slots of this process to the imports that wait for one, round robin. A slot belongs to no caller:
// one is fetched for each caller that waits, and when its moment comes, the import whose last turn is longest ago has
// it. So an import with one caller gets as many slots as one with thirty; first come, first served would give them to
// the one with most callers.
//
// There are turns at slots, by scopes, since a slot can only be used by a call in the same ones; and so turns at
// fetching. Without those an import that sends emails would get few slots beside one that only writes guests.
type fairQueue struct {
	mu       sync.Mutex
	waiting  []*ticket
	missing  map[string]int // slots of a kind that are still to be fetched
	turns    int
	lastTurn map[turnKey]int
	surplus  chan chan struct{} // of callers that have left: one fetch for each ends, and closes it
}

// ticket is a caller that waits.
type ticket struct {
	key    string // the import
	kind   string // of the slots that it can use
	scopes []Scope
	result chan result
}

type result struct {
	slot Slot
	err  error
}

// turnKey is what has turns: an import, at slots of a kind or at fetching.
type turnKey struct{ kind, key string }

const fetching = "fetching"

func newFairQueue() *fairQueue {
	return &fairQueue{missing: map[string]int{}, lastTurn: map[turnKey]int{}, surplus: make(chan chan struct{})}
}

func (q *fairQueue) isEmpty() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting) == 0
}

// join adds a caller, for whom a fetch is to be started. It may have a slot of the caller's kind already.
func (q *fairQueue) join(key string, scopes []Scope, hasSlot bool) *ticket {
	t := &ticket{key: key, kind: fmt.Sprint(scopes), scopes: scopes, result: make(chan result, 1)}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, t)
	if !hasSlot {
		q.missing[t.kind]++
	}
	return t
}

// leave removes a caller and waits until one fetch has ended, or returns the slot that the caller got meanwhile.
func (q *fairQueue) leave(t *ticket) Slot {
	q.mu.Lock()
	n := slices.Index(q.waiting, t)
	if n >= 0 {
		q.waiting = slices.Delete(q.waiting, n, n+1)
		q.missing[t.kind]--
	}
	q.mu.Unlock()
	if n < 0 {
		return (<-t.result).slot
	}
	ended := make(chan struct{})
	q.surplus <- ended
	<-ended
	return Slot{}
}

// next returns the ticket whose turn it is to have a slot fetched, nil if enough are.
func (q *fairQueue) next() *ticket {
	q.mu.Lock()
	defer q.mu.Unlock()
	t := q.turn(fetching, func(t *ticket) bool { return q.missing[t.kind] > 0 })
	if t != nil {
		q.missing[t.kind]--
	}
	return t
}

// putBack notes that a fetch has come to nothing.
func (q *fairQueue) putBack(kind string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.missing[kind]++
}

// deliver gives what a fetch has got to the ticket whose turn it is, and reports whether there is one.
func (q *fairQueue) deliver(kind string, r result) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	t := q.turn(kind, func(t *ticket) bool { return t.kind == kind })
	if t == nil {
		q.missing[kind]++
		return false
	}
	q.waiting = slices.DeleteFunc(q.waiting, func(o *ticket) bool { return o == t })
	if len(q.waiting) == 0 {
		clear(q.lastTurn)
	}
	t.result <- r
	return true
}

// turn returns the wanted ticket of the import whose last turn is longest ago, and makes this its turn.
func (q *fairQueue) turn(kind string, wanted func(*ticket) bool) (next *ticket) {
	for _, t := range q.waiting {
		if wanted(t) && (next == nil || q.lastTurn[turnKey{kind, t.key}] < q.lastTurn[turnKey{kind, next.key}]) {
			next = t
		}
	}
	if next != nil {
		q.turns++
		q.lastTurn[turnKey{kind, next.key}] = q.turns
	}
	return next
}
