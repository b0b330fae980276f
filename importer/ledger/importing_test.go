package ledger_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/ledger"
	"guestflow/importer/spec"
)

// begun creates an import of a file, whose rows are all new.
func begun(t *testing.T, l *ledger.Ledger, name, source string, rows int) ledger.Import {
	t.Helper()
	imp, _, err := l.Create(t.Context(), ledger.Import{Spec: spec.Spec{Event: "ev"}, ID: spec.ID(name), SHA256: name, Source: source, Rows: rows, Chunk: 2})
	if err != nil {
		t.Fatal(err)
	}
	return imp
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// late lets the time of an import's importer run out.
func late(t *testing.T, client redis.UniversalClient, l *ledger.Ledger, id string) {
	t.Helper()
	must(t, client.ZAdd(t.Context(), l.Prefix()+"importing", redis.Z{Score: 1, Member: id}).Err())
}

func TestARowThatNobodyHasInHandHoldsNoGuest(t *testing.T) {
	const slow, quick, third = "slow", "quick", "third"
	place := func(imp string) step { return step{imp: imp, then: ledger.Queued} } // no claim
	for name, steps := range map[string][]step{
		"a slow importer's row waits for who took its guest over": {
			{imp: slow, row: 1, template: "T", want: ledger.Go},
			{imp: quick, row: 1, template: "T", want: ledger.Go},
			place(quick), place(slow),
			{imp: slow, row: 1, template: "T", want: ledger.Wait},
			{imp: quick, row: 1, template: "T", want: ledger.Go, then: ledger.Accepted},
			{imp: slow, row: 1, template: "T", want: ledger.Same},
		},
		"whose worker comes first has the guest": {
			{imp: slow, row: 1, template: "T", want: ledger.Go},
			{imp: quick, row: 1, template: "T", want: ledger.Go},
			place(slow),
			{imp: slow, row: 1, template: "T", want: ledger.Go},
			place(quick),
			{imp: quick, row: 1, template: "T", want: ledger.Wait},
			{imp: slow, row: 1, template: "T", want: ledger.Go, then: ledger.Accepted},
			{imp: quick, row: 1, template: "T", want: ledger.Same},
		},
		"its own email goes out all the same, to a guest that exists then": {
			{imp: slow, row: 1, template: "T", want: ledger.Go},
			{imp: quick, row: 1, template: "U", want: ledger.Go},
			place(quick), place(slow),
			{imp: slow, row: 1, template: "T", want: ledger.Wait},
			{imp: quick, row: 1, template: "U", want: ledger.Go, then: ledger.Accepted},
			{imp: slow, row: 1, template: "T", want: ledger.Go, tried: true, then: ledger.Accepted},
			{imp: third, row: 1, template: "T", want: ledger.Same},
		},
		"what it took over from a row that may have sent it hands on": {
			{imp: third, row: 1, template: "T", want: ledger.Go},
			place(third),
			{imp: third, row: 1, template: "T", want: ledger.Go, then: ledger.Exhausted, set: ledger.MaybeSent},
			{imp: slow, row: 1, template: "T", want: ledger.Go, maybe: true},
			{imp: quick, row: 1, template: "T", want: ledger.Go, maybe: true},
		},
		"a correction that is not placed yet is not taken over by what is older": {
			{imp: third, row: 1, want: ledger.Go},
			place(third),
			{imp: third, row: 1, want: ledger.Go, then: ledger.Created},
			{imp: slow, row: 1, template: "T", want: ledger.Go, tried: true},
			place(slow),
			{imp: quick, row: 1, content: 9, want: ledger.Update},
			{imp: slow, row: 1, template: "T", want: ledger.Wait, tried: true},
			place(quick),
			{imp: quick, row: 1, content: 9, want: ledger.Update, then: ledger.Created},
			{imp: slow, row: 1, template: "T", want: ledger.Email, tried: true},
		},
		"an update that was never written is written": {
			{imp: third, row: 1, template: "T", want: ledger.Go},
			place(third),
			{imp: third, row: 1, template: "T", want: ledger.Go, then: ledger.Accepted},
			{imp: slow, row: 1, content: 9, template: "T", want: ledger.Update},
			{imp: quick, row: 1, content: 9, template: "T", want: ledger.Update},
		},
	} {
		t.Run(name, func(t *testing.T) {
			onBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
				for n, s := range steps {
					id := begun(t, l, s.imp, s.imp+".csv", 2).ID
					if s.row > 0 {
						got := claim(t, l, id, s)
						if got.Verdict != s.want || got.Byte.HasFlag(ledger.Tried) != s.tried || got.Byte.HasFlag(ledger.MaybeSent) != s.maybe {
							t.Fatalf("step %d: %+v, want %s tried=%v maybe=%v", n+1, got, s.want, s.tried, s.maybe)
						}
					}
					if s.then != ledger.New && !move(t, l, id, ledger.Move{Row: 1, To: s.then, Set: s.set}).OK {
						t.Fatalf("step %d is forbidden", n+1)
					}
				}
			})
		})
	}
}

