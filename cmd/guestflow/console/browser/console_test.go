package browser

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"guestflow/qflow/sandbox"
)

func TestAnImportIsWatchedToItsEndWithoutReloading(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.slow(sandbox.CreateGuest, 100*time.Millisecond)
	h.serve()
	b := h.open()
	b.visit(h.site)
	b.titled("Overview")
	b.says("No import is running")
	evaluate[bool](b, "window.sameDocument = true")
	id := h.imports(h.file("gala.csv", 100), template)
	b.says("1 import is running")
	b.says("of 100 rows settled")
	b.click("#running-" + id + " a")
	b.titled("gala.csv")
	evaluate[bool](b, "window.sameDocument = true")
	settled := `parseInt(document.querySelector("#how").innerText)`
	b.until("moves", settled+" > 0")
	first := evaluate[int](b, settled)
	b.until("moves on", fmt.Sprintf("%s > %d", settled, first))
	b.says("No row needs attention")
	b.says("100 accepted")
	if !evaluate[bool](b, "window.sameDocument === true") {
		t.Fatal("the page was loaded anew")
	}
}

func TestAClosedGateSaysWhyNothingMovesAndAllGoesOutWhenItOpens(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.adjust(untrusted)
	h.serve()
	b := h.open()
	b.visit(h.at(""))
	id := h.imports(h.file("gala.csv", 40), template)
	b.says("Nothing moves until the trust gate opens")
	b.says("The trust gate is closed")
	b.says("40 rows wait for a gate")
	evaluate[bool](b, "window.sameDocument = true")
	h.adjust(trusted)
	b.until("has no gate", `!document.querySelector("[id^=gate-]")`)
	b.until("has it among those that are over", fmt.Sprintf(`document.querySelector("#ended a[href$='/%s']")`, id))
	if !evaluate[bool](b, "window.sameDocument === true") {
		t.Fatal("the page was loaded anew")
	}
	if s := h.box.Summary(); s.Emails != 40 || s.EmailsMax != 1 {
		t.Fatalf("%d emails, at most %d for one guest", s.Emails, s.EmailsMax)
	}
}

func TestAClosedGateIsProbedAtOnceOnDemand(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "GUESTFLOW_PROBE_INTERVALS=1h")
	h.adjust(untrusted)
	h.serve()
	b := h.open()
	b.visit(h.at(""))
	h.imports(h.file("gala.csv", 5), template)
	b.says("The trust gate is closed")
	h.adjust(trusted)
	b.click("#gate-trust button")
	b.says("A worker probes the trust gate")
	b.until("has no gate", `!document.querySelector("[id^=gate-]")`)
	b.says("No import is running")
}

func TestAnImportIsPausedAndResumedAfterSayingHowManyRowsItTouches(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.slow(sandbox.CreateGuest, time.Second)
	h.serve()
	id := h.imports(h.file("gala.csv", 200), template)
	b := h.open()
	b.visit(h.at("imports/" + id))
	b.steer("pause", "Pause")
	b.says("t is paused")
	b.until("may be resumed", `document.querySelector("a[href$='/steer/resume']")`)
	b.says("rows wait")
	b.steer("resume", "Resume")
	h.box.ClearFaults()
	b.says("No row needs attention")
	if trail := evaluate[string](b, `document.querySelector("#audit").innerText`); !strings.Contains(trail, "pause") ||
		!strings.Contains(trail, "resume") {
		t.Fatalf("who did what: %s", trail)
	}
	if s := h.box.Summary(); s.Emails != 200 || s.EmailsMax != 1 {
		t.Fatalf("%d emails, at most %d for one guest", s.Emails, s.EmailsMax)
	}
}

// steer does something to the import that is shown, by way of the page that asks first.
func (b *tab) steer(verb, label string) {
	b.t.Helper()
	b.click("a[href$='/steer/" + verb + "']")
	b.titled(label)
	rows := evaluate[string](b, `document.querySelector("main strong").innerText`)
	if !strings.HasSuffix(rows, "rows") || strings.HasPrefix(rows, "0 ") {
		b.t.Fatalf("the question names %q", rows)
	}
	b.click("main form button")
	b.until("says what was done", `document.querySelector("main .done")`)
	evaluate[bool](b, `document.querySelector("main .done").getAnimations()[0].finish() ?? true`) // as after its seconds
	b.until("says it to screen readers alone",
		`document.querySelector("main .done").innerText && document.querySelector("main .done").offsetWidth <= 1`)
}

func TestAWrongPasswordIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.user("otto", "--operator", "--guests")
	h.serve("--users=users")
	b := h.open()
	b.visit(h.at("imports"))
	b.until("asks for a password", `document.querySelector("input[type=password]")`)
	if strings.Contains(b.text(), "Imports") {
		t.Fatal("the page shows before the login")
	}
	b.expect("401")
	b.logIn("otto", "not the password")
	b.until("refuses", `document.querySelector("[role=alert]")`)
	b.logIn("otto", passwordOf("otto"))
	b.titled("Imports") // where they wanted to go
	b.click("header form button")
	b.until("asks for a password", `document.querySelector("input[type=password]")`)
	b.visit(h.at("imports"))
	b.until("asks for a password", `document.querySelector("input[type=password]")`)
}

