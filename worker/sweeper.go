package worker

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/importer/queue"
)

// orphanSweeper recovers imports whose importer has stopped half-way. Rows that were placed are enqueued, once more
// where they were already; the others need the same command again with the same file, and if that file has other
// content by now they are cancelled. It may be killed at any point and run in many processes at once: a chunk that is
// enqueued twice is one task, or one with nothing to do.
type orphanSweeper struct {
	ledger   *ledger.Ledger
	queues   *queue.Queues
	log      *slog.Logger
	interval time.Duration
}

// Run sweeps until ctx ends.
func (s *orphanSweeper) Run(ctx context.Context) {
	warn(ctx, s.log, "cannot find imports that an earlier version has left half-way", s.ledger.Importers.Backfill(ctx))
	s.sweep(ctx)
	every(ctx, s.interval, s.sweep)
}

func (s *orphanSweeper) sweep(ctx context.Context) {
	warn(ctx, s.log, "cannot recover imports that stopped half-way", s.recoverAll(ctx))
}

func (s *orphanSweeper) recoverAll(ctx context.Context) error {
	abandoned, err := s.ledger.Importers.ClaimOrphans(ctx)
	if err != nil {
		return err
	}
	for _, a := range abandoned {
		if err := s.recover(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

func (s *orphanSweeper) recover(ctx context.Context, a ledger.Orphan) error {
	imp, err := s.ledger.Import(ctx, a.ID)
	if errors.Is(err, ledger.ErrNotFound) {
		return s.ledger.Importers.MarkEnqueued(ctx, a.ID)
	}
	if err == nil && imp.PartlyEnqueued() {
		imp.Enqueued, err = s.enqueuePlaced(ctx, imp)
	}
	if err == nil && isReplaced(imp) {
		err = s.giveUp(ctx, imp)
		imp.GivenUp = true
	}
	if err != nil {
		return err
	}
	if !imp.PartlyEnqueued() {
		return s.ledger.Importers.MarkEnqueued(ctx, a.ID)
	}
	s.log.WarnContext(ctx, "the importer of an import stopped half-way; "+
		"run the same command again with the same file, or cancel the import",
		"import", imp.ID, "rows_never_enqueued", imp.Counts[ledger.New], "file", imp.Source)
	return s.ledger.Importers.AckOrphan(ctx, a)
}

// isReplaced reports whether the file of an import holds other content by now, so that its rows will not come any more.
// The process that gave it up may have been killed before it was done.
func isReplaced(imp ledger.Import) bool {
	return imp.Successor != "" && (imp.PartlyEnqueued() || imp.GivenUp && imp.Counts[ledger.New] > 0)
}

func (s *orphanSweeper) giveUp(ctx context.Context, imp ledger.Import) error {
	rows, err := s.ledger.GiveUp(ctx, imp.ID)
	if err != nil {
		return err
	}
	s.log.InfoContext(ctx, "an import was given up whose file was changed before all of it was enqueued; "+
		"what it holds now is another import",
		"import", imp.ID, "rows_cancelled", rows, "file", imp.Source, "other", imp.Successor)
	return nil
}

// enqueuePlaced enqueues the chunks that an importer has placed and may not have enqueued, and returns how many chunks
// are enqueued then, from the first.
func (s *orphanSweeper) enqueuePlaced(ctx context.Context, imp ledger.Import) (int, error) {
	var err error
	if imp.Enqueued, err = s.ledger.Chunks.SetEnqueued(ctx, imp.ID, imp.Enqueued); err != nil {
		return 0, err
	}
	queued, placed, err := s.ledger.Chunks.Placed(ctx, imp)
	if err != nil {
		return 0, err
	}
	for _, n := range queued {
		ref := chunk.Ref{Account: s.ledger.Account(), Import: imp.ID, Chunk: n, Lane: chunk.Lane(imp.Lane)}
		if err := s.queues.Put(ctx, ref); err != nil {
			return 0, err
		}
	}
	if placed, err = s.ledger.Chunks.SetEnqueued(ctx, imp.ID, placed); err != nil {
		return 0, err
	}
	return placed, s.queues.Notify(ctx, chunk.Lane(imp.Lane).Queue(s.ledger.Account()))
}
