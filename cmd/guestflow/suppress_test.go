package main

import (
	"encoding/json"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/exit"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer"
	"guestflow/qflow/sandbox"
)

const guestsOfTwo = "First Name,Last Name,Email\nAnn,Lee,bounce@x.example\nBob,Kim,bob@x.example\n"

func (h *house) counts(args ...string) map[string]int {
	h.t.Helper()
	out, _, _ := h.run(append([]string{"import", "--json", "--wait"}, args...)...)
	return countsOf(h.t, out)
}

func TestABouncedAddressIsShownByThePlanAndNotMailedByTheNextImport(t *testing.T) {
	t.Parallel()
	h := newReceiving(t)
	h.adjust(func(sw *sandbox.Switches) { sw.WebhookAddress = "no" })
	h.good("webhook", "register", h.url)
	event, template := sandbox.Defaults().EventID, sandbox.Defaults().TemplateID
	to := []string{"--event", event, "--template", template}
	h.start("workers", "run")
	h.counts(append(to, h.put("first.csv", guestsOfTwo))...)
	testkit.Eventually(t, "the bounce is known", func() bool {
		return strings.Contains(h.good("suppress", "check", "BOUNCE@x.example"), "bounced")
	})
	second := h.put("second.csv", strings.ReplaceAll(guestsOfTwo, "Lee", "Moor"))
	to = append(to, "--near-misses", "new") // another person at that address
	out := h.good(append(append([]string{"import", "--dry-run"}, to...), second)...)
	if !strings.Contains(out, "1 guest gets no email, as the address is suppressed (1 bounced)") ||
		!strings.Contains(out, "2 guests, 0 emails") {
		t.Errorf("the plan says:\n%s", out)
	}
	if n := h.counts(append(to, second)...); n["suppressed"] != 1 || n["unchanged"] != 1 || len(n) != 2 {
		t.Errorf("%v", n)
	}
	out = h.good("suppress")
	if !strings.Contains(out, "bounced") || strings.Contains(out, "x.example") {
		t.Errorf("the list:\n%s", out)
	}
	h.good("suppress", "lift", "bounce@x.example", "--yes")
	if n := h.counts(append(append([]string{"--again"}, to...), second)...); n["suppressed"] != 0 {
		t.Errorf("once it is lifted: %v", n)
	}
}

func TestAnOperatorsListIsNotMailed(t *testing.T) {
	t.Parallel()
	h := newReceiving(t)
	list := h.put("unsubscribed.csv", "email;reason\nbounce@x.example;1\nnone;2\nCID@X.example;3\n")
	out, errs, _ := h.run("suppress", "add", list, "dan@x.example")
	if !strings.Contains(out, "3 added, 0 were suppressed before") || !strings.Contains(errs, "line 3: no email address") {
		t.Errorf("%s%s", out, errs)
	}
	if out = h.good("suppress", "add", list); !strings.Contains(out, "0 added, 2 were") {
		t.Errorf("once more: %s", out)
	}
	to := []string{"--event", sandbox.Defaults().EventID, "--template", sandbox.Defaults().TemplateID}
	var plans []importer.Plan
	preview := h.good(append(append([]string{"import", "--json", "--dry-run"}, to...), h.put("list.csv", guestsOfTwo))...)
	if err := json.Unmarshal([]byte(preview), &plans); err != nil || plans[0].Suppressed.Total() != 1 ||
		plans[0].Emails != 1 {
		t.Errorf("%v, %s", err, preview)
	}
}

func TestWhatIsNoAddressIsRefusedWithoutBeingRepeated(t *testing.T) {
	t.Parallel()
	h := newReceiving(t)
	for _, c := range []struct {
		code int
		args []string
	}{
		{exit.Usage, []string{"suppress", "add", "no-such-file.csv"}},
		{exit.Input, []string{"suppress", "add", h.put("names.csv", "Name\nQuillon Unmistakable\n")}},
		{exit.Usage, []string{"suppress", "add", "quillon@unmistakable"}},
		{exit.Usage, []string{"suppress", "check", "quillon unmistakable"}},
		{exit.Usage, []string{"suppress", "lift", "quillon@unmistakable.example", "--yes"}},
	} {
		out, errs, code := h.run(c.args...)
		if code != c.code || strings.Contains(strings.ToLower(out+errs), "unmistakable") &&
			!strings.Contains(out+errs, "unmistakable.csv") {
			t.Errorf("%v: exit %d\n%s%s", c.args, code, out, errs)
		}
	}
	if out := h.good("suppress"); !strings.Contains(out, "No address is suppressed") {
		t.Errorf("%s", out)
	}
}

func TestARowThatWasLeftWithoutItsEmailIsSentOneOnceTheAddressIsLifted(t *testing.T) {
	t.Parallel()
	h := newReceiving(t)
	h.start("running", "run")
	h.good("suppress", "add", "ann0@example.com")
	h.must("import", h.file("guests.csv", 2), event, template, "--wait")
	id := h.status().ID
	if _, errs, code := h.run("resend", id, "1", "--yes"); code != exit.Usage ||
		!strings.Contains(errs, "guestflow suppress") {
		t.Errorf("while it is suppressed: exit %d, %s", code, errs)
	}
	h.good("suppress", "lift", "ann0@example.com", "--yes")
	h.must("resend", id, "1", "--yes", "--wait")
	if n := h.box.Summary(); n.Emails != 2 || n.EmailsMax != 1 || n.Guests != 2 {
		t.Errorf("%d guests, %d emails, at most %d for one", n.Guests, n.Emails, n.EmailsMax)
	}
}

// Promise: who approves a list is told how many emails leave, and how many do not.
func TestAnApprovedListCountsTheEmailsThatLeave(t *testing.T) {
	t.Parallel()
	h := newHouse(t, append(fast, "GUESTFLOW_REDIS_URL="+redistest.Start(t).URL())...)
	h.sandbox(sandbox.Options{Adjust: noLimits})
	h.write("guestflow.yaml", gala("hold: always"))
	h.must("suppress", "add", "bounce@x.example")
	h.start("running", "run", "--inbox=in", "--settle=100ms")
	h.put("in/gala/list.csv", guestsOfTwo)
	var list []waitingFile
	testkit.Eventually(t, "it waits", func() bool { list = h.waiting("--inbox=in"); return len(list) == 1 })
	if out := h.must("approve", list[0].ID, "--inbox=in", "--yes"); !strings.Contains(out, "2 guests, 1 email.") {
		t.Errorf("it says %s", out)
	}
}
