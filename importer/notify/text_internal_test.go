package notify

import (
	"strings"
	"testing"
	"time"

	"guestflow/qflow"
)

func TestEventsSpeakOfOneRowAndOfSeveral(t *testing.T) {
	t.Parallel()
	for parked, want := range map[int][2]string{
		0: {"No row waits for it yet.", "No row was waiting for it."},
		1: {"1 row waits so far, and is released when it opens.", "1 row that waited is being released."},
		2: {"2 rows wait so far, and are released when it opens.", "2 rows that waited are being released."},
	} {
		closed := gateClosed("main", nil, ClosedGate{Gate: qflow.GateTrust, Since: time.Now()}, parked)
		opened := gateOpened("main", nil, qflow.GateTrust, "0", parked)
		if !strings.Contains(closed.Text, want[0]) || !strings.Contains(opened.Text, want[1]) {
			t.Errorf("of %d rows: %s %s", parked, closed.Text, opened.Text)
		}
	}
}

func TestWhatWaitsForApprovalNamesItsEventAndEmail(t *testing.T) {
	t.Parallel()
	e := fileWaiting("main", qflow.EventNames{"ev": "Spring Gala"},
		WaitingFile{Name: "a.csv", Event: "ev", Template: "Invitation (t)"})
	if !strings.Contains(e.Text, "\nEvent: Spring Gala (ev)\nTemplate: Invitation (t)\n") || e.Fields["event"] != "ev" {
		t.Errorf("%s %v", e.Text, e.Fields)
	}
	if e := fileWaiting("main", nil, WaitingFile{Name: "a.csv"}); strings.Contains(e.Text, "Event") {
		t.Error(e.Text)
	}
}
