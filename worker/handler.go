// Package worker takes chunks from Asynq and calls Qflow for their rows. Its handler is a list of stages: skip what is
// done, write guests, send emails, then say what becomes of the chunk. Each call is the same few steps: wait for the budget,
// take a last look at the ledger and the gates, call, decide, write down.
//
// Asynq delivers at least once, and a process that was paused comes back and goes on as if nothing had happened; so the
// ledger is asked before each call, and every call is either safe to repeat or marked before it is made. Nothing relies on
// leases, deadlines or contexts.
package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/hibiken/asynq"

	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/importer/trace"
	"guestflow/qflow"
	"guestflow/worker/budget"
	"guestflow/worker/gate"
)

// handler works on the chunks of one account.
type handler struct {
	ledger      *ledger.Ledger
	qflow       *qflow.Client
	budget      *budget.Budget
	gates       *gate.Gates
	queues      *chunk.Queues
	createFirst bool            // while emails wait for trust
	stop        <-chan struct{} // closed when the worker is to stop: waits end, calls end normally
	log         *slog.Logger
	observer    Observer
}

// ProcessTask takes one chunk all the way. It is run again whenever it returns an error, and may be run twice at once.
func (h *handler) ProcessTask(ctx context.Context, t *asynq.Task) (err error) {
	ref, err := chunk.ParseTask(t)
	if err != nil {
		return fmt.Errorf("%w: %w", err, asynq.SkipRetry) // not a task of ours; it stays visible in the archive
	}
	ctx, end := trace.Task(ctx, t.Headers(), ref.Span())
	defer func() { end(err, isFailure) }()
	if queue, _ := asynq.GetQueueName(ctx); chunk.IsParked(queue) {
		return h.unpark(ctx, queue, ref)
	}
	w, err := h.open(ctx, ref)
	if err != nil {
		return err
	}
	if err := h.stopAtPause(ctx, w); err != nil {
		return err
	}
	if err := h.stopAtGates(ctx, w); err != nil {
		return err
	}
	if err := h.writeGuests(ctx, w); err != nil {
		return err
	}
	if err := h.sendEmails(ctx, w); err != nil {
		return err
	}
	return h.close(ctx, w)
}

// waitForPerson is how long the chunks of a paused import wait before they ask again. A resume has them come at once; this is
// for those that it misses.
const waitForPerson = 30 * time.Second

// stopAtPause puts off the chunk of an import that a person has paused, and ends that of a cancelled one. The last look
// before a call would find that out too, but by then a slot of the budget is booked, which the other imports need.
func (h *handler) stopAtPause(ctx context.Context, w *work) error {
	if len(w.jobs) == 0 {
		return nil
	}
	stopped, err := h.ledger.Stopped(ctx, w.ref.Import)
	if err != nil || stopped == "" {
		return err
	}
	return h.stopFor(ctx, w, stopped)
}

// stopFor ends a run because a person has stopped the import.
func (h *handler) stopFor(ctx context.Context, w *work, why string) error {
	w.halted = true
	if why == ledger.StoppedCancelled {
		return h.cancelRest(ctx, w)
	}
	w.postpone(waitForPerson, "the import is "+why)
	return nil
}

// cancelRest settles what a person's cancel has missed: rows that were on their way to Qflow then, and came back unsent.
func (h *handler) cancelRest(ctx context.Context, w *work) error {
	var moves []ledger.Move
	for _, j := range w.jobs {
		if !j.settled || j.verdict == ledger.Wait {
			j.settled = true
			moves = append(moves, j.move(ledger.Cancelled, ledger.Reason{Code: ledger.StoppedCancelled}))
		}
	}
	w.wait, w.cancelled = 0, true
	return h.record(ctx, w.ref, moves)
}

// sendEmails goes through the rows that want an email, one call each. Those that failed before come last: three bad rows at
// the head of a chunk must not hold up the good ones behind them until they are exhausted.
func (h *handler) sendEmails(ctx context.Context, w *work) error {
	jobs := w.left(wantsOnlyEmail)
	slices.SortStableFunc(jobs, func(a, b *job) int { return a.tries - b.tries })
	trouble := 0 // failures in a row: a sick Qflow is left alone
	for _, j := range jobs {
		if w.halted {
			return nil
		}
		if j.settled { // a gate that an earlier row found closed has parked it
			continue
		}
		out, err := h.email(ctx, w, j, emailGates)
		if err != nil {
			return err
		}
		switch out.Kind {
		case qflow.Transient, qflow.Ambiguous:
			trouble++
		case qflow.NoToken: // there is none for the next row either
			trouble = tooMuch
		default:
			trouble = 0
		}
		w.halted = w.halted || trouble >= tooMuch
	}
	return nil
}

