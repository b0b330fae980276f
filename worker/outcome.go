package worker

import (
	"context"
	"log/slog"
	"strconv"

	"guestflow/importer/ledger"
	"guestflow/qflow"
)

// record writes down a decision for the rows that one call was about, and does what it says for the rest.
func (h *handler) record(ctx context.Context, b *batch, jobs []*job, way string, out qflow.Outcome, d decision) error {
	moves := make([]ledger.Move, len(jobs))
	for i, j := range jobs {
		moves[i] = j.outcomeMove(way, out, d)
		j.apply(way, out, d)
	}
	if err := h.commitOutcome(ctx, b, jobs[0], way, out, d, moves); err != nil {
		return err
	}
	h.logRows(ctx, b, jobs, moves, out)
	if way == ledger.BySend && (d.next == retryLater || d.next == park) {
		if err := h.cancelReturned(ctx, b, jobs); err != nil {
			return err
		}
	}
	return h.follow(ctx, b, jobs[0], way, out, d)
}

func (h *handler) commitOutcome(ctx context.Context, b *batch, j *job, way string, out qflow.Outcome, d decision,
	moves []ledger.Move) error {
	if b.overlaps && mayOverlap(way, out, d) {
		j.writing = h.recorder.start(ctx, b.ref, moves)
		return nil
	}
	return h.recorder.commit(ctx, b.ref, moves)
}

// follow does what a decision says for the batch, the gates and the fleet. j is one of the rows that the call was
// about.
func (h *handler) follow(ctx context.Context, b *batch, j *job, way string, out qflow.Outcome, d decision) error {
	switch d.next {
	case retryLater:
		b.postpone(backoff(j.tries), summary(out))
	case park:
		b.waitFor(part(d.gate, j, way))
		return h.closeGate(ctx, b, d.gate, j, way, out)
	case retryNow:
		if d.pause {
			return h.caller.pauseFleet(ctx, d.wait, b.ref.Import)
		}
		return nil
	case done:
	}
	if way == ledger.BySend && out.Kind == qflow.Ambiguous { // the next row would be unknown, too
		return h.closeGate(ctx, b, qflow.GateSend, j, way, out)
	}
	return nil
}

// isClear reports whether Qflow has said clearly what became of a call.
func isClear(out qflow.Outcome) bool {
	return out.Kind == qflow.Accepted || out.Kind == qflow.Refused || out.Kind == qflow.GateClosed
}

// summary returns an outcome as a row's history keeps it: words of ours alone, since Qflow's may quote a guest.
func summary(out qflow.Outcome) string {
	words := out.Kind.String()
	if out.Gate != "" {
		words += " " + string(out.Gate)
	}
	if out.Status != 0 {
		words += " " + strconv.Itoa(out.Status)
	}
	return words
}

// logRows logs what became of each row of a call at the debug level: a file has too many rows for more. Qflow's code is
// in the ledger, since a guest's name may stand in its place.
func (h *handler) logRows(ctx context.Context, b *batch, jobs []*job, moves []ledger.Move, out qflow.Outcome) {
	if !h.log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	for i, m := range moves {
		h.log.LogAttrs(ctx, slog.LevelDebug, "row called", ledger.RowAttr(b.ref.Account, b.ref.Import, b.salt, m.Row),
			slog.Int("line", jobs[i].Line),
			slog.String("outcome", out.Kind.String()), slog.Int("status", out.Status), slog.String("state",
				m.To.String()), slog.Int("tries", jobs[i].tries))
	}
}
