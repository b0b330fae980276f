package budget

import (
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/time/rate"
)

// fairQueue gives the slots of one kind, which are those of calls in the same scopes, to the imports that wait for one
// in this process, round robin. A slot belongs to no caller: one is fetched for each that waits, and when its moment
// comes, the import whose last turn is longest ago has it. So an import with one caller gets as many slots as one with
// thirty; first come, first served would give them to the one with most callers. Each queue asks Redis at its own pace,
// so an import that sends emails gets slots beside ones that only write guests.
type fairQueue struct {
	mu       *sync.Mutex // of all queues of the process
	scopes   []Scope
	pace     *rate.Limiter // keeps the process from asking Redis more often than the fleet could ever call
	waiting  []*ticket
	turns    int
	lastTurn map[string]int     // by import
	surplus  chan chan struct{} // of callers that have left: one fetch for each ends, and closes it

	asking    atomic.Int64 // bookings under way
	unlimited unlimited
}

// ticket is a caller that waits.
type ticket struct {
	key    string // the import
	result chan result
}

type result struct {
	slot Slot
	err  error
}

func (q *fairQueue) isEmpty() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting) == 0
}

// join adds a caller, for whom a fetch is to be started.
func (q *fairQueue) join(key string) *ticket {
	t := &ticket{key: key, result: make(chan result, 1)}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, t)
	return t
}

// leave removes a caller and waits until one fetch has ended, or returns the slot that the caller got meanwhile.
func (q *fairQueue) leave(t *ticket) Slot {
	q.mu.Lock()
	n := slices.Index(q.waiting, t)
	if n >= 0 {
		q.waiting = slices.Delete(q.waiting, n, n+1)
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

// deliver gives what a fetch has got to the caller of the import whose last turn is longest ago, and reports whether
// there is one.
func (q *fairQueue) deliver(r result) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		return false
	}
	n := 0
	for i, t := range q.waiting {
		if q.lastTurn[t.key] < q.lastTurn[q.waiting[n].key] {
			n = i
		}
	}
	t := q.waiting[n]
	if q.waiting = slices.Delete(q.waiting, n, n+1); len(q.waiting) == 0 {
		clear(q.lastTurn)
	}
	q.turns++
	q.lastTurn[t.key] = q.turns
	t.result <- r
	return true
}
