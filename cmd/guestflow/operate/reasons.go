package operate

import (
	"context"
	"time"

	"guestflow/importer/ledger"
)

// reasons are the reasons of an import's rows as they were at some time.
type reasons struct {
	at      time.Time
	updated time.Time // of the import
	lines   []ledger.ReasonLine
	whole   bool
}

// reasonsFor is how long reasons are good of an import that goes on: reading ten thousand of them takes 20 ms, too much for
// each second of a page that is open.
const reasonsFor = 10 * time.Second

// Reasons groups the rows of an import that are not fine; whole tells whether all were looked at.
func (w *Watch) Reasons(ctx context.Context, imp ledger.Import) (lines []ledger.ReasonLine, whole bool, err error) {
	now := time.Now()
	w.mu.Lock()
	known := w.why[imp.ID]
	w.mu.Unlock()
	if known.updated.Equal(imp.Updated) || now.Sub(known.at) < reasonsFor {
		return known.lines, known.whole, nil
	}
	lines, whole, err = w.Ledger.Group(ctx, imp)
	if err != nil {
		return nil, false, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.why) > listed {
		clear(w.why)
	}
	w.why[imp.ID] = reasons{at: now, updated: imp.Updated, lines: lines, whole: whole}
	return lines, whole, nil
}
