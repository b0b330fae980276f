package ledger_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/ledger"
	"guestflow/importer/ledger/ledgertest"
	"guestflow/importer/spec"
)

func timesOf(t *testing.T, l *ledger.Ledger, id string, row int) ledger.Times {
	t.Helper()
	imp, err := l.Import(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	times, err := l.Times(t.Context(), imp, row)
	if err != nil {
		t.Fatal(err)
	}
	return times
}

// older lets an import have begun earlier.
func older(t *testing.T, l *ledger.Ledger, client redis.UniversalClient, id string, by time.Duration) {
	t.Helper()
	imp, err := l.Import(t.Context(), id)
	ledgertest.Must(t, err)
	ledgertest.Must(t, client.HSet(t.Context(), l.Prefix()+"import:"+id, "started",
		imp.Started.Add(-by).UnixMilli()).Err())
}

// covers allows a second on each side, in which a test may be slow.
func covers(s ledger.Span, at time.Time) bool {
	return !s.IsZero() && !s.From.After(at.Add(time.Second)) && !s.To.Before(at.Add(-2*time.Second))
}

func TestARowTellsWhenItWasPlacedAndWhenItWasSettled(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		id := spec.ID("times")
		_, _, err := l.Create(t.Context(),
			ledger.Import{Spec: spec.Spec{Event: "ev"}, ID: id, SHA256: "times", Rows: 7, Chunk: 3})
		ledgertest.Must(t, err)
		older(t, l, client, id, time.Hour)
		before := time.Now()
		ledgertest.Must(t, l.Chunks.Commit(t.Context(), id, []ledger.StoredChunk{{N: 1, Data: []byte("x")}}, []ledger.Move{
			{Row: 4, To: ledger.Queued}, {Row: 5, To: ledger.Rejected}, {Row: 6, To: ledger.Queued},
		}))
		if at := timesOf(t, l, id, 4); !covers(at.Placed, before) || at.Placed.From != at.Placed.To || !at.Settled.IsZero() {
			t.Errorf("a row that was placed has %+v, want %s", at, before)
		}
		if at := timesOf(t, l, id, 5); !covers(at.Settled, before) {
			t.Errorf("a row that was rejected has %+v", at)
		}
		older(t, l, client, id, time.Hour) // an hour passes, and what was an hour after the start seems to be an hour ago
		ledgertest.Must(t, l.Chunks.Commit(t.Context(), id, []ledger.StoredChunk{{N: 1, Data: []byte("x")}},
			[]ledger.Move{{Row: 4, To: ledger.Queued}, {Row: 6, To: ledger.Queued}}))
		if at := timesOf(t, l, id, 6); !covers(at.Placed, before.Add(-time.Hour)) {
			t.Errorf("placed once more by an importer that goes on, it has %+v", at)
		}
		_, _, err = l.Move(t.Context(), id,
			[]ledger.Move{{Row: 4, To: ledger.Accepted, KeepSettled: true}, {Row: 5, To: ledger.Accepted, KeepSettled: true},
				{Row: 6, To: ledger.Accepted, KeepSettled: true}})
		ledgertest.Must(t, err)
		for row, settled := range map[int]time.Duration{4: 0, 5: time.Hour, 6: 0} { // a rejected row is not accepted later
			if at := timesOf(t, l, id, row); !covers(at.Settled, before.Add(-settled)) {
				t.Errorf("row %d has %+v, want %s ago", row, at, settled)
			}
		}
		for row := range 3 {
			if at := timesOf(t, l, id, row+1); at != (ledger.Times{}) {
				t.Errorf("row %d, to which nothing has happened, has %+v", row+1, at)
			}
		}
	})
}

func TestATimeIsToldAsRoughlyAsItIsKept(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		const day = 24 * time.Hour
		for n, c := range []struct{ since, within time.Duration }{
			{0, 0},
			{32766 * time.Second, 0},
			{32770 * time.Second, 59 * time.Second},
			{7 * day, 59 * time.Second},
			{12 * day, 15*time.Minute - time.Second},
			{180 * day, 15*time.Minute - time.Second},
		} {
			id := ledgertest.NewImport(t, l, fmt.Sprint("since ", n), 1)
			older(t, l, client, id, c.since)
			ledgertest.Move(t, l, id, ledger.Move{Row: 1, To: ledger.Created})
			at := timesOf(t, l, id, 1).Settled
			if !covers(at, time.Now()) || at.To.Sub(at.From) != c.within {
				t.Errorf("after %s it is %+v, want within %s", c.since, at, c.within)
			}
		}
		id := ledgertest.NewImport(t, l, "old", 1)
		older(t, l, client, id, 200*day)
		ledgertest.Move(t, l, id, ledger.Move{Row: 1, To: ledger.Created})
		if at := timesOf(t, l, id, 1).Settled; !at.IsZero() {
			t.Errorf("after 200 days it is %+v, want none", at)
		}
	})
}

