package ledger_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/ledger"
	"guestflow/importer/ledger/ledgertest"
	"guestflow/importer/reason"
	"guestflow/importer/spec"
)

// late lets the time of an import's importer run out.
func late(t *testing.T, client redis.UniversalClient, l *ledger.Ledger, id string) {
	t.Helper()
	ledgertest.Must(t, client.ZAdd(t.Context(), l.Prefix()+"importing", redis.Z{Score: 1, Member: id}).Err())
}

func TestAnImportThatWasLeftHalfWayIsHandedToOneWhoSeesToIt(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		var last ledger.Orphan
		want := func(when string, abandoned int, living bool) {
			t.Helper()
			alive, err := l.Importers.Live(t.Context())
			ledgertest.Must(t, err)
			list, err := l.Importers.ClaimOrphans(t.Context())
			ledgertest.Must(t, err)
			if len(list) != abandoned || len(alive) == 1 != living {
				t.Fatalf("%s: %d are handed out, %v live; want %d, %v", when, len(list), alive, abandoned, living)
			}
			if abandoned > 0 {
				last = list[0]
			}
		}
		want("before", 0, false)
		id := ledgertest.Begun(t, l, "list", "list.csv", 10).ID
		want("just begun", 0, true)
		late(t, client, l, id)
		want("unclaimed", 1, false)
		want("it is handed out already", 0, true)
		late(t, client, l, id)
		want("who had it was killed", 1, false)
		ledgertest.Must(t, l.Importers.AckOrphan(t.Context(), last))
		want("it was seen to", 0, false)
		ledgertest.Must(t, l.Importers.Begin(t.Context(), id))
		ledgertest.Must(t, l.Importers.AckOrphan(t.Context(), last))
		want("an importer has come", 0, true)
		ledgertest.Must(t, l.Importers.Stop(t.Context(), id))
		want("it was interrupted", 1, false)
		ledgertest.Must(t, l.Importers.MarkEnqueued(t.Context(), id))
		ledgertest.Must(t, client.Del(t.Context(), l.Prefix()+"running").Err())
		ledgertest.Must(t, l.Importers.Backfill(t.Context()))
		want("an earlier version left it", 1, false)
		if runs, err := l.Running(t.Context()); err != nil || len(runs) != 1 || runs[0].ID != id {
			t.Fatalf("%v run, %v", runs, err)
		}
		enqueued(t, l, id, 5, 0) // all rows are new
		var moves []ledger.Move
		for row := range 10 {
			moves = append(moves, ledger.Move{Row: row + 1, To: ledger.Queued})
		}
		ledgertest.Must(t, l.Chunks.Commit(t.Context(), id, nil, moves[:7]))
		enqueued(t, l, id, 2, 2)
		enqueued(t, l, id, 5, 2) // the tasks of what was placed since may be lost too
		ledgertest.Must(t, l.Chunks.Commit(t.Context(), id, nil, moves))
		enqueued(t, l, id, 5, 5)
		enqueued(t, l, id, 3, 5)
		if imp, err := l.Import(t.Context(), id); err != nil || imp.Enqueued != 5 || imp.PartlyEnqueued() {
			t.Fatalf("%d of 5 chunks are enqueued, %v", imp.Enqueued, err)
		}
		ledgertest.Must(t, l.Importers.MarkEnqueued(t.Context(), id))
		ledgertest.Must(t, l.Importers.Backfill(t.Context()))
		want("all is enqueued", 0, false)
	})
}

// enqueued says that so many chunks are enqueued, of which so many are by the rows.
func enqueued(t *testing.T, l *ledger.Ledger, id string, said, want int) {
	t.Helper()
	if n, err := l.Chunks.SetEnqueued(t.Context(), id, said); err != nil || n != want {
		t.Fatalf("%d chunks are enqueued, %v; want %d", n, err, want)
	}
}

func TestNoMoreCountsAsEnqueuedThanRedisHasRowsOf(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		if n, err := l.Chunks.SetEnqueued(t.Context(), "missing0", 3); !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("%d, %v of an import that is not there", n, err)
		}
		id := ledgertest.Begun(t, l, "list", "list.csv", 10).ID
		// An earlier version noted what its importer remembered.
		ledgertest.Must(t, client.HSet(t.Context(), l.Prefix()+"import:"+id, "enqueued", 5).Err())
		ledgertest.Must(t, l.Chunks.Commit(t.Context(), id, nil,
			[]ledger.Move{{Row: 1, To: ledger.Queued}, {Row: 2, To: ledger.Rejected}, {Row: 4, To: ledger.Queued}}))
		if imp, err := l.Import(t.Context(), id); err != nil || !imp.PartlyEnqueued() {
			t.Errorf("%+v, %v: rows are new, and no importer comes for them", imp, err)
		}
		enqueued(t, l, id, 0, 1)
	})
}

