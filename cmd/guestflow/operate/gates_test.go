package operate_test

import (
	"strings"
	"testing"

	"guestflow/importer/ledger"
	"guestflow/qflow"
)

func TestAProbeThatCannotBeMadeIsNotPromised(t *testing.T) {
	t.Parallel()
	o := open(t)
	if _, err := o.Gates.Close(t.Context(), qflow.GateTrust, "trust_required"); err != nil {
		t.Fatal(err)
	}
	says := func(want string) {
		t.Helper()
		if got, err := o.ProbeResult(t.Context(), qflow.GateTrust); err != nil || !strings.Contains(got, want) {
			t.Errorf("%q, %v; want %q", got, err, want)
		}
	}
	says("No worker is running")
	o.hangs()
	says("No row waits for the gate")
	imp := o.imports("Ann,Lee,ann@example.com,")
	if err := o.Ledger.Pause(t.Context(), imp.ID); err != nil {
		t.Fatal(err)
	}
	says("guestflow resume " + imp.ID)
}

func TestAGateThatIsClosedForOneEventIsNoReasonForAnother(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.hangs()
	imp := o.imports("Ann,Lee,ann@example.com,")
	if _, err := o.Gates.Close(t.Context(), qflow.GatePlan.For("99999999-2222-4333-8444-000000000001", ""),
		"http_403"); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Gates.Close(t.Context(), qflow.GatePlan.For(strings.ToUpper(event), template),
		"http_403"); err != nil {
		t.Fatal(err)
	}
	if err := o.Gates.SetQueuePaused(t.Context(), qflow.GatePlan); err != nil {
		t.Fatal(err)
	}
	closed, err := o.Gates.Closed(t.Context())
	// the second event made it the account's
	if err != nil || len(closed) != 1 || closed[0].Event != "" || len(closed[0].Parts) != 2 {
		t.Fatalf("%+v, %v", closed, err)
	}
	if _, err := o.Gates.OpenProven(t.Context(), closed[0], "another", ""); err != nil {
		t.Fatal(err)
	}
	if _, _, err := o.Ledger.Move(t.Context(), imp.ID, []ledger.Move{{Row: 1, To: ledger.Parked,
		Reason: ledger.Reason{Code: "plan_gate"}}}); err != nil {
		t.Fatal(err)
	}
	if imp, err = o.Ledger.Import(t.Context(), imp.ID); err != nil {
		t.Fatal(err)
	}
	if why := o.Stall(t.Context(), imp); !strings.Contains(why, "plan gate for event "+event+" and template "+
		""+template) {
		t.Errorf("%q", why)
	}
}
