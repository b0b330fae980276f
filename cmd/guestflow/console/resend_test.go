package console_test

import (
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"guestflow/importer/ledger"
	"guestflow/importer/spec"
	"guestflow/qflow/sandbox"
)

// mailedImport is an import of two guests whose emails went out.
func (d *testConsole) mailedImport() ledger.Import {
	d.t.Helper()
	imp := d.imported(filepath.Join(d.t.TempDir(), "gala.csv"),
		"First name,Last name,Email\nAnn,Lee,ann@example.com\nBob,Ray,bob@example.com\n",
		spec.Spec{Template: sandbox.Defaults().TemplateID})
	if _, _, err := d.account.Ledger.Move(d.t.Context(), imp.ID,
		[]ledger.Move{{Row: 1, To: ledger.Accepted}}); err != nil {
		d.t.Fatal(err)
	}
	return d.enqueued(imp.ID)
}

var decisionField = regexp.MustCompile(`name="decision" value="([0-9]*)"`)

func TestTheButtonOfARowSendsItsEmailOnceMore(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, withReports).as("gina")
	imp := d.mailedImport()
	of := "/a/main/imports/" + imp.ID
	row, ask := of+"/rows/1", of+"/resend/1"
	d.wants(d.get(row), http.StatusOK, `href="`+ask+`"`, "Send again")
	if a := d.get(of + "/rows/2"); strings.Contains(a.body, "/resend/") {
		t.Error("a row that is queued can be sent again")
	}
	asks := d.get(ask)
	d.wants(asks, http.StatusOK, "Ann Lee &lt;ann@example.com&gt;", "Invitation", "Send again", "now accepted")
	decision := decisionField.FindStringSubmatch(asks.body)
	if decision == nil || decision[1] != "" {
		t.Fatalf("the form decides %q", decision)
	}
	form := url.Values{"decision": {""}}
	first := d.post(ask, form)
	d.wants(first, http.StatusOK, "is being sent again", "Sends again", of+"/rows/1")
	if second := d.post(ask, form); second.at != first.at && !strings.HasPrefix(second.at, first.at) {
		t.Errorf("pressed twice, it leads to %s and %s", first.at, second.at)
	}
	if n := len(d.imports()); n != 2 {
		t.Errorf("%d imports, want the list and one that sends again", n)
	}
	d.wants(d.get(of), http.StatusOK, "send again", "row 1", "gina")
	d.run()
	d.enqueued(filepath.Base(first.at))
	again := d.get(row)
	d.wants(again, http.StatusOK, "Sent again", filepath.Base(first.at))
	asks = d.get(ask)
	d.wants(asks, http.StatusOK, "Send once more")
	if next := decisionField.FindStringSubmatch(asks.body); next == nil || next[1] != "2" {
		t.Errorf("the next form decides %q", next)
	}
	if n := strings.Count(d.log.String(), "send again"); n != 1 {
		t.Errorf("the log names %d decisions", n)
	}
	for _, name := range []string{"ann@example.com", "Lee"} {
		if strings.Contains(d.log.String(), name) {
			t.Errorf("the log names a guest: %s", name)
		}
	}
}

func TestWhoMaySendAgain(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, withReports).as("otto")
	imp := d.mailedImport()
	row, ask := "/a/main/imports/"+imp.ID+"/rows/1", "/a/main/imports/"+imp.ID+"/resend/1"
	asks := d.get(ask)
	d.wants(asks, http.StatusOK, "of row 1", "Invitation")
	if strings.Contains(asks.body, "ann@example.com") || strings.Contains(asks.body, "Lee") {
		t.Error("an operator who may not see guests sees one")
	}
	d.wants(d.post(ask, nil), http.StatusUnprocessableEntity, "lacks its decision")
	d.wants(d.post(ask, url.Values{"decision": {"x y"}}), http.StatusUnprocessableEntity)
	d.wants(d.get("/a/main/imports/"+imp.ID+"/resend/2"), http.StatusConflict, "is queued")
	d.wants(d.post("/a/main/imports/"+imp.ID+"/resend/2", url.Values{"decision": {""}}), http.StatusConflict, "is queued")
	d.wants(d.get("/a/main/imports/"+imp.ID+"/resend/9"), http.StatusConflict, "no row 9")
	d.wants(d.get("/a/main/imports/"+imp.ID+"/resend/x"), http.StatusNotFound)
	if n := len(d.imports()); n != 1 {
		t.Errorf("%d imports", n)
	}
	d.as("vera")
	d.wants(d.get(ask), http.StatusForbidden)
	d.wants(d.post(ask, url.Values{"decision": {""}}), http.StatusForbidden)
	if a := d.get(row); strings.Contains(a.body, "/resend/") {
		t.Error("a viewer is offered to send again")
	}
}
