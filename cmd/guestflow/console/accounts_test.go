package console_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"guestflow/cmd/guestflow/console"
	"guestflow/cmd/guestflow/operate"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer/history"
	"guestflow/importer/ledger"
	"guestflow/importer/spec"
	"guestflow/qflow"
)

// startImport starts an import of so many rows, none of which is enqueued.
func startImport(t *testing.T, a *console.Account, id string, rows int) {
	t.Helper()
	if _, _, err := a.Ledger.Create(t.Context(), ledger.Import{Spec: spec.Spec{Event: "e", Template: "t"}, ID: id,
		SHA256: id, Source: id + ".csv", Rows: rows, Chunk: 50}); err != nil {
		t.Fatal(err)
	}
}

// shut closes an account's gate.
func shut(t *testing.T, a *console.Account, g qflow.Gate) {
	t.Helper()
	if _, err := a.Gates.Close(t.Context(), g, "trust_required"); err != nil {
		t.Fatal(err)
	}
}

func TestAllAccountsAreSeenAtAGlance(t *testing.T) {
	t.Parallel()
	client := redistest.Client(t)
	calm, shutOne := bare(t, client, "calm"), bare(t, client, "gala")
	startImport(t, shutOne, "aaaaaaaa", 1200)
	startImport(t, shutOne, "bbbbbbbb", 300)
	shut(t, shutOne, qflow.GateTrust)
	front := draw(t, newSite(t, calm, shutOne), "/")
	for _, want := range []string{"All accounts", `href="/a/calm/"`, `href="/a/gala/"`, "2 running", "1,500 new",
		"trust gate closed", "no worker is running", "1 of 2 accounts needs attention"} {
		if !strings.Contains(front, want) {
			t.Errorf("the page of all accounts does not say %q: %s", want, front)
		}
	}
}

func TestAnAccountThatIsNotThereLeadsToThoseThatAre(t *testing.T) {
	t.Parallel()
	client := redistest.Client(t)
	w := httptest.NewRecorder()
	newSite(t, bare(t, client, "calm"), bare(t, client, "gala")).ServeHTTP(w,
		httptest.NewRequest(http.MethodGet, "http://localhost/a/unknown/imports", nil))
	if html := w.Body.String(); w.Code != http.StatusNotFound || !strings.Contains(html,
		`<a href="/">To the overview</a>`) || !strings.Contains(html, `href="/a/gala/"`) ||
		strings.Contains(html, "/a/calm/imports") {
		t.Errorf("it answers %d with %s", w.Code, html)
	}
}

func TestOneAccountIsLedToAtOnce(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	newSite(t, bare(t, redistest.Client(t), "main")).ServeHTTP(w, httptest.NewRequest(http.MethodGet,
		"http://localhost/", nil))
	if w.Code != http.StatusFound || w.Header().Get("Location") != "/a/main/" {
		t.Errorf("it answers %d to %q", w.Code, w.Header().Get("Location"))
	}
}

func TestEveryPageMarksOtherAccountsThatAreToBeLookedAt(t *testing.T) {
	t.Parallel()
	client := redistest.Client(t)
	calm, gala, stuck := bare(t, client, "calm"), bare(t, client, "gala"), bare(t, client, "stuck")
	shut(t, gala, qflow.GateTrust)
	startImport(t, stuck, "aaaaaaaa", 10)
	site := newSite(t, calm, gala, stuck)
	testkit.Eventually(t, "the other accounts are looked at", func() bool {
		return strings.Contains(draw(t, site, "/a/calm/help"), "2 others need attention")
	})
	for _, page := range []string{"", "imports", "help", "settings"} {
		html := draw(t, site, "/a/calm/"+page)
		for _, want := range []string{"2 others need attention", "trust gate closed", "1 import stuck"} {
			if !strings.Contains(html, want) {
				t.Errorf("/%s does not say %q: %s", page, want, html)
			}
		}
	}
	if html := draw(t, site, "/a/gala/help"); !strings.Contains(html, "1 other needs attention") {
		t.Errorf("an account is marked as another one on its own page: %s", html)
	}
	if html := draw(t, newSite(t, calm), "/a/calm/help"); strings.Contains(html, `id="accounts"`) {
		t.Error("a single account has a menu of accounts")
	}
}

