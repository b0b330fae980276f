package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"guestflow/importer/spec"
	"guestflow/qflow/sandbox"
)

// Promise: a list that lacks columns cannot be started from the page of the plan before its question is answered there.
func TestALossByMissingColumnsIsDecidedInTheBrowser(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, comparing).as("gina")
	d.run()
	with := url.Values{"template": {sandbox.Defaults().TemplateID}}
	full := d.post(d.upload("full.csv", []byte("First Name,Last Name,Email,Tags\nAnn,Lee,ann@x.example,VIP\nBob,Ray,bob@x.example,\n")).at, with)
	d.enqueued(d.begun(full))
	asked := d.post(d.upload("short.csv", []byte("First Name,Last Name,Email\nAnn,Lee,ann@x.example\n")).at, with)
	d.wants(asked, http.StatusOK, "1 known guest is written as this list has them, which has no column for Tags", "choose below",
		"Leave known guests as they are, and send them the email", "Write them as the list has them, without these",
		`value="missing-columns:keep"`, `value="missing-columns:empty"`, "Missing columns")
	if strings.Contains(asked.body, `id="start"`) || strings.Contains(asked.body, "--missing-columns") {
		t.Error("it can be started, or names a flag")
	}
	kept := d.post(asked.at, url.Values{"template": with["template"], "answer": {"missing-columns:keep"}})
	d.wants(kept, http.StatusOK, "1 known guest stays as they are at Qflow", `<option value="keep" selected>leave known guests as they are`)
	if imp := d.enqueued(d.begun(kept)); imp.MissingColumns != spec.KeepMissing {
		t.Errorf("it is imported with %+v", imp.Spec)
	}
}
