package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/exit"
	"guestflow/deploy/testkit"
	"guestflow/qflow/sandbox"
)

func TestATemplateIsNamedByIDOrByName(t *testing.T) {
	t.Parallel()
	h := newReceiving(t)
	id := sandbox.Defaults().TemplateID
	if out := h.must("templates", event); !strings.Contains(out, id) || !strings.Contains(out, "Invitation") ||
		!strings.Contains(out, "You are invited") {
		t.Error(out)
	}
	if out := h.must("templates", event, "--json"); !strings.Contains(out, `{"id":"`+id+`"`) {
		t.Error(out)
	}
	h.write("guestflow.yaml", "profiles:\n  gala:\n    event: "+sandbox.Defaults().EventID+"\n    template: invitation\n")
	path := h.file("guests.csv", 3)
	for _, args := range [][]string{{event, "--template=Invitation"}, {event, "--template= inVITATION "},
		{event, template}, {event, "--template=" + strings.ToUpper(id)}} {
		h.must(append([]string{"import", path}, args...)...)
	}
	if n := strings.Count(h.must("imports", "--json"), `"id":`); n != 1 {
		t.Errorf("%d imports, however its template is named", n)
	}
	h.must("import", path, "--profile=gala")
	if out := h.must("status", "--json"); !strings.Contains(out, `"template":"`+id+`"`) {
		t.Errorf("the import of a profile keeps the template by its name: %s", out)
	}
	for _, dry := range []string{"--dry-run", "--yes"} {
		out, errs, code := h.run("import", path, event, "--template=Welcome", dry)
		if code != exit.Refused || !strings.Contains(errs, "has no template Welcome; it has: ") ||
			!strings.Contains(errs, `"Invitation" (`+id+`)`) {
			t.Errorf("an unknown name, %s: exit %d\n%s%s", dry, code, out, errs)
		}
		out, errs, code = h.run("import", path, event, "--template=Invitation", "--api-url=http://127.0.0.1:1",
			"--account=far", dry)
		if code != exit.Unreachable || !strings.Contains(errs, "its name is looked up at Qflow") {
			t.Errorf("without a way to Qflow, %s: exit %d\n%s%s", dry, code, out, errs)
		}
	}
	if out := h.must("import", path, event, "--template=invitation", "--dry-run"); !strings.Contains(out,
		"3 being processed") && !strings.Contains(out, "3 unchanged") {
		t.Errorf("a dry run compares another template: %s", out)
	}
	if _, errs, code := h.run("templates"); code != exit.Usage || !strings.Contains(errs, "add --event") {
		t.Errorf("without an event: exit %d, %s", code, errs)
	}
	if _, _, code := h.run("templates", "--event=none"); code != exit.Refused {
		t.Errorf("an unknown event: exit %d", code)
	}
}

func TestAPlanCountsTheEmailsThatKnownGuestsGetOnceAnotherImportIsDoneWithThem(t *testing.T) {
	t.Parallel()
	h := newReceiving(t)
	h.must("import", h.file("first.csv", 3), event, "--template=Invitation")
	next := h.file("next.csv", 4)
	for template, want := range map[string]string{
		"reminder":   `"emails":4,`,
		"invitation": `"emails":1,`,
	} {
		if out := h.must("import", next, event, "--template="+template, "--dry-run", "--json"); !strings.Contains(out, want) {
			t.Errorf("%s: want %s: %s", template, want, out)
		}
	}
	if out := h.must("import", next, event, "--template=reminder", "--dry-run"); !strings.Contains(out,
		"4 guests, 4 emails") || !strings.Contains(out, "3 being processed by another import (3 emails after that)") {
		t.Error(out)
	}
}

func TestTheEmailOfARowIsShownAndSentToOneselfOnce(t *testing.T) {
	t.Parallel()
	h := newReceiving(t)
	list := h.file("guests.csv", 2, "Bob,Bad,bob@nowhere")
	page := filepath.Join(h.dir, "email.html")
	out, errs, code := h.run("templates", "preview", list, event, "--template=Invitation", "--row=2", "--html="+page)
	if code != exit.OK || !strings.Contains(out, "Row 2, line 3, template Invitation") ||
		!strings.Contains(out, "Dear Ann,") ||
		!strings.Contains(errs, "In brackets is what Qflow fills in: event, barcode_qr.") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	if html, err := os.ReadFile(page); err != nil || !strings.Contains(string(html), "Dear Ann,") ||
		!strings.Contains(string(html), "default-src 'none'") {
		t.Errorf("%s, %v", html, err)
	}
	if _, errs, code := h.run("templates", "preview", list, event, template, "--row=3"); code != exit.Usage ||
		!strings.Contains(errs, "no email goes to row 3") {
		t.Errorf("a rejected row: exit %d, %s", code, errs)
	}
	h.must("suppress", "add", "gone@x.example")
	send := []string{"templates", "test", list, event, template, "--to=me@x.example"}
	if out, errs, code := h.run(send...); code != exit.Declined || !strings.Contains(out, `the guest "TEST Ann Lee 0"`) {
		t.Errorf("without an answer: exit %d\n%s%s", code, out, errs)
	}
	if n := h.box.Summary().Guests; n != 0 {
		t.Errorf("%d guests before anything is sent", n)
	}
	if _, errs, code := h.run("templates", "test", list, event, template, "--to=gone@x.example",
		"--yes"); code != exit.Usage || !strings.Contains(errs, "not mailed any more") {
		t.Errorf("to a suppressed address: exit %d, %s", code, errs)
	}
	h.must(append(send, "--yes")...)
	if _, errs, code := h.run(append(send, "--yes")...); code != exit.Usage ||
		!strings.Contains(errs, "by the same decision; to send it once more, name another --decision") {
		t.Errorf("twice by one decision: exit %d, %s", code, errs)
	}
	h.must(append(send, "--yes", "--decision=2")...)
	if n := h.box.Summary(); n.Emails != 2 || n.EmailsMax != 1 {
		t.Errorf("%d emails, at most %d for one guest", n.Emails, n.EmailsMax)
	}
	if n := strings.Count(h.must("imports", "--json"), `"id":`); n != 0 {
		t.Errorf("%d imports", n)
	}
}

func TestADroppedFileTakesTheTemplateThatItsProfileNames(t *testing.T) {
	t.Parallel()
	h := newReceiving(t)
	h.write("guestflow.yaml", "profiles:\n  gala:\n    event: "+sandbox.Defaults().EventID+
		"\n    template: Invitation\n  typo:\n    event: "+
		sandbox.Defaults().EventID+"\n    template: Invitatoin\n")
	p := h.start("running", "run", "--inbox=drop", "--settle=10ms")
	h.file("drop/gala/guests.csv", 2)
	testkit.Eventually(t, "both have their email", func() bool { return h.box.Summary().Emails == 2 })
	h.file("drop/typo/others.csv", 3)
	p.WaitFor("has no template Invitatoin; it has: ")
	if n := h.box.Summary(); n.Emails != 2 {
		t.Errorf("%d emails", n.Emails)
	}
}
