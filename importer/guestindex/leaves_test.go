package guestindex_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/ledger/ledgertest"
	"guestflow/importer/spec"
)

// Promise: an import that writes nothing of known guests has no row that does, whatever became of those who had them before.
func TestAnImportThatLeavesKnownGuestsAsTheyAreWritesNoneOfThem(t *testing.T) {
	const first, second, leaving = "first", "second", "leaving"
	cases := map[string][]step{
		"who is new is created": {
			{imp: leaving, row: 1, template: "T", want: guestindex.Create},
			{imp: leaving, row: 1, template: "T", want: guestindex.Create},
		},
		"who has the email": {
			{imp: first, row: 1, template: "T", want: guestindex.Create, then: ledger.Accepted},
			{imp: leaving, row: 1, content: 9, template: "T", want: guestindex.Unchanged},
			{imp: second, row: 1, template: "T", want: guestindex.Unchanged}, // he is as he was
		},
		"who lacks the email": {
			{imp: first, row: 1, template: "T", want: guestindex.Create, then: ledger.Accepted},
			{imp: leaving, row: 1, content: 9, template: "U", want: guestindex.Send, tried: true},
			{imp: leaving, row: 1, content: 9, template: "U", want: guestindex.Send, tried: true},
		},
		"who is suppressed": {
			{imp: first, row: 1, template: "T", want: guestindex.Create, then: ledger.Suppressed},
			{imp: leaving, row: 1, content: 9, template: "T", want: guestindex.Send, tried: true},
		},
		"without an email": {
			{imp: first, row: 1, want: guestindex.Create, then: ledger.Created},
			{imp: leaving, row: 1, content: 9, want: guestindex.Unchanged},
		},
		"whose email waits": {
			{imp: first, row: 1, template: "T", want: guestindex.Create},
			{imp: leaving, row: 1, content: 9, template: "T", want: guestindex.Wait}, // and is not taken over
		},
		"who was to be changed by an import that came to nothing": {
			{imp: first, row: 1, template: "T", want: guestindex.Create, then: ledger.Accepted},
			{imp: second, row: 1, content: 9, template: "T", want: guestindex.Update, then: ledger.Cancelled},
			{imp: leaving, row: 1, content: 9, template: "T", want: guestindex.Unchanged},
			{imp: leaving, row: 2, content: 7, template: "U", want: guestindex.Send, tried: true},
		},
		"who may be there, by an email that rests in unknown": {
			{imp: first, row: 1, template: "T", want: guestindex.Create, then: ledger.Unknown, set: ledger.Tried},
			{imp: leaving, row: 1, content: 9, want: guestindex.Unchanged, doubtful: true},
		},
		"who never came to be is created": {
			{imp: first, row: 1, template: "T", want: guestindex.Create, then: ledger.Cancelled},
			{imp: leaving, row: 1, content: 9, template: "T", want: guestindex.Create},
		},
	}
	for name, steps := range cases {
		t.Run(name, func(t *testing.T) {
			ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
				ids := map[string]string{leaving: spec.ID(leaving)}
				ids[first], ids[second] = ledgertest.NewImport(t, l, first, 10), ledgertest.NewImport(t, l, second, 10)
				imp := ledger.Import{ID: ids[leaving], Spec: spec.Spec{Event: "ev"}, SHA256: leaving, Rows: 10, Chunk: 50}
				imp.MissingColumns = spec.KeepMissing
				if _, _, err := l.Create(t.Context(), imp); err != nil {
					t.Fatal(err)
				}
				for row := 1; row <= imp.Rows; row++ {
					ledgertest.Move(t, l, imp.ID, ledger.Move{Row: row, To: ledger.Queued})
				}
				for n, s := range steps {
					got := claim(t, l, ids[s.imp], s)
					if got.Verdict != s.want || got.Byte.HasFlag(ledger.Tried) != s.tried || got.EmailUnknown != s.doubtful {
						t.Fatalf("step %d: %+v, want %s tried=%v doubtful=%v", n+1, got, s.want, s.tried, s.doubtful)
					}
					if s.then != ledger.New {
						ledgertest.Move(t, l, ids[s.imp], ledger.Move{Row: s.row, To: s.then, Set: s.set})
					}
				}
			})
		})
	}
}

// Promise: a plan says what such an import does, and writes nothing.
func TestAComparisonForAnImportThatLeavesKnownGuestsAsTheyAre(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		id := ledgertest.NewImport(t, l, "before", 1)
		g := guestindex.Guest{Row: 1, ID: uuid.New(), Event: "gala", Template: "t"}
		own(t, l, id, g)
		ledgertest.Move(t, l, id, ledger.Move{Row: 1, To: ledger.Accepted})
		g.Content, g.Leaves = [8]byte{9}, true
		for template, want := range map[string]guestindex.Verdict{"t": guestindex.Unchanged, "u": guestindex.Send, "": guestindex.Unchanged} {
			g.Template = template
			if got, err := guestindex.For(l).Compare(t.Context(), []guestindex.Guest{g}); err != nil || got[0].Verdict != want {
				t.Errorf("%q: %+v, want %s: %v", template, got, want, err)
			}
		}
	})
}
