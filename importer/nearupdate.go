package importer

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/reason"
	"guestflow/importer/spec"
	"guestflow/importer/suppression"
)

// NearEmail is what the update of a known guest does about the email of the row's template.
type NearEmail string

// What it may do.
const (
	NearFirstEmail NearEmail = "first"    // he has not had it, and gets it at the row's address
	NearReturned   NearEmail = "returned" // he has had it and it came back, so that only a person sends it again

	// The guest wants none: he unsubscribed or complained at the address of before, or Qflow keeps him as one who did.
	NearUnsubscribed NearEmail = "unsubscribed"
	NearComplained   NearEmail = "complained"
	NearDropped      NearEmail = "dropped"
	NearByHand       NearEmail = "by_hand" // an operator has had an address of his not mailed any more

	NearCorrected NearEmail = "corrected" // it has not left yet, and goes at the row's address, by the row's import
	NearWritten   NearEmail = "written"   // as NearCorrected, unless it leaves within a minute
	NearLeaving   NearEmail = "leaving"   // it may have left or be leaving, as the import before has the guest
	NearUnsent    NearEmail = "unsent"    // another has not left yet, and goes as the import before has the guest
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
		suppressed := make([]suppression.Entry, len(some))
		for i, u := range some {
			suppressed[i] = u.suppressed
		}
		if err := p.lookUpDeclined(ctx, guests, claimed, suppressed); err != nil {
			return err
		}
		for i, u := range some {
			u.suppressed = suppressed[i]
			p.countUpdate(u, claimed[i])
		}
	}
	return p.lookUpEmails(ctx)
}

func (p *planner) countUpdate(u nearUpdate, c guestindex.Claimed) {
	before := p.Emails
	p.Near.updated++
	p.writes(c.Verdict, c.Owner)
	if p.Settings.Resend {
		p.againUnsent(c)
		p.create(u.guest, u.suppressed)
		p.Near.Emails += p.Emails - before
		return
	}
	p.count(u.guest, c, u.suppressed)
	email := nearEmail(c, p.Emails > before)
	if p.Near.addUnsent(email, c.Owner.Import); p.Emails > before {
		p.Near.Emails++
	}
	if u.shown >= 0 {
		p.Near.Rows[u.shown].setEmail(email, c.Owner)
	}
}

// nearEmail is what a look shows of the email of a guest who is updated; email is whether the row's own is to leave.
// One whose row has his address and name gets his email there anyhow.
func nearEmail(c guestindex.Claimed, email bool) NearEmail {
	switch {
	case c.Verdict == guestindex.WaitUnsent:
		return NearUnsent
	case c.Verdict == guestindex.Replace && email:
		return NearCorrected
	case c.Verdict == guestindex.WaitWritten && email:
		return NearWritten
	case c.Verdict == guestindex.Wait && c.Otherwise:
		return NearLeaving
	case email:
		return NearFirstEmail
	}
	return ""
}

func (m *NearMiss) setEmail(e NearEmail, before ledger.Owner) {
	switch m.Email = e; e {
	case NearUnsent, NearCorrected, NearWritten, NearLeaving:
		m.EmailOf = before.Import
	case NearFirstEmail, NearReturned, NearUnsubscribed, NearComplained, NearDropped, NearByHand:
	}
}

