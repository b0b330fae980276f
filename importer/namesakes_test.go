package importer_test

import (
	"slices"
	"strings"
	"testing"
)

// Promise: a plan names the guests of a list who have one name, each of whom gets an email.
func TestAPlanNamesGuestsOfAListWhoHaveOneName(t *testing.T) {
	t.Parallel()
	l := newLists(t, "namesakes")
	ida := []string{"Ida,Holm,ida.holm@acme.example", "Bo,Berg,bo@x.example", "Ida,Holm,ida.holm@gmail.com", "IDA,HOLM,ida.holm+x@gmail.com"}
	o := l.bring(list(ida...))
	want := "3 guests of this list have a name that another guest of it has (lines 2, 4, 5): each gets an email, at an address of his own"
	if got := o.plan.Namesakes.Texts(); o.emails != 3+1 || !slices.Equal(got, []string{want}) {
		t.Errorf("%d emails, and the plan says %q", o.emails, got)
	}
	o = l.bring(list("Ann,Lee,family@home.example", "Cyd,Lee,family@home.example", "Dan,,dan@x.example", "Dan,,dan@y.example"))
	if got := o.plan.Namesakes.Texts(); o.plan.Namesakes != nil || got != nil {
		t.Errorf("of a family and of first names it says %q", got)
	}
}

// Promise: a long list with a known guest's name says so, where it is no near miss.
func TestAPlanOfALongListNamesNewGuestsWithAKnownName(t *testing.T) {
	t.Parallel()
	l := newLists(t, "known-names")
	l.bring(list("Ida,Holm,ida@x.example", "Bo,Berg,bo@x.example", "Cyd,Moe,cyd@x.example"))
	o := l.bring(list(append(people(1, 100, "y.example"), "Ida,Holm,ida@y.example")...))
	if got := o.plan.Namesakes.Texts(); o.emails != 101 || len(got) != 1 || !strings.HasPrefix(got[0], "1 new guest has the name of a known guest, and another address (line 102)") {
		t.Errorf("%d emails, and the plan says %q", o.emails, got)
	}
}
