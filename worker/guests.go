package worker

import (
	"context"

	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/qflow"
)

// writeGuests creates or updates the guests that want no email, or whose content has changed, up to 200 in one call.
func (h *handler) writeGuests(ctx context.Context, b *batch) error {
	for _, jobs := range byEvent(b.unsettled(wantsWrite)) {
		if err := h.write(ctx, b, jobs); err != nil {
			return err
		}
	}
	return nil
}

// byEvent groups rows by their events, in the order of the first of each.
func byEvent(jobs []*job) [][]*job {
	var groups [][]*job
	group := map[string]int{}
	for _, j := range jobs {
		n, known := group[j.Guest.EventID]
		if !known {
			n = len(groups)
			group[j.Guest.EventID], groups = n, append(groups, nil)
		}
		groups[n] = append(groups[n], j)
	}
	return groups
}

// write makes one bulk call for rows of one event. A call that is refused as a whole is halved until the bad rows stand
// alone: it is unknown whether Qflow names them (docs/qflow-api.md section 11, question 6), and writing a guest twice
// does no harm.
func (h *handler) write(ctx context.Context, b *batch, jobs []*job) error {
	for unauthorized := 0; !b.halted && len(jobs) > 0; {
		marked, rowErrors, out, err := h.upsert(ctx, b, jobs, writeGates)
		if err != nil || len(marked) == 0 {
			return err
		}
		jobs = marked
		if mayBeSplit(out) && len(jobs) > 1 {
			if err := h.write(ctx, b, jobs[:len(jobs)/2]); err != nil {
				return err
			}
			jobs = jobs[len(jobs)/2:]
			continue
		}
		repeat, err := h.recordWrite(ctx, b, jobs, rowErrors, out, unauthorized)
		if err != nil || !repeat {
			return err
		}
		if out.Kind == qflow.Unauthorized {
			unauthorized++
		}
	}
	return nil
}

// writeOne writes a single row, for a probe, and returns the call's outcome.
func (h *handler) writeOne(ctx context.Context, b *batch, j *job) (qflow.Outcome, error) {
	marked, rowErrors, out, err := h.upsert(ctx, b, []*job{j}, nil)
	if err != nil || len(marked) == 0 {
		return qflow.Outcome{}, err
	}
	_, err = h.recordWrite(ctx, b, marked, rowErrors, out, 0)
	if len(rowErrors) > 0 { // the call was accepted, the row was not
		out.Kind = qflow.Refused
	}
	return out, err
}

// mayBeSplit reports whether single rows may be to blame for a refusal: not when the event itself is unknown.
func mayBeSplit(out qflow.Outcome) bool { return out.Kind == qflow.Refused && out.Status != 404 }

// upsert makes one bulk call for those of the rows that may be called, and returns these; none if there was no call.
func (h *handler) upsert(ctx context.Context, b *batch, jobs []*job, gates []qflow.Gate) ([]*job, []qflow.RowError,
	qflow.Outcome, error) {
	slot, ok, err := h.reserve(ctx, b, writeScopes)
	if !ok {
		return nil, nil, qflow.Outcome{}, err
	}
	marked, err := h.markWrite(ctx, b, jobs, gates)
	if err != nil || len(marked) == 0 {
		h.caller.budget.GiveBack(ctx, slot)
		return nil, nil, qflow.Outcome{}, err
	}
	rowErrors, out := h.caller.upsert(ctx, slot, marked)
	return marked, rowErrors, out, nil
}

// markWrite takes the last look before a bulk call, and marks its rows. It returns those that may be called.
func (h *handler) markWrite(ctx context.Context, b *batch, jobs []*job, gates []qflow.Gate) ([]*job, error) {
	begun, err := h.recorder.mark(ctx, b.ref, ledger.ByGuests, gatesOf(gates, jobs[0].Guest.EventID, "", false),
		rowsOf(jobs)...)
	if err != nil {
		return nil, err
	}
	if begun.ClosedGate != "" {
		return nil, h.park(ctx, b, begun.ClosedGate)
	}
	if begun.Stopped != "" {
		return nil, h.stopFor(ctx, b, begun.Stopped)
	}
	var marked []*job
	b.salt = begun.Salt
	for i, j := range jobs {
		j.mark = begun.Rows[i].Before
		switch {
		case !begun.Rows[i].OK: // another process has moved it on
			j.phase = settled
			continue
		case j.isSettled(): // it was parked, and is written while it waits
			j.phase = pending
		}
		marked = append(marked, j)
	}
	return marked, nil
}

// recordWrite writes down what a bulk call did, and reports whether it is to be repeated. Rows that also want an email
// are not done yet.
func (h *handler) recordWrite(ctx context.Context, b *batch, jobs []*job, rowErrors []qflow.RowError,
	out qflow.Outcome, unauthorized int) (bool, error) {
	refused := map[int]qflow.RowError{}
	for _, e := range rowErrors {
		refused[e.Index] = e
	}
	var rest []*job
	for i, j := range jobs {
		e, isRefused := refused[i]
		switch {
		case j.phase == guestFound && (isRefused || out.Kind == qflow.Accepted || out.Kind == qflow.Refused):
			j.phase = written // or never will be: what became of its email is the weightier news
		case isRefused:
			no := qflow.Outcome{Kind: qflow.Refused, Code: e.Code, Text: e.Text}
			if err := h.record(ctx, b, []*job{j}, ledger.ByGuests, no, j.context(unauthorized).bulk(no)); err != nil {
				return false, err
			}
		case out.Kind == qflow.Accepted && wantsEmail(j):
			j.verdict, j.phase = guestindex.Create, written // its email comes next
		default:
			rest = append(rest, j)
		}
	}
	return h.recordAlike(ctx, b, rest, out, unauthorized)
}

// recordAlike records one outcome for rows that differ in their tries and states, so each group has its own decision;
// what happens next is the same for all.
func (h *handler) recordAlike(ctx context.Context, b *batch, jobs []*job, out qflow.Outcome,
	unauthorized int) (repeat bool, err error) {
	groups := map[rowContext][]*job{}
	for _, j := range jobs {
		row := j.context(unauthorized)
		groups[row] = append(groups[row], j)
	}
	for row, group := range groups {
		d := row.bulk(out)
		if err := h.record(ctx, b, group, ledger.ByGuests, out, d); err != nil {
			return false, err
		}
		repeat = repeat || d.next == retryNow
	}
	return repeat, nil
}
