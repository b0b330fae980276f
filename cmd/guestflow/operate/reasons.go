package operate

import (
	"context"
	"time"

	"guestflow/importer/ledger"
	"guestflow/importer/report"
)

// cachedReasons are the reasons of an import's rows at some time.
type cachedReasons struct {
	at       time.Time
	updated  time.Time // of the import
	lines    []report.ReasonGroup
	complete bool
}

// reasonsTTL is how long the reasons of a running import are reused: reading ten thousand of them takes 20 ms, too much
// for each second of an open page.
const reasonsTTL = 10 * time.Second

// Reasons groups the rows of an import that did not succeed, and adds up to its counts; complete reports whether the
// reasons of all of them were read.
func (w *Watcher) Reasons(ctx context.Context, imp ledger.Import) (lines []report.ReasonGroup, complete bool,
	err error) {
	now := time.Now()
	w.mu.Lock()
	known := w.reasons[imp.ID]
	w.mu.Unlock()
	if known.updated.Equal(imp.Updated) || now.Sub(known.at) < reasonsTTL && !imp.Done() {
		return report.Complete(known.lines, imp.Counts), known.complete, nil
	}
	lines, complete, err = report.Reasons(ctx, w.Ledger, imp)
	if err != nil {
		return nil, false, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.reasons) > maxListed {
		clear(w.reasons)
	}
	w.reasons[imp.ID] = cachedReasons{at: now, updated: imp.Updated, lines: lines, complete: complete}
	return report.Complete(lines, imp.Counts), complete, nil
}
