package report_test

import (
	"testing"

	"guestflow/importer/ledger"
	"guestflow/importer/report"
)

// A table of reasons adds up to the counts beside it, also when it was read from other rows, or from the first ones
// only.
func TestATableOfReasonsAddsUpToTheCounts(t *testing.T) {
	t.Parallel()
	group := func(s ledger.State, code string, rows int) report.ReasonGroup {
		return report.ReasonGroup{State: s, Code: code, Rows: rows}
	}
	for name, c := range map[string]struct {
		list []report.ReasonGroup
		want map[ledger.State]int
	}{
		"all were read": {[]report.ReasonGroup{group(ledger.Rejected, "a", 3)},
			map[ledger.State]int{ledger.Rejected: 3, ledger.Accepted: 9}},
		"a part of them was": {[]report.ReasonGroup{group(ledger.Rejected, "a", 342),
			group(ledger.Cancelled, "c", 9000)}, map[ledger.State]int{ledger.Rejected: 597, ledger.Cancelled: 19403}},
		"none was": {nil, map[ledger.State]int{ledger.Rejected: 597, ledger.Unknown: 1}},
		"some have moved on": {[]report.ReasonGroup{group(ledger.Parked, "a", 5), group(ledger.Parked, "b", 5),
			group(ledger.Refused, "r", 2)}, map[ledger.State]int{ledger.Parked: 3, ledger.Refused: 2}},
		"all have moved on": {[]report.ReasonGroup{group(ledger.Parked, "a", 5)},
			map[ledger.State]int{ledger.Accepted: 5}},
		"what needs no reason is": {nil, map[ledger.State]int{ledger.Accepted: 5, ledger.Filtered: 2}},
	} {
		var counts, sums ledger.Counts
		for s, n := range c.want {
			counts[s] = n
		}
		for _, g := range report.Complete(c.list, counts) {
			if g.Rows <= 0 {
				t.Errorf("%s: an empty line %+v", name, g)
			}
			sums[g.State] += g.Rows
		}
		for s, n := range counts {
			state := ledger.State(s)
			if explained := !state.Succeeded() && state != ledger.Filtered; explained && sums[s] != n ||
				!explained && sums[s] != 0 {
				t.Errorf("%s: %d %s in the table, %d beside it", name, sums[s], state, n)
			}
		}
	}
}
