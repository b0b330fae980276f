package worker

import (
	"errors"
	"time"

	"guestflow/importer/ledger"
	"guestflow/importer/suppression"
	"guestflow/qflow"
	"guestflow/tokencache"
)

// next is what happens to a row after a call.
type next uint8

const (
	done       next = iota // nothing more
	retryNow               // once more, now
	retryLater             // once more, when the chunk comes back
	park                   // a gate is closed: wait for it
)

// decision is what an outcome means for a row: the state and flags to write down, and what happens next.
type decision struct {
	to     ledger.State
	set    ledger.Flag
	clear  ledger.Flag
	failed bool // count a try
	next   next
	why    ledger.Reason // of a row that goes to unknown on an answer that accepted it
	gate   qflow.Gate    // park: which gate to close
	pause  bool          // the whole fleet stays away for wait
	wait   time.Duration // pause: how long Qflow asked for, 0 if it did not say
}

// rowContext is what is known of a row when an outcome comes in.
type rowContext struct {
	before          ledger.RowByte // the row's byte before the call was begun
	gateClosedSince bool           // a gate that hides lost emails has closed since the row was marked MaybeSent
	tries           int            // failed tries behind it
	unauthorized    int            // 401s in this run
	maker           maker          // of the guest that an atomic call gave back
	emailUnknown    bool           // the guest's email rests in unknown, in another import

	suppressed suppression.Reason // why the row's email is withheld; "" if it asks for none, or gets it
}

// maker is who has made a guest, as far as its record shows. A guest that exists comes back as it is, and whether its
// email was queued is not said (docs/qflow-api.md section 4.3).
type maker uint8

const (
	thisRow   maker = iota // the record has our template and correlation id: this call made it, or one before
	otherRow               // it has our template, and the correlation id of another row: an atomic call of ours made it
	elsewhere              // nothing of ours: it may never have had an email
)

// atomic, send and bulk turn an outcome into a decision: they are the three ways in which a row is called. They hold
// the rules of docs/design.md section 4 and docs/qflow-api.md section 10, and nothing else does.

// atomic is for POST /guest with a template, which may be repeated with the same id.
func (r rowContext) atomic(out qflow.Outcome) decision {
	d := r.common(out)
	d.to = r.before.State()
	if !r.before.HasFlag(ledger.MaybeSent) && out.Kind != qflow.Ambiguous {
		d.clear = ledger.MaybeSent // the answer is clear, and so was everything before it
	}
	switch out.Kind {
	case qflow.Accepted:
		d.to = ledger.Accepted
		if d.why = r.unproven(); !d.why.IsZero() {
			d.to = ledger.Unknown
		}
	case qflow.Refused:
		// The guest may have been made before the email was refused: for its template, a spam check, or a reason that
		// is not documented (docs/qflow-api.md section 11, question 1). If an operator retries it, its email goes by
		// /comms/send.
		d.to, d.set = ledger.Refused, ledger.Tried
	case qflow.GateClosed:
		// With an unknown attempt behind it, it must not go by /comms/send: see MaybeSent. That a full plan refuses before a
		// guest is made is likely, but its 403 looks like any other unknown one: of a template, say, after that.
		if !r.before.HasFlag(ledger.MaybeSent) {
			d.to, d.set = ledger.ParkedTried, ledger.Tried
		}
	case qflow.Transient, qflow.Ambiguous:
		if out.Kind == qflow.Ambiguous {
			d.set = ledger.MaybeSent
		}
		d = r.lastTry(d)
	case qflow.Unauthorized, qflow.KeyRefused, qflow.RateLimited, qflow.NoToken:
	}
	return blocked(d)
}

// unproven says why an accepted answer does not prove that an email was queued, if so. Sending it again could be the
// second one.
func (r rowContext) unproven() ledger.Reason {
	lost := r.before.HasFlag(ledger.MaybeSent)
	switch {
	case r.maker == elsewhere, r.maker == otherRow && !lost:
		return ledger.Reason{Code: "guest_existed",
			Text: "the guest existed at Qflow before this call (made there by hand, or by an import that was erased or is no longer kept), " +
				"and nothing proves that this email was queued"}
	case lost && (r.gateClosedSince || parked(r.before.State())):
		// The record comes back as it is. It need not be this row that has found the gate closed: the lost answer may
		// have been the refusal.
		return ledger.Reason{Code: "unproven",
			Text: "an answer was lost, then a gate was closed: the email may or may not be queued"}
	case lost && r.before.HasFlag(ledger.Tried): // the lost attempt may have made the guest and been refused as well
		return ledger.Reason{Code: "unproven",
			Text: "an answer was lost, and another refused the email: it may or may not be queued"}
	}
	return ledger.Reason{}
}