// Those who look at once, and pages within seconds, share one look at the other accounts.
func TestMarksCostNoLookOfTheirOwnForSeconds(t *testing.T) {
	t.Parallel()
	client := redistest.Client(t)
	calm, gala := bare(t, client, "calm"), bare(t, client, "gala")
	site := newSite(t, calm, gala)
	draw(t, site, "/a/calm/help")
	before, err := gala.RecentOverview(t.Context(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	draw(t, site, "/a/calm/help")
	if after, err := gala.RecentOverview(t.Context(), time.Hour); err != nil || !after.At.Equal(before.At) {
		t.Errorf("it was looked at again after %s, %v", after.At.Sub(before.At), err)
	}
}

var inTime = regexp.MustCompile(`(?s)<time datetime="[^"]+Z">[^<]*</time>|<[^>]* data-at="[^"]+Z"[^>]*>[^<]*<`)

// What looks like a time, and stands in no element that says which.
var bareTime = regexp.MustCompile(`\d\d:\d\d`)

func TestEveryMomentOnAPageIsUTCAndSaysWhichItIs(t *testing.T) {
	t.Parallel()
	client := redistest.Client(t)
	main := bare(t, client, "main")
	main.Schedules = func(context.Context) ([]console.Schedule, error) { return nil, nil }
	startImport(t, main, "aaaaaaaa", 100)
	moves := []ledger.Move{}
	for row := range 100 {
		moves = append(moves, ledger.Move{Row: row + 1, To: ledger.Parked})
	}
	for _, to := range []ledger.State{ledger.Queued, ledger.Parked} {
		for i := range moves {
			moves[i].To = to
		}
		if _, _, err := main.Ledger.Move(t.Context(), "aaaaaaaa", moves); err != nil {
			t.Fatal(err)
		}
	}
	shut(t, main, qflow.GateTrust)
	for n := range 3 {
		if err := history.For(main.Ledger).Add(t.Context(), ledger.Import{ID: "aaaaaaaa",
			Counts: ledger.Counts{ledger.Queued: 100}}, time.Now().Add(-time.Hour*time.Duration(3-n))); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := main.Budget.Pause(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	anna := operate.Actor{Name: "anna", Via: "console"}
	if err := main.ResetLimits(t.Context(), anna); err != nil {
		t.Fatal(err)
	}
	site := newSite(t, main)
	moments := 0
	for _, page := range []string{"", "imports", "imports/aaaaaaaa", "parked", "settings", "schedules", "help",
		"guests"} {
		html := draw(t, site, "/a/main/"+page)
		moments += len(inTime.FindAllString(html, -1))
		if left := inTime.ReplaceAllString(html, ""); bareTime.MatchString(left) {
			t.Errorf("/%s has a time that says not which: %s", page, bareTime.FindString(left))
		}
		if !strings.Contains(html, `Times are in <span id="zone">UTC</span>`) {
			t.Errorf("/%s does not name its zone", page)
		}
	}
	if moments < 10 {
		t.Errorf("only %d moments were seen", moments)
	}
	gates, err := main.Gates.Closed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	since := gates[0].Since.UTC()
	want := fmt.Sprintf(`the trust gate is closed since <time datetime=%q>%s</time>`, since.Format(time.RFC3339),
		since.Format("2 Jan 15:04:05"))
	if html := draw(t, site, "/a/main/imports/aaaaaaaa"); !strings.Contains(html, want) {
		t.Errorf("the import does not say %q: %s", want, html)
	}
	for _, page := range []string{"", "parked", "imports/aaaaaaaa"} {
		if n := strings.Count(draw(t, site, "/a/main/"+page), "finish the verification"); n != 1 {
			t.Errorf("/%s describes the gate %d times", page, n)
		}
	}
}

func TestLongListsAreTurnedByLinksAndStayWhileNewOnesBegin(t *testing.T) {
	t.Parallel()
	client := redistest.Client(t)
	main := bare(t, client, "main")
	for n := range 230 {
		startImport(t, main, spec.ID(fmt.Sprint(n)), 1)
	}
	anna := operate.Actor{Name: "anna", Via: "console"}
	for range 130 {
		if err := main.Audited(t.Context(), anna, "limits reset", "default", "",
			func() (string, error) { return "", nil }); err != nil {
			t.Fatal(err)
		}
	}
	site := newSite(t, main)
	older := regexp.MustCompile(`rel="next" href="([^"]+)"`)
	newer := regexp.MustCompile(`rel="prev" href="([^"]+)"`)
	follow := func(html string, link *regexp.Regexp) string {
		t.Helper()
		found := link.FindStringSubmatch(html)
		if found == nil {
			t.Fatalf("there is no link %s: %s", link, html)
		}
		path, _, _ := strings.Cut(found[1], "#")
		return draw(t, site, path)
	}
	list := regexp.MustCompile(`[a-z2-7]{8}\.csv</a>`)
	first := draw(t, site, "/a/main/imports")
	if !strings.Contains(first, "1 to 100 of 230 imports") || newer.MatchString(first) {
		t.Errorf("the newest imports: %s", first)
	}
	startImport(t, main, spec.ID("a further one"), 1)
	second := follow(first, older)
	if !strings.Contains(second, "102 to 201 of 231 imports") {
		t.Errorf("the page of older imports: %s", second)
	}
	third := follow(second, older)
	if got := len(list.FindAllString(third, -1)); got != 30 || older.MatchString(third) {
		t.Errorf("the oldest are %d imports", got)
	}
	if back := follow(third, newer); fmt.Sprint(list.FindAllString(back, -1)) != fmt.Sprint(list.FindAllString(second,
		-1)) {
		t.Error("the way back leads to other imports")
	}
	trail := draw(t, site, "/a/main/settings")
	if !strings.Contains(trail, "130 actions; 100 of them here") {
		t.Errorf("the newest acts: %s", trail)
	}
	if rest := follow(trail, older); strings.Count(rest, "limits reset") != 30 || older.MatchString(rest) ||
		!newer.MatchString(rest) {
		t.Errorf("the page of older acts has %d", strings.Count(rest, "limits reset"))
	}
	w := httptest.NewRecorder()
	site.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost/a/main/imports?before=%7B", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("a place that cannot be is answered by %d", w.Code)
	}
}
