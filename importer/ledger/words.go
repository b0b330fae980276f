package ledger

import (
	"path/filepath"
	"regexp"
)

// Meaning says in a few words what is the matter with a row in this state, to whoever reads a report.
func (s State) Meaning() string {
	switch s {
	case New:
		return "read, and not enqueued yet"
	case Rejected:
		return "not fit to be sent to Qflow"
	case Queued:
		return "waiting for a worker"
	case Accepted:
		return "guest made, email queued at Qflow"
	case Created:
		return "guest made or updated, no email asked for"
	case Unchanged:
		return "the same guest is in an earlier import; nothing to do"
	case Parked:
		return "waiting for a gate to open; nothing was sent"
	case ParkedTried:
		return "waiting for a gate to open; the guest may be there already, the email is not"
	case Refused:
		return "refused by Qflow for good"
	case Sending:
		return "an email is being queued this moment"
	case Unknown:
		return "the email may be out or not, so it is not sent again"
	case Exhausted:
		return "every try failed"
	case Cancelled:
		return "cancelled by a person, or because its file was changed before it was enqueued"
	case Delivered:
		return "the email has arrived"
	case Undeliverable:
		return "the email came back or was dropped"
	}
	return s.String()
}

// The ways of a row to Qflow, as its history names them.
const (
	ByGuest  = "POST /guest"
	ByGuests = "POST /guests"
	BySend   = "POST /comms/send"
)

// Settlement says how a row came to an end that has no call in its history at that time: it went through at once, by the way that its
// mark tells, or there was nothing to call for.
func Settlement(m RowByte, why Reason) string {
	switch s := m.State(); {
	case why.Code == ReasonSendFailed:
		return "the email was taken by Qflow"
	case s == Created:
		return "guest made or updated by " + ByGuests
	case s == Accepted || s == Delivered || s == Undeliverable:
		if m.HasFlag(Tried) {
			return "email taken by " + BySend
		}
		return "guest made and email taken by " + ByGuest
	case s.Class() == Open:
		return "it had come to an end, and was taken up again since"
	default:
		return s.String() + ": " + s.Meaning()
	}
}

// Advice says what a person can do about rows of an import in this state, or nothing.
func (s State) Advice(id string) string {
	switch s {
	case Rejected, Refused:
		return "correct them in rejects.csv and drop that file"
	case Exhausted:
		return "find out why, then run: guestflow retry " + id
	case Unknown:
		return "if nothing settles them by tomorrow, see in Qflow who has an email, and for the others run: guestflow retry --unknown " + id
	case Undeliverable:
		return "ask these guests for another address"
	case Parked, ParkedTried:
		return "they go out by themselves once the gate opens; guestflow status " + id + " says what opens it"
	case New, Queued, Accepted, Created, Unchanged, Sending, Cancelled, Delivered:
	}
	return ""
}

// FileName is the file as it was called when it came: the inbox puts its own marks in front, up to two hyphens.
func (i Import) FileName() string {
	base := filepath.Base(i.Source)
	if m := inboxMark.FindString(base); len(m) < len(base) {
		return base[len(m):]
	}
	return base
}

var inboxMark = regexp.MustCompile(`^\d{8}T\d{6}-[A-Z2-7]{6}(\.\d+)?(-[0-9A-Za-z]+)?--`)
