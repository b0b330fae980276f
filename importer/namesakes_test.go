package importer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"guestflow/deploy/testkit"
	"guestflow/importer/sameperson"
	"guestflow/importer/spec"
)

// Promise: one name at two addresses of a list is asked about, and each answer holds; a family and first names are not.
func TestOneNameAtTwoAddressesOfAListIsAskedAbout(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	ida := []string{"Ida,Holm,ida.holm@acme.example", "Bo,Berg,bo@x.example", "Ida,Holm,ida.holm@gmail.com", "IDA,HOLM,idaholm+x@googlemail.com"}
	for choice, emails := range map[spec.NearMisses]int{"": 2, "twice=skip": 2, "update": 2, "3=new": 3, "new": 4} {
		l := newLists(t, "namesakes-"+strings.ReplaceAll(string(choice), "=", "-"))
		o := l.bring(list(ida...), near(choice))
		if o.emails != emails || o.plan.Near.Twice != 2 || o.plan.Near.Rows[0].Known.Row != 1 {
			t.Errorf("by %q: %d emails, %+v", choice, o.emails, o.plan.Near)
		}
		if q := o.plan.HeldRows(o.plan.Near.Held()); choice == "" && (!strings.Contains(q.Problem, "2 rows may be a person of this list a second time") ||
			!strings.Contains(q.Advice, "choose: --near-misses skip (they are one person") || !strings.Contains(o.plan.Near.Rows[0].Text(), "with another address: one person with two addresses?")) {
			t.Errorf("it asks %v", q)
		}
		names := map[spec.NearMisses]string{"3=new": "lines 2, 4", "new": "lines 2, 4, 5"}[choice]
		if texts := o.plan.Namesakes.Texts(); (names == "") != (texts == nil) || names != "" && !strings.Contains(texts[0], "("+names+")") {
			t.Errorf("by %q the plan names %q", choice, texts)
		}
		// Sorted the other way round and with a guest more, only that one is mailed.
		slices.Reverse(ida)
		if choice == "3=new" { // it is another row now
			choice = ""
		}
		if o := l.bring(list(append(ida, "Una,Vik,una@x.example")...), near(choice)); o.emails != 1 {
			t.Errorf("by %q, the next day: %d emails, %+v", choice, o.emails, o.plan.Near)
		}
		slices.Reverse(ida)
	}
	l := newLists(t, "namesakes")
	o := l.bring(list("Ann,Lee,family@home.example", "Cyd,Lee,family@home.example", "Dan,,dan@x.example", "Dan,,dan@y.example"))
	if got := o.plan.Namesakes.Texts(); o.plan.Near != nil || o.plan.Namesakes != nil || got != nil {
		t.Errorf("of a family and of first names it says %q, %+v", got, o.plan.Near)
	}
}

// Promise: two spellings of a name at one address of a list are asked about, whichever of them is known.
func TestTwoSpellingsOfANameAtOneAddressOfAListAreAskedAbout(t *testing.T) {
	t.Parallel()
	for choice, emails := range map[spec.NearMisses]int{"": 2, "skip": 2, "twice=new": 3} {
		l := newLists(t, "spellings-"+strings.ReplaceAll(string(choice), "=", "-"))
		o := l.bring(list("Tom,Holm,holm@x.example", "Ole,Holm,holm@x.example"), near(choice))
		if o.emails != 2 || o.plan.Near != nil {
			t.Fatalf("a family: %d emails, %+v", o.emails, o.plan.Near)
		}
		o = l.bring(list("Thomas,Holm,holm@x.example", "Tom,Holm,holm@x.example", "Ole,Holm,holm@x.example"), near(choice))
		if o.emails != emails-2 || o.plan.Near.Twice != 1 || !strings.Contains(o.plan.Near.Rows[0].Text(), "spellings of one: one person twice?") {
			t.Errorf("by %q: %d emails, %+v", choice, o.emails, o.plan.Near)
		}
	}
}

