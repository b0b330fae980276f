package importer_test

import (
	"fmt"
	"strings"
	"testing"

	"guestflow/deploy/testkit"
)

// addressed is a list with an address for each of some guests.
func addressed(addresses ...string) string {
	names := []string{"Ida,Holm", "Una,Vik", "Bo,Berg", "Jörg,Müller", "Mia,Lie"}
	var b strings.Builder
	b.WriteString("First Name,Last Name,Email\n")
	for i, address := range addresses {
		fmt.Fprintf(&b, "%s,%s\n", names[i], address)
	}
	return b.String()
}

// A spreadsheet's fill handle makes addresses of other people out of one.
func TestAddressesThatCountUpFromAnothersAreAskedAbout(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	for _, list := range []string{
		addressed("ida1@x.org", "ida2@x.org", "ida3@x.org"), addressed("ida@x.org", "ida1@x.org", "ida2@x.org"),
		addressed("ida.holm@x.org", "ida.holm2@x.org", "ida.holm3@x.org"),
		addressed("ida.holm08@x.org", "ida.holm09@x.org", "ida.holm10@x.org", "joerg@x.org"),
		addressed("ida@x1.org", "ida@x2.org", "ida@x3.org"),
		addressed("holm7@x.org", "una@x.org", "mueller1@y.org", "mueller2@y.org", "mueller3@y.org"),
	} {
		said, choices := becomes(t, list, gala)
		if said != "asked: map email=Email" {
			t.Errorf("%s: %s", list, said)
			continue
		}
		if got, _ := becomes(t, list, answer(gala, choices[0])); !strings.HasPrefix(got, "Ida|Holm; Una|Vik; Bo|Berg") {
			t.Errorf("%s as they are: %s", list, got)
		}
	}
	for _, list := range []string{
		addressed("staff1@x.org", "staff2@x.org", "staff3@x.org"), addressed("ida1@x.org", "ida2@x.org", "bo@x.org"),
		addressed("ida1@x.org", "una2@x.org", "bo3@x.org"),
		addressed("ida7@x.org", "ida9@x.org", "ida11@x.org"), addressed("a1@x.org", "a2@x.org", "a3@x.org"),
		"First Name,Last Name,Email\nIda,Holm,ida1@x.org\nIda,Berg,ida2@x.org\nIda,Vik,ida3@x.org\n",
		"First Name,Last Name,Email\nIda,Holm,holm1@x.org\nUna,Holm,holm2@x.org\nBo,Holm,holm3@x.org\n",
	} {
		if said, _ := becomes(t, list, gala); strings.Contains(said, "asked") {
			t.Errorf("%s: %s", list, said)
		}
	}
}

// First and last names that all addresses show to be exchanged are asked about, and each answer is taken.
func TestExchangedNamesAreAskedAboutWhereEveryAddressShowsIt(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	const right, exchanged = "Ida|Holm; Una|Vik; Jörg|Müller", "Holm|Ida; Vik|Una; Müller|Jörg"
	for _, addresses := range [][3]string{
		{"ida.holm@x.org", "una.vik@y.org", "joerg.mueller@z.org"}, {"ida_holm@x.org", "u.vik@y.org", "jmueller@z.org"},
		{"idaholm@x.org", "unavik@y.org", "jorg-muller@z.org"},
	} {
		for _, header := range []string{"First Name,Last Name,Email", "Vorname,Nachname,E-Mail"} {
			list := fmt.Sprintf(header+"\nHolm,Ida,%s\nVik,Una,%s\nMüller,Jörg,%s\n", addresses[0], addresses[1], addresses[2])
			said, choices := becomes(t, list, gala)
			if len(choices) != 2 {
				t.Errorf("%s: %s", list, said)
				continue
			}
			for i, want := range []string{right, exchanged} {
				if got, _ := becomes(t, list, answer(gala, choices[i])); got != want {
					t.Errorf("%s with %s: %s", list, choices[i].Flag(), got)
				}
			}
		}
	}
	for _, list := range []string{
		addressed("ida.holm@x.org", "una.vik@x.org", "bo.berg@x.org"),
		addressed("holm.ida@x.org", "vik.una@x.org", "bo.berg@x.org"), addressed("holm.ida@x.org", "vik.una@x.org"),
		addressed("holm.ida@x.hu", "vik.una@x.hu", "berg.bo@x.hu"), addressed("holm@x.org", "vik@x.org", "berg@x.org"),
	} {
		if said, _ := becomes(t, list, gala); strings.Contains(said, "asked") {
			t.Errorf("%s: %s", list, said)
		}
	}
	s := gala
	s.SplitNames = new(true)
	const full = "Name,Email\nHolm Ida,ida.holm@x.org\nVik Una,una.vik@x.org\nBerg Bo,bo.berg@x.org\n"
	said, choices := becomes(t, full, s)
	if said != "asked: surname first; surname last" {
		t.Fatalf("full names: %s", said)
	}
	for i, want := range []string{"Ida|Holm; Una|Vik; Bo|Berg", "Holm|Ida; Vik|Una; Berg|Bo"} {
		if got, _ := becomes(t, full, answer(s, choices[i])); got != want {
			t.Errorf("full names with %s: %s", choices[i].Flag(), got)
		}
	}
}

