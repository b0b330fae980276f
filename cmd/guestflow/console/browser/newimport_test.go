package browser

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"guestflow/deploy/testkit"
	"guestflow/qflow/sandbox"
)

// TestAFileGoesFromDropToRejectsInTheBrowser is the whole way of a user with a list out of a spreadsheet: Western
// letters, semicolons, an unknown column, and a row with a typing error.
func TestAFileGoesFromDropToRejectsInTheBrowser(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.serve()
	list := filepath.Join(h.Dir, "gäste.csv")
	const text = "Vorname;Nachname;Wohin\nZo\xeb;Fu\xdf;zoe@party.example\n\xd6mer;K\xf6ln;oemer@party.example\nNoah;Nix;noah(at)party.example\n"
	if err := os.WriteFile(list, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	b := h.open()
	b.visit(h.at(""))
	b.click("nav a[href$='/new']")
	b.titled("New import")
	b.drop("#upload", list)
	b.says("gäste.csv is chosen")
	b.write("#event", sandbox.Defaults().EventID)
	b.click("#upload .actions button")

	b.until("shows the preview", `document.querySelector("#settings")`)
	b.says("windows-1252") // by the language of the header
	b.write("#encoding", "windows-1252")
	b.click("#settings .actions button")
	b.until("reads it as it was told",
		`document.querySelector("#encoding")?.defaultValue === "windows-1252" && document.body.innerText.includes("semicolon")`)
	b.says("Zoë")
	b.choose(`select[aria-label="What Wohin is"]`, "email")
	b.choose("#template", sandbox.Defaults().TemplateID)
	if !evaluate[bool](b, `document.querySelector("#go")?.disabled ?? true`) {
		t.Error("what was changed can be started as it was")
	}
	b.click("#settings .actions button")
	b.until("reads the file anew", `document.querySelector("#go") && !document.querySelector("#go").disabled`)
	b.says("queues 2 emails")
	b.says("in the sandbox, which reaches no one")
	b.says("bad_email")
	if evaluate[bool](b, `scrollTo(0, 0), document.querySelector("#go").getBoundingClientRect().bottom > innerHeight`) {
		t.Error("the start is not in view")
	}
	if s := h.box.Summary(); s.Guests > 0 {
		t.Fatalf("%d guests before the start was confirmed", s.Guests)
	}

	b.click("#go")
	b.titled("gäste.csv")
	b.says("2 accepted")
	b.says("1 row needs attention")
	if s := h.box.Summary(); s.Emails != 2 || s.EmailsMax != 1 {
		t.Fatalf("%d emails, at most %d for one guest", s.Emails, s.EmailsMax)
	}
	rejects := b.download(`a[href$="/report/rejects.csv"]`)
	if !strings.Contains(rejects, "noah(at)party.example") || strings.Contains(rejects, "oemer") {
		t.Errorf("the rejects are %s", rejects)
	}
	if result := b.download(`a[href$="/report/result.csv"]`); !strings.Contains(result, "oemer") {
		t.Errorf("the result is %s", result)
	}
}

// A page is there before a large file is read, and becomes its preview by itself.
func TestThePreviewOfALargeFileComesByItself(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.serve()
	const rows = 150_000
	list := h.file("large.csv", rows)
	b := h.open()
	b.visit(h.at("new"))
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{list}))
	b.write("#event", sandbox.Defaults().EventID)
	b.click("#upload .actions button")
	b.until("says that it is being read", `document.querySelector("[data-reading]")`)
	b.until("shows the preview", `document.querySelector("#go") && !document.querySelector("[data-reading]")`)
	b.says("150,000")
}

// drop drops a file onto an element, as from the desktop.
func (b *tab) drop(selector, file string) {
	b.t.Helper()
	b.until("has "+selector, `document.querySelector("`+selector+`")`)
	at := evaluate[[]float64](b,
		`(r => [r.x + r.width / 2, r.y + 20])(document.querySelector("`+selector+`").getBoundingClientRect())`)
	data := &input.DragData{Items: []*input.DragDataItem{}, Files: []string{file}, DragOperationsMask: 1}
	for _, step := range []input.DispatchDragEventType{input.DispatchDragEventTypeDragEnter,
		input.DispatchDragEventTypeDragOver, input.DispatchDragEventTypeDrop} {
		command(b, input.DispatchDragEvent, input.DispatchDragEventParams{Type: step, X: at[0], Y: at[1], Data: data})
	}
}

// choose takes an option of a list by its value or its text, as a user does.
func (b *tab) choose(selector, option string) {
	b.t.Helper()
	took := evaluate[bool](b, `((list, want) => {
		const option = [...list.options].find(o => o.value === want || o.text === want);
		if (!option) return false;
		list.focus();
		list.value = option.value;
		list.dispatchEvent(new Event("input", {bubbles: true}));
		list.dispatchEvent(new Event("change", {bubbles: true}));
		return true;
	})(document.querySelector(`+"`"+selector+"`"+`), "`+option+`")`)
	if !took {
		b.t.Fatalf("%s has no %s; the page is %s", selector, option, b.glance())
	}
}

// download clicks and returns what was downloaded.
func (b *tab) download(selector string) string {
	b.t.Helper()
	folder := b.t.TempDir()
	ctx := b.ctx
	if _, err := chromedp.CallBrowser(ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior:         browser.SetDownloadBehaviorBehaviorAllow,
		BrowserContextID: chromedp.FromContext(ctx).BrowserContextID, DownloadPath: folder,
	}); err != nil {
		b.t.Fatal(err)
	}
	b.click(selector)
	var text []byte
	// the browser holds the file's name with an empty one, and moves the file there when it is whole
	testkit.Eventually(b.t, "a download by "+selector, func() bool {
		files, _ := filepath.Glob(filepath.Join(folder, "*.csv"))
		if len(files) == 1 {
			text, _ = os.ReadFile(files[0])
		}
		return len(text) > 0
	})
	return string(text)
}
