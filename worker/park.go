package worker

import (
	"context"
	"slices"
	"strings"

	"guestflow/importer/ledger"
	"guestflow/qflow"
	"guestflow/worker/gate"
)

// stopAtGates parks what a closed gate blocks before anything is spent on it: no budget, no token, no call.
func (h *handler) stopAtGates(ctx context.Context, w *work) error {
	closed, err := h.gates.Closed(ctx)
	if err != nil {
		return err
	}
	for _, c := range closed {
		if err := h.park(ctx, w, c.Name()); err != nil {
			return err
		}
	}
	return nil
}

// part narrows a gate to what an answer has shown. Qflow's codes for trust and comms speak of the account. A 403 that nobody
// knows may be about the event or the template that was called, and is taken for the account's when a second event meets it.
func part(g qflow.Gate, j *job, way string) qflow.Gate {
	switch {
	case g != qflow.GatePlan:
		return g
	case way == ledger.ByGuests: // names no template
		return g.For(j.Guest.EventID, "")
	}
	return g.For(j.Guest.EventID, j.Guest.TemplateID)
}

// stops adds to gates the parts of them that stop a call, and for a row that goes by /comms/send the gate of that.
func stops(gates []qflow.Gate, event, template string, viaSend bool) []qflow.Gate {
	if gates == nil { // a probe
		return nil
	}
	all := append(slices.Clone(gates), qflow.GatePlan.For(event, ""))
	if template != "" {
		all = append(all, qflow.GatePlan.For(event, template))
	}
	if viaSend {
		all = append(all, qflow.GateSend)
	}
	return all
}

// closeGate closes a gate that the answer to a row's call has shown to be closed, and parks what it blocks. One process of the
// fleet says so.
func (h *handler) closeGate(ctx context.Context, w *work, g qflow.Gate, j *job, way string, out qflow.Outcome) error {
	name := part(g, j, way)
	raw, text := out.Reason()
	why := gate.Cause{
		Code:   ledger.Code(ledger.Parked, raw), // people without a right to see guests read it
		Import: w.ref.Import,
		Detail: strings.TrimSpace(raw + " " + text),
	}
	closed, err := h.gates.CloseFor(ctx, name, why)
	if err != nil {
		return err
	}
	if closed != "" {
		h.observer.gate(g, true)
		event, template := closed.Part()
		c := gate.Closed{Gate: g, Event: event, Template: template}
		h.log.WarnContext(ctx, "gate closed: "+c.Meaning(), "gate", g, "of", closed.Title(), "code", why.Code, "import", w.ref.Import)
		name = closed
	}
	return h.park(ctx, w, name)
}

// park writes the rows that a closed gate blocks down as parked; the chunk then goes to the gate's parked queue.
func (h *handler) park(ctx context.Context, w *work, name qflow.Gate) error {
	g := name.Kind()
	if err := h.holdFirst(ctx, g); err != nil {
		return err
	}
	which := func(j *job) bool { return blocks(name, j) }
	if h.createFirst && (g == qflow.GateComms || g == qflow.GateTrust) {
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
		w.parkedAt(name)
		if j.mark.State() != to {
			moves = append(moves, j.move(to, ledger.Reason{Code: string(g) + "_gate", Text: "waits for the " + string(g) + " gate"}))
		}
	}
	return h.record(ctx, w.ref, moves)
}

// holdFirst pauses the gate's queue before anything is put into it, so that nothing comes straight back. It does so once for
// each closing: somebody who unpauses the queue meanwhile wants a probe, and is not to be overruled by a chunk that comes late.
func (h *handler) holdFirst(ctx context.Context, g qflow.Gate) error {
	closed, err := h.gates.Closed(ctx)
	if err != nil {
		return err
	}
	for _, c := range closed {
		if c.Gate == g && !c.QueuePaused {
			if err := h.queues.Hold(ctx, g); err != nil {
				return err
			}
			return h.gates.SetQueuePaused(ctx, g)
		}
	}
	return nil // held, or open by now: then what is parked comes straight back, as it should
}

// missed looks whether a gate, or the part of it that a chunk was parked for, has opened just before the chunk came: it would
// wait behind another part's gate then.
func (h *handler) missed(ctx context.Context, name qflow.Gate) error {
	if name.Kind() != qflow.GatePlan { // it has no parts, and its queue is released when it opens
		return nil
	}
	closed, err := h.gates.Closed(ctx)
	if err != nil {
		return err
	}
	held := of(closed, name.Kind())
	if len(held) == 0 || slices.ContainsFunc(held, func(c gate.Closed) bool { return c.Event == "" || c.Name() == name }) {
		return nil
	}
	return h.gates.MarkMixed(ctx, name)
}

// writeAhead puts the guests of parked emails on the door list. They are marked Tried first: from then on the guest may
// exist, and an atomic call for a guest that exists may queue no email; its email goes by /comms/send.
func (h *handler) writeAhead(ctx context.Context, w *work) error {
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
	return wantsEmail(j) && ownsContent(j) && !j.written && !j.mark.HasFlag(ledger.MaybeSent) && (owesWrite(j) || j.turnedAway)
}

// owesWrite: the row goes on to be written, and is parked only then. Those that are parked already wait as they are.
func owesWrite(j *job) bool {
	return !j.settled && !j.written && ownsContent(j) && j.mark.State() == ledger.Queued && !j.mark.HasFlag(ledger.MaybeSent)
}

// blocks reports whether a gate, or the part of it that is named, stops a row.
func blocks(name qflow.Gate, j *job) bool {
	switch name.Kind() {
	case qflow.GateAuth:
		return true
	case qflow.GatePlan:
		return name.Covers(j.Guest.EventID, j.Guest.TemplateID)
	case qflow.GateSend:
		return wantsEmail(j) && j.viaSend()
	case qflow.GateComms, qflow.GateTrust:
	}
	return wantsEmail(j)
}
