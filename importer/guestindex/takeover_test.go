package guestindex_test

import (
	"errors"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/ledger/ledgertest"
	"guestflow/importer/spec"
)

func TestARowThatIsNotEnqueuedHoldsNoGuest(t *testing.T) {
	const slow, quick, third = "slow", "quick", "third"
	place := func(imp string) step { return step{imp: imp, then: ledger.Queued} } // no claim
	for name, steps := range map[string][]step{
		"a slow importer's row waits for who took its guest over": {
			{imp: slow, row: 1, template: "T", want: guestindex.Create},
			{imp: quick, row: 1, template: "T", want: guestindex.Create},
			place(quick), place(slow),
			{imp: slow, row: 1, template: "T", want: guestindex.Wait},
			{imp: quick, row: 1, template: "T", want: guestindex.Create, then: ledger.Accepted},
			{imp: slow, row: 1, template: "T", want: guestindex.Unchanged},
		},
		"whose worker comes first has the guest": {
			{imp: slow, row: 1, template: "T", want: guestindex.Create},
			{imp: quick, row: 1, template: "T", want: guestindex.Create},
			place(slow),
			{imp: slow, row: 1, template: "T", want: guestindex.Create},
			place(quick),
			{imp: quick, row: 1, template: "T", want: guestindex.Wait},
			{imp: slow, row: 1, template: "T", want: guestindex.Create, then: ledger.Accepted},
			{imp: quick, row: 1, template: "T", want: guestindex.Unchanged},
		},
		"its own email goes out all the same, to a guest that exists then": {
			{imp: slow, row: 1, template: "T", want: guestindex.Create},
			{imp: quick, row: 1, template: "U", want: guestindex.Create},
			place(quick), place(slow),
			{imp: slow, row: 1, template: "T", want: guestindex.Wait},
			{imp: quick, row: 1, template: "U", want: guestindex.Create, then: ledger.Accepted},
			{imp: slow, row: 1, template: "T", want: guestindex.Create, tried: true, then: ledger.Accepted},
			{imp: third, row: 1, template: "T", want: guestindex.Unchanged},
		},
		"what it took over from a row that may have sent it hands on": {
			{imp: third, row: 1, template: "T", want: guestindex.Create},
			place(third),
			{imp: third, row: 1, template: "T", want: guestindex.Create, then: ledger.Exhausted, set: ledger.MaybeSent},
			{imp: slow, row: 1, template: "T", want: guestindex.Create, maybe: true},
			{imp: quick, row: 1, template: "T", want: guestindex.Create, maybe: true},
		},
		"a correction that is not placed yet is not taken over by what is older": {
			{imp: third, row: 1, want: guestindex.Create},
			place(third),
			{imp: third, row: 1, want: guestindex.Create, then: ledger.Created},
			{imp: slow, row: 1, template: "T", want: guestindex.Create, tried: true},
			place(slow),
			{imp: quick, row: 1, content: 9, want: guestindex.Update},
			{imp: slow, row: 1, template: "T", want: guestindex.Wait, tried: true},
			place(quick),
			{imp: quick, row: 1, content: 9, want: guestindex.Update, then: ledger.Created},
			{imp: slow, row: 1, template: "T", want: guestindex.Send, tried: true},
		},
		"an update that was never written is written": {
			{imp: third, row: 1, template: "T", want: guestindex.Create},
			place(third),
			{imp: third, row: 1, template: "T", want: guestindex.Create, then: ledger.Accepted},
			{imp: slow, row: 1, content: 9, template: "T", want: guestindex.Update},
			{imp: quick, row: 1, content: 9, template: "T", want: guestindex.Update},
		},
	} {
		t.Run(name, func(t *testing.T) {
			ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
				for n, s := range steps {
					id := ledgertest.Begun(t, l, s.imp, s.imp+".csv", 2).ID
					if s.row > 0 {
						got := claim(t, l, id, s)
						if got.Verdict != s.want || got.Byte.HasFlag(ledger.Tried) != s.tried ||
							got.Byte.HasFlag(ledger.MaybeSent) != s.maybe {
							t.Fatalf("step %d: %+v, want %s tried=%v maybe=%v", n+1, got, s.want, s.tried, s.maybe)
						}
					}
					if s.then != ledger.New && !ledgertest.Move(t, l, id, ledger.Move{Row: 1, To: s.then, Set: s.set}).OK {
						t.Fatalf("step %d is forbidden", n+1)
					}
				}
			})
		})
	}
}

