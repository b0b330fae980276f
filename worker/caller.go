package worker

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"guestflow/importer/ledger"
	"guestflow/qflow"
	"guestflow/worker/budget"
)

// caller makes calls to Qflow inside the budget. None is ended by the task's context, which ends with its lease: a call
// in flight ends normally, and what it did is written down.
type caller struct {
	ledger *ledger.Ledger
	qflow  *qflow.Client
	budget *budget.Budget
	places *places         // of its server; nil: calls are not bounded
	stop   <-chan struct{} // closed when the worker is to stop: waits end, calls end normally
	log    *slog.Logger
}

// reservation is what became of a wait for a slot.
type reservation struct {
	slot budget.Slot
	out  qflow.Outcome // of a call that has no token
	err  error
}

// errSettling means that Redis may lack what was written last, so that no call may be based on it.
var errSettling = errors.New("what was lost with the last writes of Redis is being written again")

// reserve waits for a token, then for the budget: a renewal that takes long must not make calls late for the moments
// that were booked for them. A caller that makes no call after all gives the slot back: others behind the same address
// wait for it.
func (c *caller) reserve(ctx context.Context, fairnessKey string, scopes []budget.Scope) reservation {
	if c.ledger.Journal.Recovering(time.Now()) {
		return reservation{err: errSettling}
	}
	if out := c.qflow.Prepare(ctx); out.Kind == qflow.NoToken {
		return reservation{out: out}
	}
	slot, err := c.budget.WaitSlot(ctx, c.stop, fairnessKey, scopes...)
	return reservation{slot: slot, err: err}
}

// sendEmail makes one row's call, by the way that its history allows. False: all calls that may be in flight were, for
// longer than its mark may wait, and the slot is given back.
func (c *caller) sendEmail(ctx context.Context, slot budget.Slot, j *job) (out qflow.Outcome, called bool) {
	if !c.places.beginCall(ctx, j.looked) {
		c.budget.GiveBack(ctx, slot)
		return out, false
	}
	defer c.places.endCall()
	ctx = context.WithoutCancel(ctx)
	began := time.Now()
	if j.viaSend() {
		out = c.qflow.Send(ctx, qflow.SendRequest{AttendeeID: j.Guest.ID, TemplateID: j.Guest.TemplateID,
			CorrelationID: j.Guest.CorrelationID})
	} else {
		out = c.qflow.CreateGuest(ctx, j.Guest)
	}
	c.ledger.CallTook(time.Since(began))
	c.report(ctx, slot, out)
	return out, true
}

// upsert makes one bulk call for rows of one event.
func (c *caller) upsert(ctx context.Context, slot budget.Slot, jobs []*job) ([]qflow.RowError, qflow.Outcome) {
	ctx = context.WithoutCancel(ctx)
	c.places.beginBulk()
	defer c.places.endCall()
	guests := make([]qflow.Guest, len(jobs))
	for i, j := range jobs {
		guests[i] = j.Guest
	}
	rowErrors, out := c.qflow.UpsertGuests(ctx, guests[0].EventID, guests)
	c.report(ctx, slot, out)
	return rowErrors, out
}

// report lets the budget know what became of a call. If it cannot be reached, what the call did still counts.
func (c *caller) report(ctx context.Context, slot budget.Slot, out qflow.Outcome) {
	switch {
	case out.Kind == qflow.NoToken && out.Status == 0: // the token was lost while the call waited for its slot
		c.budget.GiveBack(ctx, slot)
		return
	case out.Kind == qflow.NoToken, out.Kind == qflow.RateLimited: // Qflow has not looked at it, or the fleet pauses
		return
	}
	if err := c.budget.Report(ctx, out.Kind == qflow.Transient || out.Kind == qflow.Ambiguous); err != nil {
		c.log.WarnContext(ctx, "cannot keep the retry budget", "error", err)
	}
}

// pauseFleet passes a 429 on to the whole fleet.
func (c *caller) pauseFleet(ctx context.Context, d time.Duration, importID string) error {
	wait, first, err := c.budget.Pause(ctx, d)
	if err != nil || !first {
		return err
	}
	c.log.WarnContext(ctx, "Qflow asks for fewer requests; the whole fleet pauses", "for", wait.Round(time.Second),
		"import", importID)
	return nil
}

// stopping reports whether the worker is to stop.
func (c *caller) stopping() bool {
	select {
	case <-c.stop:
		return true
	default:
		return false
	}
}
