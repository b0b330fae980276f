package ledger

import (
	"context"
	"fmt"
)

// Why a person stopped an import. The last look before every call reads it, so it holds for the whole fleet at once.
const (
	StoppedPaused    = "paused"
	StoppedCancelled = "cancelled"
)

// steerWindow is how many rows are looked at in one round trip.
const steerWindow = 1000

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

// CancelledRows is how many rows a cancel has cancelled.
type CancelledRows struct {
	Queued int // they were waiting for their turn
	New    int // they were never enqueued
}

// Cancel stops an import for good and returns how many rows it has cancelled: those that were waiting. A row whose call is in flight ends as
// that call ends.
func (l *Ledger) Cancel(ctx context.Context, id string) (CancelledRows, error) {
	var ended CancelledRows
	if err := l.setStopped(ctx, id, StoppedCancelled); err != nil {
		return ended, err
	}
	err := l.EachWindow(ctx, id, func(first int, marks []RowByte) error {
		var moves []Move
		for i, m := range marks {
			if s := m.State(); s.Class() == Open && s != Sending {
				moves = append(moves, Move{Row: first + i, To: Cancelled, Reason: Reason{Code: StoppedCancelled}})
			}
		}
		moved, _, err := l.Move(ctx, id, moves)
		for _, m := range moved {
			switch {
			case !m.OK:
			case m.Before.State() == New:
				ended.New++
			default:
				ended.Queued++
			}
		}
		return err
	})
	return ended, err
}

func (l *Ledger) setStopped(ctx context.Context, id, why string) error {
	if err := l.set(ctx, id, "stopped", why); err != nil {
		return fmt.Errorf("stop import %s: %w", id, err)
	}
	return nil
}
