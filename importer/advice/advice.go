// Package advice puts the states of rows into words for people: what a state means, and what to do about it. All
// texts are here, so that a report, a page and a notification say the same.
package advice

import (
	"guestflow/importer/ledger"
	"guestflow/importer/reason"
)

// Meaning returns what has become of a row in a state, in a few words.
func Meaning(s ledger.State) string {
	switch s {
	case ledger.New:
		return "read, and not enqueued yet"
	case ledger.Rejected:
		return "not fit to be sent to Qflow"
	case ledger.Queued:
		return "waiting for a worker"
	case ledger.Accepted:
		return "guest created, email queued at Qflow"
	case ledger.Created:
		return "guest created or updated, no email asked for"
	case ledger.Unchanged:
		return "the same guest is in an earlier import; nothing to do"
	case ledger.Parked:
		return "waiting for a gate to open; nothing was sent"
	case ledger.ParkedTried:
		return "waiting for a gate to open; the guest may be there already, the email is not"
	case ledger.Refused:
		return "refused by Qflow for good"
	case ledger.Sending:
		return "an email is being queued this moment"
	case ledger.Unknown:
		return "the email may be out or not, so it is not sent again"
	case ledger.Exhausted:
		return "every try failed"
	case ledger.Cancelled:
		return "cancelled by a person, or because its file was changed before it was enqueued, " +
			"or since a later list has corrected the guest"
	case ledger.Delivered:
		return "the email has arrived"
	case ledger.Undeliverable:
		return "the email came back or was dropped"
	case ledger.Filtered:
		return "left out by the rule of the import, or as they are like known guests; nothing was sent"
	case ledger.Suppressed:
		return "guest created or updated, without the email: the address is not mailed any more"
	}
	return s.String()
}

// Settlement returns how a row was settled that has no call in its history at that time: it succeeded at once, by the
// call that its flags imply, or there was nothing to call for.
func Settlement(m ledger.RowByte, why ledger.Reason) string {
	switch s := m.State(); {
	case why.Code == reason.SendFailed:
		return "the email was taken by Qflow"
	case s == ledger.Created, s == ledger.Suppressed:
		return "guest made or updated by " + ledger.ByGuests
	case s == ledger.Accepted || s == ledger.Delivered || s == ledger.Undeliverable:
		if m.HasFlag(ledger.Tried) {
			return "email taken by " + ledger.BySend
		}
		return "guest made and email taken by " + ledger.ByGuest
	case s.Class() == ledger.Open:
		return "it had come to an end, and was taken up again since"
	default:
		return s.String() + ": " + Meaning(s)
	}
}

// ToDo returns what a person can do about rows of an import in a state, or "".
func ToDo(s ledger.State, id string) string {
	switch s {
	case ledger.Rejected, ledger.Refused:
		return "correct them in rejects.csv and drop that file"
	case ledger.Exhausted:
		return "find out why, then run: guestflow retry " + id
	case ledger.Unknown:
		return "if nothing settles them by tomorrow, see in Qflow who has an email, " +
			"and for the others run: guestflow retry --unknown " + id
	case ledger.Undeliverable:
		return "ask these guests for another address"
	case ledger.Parked, ledger.ParkedTried:
		return "they go out by themselves once the gate opens; guestflow status " + id + " shows what opens it"
	case ledger.New, ledger.Queued, ledger.Accepted, ledger.Created, ledger.Unchanged, ledger.Sending, ledger.Cancelled,
		ledger.Delivered, ledger.Filtered, ledger.Suppressed:
	}
	return ""
}
