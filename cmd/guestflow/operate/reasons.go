package operate

import (
	"context"
	"time"

	"guestflow/importer/ledger"
)

// cachedReasons are the reasons of an import's rows as they were at some time.
type cachedReasons struct {
	at       time.Time
	updated  time.Time // of the import
	lines    []ledger.ReasonLine
	complete bool
}

// reasonsTTL is how long reasons are good of an import that goes on: reading ten thousand of them takes 20 ms, too much for
// each second of a page that is open.
const reasonsTTL = 10 * time.Second

// Reasons groups the rows of an import that are not fine; whole tells whether all were looked at.
func (w *Watcher) Reasons(ctx context.Context, imp ledger.Import) (lines []ledger.ReasonLine, whole bool, err error) {
	now := time.Now()
	w.mu.Lock()
	known := w.reasons[imp.ID]
	w.mu.Unlock()
	if known.updated.Equal(imp.Updated) || now.Sub(known.at) < reasonsTTL {
		return known.lines, known.complete, nil
	}
	lines, whole, err = w.Ledger.Group(ctx, imp)
	if err != nil {
		return nil, false, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.reasons) > maxListed {
		clear(w.reasons)
	}
	w.reasons[imp.ID] = cachedReasons{at: now, updated: imp.Updated, lines: lines, complete: whole}
	return lines, whole, nil
}
