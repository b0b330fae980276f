package browser

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"guestflow/deploy/testkit"
)

// tab is one person's browser: nothing in it is shared with other tests. Whatever the browser complains of, and
// whatever it asks of other hosts than the console, fails the test when it ends.
type tab struct {
	t    *testing.T
	ctx  context.Context
	site string

	mu         sync.Mutex
	complaints []string
	expected   []string
}

// open opens an empty tab, for the console of a house.
func (h *house) open() *tab {
	h.t.Helper()
	b := &tab{t: h.t, site: h.site}
	ctx, closed := chromedp.NewContext(rig.chromium, chromedp.WithNewBrowserContext(), chromedp.WithListener(b.notice))
	b.ctx = ctx
	h.t.Cleanup(func() {
		if h.t.Failed() {
			h.t.Logf("the page is %s", b.glance())
		}
		closed()
		b.judge()
	})
	// the tab lives as long as the context of its first command
	if err := chromedp.Do(ctx, desktop.viewport()); err != nil {
		h.t.Fatalf("open a tab: %v", err)
	}
	b.prefer("light")
	return b
}

// prefer makes a person who prefers a theme, and that nothing moves.
func (b *tab) prefer(theme string) {
	b.t.Helper()
	command(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: theme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}})
}

// command gives one command of the protocol.
func command[P, R any](b *tab, what cdp.Command[P, R], with P) R {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	answer, err := chromedp.Call(ctx, what, with)
	if err != nil {
		b.t.Fatalf("%s: %v", what.Method, err)
	}
	return answer
}

// notice hears of everything that happens in the tab.
func (b *tab) notice(event any) {
	switch e := event.(type) {
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Source == log.EntrySourceSecurity ||
			e.Entry.Source == log.EntrySourceViolation {
			b.complain(fmt.Sprintf("%s: %s (%s)", e.Entry.Source, e.Entry.Text, e.Entry.URL))
		}
	case *runtime.EventConsoleAPICalled:
		if slices.Contains([]runtime.ConsoleAPICalledType{
			runtime.ConsoleAPICalledTypeError, runtime.ConsoleAPICalledTypeWarning, runtime.ConsoleAPICalledTypeAssert,
		}, e.Type) {
			b.complain(fmt.Sprintf("console.%s: %v", e.Type, e.Args))
		}
	case *runtime.EventExceptionThrown:
		b.complain("exception: " + e.ExceptionDetails.Text)
	case *network.EventRequestWillBeSent:
		if u := e.Request.URL; !strings.HasPrefix(u, b.site+"/") && !strings.HasPrefix(u, "data:") &&
			!strings.HasPrefix(u, "blob:"+b.site+"/") {
			b.complain("asks a stranger: " + u)
		}
	}
}

func (b *tab) complain(what string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.complaints = append(b.complaints, what)
}

// expect names a complaint that belongs to the test, such as that of a page that is refused.
func (b *tab) expect(part string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.expected = append(b.expected, part)
}

func (b *tab) judge() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.complaints {
		if !slices.ContainsFunc(b.expected, func(part string) bool { return strings.Contains(c, part) }) {
			b.t.Errorf("the browser complains: %s", c)
		}
	}
}

// do gives commands to the browser, with a deadline.
func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.t.Fatalf("%v; the page is %s", err, b.glance())
	}
}

// visit goes to a page.
func (b *tab) visit(url string) {
	b.t.Helper()
	b.do(chromedp.Navigate(url))
}

// evaluate gives the value of an expression, or what it promises.
func evaluate[T any](b *tab, expression string) T {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%v; the page is %s", err, b.glance())
	}
	return value
}

// glance is what the page says now.
func (b *tab) glance() string {
	ctx, stop := context.WithTimeout(b.ctx, 5*time.Second)
	defer stop()
	text, err := chromedp.Run(ctx,
		chromedp.Evaluate[string](`location.pathname + " – " + document.title + "\n" + document.body.innerText`))
	if err != nil {
		return err.Error()
	}
	return text
}

