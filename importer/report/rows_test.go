package report_test

import (
	"testing"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"guestflow/importer/ledger"
	"guestflow/importer/ledger/ledgertest"
	"guestflow/importer/report"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestAPageFindsEveryRowOfAReasonOnceAndInOrder(t *testing.T) {
	ledgertest.OnBothStores(t, testPages)
}

func testPages(t *testing.T, l *ledger.Ledger, _ redis.UniversalClient) {
	const rows = 2500
	imp := ledger.Import{ID: ledgertest.NewImport(t, l, "pages", rows)}
	moves := make([]ledger.Move, rows)
	for i := range moves {
		moves[i] = ledger.Move{Row: i + 1, To: ledger.Accepted}
		if i%2 == 0 {
			code := map[bool]string{true: "gone", false: "full"}[i%4 == 0]
			moves[i] = ledger.Move{Row: i + 1, To: ledger.Refused,
				Reason: ledger.Reason{Code: code, Column: "Email", Line: i + 2}}
		}
	}
	if _, _, err := l.Move(t.Context(), imp.ID, moves); err != nil {
		t.Fatal(err)
	}
	imp, err := l.Import(t.Context(), imp.ID)
	if err != nil {
		t.Fatal(err)
	}
	groups, whole, err := report.Reasons(t.Context(), l, imp)
	if err != nil || !whole || len(groups) != 2 || groups[0].Rows+groups[1].Rows != rows/2 {
		t.Fatalf("the reasons are %+v, whole %v, %v", groups, whole, err)
	}
	var found []int
	for from := 1; from != 0; {
		lines, next, err := report.Rows(t.Context(), l, imp,
			report.Filter{State: ledger.Refused, Code: "gone", Column: "Email"}, from, 100)
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