// tooMuch trouble in a row ends a run.
const tooMuch = 3

// email makes the calls for one row until it is settled, parked or put off. The outcome is zero when no call was made.
func (h *handler) email(ctx context.Context, w *work, j *job, gates []qflow.Gate) (qflow.Outcome, error) {
	for refusals := 0; ; {
		slot, ok, err := h.mayCall(ctx, w, budget.API, budget.Email)
		if !ok {
			return qflow.Outcome{}, err
		}
		begun, err := h.begin(ctx, w, j, gates)
		if err != nil || !begun {
			h.budget.GiveBack(ctx, slot)
			return qflow.Outcome{}, err
		}
		way := ledger.ByGuest
		if j.viaSend() {
			way = ledger.BySend
		}
		out, d := h.call(ctx, w, j, refusals)
		h.report(ctx, slot, out)
		if written, err := h.writeFound(ctx, w, j, out, d); !written {
			return out, err
		}
		if err := h.settle(ctx, w, []*job{j}, way, out, d); err != nil || d.next != again {
			return out, err
		}
		if out.Kind == qflow.Unauthorized {
			refusals++
		}
	}
}

// writeFound writes the content of a guest whom an atomic call has given back as another call made it: the guest has what that one
// said. It reports whether the row may be settled; if not, it comes back, and is called again. What a cancelled row's call did is
// written down like that of any other.
func (h *handler) writeFound(ctx context.Context, w *work, j *job, out qflow.Outcome, d decision) (bool, error) {
	if j.viaSend() || d.next != done || out.Kind != qflow.Accepted || j.maker(w.ref.Account, out) == thisRow || !ownsContent(j) || j.written {
		return true, nil
	}
	j.found = true
	err := h.write(ctx, w, j.Guest.EventID, []*job{j})
	j.found = false
	return j.written || w.cancelled, err
}

// call makes one row's call, by the way that its history allows. It is not ended by ctx, which ends with the task's lease: a
// call in flight ends normally, and what it did is written down.
func (h *handler) call(ctx context.Context, w *work, j *job, refusals int) (qflow.Outcome, decision) {
	ctx = context.WithoutCancel(ctx)
	if !j.viaSend() {
		out := h.qflow.CreateGuest(ctx, j.Guest)
		s := j.situation(refusals)
		s.maker = h.maker(ctx, w, j, out)
		return out, s.atomic(out)
	}
	out := h.qflow.Send(ctx, qflow.SendRequest{AttendeeID: j.Guest.ID, TemplateID: j.Guest.TemplateID, CorrelationID: j.Guest.CorrelationID})
	return out, j.situation(refusals).send(out)
}

// maker is who has made the guest that an atomic call has given back. That another row's call has made it proves no email if that row was
// refused, or if nobody can be asked.
func (h *handler) maker(ctx context.Context, w *work, j *job, out qflow.Outcome) maker {
	m := j.maker(w.ref.Account, out)
	if m != ourCall || !j.mark.HasFlag(ledger.MaybeSent) {
		return m
	}
	of, _ := ledger.ParseCorrelationID(w.ref.Account, out.Record.CorrelationID)
	marks, err := h.ledger.RowBytes(ctx, of.Import, of.Row, of.Row)
	if err != nil || marks[0].State() == ledger.Refused {
		return another
	}
	return m
}

// mayCall waits for a token, then for the budget: a renewal that takes long must not make calls late for the moments that were
// booked for them. False ends the run for this chunk: there is no token, the worker stops, or Redis is away. Whoever makes no call
// after all gives the slot back: others behind the same address wait for it.
func (h *handler) mayCall(ctx context.Context, w *work, scopes ...budget.Scope) (slot budget.Slot, ok bool, err error) {
	if h.ledger.Recovering(time.Now()) {
		w.halted = true
		w.postpone(time.Second, "Redis was restarted, and may lack what was written last")
		return slot, false, nil
	}
	if out := h.qflow.Prepare(ctx); out.Kind == qflow.NoToken {
		return slot, false, h.stopWithoutToken(ctx, w, out)
	}
	slot, err = h.budget.WaitSlot(ctx, h.stop, w.turn, scopes...)
	if errors.Is(err, budget.ErrStopped) {
		w.halted = true
		w.postpone(time.Second, "the worker was stopped")
		return slot, false, nil
	}
	return slot, err == nil, err
}

