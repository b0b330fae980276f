package operate

import (
	"context"
	"fmt"
	"time"

	"guestflow/importer/advice"
	"guestflow/importer/chunk"
	"guestflow/importer/emailevent"
	"guestflow/importer/ledger"
	"guestflow/importer/queue"
	"guestflow/importer/reread"
	"guestflow/importer/spool"
)

// RowHistory is everything that the ledger knows of one row.
type RowHistory struct {
	Import        ledger.Import
	Row           int
	Byte          ledger.RowByte
	Reason        ledger.Reason
	Tries         int
	Tasks         string      // common prefix of the ids of the tasks that carried its chunk; "" if it has none
	Task          queue.Found // the one that is in a queue; zero if there is none
	Correlation   string      // the id of its email in Qflow's webhooks, and of the row in logs
	Steps         []Step      // oldest first
	EmailReported bool        // Qflow has reported on its email
}

// Step is one event in a row's history.
type Step struct {
	ledger.Span
	What string `json:"what"`
}

// State is the state of the row now.
func (h RowHistory) State() ledger.State { return h.Byte.State() }

// Enqueued reports whether the row was ever queued for the workers.
func (h RowHistory) Enqueued() bool {
	s := h.State()
	return s != ledger.New && s != ledger.Rejected && s != ledger.Filtered
}

// RowHistory reads the history of a row.
func (a *Account) RowHistory(ctx context.Context, id string, row int) (RowHistory, error) {
	imp, err := a.Ledger.Import(ctx, id)
	if err != nil {
		return RowHistory{}, err
	}
	if row < 1 || row > imp.Rows {
		return RowHistory{}, fmt.Errorf("row %d of import %s: %w", row, id, ledger.ErrNotFound)
	}
	h := RowHistory{Import: imp, Row: row, Correlation: imp.CorrelationID(row).String()}
	if imp.Chunk > 0 {
		h.Tasks = fmt.Sprintf("%s:%d:", id, (row-1)/imp.Chunk)
	}
	if err := a.readRow(ctx, &h); err != nil {
		return h, err
	}
	if h.Tasks != "" && h.Enqueued() {
		if h.Task, _, err = a.Queues.Find(ctx, chunk.Lane(imp.Lane), id, (row-1)/imp.Chunk); err != nil {
			return h, err
		}
	}
	err = a.addSteps(ctx, &h)
	return h, err
}

// readRow reads what the ledger keeps of the row as it is now.
func (a *Account) readRow(ctx context.Context, h *RowHistory) error {
	states, err := a.Ledger.RowBytes(ctx, h.Import.ID, h.Row, h.Row)
	if err != nil {
		return err
	}
	reasons, err := a.Ledger.Reasons(ctx, h.Import.ID, []int{h.Row})
	if err != nil {
		return err
	}
	tries, err := a.Ledger.Tries(ctx, h.Import.ID, []int{h.Row})
	if err != nil {
		return err
	}
	h.Byte, h.Tries = states[0], tries[0]
	h.Reason = h.Import.Reason(h.State(), reasons[0])
	return nil
}

// addSteps adds what is kept of every row, the calls that did not succeed at once, and what Qflow has reported on the
// email.
func (a *Account) addSteps(ctx context.Context, h *RowHistory) error {
	times, err := a.Ledger.Times(ctx, h.Import, h.Row)
	if err != nil {
		return err
	}
	calls, err := a.Ledger.Attempts(ctx, h.Import.ID, h.Row)
	if err != nil {
		return err
	}
	events, err := emailevent.For(a.Ledger).List(ctx, ledger.Owner{Import: h.Import.ID, Row: h.Row})
	if err != nil {
		return err
	}
	if h.Enqueued() && !times.Placed.IsZero() {
		h.Steps = append(h.Steps, Step{times.Placed, "queued"})
	}
	h.Steps = append(h.Steps, mergeOutcome(calls, times.Settled, h.State(), advice.Settlement(h.Byte, h.Reason))...)
	for _, e := range events {
		h.Steps = append(h.Steps, Step{ledger.Span{From: e.At, To: e.At}, "email " + string(e.Kind)})
	}
	h.EmailReported = len(events) > 0
	return nil
}

// mergeOutcome inserts a row's outcome into its calls, unless the last call is that outcome.
func mergeOutcome(calls []ledger.Attempt, settled ledger.Span, state ledger.State, outcome string) []Step {
	var steps []Step
	pending := !settled.IsZero()
	for n, c := range calls {
		at := c.At.Truncate(time.Second)
		if pending && at.After(settled.To) {
			steps, pending = append(steps, Step{settled, outcome}), false
		}
		if n == len(calls)-1 && !at.Before(settled.From) && settledByCall(state) {
			pending = false
		}
		steps = append(steps, Step{ledger.Span{From: c.At, To: c.At}, c.Call})
	}
	if pending {
		steps = append(steps, Step{settled, outcome})
	}
	return steps
}

// settledByCall reports whether a call leads to the state, and not an operator or another row.
func settledByCall(s ledger.State) bool {
	switch s {
	case ledger.Cancelled, ledger.Filtered, ledger.Unchanged, ledger.Rejected:
		return false
	default:
		return s.Class() != ledger.Open
	}
}

// FileRow is a row as it is in its file. Its cells are guests' data.
type FileRow struct {
	Line          int
	Header, Cells []string
	Unreadable    string // why there are no cells
}

// FindRow reads a file up to one of its rows, which takes a second for a million of them.
func FindRow(ctx context.Context, imp ledger.Import, row int) (FileRow, error) {
	header, rows, done, err := reread.SourceSheet(ctx, spool.Locate(imp.Source), imp.SHA256, imp.Reading)
	if err != nil {
		return FileRow{Unreadable: "the file is gone, or has changed since the import"}, nil
	}
	defer done() //nolint:errcheck // only read
	for r, err := range rows {
		switch {
		case err != nil:
			return FileRow{Unreadable: "the file cannot be read up to this row"}, nil
		case r.Row == row:
			return FileRow{Line: r.Line, Header: header, Cells: r.Cells}, nil
		case r.Row%1000 == 0 && ctx.Err() != nil:
			return FileRow{}, ctx.Err()
		}
	}
	return FileRow{Unreadable: "the file has no such row"}, nil
}
