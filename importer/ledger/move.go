package ledger

import (
	"context"
	"fmt"
	"slices"
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

// Move changes rows along the transition table, each row wholly or not at all. It reports whether the import is finished
// by this call: true exactly once.
func (l *Ledger) Move(ctx context.Context, id string, moves []Move) ([]Moved, bool, error) {
	moved, finished, err := l.move(ctx, id, false, nil, moves)
	if err == nil {
		l.Journal.moved(id, moves)
	}
	return moved, finished, err
}

func (l *Ledger) move(ctx context.Context, id string, onlyNew bool, chunks []StoredChunk, moves []Move) ([]Moved, bool, error) {
	if len(moves) == 0 {
		return nil, false, nil
	}
	keys := make([]string, 7, 7+len(chunks))
	copy(keys, []string{l.keys.Import(id), l.keys.Rows(id), l.keys.Reasons(id), l.keys.Tries(id), l.keys.attempts(id), l.keys.times(id), l.keys.epochs(id)})
	args := make([]any, 2, 2+len(chunks)+9)
	copy(args, []any{onlyNew, int(l.retention.Seconds())})
	for _, c := range chunks {
		key := l.keys.chunk(id, c.N)
		data, err := l.seal.seal(c.Data, key)
		if err != nil {
			return nil, false, fmt.Errorf("keep chunk %d of import %s: %w", c.N, id, err)
		}
		keys, args = append(keys, key), append(args, data)
	}
	for rest := moves; len(rest) > 0; {
		m, run := rest[0], alike(rest)
		reason, err := l.seal.encodeReason(l.keys.Reasons(id), m)
		if err != nil {
			return nil, false, err
		}
		args = append(args, m.Row, run, int(m.To), int(m.Set), int(m.Clear), m.Failed, m.KeepSettled, reason, m.Call)
		rest = rest[run:]
	}
	out, err := moveScript.Run(ctx, l.redis, keys, args...).Slice()
	if err != nil {
		return nil, false, fmt.Errorf("move rows of import %s: %w", id, err)
	}
	befores, oks := out[1].(string), out[2].(string)
	moved := make([]Moved, len(moves))
	for i := range len(befores) { // none if the import has expired
		moved[i] = Moved{Before: RowByte(befores[i]), OK: oks[i] == '1'}
	}
	finished := out[0].(int64) == 1
	l.tell(ctx, id, moves, moved, finished)
	l.tellRefused(ctx, id, out[3:])
	return moved, finished, nil
}

// tellRefused calls the observer for rows that went on to refused: of the script's answer, the row, the state before and the reason of each.
func (l *Ledger) tellRefused(ctx context.Context, id string, list []any) {
	for part := range slices.Chunk(list, 3) {
		why, _ := l.seal.decodeReason(l.keys.Reasons(id), part[2].(string)) // of ours, which is readable
		move := Move{Row: int(part[0].(int64)), To: Refused, Reason: why}
		l.tell(ctx, id, []Move{move}, []Moved{{Before: RowByte(part[1].(int64)), OK: true}}, false) //nolint:gosec // a state of the script
	}
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
