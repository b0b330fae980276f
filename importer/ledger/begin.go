package ledger

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/qflow"
)

// How a row is begun.
const (
	look    = "look"
	exists  = "exists"
	mark    = "mark"
	sending = "sending"
)

// callTTL is how long the call of a row in Sending may be in flight: as long as it may take, and its outcome to be written down. A row
// that is found later has lost its process: what became of its email is not known.
const callTTL = qflow.DefaultTimeout + 30*time.Second

// BeginResult is the result of the last check before a call.
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

// Stopped returns why a person stopped an import, or "".
func (l *Ledger) Stopped(ctx context.Context, id string) (string, error) {
	b, err := l.begin(ctx, id, look, nil, nil)
	return b.Stopped, err
}

func (l *Ledger) begin(ctx context.Context, id, how string, gates []qflow.Gate, rows []int) (BeginResult, error) {
	names := make([]string, len(gates))
	for i, g := range gates {
		names[i] = string(g)
	}
	args := make([]any, 0, 3+len(rows))
	args = append(args, how, strings.Join(names, ","), callTTL.Milliseconds())
	for _, r := range rows {
		args = append(args, r)
	}
	keys := []string{l.keys.Import(id), l.keys.Rows(id), l.keys.gates(), l.keys.epochs(id)}
	looked := time.Now()
	out, err := beginScript.Run(ctx, l.redis, keys, args...).Slice()
	if err != nil {
		return BeginResult{}, fmt.Errorf("begin rows of import %s: %w", id, err)
	}
	b := BeginResult{Stopped: out[0].(string), ClosedGate: qflow.Gate(out[1].(string)), Salt: out[2].(string), Rows: make([]BegunRow, len(rows))}
	if server := out[3].(string); server != "" {
		b.RolledBack = l.Journal.changed(server, looked)
	}
	for i := range b.Rows {
		row := out[4+3*i:]
		b.Rows[i] = BegunRow{Before: RowByte(row[0].(int64)), OK: row[1].(int64) == 1, GateClosedSince: row[2].(int64) == 1} //nolint:gosec // a byte of the script
	}
	l.Journal.begun(id, how, rows, b.Rows)
	return b, nil
}

// CallsInFlight reports which of some rows in Sending may have a call in flight.
func (l *Ledger) CallsInFlight(ctx context.Context, id string, rows []int) (map[int]bool, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	pipe := l.redis.Pipeline()
	there := make([]*redis.IntCmd, len(rows))
	for i, row := range rows {
		there[i] = pipe.Exists(ctx, l.keys.sending(id, row))
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
