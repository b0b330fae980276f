package worker

import (
	"context"

	"guestflow/importer/ledger"
	"guestflow/qflow"
)

// The outcome of an email that was accepted is written while the next row of its chunk is on its way: nothing that
// happens next depends on it. There is one such outcome at most, and a chunk's run ends when all are written. Until
// then the row is marked MaybeSent. If its process dies, it is called again by the same id, and its record says that
// its email was queued (docs/design.md section 4); so at a kill there may be two such rows for each place, not one.
//
// Outcomes of /comms/send are waited for, since a row that is found in Sending ends in unknown. So are all that say
// something about the rows to come: a closed gate, a pause, a failure.

// mayOverlap reports whether the next call may be made before the outcome is written.
func mayOverlap(way string, out qflow.Outcome, d decision) bool {
	return way == ledger.ByGuest && out.Kind == qflow.Accepted && d.to == ledger.Accepted && d.next == done
}

// commitBeside writes an outcome beside the next call, once the one before is written.
func (h *handler) commitBeside(ctx context.Context, b *batch, moves []ledger.Move) error {
	if err := b.written(); err != nil {
		return err
	}
	written := make(chan error, 1)
	b.writing = written
	go func() { written <- h.recorder.commit(ctx, b.ref, moves) }()
	return nil
}

// written waits for the outcome that is being written.
func (b *batch) written() error {
	if b.writing == nil {
		return nil
	}
	err := <-b.writing
	b.writing = nil
	return err
}
