package sandbox_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"guestflow/qflow/sandbox"
)

// Guests, emails and tokens of one sandbox are in the next.
func TestASandboxGoesOnWhereAnotherEnded(t *testing.T) {
	t.Parallel()
	first := open(t, nil)
	tokens := first.token(passwordForm()).json()
	first.bearer = tokens["access_token"].(string)
	used := tokens["refresh_token"].(string)
	fresh := first.token(refreshForm(used)).json()["refresh_token"].(string)
	record := invited()
	if got := first.create(record); got.status >= http.StatusBadRequest {
		t.Fatalf("%d %s", got.status, got.body)
	}
	raw, err := json.Marshal(first.box.Snapshot())
	if err != nil {
		t.Fatal(err)
	}
	var shot sandbox.Snapshot
	if err := json.Unmarshal(raw, &shot); err != nil {
		t.Fatal(err)
	}

	second := open(t, nil)
	second.bearer = first.bearer
	if err := second.box.Restore(shot); err != nil {
		t.Fatal(err)
	}
	if got := second.create(record); got.status >= http.StatusBadRequest {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if sum := second.box.Summary(); sum.Guests != 1 || sum.Emails != 1 || sum.PlanUsed != 1 {
		t.Errorf("%d guests, %d emails, %d of the plan", sum.Guests, sum.Emails, sum.PlanUsed)
	}
	if got := second.token(refreshForm(used)); got.status != http.StatusBadRequest {
		t.Errorf("a refresh token that was used: %d", got.status)
	}
	if got := second.token(refreshForm(fresh)); got.status != http.StatusOK {
		t.Errorf("a refresh token: %d %s", got.status, got.body)
	}

	shot.Emails[0].GuestID = "20000000-0000-4000-8000-000000000002"
	if err := second.box.Restore(shot); err == nil {
		t.Error("an email to an unknown guest was restored")
	}
}