// A row that waits for an owner whose record has expired would take him for one that is done.
func TestWhatIsWaitedForDoesNotExpire(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		old, young := ledgertest.Begun(t, l, "old", "old.csv", 4).ID, ledgertest.Begun(t, l, "young", "young.csv", 4).ID
		s := step{row: 3, template: "T"}
		claim(t, l, old, s)
		ledgertest.Must(t, l.Chunks.Commit(t.Context(), old,
			[]ledger.StoredChunk{{N: 0, Data: []byte("x")}, {N: 1, Data: []byte("x")}},
			[]ledger.Move{{Row: 3, To: ledger.Queued}}))
		keys := []string{"", ":rows", ":times", ":chunk:1", ":chunk:0"}
		for n, key := range keys {
			keys[n] = l.Prefix() + "import:" + old + key
			ledgertest.Must(t, client.Expire(t.Context(), keys[n], time.Minute).Err())
		}
		if got := claim(t, l, young, s); got.Verdict != guestindex.Wait {
			t.Fatalf("%+v, want that it waits", got)
		}
		for n, key := range keys {
			left, err := client.TTL(t.Context(), key).Result()
			if wanted := n < 4; err != nil || wanted != (left > 24*time.Hour) { // chunk 0 has nothing that is waited for
				t.Errorf("%s is kept for %s, %v", key, left, err)
			}
		}
	})
}

// The version before wrote no order of imports, and did not note that a guest whom a row took over may be there with
// other content.
func TestAGuestWhomAnEarlierVersionTookOverIsWrittenBeforeTheEmail(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		ctx := t.Context()
		first, second := ledgertest.NewImport(t, l, "first", 1), ledgertest.NewImport(t, l, "second", 1)
		claim(t, l, first, step{row: 1, content: 1, template: "T"})
		ledgertest.Move(t, l, first, ledger.Move{Row: 1, To: ledger.Queued})
		ledgertest.Move(t, l, first, ledger.Move{Row: 1, To: ledger.ParkedTried, Set: ledger.Tried})
		ledgertest.Move(t, l, first, ledger.Move{Row: 1, To: ledger.Cancelled})
		claim(t, l, second, step{row: 1, content: 2, template: "T"})
		ledgertest.Move(t, l, second, ledger.Move{Row: 1, To: ledger.Queued})
		for _, id := range []string{first, second} {
			if err := client.HDel(ctx, l.Prefix()+"import:"+id, "order").Err(); err != nil {
				t.Fatal(err)
			}
		}
		buckets, err := client.Keys(ctx, l.Prefix()+"guests:*").Result()
		if err != nil || len(buckets) != 1 {
			t.Fatal(buckets, err)
		}
		for guest, record := range client.HGetAll(ctx, buckets[0]).Val() {
			if err := client.HSet(ctx, buckets[0], guest, "0"+record[1:]).Err(); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 { // a worker that is killed asks again
			if got := claim(t, l, second, step{row: 1, content: 2, template: "T"}); got.Verdict != guestindex.UpdateAndSend ||
				!got.Byte.HasFlag(ledger.Tried) {
				t.Fatalf("%+v", got)
			}
		}
	})
}

