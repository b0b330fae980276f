package sandbox

import (
	"encoding/json"
	"fmt"
	"time"
)

// Guest is an attendee as stored (docs/qflow-api.md section 4.1).
type Guest struct {
	ID               string     `json:"id"`
	EventID          string     `json:"eventId"`
	FirstName        string     `json:"firstName"`
	OtherNames       string     `json:"otherNames"`
	LastName         string     `json:"lastName"`
	Email            string     `json:"email"`
	PlusOnes         int32      `json:"plusOnes"`
	AdmittedPlusOnes int32      `json:"admittedPlusOnes"`
	AdditionalInfo   string     `json:"additionalInfo"`
	Barcode          string     `json:"barcode"`
	Tags             string     `json:"tags"`
	CreatedBy        string     `json:"createdBy"`
	IsGroup          bool       `json:"isGroup"`
	Image            string     `json:"image"`
	CustomID         string     `json:"customId"`
	TemplateID       string     `json:"commsTemplateId"`
	CorrelationID    string     `json:"correlationId"`
	Admitted         *time.Time `json:"admitted"`
	ValidFrom        *time.Time `json:"validFrom"`
	ValidTo          *time.Time `json:"validTo"`
}

// guestRow is a stored guest with what is not part of the record.
type guestRow struct {
	Guest
	owner   *account
	emailed bool
}

// field is one property of a request: absent, null, or a value. Which of the three matters to an upsert.
type field[T any] struct {
	Set, Null bool
	Value     T
}

func (f *field[T]) UnmarshalJSON(raw []byte) error {
	f.Set = true
	if string(raw) == "null" {
		f.Null = true
		return nil
	}
	if err := json.Unmarshal(raw, &f.Value); err != nil {
		return fmt.Errorf("read field: %w", err)
	}
	return nil
}

// guestInput is a guest in a request. Fields that only Qflow sets (createdBy, admitted, blocked...) are ignored in it.
type guestInput struct {
	ID             field[string] `json:"id"`
	EventID        field[string] `json:"eventId"`
	FirstName      field[string] `json:"firstName"`
	OtherNames     field[string] `json:"otherNames"`
	LastName       field[string] `json:"lastName"`
	Email          field[string] `json:"email"`
	PlusOnes       field[int32]  `json:"plusOnes"`
	AdditionalInfo field[string] `json:"additionalInfo"`
	Barcode        field[string] `json:"barcode"`
	Tags           field[string] `json:"tags"`
	IsGroup        field[bool]   `json:"isGroup"`
	Image          field[string] `json:"image"`
	CustomID       field[string] `json:"customId"`
	ValidFrom      field[string] `json:"validFrom"`
	ValidTo        field[string] `json:"validTo"`
	TemplateID     field[string] `json:"commsTemplateId"`
	CorrelationID  field[string] `json:"correlationId"`

	from, to *time.Time // ValidFrom and ValidTo, once valid
}

// onto writes the input over a stored guest. clear says whether an absent field and a null empty the stored value.
func (in *guestInput) onto(g *Guest, absentClears, nullClears bool) {
	put(&g.FirstName, in.FirstName, absentClears, nullClears)
	put(&g.OtherNames, in.OtherNames, absentClears, nullClears)
	put(&g.LastName, in.LastName, absentClears, nullClears)
	put(&g.Email, in.Email, absentClears, nullClears)
	put(&g.PlusOnes, in.PlusOnes, absentClears, nullClears)
	put(&g.AdditionalInfo, in.AdditionalInfo, absentClears, nullClears)
	put(&g.Tags, in.Tags, absentClears, nullClears)
	put(&g.IsGroup, in.IsGroup, absentClears, nullClears)
	put(&g.Image, in.Image, absentClears, nullClears)
	put(&g.CustomID, in.CustomID, absentClears, nullClears)
	put(&g.CorrelationID, in.CorrelationID, absentClears, nullClears)
	put(&g.ValidFrom, dateField(in.ValidFrom, in.from), absentClears, nullClears)
	put(&g.ValidTo, dateField(in.ValidTo, in.to), absentClears, nullClears)
	put(&g.Barcode, in.Barcode, false, false) // a guest without one gets one; it never loses it
}

func put[T any](to *T, from field[T], absentClears, nullClears bool) {
	switch {
	case from.Set && !from.Null:
		*to = from.Value
	case from.Null && nullClears, !from.Set && absentClears:
		var empty T
		*to = empty
	}
}

func dateField(raw field[string], parsed *time.Time) field[*time.Time] {
	return field[*time.Time]{Set: raw.Set, Null: raw.Null, Value: parsed}
}

