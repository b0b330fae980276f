package importer_test

import (
	"testing"

	"guestflow/deploy/redisserver/redistest"
	"guestflow/importer"
	"guestflow/importer/ledger"
)

// Both lists are planned while no guest of the event is known, so that neither plan looks one up.
func TestAGuestWhomAnotherListBroughtSinceThePlanIsHeld(t *testing.T) {
	t.Parallel()
	for name, beside := range map[string]bool{"planned beside the ledger": true, "planned alone": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := bundled(t, redistest.Client(t), "race")
			s := b.s
			if beside {
				s = s.Beside(b.ledger)
			}
			const header = "First Name,Last Name,Email\n"
			var plans []importer.Plan
			var imports []ledger.Import
			for _, list := range []string{"Bob,Lee,bob@guests.example\nAda,Ek,ada@guests.example\n",
				"Robert,Lee,bob@guests.example\nOle,Vik,ole@guests.example\n"} {
				plan, err := importer.MakePlan(t.Context(), write(t, header+list), s)
				if err != nil {
					t.Fatal(err)
				}
				imp, _, err := b.Begin(t.Context(), plan)
				if err != nil {
					t.Fatal(err)
				}
				plans, imports = append(plans, plan), append(imports, imp)
			}
			for i, queued := range []int{2, 1} {
				if err := b.Run(t.Context(), plans[i], imports[i]); err != nil {
					t.Fatal(err)
				}
				imp, err := b.ledger.Import(t.Context(), imports[i].ID)
				if err != nil || imp.Counts[ledger.Queued] != queued || imp.Counts[ledger.Filtered] != 2-queued {
					t.Errorf("list %d has the rows %+v, want %d queued and the others held (%v)", i, imp.Counts, queued, err)
				}
			}
		})
	}
}
