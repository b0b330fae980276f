package importer

import (
	"context"
	"slices"
	"time"

	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
)

// Retry puts refused and exhausted rows of an import to work again, and gives their number. Each goes the way that its
// history allows. With unknown, rows whose email may or may not be out are sent again too: a person has decided that.
func (im *Importer) Retry(ctx context.Context, imp ledger.Import, unknown bool) (int, error) {
	rows, err := im.ledger.MoveAll(ctx, imp.ID, func(row int, m ledger.Mark) (ledger.Move, bool) {
		return retryMove(row, m.State(), unknown)
	})
	if err != nil {
		return 0, err
	}
	return len(rows), im.enqueueRows(ctx, imp, rows)
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
func (im *Importer) enqueueRows(ctx context.Context, imp ledger.Import, rows []int) error {
	chunks := make([]int, len(rows))
	for i, row := range rows {
		chunks[i] = (row - 1) / imp.Chunk
	}
	generation := int(time.Now().Unix())
	for _, n := range slices.Compact(chunks) { // rows come in order
		if err := ctx.Err(); err != nil {
			return err
		}
		ref := chunk.Ref{Account: im.ledger.Account(), Import: imp.ID, Chunk: n, Generation: generation}
		if err := chunk.Enqueue(im.client, chunk.GuestsQueue(ref.Account), ref); err != nil {
			return err
		}
	}
	return nil
}