func TestAViewerLooksAtEverythingButGuestsAndSteersNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.user("vera")
	h.slow(sandbox.CreateGuest, 200*time.Millisecond)
	h.serve("--users=users")
	id := h.imports(h.file("gala.csv", 300, "Zebedee,Quux,zebedee@nowhere,"), template)
	b := h.open()
	b.visit(h.at("imports/" + id))
	b.until("asks for a password", `document.querySelector("input[type=password]")`)
	b.logIn("vera", passwordOf("vera"))
	b.titled("gala.csv")
	b.says("rows settled")
	if n := b.count("a[href*='/steer/'], main form"); n != 0 {
		t.Errorf("%d ways to steer are shown", n)
	}
	b.expect("403")
	for _, verb := range []string{"pause", "cancel"} {
		status := evaluate[int](b, fmt.Sprintf(`fetch(%q, {method: "POST"}).then(r => r.status)`,
			h.at("imports/"+id+"/steer/"+verb)))
		if status != 403 {
			t.Errorf("a viewer's %s is answered by %d", verb, status)
		}
	}
	b.visit(h.at("imports/" + id + "/steer/pause"))
	b.titled("Only operators may do that")
	if out := h.Must("status", id, "--json"); strings.Contains(out, `"stopped"`) {
		t.Errorf("the import was stopped: %s", out)
	}
	for _, file := range []string{"result.csv", "rejects.csv"} {
		if status := evaluate[int](b, fmt.Sprintf(`fetch(%q).then(r => r.status)`,
			h.at("imports/"+id+"/report/"+file))); status != 403 {
			t.Errorf("a viewer's download of %s is answered by %d", file, status)
		}
	}
	for _, path := range []string{
		"", "imports", "imports/" + id, "imports/" + id + "/rows?state=rejected", "imports/" + id + "/rows/301",
		"imports/" + id + "/rows/1",
		"new", "waiting", "inbox", "guests", "parked", "schedules", "suppressed", "settings",
	} {
		b.visit(h.at(path))
		html := evaluate[string](b, "document.documentElement.outerHTML")
		for _, private := range []string{"party.example", "zebedee", "Zebedee", "Quux", "Lee 1"} {
			if strings.Contains(html, private) {
				t.Errorf("/%s shows %s to a viewer", path, private)
			}
		}
	}
}

func TestPagesAreReadAndImportsSteeredWithoutJavaScript(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.slow(sandbox.CreateGuest, time.Second)
	h.serve()
	id := h.imports(h.file("gala.csv", 200), template)
	b := h.open()
	command(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.visit(h.at(""))
	b.says("1 import is running")
	b.click("nav a[href$='/imports']")
	b.titled("Imports")
	b.click("table a")
	b.titled("gala.csv")
	b.says("of 200 rows settled")
	b.steer("pause", "Pause")
	b.says("t is paused")
	if !strings.Contains(h.Must("status", id, "--json"), "paused") {
		t.Error("the import is not paused")
	}
}

func TestTheKeyboardReachesEverything(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.adjust(untrusted)
	h.serve()
	id := h.imports(h.file("gala.csv", 5), template)
	b := h.open()
	b.visit(h.at("imports/" + id))
	b.says("wait for a gate")
	tab := func() string {
		b.do(chromedp.KeyEvent(kb.Tab))
		return evaluate[string](b, "document.activeElement.innerText.trim()")
	}
	if first := tab(); first != "Skip to content" {
		t.Fatalf("the first Tab reaches %q", first)
	}
	if !evaluate[bool](b, "document.activeElement.getBoundingClientRect().left >= 0") {
		t.Error("the skip link stays hidden")
	}
	links := evaluate[[]string](b, `[...document.querySelectorAll("header a")].map(a => a.innerText.trim())`)
	for _, link := range links {
		if got := tab(); got != link {
			t.Fatalf("Tab reaches %q, want %q", got, link)
		}
		if evaluate[string](b, `getComputedStyle(document.activeElement).outlineStyle`) == "none" {
			t.Errorf("nothing shows that %q has the focus", link)
		}
	}
	b.visit(h.at("imports/" + id))
	tab()
	b.do(chromedp.KeyEvent(kb.Enter))
	b.until("skips to the content", `document.activeElement.id === "main"`)
	for range 40 { // more than there is before the actions
		if strings.HasPrefix(tab(), "Pause") {
			b.do(chromedp.KeyEvent(kb.Enter))
			b.titled("Pause")
			return
		}
	}
	t.Fatal("the keyboard does not reach Pause")
}

// user may log in.
func (h *house) user(name string, rights ...string) {
	h.t.Helper()
	cmd := h.Command(append([]string{"user", "add", name, "--users=users", "--new-password-file=-"}, rights...)...)
	cmd.Stdin = strings.NewReader(passwordOf(name))
	if out, err := cmd.CombinedOutput(); err != nil {
		h.t.Fatalf("%v: %s", err, out)
	}
}

func passwordOf(name string) string { return "correct horse battery of " + name }

func (b *tab) logIn(name, password string) {
	b.t.Helper()
	b.write("#name", name)
	b.write("#password", password)
	b.click("main form button")
}
