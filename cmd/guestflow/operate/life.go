package operate

import (
	"context"
	"fmt"
	"time"

	"guestflow/importer"
	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
)

// Life is all that the books know of one row.
type Life struct {
	Import      ledger.Import
	Row         int
	Mark        ledger.RowByte
	Reason      ledger.Reason
	Tries       int
	Tasks       string      // how Asynq's names of the tasks begin that carry its chunk, one after the other; "" if there is no chunk
	Task        chunk.Found // the one that is in a queue; none of its fields are set if none was found
	Correlation string      // by which Qflow's webhooks name its email, and our log the row
	Steps       []Step      // what happened to it, the first first
	Told        bool        // by Qflow, of its email
}

// Step is one thing that happened to a row.
type Step struct {
	ledger.Span
	What string `json:"what"`
}

// Sent tells whether the row was ever handed to the workers.
func (l Life) Sent() bool {
	s := l.Mark.State()
	return s != ledger.New && s != ledger.Rejected
}

// Life tells of a row.
func (a *Account) Life(ctx context.Context, id string, row int) (Life, error) {
	imp, err := a.Ledger.Import(ctx, id)
	if err != nil {
		return Life{}, err
	}
	if row < 1 || row > imp.Rows {
		return Life{}, fmt.Errorf("row %d of import %s: %w", row, id, ledger.ErrNotFound)
	}
	l := Life{Import: imp, Row: row, Correlation: imp.CorrelationID(row).String()}
	if imp.Chunk > 0 {
		l.Tasks = fmt.Sprintf("%s:%d:", id, (row-1)/imp.Chunk)
	}
	marks, err := a.Ledger.RowBytes(ctx, id, row, row)
	if err != nil {
		return l, err
	}
	l.Mark = marks[0]
	if l.Tasks != "" && l.Sent() {
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
	err = a.story(ctx, &l)
	return l, err
}

// story tells what happened to a row: what is kept of all of them, the calls that did not go through at once, and what Qflow has told
// of its email.
func (a *Account) story(ctx context.Context, l *Life) error {
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
	if l.Sent() && !times.Placed.IsZero() {
		l.Steps = append(l.Steps, Step{times.Placed, "placed in line"})
	}
	l.Steps = append(l.Steps, called(calls, times.Settled, l.Mark.State(), ledger.Settlement(l.Mark, l.Reason))...)
	for _, e := range events {
		l.Steps = append(l.Steps, Step{ledger.Span{From: e.At, To: e.At}, "email " + string(e.Kind)})
	}
	l.Told = len(events) > 0
	return nil
}

// called puts a row's end among its calls, unless the last of them is that end.
func called(calls []ledger.Attempt, settled ledger.Span, state ledger.State, end string) []Step {
	var steps []Step
	wanted := !settled.IsZero()
	for n, c := range calls {
		at := c.At.Truncate(time.Second)
		if wanted && at.After(settled.To) {
			steps, wanted = append(steps, Step{settled, end}), false
		}
		if n == len(calls)-1 && !at.Before(settled.From) && byCall(state) {
			wanted = false
		}
		steps = append(steps, Step{ledger.Span{From: c.At, To: c.At}, c.Call})
	}
	if wanted {
		steps = append(steps, Step{settled, end})
	}
	return steps
}

// byCall tells whether it was a call that led to a state, and not a person or another row.
func byCall(s ledger.State) bool {
	return s.Class() != ledger.Open && s != ledger.Cancelled && s != ledger.Unchanged && s != ledger.Rejected
}

// Place is where a row stands in its file, and what stands there, which is the guest's.
type Place struct {
	Line          int
	Header, Cells []string
	Unread        string // why there are none
}

// FindRow reads a file up to one of its rows: a second for a million of them.
func FindRow(ctx context.Context, imp ledger.Import, row int) (Place, error) {
	header, rows, done, err := importer.SourceSheet(ctx, imp.Source, imp.SHA256, importer.ReadingOf(imp))
	if err != nil {
		return Place{Unread: "the file is no longer there, or no longer as it was imported"}, nil
	}
	defer done() //nolint:errcheck // only read
	for r, err := range rows {
		switch {
		case err != nil:
			return Place{Unread: "the file cannot be read up to this row"}, nil
		case r.Row == row:
			return Place{Line: r.Line, Header: header, Cells: r.Cells}, nil
		case r.Row%1000 == 0 && ctx.Err() != nil:
			return Place{}, ctx.Err()
		}
	}
	return Place{Unread: "the file has no such row"}, nil
}
