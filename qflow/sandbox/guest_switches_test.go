package sandbox_test

import (
	"net/http"
	"strings"

	"github.com/google/uuid"

	"guestflow/qflow/sandbox"
)

func trust(c *client) { c.adjust(func(sw *sandbox.Switches) { sw.Trusted = true }) }

func distrust(c *client) { c.adjust(untrusted) }

func noComms(c *client) { c.adjust(func(sw *sandbox.Switches) { sw.CommsEnabled = false }) }

// refusedOnce is a guest whose atomic call got 403 trust_required.
func (c *client) refusedOnce() map[string]any {
	c.t.Helper()
	distrust(c)
	record := invited()
	if got := c.create(record).want(http.StatusForbidden); !strings.Contains(got.body, "trust_required") {
		c.t.Fatalf("403: %s", got.body)
	}
	return record
}

func (c *client) otherEvent() string {
	c.t.Helper()
	record := map[string]any{"title": "Other", "startTime": "2026-06-02T18:00:00", "endTime": "2026-06-02T20:00:00",
		"timeZoneId": "UTC"}
	return c.call(http.MethodPost, "/checkin/v1/api/event", record).want(http.StatusOK).json()["id"].(string)
}

// paged asks for the second page of three guests.
func paged(guests int, link bool) func(*client) {
	return func(c *client) {
		c.adjust(func(sw *sandbox.Switches) { sw.PageSize = 2 })
		for range 3 {
			c.create(guest()).want(http.StatusOK)
		}
		first := c.call(http.MethodGet, bulkPath, nil).want(http.StatusOK)
		if got := first.header.Get("Link"); (got != "") != link {
			c.t.Errorf("the link is %q", got)
		}
		if got := c.call(http.MethodGet, bulkPath+"?page=2", nil).want(http.StatusOK).list(); len(got) != guests {
			c.t.Errorf("%d guests on the second page", len(got))
		}
	}
}

var guestBehaviours = map[string]map[string]func(*client){
	"guest_paging": {"cut": paged(2, false), "number": paged(1, false), "link": paged(1, true)},
	"row_on_trust_403": {
		"kept":    func(c *client) { c.refusedOnce(); c.wantBooks(1, 0) },
		"dropped": func(c *client) { c.refusedOnce(); c.wantBooks(0, 0) },
	},
	"row_on_template_404": {
		"kept":    missingTemplate(1),
		"dropped": missingTemplate(0),
	},
	"allow_list_position": {
		"before_row": func(c *client) { noComms(c); c.create(invited()).want(http.StatusForbidden); c.wantBooks(0, 0) },
		"after_row":  func(c *client) { noComms(c); c.create(invited()).want(http.StatusForbidden); c.wantBooks(1, 0) },
	},
	"repeat_after_trust": {
		"sends": repeatAfterTrust(1),
		"as_is": repeatAfterTrust(0),
	},
	"repeat_other_template": {
		"sends": repeatOtherTemplate(2),
		"as_is": repeatOtherTemplate(1),
	},
	"template_added_later": {
		"sends": templateAddedLater(1),
		"as_is": templateAddedLater(0),
	},
	"repeat_while_untrusted": {
		"403":   repeatWhileUntrusted(http.StatusForbidden),
		"as_is": repeatWhileUntrusted(http.StatusOK),
	},
	"repeat_changed_fields": {
		"as_is":   repeatChanged("Ada"),
		"updates": repeatChanged("Grace"),
	},
	"template_without_email": {
		"400": func(c *client) { c.create(invited("email", nil)).want(http.StatusBadRequest); c.wantBooks(0, 0) },
		"accepted": func(c *client) {
			c.create(invited("email", nil)).want(http.StatusOK)
			c.wantBooks(1, 0)
		},
	},
	"id_in_other_event": {
		"404": idInOtherEvent(http.StatusNotFound),
		"400": idInOtherEvent(http.StatusBadRequest),
		"409": idInOtherEvent(http.StatusConflict),
	},
	"duplicate_barcode": {
		"accepted":    duplicateBarcode(http.StatusOK, true),
		"regenerated": duplicateBarcode(http.StatusOK, false),
		"400":         duplicateBarcode(http.StatusBadRequest, false),
		"409":         duplicateBarcode(http.StatusConflict, false),
	},
	"forbidden_tags": {
		"400":      func(c *client) { c.create(guest("tags", "100%, VIP")).want(http.StatusBadRequest) },
		"stripped": tagsBecome("100, VIP"),
		"accepted": tagsBecome("100%, VIP"),
	},
	"malformed_email": {
		"400":      func(c *client) { c.create(guest("email", "ada at home")).want(http.StatusBadRequest) },
		"accepted": func(c *client) { c.create(guest("email", "ada at home")).want(http.StatusOK) },
	},
	"name_required": {
		"yes": func(c *client) { c.create(guest("firstName", "", "lastName", nil)).want(http.StatusBadRequest) },
		"no":  func(c *client) { c.create(guest("firstName", "", "lastName", nil)).want(http.StatusOK) },
	},
	"plan_body": {
		"message": planBody(`{"message":`),
		"code":    planBody(`"plan_limit_reached"`),
		"empty":   planBody(""),
		"text":    planBody("You have reached"),
		"html":    planBody("<html>"),
	},
}

