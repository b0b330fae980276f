package console_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/cmd/guestflow/console"
	"guestflow/cmd/guestflow/console/access"
	"guestflow/cmd/guestflow/operate"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer"
	"guestflow/importer/guestindex"
	"guestflow/importer/history"
	"guestflow/importer/ledger"
	"guestflow/importer/queue"
	"guestflow/importer/spec"
	"guestflow/importer/spool"
	"guestflow/worker/budget"
	"guestflow/worker/gate"
)

// BenchmarkPages draws each page of an account with 500 imports, one of which has a million rows: 5 % of them are
// refused, and half still wait. What a page costs the process and Redis together must stay under 100 ms.
func BenchmarkPages(b *testing.B) {
	client := redistest.Client(b)
	account := bare(b, client, "main")
	big := fill(b, account.Ledger)
	all := []*console.Account{account}
	for n := range 9 {
		all = append(all, bare(b, client, fmt.Sprint("other", n)))
	}
	one, ten := newSite(b, account), newSite(b, all...)
	b.Run("accounts", func(b *testing.B) { // as the first who looks in a second
		for b.Loop() {
			draw(b, newSite(b, afresh(all)...), "/")
		}
	})
	b.Run("marked", func(b *testing.B) { // with what was seen of the others lately
		for b.Loop() {
			draw(b, ten, "/a/main/help")
		}
	})
	for name, path := range map[string]string{
		"overview": "", "imports": "imports", "imports-older": "imports?before=" + spec.ID("small 250"),
		"import": "imports/" + big, "rows": "imports/" + big + "/rows?state=refused&from=900000",
		"row": "imports/" + big + "/rows/999999", "parked": "parked", "settings": "settings", "steer": "imports/" +
			big + "/steer/retry",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				draw(b, one, "/a/main/"+path)
			}
		})
	}
}

// BenchmarkFirstAnswers asks for what takes long: the preview of a file of a million rows beside an import of the same
// guests, a search for one of them among 500 imports, and the last row with its cells. first-ms is until there is a
// page, which must be under 100, and whole-s until all is read.
func BenchmarkFirstAnswers(b *testing.B) {
	const rows = 1_000_000
	account := bare(b, redistest.Client(b), "main")
	var err error
	if account.Spool, err = spool.Open(b.TempDir(), importer.Settings{}); err != nil {
		b.Fatal(err)
	}
	account.Settings = func(spec.Spec) (importer.Settings, error) {
		return importer.Settings{Spec: spec.Spec{Account: "main", Event: "e", Template: "t"},
			Compare: guestindex.For(account.Ledger).Compare}, nil
	}
	fill(b, account.Ledger)
	list := bytes.Replace(guestList(rows), []byte("E-Mial"), []byte("Email"), 1)
	source := filepath.Join(b.TempDir(), "list.csv")
	if err := os.WriteFile(source, list, 0o600); err != nil {
		b.Fatal(err)
	}
	known := ledger.Import{Spec: spec.Spec{Event: "e", Template: "t"}, ID: spec.ID("known"),
		SHA256: fmt.Sprintf("%x", sha256.Sum256(list)), Source: source, Rows: rows, Chunk: 50}
	if _, _, err := account.Ledger.Create(b.Context(), known); err != nil {
		b.Fatal(err)
	}
	imported(b, account.Ledger, known)

	b.Run("preview", func(b *testing.B) {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		part, _ := form.CreateFormFile("file", "again.csv")
		_, _ = part.Write(list)
		_ = form.Close()
		preview := led(b, newSite(b, account), "new", form.FormDataContentType(), &body)
		timed(b, func() (http.Handler, string) { return newSite(b, account), preview })
	})
	b.Run("row", func(b *testing.B) {
		timed(b, func() (http.Handler, string) {
			return newSite(b, account), fmt.Sprintf("/a/main/imports/%s/rows/%d", known.ID, rows)
		})
	})
	for name, row := range map[string]int{"newest": rows / 2, "not found": rows} {
		b.Run("search-"+name, func(b *testing.B) {
			timed(b, func() (http.Handler, string) {
				site, query := newSite(b, account), url.Values{"q": {fmt.Sprintf("aenne%d@party.example", row)}}
				return site, led(b, site, "guests", "application/x-www-form-urlencoded",
					strings.NewReader(query.Encode()))
			})
		})
	}
}

// timed looks at a page until nothing is read for it any more.
func timed(b *testing.B, begin func() (site http.Handler, path string)) {
	b.Helper()
	var first time.Duration
	for b.Loop() {
		start := time.Now()
		site, path := begin()
		page := draw(b, site, path)
		first += time.Since(start)
		for strings.Contains(page, "data-reading") {
			page = draw(b, site, path)
		}
	}
	b.ReportMetric(float64(first.Milliseconds())/float64(b.N), "first-ms")
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "whole-s")
}

