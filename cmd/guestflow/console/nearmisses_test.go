package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"guestflow/importer/ledger"
	"guestflow/qflow/sandbox"
)

// Promise: rows that are like known guests are decided about on the page of the plan, by kind and by row.
func TestRowsThatAreLikeKnownGuestsAreDecidedInTheBrowser(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, comparing).as("gina")
	d.run()
	with := url.Values{"template": {sandbox.Defaults().TemplateID}}
	const header = "First Name,Last Name,Email\n"
	first := d.post(d.upload("monday.csv", []byte(header+"Ann,Lee,ann@x.example\nBob,Lee,bob@x.example\nCyd,Lee,cyd@x.example\n")).at, with)
	d.enqueued(d.begun(first))
	second := d.post(d.upload("tuesday.csv", []byte(header+"Anna,Lee,ann@x.example\nRobert,Lee,bob@x.example\n")).at, with)
	d.wants(second, http.StatusOK, "2 rows are like guests of earlier imports (2 known under another name)", "2 held", "Robert Lee", `name="near.2"`, "2 rows would be left out until you decide",
		"Row 2, line 3", "1 guest is gone: not in this list, of the 3 of import", "Row 3, line 4", "Cyd Lee")
	second = d.post(second.at, url.Values{"template": with["template"], "near.name": {"update"}, "near.2": {"skip"}})
	d.wants(second, http.StatusOK, "1 updated, 1 of them with this email, which they have not had", "1 left out",
		"the email of 1 of these guests has not left yet: it goes to the address and name in this list")
	imp := d.enqueued(d.begun(second))
	d.wants(d.get("/a/main/imports/"+imp.ID), http.StatusOK, "1 guest of", "gone.csv", "1 like known guests, or in the list twice, as was decided")
	d.wants(d.get("/a/main/imports/"+imp.ID+"/report/summary.html"), http.StatusOK, "1 of 3 guests of import")
	// A choice for a row that is no near miss any more is dropped by the next answer.
	third := d.post(d.upload("wednesday.csv", []byte(header+"Anna,Lee,ann@x.example\nRob,Lee,bob@x.example\n")).at, url.Values{"template": with["template"], "near.7": {"new"}})
	d.wants(third, http.StatusOK, "decides about row 7, which is like no known guest")
	d.wants(d.post(third.at, with), http.StatusOK, "Known guests")
	if imp.NearMisses != "2=skip,name=update" || imp.Counts[ledger.Filtered] != 1 {
		t.Errorf("the import is decided by %q: %v", imp.NearMisses, imp.Counts)
	}
	// The page of an import says how many of its rows are held, and what decides them.
	held := d.enqueued(d.begun(d.post(d.upload("thursday.csv", []byte(header+"Annie,Lee,ann@x.example\nEve,Neu,eve@x.example\n")).at, with)))
	page := d.get("/a/main/imports/" + held.ID)
	d.wants(page, http.StatusOK, "1 held until it is decided whether they are known guests, or in the list twice")
	if strings.Contains(page.body, "left out by") || !strings.Contains(page.body, ">Decide</a>") && !strings.Contains(page.body, "To decide, import the same list again") {
		t.Errorf("the page does not say what decides: %s", page.body)
	}
	// A row that may be two guests updates the one who is chosen for it.
	home := d.post(d.upload("home.csv", []byte(header+"Eva,Ek,home@x.example\nFay,Ek,home@x.example\n")).at, with)
	known := d.enqueued(d.begun(home))
	eva := "update:" + known.ID + "/1"
	moved := d.post(d.upload("moved.csv", []byte(header+"Gus,Ek,home@x.example\n")).at, with)
	d.wants(moved, http.StatusOK, `value="`+eva+`"`, "update row 2 of import "+known.ID)
	moved = d.post(moved.at, url.Values{"template": with["template"], "near.1": {eva}})
	d.wants(moved, http.StatusOK, "1 updated, 1 of them with this email, which they have not had", `value="`+eva+`" selected`)
}
