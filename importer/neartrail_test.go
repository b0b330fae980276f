package importer_test

import (
	"fmt"
	"strings"
	"testing"

	"guestflow/deploy/testkit"
	"guestflow/importer"
	"guestflow/importer/ledger"
	"guestflow/importer/spec"
)

// withNumbers is a list whose guests are told apart by numbers, from 1 on.
func withNumbers(guests ...string) string {
	text := "No,First Name,Last Name,Email\n"
	for i, g := range guests {
		text += fmt.Sprintf("%d,%s\n", i+1, g)
	}
	return text
}

// withKeys is a list of guests that each begin with their key.
func withKeys(guests ...string) string {
	return "Order,First Name,Last Name,Email\n" + strings.Join(guests, "\n") + "\n"
}

// A row that has the key of a known guest, and is another person, says nothing of whether that guest is in the list.
func TestAGuestWhoseKeyIsAnothersByNowIsNoNewGuest(t *testing.T) {
	t.Parallel()
	ten := people(1, 10, "home.example")
	with := func(at int, more ...string) []string {
		return append(append(append([]string{}, ten[:at]...), more...), ten[at:]...)
	}
	for name, c := range map[string]struct {
		then         []string
		person, near int
		answer       spec.NearMisses
	}{
		"one before the last two": {with(8, "New,One,new@home.example"), 2, 1, ""},
		"one before the last":     {with(9, "New,One,new@home.example"), 1, 1, ""},
		"two before the last":     {with(9, "New,One,new@home.example", "New,Two,two@home.example"), 1, 1, ""},
		"one, with an address changed": {append(with(9, "New,One,new@home.example")[:10],
			"Guest10,Number10,ten@work.example"), 1, 1, "10=new"},
		"one, with a name changed": {append(with(9, "New,One,new@home.example")[:10],
			"Guestx,Number10,guest10@home.example"), 1, 1, "10=new"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLists(t, "numbers")
			l.bring(withNumbers(ten...), keyed("No"))
			o := l.bring(withNumbers(c.then...), keyed("No"))
			strangers := len(c.then) - 10 - 1 // the first one has a known key
			if n := o.plan.Near; o.refuse != nil || o.emails != strangers || n.Person != c.person ||
				n.Total()-n.Person != c.near {
				t.Fatalf("%d emails, %v, %+v", o.emails, o.refuse, n)
			}
			question := o.plan.HeldRows(o.plan.Near.Held())
			if text := question.Error(); !strings.Contains(text, "cannot be new") {
				t.Errorf("it is not said that a key is taken: %s", text)
			}
			// The answer: told apart otherwise, all are known, and who is new is mailed.
			if o := l.bring(withNumbers(c.then...),
				near(spec.NearMisses(strings.TrimSuffix("update,most=update,"+string(c.answer), ",")))); o.emails != 1 {
				t.Errorf("by another key %d emails, want one to who is new; %v", o.emails, o.rows)
			}
		})
	}
}

// What a row that was held or left out has is remembered as perhaps the known guest's.
func TestALaterListFindsWhomARowThatWasLeftOutMayBe(t *testing.T) {
	t.Parallel()
	for _, left := range []spec.NearMisses{"", "skip", "name=skip"} {
		for name, c := range map[string]struct{ then, last []string }{
			"a name, then an address": {
				[]string{four[0], "Robert,Lee,bob@example.com", four[2], four[3]},
				[]string{four[0], "Robert,Lee,rob@example.org", four[2], four[3]},
			},
			"a name, then an address, then a name": {
				[]string{four[0], "Robert,Lee,rob@example.org", four[2], "Robert,Lee,bob@example.com"},
				[]string{four[0], "Rob,Lee,rob@example.org", four[2], four[3]},
			},
		} {
			t.Run(fmt.Sprintf("%s %s", name, left), func(t *testing.T) {
				t.Parallel()
				l := newLists(t, "trail")
				l.bring(list(four...))
				l.bring(list(append([]string{"Robert,Lee,bob@example.com"}, four[0], four[2], four[3])...), near(left))
				for _, then := range [][]string{c.then, c.last} {
					if o := l.bring(list(then...), near(left)); o.emails > 0 {
						t.Errorf("%d emails, %v, %+v", o.emails, o.rows, o.plan.Near)
					}
				}
			})
		}
	}
}

// A row that may be either of two known guests is found again as well, and a name of which rows were held still finds
// its guests.
func TestWhatSeveralGuestsMayHaveIsRememberedOfEach(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	l := newLists(t, "several")
	l.bring(list("Ann,Lee,lee@example.com", "Bob,Lee,lee@example.com", "Cyd,Neu,cyd@example.com",
		"Dan,Neu,dan@example.com"))
	l.bring(list("Alex,Lee,lee@example.com", "Cyd,Neu,cyd@example.com", "Dan,Neu,dan@example.com"))
	o := l.bring(list("Alex,Lee,alex@example.com", "Cyd,Neu,cyd@example.com", "Dan,Neu,dan@example.com"))
	if o.emails > 0 || o.plan.Near.Held() != 1 {
		t.Errorf("%d emails, %+v", o.emails, o.plan.Near)
	}
	for n := range 6 { // held under one name, each time as another guest's
		l.bring(list(fmt.Sprintf("Host%d,Lee,h%d@example.com", n, n), fmt.Sprintf("Cyd%d,Neu,c%d@example.com", n, n)))
		if o := l.bring(list(fmt.Sprintf("Desk,Lee,h%d@example.com", n),
			fmt.Sprintf("Cyd%d,Neu,c%d@example.com", n, n))); o.emails > 0 {
			t.Fatalf("%d: %+v", n, o.rows)
		}
	}
	l.bring(list("Desk,Lee,desk@example.com", "Eve,Neu,eve@example.com"), near("new")) // and now one of that name
	if o := l.bring(list("Desk,Lee,desk@example.org", "Eve,Neu,eve@example.com")); o.emails > 0 ||
		o.plan.Near.Held() != 1 {
		t.Errorf("%d emails, %+v", o.emails, o.plan.Near)
	}
	if o := l.bring(list("Desk,Lee,desk@example.org", "Eve,Neu,eve@example.com"),
		near("update")); o.rows[ledger.Created] != 1 {
		t.Errorf("it is not known who has the name: %v, %+v", o.rows, o.plan.Near)
	}
}