func TestAGuestWhoseImportHasExpiredGetsNoSecondEmail(t *testing.T) {
	for name, c := range map[string]struct {
		end  ledger.State // of the row that expired
		then []step
	}{
		"the same again": {ledger.Accepted,
			[]step{{imp: "second", row: 1, template: "T", want: guestindex.Unchanged}}},
		"delivered": {ledger.Delivered,
			[]step{{imp: "second", row: 1, template: "T", want: guestindex.Unchanged}}},
		"other content": {ledger.Accepted,
			[]step{{imp: "second", row: 1, content: 9, template: "T", want: guestindex.Update}}},
		"another email goes by send": {ledger.Accepted,
			[]step{{imp: "second", row: 1, template: "U", want: guestindex.Create, tried: true}}},
		"what became of the row cannot be told": {ledger.Unknown,
			[]step{{imp: "second", row: 1, template: "T", want: guestindex.Unchanged}}},
		"again after a change": {ledger.Accepted, []step{
			{imp: "second", row: 1, content: 9, template: "T", want: guestindex.Update, then: ledger.Created},
			{imp: "third", row: 1, content: 9, template: "T", want: guestindex.Unchanged},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
				first := ledgertest.NewImport(t, l, "first", 3)
				claim(t, l, first, step{row: 1, template: "T"})
				ledgertest.Move(t, l, first, ledger.Move{Row: 1, To: c.end})
				ledgertest.Expire(t, l, client, first)
				ids := map[string]string{}
				for _, s := range c.then {
					ids[s.imp] = ledgertest.NewImport(t, l, s.imp, 3)
					if got := claim(t, l, ids[s.imp], s); got.Verdict != s.want || got.Byte.HasFlag(ledger.Tried) != s.tried ||
						got.Byte.HasFlag(ledger.MaybeSent) {
						t.Fatalf("%+v, want %s tried=%v", got, s.want, s.tried)
					}
					if s.then != ledger.New {
						ledgertest.Move(t, l, ids[s.imp], ledger.Move{Row: s.row, To: s.then})
					}
				}
			})
		})
	}
}

func TestALateOutcomeDoesNotBringAnExpiredImportBack(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		first := ledgertest.NewImport(t, l, "first", 3)
		claim(t, l, first, step{row: 1, template: "T"})
		ledgertest.Move(t, l, first, ledger.Move{Row: 1, To: ledger.Accepted})
		ledgertest.Expire(t, l, client, first)
		moved, finished, err := l.Move(t.Context(), first,
			[]ledger.Move{{Row: 2, To: ledger.Queued}, {Row: 3, To: ledger.Accepted, KeepSettled: true, Call: "x"}})
		if err != nil || finished || len(moved) != 2 || moved[0].OK || moved[1].OK {
			t.Errorf("%+v, %t, %v", moved, finished, err)
		}
		ledgertest.Must(t, l.Chunks.Commit(t.Context(), first, []ledger.StoredChunk{{N: 0, Data: []byte("x")}},
			[]ledger.Move{{Row: 2, To: ledger.Queued}}))
		if keys := client.Keys(t.Context(), l.Prefix()+"import:"+first+"*").Val(); len(keys) > 0 {
			t.Errorf("it has %q", keys)
		}
		// An earlier version did bring it back.
		ledgertest.Must(t, client.HSet(t.Context(), l.Prefix()+"import:"+first, "n3", 1, "updated", 1).Err())
		if got := claim(t, l, ledgertest.NewImport(t, l, "second", 3),
			step{row: 1, template: "T"}); got.Verdict != guestindex.Unchanged {
			t.Errorf("its guest is to get %+v", got)
		}
		_, _, err = l.Create(t.Context(),
			ledger.Import{Spec: spec.Spec{Event: "ev"}, ID: first, SHA256: "first", Rows: 3, Chunk: 50})
		if !errors.Is(err, ledger.ErrExpired) {
			t.Errorf("its id is used again: %v", err)
		}
		ledgertest.Must(t, l.SetSource(t.Context(), first, "list.csv"))
		ledgertest.Must(t, l.Pause(t.Context(), first))
		if imp, err := l.Import(t.Context(), first); !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("it is %+v, %v", imp, err)
		}
	})
}
