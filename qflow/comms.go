package qflow

import (
	"context"
	"encoding/json"
	"net/url"
)

// SendRequest asks for one email to an existing guest.
type SendRequest struct {
	AttendeeID    string `json:"attendeeId"` // the guest's ID
	TemplateID    string `json:"templateId"`
	CorrelationID string `json:"correlationId,omitempty"`
}

// Send queues a template's email to a guest that exists: POST /comms/send (fact sheet section 5.2). It has no key against
// repeats, and repeating it is Qflow's way to resend: after Ambiguous it must not be called again without a person.
func (c *Client) Send(ctx context.Context, s SendRequest) Outcome {
	r, out := c.post(ctx, c.comms+"/send", s)
	if out.Kind == Accepted && !json.Valid(r.body) {
		return Outcome{Kind: Ambiguous, Status: r.status, Code: "not_json", Text: "the answer is not Qflow's"}
	}
	return out
}

// Template is an email template of one event (fact sheet section 5.1).
type Template struct {
	ID      string `json:"id"`
	EventID string `json:"eventId"`
	Name    string `json:"name"`
	Subject string `json:"subject"`
}

// Templates lists an event's templates: GET /templates?eventId=. It touches no guest, so it is the preflight that tells
// token, key, allow-list and event apart (fact sheet sections 3 and 10).
func (c *Client) Templates(ctx context.Context, eventID string) ([]Template, Outcome) {
	r, out := c.get(ctx, c.comms+"/templates?eventId="+url.QueryEscape(eventID))
	if out.Kind != Accepted {
		return nil, out
	}
	list, ok := templateList(r.body)
	if !ok {
		return nil, Outcome{Kind: Ambiguous, Status: r.status, Code: "not_json", Text: "the answer is not a list of templates"}
	}
	return list, out
}

// templateList reads a bare array or an object that wraps one (fact sheet section 11, question 25).
func templateList(body []byte) ([]Template, bool) {
	var list []Template
	if json.Unmarshal(body, &list) == nil {
		return list, true
	}
	var wrapped map[string]json.RawMessage
	if json.Unmarshal(body, &wrapped) != nil {
		return nil, false
	}
	for _, raw := range wrapped {
		if json.Unmarshal(raw, &list) == nil && list != nil {
			return list, true
		}
	}
	return nil, false
}
