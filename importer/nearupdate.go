package importer

import (
	"context"
	"fmt"
	"slices"
	"strings"

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
	NearUnsent     NearEmail = "unsent"   // it has not left yet, and goes as the import before has the guest
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
			p.countUpdate(u, claimed[i])
		}
	}
	return p.lookUpEmails(ctx)
}

func (p *planner) countUpdate(u nearUpdate, c guestindex.Claimed) {
	if p.Settings.Resend {
		p.create(u.guest, u.suppressed)
		return
	}
	before := p.Emails
	p.count(u.guest, c.Verdict, u.suppressed)
	if c.Verdict == guestindex.Wait && u.guest.Template != "" && u.shown < 0 { // those that are listed are looked up
		p.Near.addUnsent(c.Owner.Import)
	}
	if p.Emails == before {
		return
	}
	p.Near.Emails++
	if u.shown >= 0 {
		p.Near.Rows[u.shown].Email = NearFirstEmail
	}
}

// lookUpEmails finds the rows that are listed whose guests had the email at an address from which it came back, and those
// whose email has not left yet.
func (p *planner) lookUpEmails(ctx context.Context) error {
	if p.Near == nil || p.Settings.ledger == nil {
		return nil
	}
	for i := range p.Near.Rows {
		m := &p.Near.Rows[i]
		if m.guest.Template == "" || m.Among > 1 || m.Email != "" || m.Kind == spec.NearTwice {
			continue
		}
		owner, state, err := p.emailOf(ctx, m)
		if err != nil {
			return err
		}
		switch state {
		case ledger.Undeliverable:
			m.Email = NearReturned
		case ledger.Queued, ledger.Parked, ledger.ParkedTried:
			if m.Choice == spec.NearUpdate || m.Choice == spec.NearHold { // else it is not this row's
				m.Email, m.EmailOf = NearUnsent, owner.Import
				p.Near.addUnsent(owner.Import)
			}
		default:
		}
	}
	return nil
}

// emailOf returns the row that has the email of a row's known guest, and its state; New without one.
func (p *planner) emailOf(ctx context.Context, m *NearMiss) (ledger.Owner, ledger.State, error) {
	owner, mailed, err := guestindex.For(p.Settings.ledger).EmailOwner(ctx, m.guest.Event, m.known.String(), m.guest.Template)
	if err != nil || !mailed {
		return owner, ledger.New, err
	}
	state, err := p.Settings.ledger.RowBytes(ctx, owner.Import, owner.Row, owner.Row)
	if err != nil || len(state) != 1 {
		return owner, ledger.New, err
	}
	return owner, state[0].State(), nil
}

// addUnsent counts a row whose guest's email waits in an import.
func (n *NearMisses) addUnsent(imp string) {
	n.Unsent++
	if !slices.Contains(n.UnsentOf, imp) && len(n.UnsentOf) < maxUnsentOf {
		n.UnsentOf = append(n.UnsentOf, imp)
	}
}

// maxUnsentOf is how many imports are named that have emails which have not left.
const maxUnsentOf = 3

// UnsentText says of how many guests the email is still to go, as they were before, and what changes that; "" without any.
func (n *NearMisses) UnsentText() string {
	if n == nil || n.Unsent == 0 {
		return ""
	}
	cancel := make([]string, len(n.UnsentOf))
	for i, imp := range n.UnsentOf {
		cancel[i] = "guestflow cancel " + imp
	}
	return fmt.Sprintf("the email of %d of these guests has not left yet, and an update does not change it: it goes to the address and name "+
		"of the import before; to have it go as this list says: %s first, which stops all its emails that have not left, then import this list",
		n.Unsent, strings.Join(cancel, ", "))
}

// Text says what an update does about the email, or "".
func (e NearEmail) Text() string {
	switch e {
	case NearFirstEmail:
		return "the guest has not had this email, and gets it at the row's address"
	case NearUnsent:
		return "the email has not left yet, and goes to the address and name of that import"
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
