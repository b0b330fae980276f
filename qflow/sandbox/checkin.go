package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// readGuest decodes early, because the allow-list gate needs to know whether there is a template. A body that cannot be
// read is the validation gate's business.
func readGuest(c *call) *reply {
	c.guestErr = json.Unmarshal(c.body.Bytes(), &c.guest)
	return nil
}

func validGuest(c *call) *reply {
	if c.guestErr != nil {
		return c.invalid("The request body is not a guest: %v", c.guestErr)
	}
	if c.guest.EventID.Value == "" {
		return c.invalid("eventId is required")
	}
	if err := c.check(&c.guest); err != nil {
		return c.invalid("%v", err)
	}
	if template := c.guest.TemplateID.Value; template != "" && !isGUID(template) {
		return c.invalid("commsTemplateId is not a GUID")
	}
	return nil
}

// check validates one record, of the single call and of the bulk call alike, and settles what is derived from it.
func (c *call) check(in *guestInput) error {
	if in.ID.Value == "" {
		in.ID.Value = uuid.NewString()
	}
	if !isGUID(in.ID.Value) {
		return errors.New("id is not a GUID")
	}
	in.ID.Value = canonical(in.ID.Value)
	if c.sw.NameRequired == "yes" && strings.TrimSpace(in.FirstName.Value+in.LastName.Value+in.OtherNames.Value) == "" {
		return errors.New("a name is required")
	}
	if in.PlusOnes.Value < 0 {
		return errors.New("plusOnes is negative")
	}
	if err := c.checkEmail(in); err != nil {
		return err
	}
	if err := c.checkDates(in); err != nil {
		return err
	}
	return c.checkTags(in)
}

func (c *call) checkEmail(in *guestInput) error {
	email := in.Email.Value
	if email == "" {
		if c.at == CreateGuest && in.TemplateID.Value != "" && c.sw.TemplateWithoutEmail == "400" {
			return errors.New("email is required with commsTemplateId")
		}
		return nil
	}
	local, domain, _ := strings.Cut(email, "@")
	if c.sw.MalformedEmail == "400" &&
		(local == "" || domain == "" || strings.ContainsAny(email, " \t\r\n,;") || strings.Contains(domain, "@")) {
		return fmt.Errorf("email %q is not valid", email)
	}
	return nil
}

func (c *call) checkDates(in *guestInput) (err error) {
	if in.from, err = c.parseDate(in.ValidFrom); err != nil {
		return fmt.Errorf("validFrom: %w", err)
	}
	if in.to, err = c.parseDate(in.ValidTo); err != nil {
		return fmt.Errorf("validTo: %w", err)
	}
	return nil
}

// forbiddenInTags is the readable part of docs/qflow-api.md section 8's list.
const forbiddenInTags = "#%'\"\r\n"

func (c *call) checkTags(in *guestInput) error {
	if strings.ContainsAny(in.Tags.Value, forbiddenInTags) {
		switch c.sw.ForbiddenTags {
		case "400":
			return errors.New("tags contain a forbidden character")
		case "stripped":
			in.Tags.Value = strings.Map(func(r rune) rune {
				if strings.ContainsRune(forbiddenInTags, r) {
					return -1
				}
				return r
			}, in.Tags.Value)
		}
	}
	if in.Tags.Value != "" {
		in.Tags.Value = trimTags(in.Tags.Value)
	}
	return nil
}

// trimTags is "whitespace trimmed" of docs/qflow-api.md section 8.
func trimTags(tags string) string {
	list := strings.Split(tags, ",")
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return strings.Join(slices.DeleteFunc(list, func(tag string) bool { return tag == "" }), ", ")
}

func ownedEvent(c *call) *reply { return c.ownedEvent(c.guest.EventID.Value) }

func ownedEventOfPath(c *call) *reply { return c.ownedEvent(c.pathID) }

func (c *call) ownedEvent(id string) *reply {
	if c.s.store.owned(id, c.account) == nil {
		return c.refuse(http.StatusNotFound, "", "Event not found")
	}
	return nil
}

// ownID refuses an id that lives elsewhere; it also finds the row of a repeat.
func ownID(c *call) *reply {
	row := c.s.store.guests[c.guest.ID.Value]
	if row == nil {
		return nil
	}
	if row.owner != c.account || row.EventID != canonical(c.guest.EventID.Value) {
		return c.elsewhere()
	}
	c.row = row
	return nil
}

