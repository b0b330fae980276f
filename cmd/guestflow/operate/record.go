package operate

import (
	"context"
	"fmt"
	"time"

	"guestflow/importer/history"
	"guestflow/importer/lease"
)

// recordInterval is the interval between two entries in the history of an import.
const recordInterval = 10 * time.Second

// RecordHistory records the history of running imports until ctx ends. Every process of the fleet may run it: one of
// them records each entry.
func (w *Watcher) RecordHistory(ctx context.Context) {
	tick := time.NewTicker(recordInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			if err := w.record(ctx, now.UTC()); err != nil && ctx.Err() == nil {
				w.Log.Debug("the history of imports has a gap", "error", err)
			}
		}
	}
}

// record adds an entry for each unfinished import, and a last one for those that have just finished.
func (w *Watcher) record(ctx context.Context, now time.Time) error {
	// of one entry: it lapses before the next
	mine, err := lease.New(w.Redis, w.Ledger.Prefix()+"recorded", recordInterval*9/10).Acquire(ctx)
	if err != nil {
		return fmt.Errorf("claim the next moment: %w", err)
	}
	if !mine {
		return nil
	}
	running, over, err := w.imports(ctx, now)
	if err != nil {
		return err
	}
	for _, imp := range over {
		if now.Sub(imp.Updated) < 3*recordInterval {
			running = append(running, imp)
		}
	}
	for _, imp := range running {
		if err := history.For(w.Ledger).Add(ctx, imp, now); err != nil {
			return err
		}
	}
	return nil
}
