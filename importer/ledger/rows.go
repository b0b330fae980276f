package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/qflow"
)

// Reason says why a row is not fine. It holds no value of the row: the ledger is shown on pages, and the file is there for
// whoever may see guests' data.
type Reason struct {
	Code   string `json:"c"`
	Text   string `json:"t,omitempty"`
	Line   int    `json:"l,omitempty"` // physical line in the file, from 1
	Column string `json:"k,omitempty"` // the header as it stands in the file
}

// IsZero tells whether there is no reason.
func (r Reason) IsZero() bool { return r == Reason{} }

// Move is a wanted change of one row.
type Move struct {
	Row         int // from 1
	To          State
	Set         Flag
	Clear       Flag
	Failed      bool   // count a failed try
	KeepSettled bool   // what became of a row in a worker's hands: if it was settled meanwhile, it is not opened again
	Reason      Reason // zero: a fine state loses its reason, another keeps the one it has
	Call        string // what the call behind it came to, in two words, for the row's history; "" for none worth keeping
}

// Moved is what became of a Move.
type Moved struct {
	Before RowByte
	OK     bool // false: the transition table forbids it, or the import has expired, and nothing changed
}

var moveScript = script("move")

// StoredChunk is a chunk whose rows are to be kept until they are fine, or until the retention is over.
type StoredChunk struct {
	N    int
	Data []byte
}

// Move changes rows along the transition table, each row wholly or not at all. It reports whether the import is finished
// by this call: true exactly once.
func (l *Ledger) Move(ctx context.Context, id string, moves []Move) ([]Moved, bool, error) {
	moved, finished, err := l.move(ctx, id, tableArg, nil, moves)
	if err == nil {
		l.journal.moved(id, moves)
	}
	return moved, finished, err
}

// CommitChunks keeps chunks and gives their rows, and those that are in none, their first states, all in one step. A row that is no
// longer new stays as it is: a repeated import meets rows that workers have in hand, or have settled.
func (l *Ledger) CommitChunks(ctx context.Context, id string, chunks []StoredChunk, moves []Move) error {
	_, _, err := l.move(ctx, id, placeArg, chunks, moves)
	return err
}

