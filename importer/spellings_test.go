package importer_test

import (
	"fmt"
	"strings"
	"testing"

	"guestflow/deploy/testkit"
	"guestflow/importer/ledger"
	"guestflow/importer/spec"
)

// Promise: a guest whose name and address are both written otherwise in the next list is asked about, in a long list as well;
// updated, the guest is known by either way from then on.
func TestANameAndAnAddressWrittenOtherwiseAreAKnownGuest(t *testing.T) {
	t.Parallel()
	for before, now := range map[string]string{
		"Jürgen,Groß,juergen.gross@gmail.com":    "Juergen,Gross,juergengross+gala@googlemail.com",
		"José,García,jose.garcia@gmail.com":      "Jose,Garcia,josegarcia@gmail.com",
		"Jose,Garcia,jose.garcia@gmail.com":      "José,García,JOSEGARCIA@GMAIL.COM",
		"Ida,Holm,ida.holm@gmail.com":            "Ida,Holm,idaholm+event@gmail.com",
		"Una,Vik,una@x.example":                  "Una,Berg,una+gala@x.example",
		"Işıl,Ak,isil.ak@gmail.com":              "ISIL,AK,isilak@gmail.com",
		"Алёна,Ёлкина,a.elkina@gmail.com":        "Алена,Елкина,aelkina@gmail.com",
		"Ida,Lund,ida.lund@gmail.com":            "Idа,Lund,idalund@gmail.com", // a Cyrillic а
		"Zoe\u0308,Łuk,zoe@münchen.example":      "Zoë,Luk,ZOE+1@xn--mnchen-3ya.example",
		"Søren,Næss,soren.naess@gmail.com":       "Soeren,Naess,sorennaess@gmail.com",
		"Jurgen,Klopp,jurgen.klopp@gmail.com":    "Jürgen,Klopp,jurgenklopp@gmail.com",
		"Haakon,Aase,haakon.aase@googlemail.com": "Håkon,Åse,haakonaase@gmail.com",
	} {
		t.Run(now, func(t *testing.T) {
			t.Parallel()
			l := newLists(t, "spellings")
			l.bring(list(append(people(1, 9, "x.example"), before)...))
			o := l.bring(list(append(people(200, 320, "y.example"), now)...))
			if o.emails != 121 || o.plan.Near.Held() != 1 || o.plan.Near.Name+o.plan.Near.Key != 1 {
				t.Fatalf("held: %d emails, %+v", o.emails, o.plan.Near)
			}
			if o = l.bring(list(append(people(200, 320, "y.example"), now)...), near("update")); o.emails != 0 || o.rows[ledger.Filtered] != 0 {
				t.Fatalf("updated: %d emails, %v", o.emails, o.rows)
			}
			for n, guest := range []string{before, now} {
				if o = l.bring(list(append(people(200, 321+n, "y.example"), guest)...)); o.emails != 1 || o.plan.Near.Total() != 0 {
					t.Errorf("%s again: %d emails, %+v", guest, o.emails, o.plan.Near)
				}
			}
		})
	}
}

// Promise: a name in another spelling at another address is asked about as one in the same spelling is; at the same address it is
// another name, and not another key.
func TestANameInAnotherSpellingIsThatName(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	for before, now := range map[string]string{
		"Jürgen,Groß,juergen.gross@x.example": "Juergen,Gross,jg@y.example",
		"Juergen,Gross,jg@y.example":          "Jürgen,Groß,juergen.gross@x.example",
		"José,García,jose@x.example":          "Jose,Garcia,jg@y.example",
		"Jose,Garcia,jose@x.example":          "José,García,jg@y.example",
		"Thomas,Lund,thomas@x.example":        "Tom,Lund,tl@y.example",
		"Tom,Falk,tom@x.example":              "Thomas,Falk,tf@y.example",
		"Bo,Rask,rask@x.example":              "Bo Erik,Rask,br@y.example",
		"Eva Maria,Rask,eva@x.example":        "Eva,Rask,er@y.example",
		"Ida M.,Rask,ida@x.example":           "Ida Maria,Rask,ir@y.example",
	} {
		l := newLists(t, fmt.Sprintf("spelling-%x", before[:8]))
		l.bring(list("Una,Vik,una@x.example", before))
		if o := l.bring(list("Bo,Berg,bo@x.example", now)); o.emails != 1 || o.plan.Near.Held() != 1 || o.plan.Near.Address != 1 {
			t.Errorf("%s: %d emails, %+v", now, o.emails, o.plan.Near)
		}
		first, address := strings.Split(now, ","), before[strings.LastIndexByte(before, ',')+1:]
		same := fmt.Sprintf("%s,%s,%s", first[0], first[1], address)
		if o := l.bring(list("Cyd,Ek,cyd@x.example", "Dan,Moe,dan@x.example", same)); o.emails != 2 || o.plan.Near.Name != 1 {
			t.Errorf("%s: %d emails, %+v", same, o.emails, o.plan.Near)
		}
	}
}

// Promise: what shares a mailbox by its tag and has other names is a family in one list, and is told apart from an address by key.
func TestAnUnchangedListWithSpellingsSendsNothing(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	l := newLists(t, "unchanged")
	guests := []string{"Jürgen,Groß,j.gross@gmail.com", "Ida,Holm,holm+ida@x.example", "Ole,Holm,holm+ole@x.example", "Michael,Noël,m.noel@gmail.com", "Zoë,Łuk,zoe@x.example"}
	if o := l.bring(list(guests...)); o.emails != 5 || o.plan.Near != nil {
		t.Fatalf("%d emails, %+v", o.emails, o.plan.Near)
	}
	if o := l.bring(list(append(guests, "Bo,Berg,bo@x.example")...)); o.emails != 1 || o.plan.Near != nil || o.rows[ledger.Unchanged] != 5 {
		t.Fatalf("%d emails, %v, %+v", o.emails, o.rows, o.plan.Near)
	}
	byKey := withKeys("1,Jürgen,Groß,j.gross@gmail.com", "2,Zoë,Łuk,zoe@x.example", "3,Una,Vik,una@x.example")
	k := newLists(t, "unchanged-key")
	k.bring(byKey, keyed("Order"))
	if o := k.bring(strings.NewReplacer("Jürgen,Groß", "Juergen,Gross", "j.gross", "jgross+a", "Zoë,Łuk,zoe@x", "Zoe,Luk,zoe@y").Replace(byKey), keyed("Order"), near(spec.NearMisses(""))); o.emails != 0 || o.plan.Near != nil {
		t.Errorf("by key: %d emails, %+v", o.emails, o.plan.Near)
	}
}