func missingTemplate(guests int) func(*client) {
	return func(c *client) {
		c.create(guest("commsTemplateId", uuid.NewString())).want(http.StatusNotFound)
		c.wantBooks(guests, 0)
		if used := c.box.Summary().PlanUsed; used != guests {
			c.t.Errorf("%d of the plan used", used)
		}
	}
}

func repeatAfterTrust(emails int) func(*client) {
	return func(c *client) {
		record := c.refusedOnce()
		trust(c)
		c.create(record).want(http.StatusOK)
		c.create(record).want(http.StatusOK)
		c.wantBooks(1, emails)
	}
}

func repeatOtherTemplate(emails int) func(*client) {
	return func(c *client) {
		record := invited()
		c.create(record).want(http.StatusOK)
		c.create(with(record, "commsTemplateId", account.SecondTemplate)).want(http.StatusOK)
		c.wantBooks(1, emails)
	}
}

func templateAddedLater(emails int) func(*client) {
	return func(c *client) {
		record := guest()
		c.create(record).want(http.StatusOK)
		c.create(with(record, "commsTemplateId", account.TemplateID)).want(http.StatusOK)
		c.wantBooks(1, emails)
	}
}

func repeatWhileUntrusted(status int) func(*client) {
	return func(c *client) {
		record := invited()
		c.create(record).want(http.StatusOK)
		distrust(c)
		c.create(record).want(status)
		c.wantBooks(1, 1)
	}
}

func repeatChanged(name string) func(*client) {
	return func(c *client) {
		record := guest()
		c.create(record).want(http.StatusOK)
		if got := c.create(with(record, "firstName", "Grace")).want(http.StatusOK).json()["firstName"]; got != name {
			c.t.Errorf("firstName %v, want %s", got, name)
		}
	}
}

func idInOtherEvent(status int) func(*client) {
	return func(c *client) {
		record := guest("eventId", c.otherEvent())
		c.create(record).want(http.StatusOK)
		c.create(with(record, "eventId", account.EventID)).want(status)
		c.bulk(with(record, "eventId", account.EventID)).want(http.StatusBadRequest)
		c.wantBooks(1, 0)
	}
}

func duplicateBarcode(status int, same bool) func(*client) {
	return func(c *client) {
		c.create(guest("barcode", "GALA01")).want(http.StatusOK)
		got := c.create(guest("barcode", "GALA01")).want(status)
		if status == http.StatusOK && (got.json()["barcode"] == "GALA01") != same {
			c.t.Errorf("barcode %v", got.json()["barcode"])
		}
		c.create(guest("barcode", "GALA01", "eventId", c.otherEvent())).want(http.StatusOK) // unique per event only
	}
}

func tagsBecome(tags string) func(*client) {
	return func(c *client) {
		if got := c.create(guest("tags", "100%, VIP")).want(http.StatusOK).json()["tags"]; got != tags {
			c.t.Errorf("tags %v, want %s", got, tags)
		}
	}
}

func planBody(part string) func(*client) {
	return func(c *client) {
		c.adjust(func(sw *sandbox.Switches) { sw.PlanLimit = 1 })
		c.create(guest()).want(http.StatusOK)
		got := c.create(guest()).want(http.StatusForbidden)
		if !strings.Contains(got.body, part) || (part == "") != (got.body == "") {
			c.t.Errorf("body %q", got.body)
		}
	}
}
