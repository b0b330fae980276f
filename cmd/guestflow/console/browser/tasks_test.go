package browser

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"guestflow/qflow/sandbox"
)

// effort counts the steps that a task takes.
type effort struct {
	clicks, choices, files, texts int // in a browser
	commands                      int // on a terminal
}

func (e effort) String() string {
	var parts []string
	for _, n := range []struct {
		of          int
		one, others string
	}{
		{e.clicks, "click", "clicks"}, {e.choices, "choice", "choices"}, {e.files, "file", "files"},
		{e.texts, "text", "texts"}, {e.commands, "command", "commands"},
	} {
		switch n.of {
		case 0:
		case 1:
			parts = append(parts, "1 "+n.one)
		default:
			parts = append(parts, fmt.Sprintf("%d %s", n.of, n.others))
		}
	}
	return strings.Join(parts, ", ")
}

// person does a task, and counts what it takes.
type person struct {
	*tab
	effort
}

func (p *person) click(selector string) {
	p.t.Helper()
	p.clicks++
	p.tab.click(selector)
}

func (p *person) choose(selector, option string) {
	p.t.Helper()
	p.choices++
	p.tab.choose(selector, option)
}

func (p *person) write(selector, text string) {
	p.t.Helper()
	p.texts++
	p.tab.write(selector, text)
}

func (p *person) file(path string) {
	p.t.Helper()
	p.files++
	p.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{path}))
}

// types runs a command, as on a terminal.
func (p *person) types(h *house, args ...string) (stdout, stderr string, code int) {
	p.commands++
	return h.Run(args...)
}

// The tasks as docs/console.md names them, with the most that each may take.
const (
	firstList = "A first list, to sent emails"
	wrongList = "A list with wrong rows, to corrected and sent"
	closed    = "A gate that closed at night, found and opened in the morning"
)

var most = map[string]struct{ browser, terminal effort }{
	firstList: {effort{clicks: 3, choices: 1, files: 1, texts: 1}, effort{commands: 1}},
	wrongList: {effort{clicks: 7, choices: 1, files: 2, texts: 1}, effort{commands: 3}},
	closed:    {effort{clicks: 1}, effort{commands: 2}},
}

// took prints what a task took, and compares it with what the page of the console says and what it may be at most.
func took(t *testing.T, task string, browser, terminal effort) {
	t.Helper()
	t.Logf("%s: %s in a browser, %s on a terminal", task, browser, terminal)
	page, err := os.ReadFile("../../../../docs/console.md")
	if err != nil {
		t.Fatal(err)
	}
	if row := fmt.Sprintf("| %s | %s | %s |", task, browser, terminal); !strings.Contains(string(page), row) {
		t.Errorf("docs/console.md has no row %q", row)
	}
	if limit := most[task]; browser.exceeds(limit.browser) || terminal.exceeds(limit.terminal) {
		t.Errorf("%s takes %s in a browser and %s on a terminal, at most %s and %s", task, browser, terminal,
			limit.browser, limit.terminal)
	}
}

// exceeds reports whether more of something is done than a limit says.
func (e effort) exceeds(limit effort) bool {
	return e.clicks > limit.clicks || e.choices > limit.choices || e.files > limit.files || e.texts > limit.texts ||
		e.commands > limit.commands
}

// uploads has a person bring a list from the overview on, and choose its email.
func (p *person) uploads(path string) {
	p.t.Helper()
	p.tab.click(`nav a[href$="/"]`)
	p.click(`main a[href$="/new"]`)
	p.titled("New import")
	p.file(path)
	p.write("#event", sandbox.Defaults().EventID)
	p.click("#upload .actions button")
	p.until("shows the preview", `document.querySelector("#settings")`)
	p.choose("#template", sandbox.Defaults().TemplateID)
	p.until("counts the emails", `/[1-9]\d* emails?,/.test(document.querySelector("#go:enabled")?.innerText)`)
}

