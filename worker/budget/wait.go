package budget

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"
)

// Slot is the moment that a call has among the fleet's. The zero value is none.
type Slot struct {
	moment int64 // microseconds, by Redis' clock
	scopes []Scope
}

// Wait books a call in all its scopes and returns when its moment has come. Those who wait in this process take turns
// by key, which is the import: one with twenty rows gets every other slot beside one with two hundred thousand. stop
// ends the wait with ErrStopped.
func (b *Budget) Wait(ctx context.Context, stop <-chan struct{}, key string, scopes ...Scope) error {
	_, err := b.WaitSlot(ctx, stop, key, scopes...)
	return err
}

// WaitSlot is Wait for a caller that may find that there is no call to make: then it gives the slot back.
func (b *Budget) WaitSlot(ctx context.Context, stop <-chan struct{}, key string, scopes ...Scope) (Slot, error) {
	began := time.Now()
	slot, err := b.waitSlot(ctx, stop, key, scopes)
	if err == nil {
		b.waited(scopes, time.Since(began))
	}
	return slot, err
}

func (b *Budget) waitSlot(ctx context.Context, stop <-chan struct{}, key string, scopes []Scope) (Slot, error) {
	select { // with budget to spare there is no wait to end, and a stopped worker would go on calling
	case <-stop:
		return Slot{}, ErrStopped
	case <-ctx.Done():
		return Slot{}, ctx.Err()
	default:
	}
	q := b.queueOf(scopes)
	if q.callUnlimited() {
		return Slot{}, nil
	}
	got := q.askIn(0)
	if time.Until(got.at) <= 0 && q.isEmpty() { // most calls, where nothing limits
		var err error
		if got, err = b.book(ctx, q); err != nil || got.isUsable() {
			return got.slot, err
		}
	}
	t := q.join(key)
	go (&fetch{budget: b, queue: q, got: got}).run(context.WithoutCancel(ctx))
	select {
	case r := <-t.result:
		return r.slot, r.err
	case <-stop:
		b.GiveBack(ctx, q.leave(t))
		return Slot{}, ErrStopped
	case <-ctx.Done():
		b.GiveBack(ctx, q.leave(t))
		return Slot{}, ctx.Err()
	}
}

// giveBackIn bounds how long a slot is worth to give back: after that no call could use it.
const giveBackIn = horizon

// GiveBack lets another call have a slot, of this process or of another one, of this account or of another one. Errors
// are dropped: the slot passes unused then, as that of a process that was killed.
func (b *Budget) GiveBack(ctx context.Context, s Slot) {
	if s.moment == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), giveBackIn) // a worker that stops gives back as well
	defer cancel()
	args := []any{"return", s.moment}
	for _, scope := range s.scopes {
		args = append(args, string(scope))
	}
	_ = reserveScript.Run(ctx, b.redis, b.keys, args...).Err()
}

func (b *Budget) waited(scopes []Scope, d time.Duration) {
	if b.cfg.OnWait == nil {
		return
	}
	narrowest := API
	if slices.Contains(scopes, Email) {
		narrowest = Email
	}
	b.cfg.OnWait(narrowest, d)
}

// fetch gets one slot for the callers of a queue. Each caller starts one and returns when one has ended: by handing its
// slot over, or since a caller has left.
type fetch struct {
	budget *Budget
	queue  *fairQueue
	got    booking
	missed int
}

// booking is what Redis has answered: a slot, or when to ask again.
type booking struct {
	slot     Slot
	at       time.Time // what comes next
	callAt   time.Time // of a slot
	bookedAt time.Time // of a slot: its moment at the earliest, as far as this process knows
}

// isUsable reports whether the moment of the slot is now.
func (g booking) isUsable() bool {
	return g.slot.moment != 0 && time.Until(g.callAt) <= 0 && !g.isLate()
}

func (g booking) isLate() bool { return time.Since(g.bookedAt) > late }

func (f *fetch) run(ctx context.Context) {
	for ended := false; !ended; {
		due := time.NewTimer(time.Until(f.got.at))
		select {
		case <-due.C:
			ended = f.step(ctx)
		case caller := <-f.queue.surplus:
			f.budget.GiveBack(ctx, f.got.slot)
			close(caller)
			ended = true
		}
		due.Stop()
	}
}

// step asks for a slot, or hands it over at its moment.
func (f *fetch) step(ctx context.Context) (ended bool) {
	var err error
	switch {
	case f.got.slot.moment == 0:
		f.got, err = f.budget.book(ctx, f.queue)
	case time.Until(f.got.callAt) > 0:
		err = f.look(ctx)
	case !f.got.isLate():
		return f.handOver(ctx, result{slot: f.got.slot})
	default:
		if f.missed++; f.missed == tooMany {
			err = errLate
		}
		f.got = f.queue.askIn(0)
	}
	return err != nil && f.handOver(ctx, result{err: err})
}

// look drops the slot if the fleet has been paused since it was booked.
func (f *fetch) look(ctx context.Context) error {
	paused, err := f.budget.paused(ctx)
	if f.got.at = f.got.callAt; paused {
		f.got = f.queue.askIn(0)
	}
	return err
}

func (f *fetch) handOver(ctx context.Context, r result) (ended bool) {
	if f.queue.deliver(r) {
		return true
	}
	f.budget.GiveBack(ctx, r.slot) // all callers have left
	f.got = f.queue.askIn(0)
	return false
}

// askIn returns when to ask again after a while, at the queue's pace.
func (q *fairQueue) askIn(d time.Duration) booking {
	return booking{at: time.Now().Add(max(d, q.pace.Reserve().Delay()))}
}

// book asks for a slot.
func (b *Budget) book(ctx context.Context, q *fairQueue) (booking, error) {
	sent, others := time.Now(), q.asking.Add(1)-1
	of, err := b.ask(ctx, "book", 0, q.scopes)
	q.asking.Add(-1)
	if err != nil {
		return booking{}, err
	}
	wait, moment := of.wait, of.moment
	if moment == 0 {
		// Processes that come back for a slot come at different times.
		return q.askIn(min(wait, patience) + time.Duration(rand.Int64N(int64(horizon/4)))), nil // not a secret
	}
	if of.unlimited && others > 0 && q.setUnlimited(sent) { // a lone call does not wait for others'
		go b.stayUnlimited(context.WithoutCancel(ctx), q)
	}
	// The answer was on its way for a while. A call must not come before its slot, so that time is added to its moment; it
	// is late as if the answer had come at once, so that a freeze while it was on its way counts.
	callAt := time.Now().Add(wait)
	got := booking{slot: Slot{moment, q.scopes}, at: callAt, callAt: callAt, bookedAt: sent.Add(wait)}
	if wait > lookAgain {
		got.at = callAt.Add(-lead)
	}
	return got, nil
}
