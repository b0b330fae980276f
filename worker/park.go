package worker

import (
	"context"
	"strings"
	"time"

	"guestflow/importer/ledger"
	"guestflow/importer/reason"
	"guestflow/qflow"
	"guestflow/worker/gate"
)

// openFor is for how long all gates are taken to be open once they were. The last look before each call finds one that
// has closed.
const openFor = 100 * time.Millisecond

// stopAtGates parks what a closed gate blocks before anything is spent on it: no budget, no token, no call.
func (h *handler) stopAtGates(ctx context.Context, b *batch) error {
	asked := time.Now()
	if asked.Before(time.Unix(0, h.gatesOpen.Load())) {
		return nil
	}
	closed, err := h.gates.Closed(ctx)
	if err != nil {
		return err
	}
	if len(closed) == 0 {
		h.gatesOpen.Store(asked.Add(openFor).UnixNano())
	}
	for _, c := range closed {
		if err := h.park(ctx, b, c.Name()); err != nil {
			return err
		}
	}
	return nil
}

// part narrows a gate to what an answer has shown. Qflow's codes for trust and comms speak of the account. An unknown
// 403 may be about the event or the template that was called, and is taken for the account's when a second event meets
// it.
func part(g qflow.Gate, j *job, way string) qflow.Gate {
	switch {
	case g != qflow.GatePlan:
		return g
	case way == ledger.ByGuests: // names no template
		return g.For(j.Guest.EventID, "")
	}
	return g.For(j.Guest.EventID, j.Guest.TemplateID)
}

// gatesOf returns gates with the parts of them that stop a call, and for a row that goes by /comms/send the gate of
// that.
func gatesOf(gates []qflow.Gate, event, template string, viaSend bool) []qflow.Gate {
	if gates == nil { // a probe
		return nil
	}
	all := append(make([]qflow.Gate, 0, len(gates)+3), gates...)
	all = append(all, qflow.GatePlan.For(event, ""))
	if template != "" {
		all = append(all, qflow.GatePlan.For(event, template))
	}
	if viaSend {
		all = append(all, qflow.GateSend)
	}
	return all
}

// closeGate closes a gate that the answer to a row's call has shown to be closed, and parks what it blocks. One process
// of the fleet logs it.
func (h *handler) closeGate(ctx context.Context, b *batch, g qflow.Gate, j *job, way string, out qflow.Outcome) error {
	name := part(g, j, way)
	code, text := out.Reason()
	cause := gate.Cause{
		Code:   reason.Public(code, ledger.Parked == ledger.Rejected), // people without a right to see guests read it
		Import: b.ref.Import,
		Detail: strings.TrimSpace(code + " " + text),
	}
	h.gatesOpen.Store(0)
	closed, err := h.gates.CloseFor(ctx, name, cause)
	if err != nil {
		return err
	}
	if closed != "" {
		h.observer.gateChanged(g, true)
		event, template := closed.Part()
		c := gate.Closed{Gate: g, Event: event, Template: template}
		h.log.WarnContext(ctx, "gate closed: "+c.Meaning(), "gate", g, "of", closed.Title(nil), "code", cause.Code, "import",
			b.ref.Import)
		name = closed
	}
	return h.park(ctx, b, name)
}

// park records the rows that a closed gate blocks as parked; the chunk then goes to the gate's parked queue.
func (h *handler) park(ctx context.Context, b *batch, name qflow.Gate) error {
	g := name.Kind()
	if err := h.gateQueues.pauseFirst(ctx, g); err != nil {
		return err
	}
	blocked := func(j *job) bool { return blocks(name, j) }
	if h.createFirst && (g == qflow.GateComms || g == qflow.GateTrust) {
		if err := h.writeAhead(ctx, b, wantsAhead); err != nil {
			return err
		}
		blocked = func(j *job) bool { return wantsEmail(j) && !owesWrite(j) }
	}
	var moves []ledger.Move
	for _, j := range b.unsettled(blocked) {
		j.phase = settled
		b.waitFor(name)
		if to := j.parkedState(); j.mark.State() != to {
			moves = append(moves, j.move(to, ledger.Reason{Code: string(g) + "_gate",
				Text: "waits for the " + string(g) + " gate"}))
		}
	}
	return h.recorder.commit(ctx, b.ref, moves)
}

func (j *job) parkedState() ledger.State {
	if j.viaSend() || j.mark.State() == ledger.ParkedTried {
		return ledger.ParkedTried
	}
	return ledger.Parked
}

// writeAhead creates the guests of some emails that wait. They are marked Tried first: from then on the guest may exist, and an
// atomic call for a guest that exists may queue no email; its email goes by /comms/send.
func (h *handler) writeAhead(ctx context.Context, b *batch, wanted func(*job) bool) error {
	var jobs []*job
	var moves []ledger.Move
	for _, j := range b.jobs {
		if j.busy || !wanted(j) {
			continue
		}
		m := j.move(j.mark.State(), ledger.Reason{})
		m.Set = ledger.Tried
		moves = append(moves, m)
		j.mark = j.mark.With(j.mark.State(), ledger.Tried, 0)
		jobs = append(jobs, j)
	}
	if err := h.recorder.commit(ctx, b.ref, moves); err != nil {
		return err
	}
	for _, group := range byEvent(jobs) {
		if err := h.write(ctx, b, group); err != nil {
			return err
		}
	}
	return nil
}

// wantsAhead reports whether a row is written while its email waits: one that is new to its gate, or whose atomic call was
// just refused by it. One that a probe calls by /comms/send was written before. One with an attempt behind it whose answer
// was lost goes by the atomic call again, and needs no other.
func wantsAhead(j *job) bool {
	return wantsEmail(j) && ownsContent(j) && j.phase != written && !j.mark.HasFlag(ledger.MaybeSent) &&
		(owesWrite(j) || j.phase == refusedByGate && j.lastWay() == ledger.ByGuest)
}

// owesWrite reports whether a row goes on to be written, and is parked only then. Those that are parked already wait as
// they are.
func owesWrite(j *job) bool {
	return j.phase < written && ownsContent(j) && j.mark.State() == ledger.Queued && !j.mark.HasFlag(ledger.MaybeSent)
}

// blocks reports whether a gate, or the part of it that is named, stops a row.
func blocks(name qflow.Gate, j *job) bool {
	switch name.Kind() {
	case qflow.GateAuth:
		return true
	case qflow.GatePlan:
		if isSuppressed(j) {
			return name.Covers(j.Guest.EventID, "")
		}
		return name.Covers(j.Guest.EventID, j.Guest.TemplateID)
	case qflow.GateSend:
		return wantsEmail(j) && j.viaSend()
	case qflow.GateComms, qflow.GateTrust:
	}
	return wantsEmail(j)
}
