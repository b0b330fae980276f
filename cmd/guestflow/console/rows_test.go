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
			guest, is, err = importer.Identify(t.Context(), imp.Source, to, 1)
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
