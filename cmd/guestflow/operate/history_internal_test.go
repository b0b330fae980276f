package operate

import (
	"testing"
	"time"

	"guestflow/importer/ledger"
)

func TestARowsEndIsToldOnceHoweverRoughlyItsTimeIsKnown(t *testing.T) {
	at := time.Date(2026, 1, 1, 12, 0, 30, 0, time.UTC)
	second, minute := ledger.Span{From: at, To: at}, ledger.Span{From: at.Add(-30 * time.Second),
		To: at.Add(29 * time.Second)}
	failed, fine := ledger.Attempt{At: at.Add(-time.Hour), Call: "failed"},
		ledger.Attempt{At: at.Add(100 * time.Millisecond), Call: "fine"}
	for name, c := range map[string]struct {
		calls   []ledger.Attempt
		settled ledger.Span
		state   ledger.State
		want    int
	}{
		"by its last call, to the second": {[]ledger.Attempt{failed, fine}, second, ledger.Accepted, 2},
		"by its last call, to the minute": {[]ledger.Attempt{failed, fine}, minute, ledger.Accepted, 2},
		"by a webhook after its calls":    {[]ledger.Attempt{failed}, second, ledger.Accepted, 2},
		"by a person in a call's second":  {[]ledger.Attempt{fine}, second, ledger.Cancelled, 2},
		"and calls again":                 {[]ledger.Attempt{{At: at.Add(time.Hour)}}, second, ledger.Accepted, 2},
		"it has none":                     {[]ledger.Attempt{failed}, ledger.Span{}, ledger.Queued, 1},
	} {
		if steps := mergeOutcome(c.calls, c.settled, c.state, "end"); len(steps) != c.want {
			t.Errorf("%s: %+v", name, steps)
		}
	}
}
