package operate

import (
	"testing"
	"time"

	"guestflow/importer/ledger"
	"guestflow/importer/spec"
	"guestflow/qflow"
	"guestflow/worker/budget"
	"guestflow/worker/gate"
)

// promised returns what is said of imports that came from one state to another within ten seconds.
func promised(s snapshot, before, after []ledger.Import) []Progress {
	w := NewWatcher(&Account{})
	at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	s.at, s.clock = at, localClock
	s.budget = budget.State{APILimit: 600, EmailLimit: 300, Throttle: 1, Accounts: []budget.RetryBudget{{}}}
	s.fleet = fleet{workers: 1}
	s.imports = after
	w.progress(before, at, s)
	return w.progress(after, at.Add(10*time.Second), s)
}

func counted(id, file string, rows map[ledger.State]int) ledger.Import {
	i := ledger.Import{ID: id, Source: "/lists/" + file, Spec: spec.Spec{Event: "e", Template: "t"},
		Updated: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)}
	for s, n := range rows {
		i.Counts[s], i.Rows = n, i.Rows+n
	}
	return i
}

// Rows that took no call say nothing of how fast the others go.
func TestRejectedAndUnchangedRowsAreNoSpeed(t *testing.T) {
	for _, s := range []ledger.State{ledger.Rejected, ledger.Unchanged, ledger.Filtered, ledger.Cancelled} {
		p := promised(snapshot{}, []ledger.Import{counted("a", "a.csv", map[ledger.State]int{ledger.Queued: 1000})},
			[]ledger.Import{counted("a", "a.csv", map[ledger.State]int{s: 900, ledger.Queued: 100})})[0]
		if p.Rate != 0 || p.Remaining > 30*time.Second {
			t.Errorf("%s: %.0f a second, %s left", s, p.Rate, p.Remaining)
		}
	}
	p := promised(snapshot{}, []ledger.Import{counted("a", "a.csv", map[ledger.State]int{ledger.Queued: 1000})},
		[]ledger.Import{counted("a", "a.csv",
			map[ledger.State]int{ledger.Accepted: 40, ledger.Unknown: 5, ledger.Refused: 5, ledger.Queued: 950})})[0]
	if p.Rate != 5 {
		t.Errorf("of calls: %.0f a second", p.Rate)
	}
}

func TestAnImportBehindOthersNamesTheFileAndPromisesNoTime(t *testing.T) {
	still := counted("b", "vips\x1b.csv", map[ledger.State]int{ledger.Queued: 10})
	list := promised(snapshot{},
		[]ledger.Import{counted("a", "conf20k.csv", map[ledger.State]int{ledger.Queued: 20_000}), still},
		[]ledger.Import{counted("a", "conf20k.csv", map[ledger.State]int{ledger.Accepted: 50, ledger.Queued: 19_950}), still})
	if list[1].Behind != "conf20k.csv" || list[1].Remaining != 0 {
		t.Errorf("behind %q, %s left", list[1].Behind, list[1].Remaining)
	}
	if list[0].Behind != "" || list[0].Remaining == 0 {
		t.Errorf("the first one is behind %q, %s left", list[0].Behind, list[0].Remaining)
	}
	// slowly, and so behind no other
	moves := counted("b", "vips.csv", map[ledger.State]int{ledger.Queued: 9, ledger.Accepted: 1})
	if p := promised(snapshot{}, []ledger.Import{counted("a", "a.csv", map[ledger.State]int{ledger.Queued: 99}), still},
		[]ledger.Import{counted("a", "a.csv", map[ledger.State]int{ledger.Accepted: 50, ledger.Queued: 49}),
			moves})[1]; p.Behind != "" {
		t.Errorf("one that moves is behind %q", p.Behind)
	}
}

// What a gate will park is not among what is left: its time begins when the gate opens.
func TestAClosedGateIsInTheEstimate(t *testing.T) {
	for name, c := range map[string]struct {
		closed   gate.Closed
		template string
		promised bool
	}{
		"all open":                   {promised: true, template: "t"},
		"trust":                      {closed: gate.Closed{Gate: qflow.GateTrust}, template: "t"},
		"trust, and no emails":       {closed: gate.Closed{Gate: qflow.GateTrust}, promised: true},
		"the sign-in, and no emails": {closed: gate.Closed{Gate: qflow.GateAuth}},
		"the plan, for this event":   {closed: gate.Closed{Gate: qflow.GatePlan, Event: "E"}, template: "t"},
		"the plan, for another event": {closed: gate.Closed{Gate: qflow.GatePlan, Event: "x"}, template: "t",
			promised: true},
		"sends that repeat others alone": {closed: gate.Closed{Gate: qflow.GateSend}, template: "t", promised: true},
	} {
		imp := counted("a", "a.csv", map[ledger.State]int{ledger.Queued: 60_000})
		imp.Template = c.template
		s := snapshot{}
		if c.closed.Gate != "" {
			s.gates = []gate.Closed{c.closed}
		}
		p := promised(s, []ledger.Import{imp}, []ledger.Import{imp})[0]
		if (p.Remaining > 0) != c.promised || !c.promised && p.RemainingParked == 0 {
			t.Errorf("%s: %s left, %s after the gate", name, p.Remaining, p.RemainingParked)
		}
	}
}

func TestNothingThatGoesOutIsCalledParked(t *testing.T) {
	imp := counted("a", "a.csv", map[ledger.State]int{ledger.Parked: 3, ledger.ParkedTried: 4})
	out := promised(snapshot{}, []ledger.Import{imp}, []ledger.Import{imp})[0]
	if !out.Releasing || len(out.Shares()) != 1 || out.Shares()[0].Name != "being released" || out.Shares()[0].Rows != 7 {
		t.Errorf("with all gates open: %+v", out.Shares())
	}
	shut := snapshot{gates: []gate.Closed{{Gate: qflow.GateTrust}}}
	imp.Stopped = ""
	if p := promised(shut, []ledger.Import{imp}, []ledger.Import{imp})[0]; p.Releasing {
		t.Error("behind a gate they are called released")
	}
	imp.Stopped = ledger.StoppedPaused
	if p := promised(snapshot{}, []ledger.Import{imp}, []ledger.Import{imp})[0]; p.Releasing {
		t.Error("those of a paused import are called released")
	}
}
