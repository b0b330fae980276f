package ledger

import (
	"context"
	"fmt"
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
	liftMark  = "unmark"
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
	ledger *Ledger
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

// LiftsWithin is for how long after a mark it may be lifted: a note of other calls of the row is kept far longer.
const LiftsWithin = callTTL

// LiftMark takes MaybeSent from rows whose calls were certainly not made after BeginAtomic had set it. It stays on a row that
// another process has begun as well. Those that had the flag before are not to be given. A repetition, which has the same
// word, lifts no mark that was made meanwhile.
func (x Calls) LiftMark(ctx context.Context, id, word string, rows ...int) error {
	_, err := x.beginAs(ctx, id, [3]string{liftMark, word}, rows)
	return err
}

func (x Calls) begin(ctx context.Context, id, how string, gates []qflow.Gate, rows []int) (BeginResult, error) {
	return x.beginAs(ctx, id, [3]string{how, names(gates)}, rows)
}

func (x Calls) beginAs(ctx context.Context, id string, how [3]string, rows []int) (BeginResult, error) {
	asked := time.Now()
	r := &request{id: id, runs: []run{{rows, how}}, rows: len(rows)}
	if err := x.ledger.commit(ctx, r); err != nil {
		return BeginResult{}, fmt.Errorf("begin rows of import %s: %w", id, err)
	}
	b := r.begun(len(rows))
	if server := r.text(5); server != "" {
		b.RolledBack = x.ledger.Journal.changed(server, asked)
	}
	x.ledger.Journal.begun(id, how[0], rows, b.Rows)
	return b, nil
}

// begun reads what begin.lua has returned for so many rows.
func (r *request) begun(rows int) BeginResult {
	b := BeginResult{Stopped: r.text(3), ClosedGate: qflow.Gate(r.text(6 + r.run)), Salt: r.text(4)}
	if b.ClosedGate == sendWindow {
		b.ClosedGate, b.WindowClosed = "", true
	}
	b.Rows = make([]BegunRow, rows)
	before, oks, shut := r.part(0), r.part(1), r.part(2)
	for i := range len(before) { // by byte, not by rune
		b.Rows[i] = BegunRow{Before: RowByte(before[i]), OK: oks[i] == '1', GateClosedSince: shut[i] == '1'}
	}
	return b
}

// arguments returns the keys and arguments of begin.lua.
func (x Calls) arguments(id string, runs []run) (keys []string, args []any) {
	k := x.keys
	args = append(make([]any, 0, 1+3*len(runs)), callTTL.Milliseconds())
	for _, r := range runs {
		args = append(args, places(r.rows), r.how[0], r.how[1])
	}
	return []string{k.Import(id), k.Rows(id), k.gates(), k.epochs(id)}, args
}

func names(gates []qflow.Gate) string {
	b := make([]byte, 0, 64*len(gates)) // those of an event have its id
	for i, g := range gates {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, g...)
	}
	return string(b)
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
