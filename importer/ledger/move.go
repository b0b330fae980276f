package ledger

import (
	"context"
	"fmt"
	"slices"
	"strconv"
)

// Move is a wanted change of one row.
type Move struct {
	Row         int // from 1
	To          State
	Set         Flag
	Clear       Flag
	Failed      bool   // count a failed try
	Unbegun     bool   // only if no call of the row was begun whose email may be out
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
	var all []Moved
	finished := false
	for part := range slices.Chunk(moves, moveWindow) {
		m, err := l.moving(id, part)
		if err == nil {
			err = l.commit(ctx, m.request)
		}
		if err != nil {
			return nil, false, fmt.Errorf("move rows of import %s: %w", id, err)
		}
		moved, last := l.moved(ctx, m.request, part)
		all, finished = append(all, moved...), finished || last
	}
	return all, finished, nil
}

// Moving is a change of rows that is being written.
type Moving struct {
	ledger  *Ledger
	request *request
	written <-chan struct{}
}

// StartMove is Move for a caller that goes on meanwhile, with no more rows than a chunk has. They are written whatever
// becomes of the caller; what has become of them, Wait returns.
func (l *Ledger) StartMove(ctx context.Context, id string, moves []Move) (*Moving, error) {
	m, err := l.moving(id, moves)
	if err != nil {
		return nil, fmt.Errorf("move rows of import %s: %w", id, err)
	}
	m.written = l.commits.Start(ctx, m.request)
	return m, nil
}

func (l *Ledger) moving(id string, moves []Move) (*Moving, error) {
	r, err := l.moveRequest(id, moves)
	if err != nil {
		return nil, err
	}
	return &Moving{ledger: l, request: r}, nil
}

// Wait returns once the rows are written, or were not, and whether the import is finished by it.
func (m *Moving) Wait(ctx context.Context) (finished bool, err error) {
	<-m.written
	if err := m.request.by.err; err != nil {
		return false, fmt.Errorf("move rows of import %s: %w", m.request.id, err)
	}
	_, finished = m.ledger.moved(ctx, m.request, m.request.moves)
	return finished, nil
}

// moveNow runs the script at once and alone. onlyNew leaves rows alone that are no longer new; chunks are stored in the
// same step.
func (l *Ledger) moveNow(
	ctx context.Context, id string, onlyNew bool, chunks []StoredChunk, moves []Move,
) ([]Moved, error) {
	if len(moves) == 0 {
		return nil, nil
	}
	r, err := l.moveRequest(id, moves)
	if err != nil {
		return nil, err
	}
	p := &part{}
	p.add(r)
	keys, args := l.moveArguments(id, p.runs)
	args[0] = onlyNew
	for i, stored := range chunks {
		key := l.keys.chunk(id, stored.N)
		data, err := l.seal.seal(stored.Data, key)
		if err != nil {
			return nil, fmt.Errorf("store chunk %d of import %s: %w", stored.N, id, err)
		}
		keys, args = append(keys, key), slices.Insert(args, 2+i, any(data))
	}
	if p.out, err = moveScript.Run(ctx, l.redis, keys, args...).Slice(); err != nil {
		return nil, fmt.Errorf("move rows of import %s: %w", id, err)
	}
	moved, _ := l.moved(ctx, r, moves)
	return moved, nil
}

// moved reads what move.lua has returned for moves, and calls the observer. What concerns all of a group is the last
// request's.
func (l *Ledger) moved(ctx context.Context, r *request, moves []Move) (moved []Moved, finished bool) {
	moved = make([]Moved, len(moves))
	before, oks := r.part(0), r.part(1)
	for i := range len(before) { // by byte, not by rune
		moved[i] = Moved{Before: RowByte(before[i]), OK: oks[i] == '1'}
	}
	isLast := r.row+r.rows == r.by.rows
	finished = isLast && r.by.out[2] == int64(1)
	l.announce(ctx, r.id, moves, moved, finished)
	if isLast {
		l.announceRefused(ctx, r.id, r.by.out[3:])
	}
	return moved, finished
}

// moveRequest groups moves that differ by nothing but their rows, and follow each other, into runs.
func (l *Ledger) moveRequest(id string, moves []Move) (*request, error) {
	r := &request{id: id, rows: len(moves), moves: moves}
	for rest := moves; len(rest) > 0; {
		rows := alike(rest)
		how, err := l.howToMove(id, rest[0])
		if err != nil {
			return nil, err
		}
		r.runs, rest = append(r.runs, run{rows, how}), rest[len(rows):]
	}
	return r, nil
}

// howToMove returns the arguments of move.lua for a move, less its row.
func (l *Ledger) howToMove(id string, m Move) ([3]string, error) {
	why, err := l.seal.encodeReason(l.keys.Reasons(id), m)
	numbers := make([]byte, 0, 16)
	for _, n := range [...]int{int(m.To), int(m.Set), int(m.Clear), digit(m.Failed), m.where()} {
		numbers = append(strconv.AppendInt(numbers, int64(n), 10), ' ')
	}
	return [3]string{string(numbers), why, m.Call}, err
}

// where says which rows may be moved, besides by the table.
func (m Move) where() int {
	if m.Unbegun {
		return 2
	}
	return digit(m.KeepSettled)
}

func digit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// moveArguments returns the keys and arguments of move.lua, without chunks.
func (l *Ledger) moveArguments(id string, runs []run) (keys []string, args []any) {
	k := l.keys
	keys = []string{k.Import(id), k.Rows(id), k.Reasons(id), k.Tries(id), k.attempts(id), k.times(id), k.epochs(id)}
	args = append(make([]any, 0, 2+4*len(runs)), false, int(l.retention.Seconds()))
	for _, r := range runs {
		args = append(args, places(r.rows), r.how[0], r.how[1], r.how[2])
	}
	return keys, args
}

// alike returns the rows of the moves, from the first one, that differ by nothing else.
func alike(moves []Move) (rows []int) {
	first := moves[0]
	for _, m := range moves {
		if first.Row = m.Row; m != first {
			break
		}
		rows = append(rows, m.Row)
	}
	return rows
}

// places lists rows as the scripts read them, counted from 0: those that follow each other are a span, as in "6 8-11".
func places(rows []int) string {
	b := make([]byte, 0, 8*len(rows))
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && rows[n] == rows[n-1]+1 {
			n++
		}
		if len(b) > 0 {
			b = append(b, ' ')
		}
		b = strconv.AppendInt(b, int64(rows[0]-1), 10)
		if n > 1 {
			b = append(b, '-')
			b = strconv.AppendInt(b, int64(rows[n-1]-1), 10)
		}
		rows = rows[n:]
	}
	return string(b)
}

// The ways of a row to Qflow, as its history names them.
const (
	ByGuest  = "POST /guest"
	ByGuests = "POST /guests"
	BySend   = "POST /comms/send"
)
