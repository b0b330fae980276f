package console_test

import (
	"net/http"
	"net/url"
	"testing"

	"guestflow/importer/ledger"
	"guestflow/qflow/sandbox"
)

// Promise: rows that are like known guests are decided about on the page of the plan, by kind and by row.
func TestRowsThatAreLikeKnownGuestsAreDecidedInTheBrowser(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	d.run()
	with := url.Values{"template": {sandbox.Defaults().TemplateID}}
	const header = "First Name,Last Name,Email\n"
	first := d.post(d.upload("monday.csv", []byte(header+"Ann,Lee,ann@x.example\nBob,Lee,bob@x.example\n")).at, with)
	d.start(first)
	d.enqueued(d.imports()[0].ID)
	second := d.post(d.upload("tuesday.csv", []byte(header+"Anna,Lee,ann@x.example\nRobert,Lee,bob@x.example\n")).at, with)
	d.wants(second, http.StatusOK, "2 rows are like guests of earlier imports (2 known under another name)", "2 held", "Robert Lee", `name="near.2"`)
	second = d.post(second.at, url.Values{"template": with["template"], "near.name": {"update"}, "near.2": {"skip"}})
	d.wants(second, http.StatusOK, "1 updated, without a second email", "1 left out")
	d.start(second)
	imp := d.enqueued(d.imports()[0].ID)
	if imp.NearMisses != "2=skip,name=update" || imp.Counts[ledger.Filtered] != 1 {
		t.Errorf("the import is decided by %q: %v", imp.NearMisses, imp.Counts)
	}
}
