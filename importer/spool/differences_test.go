package spool_test

import (
	"slices"
	"testing"

	"guestflow/importer"
	"guestflow/importer/spool"
)

// While a list waits, the emails that it is to take over may leave.
func TestAListThatWaitsSaysWhatBecomesOfEmailsThatLeaveBefore(t *testing.T) {
	t.Parallel()
	const said = "An email that leaves before this is imported goes to the address and name of before, and no " +
		"second one follows it"
	for name, c := range map[string]struct {
		plan spool.Plan
		says bool
	}{
		"it takes none over": {plan: spool.Plan{Compared: &importer.Compared{Changed: 2}}},
		"of guests with a key": {plan: spool.Plan{Compared: &importer.Compared{Unsent: importer.Unsent{Corrected: 1}}},
			says: true},
		"of guests who are just made": {plan: spool.Plan{Near: &importer.NearMisses{Update: 1, Written: 1}},
			says: true},
		"another email, which it keeps": {plan: spool.Plan{Near: &importer.NearMisses{Update: 1, Unsent: 1}}},
	} {
		if got := c.plan.Differences(); slices.Contains(got, said) != c.says {
			t.Errorf("%s: %q", name, got)
		}
	}
}