// A column of names or addresses that was sorted or moved alone is asked about, whatever form the addresses have.
func TestColumnsOutOfStepAreAskedAbout(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	guests := [][2]string{{"Ida", "Holm"}, {"Bo", "Lund"}, {"Mia", "Berg"}, {"Una", "Falk"}, {"Jörg", "Müller"},
		{"Ole", "Vik"}}
	list := func(form string, first, last, address int) string {
		text := "First Name,Last Name,Email\n"
		for i := range guests {
			at := func(by int) [2]string { return guests[(i+by)%len(guests)] }
			who := at(address)
			f, l := strings.ToLower(strings.ReplaceAll(who[0], "ö", "oe")), strings.ToLower(strings.ReplaceAll(who[1], "ü", "u"))
			local := strings.NewReplacer("first", f, "last", l, "f", f[:1], "l", l[:1]).Replace(form)
			text += fmt.Sprintf("%s,%s,%s@x.org\n", at(first)[0], at(last)[1], local)
		}
		return text
	}
	const asked = "asked: map email=Email"
	for _, form := range []string{"first.last", "first_last", "firstlast", "last.first", "f.last", "flast", "lastf",
		"firstl", "first", "last", "first.last7"} {
		right := list(form, 0, 0, 0)
		if said, _ := becomes(t, right, gala); strings.Contains(said, asked) {
			t.Errorf("%s: %s", right, said)
		}
		for by := 1; by < 3; by++ {
			moved := list(form, 0, 0, by)
			if said, _ := becomes(t, moved, gala); said != asked {
				t.Errorf("%s: %s", moved, said)
			}
			if form != "first" && form != "firstl" && form != "lastf" {
				moved = list(form, 0, by, 0)
				if said, _ := becomes(t, moved, gala); said != asked {
					t.Errorf("%s: %s", moved, said)
				}
			}
			if strings.Contains(form, "first") && form != "first" && form != "firstl" {
				moved = list(form, by, 0, 0)
				if said, _ := becomes(t, moved, gala); said != asked {
					t.Errorf("%s: %s", moved, said)
				}
			}
		}
	}
	for _, rows := range []string{
		"María,García López,maria.garcia@x.org\nAna,López Gil,ana.lopez@x.org\nLuis,García,luis.garcia@x.org\nPía,Gil Pérez,pia.gil@x.org\nJosé,Pérez,jose.perez@x.org",
		"Ida,Holm,ole.holm@x.org\nOle,Holm,ole.holm@x.org\nMia,Holm,ole.holm@x.org\nUna,Holm,ole.holm@x.org",
		"Max,Holm,maximilian.holm@x.org\nAlexander,Vik,alex.vik@x.org\nMaximilian,Lie,max.lie@x.org\nAlex,Berg,alexander.berg@x.org",
		"Ida,Holm,info@a.org\nBo,Lund,office@b.org\nMia,Berg,kontakt@c.org\nUna,Falk,una@d.org",
		"Ida,Holm,ida.berg@a.org\nBo,Berg,bo.berg@b.org\nMia,Lund,mia.lund@c.org\nUna,Falk,una.lund@d.org",
	} {
		if said, _ := becomes(t, "First Name,Last Name,Email\n"+rows+"\n", gala); strings.Contains(said, "asked") {
			t.Errorf("%s: %s", rows, said)
		}
	}
}

