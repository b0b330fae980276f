package ledger

import (
	"fmt"
	"strconv"
)

// State is what has become of one row. The low four bits of its byte in Redis.
type State uint8

// The states of a row (docs/design.md section 2).
const (
	New           State = iota // read, nothing decided yet
	Rejected                   // not fit to be sent; never left this house
	Queued                     // in a chunk, waiting for a worker
	Accepted                   // guest created, email queued at Qflow
	Created                    // guest created or updated, no email asked for
	Unchanged                  // the same guest with the same email is in an earlier import; nothing to do
	Parked                     // waiting for a gate
	ParkedTried                // waiting for a gate; a call got the 403, so the guest may exist
	Refused                    // Qflow said no for good
	Sending                    // a /comms/send is on its way
	Unknown                    // an email may or may not have been queued; a webhook or a person decides
	Exhausted                  // every try failed
	Cancelled                  // stopped by a person
	Delivered                  // the email arrived
	Undeliverable              // the email bounced, was dropped or marked as spam
	states        = iota
)

var stateNames = [states]string{
	"new", "rejected", "queued", "accepted", "created", "unchanged", "parked", "parked-tried", "refused", "sending",
	"unknown", "exhausted", "cancelled", "delivered", "undeliverable",
}

func (s State) String() string {
	if int(s) >= states {
		return fmt.Sprintf("state(%d)", uint8(s))
	}
	return stateNames[s]
}

// counter is the field of an import's record that counts the rows in the state.
func (s State) counter() string { return "n" + strconv.Itoa(int(s)) }

// MarshalText names the state in JSON, also as a key.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// AllStates lists the states in the order in which a row meets them, for tables and reports.
func AllStates() []State {
	return []State{
		New, Queued, Parked, ParkedTried, Sending, Accepted, Delivered, Created, Unchanged,
		Rejected, Refused, Undeliverable, Unknown, Exhausted, Cancelled,
	}
}

// next is the transition table: no other change of state can happen, because the script that changes a row is given
// this table and refuses the rest. What Qflow reports of an email has a table of its own, in package emailevent.
//
// Three lines are less than obvious. A cancelled row may still become accepted: its call was on the way when the
// person cancelled, and the truth wins. An email can be delivered before we have written down that it was queued,
// since webhooks overtake. And sending may go back to queued or parked-tried, but only on an answer that proves that
// nothing was sent.
var next = map[State][]State{
	New: {Rejected, Queued, Unchanged, Cancelled},
	Queued: {
		Accepted, Created, Unchanged, Parked, ParkedTried, Refused, Sending, Unknown, Exhausted, Cancelled, Delivered,
		Undeliverable,
	},
	Parked: {
		Accepted, Created, Unchanged, ParkedTried, Refused, Sending, Unknown, Exhausted, Cancelled, Delivered, Undeliverable,
	},
	ParkedTried: {
		Accepted, Created, Unchanged, Refused, Sending, Unknown, Exhausted, Cancelled, Delivered, Undeliverable,
	},
	Sending:       {Accepted, Queued, ParkedTried, Refused, Unknown, Exhausted, Delivered, Undeliverable},
	Unknown:       {Accepted, ParkedTried, Cancelled, Delivered, Undeliverable},
	Exhausted:     {Queued, Accepted, Cancelled, Delivered, Undeliverable},
	Refused:       {Queued, Cancelled},
	Cancelled:     {Accepted, Created, Unknown, Delivered, Undeliverable},
	Accepted:      {Delivered, Undeliverable},
	Delivered:     {Undeliverable},
	Undeliverable: {Delivered},
}

// Allowed reports whether a row may go from one state to another.
func Allowed(from, to State) bool {
	for _, s := range next[from] {
		if s == to {
			return true
		}
	}
	return false
}

// Class groups the states by what they mean to another import that waits for the guest.
type Class byte

const (
	// Open rows still move by themselves; an import with none is finished.
	Open Class = 'o'
	// Settled rows are as the operator wanted them. The guest exists, and no other import may email it again.
	Settled Class = 'g'
	// Released rows came to nothing: another import may take their guest over.
	Released Class = 'f'
)

var classes = [states]Class{
	New: Open, Queued: Open, Parked: Open, ParkedTried: Open, Sending: Open,
	Accepted: Settled, Created: Settled, Unchanged: Settled, Delivered: Settled, Undeliverable: Settled,
	// Unknown is Settled only towards other imports: its email may be out, so none of them sends another.
	Unknown:  Settled,
	Rejected: Released, Refused: Released, Exhausted: Released, Cancelled: Released,
}

// Class of the state.
func (s State) Class() Class { return classes[s] }

// Succeeded reports whether a row in this state needs no attention and no reason in a report.
func (s State) Succeeded() bool {
	return s == Accepted || s == Created || s == Unchanged || s == Delivered
}

// Flag is a bit beside the state. A flag survives changes of state.
type Flag uint8

const (
	// Tried: a call reached Qflow and was turned away late, so the guest may exist without its email.
	Tried Flag = 0x40
	// MaybeSent: an attempt is behind the row whose answer is not known, so its email may be queued. It is set before
	// an atomic call and cleared by a clear answer, so a crash in between leaves it set.
	MaybeSent Flag = 0x80
)

// RowByte is a row's byte: state and flags.
type RowByte uint8

// State of the row.
func (m RowByte) State() State { return State(m & 0x0f) }

// HasFlag reports whether a flag is set.
func (m RowByte) HasFlag(f Flag) bool { return uint8(m)&uint8(f) != 0 }

// With returns the byte in another state, with flags set and cleared.
func (m RowByte) With(s State, set, lift Flag) RowByte {
	return RowByte((uint8(m)&0xf0 | uint8(s) | uint8(set)) &^ uint8(lift))
}
