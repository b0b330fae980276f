package console_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"guestflow/cmd/guestflow/console"
	"guestflow/importer/ledger"
)

// list makes an import of a file with such rows.
func (d *testConsole) list(rows ...string) ledger.Import {
	d.t.Helper()
	preview := d.upload("list.csv", []byte("First name,Last name,Email\n"+strings.Join(rows, "\n")+"\n"))
	return d.enqueued(idOf(d.start(preview)))
}

// holding has what Redis is asked about an import's rows wait for a signal.
type holding struct {
	redis.Hook

	rows     string
	released chan struct{}
}

func (h holding) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if args := cmd.Args(); len(args) > 1 && args[0] == "getrange" && args[1] == h.rows {
			select {
			case <-h.released:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return next(ctx, cmd)
	}
}

func (h holding) DialHook(next redis.DialHook) redis.DialHook { return next }

func (h holding) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

func TestASearchShowsWhatItHasFoundAndGoesOn(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	d.run()
	older := d.list("Ann,Older,ann@party.example")
	d.list("Ann,Newer,ann@party.example", "Bob,Ray,bob@party.example")
	hold := holding{rows: d.account.Ledger.Prefix() + "import:" + older.ID + ":rows", released: make(chan struct{})}
	d.account.Redis.AddHook(hold)
	d.hasty = true
	page := d.post("/a/main/guests", url.Values{"q": {"ann@party.example"}})
	if strings.Contains(page.at, "ann") || strings.Contains(page.at, "party") {
		t.Errorf("the guest stands in the address %s", page.at)
	}
	d.follow(page.at, "1 row found", "Still searching")
	page = d.get(page.at)
	d.wants(page, http.StatusOK, "1 row found", "of 1 of 2 imports", "back to", "Still searching", "Newer", "Reload",
		"data-live", `value="ann@party.example"`)
	close(hold.released)
	d.follow(page.at, "data-over")
	page = d.get(page.at)
	d.wants(page, http.StatusOK, "2 rows found in 2 files", "of 2 of 2 imports", "Older", "Newer")
	if strings.Contains(page.body, "data-live") || strings.Contains(page.body, "Still searching") {
		t.Error("a search that is over goes on")
	}
	for _, line := range strings.Split(d.log.String(), "\n") {
		if strings.Contains(line, "ann@") {
			t.Errorf("the log says %s", line)
		}
	}
}

func TestASearchIsOnlyForWhoAsked(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, withReports).as("gina")
	d.run()
	d.list("Ann,Lee,ann@party.example")
	page := d.post("/a/main/guests", url.Values{"q": {"ann lee"}})
	d.wants(page, http.StatusOK, "1 row found")
	for name, status := range map[string]int{"greta": http.StatusNotFound, "otto": http.StatusForbidden,
		"vera": http.StatusForbidden} {
		other := d.as(name).get(page.at)
		if d.wants(other, status); strings.Contains(strings.ToLower(other.body), "ann") &&
			strings.Contains(other.body, "Lee") {
			t.Errorf("%s sees it: %s", name, other.body)
		}
	}
	d.wants(d.as("gina").get(page.at), http.StatusOK, "1 row found")
	d.wants(d.get("/a/main/guests/AAAAAAAAAAAAAAAAAAAAAAAAAA"), http.StatusNotFound, "Search not found")
	d.wants(d.as("greta").post("/a/main/guests", url.Values{"q": {"ann lee"}}), http.StatusOK, "1 row found")
	d.wants(d.post("/a/main/guests", url.Values{"q": {"x"}}), http.StatusConflict, "Type at least two characters")
}

func TestASearchThatWaitsForOthersSaysSo(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	d.run()
	d.list("Ann,Lee,ann@party.example")
	next := console.OccupyJobs(d.site)
	d.hasty = true
	page := d.post("/a/main/guests", url.Values{"q": {"not in any file"}})
	d.wants(page, http.StatusOK, "Queued behind other searches")
	next()
	d.hasty = false
	d.wants(d.get(page.at), http.StatusOK, "No guest found in 1 file.")
}
