package ledger

import (
	"context"
	"slices"
)

// Observer gets the events that metrics are made of, of what this process writes down. Any field may be nil. The
// functions must not block.
type Observer struct {
	// Moved is called for rows that have changed their state together, with the code of their reason if they have one.
	Moved func(to State, code string, rows int)
	// Finished is called when the last open row of an import was settled by this process, once for the whole fleet;
	// and again if it was opened once more by a retry.
	Finished func(Import)
}

// Observe sets the observer. It must be called before the ledger is used.
func (l *Ledger) Observe(o Observer) { l.observer = o }

// moved counts moves that go the same way together, as most do.
func (o Observer) moved(moves []Move, moved []Moved) {
	if o.Moved == nil {
		return
	}
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
		o.Moved(w.to, w.code, n)
	}
}

// announce calls the observer.
func (l *Ledger) announce(ctx context.Context, id string, moves []Move, moved []Moved, finished bool) {
	l.observer.moved(moves, moved)
	if !finished || l.observer.Finished == nil {
		return
	}
	if imp, err := l.Import(ctx, id); err == nil { // the rows are settled all the same
		l.observer.Finished(imp)
	}
}

// announceRefused calls the observer for rows that went on to refused: of move.lua's result, the row, the state
// before and the reason of each.
func (l *Ledger) announceRefused(ctx context.Context, id string, list []any) {
	for part := range slices.Chunk(list, 3) {
		why, _ := l.seal.decodeReason(l.keys.Reasons(id), part[2].(string)) // of ours, which is readable
		of := Owner{Import: id, Row: int(part[0].(int64))}
		l.Announce(ctx, of, State(part[1].(int64)), Refused, why, false) // a state of the script
	}
}

// Announce calls the observer for a row that a package beside this one has moved.
func (l *Ledger) Announce(ctx context.Context, of Owner, from, to State, why Reason, finished bool) {
	moves, moved := []Move{{Row: of.Row, To: to, Reason: why}}, []Moved{{Before: byteOf(from), OK: true}}
	l.announce(ctx, of.Import, moves, moved, finished)
}