// lookUpEmails finds the rows that are listed whose guests had the email at an address from which it came back, and
// what an update of those that are held would do about one that has not left yet.
func (p *planner) lookUpEmails(ctx context.Context) error {
	if p.Near == nil || p.Settings.ledger == nil {
		return nil
	}
	for i := range p.Near.Rows {
		m := &p.Near.Rows[i]
		if m.Among > 1 || m.Email != "" || m.Kind == spec.NearTwice {
			continue
		}
		if err := p.lookUpEmail(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

func (p *planner) lookUpEmail(ctx context.Context, m *NearMiss) error {
	if m.guest.Template != "" {
		declined, err := p.declined(ctx, []guestindex.Guest{{ID: m.known, Event: m.guest.Event}})
		if err != nil {
			return err
		}
		if len(declined) > 0 && declined[0] != "" {
			m.Email = nearDeclined[declined[0].Said()]
			return nil
		}
	}
	if m.Choice == spec.NearHold && !p.Settings.Resend {
		g := m.guest
		g.Decision = guestindex.TakeOver(m.known)
		looked, err := p.compare(ctx, []guestindex.Guest{g})
		if err != nil {
			return err
		}
		v := looked[0].Verdict
		waits := v == guestindex.Replace || v == guestindex.WaitWritten
		m.setEmail(nearEmail(looked[0], waits), looked[0].Owner)
		p.Near.addUnsent(m.Email, m.EmailOf)
	}
	if m.guest.Template == "" || m.Email != "" {
		return nil
	}
	owner, state, err := p.emailOf(ctx, m)
	if err == nil {
		m.Email, err = p.undelivered(ctx, owner, state)
	}
	return err
}

// nearDeclined is what an update does of a guest who has said that he wants no emails.
var nearDeclined = map[suppression.Reason]NearEmail{
	suppression.Unsubscribed: NearUnsubscribed, suppression.Complained: NearComplained, suppression.ByHand: NearByHand,
}

// undelivered returns why the email that a row had is not sent by an update, where it did not get through or its guest
// wants none; "" is neither.
func (p *planner) undelivered(ctx context.Context, row ledger.Owner, s ledger.State) (NearEmail, error) {
	if s != ledger.Undeliverable {
		return "", nil
	}
	why, err := p.Settings.ledger.Reasons(ctx, row.Import, []int{row.Row})
	if err != nil || len(why) != 1 {
		return NearReturned, err
	}
	switch why[0].Code {
	case reason.Unsubscribed:
		return NearUnsubscribed, nil
	case reason.Spam:
		return NearComplained, nil
	case reason.Dropped:
		return NearDropped, nil
	}
	return NearReturned, nil
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
func (n *NearMisses) addUnsent(e NearEmail, imp string) {
	switch e {
	case NearCorrected:
		n.Corrected++
	case NearWritten:
		n.Written++
	case NearLeaving:
		n.Leaving++
	case NearUnsent:
		kept := Unsent{Kept: n.Unsent, KeptBy: n.UnsentOf}
		kept.keep(imp)
		n.Unsent, n.UnsentOf = kept.Kept, kept.KeptBy
	case NearFirstEmail, NearReturned, NearUnsubscribed, NearComplained, NearDropped, NearByHand:
	}
}

// UnsentText says of how many guests the email is still to go, and how; "" without any.
func (n *NearMisses) UnsentText() string {
	if n == nil {
		return ""
	}
	return Unsent{
		Corrected: n.Corrected, Written: n.Written, Kept: n.Unsent, KeptBy: n.UnsentOf, Leaving: n.Leaving,
		ifUpdated: n.Hold > 0,
	}.Text()
}

// Text says what an update does about the email, or "".
func (e NearEmail) Text() string {
	switch e {
	case NearFirstEmail:
		return "the guest has not had this email, and gets it at the row's address"
	case NearCorrected:
		return "the email has not left yet, and goes to the row's address and name"
	case NearWritten:
		return "the email has not left yet, and the guest was written within the last minute: it goes to the row's " +
			"address and name, or to those of before if it leaves before that minute is over"
	case NearLeaving:
		return "the email may have left, or be leaving at this moment: it goes once, to the address and name of before if it does"
	case NearUnsent:
		return "another email, which this list does not send, has not left yet, and goes to the address and name of " +
			"that import"
	case NearReturned:
		return "the email came back from the address before; an update sends none, then guestflow resend sends it to this one"
	case NearUnsubscribed:
		return "the guest has unsubscribed at the address before; an update sends none"
	case NearComplained:
		return "the guest has marked the email as spam at the address before; an update sends none"
	case NearDropped:
		return "Qflow has not sent the email, as the guest has unsubscribed or complained before; an update sends none"
	case NearByHand:
		return "an operator has had an address of the guest not mailed any more; an update sends none until that one is lifted"
	}
	return ""
}

// emailText says of how many updates an email comes.
func (n *NearMisses) emailText() string {
	if n.Emails == 0 {
		return "without a second email"
	}
	if n.again {
		return fmt.Sprintf("%d of them with this email, which is sent again", n.Emails)
	}
	return fmt.Sprintf("%d of them with this email, which they have not had", n.Emails)
}