// stopWithoutToken ends a run before anything is booked: there is no token for the next row either.
func (h *handler) stopWithoutToken(ctx context.Context, w *work, out qflow.Outcome) error {
	w.halted, w.noToken = true, out
	if d := (situation{}).common(out); d.next == block {
		return h.closeGate(ctx, w, d.gate, nil, "", out)
	}
	w.postpone(backoff(1), inTwoWords(out))
	return nil
}

// lookLasts is how old the last look may be when the call leaves. A process that was frozen in between looks again; the
// ledger may have changed hands meanwhile.
const lookLasts = 5 * time.Second

// begin takes the last look before a call, and marks the row. False: the row is not to be called now.
func (h *handler) begin(ctx context.Context, w *work, j *job, gates []qflow.Gate) (bool, error) {
	how := h.ledger.BeginAtomic
	if j.viaSend() {
		how = h.ledger.BeginSend
	}
	looked := time.Now()
	b, err := how(ctx, w.ref.Import, stops(gates, j.Guest.EventID, j.Guest.TemplateID, j.viaSend()), j.Row.Row)
	if err != nil {
		return false, err
	}
	if b.RolledBack || time.Since(looked) > lookLasts {
		return h.tooLate(ctx, w, j, b)
	}
	w.salt, j.mark, j.shut = b.Salt, b.Rows[0].Before, b.Rows[0].GateClosedSince
	return h.mayBegin(ctx, w, j, b)
}

// tooLate undoes a mark whose look is too old to act upon. MaybeSent stays: by now it may be another worker's as well.
func (h *handler) tooLate(ctx context.Context, w *work, j *job, b ledger.BeginResult) (bool, error) {
	w.halted = true
	w.postpone(time.Second, "the worker was paused, or Redis was restarted")
	if !b.Rows[0].OK || !j.viaSend() {
		return false, nil
	}
	return false, h.record(ctx, w.ref, []ledger.Move{j.move(fromSending(b.Rows[0].Before.State()), ledger.Reason{})})
}

func (h *handler) mayBegin(ctx context.Context, w *work, j *job, b ledger.BeginResult) (bool, error) {
	switch {
	case b.Stopped != "":
		return false, h.stopFor(ctx, w, b.Stopped)
	case b.ClosedGate != "":
		return false, h.park(ctx, w, b.ClosedGate)
	case !b.Rows[0].OK:
		j.settled = true // somebody else has moved it on
		if b.Rows[0].Before.State() == ledger.Sending {
			// Another worker, or our own mark whose reply Redis lost. If its owner dies, nobody else comes for the row.
			w.postpone(waitForOther, "another worker has a row in its hands")
		}
		return false, nil
	}
	j.Guest.CorrelationID = ledger.NewCorrelationID(w.ref.Account, w.ref.Import, w.salt, j.Row.Row).String()
	return true, nil
}

// settle writes a decision down for the rows that one call was about, and does what it says for the rest. A row that goes through at
// once has no history but its time and its state, which tell by which way it went.
func (h *handler) settle(ctx context.Context, w *work, jobs []*job, way string, out qflow.Outcome, d decision) error {
	code, text := out.Reason()
	moves := make([]ledger.Move, len(jobs))
	for i, j := range jobs {
		m := j.move(d.to, ledger.Reason{})
		if out.Kind != qflow.Accepted {
			m.Reason = ledger.Reason{Code: code, Text: text, Line: j.Line}
		} else if d.to == ledger.Unknown {
			m.Reason = d.why
			if d.why.IsZero() {
				m.Reason = unsettled(j.doubtful)
			}
			m.Reason.Line = j.Line
		}
		m.Set, m.Clear, m.Failed = d.set, d.clear, d.failed
		if out.Kind != qflow.Accepted || j.storied || j.tries > 0 || j.mark.HasFlag(ledger.MaybeSent) { // most rows go through at once
			m.Call, j.storied = way+": "+inTwoWords(out), true
		}
		moves[i] = m
		j.settled, j.way = d.next == done, way
		j.answered = j.answered || way == ledger.BySend && isClear(out)
		j.mark = j.mark.With(d.to, d.set, d.clear)
		if d.failed {
			j.tries++
		}
	}
	if err := h.record(ctx, w.ref, moves); err != nil {
		return err
	}
	h.say(ctx, w, jobs, moves, out)
	if way == ledger.BySend && (d.next == later || d.next == block) {
		if err := h.cancelReturned(ctx, w, jobs); err != nil {
			return err
		}
	}
	switch d.next {
	case later:
		w.postpone(backoff(jobs[0].tries), inTwoWords(out))
	case block:
		for _, j := range jobs {
			j.settled, j.turnedAway = true, true
		}
		w.parkedAt(part(d.gate, jobs[0], way))
		return h.closeGate(ctx, w, d.gate, jobs[0], way, out)
	case again:
		return h.backOff(ctx, w, d)
	case done:
	}
	if way == ledger.BySend && out.Kind == qflow.Ambiguous { // the next row's answer would be lost as well, and nobody could tell
		return h.closeGate(ctx, w, qflow.GateSend, jobs[0], way, out)
	}
	return nil
}

