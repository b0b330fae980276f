package spec_test

import (
	"reflect"
	"strings"
	"testing"

	"guestflow/importer/spec"
)

// Promise: a list that waits takes each setting that its profile has changed, and keeps what was typed or answered for it.
func TestAListTakesWhatItsProfileHasChangedAndKeepsItsOwnAnswers(t *testing.T) {
	t.Parallel()
	const id = "70000000-0000-4000-8000-000000000001"
	yes, no := true, false
	reading := func(r spec.Reading) spec.Spec { return spec.Spec{Event: "e", Reading: r} }
	for _, c := range []struct {
		name                    string
		list, before, now, want spec.Spec
		changed                 string
	}{
		{"a rule is added", reading(spec.Reading{}), reading(spec.Reading{}), reading(spec.Reading{Where: "a = b"}),
			reading(spec.Reading{Where: "a = b"}), "where"},
		{"a rule is removed", reading(spec.Reading{Where: "a = b"}), reading(spec.Reading{Where: "a = b"}), reading(spec.Reading{}),
			reading(spec.Reading{}), "where"},
		{"a rule was answered", reading(spec.Reading{Where: "all"}), reading(spec.Reading{}), reading(spec.Reading{Where: "a = b"}),
			reading(spec.Reading{Where: "all"}), "where"},
		{"another template", spec.Spec{Event: "e", Template: "Invitation"}, spec.Spec{Event: "e", Template: "Invitation"},
			spec.Spec{Event: "e", Template: "Reminder"}, spec.Spec{Event: "e", Template: "Reminder"}, "template"},
		{"a template by its name, approved by its id", spec.Spec{Event: "e", Template: id},
			spec.Spec{Event: "e", Template: "Invitation"}, spec.Spec{Event: "e", Template: "Reminder"},
			spec.Spec{Event: "e", Template: "Reminder"}, "template"},
		{"an id in other letters", spec.Spec{Event: strings.ToLower("ABC")}, spec.Spec{Event: "ABC"}, spec.Spec{Event: "d"},
			spec.Spec{Event: "d"}, "event"},
		{"one field of a mapping", reading(spec.Reading{Mapping: map[string]string{"email": "Mail", "tags": "Team"}}),
			reading(spec.Reading{Mapping: map[string]string{"email": "E"}}),
			reading(spec.Reading{Mapping: map[string]string{"email": "E2", "phone": "Tel"}}),
			reading(spec.Reading{Mapping: map[string]string{"email": "Mail", "tags": "Team", "phone": "Tel"}}), "mapping"},
		{"switches and windows", reading(spec.Reading{Strict: &yes, NearMisses: "update"}),
			spec.Spec{Event: "e", Reading: spec.Reading{Strict: &yes}},
			spec.Spec{Event: "e", Zone: "Europe/London", Reading: spec.Reading{Strict: &no, SendWindow: "09:00-18:00"}},
			spec.Spec{Event: "e", Zone: "Europe/London", Reading: spec.Reading{Strict: &no, SendWindow: "09:00-18:00", NearMisses: "update"}},
			"send_window strict timezone"},
		{"nothing", spec.Spec{Event: "e", Again: "x", Key: "K"}, spec.Spec{Event: "e"}, spec.Spec{Event: "e", Profile: "gala"},
			spec.Spec{Event: "e", Again: "x", Key: "K"}, ""},
	} {
		if got := strings.Join(spec.Changed(c.before, c.now), " "); got != c.changed {
			t.Errorf("%s: changed are %q, want %q", c.name, got, c.changed)
		}
		if got := c.list.Rebase(c.before, c.now); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: it becomes\n%+v, want\n%+v", c.name, got, c.want)
		}
	}
}

// A field that is added to a spec is decided about here: whether it is a setting of a profile.
func TestEachFieldOfASpecIsASettingOfAProfileOrNone(t *testing.T) {
	t.Parallel()
	none := []string{"account", "profile", "again", "resend", "resend_unsent", "resends", "blank_rows"}
	for _, of := range []reflect.Type{reflect.TypeFor[spec.Spec](), reflect.TypeFor[spec.Reading]()} {
		for i := range of.NumField() {
			name, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
			is := spec.IsSetting(name)
			if name != "" && is == strings.Contains(" "+strings.Join(none, " ")+" ", " "+name+" ") {
				t.Errorf("%s: whether it is a setting of a profile is %t", name, is)
			}
		}
	}
}
