package importer

import (
	"context"
	"slices"
	"time"

	"github.com/hibiken/asynq"

	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
)

// retryIn is how long after a retry its chunks are taken up. They are enqueued first and their rows moved then: a kill in
// between leaves tasks that find nothing to do, where the other order would leave rows that nobody comes for.
const retryIn = 10 * time.Second

// Resume lets a paused import go on, at once.
func (im *Importer) Resume(ctx context.Context, imp ledger.Import) error {
	if err := im.ledger.Resume(ctx, imp.ID); err != nil {
		return err
	}
	return im.queues.Hurry(ctx, chunk.Lane(imp.Lane), imp.ID)
}

// Retry puts refused and exhausted rows of an import to work again, and gives their number. Each goes the way that its
// history allows. With unknown, rows whose email may or may not be out are sent again too: a person has decided that.
func (im *Importer) Retry(ctx context.Context, imp ledger.Import, unknown bool) (int, error) {
	total := 0
	err := im.ledger.EachWindow(ctx, imp.ID, func(first int, marks []ledger.Mark) error {
		var moves []ledger.Move
		for i, m := range marks {
			if move, wanted := retryMove(first+i, m.State(), unknown); wanted {
				moves = append(moves, move)
			}
		}
		if err := im.enqueueRows(ctx, imp, moves); err != nil {
			return err
		}
		moved, _, err := im.ledger.Move(ctx, imp.ID, moves)
		for _, m := range moved {
			if m.OK {
				total++
			}
		}
		return err
	})
	return total, err
}

func retryMove(row int, s ledger.State, unknown bool) (ledger.Move, bool) {
	switch s {
	case ledger.Refused, ledger.Exhausted:
		return ledger.Move{Row: row, To: ledger.Queued}, true
	case ledger.Unknown:
		// By /comms/send, at most once: what was unknown about the last attempt is no longer held against the next.
		return ledger.Move{Row: row, To: ledger.ParkedTried, Set: ledger.Tried, Clear: ledger.MaybeSent}, unknown
	default:
		return ledger.Move{}, false
	}
}

// enqueueRows enqueues the chunks of some rows once more. The generation is the time, above any that the workers count up to
// from 0, so that it is in nobody's way.
func (im *Importer) enqueueRows(ctx context.Context, imp ledger.Import, moves []ledger.Move) error {
	chunks := make([]int, len(moves))
	for i, m := range moves {
		chunks[i] = (m.Row - 1) / imp.Chunk
	}
	generation := int(time.Now().Unix())
	for _, n := range slices.Compact(chunks) { // rows come in order
		ref := chunk.Ref{Account: im.ledger.Account(), Import: imp.ID, Chunk: n, Generation: generation, Lane: chunk.Lane(imp.Lane)}
		if err := im.queues.Enqueue(ctx, ref, asynq.ProcessIn(retryIn)); err != nil {
			return err
		}
	}
	return nil
}
