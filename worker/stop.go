package worker

import (
	"context"
	"time"

	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
)

// waitForResume is how long the chunks of a paused import wait before they ask again. A resume has them come at once;
// this is for those that it misses.
const waitForResume = 30 * time.Second

// stopAtPause puts off the chunk of an import that an operator has paused, and ends that of a cancelled one. The last
// look before a call would find that out too, but by then a slot of the budget is booked, which the other imports need.
func (h *handler) stopAtPause(ctx context.Context, b *batch) error {
	if len(b.jobs) == 0 {
		return nil
	}
	now, err := h.ledger.Calls.Look(ctx, b.ref.Import)
	b.windowClosed = now.WindowClosed
	if err != nil || now.Stopped == "" {
		return err
	}
	return h.stopFor(ctx, b, now.Stopped)
}

// stopFor ends a run because an operator has stopped the import.
func (h *handler) stopFor(ctx context.Context, b *batch, why string) error {
	b.halted = true
	if why == ledger.StoppedCancelled {
		return h.cancelRest(ctx, b)
	}
	b.postpone(waitForResume, "the import is "+why)
	return nil
}

// cancelRest cancels rows that an operator's cancel has missed: they were on their way to Qflow then, and came back
// unsent.
func (h *handler) cancelRest(ctx context.Context, b *batch) error {
	var moves []ledger.Move
	for _, j := range b.jobs {
		if !j.busy && (!j.isSettled() || j.verdict == guestindex.Wait) {
			moves = append(moves, j.cancel())
		}
	}
	b.wait, b.cancelled = 0, true
	return h.recorder.commit(ctx, b.ref, moves)
}

// cancelReturned cancels rows that come back from /comms/send unsent, if an operator has cancelled their import
// meanwhile: a cancel leaves out what is on its way, and no probe is made with the rows of an import that is stopped.
func (h *handler) cancelReturned(ctx context.Context, b *batch, jobs []*job) error {
	stopped, err := h.ledger.Stopped(context.WithoutCancel(ctx), b.ref.Import)
	if err != nil || stopped != ledger.StoppedCancelled {
		return err
	}
	moves := make([]ledger.Move, len(jobs))
	for i, j := range jobs {
		moves[i] = j.cancel()
	}
	return h.recorder.commit(ctx, b.ref, moves)
}

func (j *job) cancel() ledger.Move {
	j.phase = settled
	return j.move(ledger.Cancelled, ledger.Reason{Code: ledger.StoppedCancelled})
}
