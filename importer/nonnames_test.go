package importer_test

import (
	"fmt"
	"strings"
	"testing"
)

// A job, a ticket or an office in place of a name is asked about, in whatever column it stands, and each answer is
// taken; a street or an amount is refused.
func TestWhatIsNoNameIsNeverAGuestInSilence(t *testing.T) {
	t.Parallel()
	const head = "First Name,Last Name,Email\nIda,Holm,ida.holm@x.org\n"
	for row, kept := range map[string]string{
		"Reception,Desk": "Reception|Desk", "VIP,Ticket": "VIP|Ticket", "Sales,Manager": "Sales|Manager",
		"Test,Test": "Test|Test", "Berlin,Holm": "Berlin|Holm", "Bo,Vegetarian": "Bo|Vegetarian",
		"Bo,I will come later": "Bo|I will come later",
	} {
		list := head + row + ",q7@x.org\nUna,Vik,una@x.org\n"
		said, choices := becomes(t, list, gala)
		if len(choices) != 3 {
			t.Errorf("%s: %s", row, said)
			continue
		}
		for _, c := range choices[:2] {
			got, _ := becomes(t, list, answer(gala, c))
			if c.Option == "where" && got != "Ida|Holm; |; Una|Vik" || c.Option == "map" &&
				!strings.HasPrefix(got, "Ida|Holm; "+kept) {
				t.Errorf("%s with %s: %s", row, c.Flag(), got)
			}
		}
	}
	for _, row := range []string{"Hauptstr. 5,Holm", "Ida,12 Main St", "10115 Berlin,Holm", "Bo,€ 120", "6pm,Holm",
		"acme.com,Holm", "Bo,acme.bo@", "Seat B12,Holm"} {
		if said, _ := becomes(t, head+row+",q7@x.org\nUna,Vik,una@x.org\n", gala); said != "Ida|Holm;  bad_name; Una|Vik" {
			t.Errorf("%s: %s", row, said)
		}
	}
	s := gala
	s.Mapping = map[string]string{"first_name": "Company"} // which a person has chosen
	const companies = "Company,Email\n3 Länder GmbH,a@x.org\n"
	if said, _ := becomes(t, companies, s); strings.Contains(said, "bad_name") {
		t.Errorf("companies: %s", said)
	}
}

// A column of streets or jobs under a header of names is asked about as a whole.
func TestAColumnOfWhatIsNoNameIsAskedAbout(t *testing.T) {
	t.Parallel()
	for _, cells := range [][3]string{{"Hauptstr. 5", "Ringweg 7", "Am Markt 3"}, {"Manager", "Director", "Analyst"},
		{"10115 Berlin", "20095 Hamburg", "80331 München"}, {"VIP", "Early Bird", "VIP"}} {
		list := fmt.Sprintf("First Name,Last Name,Email\n%s,Holm,a@x.org\n%s,Vik,b@x.org\n%s,Berg,c@x.org\n", cells[0],
			cells[1], cells[2])
		if said, _ := becomes(t, list, gala); said != "asked: map 'first_name=First Name'" {
			t.Errorf("%v: %s", cells, said)
		}
	}
}

// Single rows whose names are turned round, or twice in the row, are asked about where the list shows it.
func TestSingleRowsWithNamesInTheWrongColumnsAreAskedAbout(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ rows, want string }{
		// as the others of the domain show
		{"Ida,Holm,ida.holm@x.org\nBo,Lund,bo.lund@x.org\nVik,Una,una.vik@x.org\nMia,Berg,mia.berg@x.org", "3"},
		// as another row's last name shows
		{"Ida,Holm,ida.holm@x.org\nBo,Lund,bo.lund@x.org\nVik,Una,una.vik@y.org\nMia,Vik,mia.vik@x.org", "3"},
		{"Ida,Holm,ida.holm@x.org\nBo,Bo Lund,bo.lund@x.org\nMia,Berg,mia.berg@x.org", "2"},
		{"Ida,Holm,ida.holm@x.org\nBo Lund,Lund,bo.lund@x.org\nMia,Berg,mia.berg@x.org", "2"},
		// Honest ones: people choose addresses with the last name first, and have first names that are others' last ones.
		{"Ida,Holm,ida.holm@gmail.com\nBo,Lund,bo.lund@gmail.com\nUna,Vik,vik.una@gmail.com\nMia,Berg,mia.berg@gmail.com\nOle,Falk,ole.falk@gmail.com", ""},
		{"Ida,Holm,ida.holm@x.org\nThomas,Martin,martin.thomas@y.org\nThomas,Berg,thomas.berg@x.org\nUna,Martin,una.martin@x.org", ""},
		{"María,García López,maria.garcia@x.org\nAna,López,ana.lopez@x.org\nAnna Maria,Holm,anna.holm@x.org", ""},
	} {
		list := "First Name,Last Name,Email\n" + c.rows + "\n"
		said, choices := becomes(t, list, gala)
		if want := "asked: where '#row != " + c.want + "'; map 'ignore=First Name'; where 'all'"; c.want != "" &&
			said != want || c.want == "" && strings.Contains(said, "asked") {
			t.Errorf("%s: %s", c.rows, said)
		}
		for _, choice := range choices {
			if got, _ := becomes(t, list, answer(gala, choice)); strings.Contains(got, "asked") {
				t.Errorf("%s with %s: %s", c.rows, choice.Flag(), got)
			}
		}
	}
}

