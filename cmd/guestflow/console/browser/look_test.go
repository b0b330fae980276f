package browser

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"guestflow/qflow/sandbox"
)

// scene is an account in an interesting state: an import that is over with rows to correct, one that waits for a gate,
// and one that outlasts the test.
type scene struct {
	*house
	over, again, parked, running string
}

func newScene(t *testing.T) scene {
	t.Helper()
	h := newHouse(t, "GUESTFLOW_PROBE_INTERVALS=15m", "GUESTFLOW_RATE_PER_MINUTE=6000",
		"GUESTFLOW_SEND_RATE_PER_MINUTE=3000")
	h.adjust(func(s *sandbox.Switches) { s.DuplicateBarcode = "400" })
	settings := "event_names: {" + sandbox.Defaults().EventID +
		": Spring Gala of the House}\nprofiles:\n  members:\n    event: " + sandbox.Defaults().EventID + "\n    source: " +
		filepath.Join(h.Dir, "drop") + "\n    cron: 0 6 * * *\n    timezone: Europe/London\n"
	if err := os.WriteFile(filepath.Join(h.Dir, "guestflow.yaml"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(h.Dir, "drop"), 0o700); err != nil {
		t.Fatal(err)
	}
	h.serve()
	s := scene{house: h}
	b := h.open()
	finished := func(id string) {
		b.visit(h.at("imports/" + id))
		b.says("Finished")
	}
	finished(h.imports(h.file("speakers.csv", 12, "Ina,Noor,ina@party.example,B-1", "Jo,Noor,jo@party.example,B-2",
		"Kim,Noor,kim@party.example,B-3"), template))
	s.over = h.imports(h.file("gala-dinner-2026.csv", 160, append(bad, "Lou,Sand,lou@party.example,B-1",
		"Mia,Sand,mia@party.example,B-2", "Nil,Sand,nil@party.example,B-3")...), template)
	finished(s.over)
	found := importID.FindStringSubmatch(h.Must("resend", s.over, "2", "--yes", "--json"))
	s.again = found[1]
	finished(s.again)
	h.Must("suppress", "add", "no@party.example", "nay@party.example")
	h.adjust(untrusted)
	s.parked = h.imports(h.file("members.csv", 240), template)
	b.visit(h.at("imports/" + s.parked))
	b.says("240 rows wait for a gate")
	h.slow(sandbox.BulkGuests, 4*time.Second)
	s.running = h.imports(h.file("volunteers-and-friends-of-the-house.csv", 12_000, bad...))
	b.visit(h.at("imports/" + s.running))
	b.until("moves", `document.querySelector("#how")?.innerText.match(/\d+ created/)`)
	h.box.ClearFaults()
	h.slow(sandbox.BulkGuests, 15*time.Second)
	return s
}

// bad are rows that the importer rejects, for several reasons.
var bad = []string{"Zebedee,Quux,zebedee@nowhere,", ",,none@party.example,", "Eve,Long,eve@@party.example,",
	"Ann,Lee 1th gala-dinner-2026,ann1.gala-dinner-2026@party.example,"}

// sights are the pages by the names of their pictures.
func (s scene) sights() map[string]string {
	return map[string]string{
		"overview":       "",
		"imports":        "imports",
		"import-over":    "imports/" + s.over,
		"import-parked":  "imports/" + s.parked,
		"import-running": "imports/" + s.running,
		"steer":          "imports/" + s.running + "/steer/cancel",
		"cancel-rows":    "imports/" + s.running + "/cancel?rows=1,11999",
		"window":         "imports/" + s.running + "/window",
		"rows":           "imports/" + s.over + "/rows?state=rejected",
		"row":            "imports/" + s.over + "/rows/161",
		"row-fine":       "imports/" + s.over + "/rows/1",
		"row-again":      "imports/" + s.over + "/rows/2",
		"resend":         "imports/" + s.over + "/resend/1",
		"resend-more":    "imports/" + s.over + "/resend/2",
		"import-again":   "imports/" + s.again,
		"new":            "new",
		"guests":         "guests",
		"parked":         "parked",
		"schedules":      "schedules",
		"settings":       "settings",
		"sign-in":        "sign-in",
		"suppressed":     "suppressed",
		"help":           "help",
	}
}

// dropped serves an inbox with what people drop.
func (h *house) dropped() {
	h.t.Helper()
	inbox := filepath.Join(h.Dir, "inbox")
	for name, text := range map[string]string{
		"old-members-of-the-house.xls": "x", "galla/list.csv": "x", "~draft.csv": "x", ".list.csv.part": "x",
		"invoice.csv":  "%PDF-1.4\n",
		"speakers.csv": "First Name,Last Name,Email\nUma,Berg,uma@party.example\n",
	} {
		path := filepath.Join(inbox, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			h.t.Fatal(err)
		}
	}
	h.serve("--inbox", inbox, "--settle", "50ms", "--event", sandbox.Defaults().EventID)
}

// TestEveryPageIsAccessible tests every page: axe-core finds no barrier, nothing is wider than the screen, and the HTML
// is valid. It takes half of the pages light on a desktop, the others dark on a phone. GUESTFLOW_SCREENSHOTS=all (make
// screenshots) takes each page in each theme on each screen, and a picture of it.
func TestEveryPageIsAccessible(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	html := &pages{dir: t.TempDir()}
	t.Run("look", func(t *testing.T) {
		for name, path := range s.sights() {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				h := s.as(t)
				b := h.open()
				html.keep(t, name, h.at(path))
				b.visit(h.at(path))
				b.until("is drawn", `document.querySelector("h1")`)
				b.lookAt(name)
			})
		}
		t.Run("plan", func(t *testing.T) {
			t.Parallel()
			h := s.as(t)
			b := h.open()
			b.visit(h.at("new"))
			b.write("#event", sandbox.Defaults().EventID)
			b.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{h.file("press.csv", 30, bad...)}))
			b.click("#upload .actions button")
			b.until("shows the preview", `document.querySelector("#settings")`)
			html.keep(t, "plan", evaluate[string](b, "location.href"))
			b.lookAt("plan")
		})
		for name, text := range map[string]string{
			"question": "First Name,Last Name,Email\nAda,K\xfc,ada@party.example\nPetr,\x8e,petr@party.example\n",
			"question-rows": "First Name,Last Name,Email,approval_status,checked_in_at,RSVP\nAda,Lee,ada@party.example,approved,,Yes\n" +
				"Bo,Ray,bo@party.example,declined,,No\nCy,Orr,cy@party.example,waitlist,,\n",
			"question-people": "First Name,Last Name,Email,Partner First Name,Partner Last Name,Partner Email\nAva,Lee,ava@party.example,Bo,Ray,bo@party.example\n",
			"question-steps":  "First Name,Last Name,Email\nGus,Lind,ivo.marsh@party.example\nHal,Moor,gus.lind@party.example\nIvo,Marsh,hal.moor@party.example\n",
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				h := s.as(t)
				list := filepath.Join(h.Dir, name+".csv")
				if err := os.WriteFile(list, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				b := h.open()
				b.visit(h.at("new"))
				b.write("#event", sandbox.Defaults().EventID)
				b.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{list}))
				b.click("#upload .actions button")
				b.until("asks", `document.querySelector("#question")`)
				html.keep(t, name, evaluate[string](b, "location.href"))
				b.lookAt(name)
			})
		}
		t.Run("plan-known", func(t *testing.T) {
			t.Parallel()
			h := s.as(t)
			h.Must("import", h.list("monday.csv", "Ada,Poe,ada@known.example", "Bob,Ray,bob@known.example",
				"Cyd,Orr,cyd@known.example",
				"Dan,Lind,dan@known.example", "Eve,Holm,eve@known.example"), "--profile=members", template, "--yes")
			b := h.open()
			b.visit(h.at("new"))
			b.write("#event", sandbox.Defaults().EventID)
			b.do(chromedp.SetValue(chromedp.CSS("#profile"), "members"),
				chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{h.list("tuesday.csv",
					"Adelaide,Poe,ada@known.example", "Bob,Ray,bob.ray@known.example", "Cyd,Orr,cyd@known.example",
					"Fay,Neu,fay@known.example")}))
			b.click("#upload .actions button")
			b.until("shows who is known and who is gone",
				`document.querySelector("#known select") && document.querySelector("#gone table")`)
			html.keep(t, "plan-known", evaluate[string](b, "location.href"))
			b.lookAt("plan-known")
		})
		t.Run("email", func(t *testing.T) {
			t.Parallel()
			h := s.as(t)
			b := h.open()
			b.visit(h.at("new"))
			b.write("#event", sandbox.Defaults().EventID)
			b.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{h.file("friends.csv", 3)}))
			b.click("#upload .actions button")
			b.until("shows what it would do", `document.querySelector("#effect")`)
			b.until("offers the emails", `document.querySelector("#template option[value='" + "`+sandbox.Defaults().TemplateID+
				`" + "']")`)
			b.choose("#template", sandbox.Defaults().TemplateID)
			b.click("#settings .actions button")
			b.until("has an email to show", `document.querySelector("#effect a[href$='/email']")`)
			b.click("#effect a[href$='/email']")
			b.titled("Email of a row")
			html.keep(t, "email", evaluate[string](b, "location.href"))
			b.lookAt("email")
		})
		t.Run("compared", func(t *testing.T) {
			t.Parallel()
			h := s.as(t)
			b := h.open()
			b.visit(h.at("imports/" + s.over + "/qflow"))
			b.click("main form button")
			b.until("has compared", `document.querySelector("#counts")`)
			html.keep(t, "compared", evaluate[string](b, "location.href"))
			b.lookAt("compared")
		})
		t.Run("found", func(t *testing.T) {
			t.Parallel()
			h := s.as(t)
			b := h.open()
			b.visit(h.at("guests"))
			b.write("#q", "mia@party.example")
			b.click("main form button")
			b.says("1 row found")
			html.keep(t, "guests-found", evaluate[string](b, "location.href"))
			b.lookAt("guests-found")
		})
		t.Run("waiting", func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.dropped()
			h.waits(h.file("press-and-partners.csv", 30, bad...), "--hold=above 20")
			h.waits(h.file("speakers.csv", 12), "--undo=2h")
			h.waits(h.file("members-of-the-house.csv", 240), "--at=2099-12-01 09:00")
			h.Must("import", h.list("monday.csv", "Ada,Poe,ada@known.example", "Bob,Ray,bob@known.example"), event, template,
				"--yes", "--wait")
			if err := os.Rename(h.list("tuesday.csv", "Adelaide,Poe,ada@known.example", "Fay,Neu,fay@known.example"),
				filepath.Join(h.Dir, "inbox", "tuesday.csv")); err != nil {
				t.Fatal(err)
			}
			doubtful := filepath.Join(h.Dir, "doubtful.csv")
			const text = "First Name,Last Name,Email\nAda,K\xfc,ada@party.example\nPetr,\x8e,petr@party.example\n"
			if err := os.WriteFile(doubtful, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			b := h.open()
			b.visit(h.at("new"))
			b.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{doubtful}))
			b.click("#upload .actions button")
			b.until("asks", `document.querySelector("#question")`)
			html.keep(t, "waiting", h.at("waiting"))
			b.visit(h.at("waiting"))
			b.until("lists them", `document.querySelectorAll("article.waiting").length === 5`)
			b.lookAt("waiting")
			html.keep(t, "inbox", h.at("inbox"))
			b.visit(h.at("inbox"))
			b.says("save it as .xlsx or .csv")
			b.says("Refused 1")
			b.lookAt("inbox")
		})
		t.Run("problems", func(t *testing.T) { t.Parallel(); problems(t, html) })
		t.Run("sign-in fails", func(t *testing.T) { t.Parallel(); signInFails(t, html) })
	})
	html.validate(t)
}

