package budget

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// line is where those who wait in this process stand, each with a place: what is to be done next, and when. Places belong to
// nobody. When a place's moment comes, its holder looks whose turn it is; if that is somebody else, who sleeps, the two change
// places. So nobody waits for a turn who could be asking Redis, no slot is lost, and an import that has one caller gets as
// many slots as one that has thirty: first come, first served would give them to whoever has most who wait.
//
// There are two kinds of turns: to ask for a slot, and to use one. A slot can only be used by a call with the same scopes; so
// without turns at asking, an import that sends emails would get few beside one that only writes guests.
type line struct {
	mu      sync.Mutex
	waiting map[string][]*waiter // by key, in the order in which they came
	turns   map[string]*ring     // by kind
}

// waiter is one who waits. While it is asleep others may change its place.
type waiter struct {
	key   string
	slots string // the kind of slots that it can use
	place

	asleep bool
	called chan struct{}
}

// place is what a waiter does next.
type place struct {
	step   step
	at     time.Time
	slot   time.Time // look: when the call's slot is
	booked time.Time // the slot's moment at the earliest, as far as this process knows
	moment int64     // of the slot, by Redis' clock in microseconds
	mine   bool      // it was given up to its holder, whose turn it is
}

type step uint8

const (
	ask  step = iota // for a slot
	look             // whether the fleet has been paused since
	call
)

func newLine() *line {
	return &line{waiting: map[string][]*waiter{}, turns: map[string]*ring{asking: {}}}
}

// asking is the kind of turn at asking; the others are named by scopes.
const asking = ""

func (l *line) join(key string, scopes []Scope, p place) *waiter {
	w := &waiter{key: key, slots: fmt.Sprint(scopes), place: p, called: make(chan struct{}, 1)}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting[key] = append(l.waiting[key], w)
	if l.turns[w.slots] == nil {
		l.turns[w.slots] = &ring{}
	}
	l.turns[asking].add(key)
	l.turns[w.slots].add(key)
	return w
}

func (l *line) leave(w *waiter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting[w.key] = slices.DeleteFunc(l.waiting[w.key], func(x *waiter) bool { return x == w })
	if len(l.waiting[w.key]) == 0 {
		delete(l.waiting, w.key)
	}
}

// turn tells whether it is the caller's, who has come to ask or to call. If not it has changed places, and sleeps again.
func (l *line) turn(w *waiter) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if w.mine {
		w.mine = false
		return true
	}
	kind, fits := asking, func(x *waiter) bool { return true }
	ready := func(x *waiter) bool { return x.step == ask }
	if w.step == call {
		kind, fits = w.slots, func(x *waiter) bool { return x.slots == w.slots }
		ready = fits
	}
	next := l.turns[kind].next(l.waiting, fits, func(x *waiter) bool { return x == w || x.asleep && !x.mine && ready(x) })
	if next == w {
		return true
	}
	w.place, next.place = next.place, w.place
	next.mine = true
	select {
	case next.called <- struct{}{}:
	default:
	}
	return false
}

// sleep waits for the moment of the waiter's place, which may change meanwhile. It looks at stop even where there is nothing
// to wait for: with budget to spare, a stopped worker would go on calling.
func (l *line) sleep(ctx context.Context, stop <-chan struct{}, w *waiter) error {
	for first := true; ; first = false {
		d := time.Until(w.at)
		if d <= 0 && !first {
			return nil
		}
		l.set(w, d > 0)
		err := nap(ctx, stop, w.called, d)
		l.set(w, false)
		if err != nil {
			return err
		}
	}
}

func (l *line) set(w *waiter, asleep bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	w.asleep = asleep
}

func nap(ctx context.Context, stop, called <-chan struct{}, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-stop:
		return ErrStopped
	default:
	}
	if d <= 0 {
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-stop:
		return ErrStopped
	case <-called:
	case <-t.C:
	}
	return nil
}

// ring is the order of keys, the next one first.
type ring struct{ keys []string }

func (r *ring) add(key string) {
	if !slices.Contains(r.keys, key) {
		r.keys = append(r.keys, key)
	}
}

// next gives the first waiter of the first key that has one who is ready, and puts the key last. A key is forgotten when it
// has nobody waiting: one that comes back is a new one, and its turn comes after the others'.
func (r *ring) next(waiting map[string][]*waiter, fits, ready func(*waiter) bool) *waiter {
	for i := 0; i < len(r.keys); {
		key := r.keys[i]
		if !slices.ContainsFunc(waiting[key], fits) {
			r.keys = slices.Delete(r.keys, i, i+1)
			continue
		}
		if at := slices.IndexFunc(waiting[key], ready); at >= 0 {
			r.keys = append(slices.Delete(r.keys, i, i+1), key)
			return waiting[key][at]
		}
		i++
	}
	return nil // not while somebody comes whose turn it may be
}

// stuckAfter is how long the line may be in one caller's hands, who only looks at it and goes.
const stuckAfter = 500 * time.Millisecond

// Stuck tells whether this process's callers keep each other from going on: every call stands in this line.
func (b *Budget) Stuck() bool {
	for began := time.Now(); !b.line.mu.TryLock(); {
		if time.Since(began) > stuckAfter {
			return true
		}
		time.Sleep(time.Millisecond)
	}
	b.line.mu.Unlock()
	return false
}