// Addresses that were moved by a row in a part of a list, or exchanged between two rows, are asked about, in whatever
// form they are.
func TestAddressesMovedInAPartOfAListAreAskedAbout(t *testing.T) {
	t.Parallel()
	guests := [][2]string{{"Ida", "Holm"}, {"Bodo", "Lund"}, {"Mia", "Berg"}, {"Una", "Falk"}, {"Jörg", "Müller"},
		{"Ole", "Vik"}, {"Eva", "Lie"}, {"Tor", "Moe"}, {"Ada", "Eklund"}, {"Kai", "Rask"}}
	list := func(form string, owner func(i int) int) string {
		text := "First Name,Last Name,Email\n"
		for i, g := range guests {
			who := guests[owner(i)]
			f, l := strings.ToLower(strings.ReplaceAll(who[0], "ö", "oe")),
				strings.ToLower(strings.ReplaceAll(who[1], "ü", "ue"))
			text += fmt.Sprintf("%s,%s,%s@x.org\n", g[0], g[1],
				strings.NewReplacer("first", f, "last", l, "f", f[:1], "l", l[:1]).Replace(form))
		}
		return text
	}
	for name, owner := range map[string]func(i int) int{
		"three moved down": func(i int) int {
			return map[int]int{4: 6, 5: 4, 6: 5}[i] + map[bool]int{true: i}[i < 4 ||
				i > 6]
		},
		"three moved up": func(i int) int {
			return map[int]int{4: 5, 5: 6, 6: 4}[i] + map[bool]int{true: i}[i < 4 ||
				i > 6]
		},
		"two exchanged": func(i int) int { return map[int]int{4: 5, 5: 4}[i] + map[bool]int{true: i}[i < 4 || i > 5] },
		"two apart":     func(i int) int { return map[int]int{4: 6, 6: 4}[i] + map[bool]int{true: i}[i != 4 && i != 6] },
	} {
		for _, form := range []string{"first.last", "firstlast", "flast", "f.last", "first", "last", "lastf"} {
			if said, _ := becomes(t, list(form, owner), gala); said != "asked: map email=Email" {
				t.Errorf("%s, %s: %s", name, form, said)
			}
		}
	}
	const initials = "First Name,Last Name,Email\nIda,Berg,ida.h@x.org\nBo,Falk,bo.l@x.org\nMia,Holm,miab@x.org\nUna,Lund,una.f@x.org\nOle,Vik,ole.v@x.org\n"
	if said, _ := becomes(t, initials, gala); said != "asked: map email=Email" {
		t.Errorf("last names that were sorted by themselves: %s", said)
	}
	for _, rows := range []string{ // families, assistants, maiden names, teams
		"Ida,Holm,ida@x.org\nBo,Holm,ida@x.org\nMia,Holm,mia@x.org\nUna,Vik,una@x.org",
		"Ida,Holm,una@x.org\nUna,Vik,una@x.org\nBo,Berg,mia@x.org\nMia,Lie,mia@x.org",
		"Ida,Holm,ida.h@x.org\nBo,Berg,bo.k@x.org\nMia,Lie,mia.l@x.org\nUna,Vik,una.v@x.org",
		"Ida,Holm,team@x.org\nBo,Berg,team@x.org\nMia,Lie,office@x.org\nUna,Vik,hallo@x.org",
		"Ida,Holm,sunny@x.org\nBo,Berg,ida.work@x.org\nMia,Lie,mia@x.org\nUna,Vik,una@x.org",
	} {
		if said, _ := becomes(t, "First Name,Last Name,Email\n"+rows+"\n", gala); strings.Contains(said, "asked") {
			t.Errorf("%s: %s", rows, said)
		}
	}
}

// An address made of the company and the guest's first name shows no row that was moved.
func TestAnAddressOfCompanyAndFirstNameIsTheGuests(t *testing.T) {
	t.Parallel()
	if said, _ := becomes(t,
		"Company,First Name,Last Name,Email\nNordwind,Ida,Lund,nordwind.ida@x.org\nFoo,Bo,Vik,bo.vik@x.org\n",
		gala); said != "Ida|Lund; Bo|Vik" {
		t.Error(said)
	}
}
