package operate_test

import (
	"strings"
	"testing"

	"guestflow/cmd/guestflow/operate"
	"guestflow/qflow"
)

// A column that is taken for the events' ids may hold guests, and the error is logged.
func TestARefusedEventIsNamedOnlyWhereItIsAnID(t *testing.T) {
	t.Parallel()
	const id = "e0000000-0000-4000-8000-000000000001"
	for event, named := range map[string]bool{id: true, "evt_17": true, "Ole Vik": false, "Vik": false,
		"Ole Vik 2": false} {
		err := operate.CheckTemplates(event, nil, nil,
			qflow.Outcome{Kind: qflow.Refused, Status: 404, Text: "Event not found"})
		if err == nil || strings.Contains(err.Error(), event) != named {
			t.Errorf("%s: %v", event, err)
		}
	}
}
