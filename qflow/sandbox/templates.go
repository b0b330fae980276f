package sandbox

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/google/uuid"
)

// Template is a stored email template (docs/qflow-api.md section 5.1).
type Template struct {
	ID          string    `json:"id"`
	EventID     string    `json:"eventId"`
	Name        string    `json:"name"`
	HTML        string    `json:"html,omitempty"` // a template without is refused; the list may lack it
	Subject     string    `json:"subject"`
	FromAddress string    `json:"fromAddress"`
	FromName    string    `json:"fromName"`
	ReplyTo     string    `json:"replyTo"`
	AttachPDF   *bool     `json:"attachPdf"`
	Created     time.Time `json:"created"`
}

func listTemplates(c *call) *reply {
	eventID := c.r.URL.Query().Get("eventId")
	if eventID == "" {
		return c.invalid("eventId is required")
	}
	c.s.store.Lock()
	defer c.s.store.Unlock()
	if refused := c.ownedEvent(eventID); refused != nil {
		return refused
	}
	list := []Template{}
	for _, t := range c.s.store.owned(eventID, c.account).templates {
		shown := *t
		if c.sw.TemplateHTML == "absent" {
			shown.HTML = ""
		}
		list = append(list, shown)
	}
	switch c.sw.TemplateList {
	case "wrapped":
		return jsonReply(http.StatusOK, map[string]any{"templates": list})
	case "data":
		return jsonReply(http.StatusOK, map[string]any{"data": list, "total": len(list)})
	}
	return jsonReply(http.StatusOK, list)
}

func saveTemplate(c *call) *reply {
	var in Template
	if refused := c.readTemplate(&in); refused != nil {
		return refused
	}
	c.s.store.Lock()
	defer c.s.store.Unlock()
	if refused := c.ownedEvent(in.EventID); refused != nil {
		return refused
	}
	if old := c.s.store.templates[in.ID]; old != nil {
		return c.upsertTemplate(old, in)
	}
	in.Created = c.now.UTC()
	stored := in
	c.s.store.templates[in.ID] = &stored
	e := c.s.store.events[in.EventID]
	e.templates = append(e.templates, &stored)
	return jsonReply(http.StatusOK, in)
}

func (c *call) readTemplate(in *Template) *reply {
	if err := json.Unmarshal(c.body.Bytes(), in); err != nil {
		return c.invalid("The request body is not a template: %v", err)
	}
	if in.EventID == "" || in.Name == "" || in.HTML == "" {
		return c.invalid("eventId, name and html are required")
	}
	if in.ID == "" {
		in.ID = uuid.NewString()
	}
	if !isGUID(in.ID) {
		return c.invalid("id is not a GUID")
	}
	if looksUnsafe(in.HTML) {
		return c.refuse(http.StatusUnprocessableEntity, codeSpam, "The template contains unsafe URLs")
	}
	in.ID, in.EventID = canonical(in.ID), canonical(in.EventID)
	return nil
}

// upsertTemplate updates or returns the old one, as switched. A null attachPdf leaves the flag alone.
func (c *call) upsertTemplate(old *Template, in Template) *reply {
	if old.EventID != in.EventID {
		return c.refuse(http.StatusNotFound, "", "Template not found")
	}
	if c.sw.TemplateUpsert == "returns_old" {
		return jsonReply(http.StatusOK, *old)
	}
	if in.AttachPDF == nil {
		in.AttachPDF = old.AttachPDF
	}
	in.Created = old.Created
	*old = in
	return jsonReply(http.StatusOK, in)
}

// createEvent is docs/qflow-api.md section 9, "Events", as far as it can be read.
func createEvent(c *call) *reply {
	var in event
	if err := json.Unmarshal(c.body.Bytes(), &in); err != nil {
		return c.invalid("The request body is not an event: %v", err)
	}
	if in.Title == "" || in.StartTime == "" || in.EndTime == "" || in.TimeZoneID == "" {
		return c.invalid("title, startTime, endTime and timeZoneId are required")
	}
	in.ID, in.owner = uuid.NewString(), c.account // the id is the server's to choose
	c.s.store.Lock()
	defer c.s.store.Unlock()
	c.s.store.events[in.ID] = &in
	return jsonReply(http.StatusOK, event{
		ID: in.ID, Title: in.Title, StartTime: in.StartTime, EndTime: in.EndTime, TimeZoneID: in.TimeZoneID,
	})
}
