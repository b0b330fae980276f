package worker

import (
	"context"
	"errors"
	"time"

	"guestflow/importer/ledger"
	"guestflow/qflow"
	"guestflow/worker/budget"
)

// Emails and bulk calls are stopped by these gates, and fall under these limits.
var (
	emailGates  = []qflow.Gate{qflow.GateAuth, qflow.GateComms, qflow.GateTrust, qflow.GatePlan}
	writeGates  = []qflow.Gate{qflow.GateAuth, qflow.GatePlan}
	emailScopes = []budget.Scope{budget.API, budget.Email}
	writeScopes = []budget.Scope{budget.API}
)

// email makes the calls for one row until it is settled, parked or put off. The outcome is zero when no call was made.
// Other rows of the batch may be called at the same time.
func (h *handler) email(ctx context.Context, b *batch, j *job, gates []qflow.Gate) (qflow.Outcome, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for unauthorized := 0; ; {
		out, d, err := h.callOnce(ctx, b, j, gates, unauthorized)
		if err != nil || d.next != retryNow {
			return out, err
		}
		if out.Kind == qflow.Unauthorized {
			unauthorized++
		}
	}
}

// callOnce makes one call for a row's email, by the way that its history allows, and writes down what became of it.
func (h *handler) callOnce(ctx context.Context, b *batch, j *job, gates []qflow.Gate,
	unauthorized int) (qflow.Outcome, decision, error) {
	var reserved reservation
	b.aside(j, func() { reserved = h.caller.reserve(ctx, b.fairnessKey, emailScopes) })
	slot, ok, err := h.reserved(ctx, b, reserved)
	if !ok {
		return qflow.Outcome{}, decision{}, err
	}
	marked := false
	if err = h.rescreen(ctx, b, j); err == nil && wantsEmail(j) && !b.halted {
		marked, err = h.mark(ctx, b, j, gates)
	}
	if err != nil || !marked {
		h.caller.budget.GiveBack(ctx, slot)
		return qflow.Outcome{}, decision{}, err
	}
	way, called, out := j.emailWay(), false, qflow.Outcome{}
	b.aside(j, func() { out, called = h.caller.sendEmail(ctx, slot, j) })
	if !called {
		j.putBack = true
		return out, decision{}, h.takeBack(ctx, b, j, j.mark)
	}
	d := h.decide(ctx, b, j, way, out, unauthorized)
	if mayRecord, err := h.writeFound(ctx, b, j, way, out, d); !mayRecord {
		return out, decision{}, err
	}
	return out, d, h.record(ctx, b, []*job{j}, way, out, d)
}

// takeBack takes the mark of a row back whose call was certainly not begun: a row that was not called is not to look as if
// its answer were lost. It was marked while its byte was as given.
func (h *handler) takeBack(ctx context.Context, b *batch, j *job, before ledger.RowByte) error {
	switch {
	case j.viaSend():
		return h.recorder.commit(ctx, b.ref, []ledger.Move{j.move(fromSending(before.State()), ledger.Reason{})})
	case before.HasFlag(ledger.MaybeSent) || time.Since(j.looked) > ledger.LiftsWithin:
		return nil
	}
	return h.recorder.liftMark(ctx, b.ref, j.Row.Row)
}

// decide returns what the outcome of an email's call means for its row.
func (h *handler) decide(ctx context.Context, b *batch, j *job, way string, out qflow.Outcome,
	unauthorized int) decision {
	row := j.context(unauthorized)
	if way == ledger.BySend {
		return row.send(out)
	}
	row.maker = h.maker(ctx, b, j, out)
	return row.atomic(out)
}

// maker returns who has made the guest that an atomic call has given back. That another row's call has made it proves
// no email if that row was refused, or if its state cannot be read.
func (h *handler) maker(ctx context.Context, b *batch, j *job, out qflow.Outcome) maker {
	m := j.maker(b.ref.Account, out)
	if m != otherRow || !j.mark.HasFlag(ledger.MaybeSent) {
		return m
	}
	of, _ := ledger.ParseCorrelationID(b.ref.Account, out.Record.CorrelationID)
	marks, err := h.ledger.RowBytes(context.WithoutCancel(ctx), of.Import, of.Row, of.Row)
	if err != nil || marks[0].State() == ledger.Refused {
		return elsewhere
	}
	return m
}

