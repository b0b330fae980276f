package importer_test

import (
	"fmt"
	"strings"
	"testing"

	"guestflow/deploy/testkit"
)

// A job, a ticket or an office in place of a name is asked about, in whatever column it stands, and each answer is
// taken; a street or an amount is refused.
func TestWhatIsNoNameIsNeverAGuestInSilence(t *testing.T) {
	t.Parallel()
	const head = "First Name,Last Name,Email\nIda,Holm,ida.holm@x.org\n"
	for row, kept := range map[string]string{
		"Reception,Desk": "Reception|Desk", "VIP,Ticket": "VIP|Ticket", "Sales,Manager": "Sales|Manager",
		"Test,Test": "Test|Test", "Berlin,Holm": "Berlin|Holm", "Bo,Vegetarian": "Bo|Vegetarian",
		"Bo,I will come later": "Bo|I will come later", "Former,client": "Former|client", "ask her first,Holm": "ask her first|Holm",
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
	if testkit.WithoutRace(t) {
		return
	}
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
	if testkit.WithoutRace(t) {
		return
	}
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

// A number behind a name, and a word for a guest as the first name, are asked about where few rows have such: lists for trials
// have them in most. So is the company of the address as the last name.
func TestWhatFewRowsOfAListHaveInPlaceOfANameIsAskedAbout(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	const rest = "Una,Vik,una@x.org\nBo,Lund,bo@x.org\nMia,Berg,mia@x.org\n"
	for row, asked := range map[string]bool{
		"Ida,Holm 2,q@x.org": true, "Ida2,Holm,q@x.org": true, "Guest,Holm,q@x.org": true, "Gast,Müller,q@x.org": true,
		"Ida,Siemens,ida.holm@siemens.com": true, "Ida,Acme,i.holm@mail.acme.org": true,
		"nothing written,Holm,q@x.org": true, "Ida,nothing here,q@x.org": true, "ida,Holm,q@x.org": false, "xochitl,Ramos,xochitl@x.org": false,
		"xochitl,ramos,q@x.org": false, "Jan,van der Berg,q@x.org": false, "Ali,bin saleh,q@x.org": false,
		"Autumn,Leaf,autumn.leaf@x.org": false, "Autumn,Leaf,aleaf@x.org": false, "Christopher,Guest,q@x.org": false, "Anna,Huber,anna@huber.org": false, "Anna,Huber,anna.huber@huber.org": false,
		"Anna,Huber,office@huber.org": false, "Anna,Huber,a.huber@huber.org": false, "Henry,Tudor VIII,q@x.org": false,
		"Bo,Berg GONE,q@x.org": true, "Bo,Östberg GONE,q@x.org": true, "Bo NICHT,Berg,q@x.org": true, "Bo,Berg DNI,bo@x.org": true, "Bo,Berg XX,q@x.org": true, "Bo,Berg instead,q@x.org": true,
		"Bo,Berg MD,q@x.org": false, "Bo,Berg III,q@x.org": false, "Ana,García LÓPEZ,q@x.org": false, "Ana,López RUIZ,q@x.org": false, "Juan,Pérez GARCÍA,q@x.org": false, "Ana,Holm SANZ,q@x.org": false, "Jan,de VRIES,q@x.org": false, "Ewan,Mc DONALD,q@x.org": false,
		"Bo,BERG GONE,q@x.org": false, "Bo,Berg GONZ,gonz@x.org": false, "Ida,Van DYK,q@x.org": false, "Anna MARIA,Holm,q@x.org": false,
		"Late,Arrival,q@x.org": true, "Details,Pending,ida.holm@x.org": true, "Freier,Platz,q@x.org": true, "Sans,Nom,q@x.org": true, "Da,Definire,q@x.org": true,
		"À,Confirmer,q@x.org": true, "Segundo,Convidado,q@x.org": true, "Late,Arrival,late.arrival@x.org": false, "Late,Arrival,larrival@x.org": false,
		"Summer,Rain,q@x.org": false, "Mark,Long,q@x.org": false, "Will,Young,q@x.org": false, "Rose,Garden,rose@x.org": false,
	} {
		list := "First Name,Last Name,Email\n" + row + "\n" + rest
		said, choices := becomes(t, list, gala)
		if want := "asked: where '#row != 1'; map 'ignore=First Name'; where 'all'"; asked != (strings.Replace(said, "ignore=Last", "ignore=First", 1) == want) {
			t.Errorf("%s: %s", row, said)
		}
		for _, choice := range choices {
			if got, _ := becomes(t, list, answer(gala, choice)); strings.Contains(got, "asked") {
				t.Errorf("%s with %s: %s", row, choice.Flag(), got)
			}
		}
	}
	const trial = "First Name,Last Name,Email\nGuest,Number1,a@x.org\nGuest,Number2,b@x.org\nIda,Holm,c@x.org\n"
	var long strings.Builder // more rows than a rule names
	long.WriteString(trial)
	for i := range 1_300 {
		fmt.Fprintf(&long, "Ann,Lee %d,ann%d@x.org\n", i, i)
	}
	for _, list := range []string{trial, long.String()} {
		if said, _ := becomes(t, list, gala); strings.Contains(said, "asked") {
			t.Errorf("a list of %d bytes for a trial: %s", len(list), said[:min(len(said), 300)])
		}
	}
}

// A profile that maps both names may be of another list: rows that are turned round are asked about all the same.
func TestAMappingWithTheNamesExchangedIsAskedAbout(t *testing.T) {
	t.Parallel()
	s := gala
	s.Mapping = map[string]string{"first_name": "B", "last_name": "A", "email": "C"}
	const list = "A,B,C\nIda,Holm,ida.holm@x.org\nBo,Lund,bo.lund@x.org\nMia,Berg,mia.berg@x.org\n"
	said, choices := becomes(t, list, s)
	if said != "asked: map ignore=B" {
		t.Fatal(said)
	}
	if got, _ := becomes(t, list, answer(s, choices[0])); got != "Holm|Ida; Lund|Bo; Berg|Mia" {
		t.Errorf("they are right: %s", got)
	}
	s.Mapping = map[string]string{"first_name": "A", "last_name": "B", "email": "C"}
	if got, _ := becomes(t, list, s); got != "Ida|Holm; Bo|Lund; Mia|Berg" {
		t.Errorf("a right mapping: %s", got)
	}
	const single = list + "Vik,Una,una.vik@x.org\n"
	if got, _ := becomes(t, single, s); got != "asked: where '#row != 4'; map ignore=A; where 'all'" {
		t.Errorf("a single row: %s", got)
	}
}

// Whole names in both columns, and more behind a last name than it, are asked about.
func TestWholeNamesInBothColumnsAreAskedAbout(t *testing.T) {
	t.Parallel()
	const rest = "Una,Vik,una@x.org\nBo,Lund,bo@x.org\nMia,Berg,mia@x.org\n"
	for row, asked := range map[string]string{
		"Ida Holm,Ida Holm,q@x.org": "where '#row != 1'", "Ida Holm,Holm,q@x.org": "where '#row != 1'",
		"Berg Tom,Tom Berg,q@x.org": "where '#row != 1'", "Ida Holm,Tom Berg,q@x.org": "joint-names keep", "Tom (und Ida),Berg,q@x.org": "joint-names keep",
		"Tom u. Ida,Berg,q@x.org": "joint-names keep", "Holms,Family,q@x.org": "joint-names keep", `Ida,"Holm, Tom Berg",q@x.org`: "joint-names keep",
		"Ida,Holm; Tom,q@x.org": "joint-names keep", "Ida,Familie,q@x.org": "joint-names keep", "Fam.,Holm,q@x.org": "joint-names keep",
		"Ana María,García López,q@x.org": "", "Ana Belén,Martín García,q@x.org": "", `Ada,"Lovelace, Countess",q@x.org`: "", `Ida,"Holm, RN",q@x.org`: "",
		"Bo,Natt och Dag,q@x.org": "", "Ben,Ben David,q@x.org": "", "Ali,Ali,q@x.org": "",
	} {
		said, _ := becomes(t, "First Name,Last Name,Email\n"+row+"\n"+rest, gala)
		if is := strings.HasPrefix(said, "asked: "+asked); asked != "" && !is || asked == "" && strings.Contains(said, "asked") {
			t.Errorf("%s: %s", row, said)
		}
	}
}

// Of a romanised name of two words each may be the last one: the list as a whole shows which, or it is asked.
func TestTheOrderOfRomanisedNamesIsThatOfTheList(t *testing.T) {
	t.Parallel()
	s := gala
	s.SplitNames = new(true)
	for names, want := range map[string]string{
		"Wei Chen": "asked", "Wei Chen|Yu He": "asked", "Wei Chen|Chen Jing": "asked", "Le Huong|Do Hung|An Nguyen": "asked", "Minsu Kim": "asked",
		"Wei Chen|Xiaoming Wang|Jing Li|Hao Zhang": "Chen Wang Li Zhang", "Minsu Kim|Ji-eun Park|Seojun Choi": "Kim Park Choi",
		"An Nguyen|Linh Tran|Huong Pham": "Nguyen Tran Pham", "Wei Chen|Kevin Wang|Eric Li|Alison Zhang": "asked",
		"Anna Holm|Peter Berg|Thomas Lund|Wei Chen": "Holm Berg Lund Chen", "Kevin Chen": "Chen", "Dean Lee": "Lee", "Ida Holm": "Holm", "Dan Young": "Young",
	} {
		list := "Name,Email\n"
		for i, name := range strings.Split(names, "|") {
			list += fmt.Sprintf("%s,g%d@x.org\n", name, i)
		}
		said, choices := becomes(t, list, s)
		var lasts []string
		for part := range strings.SplitSeq(said, "; ") {
			_, last, _ := strings.Cut(part, "|")
			lasts = append(lasts, last)
		}
		if got := strings.Join(lasts, " "); want == "asked" && !strings.HasPrefix(said, "asked: surname last") || want != "asked" && got != want {
			t.Errorf("%s: %s, want %s", names, said, want)
		}
		for _, choice := range choices {
			if got, _ := becomes(t, list, answer(s, choice)); strings.Contains(got, "asked") {
				t.Errorf("%s with %s: %s", names, choice.Flag(), got)
			}
		}
	}
}
