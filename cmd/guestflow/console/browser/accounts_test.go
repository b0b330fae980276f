package browser

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"

	"guestflow/qflow/sandbox"
)

// newFleet is one process that serves three accounts, none of which has anything to do.
func newFleet(t *testing.T) *house {
	t.Helper()
	h := newHouse(t, "GUESTFLOW_PROBE_INTERVALS=15m", "GUESTFLOW_RATE_PER_MINUTE=6000",
		"GUESTFLOW_SEND_RATE_PER_MINUTE=3000")
	if err := os.WriteFile(filepath.Join(h.Dir, "guestflow.yaml"), []byte("accounts:\n  acme: {}\n  beta: {}\n  "+
		"festival-of-the-northern-lights: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	h.serve()
	return h
}

func TestSeveralAccountsAreWatchedTogetherAndMarkedOnEachOthersPages(t *testing.T) {
	t.Parallel()
	h := newFleet(t)
	all, beta := h.open(), h.open()
	all.visit(h.site + "/")
	all.titled("All accounts")
	all.says("No gate is closed, and no import is stuck.")
	beta.visit(h.site + "/a/beta/")
	beta.titled("Overview")
	if beta.count("header .mark") != 0 {
		t.Error("an account is marked before anything is wrong")
	}
	for _, b := range []*tab{all, beta} {
		evaluate[bool](b, "window.sameDocument = true")
	}
	h.adjust(untrusted)
	h.imports(h.file("members.csv", 240), template, "--account=acme")
	all.says("The trust gate is closed")
	all.says("1 running")
	all.says("1 of 3 accounts needs attention.")
	beta.until("marks the other account",
		`document.querySelector("header #accounts .mark")?.innerText === "1 other needs attention"`)
	for _, b := range []*tab{all, beta} {
		if !evaluate[bool](b, "window.sameDocument === true") {
			t.Error("a page was loaded anew")
		}
	}
	h.slow(sandbox.BulkGuests, 4*time.Second)
	h.imports(h.file("volunteers.csv", 12_000, bad...), "--account=festival-of-the-northern-lights")
	all.until("moves", `document.querySelector("#list tbody tr:nth-child(3)")?.innerText.includes("in progress")`)

	html := &pages{dir: t.TempDir()}
	html.keep(t, "accounts", h.site+"/")
	html.keep(t, "accounts-menu", h.site+"/a/beta/imports")
	all.lookAt("accounts")
	beta.visit(h.site + "/a/beta/imports")
	beta.click("#accounts summary")
	beta.until("opens the menu", `document.querySelector("#accounts ul").innerText.includes("trust gate closed")`)
	beta.lookAt("accounts-menu")
	html.validate(t)
	all.click(`#list a[href="/a/acme/"]`)
	all.titled("Overview")
}

// elsewhere are the moments of a page that do not show what a clock in a zone shows then.
const elsewhere = `(zone => [...document.querySelectorAll("time, [data-at]")].filter(e => {
	const clock = new Date(e.dataset.at || e.dateTime).toLocaleTimeString("en-GB", {timeZone: zone, hour: "2-digit", minute: "2-digit"});
	return !e.textContent.includes(clock);
}).map(e => (e.dataset.at || e.dateTime) + " is " + e.textContent))`

func TestAllTimesOfAPageAreInTheZoneThatItNames(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "GUESTFLOW_PROBE_INTERVALS=15m", "TZ=America/New_York") // which no page may show
	h.serve()
	b := h.open()
	b.visit(h.at(""))
	h.imports(h.file("gala.csv", 5), template)
	b.until("draws calls", `document.querySelector("#budget .calls")`)
	h.adjust(untrusted)
	id := h.imports(h.file("members.csv", 40), template)
	b.says("The trust gate is closed")
	for _, script := range []bool{true, false} {
		zone := "UTC"
		if script {
			zone = "America/St_Johns" // half an hour beside all others
		}
		for _, path := range []string{"", "imports/" + id, "imports", "parked"} {
			reader := h.open()
			command(reader, emulation.SetTimezoneOverride,
				emulation.SetTimezoneOverrideParams{TimezoneID: "America/St_Johns"})
			command(reader, emulation.SetScriptExecutionDisabled,
				emulation.SetScriptExecutionDisabledParams{Value: !script})
			reader.visit(h.at(path))
			reader.until("names its zone", `document.querySelector("footer").innerText === "Times are in `+zone+`."`)
			reader.until("has moments", `document.querySelectorAll("main time").length > 0`)
			if wrong := evaluate[[]string](reader, elsewhere+`("`+zone+`")`); len(wrong) > 0 {
				t.Errorf("/%s, script %v: in %s, %v", path, script, zone, wrong)
			}
		}
	}
}
