package console_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"guestflow/qflow/sandbox"
)

var testDecision = regexp.MustCompile(`name="decision" value="([0-9a-f]{16})"`)

// mailing is an upload whose rows get the sandbox's invitation.
func (d *testConsole) mailing(name string, n int) answer {
	d.t.Helper()
	up := d.upload(name, namedList(n))
	return d.post(up.at, url.Values{"template": {sandbox.Defaults().TemplateID}})
}

func TestTheEmailOfARowIsShownInASandboxAndSentToOneselfOnce(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	plan := d.mailing("gala.csv", 3)
	d.wants(plan, http.StatusOK, `href="`+plan.at+`/email"`)
	shown := d.get(plan.at + "/email?row=2")
	d.wants(shown, http.StatusOK, "Row</dt><dd>2, line 3", "Invitation", "You are invited to [event]",
		`<iframe class="email" sandbox title`, "Remove that guest in Qflow afterwards",
		"In brackets is what Qflow fills in: event, barcode_qr.")

	text := d.header(plan.at + "/email/text?row=2")
	policy := text.Header.Get("Content-Security-Policy")
	for _, has := range []string{"default-src 'none'", "sandbox;", "frame-ancestors 'self'"} {
		if !strings.Contains(policy, has) {
			t.Errorf("the policy of the email is %s", policy)
		}
	}
	if framing := text.Header.Get("X-Frame-Options"); framing != "SAMEORIGIN" {
		t.Errorf("X-Frame-Options: %s", framing)
	}
	if p := d.header(plan.at + "/email").Header.Get("Content-Security-Policy"); !strings.Contains(p, "frame-src 'self'") ||
		!strings.Contains(p, "frame-ancestors 'none'") {
		t.Errorf("the policy of its page is %s", p)
	}
	if p := d.header(plan.at).Header.Get("Content-Security-Policy"); strings.Contains(p, "frame-src") {
		t.Errorf("that of other pages is %s", p)
	}
	d.wants(d.get(plan.at+"/email/text?row=2"), http.StatusOK, "Dear Änne,", "[image]")

	form := url.Values{"row": {"2"}, "to": {"me@office.example"},
		"decision": {testDecision.FindStringSubmatch(shown.body)[1]}}
	d.wants(d.post(plan.at+"/email", form), http.StatusOK, "The test email is queued", "begins with TEST")
	d.wants(d.post(plan.at+"/email", form), http.StatusOK, "Nothing more was sent: it was sent at")
	if n := d.box.Summary(); n.Emails != 1 || n.Guests != 1 {
		t.Errorf("%d emails to %d guests", n.Emails, n.Guests)
	}
	if n := len(d.imports()); n != 0 {
		t.Errorf("%d imports", n)
	}
	form.Del("decision")
	d.wants(d.post(plan.at+"/email", form), http.StatusUnprocessableEntity, "lacks its decision")
	for _, guest := range []string{"me@office", "nne", "aenne1@"} {
		if strings.Contains(d.log.String(), guest) {
			t.Errorf("the log has %q", guest)
		}
	}
	d.wants(d.get(plan.at+"/email?row=4"), http.StatusOK, "no row 4")
	d.wants(d.get(plan.at+"/email?row=x"), http.StatusUnprocessableEntity, "This is no row")
}

func TestWhoMaySeeAndSendAnEmailOfARow(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	plan := d.mailing("gala.csv", 2)
	d.account.Live = true
	shown := d.get(plan.at + "/email")
	d.wants(shown, http.StatusOK, "This sends a real email")
	form := url.Values{"row": {"1"}, "to": {"me@office.example"},
		"decision": {testDecision.FindStringSubmatch(shown.body)[1]}}
	d.wants(d.post(plan.at+"/email", form), http.StatusConflict, "This sends a real email")
	form.Set("sure", "yes")
	for _, user := range []string{"vera", "otto", "greta"} {
		d.as(user)
		for _, path := range []string{"/email", "/email/text"} {
			if a := d.get(plan.at + path); a.status != http.StatusForbidden || strings.Contains(a.body, "nne") {
				t.Errorf("%s gets %d from %s", user, a.status, path)
			}
		}
		d.wants(d.post(plan.at+"/email", form), http.StatusForbidden)
	}
	if n := d.box.Summary().Guests; n != 0 {
		t.Errorf("%d guests", n)
	}
	d.wants(d.as("otto").get(plan.at), http.StatusOK, "2 emails")
}

func TestAPlanNamesTokensThatNoColumnFills(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	d.saveTemplate("<p>{{firstname}} {{guestnotes}} {{V_1}}</p>")
	plan := d.mailing("gala.csv", 2)
	d.wants(plan, http.StatusOK, "The email may have gaps", "{{guestnotes}} is filled by no column of this list",
		"{{V_1}} is a custom field")
	if strings.Contains(plan.body, "{{firstname}}") {
		t.Error("a token that a column fills is named")
	}
	if err := d.box.Adjust(func(sw *sandbox.Switches) { sw.TemplateHTML = "absent" }); err != nil {
		t.Fatal(err)
	}
	d.wants(d.get(plan.at+"/email"), http.StatusOK, "cannot be shown before it is sent", "Send test email")
}

// header asks for a page and returns its headers.
func (d *testConsole) header(path string) *http.Response {
	d.t.Helper()
	resp, err := d.browser.Get(d.url + path)
	if err != nil {
		d.t.Fatal(err)
	}
	resp.Body.Close()
	return resp
}

// saveTemplate changes the text of the sandbox's template.
func (d *testConsole) saveTemplate(html string) {
	d.t.Helper()
	c := sandbox.Defaults()
	token, err := d.account.Tokens.Token(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	body, _ := json.Marshal(map[string]string{"id": c.TemplateID, "eventId": c.EventID, "name": "Invitation",
		"subject": "Come", "html": html})
	req, err := http.NewRequestWithContext(d.t.Context(), http.MethodPost, d.api+"/comms/v1/api/comms/template",
		bytes.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token.Access.Reveal())
	req.Header.Set("Ocp-Apim-Subscription-Key", c.SubscriptionKey)
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.StatusCode != http.StatusOK {
		d.t.Fatalf("save the template: %v, %v", resp, err)
	}
	resp.Body.Close()
}
