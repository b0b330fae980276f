package console_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"guestflow/deploy/testkit"
	"guestflow/qflow"
	"guestflow/qflow/sandbox"
	"guestflow/worker"
)

// work runs workers until the test ends.
func (d *testConsole) work() {
	ctx, cancel := context.WithCancel(context.Background())
	ended, a := make(chan error, 1), d.account
	go func() {
		ended <- worker.Run(ctx, worker.Config{Redis: a.Redis, Ledger: a.Ledger, Qflow: a.Qflow, Budget: a.Budget,
			Gates: a.Gates, Log: d.logger(), Concurrency: 4})
	}()
	d.t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			d.t.Error(err)
		}
	})
}

func TestAnImportIsComparedWithQflow(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	d.run()
	d.work()
	imp := d.list("Ann,Lee,ann@party.example", "Bob,Ray,bob@party.example")
	testkit.Eventually(t, "the import is over", func() bool {
		now, err := d.account.Ledger.Import(t.Context(), imp.ID)
		return err == nil && now.Done()
	})
	of, event := "/a/main/imports/"+imp.ID, sandbox.Defaults().EventID
	var ann qflow.Guest
	d.account.Qflow.ListGuests(t.Context(), event, qflow.GuestPage{}, func(g qflow.Listed) error {
		if g.FirstName == "Ann" {
			ann = g.Guest
		}
		return nil
	})
	ann.EventID, ann.Tags = event, "changed at the door"
	if _, out := d.account.Qflow.UpsertGuests(t.Context(), event, []qflow.Guest{ann}); out.Kind != qflow.Accepted {
		t.Fatal(out.Err())
	}

	d.wants(d.get(of), http.StatusOK, "Compare with Qflow", of+"/qflow")
	d.wants(d.get(of+"/qflow"), http.StatusOK, "may list a part", "<button")
	page := d.post(of+"/qflow", url.Values{})
	d.wants(page, http.StatusOK, "2 guests listed by Qflow", "there and here, and alike", "with other data", "tags",
		"ann@party.example",
		"reconcile --import "+imp.ID)
	if strings.Contains(page.body, "changed at the door") {
		t.Error("it shows the field's content")
	}
	d.wants(d.post(of+"/qflow/settle", url.Values{"rows": {"7"}}), http.StatusConflict, "Nothing was settled")
	d.wants(d.post(of+"/qflow/settle", url.Values{"rows": {"0"}}), http.StatusOK, "0 rows settled")
	d.wants(d.post(of+"/qflow/settle", url.Values{"rows": {"0"}}), http.StatusConflict, "Compare again")

	d.wants(d.post(of+"/qflow", url.Values{}), http.StatusOK, "2 guests listed")
	viewer := d.as("vera")
	d.wants(viewer.post(of+"/qflow", url.Values{}), http.StatusForbidden)
	if page := viewer.get(of + "/qflow"); page.status != http.StatusOK || strings.Contains(page.body, "party.example") ||
		strings.Contains(page.body, "<form method=\"post\" action=\""+of) {
		t.Errorf("vera sees %d\n%s", page.status, page.body)
	}
}
