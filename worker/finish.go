package worker

import (
	"context"
	"errors"
	"time"

	"guestflow/importer/chunk"
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
	return h.dropIfDone(ctx, b.ref)
}

// dropIfDone deletes guests' data once no row of the chunk can need it any more. The rows of a chunk are consecutive.
func (h *handler) dropIfDone(ctx context.Context, ref chunk.Ref) error {
	imp, err := h.ledger.Import(ctx, ref.Import)
	if errors.Is(err, ledger.ErrNotFound) { // it has expired, and the chunk does too
		return nil
	}
	if err != nil {
		return err
	}
	first := ref.Chunk*imp.Chunk + 1
	marks, err := h.ledger.RowBytes(ctx, ref.Import, first, first+imp.Chunk-1)
	if err != nil {
		return err
	}
	for _, m := range marks {
		switch s := m.State(); {
		case s.Succeeded(), s.Decided(), s == ledger.New, s == ledger.Rejected: // new: beyond the end of the file
		default:
			return nil
		}
	}
	return h.ledger.Chunks.Drop(ctx, ref.Import, ref.Chunk)
}
