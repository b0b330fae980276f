package worker

import (
	"context"

	"guestflow/importer/ledger"
	"guestflow/qflow"
	"guestflow/worker/budget"
)

// writeGuests creates or updates the guests that want no email, or whose content has changed, up to 200 in one call.
func (h *handler) writeGuests(ctx context.Context, w *work) error {
	byEvent := map[string][]*job{}
	var events []string
	for _, j := range w.left(wantsWrite) {
		if _, known := byEvent[j.Guest.EventID]; !known {
			events = append(events, j.Guest.EventID)
		}
		byEvent[j.Guest.EventID] = append(byEvent[j.Guest.EventID], j)
	}
	for _, event := range events {
		if err := h.write(ctx, w, event, byEvent[event]); err != nil {
			return err
		}
	}
	return nil
}

// write makes one bulk call. A call that is refused as a whole is halved until the bad rows stand alone: it is unknown
// whether Qflow names them (docs/qflow-api.md section 11, question 6), and writing a guest twice does no harm.
func (h *handler) write(ctx context.Context, w *work, event string, jobs []*job) error {
	for refusals := 0; !w.halted && len(jobs) > 0; {
		slot, ok, err := h.mayCall(ctx, w, budget.API)
		if !ok {
			return err
		}
		begun, err := h.beginWrite(ctx, w, jobs, writeGates)
		if err != nil || len(begun) == 0 {
			h.budget.GiveBack(ctx, slot)
			return err
		}
		jobs = begun
		rowErrors, out := h.qflow.UpsertGuests(context.WithoutCancel(ctx), event, guests(jobs))
		h.report(ctx, slot, out)
		if splits(out) && len(jobs) > 1 {
			if err := h.write(ctx, w, event, jobs[:len(jobs)/2]); err != nil {
				return err
			}
			jobs = jobs[len(jobs)/2:]
			continue
		}
		repeat, err := h.settleWrite(ctx, w, jobs, rowErrors, out, refusals)
		if err != nil || !repeat {
			return err
		}
		if out.Kind == qflow.Unauthorized {
			refusals++
		}
	}
	return nil
}

// splits tells whether single rows may be to blame for a refusal: not when the event itself is unknown.
func splits(out qflow.Outcome) bool { return out.Kind == qflow.Refused && out.Status != 404 }

func (h *handler) beginWrite(ctx context.Context, w *work, jobs []*job, gates []qflow.Gate) ([]*job, error) {
	rows := make([]int, len(jobs))
	for i, j := range jobs {
		rows[i] = j.Row.Row
	}
	b, err := h.ledger.BeginBulk(ctx, w.ref.Import, stops(gates, jobs[0].Guest.EventID, "", false), rows...)
	if err != nil {
		return nil, err
	}
	if b.ClosedGate != "" {
		return nil, h.park(ctx, w, b.ClosedGate)
	}
	if b.Stopped != "" {
		return nil, h.stopFor(ctx, w, b.Stopped)
	}
	var begun []*job
	w.salt = b.Salt
	for i, j := range jobs {
		j.mark = b.Rows[i].Before
		if j.settled = !b.Rows[i].OK; !j.settled {
			begun = append(begun, j)
		}
	}
	return begun, nil
}

// settleWrite writes down what a bulk call did. Rows that also want an email are not done yet.
func (h *handler) settleWrite(ctx context.Context, w *work, jobs []*job, bad []qflow.RowError, out qflow.Outcome, refusals int) (bool, error) {
	var fine []*job
	refused := map[int]qflow.RowError{}
	for _, e := range bad {
		refused[e.Index] = e
	}
	for i, j := range jobs {
		e, is := refused[i]
		if j.found && (is || out.Kind == qflow.Accepted || out.Kind == qflow.Refused) {
			j.written = true // or never will be: what became of its email is the weightier news
			continue
		}
		if is {
			no := qflow.Outcome{Kind: qflow.Refused, Code: e.Code, Text: e.Text}
			if err := h.settle(ctx, w, []*job{j}, ledger.ByGuests, no, j.situation(refusals).bulk(no)); err != nil {
				return false, err
			}
			continue
		}
		if out.Kind == qflow.Accepted && wantsEmail(j) {
			j.verdict, j.written = ledger.Go, true // its email comes next
			continue
		}
		fine = append(fine, j)
	}
	if len(fine) == 0 {
		return false, nil
	}
	// Rows differ in their tries and states, so each group gets its own decision; what happens next is the same for all.
	repeat := false
	for situation, group := range bySituation(fine, refusals) {
		d := situation.bulk(out)
		if err := h.settle(ctx, w, group, ledger.ByGuests, out, d); err != nil {
			return false, err
		}
		repeat = repeat || d.next == again
	}
	return repeat, nil
}

func bySituation(jobs []*job, refusals int) map[situation][]*job {
	groups := map[situation][]*job{}
	for _, j := range jobs {
		s := j.situation(refusals)
		groups[s] = append(groups[s], j)
	}
	return groups
}

func guests(jobs []*job) []qflow.Guest {
	list := make([]qflow.Guest, len(jobs))
	for i, j := range jobs {
		list[i] = j.Guest
	}
	return list
}

// writeOne writes a single row, for a probe, and gives the call's outcome.
func (h *handler) writeOne(ctx context.Context, w *work, j *job) (qflow.Outcome, error) {
	slot, ok, err := h.mayCall(ctx, w, budget.API)
	if !ok {
		return qflow.Outcome{}, err
	}
	begun, err := h.beginWrite(ctx, w, []*job{j}, nil)
	if err != nil || len(begun) == 0 {
		h.budget.GiveBack(ctx, slot)
		return qflow.Outcome{}, err
	}
	bad, out := h.qflow.UpsertGuests(context.WithoutCancel(ctx), j.Guest.EventID, guests(begun))
	h.report(ctx, slot, out)
	_, err = h.settleWrite(ctx, w, begun, bad, out, 0)
	if len(bad) > 0 { // the call was accepted, the row was not
		out.Kind = qflow.Refused
	}
	return out, err
}
