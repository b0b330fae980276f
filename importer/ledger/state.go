package ledger

import (
	"fmt"
	"strconv"
)

// State is what has become of one row; RowByte says how it is kept in Redis.
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
	Filtered                   // left out by a rule of the operator; never called
	Suppressed                 // guest there, without an email: its address is not mailed any more
	states        = iota
)

var stateNames = [states]string{
	"new", "rejected", "queued", "accepted", "created", "unchanged", "parked", "parked-tried", "refused", "sending",
	"unknown", "exhausted", "cancelled", "delivered", "undeliverable", "filtered", "suppressed",
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
		Rejected, Refused, Undeliverable, Unknown, Exhausted, Cancelled, Filtered, Suppressed,
	}
}

// next is the transition table: no other change of state can happen, because the script that changes a row is given
// this table and refuses the rest. What Qflow reports of an email has a table of its own, in package emailevent.
//
// Four lines are less than obvious. A cancelled row may still become accepted: its call was on the way when the
// person cancelled, and the truth wins. An email can be delivered before we have written down that it was queued,
// since webhooks overtake. Sending may go back to queued or parked-tried, but only on an answer that proves that
// nothing was sent. And no row becomes suppressed that is marked maybe-sent (move.lua): its email may be out.
var next = map[State][]State{
	New: {Rejected, Queued, Unchanged, Cancelled, Filtered, Suppressed},
	Queued: {
		Accepted, Created, Unchanged, Parked, ParkedTried, Refused, Sending, Unknown, Exhausted, Cancelled, Delivered,
		Undeliverable, Suppressed,
	},
	Parked: {
		Accepted, Created, Unchanged, ParkedTried, Refused, Sending, Unknown, Exhausted, Cancelled, Delivered, Undeliverable,
		Suppressed,
	},
	ParkedTried: {
		Accepted, Created, Unchanged, Refused, Sending, Unknown, Exhausted, Cancelled, Delivered, Undeliverable, Suppressed,
	},
	Sending:       {Accepted, Queued, ParkedTried, Refused, Unknown, Exhausted, Delivered, Undeliverable},
	Unknown:       {Accepted, ParkedTried, Cancelled, Delivered, Undeliverable},
	Exhausted:     {Queued, Accepted, Cancelled, Delivered, Undeliverable},
	Refused:       {Queued, Cancelled},
	Cancelled:     {Accepted, Created, Suppressed, Unknown, Delivered, Undeliverable},
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
	Unknown: Settled,
	// Suppressed is Settled as to the guest; its email is free, and goes once the address is mailed again (claim.lua).
	Suppressed: Settled,
	Rejected:   Released, Refused: Released, Exhausted: Released, Cancelled: Released, Filtered: Released,
}

// Class of the state.
func (s State) Class() Class { return classes[s] }

// Succeeded reports whether a row in this state needs no attention and no reason in a report.
func (s State) Succeeded() bool {
	return s == Accepted || s == Created || s == Unchanged || s == Delivered
}

// Decided reports whether a person has decided, by a command, a rule or a list, that a row in this state is not mailed.
func (s State) Decided() bool { return s == Cancelled || s == Filtered || s == Suppressed }

// NeedsAttention reports whether rows in this state want a person.
func (s State) NeedsAttention() bool { return s.Class() != Open && !s.Succeeded() && !s.Decided() }

// Flag is a bit beside the state. A flag survives changes of state.
type Flag uint8

const (
	// Tried: a call reached Qflow and was turned away late, so the guest may exist without its email.
	Tried Flag = 0x40
	// MaybeSent: an attempt is behind the row whose answer is not known, so its email may be queued. It is set before
	// an atomic call and cleared by a clear answer, so a crash in between leaves it set.
	MaybeSent Flag = 0x80
)

// RowByte is a row's byte: the state in the low four bits, the epoch in the next two, and the flags. Four bits hold 15
// states; the last of their values says that the row is in a state beyond, which has no epoch, and then the bits of the
// epoch say in which. So a byte of a version that knew 15 states keeps its meaning.
type RowByte uint8

const (
	stateBits = 0x0f
	epochBits = 0x30
	epochUnit = 0x10

	// beyond is the first of the states that are told apart by the bits of the epoch.
	beyond = Filtered
)

// byteOf is the byte of a row in a state, without flags or epoch.
func byteOf(s State) RowByte {
	if s >= beyond {
		return RowByte(stateBits + epochUnit*(s-beyond))
	}
	return RowByte(s)
}

// State of the row.
func (m RowByte) State() State {
	s := State(m & stateBits)
	if s == beyond {
		s += State(m&epochBits) / epochUnit
	}
	return s
}

// HasFlag reports whether a flag is set.
func (m RowByte) HasFlag(f Flag) bool { return uint8(m)&uint8(f) != 0 }

// With returns the byte in another state, with flags set and cleared.
func (m RowByte) With(s State, set, lift Flag) RowByte {
	kept := m &^ stateBits
	if s >= beyond || m.State() >= beyond {
		kept &^= epochBits
	}
	return (kept | byteOf(s) | RowByte(set)) &^ RowByte(lift)
}
