package sandbox

import (
	"encoding/json"
	"time"
)

// Call is one POST /guest or POST /comms/send as the server saw it: what a client claims about a single guest is judged
// by these. Whether an answer arrived is not in them: a client that died before it read one leaves no trace here.
type Call struct {
	Endpoint Endpoint  `json:"endpoint"`
	GuestID  string    `json:"guest_id"`
	Email    string    `json:"email,omitempty"` // in a POST /guest: the guest may not have been kept
	Arrived  time.Time `json:"arrived"`
	Answered time.Time `json:"answered"`
	Outcome  string    `json:"outcome"`         // the answer's status, or "cut" when it was no proper one
	Fault    string    `json:"fault,omitempty"` // the kind of fault that broke the call
}

// Lost reports whether the answer cannot have told the client what was done.
func (c Call) Lost() bool {
	switch c.Fault {
	case "", Slow, SlowAfter, Fail429, Fail401:
		return false
	}
	return true
}

// keep lists a call while the switch says so. The guest is read from the body once more, since faults strike before any
// stage has read it.
func (b *recorder) keep(c *call, answer *reply, now time.Time) {
	if !c.sw.KeepCalls || (c.at != CreateGuest && c.at != Send) {
		return
	}
	var about struct {
		ID         string `json:"id"`
		AttendeeID string `json:"attendeeId"`
		Email      string `json:"email"`
	}
	_ = json.Unmarshal(c.body.Bytes(), &about) // a call about no guest is kept, too
	kept := Call{
		Endpoint: c.at, GuestID: canonical(about.ID), Email: about.Email, Arrived: c.now, Answered: now,
		Outcome: answer.outcome(),
	}
	if c.at == Send {
		kept.GuestID = canonical(about.AttendeeID)
	}
	if c.fault != nil {
		kept.Fault = c.fault.Kind
	}
	b.Lock()
	defer b.Unlock()
	b.kept = append(b.kept, kept)
}
