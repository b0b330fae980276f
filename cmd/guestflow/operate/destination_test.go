package operate

import (
	"testing"

	"guestflow/importer"
	"guestflow/importer/spec"
	"guestflow/qflow"
)

func TestAPlanSaysToWhichEventAndWithWhichEmailByName(t *testing.T) {
	t.Parallel()
	names := qflow.EventNames{"e1": "Spring Gala"}
	for _, c := range []struct {
		plan importer.Plan
		want string
	}{
		{importer.Plan{Events: []string{"e1"}, Templates: []string{"t1"},
			TemplateNames: map[string]string{"t1": "Invitation"}},
			"to event Spring Gala (e1); email Invitation (t1)"},
		{importer.Plan{Events: []string{"e2"}, Templates: []string{"t1"}}, "to event e2; email t1"},
		{importer.Plan{Events: []string{"e1"}}, "to event Spring Gala (e1); no email"},
		{importer.Plan{Events: []string{"e1", "e2"}, Templates: []string{"t1", "t2"}},
			"to 2 events, as the rows say; 2 emails, as the rows say"},
		{importer.Plan{Settings: importer.Settings{Spec: spec.Spec{Event: "e1"}}}, "to event Spring Gala (e1); no email"},
	} {
		if got := DestinationText(c.plan, names); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
