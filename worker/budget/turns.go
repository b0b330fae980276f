package budget

import (
	"context"
	"sync"
)

// turns lets a few at a time book, and those who wait come in round robin by key, each key's own in the order in which they
// came. First come, first served would give the slots to whoever has most who wait.
type turns struct {
	mu      sync.Mutex
	inside  int
	most    int // at once, as of the last one who came
	waiting map[string][]chan struct{}
	ring    []string // keys with somebody waiting; the first one is next
}

func newTurns() *turns { return &turns{waiting: map[string][]chan struct{}{}} }

// take waits until it is the caller's turn. At most so many have theirs at once.
func (t *turns) take(ctx context.Context, stop <-chan struct{}, key string, most int) error {
	t.mu.Lock()
	t.most = most
	if t.inside < most && len(t.ring) == 0 {
		t.inside++
		t.mu.Unlock()
		return nil
	}
	called := make(chan struct{})
	if len(t.waiting[key]) == 0 {
		t.ring = append(t.ring, key)
	}
	t.waiting[key] = append(t.waiting[key], called)
	t.admit() // the limit may be a higher one now
	t.mu.Unlock()
	select {
	case <-called:
		return nil
	case <-ctx.Done():
		t.leave(key, called)
		return ctx.Err()
	case <-stop:
		t.leave(key, called)
		return ErrStopped
	}
}

// give ends a turn; the next one has its place.
func (t *turns) give() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.inside--
	t.admit()
}

func (t *turns) admit() {
	for t.inside < t.most && t.next() {
	}
}

// next calls the one whose turn it is, if anybody waits. Its key goes to the end of the ring.
func (t *turns) next() bool {
	if len(t.ring) == 0 {
		return false
	}
	key := t.ring[0]
	t.ring = t.ring[1:]
	list := t.waiting[key]
	close(list[0])
	t.inside++
	if len(list) == 1 {
		delete(t.waiting, key)
		return true
	}
	t.waiting[key] = list[1:]
	t.ring = append(t.ring, key)
	return true
}

// leave takes a waiter out who does not wait any longer. One who was called at that moment passes the turn on.
func (t *turns) leave(key string, called chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := t.waiting[key]
	for i, c := range list {
		if c != called {
			continue
		}
		t.waiting[key] = append(list[:i:i], list[i+1:]...)
		if len(list) == 1 {
			delete(t.waiting, key)
			t.forget(key)
		}
		return
	}
	t.inside--
	t.admit()
}

func (t *turns) forget(key string) {
	for i, k := range t.ring {
		if k == key {
			t.ring = append(t.ring[:i:i], t.ring[i+1:]...)
			return
		}
	}
}