// Promise: one person gets one email also of a list that has him under two keys.
func TestAPersonWhoIsInAListUnderTwoKeysIsAskedAbout(t *testing.T) {
	t.Parallel()
	family := []string{"3,Cyd,Ek,ek@example.com", "4,Dan,Ek,ek@example.com"}
	orders := withKeys(append([]string{"1,Ann,Lee,ann@example.com", "2,Bob,Lee,bob@example.com",
		"5,ANN,lee,Ann@Example.com"}, family...)...)
	for name, c := range map[string]struct {
		text   string
		key    string
		people int
		twice  int
	}{
		"an order a row": {orders, "Order", 4, 1},
		"three orders": {withKeys("1,Ann,Lee,ann@example.com", "2,Ann,Lee,ann@example.com",
			"3,Ann,Lee,ann@example.com"), "Order", 1, 2},
		"names in another order": {list("Ann,Lee,ann@example.com", "Lee,Ann,ann@example.com"), "", 1, 1},
		"a domain in both forms": {list("Ann,Lee,ann@münchen.example", "Ann,Lee,ann@xn--mnchen-3ya.example"), "", 1, 1},
		"a family":               {withKeys(family...), "Order", 2, 0},
		"two of one name":        {withKeys("1,Ann,Lee,ann@example.com", "2,Ann,Lee,lee@example.com"), "Order", 2, 0},
		"without addresses":      {withKeys("1,Ann,Lee,", "2,Ann,Lee,"), "Order", 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			key := keyed(c.key)
			for choice, more := range map[spec.NearMisses]int{"": 0, "update": 0, "skip": 0, "new": c.twice,
				"twice=new": c.twice} {
				l := newLists(t, "twice")
				without := func(s *spec.Spec) {
					if c.people == 0 {
						s.Mapping = map[string]string{"email": ""}
						s.Template = ""
					}
				}
				o := l.bring(c.text, key, near(choice), without)
				if o.refuse != nil || o.emails != c.people+more || o.plan.Near.Total() != c.twice {
					t.Fatalf("%q: %d emails, %v, %v, %+v", choice, o.emails, o.refuse, o.rows, o.plan.Near)
				}
				if o.rows[ledger.Filtered] != c.twice-more {
					t.Errorf("%q: %v", choice, o.rows)
				}
				if c.twice > 0 && choice == "" {
					q := o.plan.HeldRows(o.plan.Near.Held()).Error()
					if !strings.Contains(q, "a second time") || strings.Contains(q, "earlier import") {
						t.Errorf("it asks %s", q)
					}
				}
				// The same list with a guest more, and in another order: it is asked again, and no email is sent.
				lines := strings.Split(strings.TrimSpace(c.text), "\n")
				next := lines[0] + "\n" + strings.Join(append(lines[2:], lines[1]), "\n") + "\n"
				if o := l.bring(next, key, near(choice), without); o.emails > 0 {
					t.Errorf("%q, the next day: %d emails, %v, %+v", choice, o.emails, o.rows, o.plan.Near)
				}
				if c.twice > 0 && more == 0 { // the row that was left out comes alone
					last := lines[0] + "\n" + lines[len(lines)-1] + "\n"
					if o := l.bring(last, key); o.emails > 0 {
						t.Errorf("%q, the other key alone: %d emails, %v", choice, o.emails, o.rows)
					}
				}
			}
		})
	}
}

// A guest who never came to be is new again, also beside his other key.
func TestAPersonWhoseFirstKeyWasRefusedGetsOneEmailByTwo(t *testing.T) {
	t.Parallel()
	l := newLists(t, "refused")
	s := l.s.Beside(l.ledger)
	s.Key = "Order"
	plan, err := importer.MakePlan(t.Context(),
		write(t, withKeys("1,Ann,Lee,ann@example.com", "2,Bob,Lee,bob@example.com")), s)
	if err != nil {
		t.Fatal(err)
	}
	imp, _, err := l.Begin(t.Context(), plan)
	if err == nil {
		err = l.Run(t.Context(), plan, imp)
	}
	if err != nil {
		t.Fatal(err)
	}
	l.move(imp.ID, 1, ledger.Refused)
	l.move(imp.ID, 2, ledger.Accepted)
	o := l.bring(withKeys("3,Ann,Lee,ann@example.com", "1,Ann,Lee,ann@example.com", "2,Bob,Lee,bob@example.com"),
		keyed("Order"))
	if o.emails != 1 || o.plan.Near.Held() != 1 {
		t.Errorf("%d emails, %v, %+v", o.emails, o.rows, o.plan.Near)
	}
}