// led sends a form, and gives the path of the page that it leads to.
func led(b *testing.B, site http.Handler, path, kind string, body io.Reader) string {
	b.Helper()
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "http://localhost/a/main/"+path, body)
	r.Header.Set("Content-Type", kind)
	site.ServeHTTP(w, r)
	if w.Code != http.StatusSeeOther {
		b.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	return w.Header().Get("Location")
}

// imported has every guest of a file be an import's, whose rows are all done.
func imported(b *testing.B, books *ledger.Ledger, imp ledger.Import) {
	b.Helper()
	claims := guestindex.For(books).Claims(imp.ID)
	if _, err := importer.MakePlan(b.Context(), imp.Source, importer.Settings{Spec: spec.Spec{Account: "main",
		Event: "e", Template: "t"}, Compare: claims.Claim}); err != nil {
		b.Fatal(err)
	}
	for _, to := range []ledger.State{ledger.Queued, ledger.Accepted} {
		move(b, books, imp.ID, 1, imp.Rows, to, ledger.Reason{})
	}
}

// bare is an account without a way to Qflow.
func bare(tb testing.TB, client redis.UniversalClient, name string) *console.Account {
	tb.Helper()
	books, err := ledger.For(client, name)
	if err != nil {
		tb.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	return &console.Account{
		Watcher: operate.NewWatcher(&operate.Account{
			Redis: client, Ledger: books, Importer: importer.New(client, books, log),
			Gates: gate.New(client, books.Prefix(), nil),
			Budget: budget.New(client, budget.Config{Egress: "e", Account: name, Limits: budget.DefaultLimits,
				Log: log}), Queues: queue.New(client, name), Log: log,
		}),
		Config: func() map[string]any { return nil },
	}
}

// afresh are the same accounts, of which nothing has been seen.
func afresh(accounts []*console.Account) (list []*console.Account) {
	for _, a := range accounts {
		list = append(list, &console.Account{Watcher: operate.NewWatcher(a.Watcher.Account), Config: a.Config})
	}
	return list
}

// openRows serves accounts to this machine.
func newSite(tb testing.TB, accounts ...*console.Account) http.Handler {
	tb.Helper()
	log := slog.New(slog.DiscardHandler)
	guard, err := access.New(access.Options{Listen: "127.0.0.1:0", Log: log})
	if err != nil {
		tb.Fatal(err)
	}
	return guard.Wrap(console.New(accounts, guard, log).Handler())
}

// draw gives a page that must be there.
func draw(tb testing.TB, site http.Handler, path string) string {
	tb.Helper()
	w := httptest.NewRecorder()
	site.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil))
	if w.Code != http.StatusOK {
		tb.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	return w.Body.String()
}

// fill makes the imports, and gives the id of the big one.
func fill(b *testing.B, books *ledger.Ledger) string {
	b.Helper()
	make := func(name string, rows int) string {
		id := spec.ID(name)
		if _, _, err := books.Create(b.Context(), ledger.Import{Spec: spec.Spec{Event: "e", Template: "t"}, ID: id,
			SHA256: name, Source: name + ".csv", Rows: rows, Chunk: 50}); err != nil {
			b.Fatal(err)
		}
		return id
	}
	for n := range 499 {
		id := make(fmt.Sprint("small ", n), 100)
		move(b, books, id, 1, 100, ledger.Queued, ledger.Reason{})
		if n%10 > 0 { // the others run
			move(b, books, id, 1, 100, ledger.Accepted, ledger.Reason{})
		}
	}
	const rows = 1_000_000
	big := make("big", rows)
	move(b, books, big, 1, rows, ledger.Queued, ledger.Reason{})
	move(b, books, big, 1, rows*45/100, ledger.Accepted, ledger.Reason{})
	for n := range rows / 20 / 500 { // here and there
		move(b, books, big, rows/2+n*900, 500, ledger.Refused, ledger.Reason{Code: fmt.Sprint("code_", n%7), Text: "no",
			Line: 1})
	}
	now := time.Now()
	for n := range 400 {
		if err := history.For(books).Add(b.Context(), ledger.Import{ID: big,
			Counts: ledger.Counts{ledger.Queued: rows - n, ledger.Accepted: n}},
			now.Add(time.Duration(n-400)*time.Minute)); err != nil {
			b.Fatal(err)
		}
	}
	return big
}

func move(b *testing.B, books *ledger.Ledger, id string, first, rows int, to ledger.State, why ledger.Reason) {
	b.Helper()
	const most = 5000
	for ; rows > 0; first, rows = first+most, rows-most {
		moves := []ledger.Move{}
		for i := range min(rows, most) {
			moves = append(moves, ledger.Move{Row: first + i, To: to, Reason: why})
		}
		if _, _, err := books.Move(b.Context(), id, moves); err != nil {
			b.Fatal(err)
		}
	}
}