// guestWire is a guest in an answer.
type guestWire struct {
	ID               string  `json:"id"`
	FirstName        *string `json:"firstName"`
	OtherNames       *string `json:"otherNames"`
	LastName         *string `json:"lastName"`
	Email            *string `json:"email"`
	PlusOnes         int32   `json:"plusOnes"`
	AdmittedPlusOnes int32   `json:"admittedPlusOnes"`
	AdditionalInfo   *string `json:"additionalInfo"`
	Barcode          string  `json:"barcode"`
	Tags             *string `json:"tags"`
	CreatedBy        string  `json:"createdBy"`
	Admitted         *string `json:"admitted"`
	BlockedDate      *string `json:"blockedDate"`
	BlockedReason    *string `json:"blockedReason"`
	EventID          string  `json:"eventId"`
	ValidFrom        *string `json:"validFrom"`
	ValidTo          *string `json:"validTo"`
	IsGroup          bool    `json:"isGroup"`
	Discharged       *string `json:"discharged"`
	Image            *string `json:"image"`
	CustomID         *string `json:"customId"`
	TemplateID       *string `json:"commsTemplateId"`
	CorrelationID    *string `json:"correlationId"`
}

// guestSparse is guestWire without its empty fields.
type guestSparse struct {
	ID               string  `json:"id"`
	FirstName        *string `json:"firstName,omitempty"`
	OtherNames       *string `json:"otherNames,omitempty"`
	LastName         *string `json:"lastName,omitempty"`
	Email            *string `json:"email,omitempty"`
	PlusOnes         int32   `json:"plusOnes,omitempty"`
	AdmittedPlusOnes int32   `json:"admittedPlusOnes,omitempty"`
	AdditionalInfo   *string `json:"additionalInfo,omitempty"`
	Barcode          string  `json:"barcode"`
	Tags             *string `json:"tags,omitempty"`
	CreatedBy        string  `json:"createdBy"`
	Admitted         *string `json:"admitted,omitempty"`
	BlockedDate      *string `json:"blockedDate,omitempty"`
	BlockedReason    *string `json:"blockedReason,omitempty"`
	EventID          string  `json:"eventId"`
	ValidFrom        *string `json:"validFrom,omitempty"`
	ValidTo          *string `json:"validTo,omitempty"`
	IsGroup          bool    `json:"isGroup,omitempty"`
	Discharged       *string `json:"discharged,omitempty"`
	Image            *string `json:"image,omitempty"`
	CustomID         *string `json:"customId,omitempty"`
	TemplateID       *string `json:"commsTemplateId,omitempty"`
	CorrelationID    *string `json:"correlationId,omitempty"`
}

// wire is the guest as answered, a copy that needs no lock.
func (c *call) wire(g Guest) any {
	w := guestWire{
		ID: g.ID, EventID: g.EventID, Barcode: g.Barcode, CreatedBy: g.CreatedBy,
		FirstName: some(g.FirstName), OtherNames: some(g.OtherNames), LastName: some(g.LastName), Email: some(g.Email),
		PlusOnes: g.PlusOnes, AdmittedPlusOnes: g.AdmittedPlusOnes, IsGroup: g.IsGroup,
		AdditionalInfo: some(g.AdditionalInfo), Tags: some(g.Tags), Image: some(g.Image), CustomID: some(g.CustomID),
		TemplateID: some(g.TemplateID), CorrelationID: some(g.CorrelationID),
		Admitted: c.date(g.Admitted), ValidFrom: c.date(g.ValidFrom), ValidTo: c.date(g.ValidTo),
	}
	if c.sw.EmptyFields == "omitted" {
		return guestSparse(w)
	}
	return w
}

func some(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// dateFormats are the values of the date_format switch.
var dateFormats = map[string]string{
	"z":      "2006-01-02T15:04:05.999Z",
	"offset": "2006-01-02T15:04:05.999-07:00",
	"naive":  "2006-01-02T15:04:05.999",
}

func (c *call) date(t *time.Time) *string {
	if t == nil {
		return nil
	}
	return some(t.UTC().Format(dateFormats[c.sw.DateFormat]))
}

// dateLayouts are the ISO 8601 forms accepted; without an offset a time is taken for UTC.
var dateLayouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04", time.DateOnly}

func (c *call) parseDate(f field[string]) (*time.Time, error) {
	if f.Value == "" {
		return nil, nil
	}
	for _, layout := range dateLayouts {
		t, err := time.Parse(layout, f.Value)
		if err != nil {
			continue
		}
		if c.sw.DateParsing == "utc_only" && f.Value[len(f.Value)-1] != 'Z' {
			break
		}
		t = t.UTC()
		return &t, nil
	}
	return nil, fmt.Errorf("%q is not a date-time", f.Value)
}
