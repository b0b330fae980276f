package main

import (
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
	if out := h.must("templates", event); !strings.Contains(out, id) || !strings.Contains(out, "Invitation") || !strings.Contains(out, "You are invited") {
		t.Error(out)
	}
	if out := h.must("templates", event, "--json"); !strings.Contains(out, `{"id":"`+id+`"`) {
		t.Error(out)
	}
	h.write("guestflow.yaml", "profiles:\n  gala:\n    event: "+sandbox.Defaults().EventID+"\n    template: invitation\n")
	path := h.file("guests.csv", 3)
	for _, args := range [][]string{{event, "--template=Invitation"}, {event, "--template= inVITATION "}, {event, template}, {event, "--template=" + strings.ToUpper(id)}} {
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
		if code != exit.Refused || !strings.Contains(errs, "has no template Welcome; it has: ") || !strings.Contains(errs, `"Invitation" (`+id+`)`) {
			t.Errorf("an unknown name, %s: exit %d\n%s%s", dry, code, out, errs)
		}
		out, errs, code = h.run("import", path, event, "--template=Invitation", "--api-url=http://127.0.0.1:1", "--account=far", dry)
		if code != exit.Unreachable || !strings.Contains(errs, "its name is looked up at Qflow") {
			t.Errorf("without a way to Qflow, %s: exit %d\n%s%s", dry, code, out, errs)
		}
	}
	if out := h.must("import", path, event, "--template=invitation", "--dry-run"); !strings.Contains(out, "3 being processed") && !strings.Contains(out, "3 unchanged") {
		t.Errorf("a dry run compares another template: %s", out)
	}
	if _, errs, code := h.run("templates"); code != exit.Usage || !strings.Contains(errs, "add --event") {
		t.Errorf("without an event: exit %d, %s", code, errs)
	}
	if _, _, code := h.run("templates", "--event=none"); code != exit.Refused {
		t.Errorf("an unknown event: exit %d", code)
	}
}

func TestADroppedFileTakesTheTemplateThatItsProfileNames(t *testing.T) {
	t.Parallel()
	h := newReceiving(t)
	h.write("guestflow.yaml", "profiles:\n  gala:\n    event: "+sandbox.Defaults().EventID+"\n    template: Invitation\n  typo:\n    event: "+
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