// as is the same house in another test.
func (h *house) as(t *testing.T) *house {
	same := *h
	same.t = t
	return &same
}

// look is one way to look at a page.
type look struct {
	size  size
	theme string
}

// looks returns all ways for make screenshots, and one of two for the pages otherwise.
func looks(page string) []look {
	brief := []look{{desktop, "light"}, {phone, "dark"}}
	if !screenshots() {
		return brief[len(page)%2:][:1]
	}
	return append(brief, look{desktop, "dark"}, look{phone, "light"})
}

// unseen are the pages of which make screenshots also takes a picture as an eye sees them that has no cones of green.
var unseen = map[string]bool{"import-over": true, "import-running": true, "overview": true, "help": true}

func screenshots() bool { return os.Getenv("GUESTFLOW_SCREENSHOTS") == "all" }

// lookAt tests the page, and takes pictures where they are wanted.
func (b *tab) lookAt(name string) {
	b.t.Helper()
	axe, err := os.ReadFile(filepath.Join(rig.tools, "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		b.t.Fatal(err)
	}
	b.do(chromedp.Evaluate[chromedp.Void](string(axe))) // as a debugger: the page's policy would not let it in
	for _, l := range looks(name) {
		b.do(l.size.viewport())
		way := fmt.Sprintf("%s-%s-%s", name, l.theme, l.size.name)
		b.prefer(l.theme)
		b.isAccessible(way)
		b.fits(way)
		if screenshots() {
			b.picture(way)
		}
	}
	if screenshots() && unseen[name] {
		b.do(desktop.viewport())
		b.prefer("light")
		blind := func(kind emulation.SetEmulatedVisionDeficiencyType) {
			command(b, emulation.SetEmulatedVisionDeficiency, emulation.SetEmulatedVisionDeficiencyParams{Type: kind})
		}
		blind(emulation.SetEmulatedVisionDeficiencyTypeDeuteranopia)
		b.picture(name + "-deuteranopia-desktop")
		blind(emulation.SetEmulatedVisionDeficiencyTypeNone)
	}
}

// violation is what axe-core finds.
type violation struct {
	ID, Impact, Help string
	Where            []string
}

func (b *tab) isAccessible(way string) {
	b.t.Helper()
	found := evaluate[[]violation](b,
		`axe.run(document, {iframes: false, resultTypes: ["violations"]}).then(r => r.violations.map(v => ({
		ID: v.id, Impact: v.impact, Help: v.help, Where: v.nodes.map(n => n.target.join(" ") + ": " + n.failureSummary),
	})))`)
	for _, v := range found {
		b.t.Errorf("%s: %s (%s): %s\n  %s", way, v.Help, v.ID, v.Impact, strings.Join(v.Where, "\n  "))
	}
}

// fits reports whether the page is no wider than the screen. Wide tables scroll by themselves, and are cards on a
// phone.
func (b *tab) fits(way string) {
	b.t.Helper()
	wide := evaluate[[]string](b,
		`document.documentElement.scrollWidth <= innerWidth ? [] : [...document.body.querySelectorAll("*")]
		.filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest("nav, .wide"))
		.map(e => e.tagName + "#" + e.id + "." + e.getAttribute("class")).slice(0, 5)`)
	if len(wide) > 0 {
		b.t.Errorf("%s is wider than the screen: %v", way, wide)
	}
	cut := evaluate[[]string](b, `innerWidth > 640 ? [] : [...document.querySelectorAll(".wide")]
		.filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.innerText.slice(0, 60))`)
	if len(cut) > 0 {
		b.t.Errorf("%s cuts tables on a phone: %q", way, cut)
	}
}

func (b *tab) picture(way string) {
	b.t.Helper()
	at := whole(b)
	b.do(size{"whole", int64(at.Width), int64(at.Height)}.viewport()) // what stays in view stands at the end then
	png := shot(b)
	if err := os.WriteFile(filepath.Join(rig.pictures, way+".png"), png, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// pages are those whose HTML is judged, together: starting the validator takes longer than its work.
type pages struct {
	dir string
	mu  sync.Mutex
}

// keep fetches a page as it comes from the server, before any script.
func (p *pages) keep(t *testing.T, name, url string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	p.write(t, name, string(body))
}

// write takes a page that was fetched.
func (p *pages) write(t *testing.T, name, html string) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := os.WriteFile(filepath.Join(p.dir, name+".html"), []byte(html), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (p *pages) validate(t *testing.T) {
	t.Helper()
	config, err := filepath.Abs("npm/htmlvalidate.json")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", filepath.Join(rig.tools, "node_modules", "html-validate", "bin",
		"html-validate.mjs"),
		"--config", config, "--formatter", "json", p.dir)
	out, err := cmd.Output()
	var judged []struct {
		FilePath string
		Messages []struct {
			RuleID, Message, Selector string
			Line                      int
		}
	}
	if wrong := json.Unmarshal(out, &judged); wrong != nil {
		t.Fatalf("the validator says nothing that can be read: %v %v\n%s", err, wrong, out)
	}
	for _, file := range judged {
		for _, m := range file.Messages {
			t.Errorf("%s:%d: %s (%s) at %s", filepath.Base(file.FilePath), m.Line, m.Message, m.RuleID, m.Selector)
		}
	}
	if len(judged) == 0 && err != nil {
		t.Fatal(err)
	}
}

func TestTheDescriptionOfTheAPIPassesALinter(t *testing.T) {
	t.Parallel()
	description, err := filepath.Abs("../../api/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node",
		filepath.Join(rig.tools, "node_modules", "@redocly", "cli", "bin", "cli.js"), "lint",
		"--format=json", description)
	cmd.Env = append(os.Environ(), "REDOCLY_TELEMETRY=off", "REDOCLY_SUPPRESS_UPDATE_NOTICE=true")
	out, err := cmd.Output()
	var judged struct{ Problems []json.RawMessage }
	if wrong := json.Unmarshal(out, &judged); wrong != nil || err != nil || len(judged.Problems) > 0 {
		t.Errorf("%v %v\n%s", err, wrong, out)
	}
}