func (l *Ledger) move(ctx context.Context, id, table string, chunks []StoredChunk, moves []Move) ([]Moved, bool, error) {
	if len(moves) == 0 {
		return nil, false, nil
	}
	keys := make([]string, 7, 7+len(chunks))
	copy(keys, []string{l.importKey(id), l.rowsKey(id), l.reasonsKey(id), l.triesKey(id), l.attemptsKey(id), l.timesKey(id), l.epochsKey(id)})
	args := make([]any, 3, 3+len(chunks)+9)
	copy(args, []any{table, classArg, int(l.retention.Seconds())})
	for _, c := range chunks {
		key := l.chunkKey(id, c.N)
		data, err := l.sealed(c.Data, key)
		if err != nil {
			return nil, false, fmt.Errorf("keep chunk %d of import %s: %w", c.N, id, err)
		}
		keys, args = append(keys, key), append(args, data)
	}
	for rest := moves; len(rest) > 0; {
		m, run := rest[0], alike(rest)
		reason, err := l.reason(id, m)
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

// tellRefused tells of rows that went on to refused: of the script's answer, the row, the state before and the reason of each.
func (l *Ledger) tellRefused(ctx context.Context, id string, list []any) {
	for part := range slices.Chunk(list, 3) {
		why, _ := l.parseReason(id, part[2].(string)) // of ours, which is readable
		move := Move{Row: int(part[0].(int64)), To: Refused, Reason: why}
		l.tell(ctx, id, []Move{move}, []Moved{{Before: RowByte(part[1].(int64)), OK: true}}, false) //nolint:gosec // a state of the script
	}
}

// alike gives how many of the moves, from the first, differ by nothing but their row, which is the next.
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

// How a row is begun.
const (
	look    = "look"
	exists  = "exists"
	mark    = "mark"
	sending = "sending"
)

// callTTL is how long a row in Sending is known to be in the hands of a process that may be alive: as long as a call may take, and
// its outcome to be written down. After that whoever finds the row knows that nobody will say what became of its email.
const callTTL = qflow.DefaultTimeout + 30*time.Second

// BeginResult is the answer of the last look before a call.
type BeginResult struct {
	Stopped    string     // why a person stopped the import; no row was begun
	ClosedGate qflow.Gate // a closed gate that matters; no row was begun
	Salt       string     // of the import's correlation ids
	RolledBack bool       // Redis may have lost what it said before, and what this process has written: no call goes by it
	Rows       []BegunRow
}

// BegunRow is one row of it.
type BegunRow struct {
	Before          RowByte
	OK              bool // it may be called now
	GateClosedSince bool // it was marked MaybeSent before, and since then a gate has closed behind which a guest has no email
}

var beginScript = script("begin")

// BeginAtomic looks once more and marks rows MaybeSent, for calls that may be repeated.
func (l *Ledger) BeginAtomic(ctx context.Context, id string, gates []qflow.Gate, rows ...int) (BeginResult, error) {
	return l.begin(ctx, id, mark, gates, rows)
}

// BeginSend looks once more and moves rows to Sending, for calls that must not be repeated.
func (l *Ledger) BeginSend(ctx context.Context, id string, gates []qflow.Gate, rows ...int) (BeginResult, error) {
	return l.begin(ctx, id, sending, gates, rows)
}

// BeginBulk looks once more and marks rows Tried, for upserts without an email: from now on the guests may exist.
func (l *Ledger) BeginBulk(ctx context.Context, id string, gates []qflow.Gate, rows ...int) (BeginResult, error) {
	return l.begin(ctx, id, exists, gates, rows)
}

// Stopped gives why a person stopped an import, or "".
func (l *Ledger) Stopped(ctx context.Context, id string) (string, error) {
	b, err := l.begin(ctx, id, look, nil, nil)
	return b.Stopped, err
}

func (l *Ledger) begin(ctx context.Context, id, how string, gates []qflow.Gate, rows []int) (BeginResult, error) {
	names := make([]string, len(gates))
	for i, g := range gates {
		names[i] = string(g)
	}
	args := make([]any, 0, 4+len(rows))
	args = append(args, classArg, how, strings.Join(names, ","), callTTL.Milliseconds())
	for _, r := range rows {
		args = append(args, r)
	}
	keys := []string{l.importKey(id), l.rowsKey(id), l.gatesKey(), l.epochsKey(id)}
	looked := time.Now()
	out, err := beginScript.Run(ctx, l.redis, keys, args...).Slice()
	if err != nil {
		return BeginResult{}, fmt.Errorf("begin rows of import %s: %w", id, err)
	}
	b := BeginResult{Stopped: out[0].(string), ClosedGate: qflow.Gate(out[1].(string)), Salt: out[2].(string), Rows: make([]BegunRow, len(rows))}
	if server := out[3].(string); server != "" {
		b.RolledBack = l.journal.changed(server, looked)
	}
	for i := range b.Rows {
		row := out[4+3*i:]
		b.Rows[i] = BegunRow{Before: RowByte(row[0].(int64)), OK: row[1].(int64) == 1, GateClosedSince: row[2].(int64) == 1} //nolint:gosec // the script gives a byte
	}
	l.journal.begun(id, how, rows, b.Rows)
	return b, nil
}

// CallsInFlight reports which of some rows in Sending may be in the hands of a process that is alive.
func (l *Ledger) CallsInFlight(ctx context.Context, id string, rows []int) (map[int]bool, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	pipe := l.redis.Pipeline()
	there := make([]*redis.IntCmd, len(rows))
	for i, row := range rows {
		there[i] = pipe.Exists(ctx, l.inHandKey(id, row))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("look who sends rows of import %s: %w", id, err)
	}
	held := map[int]bool{}
	for i, row := range rows {
		held[row] = there[i].Val() == 1
	}
	return held, nil
}

// RowBytes reads the bytes of rows first to last, both included.
func (l *Ledger) RowBytes(ctx context.Context, id string, first, last int) ([]RowByte, error) {
	raw, err := l.redis.GetRange(ctx, l.rowsKey(id), int64(first-1), int64(last-1)).Bytes()
	if err != nil {
		return nil, fmt.Errorf("read rows of import %s: %w", id, err)
	}
	marks := make([]RowByte, last-first+1) // rows never written are new, the zero byte
	for i, b := range raw {
		marks[i] = RowByte(b)
	}
	return marks, nil
}

// Tries reads how often each row has failed since its last change of state.
func (l *Ledger) Tries(ctx context.Context, id string, rows []int) ([]int, error) {
	values, err := l.hmget(ctx, l.triesKey(id), rows)
	if err != nil {
		return nil, fmt.Errorf("read tries of import %s: %w", id, err)
	}
	tries := make([]int, len(rows))
	for i, v := range values {
		tries[i] = number(v)
	}
	return tries, nil
}

// Reasons reads why rows are not fine; a row without a reason has the zero Reason.
func (l *Ledger) Reasons(ctx context.Context, id string, rows []int) ([]Reason, error) {
	values, err := l.hmget(ctx, l.reasonsKey(id), rows)
	if err != nil {
		return nil, fmt.Errorf("read reasons of import %s: %w", id, err)
	}
	reasons := make([]Reason, len(rows))
	for i, v := range values {
		if v == "" {
			continue
		}
		if reasons[i], err = l.parseReason(id, v); err != nil {
			return nil, fmt.Errorf("read the reason of row %d of import %s: %w", rows[i], id, err)
		}
	}
	return reasons, nil
}

func (l *Ledger) hmget(ctx context.Context, key string, rows []int) ([]string, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	fields := make([]string, len(rows))
	for i, r := range rows {
		fields[i] = strconv.Itoa(r)
	}
	values, err := l.redis.HMGet(ctx, key, fields...).Result()
	if err != nil {
		return nil, err
	}
	out := make([]string, len(rows))
	for i, v := range values {
		out[i], _ = v.(string)
	}
	return out, nil
}

// ErrNoChunk says that a chunk's rows are no longer kept: every one of them is fine.
var ErrNoChunk = errors.New("the chunk's rows are no longer kept")

// PutChunk keeps a chunk's rows and changes no state. An import takes Place, which does both at once.
func (l *Ledger) PutChunk(ctx context.Context, id string, n int, data []byte) error {
	key := l.chunkKey(id, n)
	data, err := l.sealed(data, key)
	if err == nil {
		err = l.redis.Set(ctx, key, data, l.retention).Err()
	}
	if err != nil {
		return fmt.Errorf("keep chunk %d of import %s: %w", n, id, err)
	}
	return nil
}

// Chunk reads a chunk's rows, or ErrNoChunk.
func (l *Ledger) Chunk(ctx context.Context, id string, n int) ([]byte, error) {
	key := l.chunkKey(id, n)
	data, err := l.redis.Get(ctx, key).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, fmt.Errorf("chunk %d of import %s: %w", n, id, ErrNoChunk)
	}
	if err == nil {
		data, err = l.unsealed(data, key)
	}
	if err != nil {
		return nil, fmt.Errorf("read chunk %d of import %s: %w", n, id, err)
	}
	return data, nil
}

// DropChunk forgets a chunk's rows once they are all fine: guests' data stays in Redis no longer than needed.
func (l *Ledger) DropChunk(ctx context.Context, id string, n int) error {
	if err := l.redis.Del(ctx, l.chunkKey(id, n)).Err(); err != nil {
		return fmt.Errorf("drop chunk %d of import %s: %w", n, id, err)
	}
	return nil
}