// A row that waits for an owner whose books have expired would take him for one that is done.
func TestWhatIsWaitedForDoesNotExpire(t *testing.T) {
	onBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		old, young := begun(t, l, "old", "old.csv", 4).ID, begun(t, l, "young", "young.csv", 4).ID
		s := step{row: 3, template: "T"}
		claim(t, l, old, s)
		must(t, l.CommitChunks(t.Context(), old, []ledger.StoredChunk{{N: 0, Data: []byte("x")}, {N: 1, Data: []byte("x")}}, []ledger.Move{{Row: 3, To: ledger.Queued}}))
		keys := []string{"", ":rows", ":times", ":chunk:1", ":chunk:0"}
		for n, key := range keys {
			keys[n] = l.Prefix() + "import:" + old + key
			must(t, client.Expire(t.Context(), keys[n], time.Minute).Err())
		}
		if got := claim(t, l, young, s); got.Verdict != ledger.Wait {
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

func TestAnImportThatWasLeftHalfWayIsHandedToOneWhoSeesToIt(t *testing.T) {
	onBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		var last ledger.Orphan
		want := func(when string, abandoned int, living bool) {
			t.Helper()
			alive, err := l.LiveImporters(t.Context())
			must(t, err)
			list, err := l.ClaimOrphans(t.Context())
			must(t, err)
			if len(list) != abandoned || len(alive) == 1 != living {
				t.Fatalf("%s: %d are handed out, %v live; want %d, %v", when, len(list), alive, abandoned, living)
			}
			if abandoned > 0 {
				last = list[0]
			}
		}
		want("before", 0, false)
		id := begun(t, l, "list", "list.csv", 10).ID
		want("just begun", 0, true)
		late(t, client, l, id)
		want("nobody came", 1, false)
		want("it is handed out already", 0, true)
		late(t, client, l, id)
		want("who had it was killed", 1, false)
		must(t, l.AckOrphan(t.Context(), last))
		want("it was seen to", 0, false)
		must(t, l.BeginHeartbeat(t.Context(), id))
		must(t, l.AckOrphan(t.Context(), last))
		want("an importer has come", 0, true)
		must(t, l.StopHeartbeat(t.Context(), id))
		want("it was interrupted", 1, false)
		must(t, l.MarkEnqueued(t.Context(), id))
		must(t, client.Del(t.Context(), l.Prefix()+"running").Err())
		must(t, l.Backfill(t.Context()))
		want("an earlier version left it", 1, false)
		if runs, err := l.Running(t.Context()); err != nil || len(runs) != 1 || runs[0].ID != id {
			t.Fatalf("%v run, %v", runs, err)
		}
		enqueued(t, l, id, 5, 0) // all rows are new
		var moves []ledger.Move
		for row := range 10 {
			moves = append(moves, ledger.Move{Row: row + 1, To: ledger.Queued})
		}
		must(t, l.CommitChunks(t.Context(), id, nil, moves[:7]))
		enqueued(t, l, id, 2, 2)
		enqueued(t, l, id, 5, 2) // the tasks of what was placed since may be lost too
		must(t, l.CommitChunks(t.Context(), id, nil, moves))
		enqueued(t, l, id, 5, 5)
		enqueued(t, l, id, 3, 5)
		if imp, err := l.Import(t.Context(), id); err != nil || imp.Enqueued != 5 || imp.PartlyEnqueued() {
			t.Fatalf("%d of 5 chunks are enqueued, %v", imp.Enqueued, err)
		}
		must(t, l.MarkEnqueued(t.Context(), id))
		must(t, l.Backfill(t.Context()))
		want("all is enqueued", 0, false)
	})
}

// enqueued says that so many chunks are enqueued, of which so many are by the rows.
func enqueued(t *testing.T, l *ledger.Ledger, id string, said, want int) {
	t.Helper()
	if n, err := l.SetEnqueued(t.Context(), id, said); err != nil || n != want {
		t.Fatalf("%d chunks are enqueued, %v; want %d", n, err, want)
	}
}