// until polls the page until an expression is true. A page that is being replaced has no answer.
func (b *tab) until(what, expression string) {
	b.t.Helper()
	testkit.EventuallyWithin(b.t, patience, "the page "+what, func() bool {
		ctx, stop := context.WithTimeout(b.ctx, patience)
		defer stop()
		is, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
		return err == nil && is
	}, testkit.Detail(b.glance))
}

// says waits for words on the page.
func (b *tab) says(words string) {
	b.t.Helper()
	b.until(fmt.Sprintf("says %q", words), fmt.Sprintf(`document.querySelector("main").innerText.includes(%q)`, words))
}

// titled waits for a page with a title.
func (b *tab) titled(title string) {
	b.t.Helper()
	b.until("is "+title,
		fmt.Sprintf(`document.readyState === "complete" && document.querySelector("h1")?.innerText === %q`, title))
}

// text is what the page says now, all of it.
func (b *tab) text() string {
	b.t.Helper()
	return evaluate[string](b, "document.body.innerText")
}

// count tells how many elements there are of a kind.
func (b *tab) count(selector string) int {
	b.t.Helper()
	return evaluate[int](b, fmt.Sprintf("document.querySelectorAll(%q).length", selector))
}

// click clicks in the middle of an element, once it can be seen there, and again where the page has moved it meanwhile.
func (b *tab) click(selector string) {
	b.t.Helper()
	for missed := true; missed; {
		missed = b.clickOnce(selector)
	}
}

// clickOnce reports whether the click has met something else. One that leads to another page has met.
func (b *tab) clickOnce(selector string) (missed bool) {
	b.t.Helper()
	find := fmt.Sprintf(`(() => {
		const e = document.querySelector(%[1]q);
		if (!e) return null;
		e.scrollIntoView({block: "nearest"});
		const r = e.getClientRects()[0];
		if (!r) return null;
		const x = r.x + r.width / 2, y = r.y + r.height / 2;
		if (!e.contains(document.elementFromPoint(x, y))) return null;
		window.missed = false;
		addEventListener("click", c => { window.missed = !c.target.closest(%[1]q) }, {capture: true, once: true});
		return [x, y];
	})()`, selector)
	var at []float64
	testkit.EventuallyWithin(b.t, patience, "the page lets "+selector+" be clicked", func() bool {
		ctx, stop := context.WithTimeout(b.ctx, patience)
		defer stop()
		at, _ = chromedp.Run(ctx, chromedp.Evaluate[[]float64](find))
		return len(at) == 2
	}, testkit.Detail(b.glance))
	b.do(chromedp.MouseClickXY(at[0], at[1]))
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	missed, _ = chromedp.Run(ctx, chromedp.Evaluate[bool]("window.missed === true"))
	return missed
}

// write types text into a field.
func (b *tab) write(selector, text string) {
	b.t.Helper()
	evaluate[bool](b, fmt.Sprintf(`(e => { e.focus(); e.select(); return true })(document.querySelector(%q))`,
		selector))
	b.do(chromedp.KeyEvent(text))
}

// size is a screen.
type size struct {
	name          string
	width, height int64
}

var (
	desktop = size{"desktop", 1280, 800}
	phone   = size{"phone", 390, 844}
)

func (s size) viewport() chromedp.Action[chromedp.Void] {
	return chromedp.EmulateViewport(s.width, s.height)
}

// shot is a picture of the whole page.
func shot(b *tab) []byte {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	yes := true
	picture, err := chromedp.Call(ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{CaptureBeyondViewport: &yes,
		OptimizeForSpeed: &yes, Clip: whole(b)})
	if err != nil {
		b.t.Fatalf("a picture: %v", err)
	}
	return picture.Data
}

// whole is the page from its top to its end.
func whole(b *tab) *page.Viewport {
	b.t.Helper()
	at := evaluate[[]float64](b, `[innerWidth, Math.max(innerHeight, document.documentElement.scrollHeight)]`)
	return &page.Viewport{Width: at[0], Height: at[1], Scale: 1}
}
