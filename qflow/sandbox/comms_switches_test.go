package sandbox_test

import (
	"net/http"
	"strings"
	"testing"

	"guestflow/qflow/sandbox"
)

var commsBehaviours = map[string]map[string]func(*client){
	"template_list": {
		"array":   templateList("["),
		"wrapped": templateList(`{"templates":[`),
		"data":    templateList(`{"data":[`),
	},
	"template_html": {
		"listed": templateHTML(true),
		"absent": templateHTML(false),
	},
	"template_upsert": {
		"updates":     templateAgain("Second"),
		"returns_old": templateAgain("First"),
	},
	"send_while_queued": {
		"sends": sendWhileQueued(http.StatusOK, 2),
		"as_is": sendWhileQueued(http.StatusOK, 1),
		"409":   sendWhileQueued(http.StatusConflict, 1),
	},
	"send_without_email": {
		"400":      sendWithoutEmail(http.StatusBadRequest),
		"422":      sendWithoutEmail(http.StatusUnprocessableEntity),
		"accepted": sendWithoutEmail(http.StatusOK),
	},
}

func templateHTML(listed bool) func(*client) {
	return func(c *client) {
		got := c.call(http.MethodGet, commsPath+"/templates?eventId="+account.EventID, nil).want(http.StatusOK)
		if strings.Contains(got.body, `"html"`) != listed {
			c.t.Errorf("list %s", got.body)
		}
	}
}

func templateList(start string) func(*client) {
	return func(c *client) {
		got := c.call(http.MethodGet, commsPath+"/templates?eventId="+account.EventID, nil).want(http.StatusOK)
		if !strings.HasPrefix(got.body, start) || !strings.Contains(got.body, account.TemplateID) {
			c.t.Errorf("list %s", got.body)
		}
	}
}

func (c *client) saveTemplate(changes ...any) answer {
	c.t.Helper()
	record := map[string]any{
		"id": "70000000-0000-4000-8000-000000000abc", "eventId": account.EventID, "name": "Invite",
		"html": "<p>{{fullname}}</p>",
	}
	for i := 0; i < len(changes); i += 2 {
		record[changes[i].(string)] = changes[i+1]
	}
	return c.call(http.MethodPost, commsPath+"/template", record)
}

func templateAgain(subject string) func(*client) {
	return func(c *client) {
		c.saveTemplate("subject", "First", "attachPdf", true).want(http.StatusOK)
		got := c.saveTemplate("subject", "Second").want(http.StatusOK).json()
		if got["subject"] != subject || got["attachPdf"] != true {
			c.t.Errorf("template %v", got)
		}
	}
}

func sendWhileQueued(status, emails int) func(*client) {
	return func(c *client) {
		c.adjust(func(sw *sandbox.Switches) { sw.MailHeld = true })
		record := invited()
		c.create(record).want(http.StatusOK)
		c.send(record["id"]).want(status)
		c.wantBooks(1, emails)
		if state := c.box.History().EmailList[0].State; state != sandbox.StateQueued {
			c.t.Errorf("held mail is %s", state)
		}
	}
}

func sendWithoutEmail(status int) func(*client) {
	return func(c *client) {
		record := guest("email", nil)
		c.create(record).want(http.StatusOK)
		c.send(record["id"]).want(status)
		c.wantBooks(1, 0)
	}
}

func TestPreviousStateDecidesWhetherASendPasses(t *testing.T) {
	t.Parallel()
	for state, status := range map[string]int{
		sandbox.StateSent: 200, sandbox.StateDelivered: 200, sandbox.StateOpened: 200, sandbox.StateFailed: 200,
		sandbox.StateBounced: 422, sandbox.StateDropped: 422, sandbox.StateSpam: 422, sandbox.StateUnsubscribed: 422,
	} {
		t.Run(state, func(t *testing.T) {
			t.Parallel()
			c := signedIn(t, nil)
			record := guest()
			c.create(record).want(http.StatusOK)
			admin := sandbox.Admin{URL: c.url, HTTP: c.http}
			if err := admin.SetInvitation(t.Context(), record["id"].(string), account.TemplateID, state); err != nil {
				t.Fatal(err)
			}
			got := c.send(record["id"]).want(status).json()
			if status == 422 && (got["error"] != "previous_send_permanently_failed" || got["reason"] != state) {
				t.Errorf("422: %v", got)
			}
		})
	}
}

