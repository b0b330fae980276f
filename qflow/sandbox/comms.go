package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// sendInput is the body of POST /send.
type sendInput struct {
	AttendeeID    string `json:"attendeeId"`
	TemplateID    string `json:"templateId"`
	CorrelationID string `json:"correlationId"`
}

type sendAnswer struct {
	InvitationID string `json:"attendeeInvitationId"`
	Status       string `json:"status"`
}

// The stages of an atomic POST /guest that concern its email. Without a template they all pass.

func ownedTemplateOfGuest(c *call) *reply {
	if c.guest.TemplateID.Value == "" {
		return nil
	}
	answer := c.findTemplate(c.guest.TemplateID.Value)
	if answer != nil && c.sw.RowOnTemplate404 == "dropped" {
		c.drop()
	}
	return answer
}

func trustedForGuest(c *call) *reply {
	if c.template == nil {
		return nil
	}
	p := c.s.store.sends[pairKey{c.row.ID, c.template.ID}]
	if p != nil && p.count > 0 && c.sw.RepeatWhileUntrusted == "as_is" {
		return nil
	}
	answer := trusted(c)
	switch {
	case answer == nil:
	case c.inserted && c.sw.RowOnTrust403 == "dropped":
		c.drop()
	default:
		c.s.store.pairOf(c.row.ID, c.template.ID).refused = true
	}
	return answer
}

func queueGuestEmail(c *call) *reply {
	if c.template == nil || c.row.Email == "" {
		return nil
	}
	p := c.s.store.pairOf(c.row.ID, c.template.ID)
	if p.last != nil || (!c.inserted && !c.repeatSends(p)) {
		return nil // one guest, one email: the documented idempotency
	}
	c.queue(c.row, c.template.ID, c.guest.CorrelationID.Value)
	return nil
}

// repeatSends answers the three unknowns about a repeat whose (guest, template) has not been sent to.
func (c *call) repeatSends(p *pair) bool {
	switch {
	case p.refused, c.row.TemplateID == c.template.ID:
		return c.sw.RepeatAfterTrust == "sends"
	case c.row.TemplateID != "":
		return c.sw.RepeatOtherTemplate == "sends"
	}
	return c.sw.TemplateAddedLater == "sends"
}

// The stages of POST /send.

func validSend(c *call) *reply {
	if err := json.Unmarshal(c.body.Bytes(), &c.send); err != nil {
		return c.invalid("The request body is not a send: %v", err)
	}
	if !isGUID(c.send.AttendeeID) {
		return c.invalid("attendeeId is missing or not a GUID")
	}
	if !isGUID(c.send.TemplateID) {
		return c.invalid("templateId is missing or not a GUID")
	}
	return nil
}

func ownedAttendee(c *call) *reply {
	row := c.s.store.guests[canonical(c.send.AttendeeID)]
	if row == nil || row.owner != c.account {
		return c.refuse(http.StatusNotFound, "", "Attendee not found")
	}
	c.row = row
	return nil
}

func hasEmail(c *call) *reply {
	if c.row.Email != "" {
		return nil
	}
	switch c.sw.SendWithoutEmail {
	case "422":
		return c.refuse(http.StatusUnprocessableEntity, codeInvalid, "The attendee has no email")
	case "400":
		return c.invalid("The attendee has no email")
	}
	return nil
}

func ownedTemplate(c *call) *reply { return c.findTemplate(c.send.TemplateID) }

// findTemplate wants a template of the attendee's own event (docs/qflow-api.md section 5.1).
func (c *call) findTemplate(id string) *reply {
	t := c.s.store.templates[canonical(id)]
	if t == nil || t.EventID != c.row.EventID {
		return c.refuse(http.StatusNotFound, "", "Template not found")
	}
	c.template = t
	return nil
}

// previousSendPasses is the previous-state table of docs/qflow-api.md section 5.2.
func previousSendPasses(c *call) *reply {
	p := c.s.store.sends[pairKey{c.row.ID, c.template.ID}]
	if p == nil || p.last == nil {
		return nil
	}
	state := p.last.state
	switch {
	case slices.Contains(terminal, state):
		return c.refuseWith(http.StatusUnprocessableEntity, codePreviously, "The previous send failed for good: "+state,
			map[string]any{"reason": state, "attendeeInvitationId": p.last.id})
	case state != StateQueued && state != StateDeferred:
		return nil
	case c.sw.SendWhileQueued == "as_is":
		return jsonReply(http.StatusOK, sendAnswer{p.last.id, StateQueued})
	case c.sw.SendWhileQueued == "409":
		return c.refuse(http.StatusConflict, "", "A send is in progress")
	}
	return nil
}

func queueSend(c *call) *reply {
	if c.row.Email == "" {
		return jsonReply(http.StatusOK, sendAnswer{uuid.NewString(), StateQueued})
	}
	sent := c.queue(c.row, c.template.ID, c.send.CorrelationID)
	return jsonReply(http.StatusOK, sendAnswer{sent.id, StateQueued})
}

// unsafeURL is the marker that makes a template fail the spam check.
const unsafeURL = "unsafe.example"

func looksUnsafe(html string) bool { return strings.Contains(html, unsafeURL) }
