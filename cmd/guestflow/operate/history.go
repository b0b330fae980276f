package operate

import (
	"context"
	"fmt"
	"time"

	"guestflow/importer"
	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
)

// RowHistory is all that the books know of one row.
type RowHistory struct {
	Import        ledger.Import
	Row           int
	Mark          ledger.RowByte
	Reason        ledger.Reason
	Tries         int
	Tasks         string      // how Asynq's names of the tasks begin that carry its chunk, one after the other; "" if there is no chunk
	Task          chunk.Found // the one that is in a queue; none of its fields are set if none was found
	Correlation   string      // by which Qflow's webhooks name its email, and our log the row
	Steps         []Step      // what happened to it, the first first
	EmailReported bool        // by Qflow, of its email
}

// Step is one thing that happened to a row.
type Step struct {
	ledger.Span
	What string `json:"what"`
}

// Enqueued tells whether the row was ever handed to the workers.
func (l RowHistory) Enqueued() bool {
	s := l.Mark.State()
	return s != ledger.New && s != ledger.Rejected
}

// RowHistory tells of a row.
func (a *Account) RowHistory(ctx context.Context, id string, row int) (RowHistory, error) {
	imp, err := a.Ledger.Import(ctx, id)
	if err != nil {
		return RowHistory{}, err
	}
	if row < 1 || row > imp.Rows {
		return RowHistory{}, fmt.Errorf("row %d of import %s: %w", row, id, ledger.ErrNotFound)
	}
	l := RowHistory{Import: imp, Row: row, Correlation: imp.CorrelationID(row).String()}
	if imp.Chunk > 0 {
		l.Tasks = fmt.Sprintf("%s:%d:", id, (row-1)/imp.Chunk)
	}
	marks, err := a.Ledger.RowBytes(ctx, id, row, row)
	if err != nil {
		return l, err
	}
	l.Mark = marks[0]
	if l.Tasks != "" && l.Enqueued() {
		if l.Task, _, err = a.Queues.Find(ctx, chunk.Lane(imp.Lane), id, (row-1)/imp.Chunk); err != nil {
			return l, err
		}
	}
	reasons, err := a.Ledger.Reasons(ctx, id, []int{row})
	if err != nil {
		return l, err
	}
	l.Reason = reasons[0]
	tries, err := a.Ledger.Tries(ctx, id, []int{row})
	if err != nil {
		return l, err
	}
	l.Tries = tries[0]
	err = a.addSteps(ctx, &l)
	return l, err
}

// addSteps tells what happened to a row: what is kept of all of them, the calls that did not go through at once, and what Qflow has told
// of its email.
func (a *Account) addSteps(ctx context.Context, l *RowHistory) error {
	times, err := a.Ledger.Times(ctx, l.Import, l.Row)
	if err != nil {
		return err
	}
	calls, err := a.Ledger.Attempts(ctx, l.Import.ID, l.Row)
	if err != nil {
		return err
	}
	events, err := a.Ledger.Events(ctx, ledger.Owner{Import: l.Import.ID, Row: l.Row})
	if err != nil {
		return err
	}
	if l.Enqueued() && !times.Placed.IsZero() {
		l.Steps = append(l.Steps, Step{times.Placed, "placed in line"})
	}
	l.Steps = append(l.Steps, mergeOutcome(calls, times.Settled, l.Mark.State(), ledger.Settlement(l.Mark, l.Reason))...)
	for _, e := range events {
		l.Steps = append(l.Steps, Step{ledger.Span{From: e.At, To: e.At}, "email " + string(e.Kind)})
	}
	l.EmailReported = len(events) > 0
	return nil
}

// mergeOutcome puts a row's end among its calls, unless the last of them is that end.
func mergeOutcome(calls []ledger.Attempt, settled ledger.Span, state ledger.State, end string) []Step {
	var steps []Step
	wanted := !settled.IsZero()
	for n, c := range calls {
		at := c.At.Truncate(time.Second)
		if wanted && at.After(settled.To) {
			steps, wanted = append(steps, Step{settled, end}), false
		}
		if n == len(calls)-1 && !at.Before(settled.From) && settledByCall(state) {
			wanted = false
		}
		steps = append(steps, Step{ledger.Span{From: c.At, To: c.At}, c.Call})
	}
	if wanted {
		steps = append(steps, Step{settled, end})
	}
	return steps
}

// settledByCall tells whether it was a call that led to a state, and not a person or another row.
func settledByCall(s ledger.State) bool {
	return s.Class() != ledger.Open && s != ledger.Cancelled && s != ledger.Unchanged && s != ledger.Rejected
}

// FileRow is where a row stands in its file, and what stands there, which is the guest's.
type FileRow struct {
	Line          int
	Header, Cells []string
	Unreadable    string // why there are none
}

// FindRow reads a file up to one of its rows: a second for a million of them.
func FindRow(ctx context.Context, imp ledger.Import, row int) (FileRow, error) {
	header, rows, done, err := importer.SourceSheet(ctx, imp.Source, imp.SHA256, importer.TableOptions(imp.Reading))
	if err != nil {
		return FileRow{Unreadable: "the file is no longer there, or no longer as it was imported"}, nil
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