// writeFound writes the content of a guest whom an atomic call has given back as another call made it: the guest has
// what that one said. It reports whether the row may be recorded; if not, it comes back, and is called again. What a
// cancelled row's call did is recorded like that of any other.
func (h *handler) writeFound(ctx context.Context, b *batch, j *job, way string, out qflow.Outcome, d decision) (bool,
	error) {
	if way == ledger.BySend || d.next != done || out.Kind != qflow.Accepted || j.maker(b.ref.Account, out) == thisRow ||
		!ownsContent(j) || j.phase == written {
		return true, nil
	}
	j.phase = guestFound
	err := h.write(ctx, b, []*job{j})
	if j.phase == guestFound {
		j.phase = pending
	}
	return j.phase == written || b.cancelled, err
}

// reserve waits for a slot of the budget. False ends the run for this chunk.
func (h *handler) reserve(ctx context.Context, b *batch, scopes []budget.Scope) (budget.Slot, bool, error) {
	return h.reserved(ctx, b, h.caller.reserve(ctx, b.fairnessKey, scopes))
}

// reserved takes what became of a wait for a slot.
func (h *handler) reserved(ctx context.Context, b *batch, r reservation) (budget.Slot, bool, error) {
	switch {
	case errors.Is(r.err, errSettling):
		b.halt(time.Second, "Redis was restarted, and may lack what was written last")
	case errors.Is(r.err, budget.ErrStopped):
		b.halt(time.Second, "the worker was stopped")
	case r.err != nil:
		return r.slot, false, r.err
	case r.out.Kind == qflow.NoToken:
		return r.slot, false, h.stopWithoutToken(ctx, b, r.out)
	default:
		return r.slot, true, nil
	}
	return r.slot, false, nil
}

// stopWithoutToken ends a run before anything is booked: there is no token for the next row either.
func (h *handler) stopWithoutToken(ctx context.Context, b *batch, out qflow.Outcome) error {
	b.halted, b.noToken = true, out
	if d := (rowContext{}).common(out); d.next == park {
		return h.closeGate(ctx, b, d.gate, nil, "", out)
	}
	b.postpone(backoff(1), summary(out))
	return nil
}

// markLasts is how old the last look may be when the call leaves. A process that was frozen in between looks again; the
// ledger may have changed hands meanwhile.
const markLasts = ledger.MarkLasts

// mark takes the last look before a call, and marks the row. False: the row is not to be called now.
func (h *handler) mark(ctx context.Context, b *batch, j *job, gates []qflow.Gate) (bool, error) {
	j.looked = time.Now()
	stops := gatesOf(gates, j.Guest.EventID, j.Guest.TemplateID, j.viaSend())
	var begun ledger.BeginResult
	var err error
	b.aside(j, func() { begun, err = h.recorder.mark(ctx, b.ref, j.emailWay(), stops, j.Row.Row) })
	if err != nil {
		return false, err
	}
	if begun.RolledBack || time.Since(j.looked) > h.markLasts {
		return false, h.unmark(ctx, b, j, begun)
	}
	b.salt, j.mark, j.gateClosedSince = begun.Salt, begun.Rows[0].Before, begun.Rows[0].GateClosedSince
	return h.mayCall(ctx, b, j, begun)
}

// unmark undoes a mark whose look is too old to act upon. MaybeSent stays where Redis may have lost what other workers have
// noted of the row.
func (h *handler) unmark(ctx context.Context, b *batch, j *job, begun ledger.BeginResult) error {
	b.halt(time.Second, "the worker was paused, or Redis was restarted")
	if !begun.Rows[0].OK || begun.RolledBack && !j.viaSend() {
		return nil
	}
	return h.takeBack(ctx, b, j, begun.Rows[0].Before)
}

// mayCall reports whether the last look lets the row be called.
func (h *handler) mayCall(ctx context.Context, b *batch, j *job, begun ledger.BeginResult) (bool, error) {
	switch {
	case begun.Stopped != "":
		return false, h.stopFor(ctx, b, begun.Stopped)
	case begun.ClosedGate != "":
		return false, h.park(ctx, b, begun.ClosedGate)
	case begun.WindowClosed:
		return false, h.windowHasClosed(ctx, b)
	case !begun.Rows[0].OK:
		j.phase = settled // another process has moved it on
		if begun.Rows[0].Before.State() == ledger.Sending {
			// Another worker, or our own mark whose reply Redis lost. If its owner dies, no other task comes for the row.
			b.postpone(waitForOther, rowInUse)
		}
		return false, nil
	}
	j.Guest.CorrelationID = ledger.NewCorrelationID(b.ref.Account, b.ref.Import, b.salt, j.Row.Row).String()
	return true, nil
}