// cancelReturned settles rows that come back from /comms/send unsent, if a person has cancelled their import meanwhile: a cancel leaves out
// what is on its way, and no probe is made with the rows of an import that is stopped.
func (h *handler) cancelReturned(ctx context.Context, w *work, jobs []*job) error {
	stopped, err := h.ledger.Stopped(context.WithoutCancel(ctx), w.ref.Import)
	if err != nil || stopped != ledger.StoppedCancelled {
		return err
	}
	moves := make([]ledger.Move, len(jobs))
	for i, j := range jobs {
		moves[i], j.settled = j.move(ledger.Cancelled, ledger.Reason{Code: ledger.StoppedCancelled}), true
	}
	return h.record(ctx, w.ref, moves)
}

// isClear reports whether Qflow has said clearly what became of a call.
func isClear(out qflow.Outcome) bool {
	return out.Kind == qflow.Accepted || out.Kind == qflow.Refused || out.Kind == qflow.GateClosed
}

// inTwoWords is an outcome as a row's history keeps it: words of ours alone, since Qflow's may quote a guest.
func inTwoWords(out qflow.Outcome) string {
	words := out.Kind.String()
	if out.Gate != "" {
		words += " " + string(out.Gate)
	}
	if out.Status != 0 {
		words += " " + strconv.Itoa(out.Status)
	}
	return words
}

// report tells the budget what became of a call. That it does not hear is no reason to forget what the call did.
func (h *handler) report(ctx context.Context, slot budget.Slot, out qflow.Outcome) {
	switch {
	case out.Kind == qflow.NoToken && out.Status == 0: // the token was lost while the call waited for its slot
		h.budget.GiveBack(ctx, slot)
		return
	case out.Kind == qflow.NoToken, out.Kind == qflow.RateLimited: // Qflow has not looked at it, or the whole address pauses
		return
	}
	if err := h.budget.Report(context.WithoutCancel(ctx), out.Kind == qflow.Transient || out.Kind == qflow.Ambiguous); err != nil {
		h.log.WarnContext(ctx, "cannot keep the retry budget", "error", err)
	}
}

// backOff passes a 429 on to the whole fleet.
func (h *handler) backOff(ctx context.Context, w *work, d decision) error {
	if !d.pause {
		return nil
	}
	wait, first, err := h.budget.Pause(ctx, d.wait)
	if err != nil || !first {
		return err
	}
	h.log.WarnContext(ctx, "Qflow asks for fewer requests; the whole fleet pauses", "for", wait.Round(time.Second), "import", w.ref.Import)
	return nil
}

// recordFor is how long an outcome is held while Redis is away. An outcome that is not written down is not lost to the
// guest, but makes its row ambiguous; a fleet that waits longer does not stop in time.
const recordFor = 20 * time.Second

// record writes moves down, and holds on to them while Redis blinks, whatever has become of the task meanwhile. It says so
// when the import is finished by them.
func (h *handler) record(ctx context.Context, ref chunk.Ref, moves []ledger.Move) error {
	if len(moves) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordFor)
	defer cancel()
	for {
		_, finished, err := h.ledger.Move(ctx, ref.Import, moves)
		if err == nil {
			if finished {
				h.log.InfoContext(ctx, "import finished", "import", ref.Import)
			}
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// say tells what became of each row of a call, to those who asked for all lines: a file has too many rows for more. The ledger
// has Qflow's code, in place of which a guest's name may stand.
func (h *handler) say(ctx context.Context, w *work, jobs []*job, moves []ledger.Move, out qflow.Outcome) {
	if !h.log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	for i, m := range moves {
		h.log.LogAttrs(ctx, slog.LevelDebug, "row called", ledger.RowAttr(w.ref.Account, w.ref.Import, w.salt, m.Row), slog.Int("line", jobs[i].Line),
			slog.String("outcome", out.Kind.String()), slog.Int("status", out.Status), slog.String("state", m.To.String()), slog.Int("tries", jobs[i].tries))
	}
}

func parseID(s string) (uuid.UUID, error) {
	id, err := uuid.Parse(s)
	if err != nil {
		return uuid.Nil, fmt.Errorf("a chunk holds a guest without a proper id: %w", err)
	}
	return id, nil
}