func TestAddressesBringAboutTheirState(t *testing.T) {
	t.Parallel()
	for email, want := range map[string]string{
		"ada@guests.example": sandbox.StateDelivered, "bounce@guests.example": sandbox.StateBounced,
		"bounce+17@guests.example": sandbox.StateBounced, "drop@guests.example": sandbox.StateDropped,
		"spam@guests.example": sandbox.StateSpam, "unsubscribe@guests.example": sandbox.StateUnsubscribed,
		"fail@guests.example": sandbox.StateFailed, "open@guests.example": sandbox.StateOpened,
		"defer@guests.example": sandbox.StateDeferred, "sent@guests.example": sandbox.StateSent,
	} {
		c := signedIn(t, nil)
		c.create(invited("email", email)).want(http.StatusOK)
		c.settle()
		if got := c.box.History().EmailList[0].State; got != want {
			t.Errorf("%s: %s, want %s", email, got, want)
		}
	}
}

func TestABounceBlocksResendsUntilAnEmailChangeWhenSwitched(t *testing.T) {
	t.Parallel()
	for clears, status := range map[bool]int{false: 422, true: 200} {
		c := signedIn(t, func(sw *sandbox.Switches) { sw.EmailChangeClears = clears })
		record := invited("email", "bounce@guests.example")
		c.create(record).want(http.StatusOK)
		c.settle()
		c.send(record["id"]).want(422)
		c.create(record).want(http.StatusOK) // documented as safe: no error, no second email
		c.bulk(with(with(record, "email", "ada@guests.example"), "commsTemplateId", nil)).want(http.StatusOK)
		c.send(record["id"]).want(status)
	}
}

func TestASecondSendIsAResend(t *testing.T) {
	t.Parallel()
	c := signedIn(t, nil)
	record := guest()
	c.create(record).want(http.StatusOK)
	c.send(record["id"]).want(http.StatusOK)
	c.send(record["id"]).want(http.StatusOK)
	if sum := c.box.Summary(); sum.EmailsMax != 2 || sum.GuestsEmailed != 1 {
		t.Fatalf("history: %+v", sum)
	}
}

func TestSendRefusals(t *testing.T) {
	t.Parallel()
	c := signedIn(t, nil)
	record := guest("eventId", c.otherEvent())
	c.create(record).want(http.StatusOK)
	c.send("17").want(http.StatusBadRequest)
	c.send("e0000000-0000-4000-8000-00000000dead").want(http.StatusNotFound)
	c.send(record["id"]).want(http.StatusNotFound) // the template is another event's
	noComms(c)
	if got := c.send(record["id"]).want(http.StatusForbidden); !strings.Contains(got.body, "comms_api_not_enabled") {
		t.Errorf("allow-list: %s", got.body)
	}
}

func TestTemplatesAreCheckedOnSaving(t *testing.T) {
	t.Parallel()
	c := signedIn(t, nil)
	c.saveTemplate("html", "").want(http.StatusBadRequest)
	c.saveTemplate("id", "17").want(http.StatusBadRequest)
	c.saveTemplate("eventId", "e0000000-0000-4000-8000-00000000dead").want(http.StatusNotFound)
	if got := c.saveTemplate("html", `<a href="http://unsafe.example">`).want(422); !strings.Contains(got.body,
		"spam_check_failed") {
		t.Errorf("spam: %s", got.body)
	}
}

func TestUntrustedAccountsMayStillPrepare(t *testing.T) {
	t.Parallel()
	c := signedIn(t, untrusted)
	c.saveTemplate().want(http.StatusOK)
	c.create(guest()).want(http.StatusOK)
	record := c.refusedOnce()
	c.send(record["id"]).want(http.StatusForbidden)
	sum := c.box.Summary()
	if sum.RefusedUntrusted != 2 || sum.CallsWhileUntrusted[sandbox.CreateGuest] != 2 ||
		sum.CallsWhileUntrusted[sandbox.Send] != 1 {
		t.Fatalf("history: %d refused, %v", sum.RefusedUntrusted, sum.CallsWhileUntrusted)
	}
}
