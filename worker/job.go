package worker

import (
	"fmt"
	"strings"
	"time"

	"guestflow/importer/chunk"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/reason"
	"guestflow/importer/suppression"
	"guestflow/qflow"
)

// job is one row in a run of its chunk.
type job struct {
	chunk.Row
	mark            ledger.RowByte
	gateClosedSince bool // a gate that hides lost emails has closed since the attempt whose answer was lost
	verdict         guestindex.Verdict
	tries           int
	unknownOwner    ledger.Owner       // of the guest's email, which rests in unknown there
	suppressed      suppression.Reason // why the address that its email goes to is not mailed any more; "" if it is
	writer          ledger.Owner       // for Send: the row that has written the guest since, at whose address he is
	ownSuppressed   suppression.Reason // for Send: the same of the row's own address

	phase   phase
	calls   []rowCall    // of this run, whose outcomes were recorded
	looked  time.Time    // when the last look before its call was asked for
	putBack bool         // all calls that may be in flight were: it is called later in this run
	busy    bool         // its goroutine waits, or calls: see batch.aside
	writing func() error // waits until its outcome is written, which is begun beside the next call
}

// phase is how far a row has come in this run.
type phase uint8

const (
	pending phase = iota // it has something to do
	// an atomic call has given back a guest that another call made: its content is to be written
	guestFound
	written       // its content is written, by a bulk call
	refusedByGate // parked, by the answer to a call of its own
	settled       // nothing more to do
)

// rowCall is one call for a row.
type rowCall struct {
	way   string
	clear bool // Qflow has said clearly what became of it
}

// isSettled reports whether the row makes no further call of its own in this run.
func (j *job) isSettled() bool { return j.phase >= refusedByGate }

// advance moves the phase on by the decision about a call.
func (j *job) advance(n next) {
	switch {
	case n == done, n == park && j.phase == written: // it is not written once more while it waits
		j.phase = settled
	case n == park:
		j.phase = refusedByGate
	case j.isSettled():
		j.phase = pending
	}
}

// lastWay returns the way of the row's last call in this run.
func (j *job) lastWay() string {
	if len(j.calls) == 0 {
		return ""
	}
	return j.calls[len(j.calls)-1].way
}

// sendAnswered reports whether /comms/send has answered clearly in this run.
func (j *job) sendAnswered() bool {
	for _, c := range j.calls {
		if c.way == ledger.BySend && c.clear {
			return true
		}
	}
	return false
}

// viaSend reports whether a row's email goes by /comms/send. A guest that may exist gets its first email by it; but not
// if an email may have been queued already: that one goes by the atomic call again, which Qflow does not repeat.
func (j *job) viaSend() bool {
	return j.mark.HasFlag(ledger.Tried) && !j.mark.HasFlag(ledger.MaybeSent)
}

// emailWay returns the way of a row's email.
func (j *job) emailWay() string {
	if j.viaSend() {
		return ledger.BySend
	}
	return ledger.ByGuest
}

func (j *job) context(unauthorized int) rowContext {
	r := rowContext{
		before: j.mark, gateClosedSince: j.gateClosedSince, tries: j.tries, unauthorized: unauthorized,
		emailUnknown: j.unknownOwner.Import != "",
	}
	if isSuppressed(j) {
		r.suppressed = j.withheld()
	}
	return r
}

// maker returns who has made the guest in an answer, as far as its record shows.
func (j *job) maker(account string, out qflow.Outcome) maker {
	r := out.Record
	switch {
	case !strings.EqualFold(r.TemplateID, j.Guest.TemplateID):
		return elsewhere
	case strings.EqualFold(r.CorrelationID, j.Guest.CorrelationID):
		return thisRow
	}
	if _, ours := ledger.ParseCorrelationID(account, r.CorrelationID); ours {
		return otherRow
	}
	return elsewhere
}

// move returns the change of a row's state in the ledger. A process that was frozen may record it late, when another
// has settled the row and ended the chunk's task: a row that it opened again then would have no task.
func (j *job) move(to ledger.State, why ledger.Reason) ledger.Move {
	if !why.IsZero() { // a row that went through has no reason, hence no line in one
		why.Line = j.Line
	}
	return ledger.Move{Row: j.Row.Row, To: to, Reason: why, KeepSettled: true}
}

// outcomeMove returns what the ledger records of a call. A row that goes through at once has no history but its time
// and its state, which show by which way it went.
func (j *job) outcomeMove(way string, out qflow.Outcome, d decision) ledger.Move {
	m := j.move(d.to, j.reason(out, d))
	m.Set, m.Clear, m.Failed = d.set, d.clear, d.failed
	// most rows go through at once
	if out.Kind != qflow.Accepted || len(j.calls) > 0 || j.tries > 0 || j.mark.HasFlag(ledger.MaybeSent) {
		m.Call = way + ": " + summary(out)
	}
	return m
}

func (j *job) reason(out qflow.Outcome, d decision) ledger.Reason {
	switch {
	case d.to == ledger.Suppressed:
		return d.why
	case out.Kind != qflow.Accepted:
		code, text := out.Reason()
		return ledger.Reason{Code: code, Text: text, Line: j.Line}
	case d.to == ledger.Unknown && d.why.IsZero():
		return unknownElsewhere(j.unknownOwner)
	case d.to == ledger.Unknown:
		return d.why
	}
	return ledger.Reason{}
}

// apply brings the row to where a call and the decision about it have led.
func (j *job) apply(way string, out qflow.Outcome, d decision) {
	j.calls = append(j.calls, rowCall{way: way, clear: isClear(out)})
	j.mark = j.mark.With(d.to, d.set, d.clear)
	if d.failed {
		j.tries++
	}
	j.advance(d.next)
}

// unknownElsewhere is why a row rests in unknown with another: only the owner of an email may send it.
func unknownElsewhere(owner ledger.Owner) ledger.Reason {
	return ledger.Reason{
		Code: reason.UnknownElsewhere,
		Text: fmt.Sprintf("the guest's email belongs to row %d of import %s, which rests in unknown: settle that one",
			owner.Row, owner.Import),
	}
}

func wantsWrite(j *job) bool {
	return j.Guest.TemplateID == "" || j.verdict == guestindex.Update || j.verdict == guestindex.UpdateAndSend ||
		isSuppressed(j)
}

// asksEmail reports whether the row asks for an email that its guest has not had.
func asksEmail(j *job) bool { return j.Guest.TemplateID != "" && j.verdict != guestindex.Update }

func wantsEmail(j *job) bool { return asksEmail(j) && j.withheld() == "" }

// wantsOnlyEmail leaves out the rows whose content has to be written first, and was not: their email would settle them.
func wantsOnlyEmail(j *job) bool { return wantsEmail(j) && j.verdict != guestindex.UpdateAndSend }

// ownsContent reports whether no import that was begun later has written the guest.
func ownsContent(j *job) bool { return j.verdict != guestindex.Send }

func anyJob(*job) bool { return true }
