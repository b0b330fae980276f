package worker

import (
	"context"
	"time"

	"guestflow/importer/ledger"
)

// finish decides what becomes of the chunk's task. An error sends it back to Asynq; nil ends it.
func (h *handler) finish(ctx context.Context, b *batch) error {
	if b.wait == 0 && len(b.unsettled(anyJob)) > 0 {
		b.postpone(time.Second, "rows are left") // no row may end without a state that says why
	}
	if b.wait > 0 {
		return &laterError{after: b.wait, why: b.why}
	}
	if b.parked != "" {
		// The chunk goes on as a new task in the parked queue. A kill before this line runs the old task again, a kill
		// after it finds the new one's id taken; either way there is one.
		return h.gateQueues.park(ctx, b.parked, b.ref)
	}
	return h.dropIfDone(ctx, b)
}

// dropIfDone deletes guests' data once no row of the chunk can need it any more. A row that is new is of an import whose
// record has expired, and the chunk does too, or was lost, and its importer places it again.
func (h *handler) dropIfDone(ctx context.Context, b *batch) error {
	if b.last == 0 { // it was deleted before
		return nil
	}
	marks, err := h.ledger.RowBytes(ctx, b.ref.Import, b.first, b.last)
	if err != nil {
		return err
	}
	for _, m := range marks {
		switch s := m.State(); {
		case s.Succeeded(), s.Decided(), s == ledger.Rejected:
		default:
			return nil
		}
	}
	return h.ledger.Chunks.Drop(ctx, b.ref.Import, b.ref.Chunk)
}