func TestNoMoreCountsAsEnqueuedThanRedisHasRowsOf(t *testing.T) {
	onBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		if n, err := l.SetEnqueued(t.Context(), "nobody00", 3); !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("%d, %v of an import that is not there", n, err)
		}
		id := begun(t, l, "list", "list.csv", 10).ID
		// An earlier version noted what its importer remembered.
		must(t, client.HSet(t.Context(), l.Prefix()+"import:"+id, "enqueued", 5).Err())
		must(t, l.CommitChunks(t.Context(), id, nil, []ledger.Move{{Row: 1, To: ledger.Queued}, {Row: 2, To: ledger.Rejected}, {Row: 4, To: ledger.Queued}}))
		if imp, err := l.Import(t.Context(), id); err != nil || !imp.PartlyEnqueued() {
			t.Errorf("%+v, %v: rows are new, and nobody comes for them", imp, err)
		}
		enqueued(t, l, id, 0, 1)
	})
}

// A worker may have rows in hand, or have settled them, whose importer was killed before it could note that they are enqueued.
func TestARepeatedImportLeavesRowsAloneThatAreNoLongerNew(t *testing.T) {
	onBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		id := begun(t, l, "list", "list.csv", 4).ID
		again := func() {
			moves := make([]ledger.Move, 4)
			for i := range moves {
				moves[i] = ledger.Move{Row: i + 1, To: ledger.Queued}
			}
			must(t, l.CommitChunks(t.Context(), id, nil, moves))
		}
		again()
		if _, err := l.BeginSend(t.Context(), id, nil, 1); err != nil {
			t.Fatal(err)
		}
		move(t, l, id, ledger.Move{Row: 2, To: ledger.Refused, Reason: ledger.Reason{Code: "no"}})
		move(t, l, id, ledger.Move{Row: 3, To: ledger.Exhausted, Reason: ledger.Reason{Code: "no"}})
		again()
		marks, err := l.RowBytes(t.Context(), id, 1, 4)
		must(t, err)
		for i, want := range []ledger.State{ledger.Sending, ledger.Refused, ledger.Exhausted, ledger.Queued} {
			if got := marks[i].State(); got != want {
				t.Errorf("row %d is %s, want %s", i+1, got, want)
			}
		}
	})
}

func TestAnImportWhoseFileWasChangedEndsOnceWhatIsEnqueuedIsDone(t *testing.T) {
	onBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		const taken = "/inbox/processing/20260101T120000-ABCDEF."
		old := begun(t, l, "old", taken+"1--list.csv", 6)
		others := []ledger.Import{
			begun(t, l, "another file", taken+"1--other.csv", 6), begun(t, l, "another drop", "/inbox/processing/20260101T120000-ABCDEG.1--list.csv", 6),
		}
		must(t, l.CommitChunks(t.Context(), old.ID, nil, []ledger.Move{{Row: 1, To: ledger.Queued}, {Row: 2, To: ledger.Rejected}, {Row: 3, To: ledger.Queued}}))
		late(t, client, l, old.ID)
		list, err := l.ClaimOrphans(t.Context())
		must(t, err)
		must(t, l.AckOrphan(t.Context(), list[0]))
		successor := begun(t, l, "new", taken+"2--list.csv", 6)
		must(t, l.Supersede(t.Context(), successor))
		for _, i := range append(others, successor) {
			if i, err = l.Import(t.Context(), i.ID); err != nil || i.Successor != "" {
				t.Errorf("%s has the successor %q, %v", i.Source, i.Successor, err)
			}
		}
		if list, err = l.ClaimOrphans(t.Context()); err != nil || len(list) != 1 {
			t.Fatalf("%v, %v: want that it is seen to once more", list, err)
		}
		if old, err = l.Import(t.Context(), old.ID); err != nil || old.Successor != successor.ID || !old.PartlyEnqueued() {
			t.Fatalf("%+v, %v", old, err)
		}
		queued, placed, err := l.PlacedChunks(t.Context(), old)
		if err != nil || len(queued) != 2 || placed != 1 {
			t.Errorf("%v are queued and %d placed, %v; want 0 and 1, and 1", queued, placed, err)
		}
		rows, err := l.GiveUp(t.Context(), old.ID)
		if err != nil || rows != 3 {
			t.Fatalf("%d rows given up, %v; want 3", rows, err)
		}
		for _, row := range []int{1, 3} {
			if old, err = l.Import(t.Context(), old.ID); err != nil || old.Done() || old.PartlyEnqueued() {
				t.Fatalf("it is over too early: %+v, %v", old, err)
			}
			move(t, l, old.ID, ledger.Move{Row: row, To: ledger.Accepted})
		}
		old, err = l.Import(t.Context(), old.ID)
		if c := old.Counts; err != nil || !old.Done() || c[ledger.Cancelled] != 3 || c[ledger.Accepted] != 2 || c.Total() != 6 {
			t.Fatalf("%+v, %v", old, err)
		}
		if why, err := l.Reasons(t.Context(), old.ID, []int{6}); err != nil || why[0].Code != ledger.ReasonFileChanged {
			t.Errorf("%+v, %v", why, err)
		}
		if news, err := l.PendingNotifications(t.Context(), time.Time{}, 10); err != nil || len(news) != 1 || news[0].ID != old.ID {
			t.Errorf("%v, %v: want that its end is told", news, err)
		}
	})
}

