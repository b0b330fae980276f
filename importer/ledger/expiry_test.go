package ledger_test

import (
	"errors"
	"testing"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/ledger"
	"guestflow/importer/spec"
)

// expire lets an import's books expire, while the guest index is kept by those who came after.
func expire(t *testing.T, l *ledger.Ledger, client redis.UniversalClient, id string) {
	t.Helper()
	keys, err := client.Keys(t.Context(), l.Prefix()+"import:"+id+"*").Result()
	must(t, err)
	must(t, client.Del(t.Context(), keys...).Err())
}

func TestAGuestWhoseImportHasExpiredGetsNoSecondEmail(t *testing.T) {
	for name, c := range map[string]struct {
		end  ledger.State // of the row that expired
		then []step
	}{
		"the same again":                        {ledger.Accepted, []step{{imp: "second", row: 1, template: "T", want: ledger.Same}}},
		"delivered":                             {ledger.Delivered, []step{{imp: "second", row: 1, template: "T", want: ledger.Same}}},
		"other content":                         {ledger.Accepted, []step{{imp: "second", row: 1, content: 9, template: "T", want: ledger.Update}}},
		"another email goes by send":            {ledger.Accepted, []step{{imp: "second", row: 1, template: "U", want: ledger.Go, tried: true}}},
		"what became of the row cannot be told": {ledger.Unknown, []step{{imp: "second", row: 1, template: "T", want: ledger.Same}}},
		"again after a change": {ledger.Accepted, []step{
			{imp: "second", row: 1, content: 9, template: "T", want: ledger.Update, then: ledger.Created},
			{imp: "third", row: 1, content: 9, template: "T", want: ledger.Same},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			onBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
				first := newImport(t, l, "first", 3)
				claim(t, l, first, step{row: 1, template: "T"})
				move(t, l, first, ledger.Move{Row: 1, To: c.end})
				expire(t, l, client, first)
				ids := map[string]string{}
				for _, s := range c.then {
					ids[s.imp] = newImport(t, l, s.imp, 3)
					if got := claim(t, l, ids[s.imp], s); got.Verdict != s.want || got.Byte.HasFlag(ledger.Tried) != s.tried || got.Byte.HasFlag(ledger.MaybeSent) {
						t.Fatalf("%+v, want %s tried=%v", got, s.want, s.tried)
					}
					if s.then != ledger.New {
						move(t, l, ids[s.imp], ledger.Move{Row: s.row, To: s.then})
					}
				}
			})
		})
	}
}

func TestALateOutcomeDoesNotBringAnExpiredImportBack(t *testing.T) {
	onBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		first := newImport(t, l, "first", 3)
		claim(t, l, first, step{row: 1, template: "T"})
		move(t, l, first, ledger.Move{Row: 1, To: ledger.Accepted})
		expire(t, l, client, first)
		moved, finished, err := l.Move(t.Context(), first, []ledger.Move{{Row: 2, To: ledger.Queued}, {Row: 3, To: ledger.Accepted, KeepSettled: true, Call: "x"}})
		if err != nil || finished || len(moved) != 2 || moved[0].OK || moved[1].OK {
			t.Errorf("%+v, %t, %v", moved, finished, err)
		}
		must(t, l.CommitChunks(t.Context(), first, []ledger.StoredChunk{{N: 0, Data: []byte("x")}}, []ledger.Move{{Row: 2, To: ledger.Queued}}))
		if keys := client.Keys(t.Context(), l.Prefix()+"import:"+first+"*").Val(); len(keys) > 0 {
			t.Errorf("it has %q", keys)
		}
		// An earlier version did bring it back.
		must(t, client.HSet(t.Context(), l.Prefix()+"import:"+first, "n3", 1, "updated", 1).Err())
		if got := claim(t, l, newImport(t, l, "second", 3), step{row: 1, template: "T"}); got.Verdict != ledger.Same {
			t.Errorf("its guest is to get %+v", got)
		}
		_, _, err = l.Create(t.Context(), ledger.Import{Spec: spec.Spec{Event: "ev"}, ID: first, SHA256: "first", Rows: 3, Chunk: 50})
		if !errors.Is(err, ledger.ErrExpired) {
			t.Errorf("its id is used again: %v", err)
		}
		must(t, l.SetSource(t.Context(), first, "list.csv"))
		must(t, l.Pause(t.Context(), first))
		if imp, err := l.Import(t.Context(), first); !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("it is %+v, %v", imp, err)
		}
	})
}

func TestAnIdThatAnEarlierVersionGaveIsNotUsedAgain(t *testing.T) {
	onBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		first := newImport(t, l, "first", 3)
		must(t, client.Del(t.Context(), l.Prefix()+"known").Err())
		must(t, l.Backfill(t.Context()))
		expire(t, l, client, first)
		_, _, err := l.Create(t.Context(), ledger.Import{Spec: spec.Spec{Event: "ev"}, ID: first, SHA256: "first", Rows: 3, Chunk: 50})
		if !errors.Is(err, ledger.ErrExpired) {
			t.Errorf("its id is used again: %v", err)
		}
	})
}
