package guestindex_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/deploy/testkit"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/ledger/ledgertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m, goleak.Cleanup(testkit.RemovePlainTests)) }

// step is one claim of one row, and the state and flags that the row takes on afterwards.
type step struct {
	imp      string
	row      int
	content  byte
	template string
	want     guestindex.Verdict
	tried    bool // the row's byte must say that the guest may exist
	maybe    bool // ... or that the email may be out
	doubtful bool // the email rests in unknown
	then     ledger.State
	set      ledger.Flag
}

func TestOneGuestOneEmailOverManyImports(t *testing.T) {
	const first, second, third = "first", "second", "third"
	cases := map[string][]step{
		"the same file again while the first runs": {
			{imp: first, row: 1, template: "T", want: guestindex.Create},
			{imp: second, row: 1, template: "T", want: guestindex.Wait},
			{imp: first, row: 1, template: "T", want: guestindex.Create, then: ledger.Accepted},
			{imp: second, row: 1, template: "T", want: guestindex.Unchanged},
		},
		"the same file again, and the first is cancelled": {
			{imp: first, row: 1, template: "T", want: guestindex.Create},
			{imp: second, row: 1, template: "T", want: guestindex.Wait},
			{imp: first, row: 1, template: "T", want: guestindex.Create, then: ledger.Cancelled},
			{imp: second, row: 1, template: "T", want: guestindex.Create},
		},
		"another email that an import is not done with is waited for": {
			{imp: first, row: 1, template: "T", want: guestindex.Create, then: ledger.Accepted},
			{imp: second, row: 1, template: "U", want: guestindex.Create, tried: true},
			{imp: third, row: 1, template: "U", want: guestindex.Wait},
			{imp: second, row: 1, template: "U", want: guestindex.Create, tried: true, then: ledger.Refused},
			{imp: third, row: 1, template: "U", want: guestindex.Create, tried: true},
		},
		"the same file again afterwards": {
			{imp: first, row: 1, template: "T", want: guestindex.Create, then: ledger.Accepted},
			{imp: second, row: 7, template: "T", want: guestindex.Unchanged},
		},
		"a duplicate inside one file": {
			{imp: first, row: 1, template: "T", want: guestindex.Create},
			{imp: first, row: 2, template: "T", want: guestindex.Duplicate},
			{imp: first, row: 1, template: "T", want: guestindex.Create},
		},
		"changed content is written and not emailed again": {
			{imp: first, row: 1, template: "T", want: guestindex.Create, then: ledger.Accepted},
			{imp: second, row: 1, content: 9, template: "T", want: guestindex.Update},
			{imp: second, row: 1, content: 9, template: "T", want: guestindex.Update, then: ledger.Created},
			{imp: third, row: 1, content: 9, template: "T", want: guestindex.Unchanged},
			{imp: third, row: 1, content: 3, template: "T", want: guestindex.Update},
		},
		"changed content waits for an import that is not done": {
			{imp: first, row: 1, template: "T", want: guestindex.Create},
			{imp: second, row: 1, content: 9, want: guestindex.Wait},
		},
		"another email for an existing guest goes by send": {
			{imp: first, row: 1, template: "T", want: guestindex.Create, then: ledger.Accepted},
			{imp: second, row: 1, template: "U", want: guestindex.Create, tried: true, then: ledger.Accepted},
			{imp: third, row: 1, template: "U", want: guestindex.Unchanged},
			{imp: third, row: 1, template: "T", want: guestindex.Unchanged},
		},
		"another email and other content": {
			{imp: first, row: 1, template: "T", want: guestindex.Create, then: ledger.Accepted},
			{imp: second, row: 1, content: 9, template: "U", want: guestindex.UpdateAndSend, tried: true},
			{imp: second, row: 1, content: 9, template: "U", want: guestindex.UpdateAndSend, tried: true},
		},
		"another email waits for an import that is not done": {
			{imp: first, row: 1, template: "T", want: guestindex.Create, then: ledger.Parked},
			{imp: second, row: 1, template: "U", want: guestindex.Wait},
		},
		"a suppressed row has made the guest and sent nothing": {
			{imp: first, row: 1, template: "T", want: guestindex.Create, then: ledger.Suppressed},
			{imp: second, row: 1, want: guestindex.Unchanged},
			{imp: second, row: 1, template: "T", want: guestindex.Create, tried: true, then: ledger.Accepted},
			{imp: third, row: 1, template: "T", want: guestindex.Unchanged},
		},
		"changed content of a suppressed guest is written before its email": {
			{imp: first, row: 1, template: "T", want: guestindex.Create, then: ledger.Suppressed},
			{imp: second, row: 1, content: 9, template: "T", want: guestindex.UpdateAndSend, tried: true},
		},
		"first without an email, then with": {
			{imp: first, row: 1, want: guestindex.Create, then: ledger.Created},
			{imp: second, row: 1, template: "T", want: guestindex.Create, tried: true},
		},
		"without an email twice": {
			{imp: first, row: 1, want: guestindex.Create, then: ledger.Created},
			{imp: second, row: 1, want: guestindex.Unchanged},
			{imp: second, row: 1, content: 9, want: guestindex.Update},
		},
		"a refused row is free, and its guest may exist": {
			{imp: first, row: 1, template: "T", want: guestindex.Create, then: ledger.Refused, set: ledger.Tried},
			{imp: second, row: 1, template: "T", want: guestindex.UpdateAndSend, tried: true},
			{imp: second, row: 1, template: "T", want: guestindex.UpdateAndSend, tried: true},
			{imp: first, row: 1, template: "T", want: guestindex.Wait, tried: true},
		},
		"what a row that came to nothing may have written is written over": {
			{imp: first, row: 1, want: guestindex.Create, then: ledger.Cancelled, set: ledger.Tried},
			{imp: second, row: 1, content: 9, template: "T", want: guestindex.UpdateAndSend, tried: true, then: ledger.Exhausted},
			{imp: third, row: 1, want: guestindex.Update},
		},
		"a corrected row of one whose email is out is written": {
			{imp: first, row: 1, template: "T", want: guestindex.Create, then: ledger.Accepted},
			{imp: second, row: 1, content: 9, template: "T", want: guestindex.Update, then: ledger.Cancelled, set: ledger.Tried},
			{imp: third, row: 1, template: "T", want: guestindex.Update},
		},
		"an exhausted row passes on that its email may be out": {
			{imp: first, row: 1, template: "T", want: guestindex.Create, then: ledger.Exhausted, set: ledger.MaybeSent},
			{imp: second, row: 1, template: "T", want: guestindex.Create, maybe: true},
			{imp: second, row: 1, template: "T", want: guestindex.Create, maybe: true},
		},
		"another email of a guest that an exhausted row may have made goes by send": {
			{imp: first, row: 1, template: "T", want: guestindex.Create, then: ledger.Exhausted, set: ledger.MaybeSent},
			{imp: second, row: 1, template: "U", want: guestindex.UpdateAndSend, tried: true},
		},
		"an unknown email is not sent by another, and says so": {
			{imp: first, row: 1, template: "T", want: guestindex.Create, then: ledger.Unknown},
			{imp: second, row: 1, template: "T", want: guestindex.Update, doubtful: true, then: ledger.Unknown},
			{imp: third, row: 1, content: 9, template: "T", want: guestindex.Update, doubtful: true},
		},
		"what was begun later decides the content": {
			{imp: first, row: 1, want: guestindex.Create, then: ledger.Created},
			{imp: second, row: 1, template: "T", want: guestindex.Create, tried: true},
			{imp: third, row: 1, content: 9, want: guestindex.Update, then: ledger.Created},
			{imp: second, row: 1, template: "T", want: guestindex.Send, tried: true, then: ledger.Accepted},
			{imp: third, row: 1, content: 9, want: guestindex.Update},
		},
		"what was begun later and is not done is waited for": {
			{imp: first, row: 1, want: guestindex.Create, then: ledger.Created},
			{imp: second, row: 1, template: "T", want: guestindex.Create, tried: true},
			{imp: third, row: 1, content: 9, want: guestindex.Update, then: ledger.Parked},
			{imp: second, row: 1, template: "T", want: guestindex.Wait, tried: true},
		},
		"what was begun later and came to nothing decides nothing": {
			{imp: first, row: 1, want: guestindex.Create, then: ledger.Created},
			{imp: second, row: 1, template: "T", want: guestindex.Create, tried: true},
			{imp: third, row: 1, content: 9, want: guestindex.Update, then: ledger.Cancelled},
			{imp: second, row: 1, template: "T", want: guestindex.UpdateAndSend, tried: true},
		},
		"an older import without an email has nothing to say": {
			{imp: second, row: 1, content: 9, want: guestindex.Create, then: ledger.Created},
			{imp: first, row: 1, want: guestindex.Unchanged},
		},
		"what was begun later and found a guest as it wants it decides the content": {
			{imp: first, row: 1, template: "T", want: guestindex.Create, then: ledger.Accepted},
			{imp: third, row: 1, template: "T", want: guestindex.Unchanged},
			{imp: third, row: 1, template: "T", want: guestindex.Unchanged, then: ledger.Unchanged}, // its importer was killed in between
			{imp: second, row: 1, content: 9, template: "T", want: guestindex.Unchanged},
			{imp: second, row: 1, content: 9, template: "U", want: guestindex.Send, tried: true},
		},
		"what was begun later and only sends an email decides the content": {
			{imp: first, row: 1, want: guestindex.Create, then: ledger.Created},
			{imp: third, row: 1, template: "T", want: guestindex.Create, tried: true},
			{imp: second, row: 1, content: 9, want: guestindex.Unchanged},
			{imp: third, row: 1, template: "T", want: guestindex.Create, tried: true, then: ledger.Accepted},
			{imp: second, row: 1, content: 9, template: "U", want: guestindex.Send, tried: true},
		},
		"a correction does not wait for an email": {
			{imp: first, row: 1, want: guestindex.Create, then: ledger.Created},
			{imp: second, row: 1, template: "T", want: guestindex.Create, tried: true, then: ledger.Parked},
			{imp: third, row: 1, content: 9, want: guestindex.Update, then: ledger.Created},
			{imp: second, row: 1, template: "T", want: guestindex.Send, tried: true},
		},
		"an unknown email proves no guest": {
			{imp: first, row: 1, template: "T", want: guestindex.Create, then: ledger.Unknown, set: ledger.Tried},
			{imp: second, row: 1, want: guestindex.Update, then: ledger.Created},
			{imp: third, row: 1, want: guestindex.Unchanged},
		},
		"an unknown email of an import that was begun later proves no guest either": {
			{imp: second, row: 1, content: 9, template: "T", want: guestindex.Create, then: ledger.Unknown, set: ledger.Tried},
			{imp: first, row: 1, want: guestindex.Unchanged, doubtful: true},
		},
		"a refused update is written by the next import": {
			{imp: first, row: 1, template: "T", want: guestindex.Create, then: ledger.Accepted},
			{imp: second, row: 1, content: 9, template: "T", want: guestindex.Update, then: ledger.Refused},
			{imp: third, row: 1, content: 9, template: "T", want: guestindex.Update},
		},
	}
	for name, steps := range cases {
		t.Run(name, func(t *testing.T) {
			ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
				ids := map[string]string{} // they are begun in this order
				for _, imp := range []string{first, second, third} {
					ids[imp] = ledgertest.NewImport(t, l, imp, 10)
				}
				for n, s := range steps {
					got := claim(t, l, ids[s.imp], s)
					if got.Verdict != s.want || got.Byte.HasFlag(ledger.Tried) != s.tried || got.Byte.HasFlag(ledger.MaybeSent) != s.maybe ||
						got.EmailUnknown != s.doubtful {
						t.Fatalf("step %d: %+v, want %s tried=%v maybe=%v doubtful=%v", n+1, got, s.want, s.tried, s.maybe, s.doubtful)
					}
					if s.then != ledger.New {
						ledgertest.Move(t, l, ids[s.imp], ledger.Move{Row: s.row, To: s.then, Set: s.set})
					}
				}
			})
		})
	}
}

