package ledger

import (
	"context"
)

// Observer gets the events that metrics are made of, of what this process writes down. Any field may be nil. The functions
// must not block.
type Observer struct {
	// Moved is called for rows that have changed their state together, with the code of their reason if they have one.
	Moved func(to State, code string, rows int)
	// Finished is called when the last open row of an import was settled by this process, once for the whole fleet; and again
	// if it was opened once more by a retry.
	Finished func(Import)
}

// Observe sets the observer. It must be called before the ledger is used.
func (l *Ledger) Observe(o Observer) { l.observer = o }

func (l *Ledger) tell(ctx context.Context, id string, moves []Move, moved []Moved, finished bool) {
	if l.observer.Moved != nil {
		l.tellMoved(moves, moved)
	}
	if !finished || l.observer.Finished == nil {
		return
	}
	if imp, err := l.Import(ctx, id); err == nil { // the rows are settled all the same
		l.observer.Finished(imp)
	}
}

// tellMoved counts those first that go the same way, as most do who go together.
func (l *Ledger) tellMoved(moves []Move, moved []Moved) {
	type way struct {
		to   State
		code string
	}
	ways := map[way]int{}
	for i, m := range moves {
		if moved[i].OK && moved[i].Before.State() != m.To {
			ways[way{m.To, m.Reason.Code}]++
		}
	}
	for w, n := range ways {
		l.observer.Moved(w.to, w.code, n)
	}
}

// Announce calls the observer for a row that a package beside this one has moved.
func (l *Ledger) Announce(ctx context.Context, of Owner, from, to State, why Reason, finished bool) {
	l.tell(ctx, of.Import, []Move{{Row: of.Row, To: to, Reason: why}}, []Moved{{Before: RowByte(from), OK: true}}, finished)
}