// Promise: a long list with a known guest's name says so, where the name is a frequent one of it; another one is asked about.
func TestAPlanOfALongListNamesNewGuestsWithAKnownName(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	l := newLists(t, "known-names")
	l.bring(list("Ida,Holm,ida@x.example", "Una,Vik,una@x.example", "Cyd,Moe,cyd@x.example"))
	further := append(people(1, 100, "y.example"), "Ida,Holm,ida@y.example", "Una,Vik,una@y.example")
	for n := range 12 {
		further = append(further, fmt.Sprintf("Ida,Ek%c,zq%ck@z.example", 'a'+n, 'a'+n), fmt.Sprintf("Fay%c,Holm,kw%cp@z.example", 'a'+n, 'a'+n))
	}
	o := l.bring(list(further...))
	if o.refuse != nil {
		t.Fatal(o.refuse)
	}
	if got := o.plan.Namesakes.Texts(); o.emails != 125 || len(got) != 1 ||
		!strings.HasPrefix(got[0], "1 new guest has the name of a known guest, and another address (line 102)") {
		t.Errorf("%d emails, and the plan says %q", o.emails, got)
	}
	if o.plan.Near.Held() != 1 || o.plan.Near.Rows[0].Line != 103 || o.plan.Near.Address != 1 {
		t.Errorf("held are %+v", o.plan.Near)
	}
}

// What is not compared is said.
func TestAPlanSaysHowManyGuestsOfALongListAreNotCompared(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	guests := make([]string, sameperson.MaxGuests+3)
	for n := range guests {
		guests[n] = fmt.Sprintf("%s,%s,guest%d@x.example", alphabetic(n), alphabetic(7*n+5), n)
	}
	guests[1] = "Bo,Berg," // has no address, and none to be mailed at
	plan := newLists(t, "long").planned(list(guests...))
	if texts := plan.Namesakes.Texts(); len(texts) != 1 || !strings.Contains(texts[0], "2 are not compared with the others of this list") {
		t.Errorf("the plan says %q", texts)
	}
	if plan := newLists(t, "short").planned(list(guests[:sameperson.MaxGuests]...)); plan.Namesakes != nil {
		t.Errorf("of as many as are compared the plan says %q", plan.Namesakes.Texts())
	}
}

// alphabetic returns a name for a number.
func alphabetic(n int) string {
	name := []byte("Q")
	for ; n > 0; n /= 26 {
		name = append(name, byte('a'+n%26))
	}
	return string(name) + "o"
}

// Promise: a guest who is asked about is not named as one who stays apart by his name.
func TestWhoIsHeldIsNoNamesake(t *testing.T) {
	t.Parallel()
	l := newLists(t, "asked")
	l.bring(list("Bob,Lee,ann@example.com", "Cyd,Moe,cyd@example.com"))
	two := list("Ann,Lee,ann@example.com", "Ann,Lee,ann@example.org", "Cyd,Moe,cyd@example.com")
	p := l.planned(two)
	if p.Near == nil || p.Near.Hold == 0 || p.Namesakes != nil && p.Namesakes.List.Guests > 0 {
		t.Errorf("%+v of %+v", p.Namesakes, p.Near)
	}
	if p = l.planned(two, near("new")); p.Namesakes == nil || p.Namesakes.List.Guests != 2 {
		t.Errorf("as new guests: %+v of %+v", p.Namesakes, p.Near)
	}
}

// Promise: what a plan says about a list that is held whole decides it.
func TestTheAdviceAboutAListThatIsHeldWholeDecidesIt(t *testing.T) {
	t.Parallel()
	l := newLists(t, "whole")
	l.bring(list(people(1, 12, "example.com")...))
	all := list(people(1, 12, "example.org")...)
	p := l.planned(all)
	if p.Near == nil || !p.Near.Most || p.Refused() == nil {
		t.Fatalf("%+v, %v", p.Near, p.Refused())
	}
	advice := p.Near.Advice()
	for _, says := range []string{"most=update", "most=skip", "most=new"} {
		if decided := l.planned(all, near(spec.NearMisses(says))); !strings.Contains(advice, says) || decided.Near.Held() > 0 {
			t.Errorf("%s is not in %q, or holds %d", says, advice, decided.Near.Held())
		}
	}
	if strings.Contains(advice, "by kind") {
		t.Error(advice)
	}
}
