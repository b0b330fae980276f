package qflow

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// SendRequest asks for one email to an existing guest.
type SendRequest struct {
	AttendeeID    string `json:"attendeeId"` // the guest's ID
	TemplateID    string `json:"templateId"`
	CorrelationID string `json:"correlationId,omitempty"`
}

// Send queues a template's email to a guest that exists: POST /comms/send (docs/qflow-api.md section 5.2). It has no
// key against repeats, and repeating it is Qflow's way to resend: after Ambiguous it must not be called again unless a
// person decides so.
func (c *Client) Send(ctx context.Context, s SendRequest) (out Outcome) {
	ctx, done := c.observe(ctx, EndpointSend)
	defer func() { done(out) }()
	r, out := c.post(ctx, c.comms+sendPath, s)
	if out.Kind != Accepted {
		return out
	}
	return sendOutcome(r)
}

// What the status of a send may say (docs/qflow-api.md section 5.2: its words are not documented, "queued" is the
// likeliest).
var (
	sendStarted = regexp.MustCompile(`^(queued|enqueued|pending|scheduled|accepted|processing|processed|sending|sent|submitted|delivered|deferred|opened|ok|success(ful)?)$`)
	sendRefused = regexp.MustCompile(`^(not_?sent|unsent|failed|failure|error|errored|rejected|refused|denied|blocked|suppressed|skipped|dropped|bounced|invalid|cancell?ed|unsubscribed|spam_?reported)$`)
)

// sendOutcome reads a send's 2xx: a queued invitation. Its status field takes precedence over the HTTP status, and an
// answer that has neither an invitation nor a known status proves nothing.
func sendOutcome(r reply) Outcome {
	if !json.Valid(r.body) {
		return Outcome{Kind: Ambiguous, Status: r.status, Code: "not_json", Text: "the answer is not Qflow's"}
	}
	if out := errorIn(r); out.Kind != 0 {
		return out
	}
	fields := fieldsOf(r.body)
	status := strings.ToLower(strings.NewReplacer(" ", "_", "-", "_").Replace(stringIn(fields, "status")))
	switch {
	case sendStarted.MatchString(status):
		return Outcome{Kind: Accepted, Status: r.status}
	case sendRefused.MatchString(status):
		return Outcome{Kind: Refused, Status: r.status, Code: "send_" + status, Text: "the answer's status is " + status}
	case status == "" && stringIn(fields, "attendeeinvitationid") != "":
		return Outcome{Kind: Accepted, Status: r.status}
	}
	return Outcome{Kind: Ambiguous, Status: r.status, Code: "send_unproven",
		Text: "the answer does not say that an email is queued"}
}

// stringIn returns a string among an object's fields, or "".
func stringIn(fields map[string]json.RawMessage, name string) (s string) {
	_ = json.Unmarshal(fields[name], &s) // anything but a string counts as missing
	return s
}

// Template is an email template of one event (docs/qflow-api.md section 5.1).
type Template struct {
	ID      string `json:"id"`
	EventID string `json:"eventId"`
	Name    string `json:"name"`
	Subject string `json:"subject"`
	HTML    string `json:"-"` // "" where the list does not show it: whether it does is unknown
}

// Templates lists an event's templates: GET /templates?eventId=. It touches no guest, so it is the preflight check of
// token, key, allow-list and event (docs/qflow-api.md sections 3 and 10).
func (c *Client) Templates(ctx context.Context, eventID string) (list []Template, out Outcome) {
	ctx, done := c.observe(ctx, EndpointTemplates)
	defer func() { done(out) }()
	r, out := c.get(ctx, c.comms+"/templates?eventId="+url.QueryEscape(eventID))
	if out.Kind != Accepted {
		return nil, out
	}
	list, ok := templateList(r.body)
	if !ok {
		return nil, Outcome{Kind: Ambiguous, Status: r.status, Code: "not_json",
			Text: "the answer is not a list of templates"}
	}
	return list, out
}

// templateList reads a bare array or an object that wraps one (docs/qflow-api.md section 11, question 25).
func templateList(body []byte) ([]Template, bool) {
	raw, ok := arrayIn(body, "templates", "data", "items", "results", "value")
	if !ok {
		return nil, false
	}
	var found []struct {
		Template
		HTML json.RawMessage `json:"html"` // whatever it is, the rest of the list counts
	}
	if err := json.Unmarshal(raw, &found); err != nil {
		return nil, false
	}
	list := make([]Template, len(found))
	for i, t := range found {
		list[i] = t.Template
		_ = json.Unmarshal(t.HTML, &list[i].HTML) // anything but a string counts as missing
	}
	return list, true
}

// arrayIn returns the body if it is an array, or else the array in one of the named fields of an object, in any case;
// the first name wins.
func arrayIn(body []byte, names ...string) (json.RawMessage, bool) {
	if isArray(body) {
		return body, json.Valid(body)
	}
	fields := fieldsOf(body)
	for _, name := range names {
		if raw := fields[name]; isArray(raw) {
			return raw, true
		}
	}
	return nil, false
}

func isArray(raw []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(raw), []byte("[")) }

// fieldsOf returns an object's fields by their names in lower case, and nil for anything else: the case of Qflow's
// names is not always known.
func fieldsOf(body []byte) map[string]json.RawMessage {
	var object map[string]json.RawMessage
	if json.Unmarshal(body, &object) != nil {
		return nil
	}
	fields := make(map[string]json.RawMessage, len(object))
	for _, name := range slices.Sorted(maps.Keys(object)) { // "Error" before "error", so that the same body reads the same
		fields[strings.ToLower(name)] = object[name]
	}
	return fields
}
