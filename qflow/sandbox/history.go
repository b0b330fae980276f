package sandbox

import "time"

// Summary is the totals of a History, cheap to ask for while a run goes on.
type Summary struct {
	Guests   int `json:"guests"`
	PlanUsed int `json:"plan_used"` // of the main account, this period
	// Emails counts every queued email; EmailsMax is the most for one (guest, template), 1 when no guest got two.
	Emails    int `json:"emails"`
	EmailsMax int `json:"emails_max"`
	// GuestsEmailed counts the guests with at least one email.
	GuestsEmailed int `json:"guests_emailed"`
	// RefreshPresentationsMax is how often the most presented refresh token reached the token endpoint.
	RefreshPresentationsMax int            `json:"refresh_presentations_max"`
	FamilyRevocations       int            `json:"family_revocations"`
	Grants                  map[string]int `json:"grants"` // tokens issued, by grant type
	// Calls is by endpoint and status; the status of a call that got no proper reply is "cut".
	Calls map[Endpoint]map[string]int `json:"calls"`
	// CallsWhileUntrusted is what passed the edge while trust was closed; RefusedUntrusted the 403 trust_required.
	CallsWhileUntrusted map[Endpoint]int `json:"calls_while_untrusted"`
	RefusedUntrusted    int              `json:"refused_untrusted"`
	// LimitsTripped counts the starts of a mitigation window, not the 429s in it.
	LimitsTripped int                `json:"limits_tripped"`
	Busiest       map[string]Busiest `json:"busiest"` // by scope
	Webhooks      WebhookTotals      `json:"webhooks"`
	Trusted       bool               `json:"trusted"`
	CommsEnabled  bool               `json:"comms_enabled"`
}

// Total is the number of calls of an endpoint, whatever their status.
func (s Summary) Total(at Endpoint) int {
	n := 0
	for _, count := range s.Calls[at] {
		n += count
	}
	return n
}

// Busiest is the most calls that arrived in any sliding second and minute.
type Busiest struct {
	Total  int `json:"total"`
	Second int `json:"second"`
	Minute int `json:"minute"`
}

// WebhookTotals count delivery attempts, not events.
type WebhookTotals struct {
	Attempts int `json:"attempts"`
	Accepted int `json:"accepted"`
	GivenUp  int `json:"given_up"`
}

// History is everything that happened, for tests that ask about single guests.
type History struct {
	Summary
	GuestList            []Guest                `json:"guest_list"`
	EmailList            []Email                `json:"email_list"`
	RefreshPresentations map[string]int         `json:"refresh_presentations"` // by Fingerprint
	Arrivals             map[string][]time.Time `json:"arrivals"`              // by scope, the latest 250,000
	Deliveries           []Delivery             `json:"deliveries"`            // the first 10,000 attempts
	CallList             []Call                 `json:"call_list,omitempty"`   // while the switch keep_calls was on
}

// Email is what happened to one (guest, template).
type Email struct {
	GuestID    string `json:"guest_id"`
	TemplateID string `json:"template_id"`
	Count      int    `json:"count"` // emails queued
	// State is that of the latest invitation, in the words of docs/qflow-api.md section 5.2.
	State         string `json:"state"`
	InvitationID  string `json:"invitation_id"`
	CorrelationID string `json:"correlation_id"`
}

// Delivery is one attempt to deliver a webhook.
type Delivery struct {
	ID           string `json:"id"`
	Event        string `json:"event"`
	InvitationID string `json:"invitation_id"`
	Attempt      int    `json:"attempt"`
	Status       int    `json:"status"` // 0 = no answer
	Accepted     bool   `json:"accepted"`
	Last         bool   `json:"last"`
}

// Summary returns the totals.
func (s *Sandbox) Summary() Summary {
	var sum Summary
	s.recorder.summary(&sum)
	sum.Busiest = s.recorder.busiest()
	s.store.summary(&sum)
	sw := s.current()
	sum.Trusted, sum.CommsEnabled = sw.Trusted, sw.CommsEnabled
	return sum
}

// History returns everything that happened. It copies, so with very many guests ask for the Summary in a loop and for
// the History once.
func (s *Sandbox) History() History {
	all := History{Summary: s.Summary()}
	s.recorder.detail(&all)
	s.store.detail(&all)
	return all
}
