package importer

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/spec"
	"guestflow/importer/suppression"
)

// NearEmail is what the update of a known guest does about the email of the row's template.
type NearEmail string

// What it may do.
const (
	NearFirstEmail NearEmail = "first"    // he has not had it, and gets it at the row's address
	NearReturned   NearEmail = "returned" // he has had it and it came back, so that only a person sends it again
)

// nearUpdate is a row that is decided to be a known guest.
type nearUpdate struct {
	guest      guestindex.Guest
	known      uuid.UUID
	suppressed suppression.Entry // of the row's address
	shown      int               // which of the rows that the plan lists it is; -1 for none
}

// shown is which of the rows that are listed the next one is, or -1.
func (n *NearMisses) shown() int {
	if len(n.Rows) < maxNearShown {
		return len(n.Rows)
	}
	return -1
}

// lookUpUpdates counts what updates of known guests come to: an email only for one who has not had it.
func (p *planner) lookUpUpdates(ctx context.Context) error {
	for len(p.updates) > 0 {
		some := p.updates[:min(len(p.updates), compareEvery)]
		p.updates = p.updates[len(some):]
		guests := make([]guestindex.Guest, len(some))
		for i, u := range some {
			guests[i] = u.guest
			guests[i].Decision = guestindex.TakeOver(u.known)
		}
		claimed, err := p.compare(ctx, guests)
		if err != nil {
			return err
		}
		for i, u := range some {
			p.countUpdate(u, claimed[i].Verdict)
		}
	}
	return p.lookUpReturned(ctx)
}

func (p *planner) countUpdate(u nearUpdate, v guestindex.Verdict) {
	if p.Settings.Resend {
		p.create(u.guest, u.suppressed)
		return
	}
	before := p.Emails
	p.count(u.guest, v, u.suppressed)
	if p.Emails == before {
		return
	}
	p.Near.Emails++
	if u.shown >= 0 {
		p.Near.Rows[u.shown].Email = NearFirstEmail
	}
}

// lookUpReturned finds the rows that are listed whose guests had the email at an address from which it came back.
func (p *planner) lookUpReturned(ctx context.Context) error {
	if p.Near == nil || p.Settings.ledger == nil {
		return nil
	}
	index := guestindex.For(p.Settings.ledger)
	for i := range p.Near.Rows {
		m := &p.Near.Rows[i]
		if m.guest.Template == "" || m.Among > 1 || m.Email != "" || m.Kind == spec.NearTwice {
			continue
		}
		owner, mailed, err := index.EmailOwner(ctx, m.guest.Event, m.known.String(), m.guest.Template)
		if err != nil {
			return err
		}
		if !mailed {
			continue
		}
		state, err := p.Settings.ledger.RowBytes(ctx, owner.Import, owner.Row, owner.Row)
		if err != nil {
			return err
		}
		if len(state) == 1 && state[0].State() == ledger.Undeliverable {
			m.Email = NearReturned
		}
	}
	return nil
}

// Text says what an update does about the email, or "".
func (e NearEmail) Text() string {
	switch e {
	case NearFirstEmail:
		return "the guest has not had this email, and gets it at the row's address"
	case NearReturned:
		return "the email came back from the address before; an update sends none, then guestflow resend sends it to this one"
	}
	return ""
}

// emailText says of how many updates an email comes.
func (n *NearMisses) emailText() string {
	if n.Emails == 0 {
		return "without a second email"
	}
	return fmt.Sprintf("%d of them with this email, which they have not had", n.Emails)
}
