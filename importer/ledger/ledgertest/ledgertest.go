// Package ledgertest prepares ledgers for the tests of the packages around package ledger.
package ledgertest

import (
	"testing"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer/ledger"
	"guestflow/importer/spec"
)

// OnBothStores runs a test on a real server and on the embedded store, which must not differ.
func OnBothStores(t *testing.T, test func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient)) {
	t.Parallel()
	stores := map[string]func(t *testing.T) redis.UniversalClient{
		"redis-server": func(t *testing.T) redis.UniversalClient { return redistest.Client(t) },
		"embedded": func(t *testing.T) redis.UniversalClient {
			c := redis.NewClient(&redis.Options{Addr: miniredis.RunT(t).Addr()})
			t.Cleanup(func() { _ = c.Close() })
			return c
		},
	}
	for name, store := range stores {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := store(t)
			l, err := ledger.For(client, "main")
			if err != nil {
				t.Fatal(err)
			}
			test(t, l, client)
		})
	}
}

// NewImport creates an import whose rows are all in state queued.
func NewImport(t *testing.T, l *ledger.Ledger, name string, rows int) string {
	t.Helper()
	id := spec.ID(name)
	imp := ledger.Import{Spec: spec.Spec{Event: "ev"}, ID: id, SHA256: name, Rows: rows, Chunk: 50}
	if _, _, err := l.Create(t.Context(), imp); err != nil {
		t.Fatal(err)
	}
	for row := 1; row <= rows; row++ {
		Move(t, l, id, ledger.Move{Row: row, To: ledger.Queued})
	}
	return id
}

// Move moves one row.
func Move(t *testing.T, l *ledger.Ledger, id string, m ledger.Move) ledger.Moved {
	t.Helper()
	moved, _, err := l.Move(t.Context(), id, []ledger.Move{m})
	if err != nil {
		t.Fatal(err)
	}
	return moved[0]
}

// Byte reads one row.
func Byte(t *testing.T, l *ledger.Ledger, id string, row int) ledger.RowByte {
	t.Helper()
	bytes, err := l.RowBytes(t.Context(), id, row, row)
	if err != nil {
		t.Fatal(err)
	}
	return bytes[0]
}

// CheckCounters fails unless the counters of an import say what its rows do.
func CheckCounters(t *testing.T, l *ledger.Ledger, id string, rows int) {
	t.Helper()
	marks, err := l.RowBytes(t.Context(), id, 1, rows)
	if err != nil {
		t.Fatal(err)
	}
	var want ledger.Counts
	for _, m := range marks {
		want[m.State()]++
	}
	i, err := l.Import(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if i.Counts != want || i.Counts.Total() != rows {
		t.Fatalf("counters %v, bytes %v, marks %v", i.Counts, want, marks)
	}
	if i.Done() != (want.Open() == 0) {
		t.Fatalf("finished = %v with %d open rows", i.Done(), want.Open())
	}
}

// Begun creates an import of a file, whose rows are all new.
func Begun(t *testing.T, l *ledger.Ledger, name, source string, rows int) ledger.Import {
	t.Helper()
	imp, _, err := l.Create(t.Context(), ledger.Import{
		Spec: spec.Spec{Event: "ev"}, ID: spec.ID(name), SHA256: name, Source: source, Rows: rows, Chunk: 2,
	})
	if err != nil {
		t.Fatal(err)
	}
	return imp
}

// Must fails the test on an error.
func Must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Expire lets the record of an import expire, while the guest index is kept by those who came after.
func Expire(t *testing.T, l *ledger.Ledger, client redis.UniversalClient, id string) {
	t.Helper()
	keys, err := client.Keys(t.Context(), l.Prefix()+"import:"+id+"*").Result()
	Must(t, err)
	Must(t, client.Del(t.Context(), keys...).Err())
}
