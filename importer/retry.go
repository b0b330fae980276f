package importer

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/hibiken/asynq"

	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/importer/plural"
)

// retryDelay is how long after a retry its chunks are taken up. They are enqueued first and their rows moved then: a kill in
// between leaves tasks that find nothing to do, where the other order would leave rows without a task.
const retryDelay = 10 * time.Second

// Resume lets a paused import go on, at once.
func (im *Importer) Resume(ctx context.Context, imp ledger.Import) error {
	if err := im.ledger.Resume(ctx, imp.ID); err != nil {
		return err
	}
	return im.queues.RetryNow(ctx, chunk.Lane(imp.Lane), imp.ID)
}

// Retried is what became of a retry.
type Retried struct {
	Rows      int            // put to work again
	Corrected []CorrectedRow // left as they are
}

// Retry puts refused and exhausted rows of an import to work again. Each goes the way that its history allows. With
// unknown, rows whose email may or may not be out are sent again too: a person has decided that. Rows that are no longer
// kept stay as they are, and only if there are no others is that an error. So do rows whose guests were imported since
// under another name or address.
func (im *Importer) Retry(ctx context.Context, imp ledger.Import, unknown bool) (done Retried, err error) {
	gone := 0
	if err := im.ledger.Chunks.Extend(ctx, imp.ID); err != nil {
		return done, err
	}
	corrected := corrections{importer: im, imp: imp}
	err = im.ledger.EachWindow(ctx, imp.ID, func(first int, marks []ledger.RowByte) error {
		var moves []ledger.Move
		for i, m := range marks {
			if move, wanted := retryMove(first+i, m.State(), unknown); wanted {
				moves = append(moves, move)
			}
		}
		wanted := len(moves)
		moves, err := im.withStoredRows(ctx, imp, moves)
		if err != nil {
			return err
		}
		gone += wanted - len(moves)
		if moves, err = corrected.leaveOut(ctx, moves); err != nil {
			return err
		}
		if err := im.enqueueRows(ctx, imp, moves); err != nil {
			return err
		}
		moved, _, err := im.ledger.Move(ctx, imp.ID, moves)
		for _, m := range moved {
			if m.OK {
				done.Rows++
			}
		}
		return err
	})
	if done.Corrected = corrected.found; err == nil && done.Rows == 0 && gone > 0 {
		err = fmt.Errorf("%s of import %s %s no longer kept in Redis; drop its rejects.csv, or import its file again with --again", plural.Of(gone, "row"), imp.ID, plural.Word(gone, "is", "are"))
	}
	return done, err
}

// withStoredRows leaves out the rows whose chunks were forgotten when all their rows were fine. They could not be worked on: a task that
// finds no chunk takes itself for an echo, and they would wait for ever.
func (im *Importer) withStoredRows(ctx context.Context, imp ledger.Import, moves []ledger.Move) ([]ledger.Move, error) {
	if len(moves) == 0 {
		return nil, nil
	}
	chunks := make([]int, len(moves))
	for i, m := range moves {
		chunks[i] = (m.Row - 1) / imp.Chunk
	}
	has, err := im.ledger.Chunks.Has(ctx, imp.ID, chunks)
	return slices.DeleteFunc(moves, func(m ledger.Move) bool { return !has[(m.Row-1)/imp.Chunk] }), err
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
// from 0, so that it meets no other.
func (im *Importer) enqueueRows(ctx context.Context, imp ledger.Import, moves []ledger.Move) error {
	chunks := make([]int, len(moves))
	for i, m := range moves {
		chunks[i] = (m.Row - 1) / imp.Chunk
	}
	generation := int(time.Now().Unix())
	for _, n := range slices.Compact(chunks) { // rows come in order
		ref := chunk.Ref{Account: im.ledger.Account(), Import: imp.ID, Chunk: n, Generation: generation, Lane: chunk.Lane(imp.Lane)}
		if err := im.queues.Enqueue(ctx, ref, asynq.ProcessIn(retryDelay)); err != nil {
			return err
		}
	}
	return nil
}