func claim(t *testing.T, l *ledger.Ledger, id string, s step) guestindex.Claimed {
	t.Helper()
	guest := uuid.NewSHA1(uuid.Nil, []byte("one guest"))
	got, err := guestindex.For(l).Claim(t.Context(), id, []guestindex.Guest{
		{Row: s.row, ID: guest, Event: "ev", Content: [8]byte{s.content}, Template: s.template},
	})
	if err != nil {
		t.Fatal(err)
	}
	return got[0]
}

func TestAnIndexedGuestCostsAtMost64Bytes(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	client := redistest.Client(t)
	l, err := ledger.For(client, "main")
	if err != nil {
		t.Fatal(err)
	}
	id := ledgertest.NewImport(t, l, "memory", 0)
	before := memory(t, client)
	const guests = 200_000
	for batch := range slices.Chunk(slices.Collect(func(yield func(int) bool) {
		for i := 1; i <= guests && yield(i); i++ {
		}
	}), 1000) {
		list := make([]guestindex.Guest, len(batch))
		for i, row := range batch {
			list[i] = guestindex.Guest{Row: row, ID: uuid.NewSHA1(uuid.Nil, fmt.Append(nil, row)), Event: "ev", Template: "T"}
		}
		if _, err := guestindex.For(l).Claim(context.Background(), id, list); err != nil {
			t.Fatal(err)
		}
	}
	if per := float64(memory(t, client)-before) / guests; per > 64 {
		t.Fatalf("%.1f bytes a guest, want at most 64", per)
	} else {
		t.Logf("%.1f bytes a guest", per)
	}
}