// A row whose cells were moved by a column is refused where its address shows the name in another column.
func TestARowOutOfStepIsRefused(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	for _, c := range [][3]string{
		{"Company,First Name,Last Name,Email", "Ida,Holm,Acme,ida.holm@x.org", "Foo,Bo,Lund,bo.lund@x.org"},
		{"Company,First Name,Last Name,Email", "Jörg,Müller,,joergmueller@x.org", "Foo,Bo,Lund,bo.lund@x.org"},
		{"First Name,Last Name,Company,Email", "Acme,Ida,Holm,ida.holm@x.org", "Bo,Lund,Foo,bo.lund@x.org"},
		{"Title,First Name,Last Name,Email", "Ida,Holm,,ida@x.org", "Mr,Bo,Lund,bo.lund@x.org"},
		{"Anrede,Vorname,Nachname,E-Mail", "Ida,Holm,,ida.holm@x.org", "Herr,Bo,Lund,bo.lund@x.org"},
	} {
		said, _ := becomes(t, strings.Join(c[:], "\n")+"\n", gala)
		if said != " bad_name; Bo|Lund" {
			t.Errorf("%s: %s", c, said)
		}
	}
	for _, c := range [][2]string{
		{"Company,First Name,Last Name,Email", "Holm,Ida,Berg,ida.holm@x.org"},
		{"Nickname,First Name,Last Name,Email", "Bob,Robert,Holm,bob.holm@x.org"},
		{"Company,First Name,Last Name,Email", "Acme,Ida,,acme@x.org"},
		{"Company,First Name,Last Name,Email", "Holm,Ida,Holm,ida.holm@x.org"},
		{"Company,First Name,Last Name,Email", "Acme,Ida,Berg,ida.acme@x.org"},
		{"Maiden Name,First Name,Last Name,Email", "Holm,Ida,Berg,ida.holm@x.org"},
		{"Title,First Name,Last Name,Email", "Dr,Ida,,dr.ida@x.org"},
	} {
		if said, _ := becomes(t, c[0]+"\n"+c[1]+"\n", gala); strings.Contains(said, "asked") ||
			strings.Contains(said, "bad_name") {
			t.Errorf("%s: %s", c, said)
		}
	}
}

// Whole names below Last Name, beside companies below First Name, are asked about where the addresses show it.
func TestWholeNamesInTheLastNameColumnAreAskedAbout(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	const head = "First Name,Last Name,Email\n"
	for rows, asked := range map[string]bool{
		"Acme,Ida Holm,ida.holm@x.org\nFoo,Bo Lund,bo.lund@y.org\n":                         true,
		"Nordwind,Jörg Müller,jmueller@x.org\nBytewerk,Mia Berg,mia_berg@y.org\n":           true,
		"María,García López,garcia.lopez@x.org\nAna,Gil Pérez,ana.gil@x.org\n":              false,
		"Ida,van Dijk,vandijk@x.org\nBo,Lund Holm,bo.lund.holm@x.org\nMia,Berg,mia@x.org\n": false,
	} {
		said, choices := becomes(t, head+rows, gala)
		if asked != (said == "asked: map 'last_name=Last Name'") {
			t.Errorf("%s: %s", rows, said)
		}
		for _, choice := range choices {
			if got, _ := becomes(t, head+rows, answer(gala, choice)); strings.Contains(got, "asked") {
				t.Errorf("%s with %s: %s", rows, choice.Flag(), got)
			}
		}
	}
}