func (c *call) elsewhere() *reply {
	switch c.sw.IDInOtherEvent {
	case "400":
		return c.invalid("id is in use")
	case "409":
		return c.refuse(http.StatusConflict, "", "A guest with this id exists in another event")
	}
	return c.refuse(http.StatusNotFound, "", "Guest not found")
}

func freeBarcode(c *call) *reply {
	if c.row != nil && c.sw.RepeatChangedFields == "as_is" {
		return nil
	}
	return c.barcode(&c.guest, c.s.store.barcodes[barcodeKey{canonical(c.guest.EventID.Value), c.guest.Barcode.Value}])
}

// barcode applies the duplicate_barcode switch to one record, given the id of the guest who has its barcode already.
func (c *call) barcode(in *guestInput, holder string) *reply {
	if in.Barcode.Value == "" || holder == "" || holder == in.ID.Value {
		return nil
	}
	switch c.sw.DuplicateBarcode {
	case "400":
		return c.invalid("barcode is in use in this event")
	case "409":
		return c.refuse(http.StatusConflict, "", "barcode is in use in this event")
	case "regenerated":
		in.Barcode.Value = newBarcode()
	}
	return nil
}

func planQuota(c *call) *reply {
	adds := c.row == nil || c.sw.RepeatUsesPlan
	left, limited := c.account.planLeft(c.sw.PlanLimit, c.now)
	if adds && limited && left < 1 {
		return c.overPlan()
	}
	return nil
}

// insertOrReturnRow is step 1 of the documented internals: the row is created, or returned as it is.
func insertOrReturnRow(c *call) *reply {
	if c.row != nil {
		if c.sw.RepeatUsesPlan {
			c.account.usePlan(1, c.now)
		}
		if c.sw.RepeatChangedFields == "updates" {
			c.s.store.rewrite(c.row, &c.guest, true, true, c.sw)
		}
		return nil
	}
	c.row = c.s.store.insert(c.account, canonical(c.guest.EventID.Value), &c.guest)
	c.row.TemplateID = canonical(c.guest.TemplateID.Value)
	c.account.usePlan(1, c.now)
	c.inserted = true
	return nil
}

// drop undoes the insertion of this very call, where a switch says that a refused call leaves no row.
func (c *call) drop() {
	if c.inserted {
		c.s.store.remove(c.row)
		c.account.usePlan(-1, c.now)
	}
}

func guestAnswer(c *call) *reply { return jsonReply(http.StatusOK, c.wire(c.row.Guest)) }

// listGuests gives one page. The readable reference (docs/qflow-api.md section 4.5) shows no way to the next, so that
// there is one only by a switch.
func listGuests(c *call) *reply {
	rows := c.s.store.owned(c.pathID, c.account).guests
	from, to := 0, len(rows)
	if size := c.sw.PageSize; size >= 0 {
		number, err := strconv.Atoi(c.r.URL.Query().Get("page"))
		if err == nil && number > 0 && c.sw.GuestPaging != "cut" {
			from = min((number-1)*size, len(rows))
		}
		to = min(from+size, len(rows))
	}
	page := make([]any, to-from)
	for i, row := range rows[from:to] {
		page[i] = c.wire(row.Guest)
	}
	answer := jsonReply(http.StatusOK, page)
	if c.sw.GuestPaging == "link" && to > 0 && to < len(rows) {
		answer.header = http.Header{"Link": {fmt.Sprintf("<%s?page=%d>; rel=\"next\"", c.r.URL.Path, to/c.sw.PageSize+1)}}
	}
	return answer
}

func checkIn(c *call) *reply {
	var in struct {
		ID      string `json:"id"`
		EventID string `json:"eventId"`
	}
	if err := json.Unmarshal(c.body.Bytes(), &in); err != nil {
		return c.invalid("The request body is not a check-in: %v", err)
	}
	c.s.store.Lock()
	defer c.s.store.Unlock()
	row := c.s.store.guests[canonical(in.ID)]
	if row == nil || row.owner != c.account {
		return c.refuse(http.StatusNotFound, "", "Guest not found")
	}
	if row.Admitted == nil {
		now := c.now.UTC()
		row.Admitted = &now
	}
	return jsonReply(http.StatusOK, c.wire(row.Guest))
}
