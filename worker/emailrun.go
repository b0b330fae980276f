package worker

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"

	"guestflow/qflow"
)

// maxTrouble is how many failures in a row end a run: a sick Qflow is left alone.
const maxTrouble = 3

// emailRun makes the calls of a batch's emails. The chunk's own goroutine takes one row after the other. Once a row was
// accepted, others go beside it while the server has free places; when one is not, the run goes on row by row until
// one is accepted again, so that a closed gate or a sick Qflow meets few calls. mu of the batch guards it.
type emailRun struct {
	*handler
	b       *batch
	rest    []*job
	trouble int  // failures in a row
	well    bool // the last outcome was accepted
	err     error
	beside  sync.WaitGroup
}

// sendEmails goes through the rows that want an email, one call each. Those that failed before come last: three bad
// rows at the head of a chunk must not hold up the good ones behind them until they are exhausted.
func (h *handler) sendEmails(ctx context.Context, b *batch) error {
	b.overlaps = true
	r := &emailRun{handler: h, b: b, rest: b.unsettled(wantsOnlyEmail)}
	slices.SortStableFunc(r.rest, func(x, y *job) int { return x.tries - y.tries })
	r.runChunk(ctx)
	if r.err != nil || b.halted {
		return r.err
	}
	return h.writeSuppressed(ctx, b)
}

// runChunk runs in the place of the chunk, and ends when no row of it is under way, also after a panic.
func (r *emailRun) runChunk(ctx context.Context) {
	defer r.beside.Wait()
	r.caller.places.enter()
	defer r.caller.places.leave()
	r.run(ctx, r.next, func() bool { r.spread(ctx); return true })
}

// run calls the rows that next returns, until there is none or goOn says no, and waits for its last outcome.
func (r *emailRun) run(ctx context.Context, next func() *job, goOn func() bool) {
	var last *job
	for j := next(); j != nil; j = next() {
		out, err := r.email(ctx, r.b, j, emailGates)
		r.learn(j, out, errors.Join(err, last.written()))
		if last = j; !goOn() {
			break
		}
	}
	r.learn(nil, qflow.Outcome{}, last.written())
}

// spread has rows go beside others while there are free places.
func (r *emailRun) spread(ctx context.Context) {
	for r.mayGoBeside() && r.caller.places.enterBeside() {
		r.beside.Go(func() {
			defer r.caller.places.leave()
			defer r.recoverPanic() // as Asynq does for the chunk's own goroutine
			r.run(ctx, r.nextBeside, func() bool { return !r.caller.places.crowded() })
		})
	}
}

func (r *emailRun) recoverPanic() {
	if v := recover(); v != nil {
		r.learn(nil, qflow.Outcome{}, fmt.Errorf("panic: %v\n%s", v, debug.Stack()))
	}
}

// next returns the next row, if the run goes on.
func (r *emailRun) next() *job {
	r.b.mu.Lock()
	defer r.b.mu.Unlock()
	return r.take()
}

func (r *emailRun) take() *job {
	for len(r.rest) > 0 && r.err == nil && !r.b.halted {
		j := r.rest[0]
		if r.rest = r.rest[1:]; !j.isSettled() { // or a gate that another row found closed has parked it
			return j
		}
	}
	return nil
}

// nextBeside returns the next row, if it may go beside others.
func (r *emailRun) nextBeside() *job {
	r.b.mu.Lock()
	defer r.b.mu.Unlock()
	if !r.headGoesBeside() {
		return nil
	}
	return r.take()
}

func (r *emailRun) mayGoBeside() bool {
	r.b.mu.Lock()
	defer r.b.mu.Unlock()
	return r.headGoesBeside()
}

// headGoesBeside reports whether the next row is one of which nothing speaks against its call. One that goes by
// /comms/send does not go beside others: where answers are lost, each may cost a row.
func (r *emailRun) headGoesBeside() bool {
	return r.well && len(r.rest) > 0 && r.rest[0].tries == 0 && !r.rest[0].viaSend()
}

// learn takes what has become of a row.
func (r *emailRun) learn(j *job, out qflow.Outcome, err error) {
	r.b.mu.Lock()
	defer r.b.mu.Unlock()
	r.err = errors.Join(r.err, err)
	if j != nil && j.putBack {
		j.putBack, r.well, r.rest = false, false, append([]*job{j}, r.rest...)
	}
	switch out.Kind {
	case 0: // no call
		return
	case qflow.Transient, qflow.Ambiguous:
		r.trouble++
	case qflow.NoToken: // there is none for the next row either
		r.trouble = maxTrouble
	default:
		r.trouble = 0
	}
	r.well = out.Kind == qflow.Accepted
	r.b.halted = r.b.halted || r.trouble >= maxTrouble
}
