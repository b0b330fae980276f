package operate

import (
	"context"
	"fmt"
	"slices"

	"guestflow/importer/ledger"
	"guestflow/importer/report"
	"guestflow/importer/spool"
)

// LeftOut is why rows of an import are left out, and what decides about those that are held.
type LeftOut struct {
	report.LeftOut
	File  string `json:"-"`                      // the one that waits for the answer, which status has as held_file
	Later string `json:"later_import,omitempty"` // a later import of the same list, which has them otherwise
}

// maxLater is among how many imports, the newest, a later one of the same list is looked for.
const maxLater = 500

// LeftOut counts the rows of an import that are left out, and finds what decides about those that are held. waiting are
// the files that wait.
func (a *Account) LeftOut(ctx context.Context, imp ledger.Import, waiting []spool.Item) (l LeftOut, err error) {
	if l.LeftOut, err = report.CountLeftOut(ctx, a.Ledger, imp); err == nil {
		err = a.findDecision(ctx, imp, waiting, &l)
	}
	return l, err
}

func (a *Account) findDecision(ctx context.Context, imp ledger.Import, waiting []spool.Item, l *LeftOut) error {
	if l.Held == 0 {
		return nil
	}
	if at := slices.IndexFunc(waiting, func(i spool.Item) bool { return i.PartOf() == imp.ID }); at >= 0 {
		l.File = waiting[at].ID
		return nil
	}
	newest, err := a.Ledger.Imports(ctx, maxLater)
	for _, other := range newest {
		if other.SHA256 == imp.SHA256 && other.Event == imp.Event && other.LaterThan(imp) {
			l.Later = other.ID
			break
		}
	}
	return err
}

// Texts says how many rows are left out for what; nothing where the rule alone leaves some out.
func (l LeftOut) Texts() (texts []string) {
	if l.Held+l.Skipped == 0 {
		return nil
	}
	for _, of := range []struct {
		n    int
		text string
	}{
		{l.Rule, "%d by the rule"},
		{l.Held, "%d held until it is decided whether they are known guests, or in the list twice"},
		{l.Skipped, "%d like known guests, or in the list twice, as was decided"},
	} {
		if of.n > 0 {
			texts = append(texts, fmt.Sprintf(of.text, of.n))
		}
	}
	return texts
}

// ToDo says what decides about the rows that are held; "" without any.
func (l LeftOut) ToDo() string {
	switch {
	case l.Held == 0:
		return ""
	case l.File != "":
		return "To decide: guestflow approve " + l.File
	case l.Later != "":
		return fmt.Sprintf("Import %s of the same list came later, and says what has become of them.", l.Later)
	}
	return "To decide, import the same list again with --near-misses update, skip or new: all its other rows stay as they are."
}

// cachedLeftOut is what was counted when so many rows were left out. They stay so.
type cachedLeftOut struct {
	rows int
	report.LeftOut
}

// LeftOut is that of the account.
func (w *Watcher) LeftOut(ctx context.Context, imp ledger.Import, waiting []spool.Item) (l LeftOut, err error) {
	if l.LeftOut, err = w.CountLeftOut(ctx, imp); err == nil {
		err = w.findDecision(ctx, imp, waiting, &l)
	}
	return l, err
}

// CountLeftOut counts the rows of an import that are left out, again only once more of them are.
func (w *Watcher) CountLeftOut(ctx context.Context, imp ledger.Import) (report.LeftOut, error) {
	rows := imp.Counts[ledger.Filtered]
	w.mu.Lock()
	known := w.leftOut[imp.ID]
	w.mu.Unlock()
	if known.rows == rows {
		return known.LeftOut, nil
	}
	n, err := report.CountLeftOut(ctx, w.Ledger, imp)
	if err != nil {
		return n, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.leftOut) > maxListed {
		clear(w.leftOut)
	}
	w.leftOut[imp.ID] = cachedLeftOut{rows, n}
	return n, nil
}
