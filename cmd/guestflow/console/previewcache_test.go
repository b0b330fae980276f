package console_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"guestflow/cmd/guestflow/console"
	"guestflow/importer"
	"guestflow/importer/guestindex"
	"guestflow/importer/spec"
)

// heldAfter has previews stop once they have compared so many guests, until go is called.
func heldAfter(guests int) (change func(*console.Account), goOn func()) {
	released := make(chan struct{})
	return func(a *console.Account) {
		settings := a.Settings
		a.Settings = func(w spec.Spec) (importer.Settings, error) {
			to, err := settings(w)
			compare, seen := to.Compare, &atomic.Int64{}
			to.Compare = func(ctx context.Context, some []guestindex.Guest) ([]guestindex.Claimed, error) {
				if seen.Add(int64(len(some))) > int64(guests) {
					select {
					case <-released:
					case <-ctx.Done():
						return nil, ctx.Err()
					}
				}
				return compare(ctx, some)
			}
			return to, err
		}
	}, func() { close(released) }
}

func TestAPageOfALargeFileSaysHowFarItIsReadAndGoesOnByItself(t *testing.T) {
	t.Parallel()
	change, goOn := heldAfter(7_000)
	d := newTestConsole(t, change).as("gina")
	d.hasty = true
	page := d.upload("large.csv", bytes.ReplaceAll(guestList(12_000), []byte("E-Mial"), []byte("Email")))
	d.follow(page.at, "<dd>5,000</dd>")
	page = d.get(page.at)
	d.wants(page, http.StatusOK, "The file is being read", "5,000", "KiB of ", "cells between semicolons", "Reload",
		"data-live")
	for _, early := range []string{"Vorname", "Nachname"} {
		d.wants(page, http.StatusOK, early)
	}
	if strings.Contains(page.body, `id="start"`) || strings.Contains(page.body, "aenne") {
		t.Error("a file that is being read can be started, or shows its rows")
	}
	early := d.post(page.at+"/start", url.Values{"seen": {"anything"}, "sure": {"yes"}})
	d.wants(early, http.StatusOK, "Nothing was begun", "The file is being read")
	if begun := d.imports(); len(begun) > 0 {
		t.Fatalf("it was begun all the same: %+v", begun)
	}
	goOn()
	d.follow(page.at, `data-over="reload"`)
	d.hasty = false
	whole := d.get(page.at)
	d.wants(whole, http.StatusOK, "The file can be imported", "12,000")
	if strings.Contains(whole.body, "data-live") || strings.Contains(whole.body, "Reload") {
		t.Error("a page that is whole goes on")
	}
	d.wants(d.start(whole), http.StatusOK, "The import has begun")
}

func TestAFileThatWaitsForOthersSaysSo(t *testing.T) {
	t.Parallel()
	d := newTestConsole(t, nil).as("gina")
	d.hasty = true
	next := console.OccupyJobs(d.site)
	page := d.upload("list.csv", guestList(3))
	d.wants(page, http.StatusOK, "Queued</strong> behind other files", "starts by itself")
	d.wants(d.post(page.at+"/start", nil), http.StatusOK, "Nothing was begun")
	next()
	d.hasty = false
	d.wants(d.get(page.at), http.StatusOK, "Is it “Email”?")
}

func TestAFileThatIsBeingReadShowsNoCellToWhomGuestsAreNotFor(t *testing.T) {
	t.Parallel()
	change, _ := heldAfter(0)
	d := newTestConsole(t, change).as("otto")
	d.hasty = true
	var list bytes.Buffer
	for i := range 300 {
		fmt.Fprintf(&list, "Secretname%[1]d,secret%[1]d@party.example,x%[1]d\n", i)
	}
	page := d.upload("list.csv", list.Bytes())
	page = d.post(page.at, url.Values{"text.first_name": {"=A"}, "text.last_name": {"=B"}, "header_row": {"1"}})
	d.wants(page, http.StatusOK, "The file is being read")
	if strings.Contains(strings.ToLower(page.body), "secret") {
		t.Errorf("the page shows a cell: %s", page.body)
	}
}