// Promise: an import has a lane of its own while there is one, whatever the others wait for, and also where many begin at once.
func TestAnImportGetsTheLaneWithTheFewestOpenImports(t *testing.T) {
	onBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		lanes := []int{1, 2, 3, 4, 5, 6, 7, 8}
		create := func(name string) (ledger.Import, error) {
			imp, _, err := l.Create(t.Context(), ledger.Import{Spec: spec.Spec{Event: "ev"}, ID: spec.ID(name), SHA256: name, Rows: 1, Chunk: 1}, lanes...)
			return imp, err
		}
		var all sync.WaitGroup
		for n := range 2 * len(lanes) {
			all.Go(func() {
				if _, err := create(fmt.Sprint(n)); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		running, err := l.Running(t.Context())
		must(t, err)
		open := map[int]int{}
		for _, imp := range running {
			open[imp.Lane]++
		}
		for _, lane := range lanes {
			if open[lane] != 2 {
				t.Fatalf("two for each lane make %v", open)
			}
		}
		waits, ends := running[0], running[1]
		must(t, l.Pause(t.Context(), waits.ID)) // it goes on by its lane some day
		move(t, l, ends.ID, ledger.Move{Row: 1, To: ledger.Rejected})
		next, err := create("next")
		if err != nil || next.Lane != ends.Lane {
			t.Errorf("lane %d is free, and the next import gets %d, %v", ends.Lane, next.Lane, err)
		}
		if again, err := create("next"); err != nil || again.Lane != next.Lane {
			t.Errorf("begun again it has lane %d, %v; it had %d", again.Lane, err, next.Lane)
		}
	})
}

// Its importer is gone, and by Redis' clock, which has gone back, it would live for another hour.
func TestAnImporterThatIsGoneIsMissedThoughTheClockHasGoneBack(t *testing.T) {
	onBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		imp := begun(t, l, "gala", "/lists/gala.csv", 4)
		now, err := client.Time(t.Context()).Result()
		must(t, err)
		must(t, client.ZAdd(t.Context(), l.Prefix()+"importing", redis.Z{Score: float64(now.Add(time.Hour).UnixMilli()), Member: imp.ID}).Err())
		if list, err := l.ClaimOrphans(t.Context()); err != nil || len(list) > 0 {
			t.Fatalf("%v, %v: an importer that lives has a minute to show itself", list, err)
		}
		if at := client.ZScore(t.Context(), l.Prefix()+"importing", imp.ID).Val(); at > float64(now.Add(70*time.Second).UnixMilli()) {
			t.Fatalf("it is missed in %s", time.UnixMilli(int64(at)).Sub(now))
		}
	})
}

func TestATurnEndsThoughTheClockHasGoneBack(t *testing.T) {
	onBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		key := l.Prefix() + "turn:look"
		must(t, client.Set(t.Context(), key, "one that is gone", time.Hour).Err())
		if mine, err := l.TryLead(t.Context(), "look", "another", time.Minute); err != nil || mine {
			t.Fatalf("%v, %v", mine, err)
		}
		if left := client.TTL(t.Context(), key).Val(); left > time.Minute {
			t.Fatalf("it lasts for another %s", left)
		}
	})
}

// The version before wrote no order of imports, and did not note that a guest whom a row took over may be there with other content.
func TestAGuestWhomAnEarlierVersionTookOverIsWrittenBeforeTheEmail(t *testing.T) {
	onBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		ctx := t.Context()
		first, second := newImport(t, l, "first", 1), newImport(t, l, "second", 1)
		claim(t, l, first, step{row: 1, content: 1, template: "T"})
		move(t, l, first, ledger.Move{Row: 1, To: ledger.Queued})
		move(t, l, first, ledger.Move{Row: 1, To: ledger.ParkedTried, Set: ledger.Tried})
		move(t, l, first, ledger.Move{Row: 1, To: ledger.Cancelled})
		claim(t, l, second, step{row: 1, content: 2, template: "T"})
		move(t, l, second, ledger.Move{Row: 1, To: ledger.Queued})
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
			if got := claim(t, l, second, step{row: 1, content: 2, template: "T"}); got.Verdict != ledger.Both || !got.Byte.HasFlag(ledger.Tried) {
				t.Fatalf("%+v", got)
			}
		}
	})
}