// blocked says of a row that met a closed gate that it is parked, unless it is so already.
func blocked(d decision) decision {
	if d.next == park && d.to == ledger.Queued {
		d.to = ledger.Parked
	}
	return d
}

// lastTry ends a row whose tries are used up.
func (r rowContext) lastTry(d decision) decision {
	if r.tries+1 >= MaxTries {
		d.to, d.next = ledger.Exhausted, done
	}
	return d
}

// send is for /comms/send, which must not be repeated: whatever does not prove that nothing was sent is unknown.
func (r rowContext) send(out qflow.Outcome) decision {
	d := r.common(out)
	d.to = r.before.State()
	switch out.Kind {
	case qflow.Accepted:
		d.to = ledger.Accepted
	case qflow.Refused:
		d.to = ledger.Refused
		if out.Status == 404 {
			// There is no such guest, hence no email: the atomic call makes both, and may be repeated.
			d.to, d.clear, d.next = r.before.State(), ledger.Tried, retryNow
		}
	case qflow.GateClosed:
		d.to = ledger.ParkedTried
	case qflow.Ambiguous:
		d.to, d.next, d.failed = ledger.Unknown, done, false
	case qflow.Transient:
		d = r.lastTry(d)
	case qflow.Unauthorized, qflow.KeyRefused, qflow.RateLimited, qflow.NoToken:
	}
	d = blocked(d)
	d.to = fromSending(d.to)
	return d
}

// fromSending leads a row out of Sending: it may go to queued or parked-tried, not to parked.
func fromSending(to ledger.State) ledger.State {
	if to == ledger.Parked {
		return ledger.ParkedTried
	}
	return to
}

// bulk is for an upsert without an email, which may always be repeated. Of a guest that it may have made, an email goes
// by /comms/send, in this import or in another that takes the guest over.
func (r rowContext) bulk(out qflow.Outcome) decision {
	d := r.common(out)
	d.to = r.before.State()
	d.set = ledger.Tried // the row was marked before the call: the guest may exist from now on
	switch out.Kind {
	case qflow.Accepted:
		d.to = ledger.Created
		switch {
		case r.emailUnknown:
			d.to = ledger.Unknown
		case r.suppressed != "":
			d.to, d.why = suppressedAs(r.before, r.suppressed)
		}
	case qflow.Refused:
		d.to = ledger.Refused
	case qflow.Ambiguous:
		d = r.lastTry(d)
	case qflow.GateClosed: // a bulk call may write guests until the plan is full
	case qflow.Transient:
		d = r.lastTry(r.untouched(d))
	case qflow.Unauthorized, qflow.KeyRefused, qflow.RateLimited, qflow.NoToken:
		d = r.untouched(d)
	}
	return blocked(d)
}

// untouched is for a call that has certainly written nothing.
func (r rowContext) untouched(d decision) decision {
	d.set = 0
	if !r.before.HasFlag(ledger.Tried) {
		d.clear = ledger.Tried
	}
	return d
}

// common is what an outcome means whatever was called.
func (r rowContext) common(out qflow.Outcome) decision {
	switch out.Kind {
	case qflow.GateClosed:
		return decision{next: park, gate: out.Gate}
	case qflow.RateLimited:
		return decision{next: retryNow, pause: true, wait: out.Wait}
	case qflow.KeyRefused:
		return decision{next: park, gate: qflow.GateAuth}
	case qflow.Unauthorized:
		if r.unauthorized > 0 { // a renewed token was refused as well: it is not the token
			return decision{next: park, gate: qflow.GateAuth}
		}
		return decision{next: retryNow}
	case qflow.NoToken:
		if needsOperator(out.Cause) {
			return decision{next: park, gate: qflow.GateAuth}
		}
		return decision{next: retryLater}
	case qflow.Transient, qflow.Ambiguous:
		return decision{next: retryLater, failed: true}
	case qflow.Accepted, qflow.Refused:
	}
	return decision{next: done}
}

// needsOperator reports whether no waiting brings a token that Qflow takes: there is no way to one, or it refuses each
// new one.
func needsOperator(cause error) bool {
	_, is := errors.AsType[*tokencache.AuthError](cause)
	return is || errors.Is(cause, tokencache.ErrEveryTokenRefused)
}

func parked(s ledger.State) bool { return s == ledger.Parked || s == ledger.ParkedTried }
