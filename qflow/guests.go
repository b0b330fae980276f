package qflow

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// MaxBulk is the cap of one bulk call (docs/qflow-api.md section 4.4); more is a 400.
const MaxBulk = 200

// Guest is an attendee as guestflow writes it (docs/qflow-api.md section 4.1). What belongs to the door (admitted,
// blocked, discharged) is never sent: an upsert might reset it.
type Guest struct {
	ID            string     `json:"id"` // a GUID chosen by us: repeating the call with it is safe
	EventID       string     `json:"eventId"`
	FirstName     string     `json:"firstName,omitempty"`
	OtherNames    string     `json:"otherNames,omitempty"`
	LastName      string     `json:"lastName,omitempty"`
	Email         string     `json:"email,omitempty"`
	PlusOnes      int        `json:"plusOnes,omitempty"`
	Notes         string     `json:"additionalInfo,omitempty"`
	Barcode       string     `json:"barcode,omitempty"` // made by Qflow when absent
	Tags          string     `json:"tags,omitempty"`    // one comma-separated string
	ValidFrom     *time.Time `json:"validFrom,omitempty"`
	ValidTo       *time.Time `json:"validTo,omitempty"`
	IsGroup       bool       `json:"isGroup,omitempty"`
	CustomID      string     `json:"customId,omitempty"`
	TemplateID    string     `json:"commsTemplateId,omitempty"` // POST /guest only: also queue this template's email
	CorrelationID string     `json:"correlationId,omitempty"`   // echoed in webhooks
}

// upsert is a guest in a bulk call: every plain field is there even when empty, because it is unknown whether an
// omitted one would be cleared (docs/qflow-api.md section 11, question 8). An empty barcode stays out so that Qflow
// makes one, and the template stays out because bulk does not send (section 4.4).
type upsert struct {
	ID         string     `json:"id"`
	EventID    string     `json:"eventId"`
	FirstName  string     `json:"firstName"`
	OtherNames string     `json:"otherNames"`
	LastName   string     `json:"lastName"`
	Email      string     `json:"email"`
	PlusOnes   int        `json:"plusOnes"`
	Notes      string     `json:"additionalInfo"`
	Barcode    string     `json:"barcode,omitempty"`
	Tags       string     `json:"tags"`
	ValidFrom  *time.Time `json:"validFrom,omitempty"`
	ValidTo    *time.Time `json:"validTo,omitempty"`
	IsGroup    bool       `json:"isGroup"`
	CustomID   string     `json:"customId"`
}

// CreateGuest makes one guest, and with a TemplateID also queues its email, in one atomic call: POST /guest
// (docs/qflow-api.md section 4.2). Repeating it with the same ID makes neither a second guest nor a second email
// (section 4.3). A guest that exists may come back as it is, without an email: the Outcome's Record says with what the
// guest was made.
func (c *Client) CreateGuest(ctx context.Context, g Guest) (out Outcome) {
	ctx, done := c.observe(ctx, EndpointGuest)
	defer func() { done(out) }()
	r, out := c.post(ctx, c.checkin+guestPath, g)
	if out.Kind != Accepted {
		return out
	}
	if out := errorIn(r); out.Kind != 0 {
		return out
	}
	record, ok := recordOf(r.body, g.ID)
	if !ok {
		return Outcome{Kind: Ambiguous, Status: r.status, Code: "not_a_guest", Text: "the answer is not the guest's record"}
	}
	out.Record = record
	return out
}

// Record is what the answer of CreateGuest says of the call that made the guest (docs/qflow-api.md section 4.1).
type Record struct {
	TemplateID    string
	CorrelationID string
}

// recordOf reads the documented answer, the attendee's record. A proxy's 200 page is not one, nor is an object that
// names no guest, or another one.
func recordOf(body []byte, id string) (Record, bool) {
	var guest struct {
		ID            string `json:"id"`
		TemplateID    string `json:"commsTemplateId"`
		CorrelationID string `json:"correlationId"`
	}
	isObject := bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) // null can be decoded into a struct
	if !isObject || json.Unmarshal(body, &guest) != nil || !strings.EqualFold(guest.ID, id) {
		return Record{}, false
	}
	return Record{TemplateID: guest.TemplateID, CorrelationID: guest.CorrelationID}, true
}

// UpsertGuests creates or updates up to MaxBulk guests of one event: POST /guests/{eventId} (docs/qflow-api.md section
// 4.4). No email is sent. How Qflow answers for single bad records is unknown: an answer that lists them, or that lists
// those it has written and lacks some, gives RowErrors, and a call that is Refused as a whole is for the caller to
// halve. Repeating the call is safe.
func (c *Client) UpsertGuests(ctx context.Context, eventID string, guests []Guest) (bad []RowError, out Outcome) {
	if len(guests) > MaxBulk {
		return nil, Outcome{Kind: Refused, Code: "too_many",
			Text: fmt.Sprintf("%d guests in one call, at most %d", len(guests), MaxBulk)}
	}
	body := make([]upsert, len(guests))
	for i, g := range guests {
		body[i] = upsert{
			ID: g.ID, EventID: g.EventID, FirstName: g.FirstName, OtherNames: g.OtherNames, LastName: g.LastName, Email: g.Email,
			PlusOnes: g.PlusOnes, Notes: g.Notes, Barcode: g.Barcode, Tags: g.Tags, ValidFrom: g.ValidFrom, ValidTo: g.ValidTo,
			IsGroup: g.IsGroup, CustomID: g.CustomID,
		}
	}
	ctx, done := c.observe(ctx, EndpointGuests)
	defer func() { done(out) }()
	r, out := c.post(ctx, c.checkin+"/guests/"+url.PathEscape(eventID), body)
	if out.Kind != Accepted {
		return nil, out
	}
	if strings.HasPrefix(http.DetectContentType(r.body), "text/html") {
		return nil, Outcome{Kind: Ambiguous, Status: r.status, Code: "not_json", Text: "the answer is a web page"}
	}
	if out := errorIn(r); out.Kind != 0 && !namesRecords(r.body) {
		return nil, out
	}
	bad, placed := c.rowErrors(r.body, guests)
	if !placed {
		return nil, Outcome{Kind: Refused, Status: r.status, Code: "refused_in_bulk",
			Text: "the answer tells of bad records, but not of which"}
	}
	return bad, out
}
