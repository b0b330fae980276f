package config

import (
	"strings"
	"testing"

	"guestflow/importer/hold"
)

const gala, ball = "e0000000-0000-4000-8000-000000000001", "e0000000-0000-4000-8000-000000000002"

func TestEventNamesNameOneEventEach(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		names map[string]string
		why   string // "" is none
	}{
		{nil, ""},
		{map[string]string{gala: "Spring Gala", ball: "Winter Ball 2027, Zürich"}, ""},
		{map[string]string{gala: "Spring Gala", ball: "spring gala"}, "have the same name"},
		{map[string]string{gala: "Spring Gala", strings.ToUpper(gala): "Gala"}, "has two names"},
		{map[string]string{"Spring Gala": gala}, "cannot be an event's id"},
		{map[string]string{"": "Spring Gala"}, "cannot be an event's id"},
		{map[string]string{"gala": ball}, "looks like an id"},
		{map[string]string{gala: ""}, "is empty"},
		{map[string]string{gala: " Gala"}, "blanks at its ends"},
		{map[string]string{gala: "Gala\u202egnirps"}, "cannot be shown"},
		{map[string]string{gala: "hunter2", ball: "hunter2"}, "have the same name"},
	} {
		err := (&Settings{EventNames: c.names}).checkEventNames()
		switch {
		case c.why == "" && err == nil:
		case c.why == "" || err == nil || !strings.Contains(err.Error(), c.why):
			t.Errorf("%v: %v, want %q", c.names, err, c.why)
		case strings.Contains(err.Error(), "hunter2"):
			t.Errorf("%v: the error shows a value: %v", c.names, err)
		}
	}
}

func TestAnEventIsChosenByItsNameAsByItsID(t *testing.T) {
	t.Parallel()
	s := &Settings{EventNames: map[string]string{gala: "Spring Gala"},
		Profiles: map[string]Profile{"vip": {Event: "Spring Gala"}}}
	for _, c := range []struct{ profile, typed, want string }{
		{"", "spring gala", gala}, {"", gala, gala}, {"vip", "", gala}, {"vip", ball, ball}, {"", "Gala", "Gala"},
		{"", "", ""},
	} {
		to, err := s.ImportSpec(c.profile, Lists{Event: c.typed})
		if err != nil || to.Event != c.want {
			t.Errorf("profile %q, event %q: %q, %v, want %q", c.profile, c.typed, to.Event, err, c.want)
		}
	}
	s.Profiles["vip"] = Profile{Event: "Spring Gala", Rules: hold.Rules{ApproveBy: "other"}}
	if got := s.guardedEvents(); got != gala {
		t.Errorf("a profile whose event is named guards %q, want %q", got, gala)
	}
}
