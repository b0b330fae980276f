package ledger_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/ledger"
	"guestflow/importer/ledger/ledgertest"
)

func TestARowKeepsItsLastCallsWhateverItsState(t *testing.T) {
	ledgertest.OnBothStores(t, testAttempts)
}

func testAttempts(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
	id := ledgertest.NewImport(t, l, "attempts", 3)
	const calls = 60
	for n := range calls {
		ledgertest.Move(t, l, id, ledger.Move{Row: 2, To: ledger.Queued, Failed: true, Call: fmt.Sprint("ambiguous ", n)})
	}
	ledgertest.Move(t, l, id, ledger.Move{Row: 2, To: ledger.Accepted, Call: "accepted 200"})
	list, err := l.Attempts(t.Context(), id, 2)
	if err != nil || len(list) < 10 || len(list) > 40 {
		t.Fatalf("it keeps %d attempts, %v", len(list), err)
	}
	if last := list[len(list)-1]; last.Call != "accepted 200" || time.Since(last.At) > time.Minute ||
		list[len(list)-2].Call != fmt.Sprint("ambiguous ", calls-1) {
		t.Fatalf("the last ones are %+v", list[len(list)-2:])
	}
	if other, err := l.Attempts(t.Context(), id, 1); err != nil || len(other) != 0 {
		t.Fatalf("another row has %+v, %v", other, err)
	}
}

func TestWhatRunsIsListedHoweverManyAreOver(t *testing.T) {
	ledgertest.OnBothStores(t, testRunning)
}

func testRunning(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
	old := ledgertest.NewImport(t, l, "old", 2)
	for n := range 20 {
		id := ledgertest.NewImport(t, l, fmt.Sprint("younger ", n), 1)
		ledgertest.Move(t, l, id, ledger.Move{Row: 1, To: ledger.Refused})
	}
	list, err := l.Running(t.Context())
	if err != nil || len(list) != 1 || list[0].ID != old {
		t.Fatalf("%+v runs, %v", list, err)
	}
	ledgertest.Move(t, l, old, ledger.Move{Row: 1, To: ledger.Refused})
	ledgertest.Move(t, l, old, ledger.Move{Row: 2, To: ledger.Refused})
	if list, err = l.Running(t.Context()); err != nil || len(list) != 0 {
		t.Fatalf("%+v runs, %v", list, err)
	}
	ledgertest.Move(t, l, old, ledger.Move{Row: 2, To: ledger.Queued}) // a retry
	if list, err = l.Running(t.Context()); err != nil || len(list) != 1 {
		t.Fatalf("after a retry %+v runs, %v", list, err)
	}
}
