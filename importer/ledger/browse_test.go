package ledger_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/ledger"
)

func TestAPageFindsEveryRowOfAReasonOnceAndInOrder(t *testing.T) {
	onBothStores(t, testPages)
}

func testPages(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
	const rows = 2500
	imp := ledger.Import{ID: newImport(t, l, "pages", rows)}
	moves := make([]ledger.Move, rows)
	for i := range moves {
		moves[i] = ledger.Move{Row: i + 1, To: ledger.Accepted}
		if i%2 == 0 {
			code := map[bool]string{true: "gone", false: "full"}[i%4 == 0]
			moves[i] = ledger.Move{Row: i + 1, To: ledger.Refused, Reason: ledger.Reason{Code: code, Column: "Email", Line: i + 2}}
		}
	}
	if _, _, err := l.Move(t.Context(), imp.ID, moves); err != nil {
		t.Fatal(err)
	}
	imp, err := l.Import(t.Context(), imp.ID)
	if err != nil {
		t.Fatal(err)
	}
	groups, whole, err := l.Group(t.Context(), imp)
	if err != nil || !whole || len(groups) != 2 || groups[0].Rows+groups[1].Rows != rows/2 {
		t.Fatalf("the reasons are %+v, whole %v, %v", groups, whole, err)
	}
	var found []int
	for from := 1; from != 0; {
		lines, next, err := l.Lines(t.Context(), imp, ledger.RowFilter{State: ledger.Refused, Code: "gone", Column: "Email"}, from, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range lines {
			found = append(found, line.Row)
		}
		from = next
	}
	if len(found) != rows/4 {
		t.Fatalf("%d rows were found, want %d", len(found), rows/4)
	}
	for i, row := range found {
		if row != 4*i+1 {
			t.Fatalf("the %d. row found is %d, want %d", i+1, row, 4*i+1)
		}
	}
}

func TestAHistoryStaysSmallAndKeepsItsBeginning(t *testing.T) {
	onBothStores(t, testHistory)
}

func testHistory(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
	imp := ledger.Import{ID: newImport(t, l, "history", 10)}
	start := time.Unix(1_800_000_000, 0)
	const moments = 5000
	for i := range moments {
		imp.Counts[ledger.Accepted] = i % 10
		if err := l.Note(t.Context(), imp, start.Add(time.Duration(i)*10*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	history, err := l.History(t.Context(), imp.ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(history) > 400 || len(history) < 200 || !history[0].At.Equal(start) {
		t.Fatalf("it has %d moments, the first at %s", len(history), history[0].At)
	}
	if last := history[len(history)-1]; last.Counts[ledger.Accepted] != (moments-1)%10 {
		t.Fatalf("the last moment is %+v", last)
	}
}

func TestARowKeepsItsLastCallsWhateverItsState(t *testing.T) {
	onBothStores(t, testAttempts)
}

func testAttempts(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
	id := newImport(t, l, "attempts", 3)
	const calls = 60
	for n := range calls {
		move(t, l, id, ledger.Move{Row: 2, To: ledger.Queued, Failed: true, Call: fmt.Sprint("ambiguous ", n)})
	}
	move(t, l, id, ledger.Move{Row: 2, To: ledger.Accepted, Call: "accepted 200"})
	list, err := l.Attempts(t.Context(), id, 2)
	if err != nil || len(list) < 10 || len(list) > 40 {
		t.Fatalf("it keeps %d attempts, %v", len(list), err)
	}
	if last := list[len(list)-1]; last.Call != "accepted 200" || time.Since(last.At) > time.Minute || list[len(list)-2].Call != fmt.Sprint("ambiguous ", calls-1) {
		t.Fatalf("the last ones are %+v", list[len(list)-2:])
	}
	if other, err := l.Attempts(t.Context(), id, 1); err != nil || len(other) != 0 {
		t.Fatalf("another row has %+v, %v", other, err)
	}
}

func TestWhatRunsIsListedHoweverManyAreOver(t *testing.T) {
	onBothStores(t, testRunning)
}

func testRunning(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
	old := newImport(t, l, "old", 2)
	for n := range 20 {
		id := newImport(t, l, fmt.Sprint("younger ", n), 1)
		move(t, l, id, ledger.Move{Row: 1, To: ledger.Refused})
	}
	list, err := l.Running(t.Context())
	if err != nil || len(list) != 1 || list[0].ID != old {
		t.Fatalf("%+v runs, %v", list, err)
	}
	move(t, l, old, ledger.Move{Row: 1, To: ledger.Refused})
	move(t, l, old, ledger.Move{Row: 2, To: ledger.Refused})
	if list, err = l.Running(t.Context()); err != nil || len(list) != 0 {
		t.Fatalf("%+v runs, %v", list, err)
	}
	move(t, l, old, ledger.Move{Row: 2, To: ledger.Queued}) // a retry
	if list, err = l.Running(t.Context()); err != nil || len(list) != 1 {
		t.Fatalf("after a retry %+v runs, %v", list, err)
	}
}