func TestAComparisonSaysWhatAClaimWouldAndWritesNothing(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		guests := []guestindex.Guest{
			{Row: 1, ID: uuid.New(), Event: "gala", Content: [8]byte{1}, Template: "t"},
			{Row: 2, ID: uuid.New(), Event: "gala", Content: [8]byte{2}},
		}
		compare := func(want ...guestindex.Verdict) {
			t.Helper()
			got, err := guestindex.For(l).Compare(t.Context(), guests)
			if err != nil {
				t.Fatal(err)
			}
			for i := range want {
				if got[i].Verdict != want[i] {
					t.Fatalf("guest %d: %s, want %s", i, got[i].Verdict, want[i])
				}
			}
		}
		compare(guestindex.Create, guestindex.Create)
		if keys := client.Keys(t.Context(), "*").Val(); len(keys) > 0 {
			t.Fatalf("a comparison wrote %v", keys)
		}
		id := ledgertest.NewImport(t, l, "compared", 2)
		if _, err := guestindex.For(l).Claim(t.Context(), id, guests); err != nil {
			t.Fatal(err)
		}
		ledgertest.Move(t, l, id, ledger.Move{Row: 1, To: ledger.Queued})
		ledgertest.Move(t, l, id, ledger.Move{Row: 2, To: ledger.Queued})
		compare(guestindex.Wait, guestindex.Wait)
		ledgertest.Move(t, l, id, ledger.Move{Row: 1, To: ledger.Accepted})
		ledgertest.Move(t, l, id, ledger.Move{Row: 2, To: ledger.Created})
		compare(guestindex.Unchanged, guestindex.Unchanged)
		guests[0].Content = [8]byte{9}
		compare(guestindex.Update, guestindex.Unchanged)
		guests[0].Content, guests[0].Template, guests[1].Template = [8]byte{1}, "u", "u"
		compare(guestindex.Send, guestindex.SendFirst)
		guests[0].Content = [8]byte{9}
		compare(guestindex.UpdateAndSend, guestindex.SendFirst)
	})
}

func memory(t *testing.T, client *redis.Client) int64 {
	t.Helper()
	var n int64
	if _, err := fmt.Sscanf(client.InfoMap(t.Context(), "memory").Item("Memory", "used_memory"), "%d", &n); err != nil {
		t.Fatal(err)
	}
	return n
}