// A worker may have rows in hand, or have settled them, whose importer was killed before it could note that they are
// enqueued.
func TestARepeatedImportLeavesRowsAloneThatAreNoLongerNew(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		id := ledgertest.Begun(t, l, "list", "list.csv", 4).ID
		again := func() {
			moves := make([]ledger.Move, 4)
			for i := range moves {
				moves[i] = ledger.Move{Row: i + 1, To: ledger.Queued}
			}
			ledgertest.Must(t, l.Chunks.Commit(t.Context(), id, nil, moves))
		}
		again()
		if _, err := l.Calls.BeginSend(t.Context(), id, nil, 1); err != nil {
			t.Fatal(err)
		}
		ledgertest.Move(t, l, id, ledger.Move{Row: 2, To: ledger.Refused, Reason: ledger.Reason{Code: "no"}})
		ledgertest.Move(t, l, id, ledger.Move{Row: 3, To: ledger.Exhausted, Reason: ledger.Reason{Code: "no"}})
		again()
		marks, err := l.RowBytes(t.Context(), id, 1, 4)
		ledgertest.Must(t, err)
		for i, want := range []ledger.State{ledger.Sending, ledger.Refused, ledger.Exhausted, ledger.Queued} {
			if got := marks[i].State(); got != want {
				t.Errorf("row %d is %s, want %s", i+1, got, want)
			}
		}
	})
}

func TestAnImportWhoseFileWasChangedEndsOnceWhatIsEnqueuedIsDone(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		const taken = "/inbox/processing/20260101T120000-ABCDEF."
		old := ledgertest.Begun(t, l, "old", taken+"1--list.csv", 6)
		others := []ledger.Import{
			ledgertest.Begun(t, l, "another file", taken+"1--other.csv", 6),
			ledgertest.Begun(t, l, "another drop", "/inbox/processing/20260101T120000-ABCDEG.1--list.csv", 6),
		}
		ledgertest.Must(t, l.Chunks.Commit(t.Context(), old.ID, nil,
			[]ledger.Move{{Row: 1, To: ledger.Queued}, {Row: 2, To: ledger.Rejected}, {Row: 3, To: ledger.Queued}}))
		late(t, client, l, old.ID)
		list, err := l.Importers.ClaimOrphans(t.Context())
		ledgertest.Must(t, err)
		ledgertest.Must(t, l.Importers.AckOrphan(t.Context(), list[0]))
		successor := ledgertest.Begun(t, l, "new", taken+"2--list.csv", 6)
		ledgertest.Must(t, l.Supersede(t.Context(), successor))
		for _, i := range append(others, successor) {
			if i, err = l.Import(t.Context(), i.ID); err != nil || i.Successor != "" {
				t.Errorf("%s has the successor %q, %v", i.Source, i.Successor, err)
			}
		}
		if list, err = l.Importers.ClaimOrphans(t.Context()); err != nil || len(list) != 1 {
			t.Fatalf("%v, %v: want that it is seen to once more", list, err)
		}
		if old, err = l.Import(t.Context(), old.ID); err != nil || old.Successor != successor.ID || !old.PartlyEnqueued() {
			t.Fatalf("%+v, %v", old, err)
		}
		queued, placed, err := l.Chunks.Placed(t.Context(), old)
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
			ledgertest.Move(t, l, old.ID, ledger.Move{Row: row, To: ledger.Accepted})
		}
		old, err = l.Import(t.Context(), old.ID)
		if c := old.Counts; err != nil || !old.Done() || c[ledger.Cancelled] != 3 || c[ledger.Accepted] != 2 ||
			c.Total() != 6 {
			t.Fatalf("%+v, %v", old, err)
		}
		if why, err := l.Reasons(t.Context(), old.ID, []int{6}); err != nil || why[0].Code != reason.FileChanged {
			t.Errorf("%+v, %v", why, err)
		}
		if news, err := l.Notifications.Pending(t.Context(), time.Time{}, 10); err != nil || len(news) != 1 ||
			news[0].ID != old.ID {
			t.Errorf("%v, %v: want that its end is told", news, err)
		}
	})
}

// Promise: an import has a lane of its own while there is one, whatever the others wait for, and also where many
// begin at once.
func TestAnImportGetsTheLaneWithTheFewestOpenImports(t *testing.T) {
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
		lanes := []int{1, 2, 3, 4, 5, 6, 7, 8}
		create := func(name string) (ledger.Import, error) {
			imp, _, err := l.Create(t.Context(),
				ledger.Import{Spec: spec.Spec{Event: "ev"}, ID: spec.ID(name), SHA256: name, Rows: 1, Chunk: 1}, lanes...)
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
		ledgertest.Must(t, err)
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
		ledgertest.Must(t, l.Pause(t.Context(), waits.ID)) // it goes on by its lane some day
		ledgertest.Move(t, l, ends.ID, ledger.Move{Row: 1, To: ledger.Rejected})
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
	ledgertest.OnBothStores(t, func(t *testing.T, l *ledger.Ledger, client redis.UniversalClient) {
		imp := ledgertest.Begun(t, l, "gala", "/lists/gala.csv", 4)
		now, err := client.Time(t.Context()).Result()
		ledgertest.Must(t, err)
		ledgertest.Must(t, client.ZAdd(t.Context(), l.Prefix()+"importing",
			redis.Z{Score: float64(now.Add(time.Hour).UnixMilli()), Member: imp.ID}).Err())
		if list, err := l.Importers.ClaimOrphans(t.Context()); err != nil || len(list) > 0 {
			t.Fatalf("%v, %v: an importer that lives has a minute to show itself", list, err)
		}
		if at := client.ZScore(t.Context(), l.Prefix()+"importing",
			imp.ID).Val(); at > float64(now.Add(70*time.Second).UnixMilli()) {
			t.Fatalf("it is missed in %s", time.UnixMilli(int64(at)).Sub(now))
		}
	})
}
