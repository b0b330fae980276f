package advice_test

import (
	"fmt"
	"testing"

	"guestflow/importer/advice"
	"guestflow/importer/ledger"
)

func TestSharesAddUpToTheRowsAndCallNothingParkedThatGoesOut(t *testing.T) {
	t.Parallel()
	var c ledger.Counts
	for _, s := range ledger.AllStates() {
		c[s] = 1 + int(s)
	}
	for _, releasing := range []bool{false, true} {
		sum, parked := 0, 0
		for _, s := range advice.Shares(c, releasing) {
			sum += s.Rows
			if s.Class() == "parked" || s.Class() == "parked-tried" {
				parked += s.Rows
			}
		}
		if sum != c.Total() || (parked == 0) != releasing {
			t.Errorf("releasing %v: %d of %d rows, %d parked", releasing, sum, c.Total(), parked)
		}
	}
	var two ledger.Counts
	two[ledger.ParkedTried], two[ledger.Accepted], two[ledger.Parked] = 2, 3, 4
	if got := fmt.Sprint(advice.Shares(two, true)); got != "[{accepted accepted 3} {parked being released 6}]" &&
		got != "[{parked being released 6} {accepted accepted 3}]" {
		t.Error(got)
	}
}
