package ledger

import (
	"context"
	"fmt"
)

// Move is a wanted change of one row.
type Move struct {
	Row         int // from 1
	To          State
	Set         Flag
	Clear       Flag
	Failed      bool   // count a failed try
	KeepSettled bool   // it is a call's outcome: if the row was settled meanwhile, it is not opened again
	Reason      Reason // zero: a state that is a success loses its reason, another keeps the one it has
	Call        string // what the call behind it came to, in two words, for the row's history; "" for none worth keeping
}

// Moved is what became of a Move.
type Moved struct {
	Before RowByte
	OK     bool // false: the transition table forbids it, or the import has expired, and nothing changed
}

var moveScript = script("move")

// Move changes rows along the transition table, each row wholly or not at all. It reports whether the import is
// finished by this call: true exactly once.
func (l *Ledger) Move(ctx context.Context, id string, moves []Move) ([]Moved, bool, error) {
	moved, finished, err := l.move(ctx, id, false, nil, moves)
	if err == nil {
		l.Journal.moved(id, moves)
	}
	return moved, finished, err
}

// move runs the script. onlyNew leaves rows alone that are no longer new; chunks are stored in the same step.
func (l *Ledger) move(
	ctx context.Context, id string, onlyNew bool, chunks []StoredChunk, moves []Move,
) ([]Moved, bool, error) {
	if len(moves) == 0 {
		return nil, false, nil
	}
	keys, args, err := l.moveArgs(id, onlyNew, chunks, moves)
	if err != nil {
		return nil, false, err
	}
	out, err := moveScript.Run(ctx, l.redis, keys, args...).Slice()
	if err != nil {
		return nil, false, fmt.Errorf("move rows of import %s: %w", id, err)
	}
	before, oks := out[1].(string), out[2].(string)
	moved := make([]Moved, len(moves))
	for i := range len(before) { // none if the import has expired
		moved[i] = Moved{Before: RowByte(before[i]), OK: oks[i] == '1'}
	}
	finished := out[0].(int64) == 1
	l.announce(ctx, id, moves, moved, finished)
	l.announceRefused(ctx, id, out[3:])
	return moved, finished, nil
}

// moveArgs are the keys and arguments of move.lua: moves that differ by nothing but their rows are one run.
func (l *Ledger) moveArgs(
	id string, onlyNew bool, chunks []StoredChunk, moves []Move,
) (keys []string, args []any, err error) {
	k := l.keys
	keys = make([]string, 7, 7+len(chunks))
	copy(keys, []string{k.Import(id), k.Rows(id), k.Reasons(id), k.Tries(id), k.attempts(id), k.times(id), k.epochs(id)})
	args = make([]any, 2, 2+len(chunks)+9)
	copy(args, []any{onlyNew, int(l.retention.Seconds())})
	for _, c := range chunks {
		key := k.chunk(id, c.N)
		data, err := l.seal.seal(c.Data, key)
		if err != nil {
			return nil, nil, fmt.Errorf("store chunk %d of import %s: %w", c.N, id, err)
		}
		keys, args = append(keys, key), append(args, data)
	}
	for rest := moves; len(rest) > 0; {
		m, run := rest[0], alike(rest)
		why, err := l.seal.encodeReason(k.Reasons(id), m)
		if err != nil {
			return nil, nil, err
		}
		args = append(args, m.Row, run, int(m.To), int(m.Set), int(m.Clear), m.Failed, m.KeepSettled, why, m.Call)
		rest = rest[run:]
	}
	return keys, args, nil
}

// alike returns how many of the moves, from the first, differ by nothing but their row, which is the next.
func alike(moves []Move) int {
	next := moves[0]
	for n, m := range moves {
		if m != next {
			return n
		}
		next.Row++
	}
	return len(moves)
}

// The ways of a row to Qflow, as its history names them.
const (
	ByGuest  = "POST /guest"
	ByGuests = "POST /guests"
	BySend   = "POST /comms/send"
)
