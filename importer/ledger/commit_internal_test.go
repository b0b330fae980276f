package ledger

import "testing"

func TestWhatCallersOfNeighbouringRowsWantIsOneSpan(t *testing.T) {
	mark := func(row int, how string) *request {
		return &request{id: "import", rows: 1, runs: []run{{rows: []int{row}, how: [3]string{how}}}}
	}
	nine, seven, eight, again := mark(9, markSent), mark(7, markSent), mark(8, markSent), mark(9, markSent)
	all := []*request{nine, seven, eight, again}
	inOrder(all)
	calls := callsFor(all)
	if marks := &calls[0].marks; len(calls) != 1 || len(marks.runs) != 1 || places(marks.runs[0].rows) != "6-8 8" {
		t.Fatalf("%d calls, runs %+v", len(calls), calls[0].marks.runs)
	}
	for i, r := range []*request{seven, eight, nine, again} { // of a row that is there twice, the first comes first
		if r.row != i || r.by != &calls[0].marks {
			t.Errorf("request %d has the answer of place %d", i, r.row)
		}
	}
}
