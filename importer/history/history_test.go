package history_test

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"guestflow/importer/history"
	"guestflow/importer/ledger"
	"guestflow/importer/ledger/ledgertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestAHistoryStaysSmallAndKeepsItsBeginning(t *testing.T) {
	ledgertest.OnBothStores(t, testHistory)
}

func testHistory(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
	imp := ledger.Import{ID: ledgertest.NewImport(t, l, "history", 10)}
	start := time.Unix(1_800_000_000, 0)
	const moments = 5000
	for i := range moments {
		imp.Counts[ledger.Accepted] = i % 10
		if err := history.For(l).Add(t.Context(), imp, start.Add(time.Duration(i)*10*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	history, err := history.For(l).List(t.Context(), imp.ID)
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
