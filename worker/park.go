package worker

import (
	"context"
	"slices"

	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/qflow"
	"guestflow/worker/gate"
)

// stopAtGates parks what a closed gate blocks before anything is spent on it: no budget, no token, no call.
func (h *Handler) stopAtGates(ctx context.Context, w *work) error {
	closed, err := h.gates.Closed(ctx)
	if err != nil {
		return err
	}
	for _, c := range closed {
		if err := h.park(ctx, w, c.Gate); err != nil {
			return err
		}
	}
	return nil
}

// closeGate closes a gate that an answer has shown to be closed, and parks what it blocks. One process of the fleet says so.
func (h *Handler) closeGate(ctx context.Context, w *work, g qflow.Gate, code, text string) error {
	closed, err := h.gates.Close(ctx, g, code, text)
	if err != nil {
		return err
	}
	if closed {
		h.log.Warn("gate closed: "+gate.Meaning(g), "gate", g, "code", code, "said", text)
	}
	return h.park(ctx, w, g)
}

// park writes the rows that a closed gate blocks down as parked; the chunk then goes to the parked queue.
func (h *Handler) park(ctx context.Context, w *work, g qflow.Gate) error {
	// The queue is paused before anything is put into it, so that nothing comes straight back.
	if err := h.pauseParked(); err != nil {
		return err
	}
	which := wantsEmail
	if slices.Contains(writeGates, g) {
		which = anyJob
	}
	var moves []ledger.Move
	for _, j := range w.left(which) {
		to := ledger.Parked
		if j.viaSend() || j.mark.State() == ledger.ParkedTried {
			to = ledger.ParkedTried
		}
		j.settled, w.parked = true, true
		if j.mark.State() != to {
			moves = append(moves, j.move(to, ledger.Reason{Code: string(g) + "_gate", Text: "waits for the " + string(g) + " gate"}))
		}
	}
	return h.record(ctx, w.ref, moves)
}

func (h *Handler) pauseParked() error {
	queue := chunk.ParkedQueue(h.ledger.Account())
	if _, paused, err := chunk.Waiting(h.inspector, queue); err != nil || paused {
		return err
	}
	// Asynq's error does not say whether another process was faster, which is no error. The keeper looks again.
	_ = h.inspector.PauseQueue(queue)
	return nil
}
