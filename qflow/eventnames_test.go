package qflow

import "testing"

func TestAnEventIsCalledByItsNameAndFoundByIt(t *testing.T) {
	t.Parallel()
	const gala, ball = "E0000000-0000-4000-8000-000000000001", "ball"
	names := EventNames{gala: "Spring Gala", ball: "Winter Ball"}
	for given, want := range map[string]struct{ name, text, id string }{
		gala: {"Spring Gala", "Spring Gala (" + gala + ")", gala},
		"e0000000-0000-4000-8000-000000000001": {"Spring Gala", "Spring Gala (e0000000-0000-4000-8000-000000000001)",
			"e0000000-0000-4000-8000-000000000001"},
		" spring gala ": {"", " spring gala ", gala},
		"another":       {"", "another", "another"},
		"":              {"", "", ""},
	} {
		if got := names.Of(given); got != want.name {
			t.Errorf("the name of %q is %q, want %q", given, got, want.name)
		}
		if got := names.Text(given); got != want.text {
			t.Errorf("the text of %q is %q, want %q", given, got, want.text)
		}
		if got := names.ID(given); got != want.id {
			t.Errorf("the id of %q is %q, want %q", given, got, want.id)
		}
	}
	gate := GatePlan.For(ball, "t")
	if got, want := gate.Title(names), "plan gate for event Winter Ball (ball) and template t"; got != want {
		t.Errorf("the gate is called %q, want %q", got, want)
	}
	if got, want := gate.Title(nil), "plan gate for event ball and template t"; got != want {
		t.Errorf("the gate without names is called %q, want %q", got, want)
	}
}
