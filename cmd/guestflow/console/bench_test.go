package console_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"guestflow/cmd/guestflow/console"
	"guestflow/cmd/guestflow/console/access"
	"guestflow/cmd/guestflow/operate"
	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer"
	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/worker/budget"
	"guestflow/worker/gate"
)

// BenchmarkPages draws each page of an account with 500 imports, one of which has a million rows: 5 % of them are refused, and
// half still wait. What a page costs the process and Redis together must stay under 100 ms.
func BenchmarkPages(b *testing.B) {
	client := redistest.Client(b)
	books, err := ledger.For(client, "main")
	if err != nil {
		b.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	account := &console.Account{
		Watch: operate.NewWatch(&operate.Account{
			Redis: client, Ledger: books, Importer: importer.New(client, books, log), Gates: gate.New(client, books.Prefix(), nil),
			Budget: budget.New(client, budget.Config{Egress: "e", Account: "main", Limits: budget.Default, Log: log}), Queues: chunk.NewQueues(client, "main"), Log: log,
		}),
		Config: func() map[string]any { return nil },
	}
	big := fill(b, books)
	guard, err := access.New(access.Options{Listen: "127.0.0.1:0", Log: log})
	if err != nil {
		b.Fatal(err)
	}
	site := guard.Wrap(console.New([]*console.Account{account}, guard, log).Handler())
	for name, path := range map[string]string{
		"overview": "", "imports": "imports", "import": "imports/" + big, "rows": "imports/" + big + "/rows?state=refused&from=900000",
		"row": "imports/" + big + "/rows/999999", "parked": "parked", "settings": "settings", "steer": "imports/" + big + "/steer/retry",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "http://localhost/a/main/"+path, nil)
				site.ServeHTTP(w, r)
				if w.Code != http.StatusOK {
					b.Fatalf("%s: %d", path, w.Code)
				}
			}
		})
	}
}

// fill makes the imports, and gives the id of the big one.
func fill(b *testing.B, books *ledger.Ledger) string {
	b.Helper()
	make := func(name string, rows int) string {
		id := ledger.NewID(name)
		if _, _, err := books.Create(b.Context(), ledger.Import{ID: id, SHA256: name, Event: "e", Template: "t", Source: name + ".csv", Rows: rows, Chunk: 50}); err != nil {
			b.Fatal(err)
		}
		return id
	}
	move := func(id string, first, rows int, to ledger.State, why ledger.Reason) {
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
	for n := range 499 {
		id := make(fmt.Sprint("small ", n), 100)
		move(id, 1, 100, ledger.Queued, ledger.Reason{})
		if n%10 > 0 { // the others run
			move(id, 1, 100, ledger.Accepted, ledger.Reason{})
		}
	}
	const rows = 1_000_000
	big := make("big", rows)
	move(big, 1, rows, ledger.Queued, ledger.Reason{})
	move(big, 1, rows*45/100, ledger.Accepted, ledger.Reason{})
	for n := range rows / 20 / 500 { // here and there
		move(big, rows/2+n*900, 500, ledger.Refused, ledger.Reason{Code: fmt.Sprint("code_", n%7), Text: "no", Line: 1})
	}
	now := time.Now()
	for n := range 400 {
		if err := books.Note(b.Context(), ledger.Import{ID: big, Counts: ledger.Counts{ledger.Queued: rows - n, ledger.Accepted: n}}, now.Add(time.Duration(n-400)*time.Minute)); err != nil {
			b.Fatal(err)
		}
	}
	return big
}
