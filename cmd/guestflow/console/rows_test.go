package console_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"guestflow/cmd/guestflow/console"
	"guestflow/deploy/testkit"
	"guestflow/importer"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/reread"
	"guestflow/importer/spec"
)

func TestARowWhoseGuestAnExpiredImportHasLeadsNowhere(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	d.run()
	old, young := d.list("Ann,Lee,ann@example.com"), d.list("Ann,Lee,ann@example.com", "Bob,Ray,bob@example.com")
	path := "/a/main/imports/" + young.ID + "/rows/1"
	link := fmt.Sprintf(`href="/a/main/imports/%s/rows/1"`, old.ID)
	if page := d.get(path); !strings.Contains(page.body, link) {
		t.Fatalf("the page does not lead to the row that has the guest: %s", page.body)
	}
	keys, err := d.account.Redis.Keys(t.Context(), "*import:"+old.ID+"*").Result()
	if err == nil {
		err = d.account.Redis.Del(t.Context(), keys...).Err()
	}
	if err != nil {
		t.Fatal(err)
	}
	page := d.get(path)
	d.wants(page, http.StatusOK, "Guest id", "import "+old.ID+", which is no longer kept")
	if strings.Contains(page.body, link) {
		t.Error("it leads to an import that is not there")
	}
}

func TestARowsPageNamesTheGuestAsTheImportReadTheFile(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	d.run()
	preview := d.upload("list.csv", []byte("Vorname,Nachname,E-Mial\nAda,Moe,ada@party.example\n"))
	preview = d.post(preview.at, url.Values{"accept": {"email:E-Mial"}})
	imp := d.enqueued(idOf(d.start(preview)))
	to := importer.Settings{Spec: spec.Spec{Account: "main", Event: imp.Event,
		Reading: spec.Reading{Mapping: map[string]string{"email": "E-Mial"}}}}
	var guest guestindex.Guest
	// which is being moved once its rows are enqueued
	testkit.Eventually(t, "the guest is found in the file", func() (is bool) {
		imp, err := d.account.Ledger.Import(t.Context(), imp.ID)
		if err == nil {
			guest, is, err = reread.Identify(t.Context(), imp.Source, to.Spec, 1)
		}
		return err == nil && is
	})
	d.wants(d.get("/a/main/imports/"+imp.ID+"/rows/1"), http.StatusOK, "Guest id", guest.ID.String())
}

func TestARowsPageIsThereBeforeItsCellsAreFound(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	d.run()
	imp := d.list("Ann,Lee,ann@example.com", "Bob,Ray,bob@example.com")
	path := "/a/main/imports/" + imp.ID + "/rows/2"
	next := console.OccupyJobs(d.site)
	d.hasty = true
	d.wants(d.get(path), http.StatusOK, "Correlation id", "Searching for the row in the file", "Reload", "data-live")
	d.wants(d.as("vera").get(path), http.StatusOK, "Your login may not see guests' data")
	next()
	d.hasty = false
	page := d.as("gina").get(path)
	d.wants(page, http.StatusOK, "bob@example.com", "line 3", "Guest id")
	if strings.Contains(page.body, "data-live") || strings.Contains(page.body, "Searching for") {
		t.Errorf("a row that was found is still searched for: %s", page.body)
	}
}

// What guestflow cancel ID ROW... does is done in the browser, too.
func TestRowsThatWaitAreCancelledInTheBrowser(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, withReports).as("otto")
	imp := d.mailedImport() // row 1 is accepted, row 2 waits
	of := "/a/main/imports/" + imp.ID
	ask := of + "/cancel"
	d.wants(d.get(of), http.StatusOK, `href="`+ask+`"`)
	d.wants(d.get(of+"/rows/2"), http.StatusOK, `href="`+ask+`?rows=2"`, "Cancel this row")
	if a := d.get(of + "/rows/1"); strings.Contains(a.body, "Cancel this row") {
		t.Error("a row whose email is out can be cancelled")
	}
	d.wants(d.get(ask), http.StatusOK, `name="rows"`, "50 at most")
	d.wants(d.get(ask+"?rows=1-2"), http.StatusOK, "Cancel 1 row", "row 1</a>, now accepted: stays as it is",
		"row 2</a>, now queued<")
	for _, typed := range []string{"x", "0", "3", "1-99", "2;3"} {
		if a := d.get(ask + "?rows=" + url.QueryEscape(typed)); a.status < 400 || a.status >= 500 {
			t.Errorf("of rows %q it answers %d", typed, a.status)
		}
	}
	a := d.get(ask + "?rows=1")
	if strings.Contains(a.body, `class="danger"`) || !strings.Contains(a.body, "nothing to cancel") {
		t.Errorf("a row that is done may be cancelled: %s", a.body)
	}
	done := d.post(ask, url.Values{"rows": {"1-2"}})
	d.wants(done, http.StatusOK, "1 row was cancelled; row 1 is on its way already, or settled", "otto")
	if now := d.enqueued(imp.ID); now.Counts[ledger.Cancelled] != 1 || now.Counts[ledger.Accepted] != 1 {
		t.Errorf("then there are %v", now.Counts)
	}
	if a := d.post(ask, url.Values{"rows": {"2"}}); a.status < 400 {
		t.Errorf("cancelled twice it answers %d", a.status)
	}
	vera := d.as("vera")
	vera.wants(vera.get(ask), http.StatusForbidden)
	vera.wants(vera.post(ask, url.Values{"rows": {"2"}}), http.StatusForbidden)
}
