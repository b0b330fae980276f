package ledger

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/qflow"
)

// How begin.lua marks a row.
const (
	readOnly  = "look"
	markTried = "exists"
	markSent  = "mark"
	moveOn    = "sending"
)

// sendWindow stands in the result of begin.lua in place of a gate.
const sendWindow qflow.Gate = "window"

// callTTL is how long the call of a row in Sending may be in flight: as long as it may take, and its outcome to be
// written down. A row that is found later has lost its process: what became of its email is not known.
const callTTL = qflow.DefaultTimeout + 30*time.Second

// BeginResult is the result of the last check before a call.
type BeginResult struct {
	Stopped      string     // why a person stopped the import; no row was begun
	ClosedGate   qflow.Gate // a closed gate that matters; no row was begun
	WindowClosed bool       // the import's send window is, or its hours are not known by now; no row was begun
	Salt         string     // of the import's correlation ids
	RolledBack   bool       // Redis may have lost what it said before, and what this process has written: make no call
	Rows         []BegunRow
}

// BegunRow is one row of it.
type BegunRow struct {
	Before          RowByte
	OK              bool // it may be called now
	GateClosedSince bool // since it was marked MaybeSent a gate has closed behind which a guest may have no email
}

// Calls is the last check before calls to Qflow, and the mark that a row gets by it.
type Calls struct {
	store
	journal *Journal
}

var beginScript = script("begin")

// Look checks an import, and marks nothing.
func (x Calls) Look(ctx context.Context, id string) (BeginResult, error) {
	return x.begin(ctx, id, readOnly, nil, nil)
}

// BeginAtomic checks and marks rows MaybeSent, for calls that may be repeated.
func (x Calls) BeginAtomic(ctx context.Context, id string, gates []qflow.Gate, rows ...int) (BeginResult, error) {
	return x.begin(ctx, id, markSent, gates, rows)
}

// BeginSend checks and moves rows to Sending, for calls that must not be repeated.
func (x Calls) BeginSend(ctx context.Context, id string, gates []qflow.Gate, rows ...int) (BeginResult, error) {
	return x.begin(ctx, id, moveOn, gates, rows)
}

// BeginBulk checks and marks rows Tried, for upserts without an email: from now on the guests may exist.
func (x Calls) BeginBulk(ctx context.Context, id string, gates []qflow.Gate, rows ...int) (BeginResult, error) {
	return x.begin(ctx, id, markTried, gates, rows)
}

func (x Calls) begin(ctx context.Context, id, how string, gates []qflow.Gate, rows []int) (BeginResult, error) {
	k := x.keys
	asked := time.Now()
	keys := []string{k.Import(id), k.Rows(id), k.gates(), k.epochs(id)}
	out, err := beginScript.Run(ctx, x.redis, keys, beginArgs(how, gates, rows)...).Slice()
	if err != nil {
		return BeginResult{}, fmt.Errorf("begin rows of import %s: %w", id, err)
	}
	b := BeginResult{Stopped: out[0].(string), ClosedGate: qflow.Gate(out[1].(string)), Salt: out[2].(string)}
	if b.ClosedGate == sendWindow {
		b.ClosedGate, b.WindowClosed = "", true
	}
	b.Rows = make([]BegunRow, len(rows))
	if server := out[3].(string); server != "" {
		b.RolledBack = x.journal.changed(server, asked)
	}
	for i := range b.Rows {
		row := out[4+3*i:]
		before := RowByte(row[0].(int64)) // a byte
		b.Rows[i] = BegunRow{Before: before, OK: row[1].(int64) == 1, GateClosedSince: row[2].(int64) == 1}
	}
	x.journal.begun(id, how, rows, b.Rows)
	return b, nil
}

func beginArgs(how string, gates []qflow.Gate, rows []int) []any {
	names := make([]string, len(gates))
	for i, g := range gates {
		names[i] = string(g)
	}
	args := append(make([]any, 0, 3+len(rows)), how, strings.Join(names, ","), callTTL.Milliseconds())
	for _, r := range rows {
		args = append(args, r)
	}
	return args
}

// InFlight reports which of some rows in Sending may have a call in flight.
func (x Calls) InFlight(ctx context.Context, id string, rows []int) (map[int]bool, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	pipe := x.redis.Pipeline()
	there := make([]*redis.IntCmd, len(rows))
	for i, row := range rows {
		there[i] = pipe.Exists(ctx, x.keys.sending(id, row))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("look for calls of rows of import %s: %w", id, err)
	}
	calls := map[int]bool{}
	for i, row := range rows {
		calls[row] = there[i].Val() == 1
	}
	return calls, nil
}
