package worker

import (
	"context"
	"errors"
	"time"

	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
)

// sweepEvery is how often a process asks whether an importer has left rows behind: one round trip, of one process by one import.
const sweepEvery = 15 * time.Second

// sweep sees to imports whose importer is gone half-way. Rows that it has placed are enqueued, once more where they were already;
// for the others somebody has to run it again with the same file, and if that file has other content by now they are cancelled.
// It may be killed at any point and done by many at once: a chunk that is enqueued twice is one task, or one with nothing to do.
func (h *handler) sweep(ctx context.Context) error {
	abandoned, err := h.ledger.ClaimOrphans(ctx)
	if err != nil {
		return err
	}
	for _, a := range abandoned {
		if err := h.seeTo(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

func (h *handler) seeTo(ctx context.Context, a ledger.Orphan) error {
	imp, err := h.ledger.Import(ctx, a.ID)
	if errors.Is(err, ledger.ErrNotFound) {
		return h.ledger.MarkEnqueued(ctx, a.ID)
	}
	if err == nil && imp.PartlyEnqueued() {
		imp.Enqueued, err = h.enqueuePlaced(ctx, imp)
	}
	if err != nil {
		return err
	}
	if (imp.PartlyEnqueued() || imp.GivenUp && imp.Counts[ledger.New] > 0) && imp.Successor != "" { // whoever gave it up may have been killed
		rows, err := h.ledger.GiveUp(ctx, imp.ID)
		if err != nil {
			return err
		}
		h.log.InfoContext(ctx, "an import was given up whose file was changed before all of it was enqueued; what it holds now is another import",
			"import", imp.ID, "rows_cancelled", rows, "file", imp.Source, "other", imp.Successor)
		imp.GivenUp = true
	}
	if !imp.PartlyEnqueued() {
		return h.ledger.MarkEnqueued(ctx, a.ID)
	}
	h.log.WarnContext(ctx, "the importer of an import stopped half-way; run the same command again with the same file, or cancel the import",
		"import", imp.ID, "rows_never_enqueued", imp.Counts[ledger.New], "file", imp.Source)
	return h.ledger.AckOrphan(ctx, a)
}

// enqueuePlaced enqueues the chunks that an importer has placed and may not have enqueued, and gives how many chunks are then,
// from the first.
func (h *handler) enqueuePlaced(ctx context.Context, imp ledger.Import) (int, error) {
	var err error
	if imp.Enqueued, err = h.ledger.SetEnqueued(ctx, imp.ID, imp.Enqueued); err != nil {
		return 0, err
	}
	queued, placed, err := h.ledger.PlacedChunks(ctx, imp)
	if err != nil {
		return 0, err
	}
	for _, n := range queued {
		ref := chunk.Ref{Account: h.ledger.Account(), Import: imp.ID, Chunk: n, Lane: chunk.Lane(imp.Lane)}
		if err := h.queues.Put(ctx, ref); err != nil {
			return 0, err
		}
	}
	if placed, err = h.ledger.SetEnqueued(ctx, imp.ID, placed); err != nil {
		return 0, err
	}
	return placed, h.queues.Call(ctx, chunk.Lane(imp.Lane).Queue(h.ledger.Account()))
}
