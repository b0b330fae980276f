package ledger

import (
	"context"
	"fmt"

	"guestflow/importer/reason"
)

// Why a person stopped an import. The last check before every call reads it, so it holds for the whole fleet at once.
const (
	StoppedPaused    = "paused"
	StoppedCancelled = "cancelled"
)

// Pause stops an import until it is resumed. Calls in flight end normally.
func (l *Ledger) Pause(ctx context.Context, id string) error {
	return l.setStopped(ctx, id, StoppedPaused)
}

// Resume lets a paused import go on. A cancelled one stays cancelled: its rows are settled.
func (l *Ledger) Resume(ctx context.Context, id string) error {
	if err := l.redis.HDel(ctx, l.keys.Import(id), "stopped").Err(); err != nil {
		return fmt.Errorf("resume import %s: %w", id, err)
	}
	return nil
}

// CancelledRows is how many rows were cancelled.
type CancelledRows struct {
	Queued int // enqueued, and waiting
	New    int // never enqueued
}

// Cancel stops an import for good and cancels the rows that wait. A row whose call is in flight ends as that call ends.
func (l *Ledger) Cancel(ctx context.Context, id string) (CancelledRows, error) {
	if err := l.setStopped(ctx, id, StoppedCancelled); err != nil {
		return CancelledRows{}, err
	}
	waiting := func(s State) bool { return s.Class() == Open && s != Sending }
	return l.cancelRows(ctx, id, Reason{Code: reason.Cancelled}, waiting)
}

// cancelRows cancels the rows that are in some states.
func (l *Ledger) cancelRows(
	ctx context.Context, id string, why Reason, wanted func(State) bool,
) (cancelled CancelledRows, err error) {
	err = l.EachWindow(ctx, id, func(first int, bytes []RowByte) error {
		var moves []Move
		for i, b := range bytes {
			if wanted(b.State()) {
				moves = append(moves, Move{Row: first + i, To: Cancelled, Reason: why})
			}
		}
		moved, _, err := l.Move(ctx, id, moves)
		for _, m := range moved {
			switch {
			case !m.OK:
			case m.Before.State() == New:
				cancelled.New++
			default:
				cancelled.Queued++
			}
		}
		return err
	})
	return cancelled, err
}

func (l *Ledger) setStopped(ctx context.Context, id, why string) error {
	if err := l.set(ctx, id, "stopped", why); err != nil {
		return fmt.Errorf("stop import %s: %w", id, err)
	}
	return nil
}

// Stopped returns why a person stopped an import, or "".
func (l *Ledger) Stopped(ctx context.Context, id string) (string, error) {
	b, err := l.Calls.Look(ctx, id)
	return b.Stopped, err
}

// CancelWaiting cancels rows that wait, and of which nothing was begun that may have queued an email. It reports for
// which it did.
func (l *Ledger) CancelWaiting(ctx context.Context, id string, rows []int) (cancelled []bool, err error) {
	moves := make([]Move, len(rows))
	for i, row := range rows {
		moves[i] = Move{Row: row, To: Cancelled, Unbegun: true, Reason: Reason{Code: reason.Cancelled}}
	}
	moved, _, err := l.Move(ctx, id, moves)
	cancelled = make([]bool, len(rows))
	for i, m := range moved {
		cancelled[i] = m.OK
	}
	return cancelled, err
}
