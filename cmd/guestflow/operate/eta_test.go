package operate_test

import (
	"fmt"
	"testing"
	"time"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/ledger"
	"guestflow/importer/spec"
)

func TestImportsThatRunTogetherPromiseOnlyTheirShareOfTheLimits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name         string
		alone, speed []float64 // seconds at the limits, and the share of the limits that it had of late
		want         []float64
	}{
		{"one has all", []float64{20}, []float64{0}, []float64{20}},
		{"two of a size are both done when all is", []float64{20, 20}, []float64{0, 0}, []float64{40, 40}},
		{"a short one has half until it is done", []float64{5, 20}, []float64{0, 0}, []float64{10, 25}},
		{"of three the last is done when all is", []float64{10, 5, 20}, []float64{0, 0, 0}, []float64{25, 15, 35}},
		{"one that waits for its gate, or is paused, takes nothing", []float64{20, 0}, []float64{0, 0},
			[]float64{20, 0}},
		{"what it had of late is its share already", []float64{5, 20}, []float64{.5, .5}, []float64{10, 25}},
		{"at half the limits it takes twice as long", []float64{5, 20}, []float64{.25, .25}, []float64{20, 50}},
		{"one alone goes on at its own speed", []float64{8}, []float64{.5}, []float64{16}},
		{"one that others do not slow down does not wait for them", []float64{60, 1}, []float64{1, .5},
			[]float64{61, 2}},
		{"what has ended moving says no nonsense", []float64{0}, []float64{.5}, []float64{0}},
	} {
		var want []time.Duration
		for _, s := range c.want {
			want = append(want, time.Duration(s*float64(time.Second)))
		}
		if got := operate.EstimateRemaining(c.alone, c.speed); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v and not %v", c.name, got, want)
		}
	}
}

func TestTwoLongImportsDoNotBothPromiseTheWholeLimit(t *testing.T) {
	t.Parallel()
	o := open(t) // 300 emails a minute
	for _, id := range []string{"aaaaaaaa", "bbbbbbbb"} {
		if _, _, err := o.Ledger.Create(t.Context(), ledger.Import{Spec: spec.Spec{Event: event, Template: template},
			ID: id, SHA256: id, Rows: 20_000, Chunk: 50}); err != nil {
			t.Fatal(err)
		}
	}
	const together = 40_000 / 300 * time.Minute
	now, err := operate.NewWatcher(o.Account).Overview(t.Context())
	if err != nil || len(now.Running) != 2 {
		t.Fatalf("%d imports run, %v", len(now.Running), err)
	}
	for _, p := range now.Running {
		if p.Remaining.Round(time.Minute) != together {
			t.Errorf("import %s promises %s, and both take %s", p.ID, p.Remaining, together)
		}
		if alone, err := operate.NewWatcher(o.Account).Progress(t.Context(), p.ID); err != nil ||
			alone.Remaining != p.Remaining {
			t.Errorf("its own page promises %s, %v; the overview %s", alone.Remaining, err, p.Remaining)
		}
	}
}
