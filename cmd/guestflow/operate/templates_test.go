package operate_test

import (
	"strings"
	"testing"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/spec"
	"guestflow/qflow"
)

func TestATemplatesNameStandsForOneID(t *testing.T) {
	t.Parallel()
	list := []qflow.Template{{ID: "T1", Name: "Welcome"}, {ID: "T2", Name: "Reminder"}, {ID: "T3", Name: "reminder "},
		{ID: "Welcome", Name: "Other"}, {ID: "T4", Name: "Über uns"}, {ID: "T5"}}
	for _, c := range []struct{ name, id, say string }{
		{"Welcome", "Welcome", ""}, // an id wins
		{"t1", "T1", ""},
		{"other", "Welcome", ""},
		{"  ÜBER   uns", "T4", ""},
		{"Reminder", "", `2 templates called Reminder: name one by its id: "Reminder" (T2), "reminder " (T3)`},
		{"Remind", "", "has no template Remind; it has: "},
	} {
		id, err := operate.PickTemplate("E", c.name, list)
		if c.say == "" && (err != nil || id != c.id) || c.say != "" && (err == nil || !strings.Contains(err.Error(), c.say)) {
			t.Errorf("%q is %q, %v", c.name, id, err)
		}
	}
	if _, err := operate.PickTemplate("E", "x", nil); err == nil || !strings.Contains(err.Error(), "it has: none") {
		t.Error(err)
	}
	for _, c := range []struct {
		event, template string
		named           bool
	}{
		{"E", "Welcome", true}, {"E", "", false}, {"", "Welcome", false},
		{"E", "70000000-0000-4000-8000-000000000001", false}, {"E", " ", false},
	} {
		if got := operate.NamesTemplate(spec.Spec{Event: c.event, Template: c.template}); got != c.named {
			t.Errorf("%+v is a name: %v", c, got)
		}
	}
}

func TestRowsAreNamedByNumbersAndRanges(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"3": 1, "3,7-9": 4, " 3 , 4 ": 2, "3 3,3-4": 2, "1-50": 50, "50-99": 50} {
		if got, err := operate.ParseRows(text); err != nil || len(got) != want {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
	for _, bad := range []string{"", ",", "0", "-1", "3-", "-3", "x", "9-7", "1-51", "1-9999999999999999999", "1.5", "3;4",
		"1-2-3", "٣", "1-30,31-61", "+3-4x"} {
		if got, err := operate.ParseRows(bad); !operate.IsRefused(err) {
			t.Errorf("%q is %v, %v", bad, got, err)
		}
	}
}
