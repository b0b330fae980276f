package worker

import (
	"context"
	"slices"

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
func (h *Handler) closeGate(ctx context.Context, w *work, g qflow.Gate, code string) error {
	code = ledger.Code(ledger.Parked, code) // people without a right to see guests read it
	closed, err := h.gates.Close(ctx, g, code)
	if err != nil {
		return err
	}
	if closed {
		h.observer.gate(g, true)
		h.log.WarnContext(ctx, "gate closed: "+gate.Meaning(g), "gate", g, "code", code)
	}
	return h.park(ctx, w, g)
}

// park writes the rows that a closed gate blocks down as parked; the chunk then goes to the gate's parked queue.
func (h *Handler) park(ctx context.Context, w *work, g qflow.Gate) error {
	if err := h.holdFirst(ctx, g); err != nil {
		return err
	}
	which := wantsEmail
	if slices.Contains(writeGates, g) {
		which = anyJob
	} else if h.createFirst {
		if err := h.writeAhead(ctx, w); err != nil {
			return err
		}
		which = func(j *job) bool { return wantsEmail(j) && !owesWrite(j) }
	}
	var moves []ledger.Move
	for _, j := range w.left(which) {
		to := ledger.Parked
		if j.viaSend() || j.mark.State() == ledger.ParkedTried {
			to = ledger.ParkedTried
		}
		j.settled = true
		w.parkedAt(g)
		if j.mark.State() != to {
			moves = append(moves, j.move(to, ledger.Reason{Code: string(g) + "_gate", Text: "waits for the " + string(g) + " gate"}))
		}
	}
	return h.record(ctx, w.ref, moves)
}

// holdFirst pauses the gate's queue before anything is put into it, so that nothing comes straight back. It does so once for
// each closing: somebody who unpauses the queue meanwhile wants a probe, and is not to be overruled by a chunk that comes late.
func (h *Handler) holdFirst(ctx context.Context, g qflow.Gate) error {
	closed, err := h.gates.Closed(ctx)
	if err != nil {
		return err
	}
	for _, c := range closed {
		if c.Gate == g && !c.Held {
			if err := h.queues.Hold(ctx, g); err != nil {
				return err
			}
			return h.gates.SetHeld(ctx, g)
		}
	}
	return nil // held, or open by now: then what is parked comes straight back, as it should
}

// writeAhead puts the guests of parked emails on the door list. They are marked Tried first: from then on the guest may
// exist, and an atomic call for a guest that exists may queue no email; its email goes by /comms/send.
func (h *Handler) writeAhead(ctx context.Context, w *work) error {
	var moves []ledger.Move
	byEvent := map[string][]*job{}
	for _, j := range w.jobs {
		if !wantsAhead(j) {
			continue
		}
		m := j.move(j.mark.State(), ledger.Reason{})
		m.Set = ledger.Tried
		moves = append(moves, m)
		j.mark = j.mark.With(j.mark.State(), ledger.Tried, 0)
		byEvent[j.Guest.EventID] = append(byEvent[j.Guest.EventID], j)
	}
	if err := h.record(ctx, w.ref, moves); err != nil {
		return err
	}
	for event, jobs := range byEvent {
		if err := h.write(ctx, w, event, jobs); err != nil {
			return err
		}
	}
	return nil
}

// wantsAhead: rows that are new to their gate, or were just turned away by it. One with an attempt behind it whose answer was
// lost goes by the atomic call again, and needs no other.
func wantsAhead(j *job) bool {
	return wantsEmail(j) && !j.written && !j.mark.Has(ledger.MaybeSent) && (owesWrite(j) || j.turnedAway)
}

// owesWrite: the row goes on to be written, and is parked only then. Those that are parked already wait as they are.
func owesWrite(j *job) bool {
	return !j.settled && !j.written && j.mark.State() == ledger.Queued && !j.mark.Has(ledger.MaybeSent)
}