func TestTheTasksOfADayTakeNoNeedlessStep(t *testing.T) {
	t.Parallel()
	t.Run("first list", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t)
		h.serve()
		p := &person{tab: h.open()}
		p.visit(h.site)
		p.uploads(h.file("gala.csv", 12))
		p.click("#go")
		p.says("12 accepted")
		h.sent(12)

		// On a terminal everything runs in the one command, with a Redis of its own.
		alone := newHouse(t, "GUESTFLOW_REDIS_URL=", "GUESTFLOW_API_URL=")
		on := &person{}
		out, errs, code := on.types(alone, "import", alone.file("gala.csv", 12), event, template, "--yes", "--wait")
		if code != 0 || !strings.Contains(out+errs, "12 accepted") {
			t.Fatalf("exit code %d: %s%s", code, out, errs)
		}
		took(t, firstList, p.effort, on.effort)
	})
	t.Run("wrong list", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t)
		h.serve()
		p := &person{tab: h.open()}
		p.visit(h.site)
		p.uploads(h.file("gala.csv", 12, "Eve,Long,eve@@party.example,", "Fay,Short,fay@party,"))
		p.click("#go")
		p.says("2 rows need attention")
		p.clicks++ // the download
		rejects := p.download(`a[href$="/report/rejects.csv"]`)
		p.file(h.corrects("browser.csv", rejects))
		p.click("#upload button")
		p.until("has the event and the email of before",
			`document.querySelector("#go:enabled")?.innerText.startsWith("Start: 2 guests, 2 emails")`)
		p.click("#go")
		p.says("2 accepted")
		h.sent(14)

		on := &person{}
		list := h.file("ball.csv", 12, "Guy,Long,guy@@party.example,")
		_, _, _ = on.types(h, "import", list, event, template, "--yes", "--wait")
		out, errs, code := on.types(h, "report", "--out", h.Dir)
		if code != 0 {
			t.Fatalf("exit code %d: %s%s", code, out, errs)
		}
		found, _ := filepath.Glob(filepath.Join(h.Dir, "*rejects.csv"))
		if len(found) != 1 {
			t.Fatalf("the report is %v: %s%s", found, out, errs)
		}
		wrong, err := os.ReadFile(found[0])
		if err != nil {
			t.Fatal(err)
		}
		list = h.corrects("terminal.csv", string(wrong))
		if out, errs, code := on.types(h, "import", list, event, template, "--yes", "--wait"); code != 0 {
			t.Fatalf("%s%s", out, errs)
		}
		h.sent(27)
		took(t, wrongList, p.effort, on.effort)
	})
	t.Run("closed gate", func(t *testing.T) {
		t.Parallel()
		h := newHouse(t, "GUESTFLOW_PROBE_INTERVALS=1h")
		h.adjust(untrusted)
		h.serve()
		h.imports(h.file("gala.csv", 5), template)
		p := &person{tab: h.open()}
		p.visit(h.site) // in the morning
		p.says("Nothing moves until the trust gate opens")
		p.says("finish the verification at qflowhub.io/manage")
		h.adjust(trusted)
		p.click("#gate-trust button")
		p.says("No import is running")
		h.sent(5)

		h.adjust(untrusted)
		h.imports(h.file("ball.csv", 5), template)
		p.until("has a gate", `document.querySelector("#gate-trust")`)
		on := &person{}
		if out, _, _ := on.types(h, "status"); !strings.Contains(out, "finish the verification at qflowhub.io/manage") {
			t.Errorf("the status says nothing of the gate: %s", out)
		}
		h.adjust(trusted)
		if out, errs, code := on.types(h, "gate", "probe", "trust"); code != 0 {
			t.Errorf("%s%s", out, errs)
		}
		p.until("has no gate", `!document.querySelector("[id^=gate-]")`)
		p.says("No import is running")
		h.sent(10)
		took(t, closed, p.effort, on.effort)
	})
}

// sent compares the emails of the sandbox.
func (h *house) sent(emails int) {
	h.t.Helper()
	if s := h.box.Summary(); s.Emails != emails || s.EmailsMax != 1 {
		h.t.Fatalf("%d emails, not %d; at most %d for one guest", s.Emails, emails, s.EmailsMax)
	}
}

var wrongAddress = regexp.MustCompile(`([a-z]+)@+party(\.example)?`)

// corrects writes the rows of a rejects file with right addresses.
func (h *house) corrects(name, rejects string) string {
	h.t.Helper()
	text := wrongAddress.ReplaceAllString(rejects, "$1@party.example")
	if _, err := csv.NewReader(strings.NewReader(text)).ReadAll(); err != nil {
		h.t.Fatal(err)
	}
	path := filepath.Join(h.Dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		h.t.Fatal(err)
	}
	return path
}
