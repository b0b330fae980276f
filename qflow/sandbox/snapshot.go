package sandbox

import (
	"fmt"
	"time"
)

// Snapshot is what a sandbox knows of its accounts, secrets included: another one goes on from there, in a later
// process or version. Of the History, only the counts of emails are in it.
type Snapshot struct {
	Guests   []Guest           `json:"guests"` // in order of creation, event by event
	Emails   []SnapshotEmail   `json:"emails"`
	Tokens   []SnapshotToken   `json:"tokens"`
	Webhooks []SnapshotWebhook `json:"webhooks"`
	PlanUsed map[string]int    `json:"plan_used"` // by client id
}

// SnapshotEmail is one (guest, template).
type SnapshotEmail struct {
	Email
	Refused bool `json:"refused,omitempty"` // a call for it got 403 trust_required
}

// SnapshotToken is an access token, which expires, or a refresh token. Tokens with the same family came of one sign-in.
type SnapshotToken struct {
	Token   string    `json:"token"`
	Expires time.Time `json:"expires,omitzero"` // of an access token
	Used    bool      `json:"used,omitempty"`   // of a refresh token
	Family  int       `json:"family"`
	Client  string    `json:"client"`
	Dialect string    `json:"dialect"`
	Scope   string    `json:"scope"`
}

// SnapshotWebhook is an account's comms webhook.
type SnapshotWebhook struct {
	Client string `json:"client"`
	URL    string `json:"url"`
	Secret string `json:"secret"`
}

// Snapshot gives it. Revoked tokens are not in it.
func (s *Sandbox) Snapshot() Snapshot {
	shot := Snapshot{PlanUsed: map[string]int{}}
	s.store.snapshot(&shot)
	s.identity.snapshot(&shot)
	return shot
}

// Restore puts a snapshot in the place of all guests, emails, tokens and webhooks. Its accounts, events and templates
// have to be those of this sandbox.
func (s *Sandbox) Restore(shot Snapshot) error {
	s.mailer.clear()
	s.store.initialise(s.now())
	s.identity.initialise(s.store.accounts)
	if err := s.restoreStore(shot); err != nil {
		return fmt.Errorf("restore a sandbox: %w", err)
	}
	s.restoreTokens(shot)
	return nil
}

func (s *store) snapshot(shot *Snapshot) {
	s.Lock()
	defer s.Unlock()
	for _, e := range s.events {
		for _, row := range e.guests {
			shot.Guests = append(shot.Guests, row.Guest)
		}
	}
	for key, p := range s.sends {
		one := SnapshotEmail{Email: Email{GuestID: key.guest, TemplateID: key.template, Count: p.count}, Refused: p.refused}
		if p.last != nil {
			one.State, one.InvitationID, one.CorrelationID = p.last.state, p.last.id, p.last.correlation
		}
		shot.Emails = append(shot.Emails, one)
	}
	for _, a := range s.accounts {
		shot.PlanUsed[a.ClientID] = a.planUsed
		if a.webhook != nil {
			shot.Webhooks = append(shot.Webhooks, SnapshotWebhook{a.ClientID, a.webhook.url, a.webhook.secret})
		}
	}
}

func (s *Sandbox) restoreStore(shot Snapshot) error {
	s.store.Lock()
	defer s.store.Unlock()
	for _, g := range shot.Guests {
		e := s.store.events[g.EventID]
		if e == nil {
			return fmt.Errorf("guest %s is of event %s, which does not exist", g.ID, g.EventID)
		}
		row := &guestRow{Guest: g, owner: e.owner}
		s.store.guests[g.ID] = row
		s.store.claim(row)
		e.guests = append(e.guests, row)
	}
	for _, m := range shot.Emails {
		row := s.store.guests[m.GuestID]
		if row == nil {
			return fmt.Errorf("an email is for guest %s, who is not there", m.GuestID)
		}
		s.store.restoreEmail(row, m)
	}
	for _, a := range s.store.accounts {
		a.usePlan(shot.PlanUsed[a.ClientID], s.now())
		for _, w := range shot.Webhooks {
			if w.Client == a.ClientID {
				a.webhook = &webhook{url: w.URL, secret: w.Secret}
			}
		}
	}
	return nil
}

// restoreEmail expects the store to be locked.
func (s *store) restoreEmail(row *guestRow, m SnapshotEmail) {
	p := s.pairOf(row.ID, m.TemplateID)
	p.count, p.refused = m.Count, m.Refused
	if m.State != "" {
		p.last = &invitation{
			id: m.InvitationID, guest: row.ID, template: m.TemplateID, event: row.EventID, email: row.Email,
			correlation: m.CorrelationID, state: m.State, owner: row.owner,
		}
	}
	s.totals.emails += m.Count
	s.totals.emailsMax = max(s.totals.emailsMax, m.Count)
	if m.Count > 0 && !row.emailed {
		row.emailed = true
		s.totals.guestsEmailed++
	}
}

func (i *identity) snapshot(shot *Snapshot) {
	i.RLock()
	defer i.RUnlock()
	families := map[*family]int{}
	of := func(f *family, t SnapshotToken) {
		if f.revoked {
			return
		}
		if families[f] == 0 {
			families[f] = len(families) + 1
		}
		t.Family, t.Client, t.Dialect, t.Scope = families[f], f.client, f.dialect, f.scope
		shot.Tokens = append(shot.Tokens, t)
	}
	for token, a := range i.access {
		of(a.family, SnapshotToken{Token: token, Expires: a.expires})
	}
	for token, r := range i.refresh {
		of(r.family, SnapshotToken{Token: token, Used: r.used})
	}
}

func (s *Sandbox) restoreTokens(shot Snapshot) {
	s.identity.Lock()
	defer s.identity.Unlock()
	families := map[int]*family{}
	for _, t := range shot.Tokens {
		f := families[t.Family]
		if f == nil {
			f = &family{dialect: t.Dialect, client: t.Client, scope: t.Scope}
			for _, a := range s.identity.accounts {
				if a.ClientID == t.Client {
					f.account = a
				}
			}
			families[t.Family] = f
		}
		if t.Expires.IsZero() {
			s.identity.refresh[t.Token] = &refreshToken{family: f, used: t.Used}
		} else {
			s.identity.access[t.Token] = &accessToken{family: f, expires: t.Expires}
		}
	}
}
