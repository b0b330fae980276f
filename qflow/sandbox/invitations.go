package sandbox

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// Invitation states, the words of docs/qflow-api.md section 5.2's previous-state table.
const (
	StateQueued       = "queued"
	StateDeferred     = "deferred"
	StateSent         = "sent"
	StateDelivered    = "delivered"
	StateOpened       = "opened"
	StateFailed       = "failed" // API-side and transient: a resend is allowed
	StateBounced      = "bounced"
	StateDropped      = "dropped"
	StateSpam         = "spam"
	StateUnsubscribed = "unsubscribed"
)

// terminal are the states after which the pair is never sent to again.
var terminal = []string{StateBounced, StateDropped, StateSpam, StateUnsubscribed}

// outcomes are how the mail to some addresses ends, by the address's local part (up to a "+"), so that a CSV file alone
// can bring about every state: bounce@x.example or bounce+17@x.example. All others are delivered.
var outcomes = map[string][]string{
	"bounce":      {StateSent, StateBounced},
	"soft":        {StateSent, StateBounced}, // a soft bounce, where Qflow says so: bounce_kind
	"drop":        {StateDropped},
	"spam":        {StateSent, StateDelivered, StateSpam},
	"unsubscribe": {StateSent, StateDelivered, StateUnsubscribed},
	"fail":        {StateFailed},
	"defer":       {StateSent, StateDeferred},
	"open":        {StateSent, StateDelivered, StateOpened},
	"sent":        {StateSent},
}

var delivery = []string{StateSent, StateDelivered}

func outcomeOf(email string) []string {
	if states := outcomes[outcomeName(email)]; states != nil {
		return states
	}
	return delivery
}

// outcomeName is what an address says of how its mail ends.
func outcomeName(email string) string {
	local, _, _ := strings.Cut(email, "@")
	local, _, _ = strings.Cut(local, "+")
	return strings.ToLower(local)
}

type pairKey struct{ guest, template string }

// pair is what happened between one guest and one template.
type pair struct {
	count   int
	refused bool // a call for it got 403 trust_required
	last    *invitation
}

type invitation struct {
	id, guest, template, event, email, correlation string
	state                                          string
	owner                                          *account
}

// pairOf expects the store to be locked.
func (s *store) pairOf(guest, template string) *pair {
	key := pairKey{guest, template}
	p := s.sends[key]
	if p == nil {
		p = &pair{}
		s.sends[key] = p
	}
	return p
}

// queue records one email and hands it to the mailer. It expects the store to be locked.
func (c *call) queue(row *guestRow, template, correlation string) *invitation {
	p := c.s.store.pairOf(row.ID, template)
	p.last = &invitation{
		id: uuid.NewString(), guest: row.ID, template: template, event: row.EventID, email: row.Email,
		correlation: correlation, state: StateQueued, owner: c.account,
	}
	p.count++
	sum := &c.s.store.totals
	sum.emails++
	sum.emailsMax = max(sum.emailsMax, p.count)
	if !row.emailed {
		row.emailed = true
		sum.guestsEmailed++
	}
	c.s.mailer.add(p.last, c.sw)
	return p.last
}

// forgiveBounces reopens a guest's blocked pairs. It expects the store to be locked.
func (s *store) forgiveBounces(guest string) {
	for _, t := range s.events[s.guests[guest].EventID].templates {
		p := s.sends[pairKey{guest, t.ID}]
		if p != nil && p.last != nil && slices.Contains(terminal, p.last.state) {
			p.last.state = StateFailed
		}
	}
}

// SetInvitation puts the latest invitation of (guest, template) into a state, making one if there is none yet, without
// counting an email: what happened to it happened elsewhere.
func (s *Sandbox) SetInvitation(guestID, templateID, state string) error {
	known := append([]string{StateQueued, StateDeferred, StateSent, StateDelivered, StateOpened, StateFailed}, terminal...)
	if !slices.Contains(known, state) {
		return fmt.Errorf("set invitation: state %q is none of %v", state, known)
	}
	s.store.Lock()
	defer s.store.Unlock()
	row := s.store.guests[canonical(guestID)]
	if row == nil || s.store.templates[canonical(templateID)] == nil {
		return fmt.Errorf("set invitation: no guest %s or no template %s", guestID, templateID)
	}
	p := s.store.pairOf(row.ID, canonical(templateID))
	if p.last == nil {
		p.last = &invitation{
			id: uuid.NewString(), guest: row.ID, template: canonical(templateID), event: row.EventID, email: row.Email,
			owner: row.owner,
		}
	}
	p.last.state = state
	return nil
}
