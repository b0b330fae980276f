package operate

import (
	"context"
	"fmt"

	"guestflow/importer"
	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
)

// Life is all that is known of one row.
type Life struct {
	Import      ledger.Import
	Row         int
	Line        int
	Mark        ledger.Mark
	Reason      ledger.Reason
	Tries       int
	Task        string // of Asynq, which carries the row's chunk, as it was first called
	Queue       string
	Correlation string           // by which Qflow's webhooks name its email, and our log the row
	Attempts    []ledger.Attempt // that did not go through at once
	Events      []ledger.Mail
	Header      []string // of the file, with Cells
	Cells       []string
	Unread      string // why there are no cells
}

// Sent tells whether the row was ever handed to the workers.
func (l Life) Sent() bool {
	s := l.Mark.State()
	return s != ledger.New && s != ledger.Rejected
}

// Life tells of a row; with its cells only where asked for, since they are the guest's.
func (a *Account) Life(ctx context.Context, id string, row int, cells bool) (Life, error) {
	imp, err := a.Ledger.Import(ctx, id)
	if err != nil {
		return Life{}, err
	}
	if row < 1 || row > imp.Rows {
		return Life{}, fmt.Errorf("row %d of import %s: %w", row, id, ledger.ErrNotFound)
	}
	l := Life{Import: imp, Row: row, Correlation: ledger.CorrelationID(a.Name(), id, row).String()}
	if imp.Chunk > 0 {
		l.Task = chunk.Ref{Import: id, Chunk: (row - 1) / imp.Chunk}.TaskID()
		l.Queue = chunk.Lane(imp.Lane).Queue(a.Name())
	}
	marks, err := a.Ledger.Marks(ctx, id, row, row)
	if err != nil {
		return l, err
	}
	l.Mark = marks[0]
	reasons, err := a.Ledger.Reasons(ctx, id, []int{row})
	if err != nil {
		return l, err
	}
	l.Reason, l.Line = reasons[0], reasons[0].Line
	tries, err := a.Ledger.Tries(ctx, id, []int{row})
	if err != nil {
		return l, err
	}
	l.Tries = tries[0]
	if l.Attempts, err = a.Ledger.Attempts(ctx, id, row); err != nil {
		return l, err
	}
	if l.Events, err = a.Ledger.Events(ctx, ledger.Owner{Import: id, Row: row}); err != nil {
		return l, err
	}
	if cells {
		l.read(imp)
	}
	return l, nil
}

// read takes the row's cells from the file, if that is still there.
func (l *Life) read(imp ledger.Import) {
	header, rows, done, err := importer.SourceSheet(imp.Source, imp.SHA256, imp.Sheet)
	if err != nil {
		l.Unread = "the file is no longer there, or no longer as it was imported"
		return
	}
	defer done() //nolint:errcheck // only read
	l.Header = header
	for row, err := range rows {
		if err != nil {
			l.Unread = "the file cannot be read up to this row"
			return
		}
		if row.Row == l.Row {
			l.Line, l.Cells = row.Line, row.Cells
			return
		}
	}
}
