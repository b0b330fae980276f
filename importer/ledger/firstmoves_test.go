package ledger_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/ledger"
	"guestflow/importer/ledger/ledgertest"
	"guestflow/importer/spec"
)

// An importer moves most rows by spans that are moved as a whole.
func TestRowsOfASpanAreMovedAsIfEachWereMovedAlone(t *testing.T) {
	const rows = 12
	spanOf := func(first, last int, to ledger.State) (moves []ledger.Move) {
		for row := first; row <= last; row++ {
			moves = append(moves, ledger.Move{Row: row, To: to})
		}
		return moves
	}
	called := ledger.Move{Row: 6, To: ledger.New, Set: ledger.MaybeSent}
	why := ledger.Move{Row: 6, To: ledger.Rejected, Reason: ledger.Reason{Code: "no_name", Text: "no name"}}
	for name, c := range map[string]struct{ before, moves []ledger.Move }{
		"all are new":         {nil, spanOf(1, rows, ledger.Queued)},
		"all but the last":    {nil, spanOf(1, rows-1, ledger.Queued)},
		"they settle at once": {nil, spanOf(3, 9, ledger.Filtered)},
		"of two kinds": {nil, slices.Concat(
			spanOf(1, 5, ledger.Queued), spanOf(6, 8, ledger.Unchanged), spanOf(9, 12, ledger.Queued),
		)},
		"one of them has a reason": {nil, slices.Concat(
			spanOf(1, 5, ledger.Queued), []ledger.Move{why}, spanOf(7, 12, ledger.Queued),
		)},
		"some are queued already":  {spanOf(1, 4, ledger.Queued), spanOf(1, rows, ledger.Queued)},
		"some are settled already": {spanOf(4, 6, ledger.Filtered), spanOf(1, rows, ledger.Queued)},
		"a later one was moved":    {spanOf(12, 12, ledger.Queued), spanOf(1, 11, ledger.Queued)},
		"one was called":           {[]ledger.Move{called}, spanOf(1, rows, ledger.Queued)},
		"others have reasons": {
			[]ledger.Move{{Row: 12, To: ledger.Rejected, Reason: why.Reason}}, spanOf(1, 11, ledger.Queued),
		},
	} {
		t.Run(name, func(t *testing.T) {
			ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
				got := map[bool]string{}
				for _, whole := range []bool{true, false} {
					id := spec.ID(fmt.Sprint("whole-", whole))
					_, _, err := l.Create(t.Context(), ledger.Import{
						Spec: spec.Spec{Event: "ev"}, ID: id, SHA256: id, Rows: rows, Chunk: 3,
					})
					ledgertest.Must(t, err)
					for _, m := range c.before {
						ledgertest.Move(t, l, id, m)
					}
					for some := range slices.Chunk(c.moves, map[bool]int{true: rows, false: 1}[whole]) {
						ledgertest.Must(t, l.Chunks.Commit(t.Context(), id, nil, some))
					}
					got[whole] = said(t, l, id, rows)
				}
				if got[true] != got[false] {
					t.Errorf("moved as a whole:\n%s\none by one:\n%s", got[true], got[false])
				}
			})
		})
	}
}

// said is what a ledger has of an import's rows, but for the time of day.
func said(t *testing.T, l *ledger.Ledger, id string, rows int) string {
	t.Helper()
	imp, err := l.Import(t.Context(), id)
	ledgertest.Must(t, err)
	bytes, err := l.RowBytes(t.Context(), id, 1, rows)
	ledgertest.Must(t, err)
	text := fmt.Sprintf("%v, finished %t, %v", imp.Counts, imp.Finished.IsZero(), bytes)
	for row := 1; row <= rows; row++ {
		text += fmt.Sprintf(" %d %t", row, timesOf(t, l, id, row).Settled.IsZero())
	}
	return text
}