func TestAPersonsWordOnASettledRowIsNotTheTimeOfItsCall(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		id := ledgertest.NewImport(t, l, "word", 2)
		older(t, l, client, id, time.Hour)
		ledgertest.Move(t, l, id, ledger.Move{Row: 1, To: ledger.Unknown, KeepSettled: true})
		ledgertest.Move(t, l, id, ledger.Move{Row: 2, To: ledger.Cancelled})
		older(t, l, client, id, time.Hour)
		ledgertest.Move(t, l, id, ledger.Move{Row: 1, To: ledger.Cancelled})
		ledgertest.Move(t, l, id, ledger.Move{Row: 2, To: ledger.Accepted, KeepSettled: true}) // its call was on the way
		for row, ago := range map[int]time.Duration{1: time.Hour, 2: 0} {
			if at := timesOf(t, l, id, row).Settled; !covers(at, time.Now().Add(-ago)) {
				t.Errorf("row %d was settled %+v, want %s ago", row, at, ago)
			}
		}
	})
}

func TestRowsOfAnEarlierVersionHaveNoTimes(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		id := ledgertest.NewImport(t, l, "earlier", 120)
		ledgertest.Move(t, l, id, ledger.Move{Row: 1, To: ledger.Accepted, KeepSettled: true})
		ledgertest.Must(t, client.Del(t.Context(), l.Prefix()+"import:"+id+":times").Err())
		if at := timesOf(t, l, id, 1); at != (ledger.Times{}) {
			t.Errorf("it has %+v", at)
		}
		ledgertest.Move(t, l, id, ledger.Move{Row: 100, To: ledger.Accepted, KeepSettled: true})
		if at, other := timesOf(t, l, id, 100), timesOf(t, l, id, 1); !covers(at.Settled, time.Now()) ||
			!other.Settled.IsZero() {
			t.Errorf("one that goes on has %+v, the other %+v", at, other)
		}
	})
}

// The times of a million rows are to cost 2 MB.
func TestTimesCostTwoBytesARow(t *testing.T) {
	t.Parallel()
	client := redistest.Client(t)
	l, err := ledger.For(client, "main")
	ledgertest.Must(t, err)
	const rows = 100_000
	id := spec.ID("cost")
	_, _, err = l.Create(t.Context(),
		ledger.Import{Spec: spec.Spec{Event: "ev"}, ID: id, SHA256: "cost", Rows: rows, Chunk: 50})
	ledgertest.Must(t, err)
	for first := 1; first <= rows; first += 1000 {
		moves := make([]ledger.Move, 1000)
		for n := range moves {
			moves[n] = ledger.Move{Row: first + n, To: ledger.Queued}
		}
		ledgertest.Must(t, l.Chunks.Commit(t.Context(), id, nil, moves))
		for n := range moves {
			moves[n].To = ledger.Created
		}
		_, _, err = l.Move(t.Context(), id, moves)
		ledgertest.Must(t, err)
	}
	bytes, err := client.MemoryUsage(t.Context(), l.Prefix()+"import:"+id+":times").Result()
	if err != nil || float64(bytes)/rows > 2.4 { // Redis rounds up
		t.Errorf("%d bytes for %d rows, %v", bytes, rows, err)
	}
	t.Logf("%.2f bytes a row", float64(bytes)/rows)
}

// BenchmarkMove is what one record of a call costs: of an email, and of 50 guests at once.
func BenchmarkMove(b *testing.B) {
	for _, rows := range []int{1, 50} {
		b.Run(strings.ReplaceAll(fmt.Sprint(rows, " rows"), " ", "-"), func(b *testing.B) {
			client := redistest.Client(b)
			l, err := ledger.For(client, "main")
			if err != nil {
				b.Fatal(err)
			}
			ctx, id := context.Background(), spec.ID("bench")
			if _, _, err := l.Create(ctx,
				ledger.Import{Spec: spec.Spec{Event: "ev"}, ID: id, SHA256: "bench", Rows: 1_000_000, Chunk: 50}); err != nil {
				b.Fatal(err)
			}
			moves := make([]ledger.Move, rows)
			row := 1
			change := func(from int, to ledger.State) {
				for n := range moves {
					moves[n] = ledger.Move{Row: from + n, To: to, KeepSettled: to == ledger.Accepted}
				}
				if _, _, err := l.Move(ctx, id, moves); err != nil {
					b.Fatal(err)
				}
			}
			for b.Loop() {
				b.StopTimer()
				change(row, ledger.Queued)
				b.StartTimer()
				change(row, ledger.Accepted)
				row = row%(1_000_000-rows) + rows
			}
			var calls, usec float64
			stat := client.InfoMap(ctx, "commandstats").Item("Commandstats", "cmdstat_evalsha")
			if _, err := fmt.Sscanf(stat, "calls=%f,usec=%f", &calls, &usec); err != nil {
				b.Fatalf("%q: %v", stat, err)
			}
			b.ReportMetric(usec/calls, "redis-µs/move") // the moves to queued among them
		})
	}
}
