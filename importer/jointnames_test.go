package importer_test

import (
	"strings"
	"testing"

	"guestflow/deploy/testkit"
)

// A name of several people, a family or a company is asked about, and is one guest or none by the answer.
func TestNamesOfSeveralPeopleAreAskedAbout(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	for cell, kept := range map[string]string{
		"Ida and Bo,Holm": "Ida and Bo|Holm", "Ida & Bo,Holm": "Ida & Bo|Holm", "Ida + Bo,Holm": "Ida + Bo|Holm",
		"Ida/Bo,Holm": "Ida/Bo|Holm", "Ida und Bo,Holm": "Ida und Bo|Holm",
		"Ida et Bo,Holm": "Ida et Bo|Holm", "Ida y Luis,Gil": "Ida y Luis|Gil", "Ida och Bo,Ek": "Ida och Bo|Ek",
		"Ida og Bo,Ek": "Ida og Bo|Ek", "Ида и Пётр,Ким": "Ида и Пётр|Ким",
		"Mr & Mrs,Holm": "Mr & Mrs|Holm", "Mr and Mrs,Holm": "Mr and Mrs|Holm", "Herr und Frau,Holm": "Herr und Frau|Holm",
		"Tor (+2),Dahl":        "Tor (+2)|Dahl",
		"Tor (and guest),Dahl": "Tor (and guest)|Dahl", "Familie,Berg": "Familie|Berg", "Famille,Petit": "Famille|Petit",
		"\"Ida\nBo\",Holm": "Ida\nBo|Holm",
		"ACME Inc.,":       "ACME Inc.|", "Holm GmbH,": "Holm GmbH|", "Berg & Co. KG,": "Berg & Co. KG|",
		"Ida,Holm & Berg": "Ida|Holm & Berg", "株式会社山田,": "株式会社山田|",
		"Ida,Holm (2 pers.)": "Ida|Holm (2 pers.)", "Ida,Holm (2)": "Ida|Holm (2)", "Ida,Holm x2": "Ida|Holm x2",
		"Ida,Holm 2x": "Ida|Holm 2x", "2x Ida,Holm": "2x Ida|Holm",
		"Ida (4 Personen),Holm": "Ida (4 Personen)|Holm", "Ida,Holm 3 people": "Ida|Holm 3 people",
		"Ida (x3),Holm": "Ida (x3)|Holm", "Ida,Holm (3名)": "Ida|Holm (3名)",
		"Ida,\"Holm (2 Erw., 1 Kind)\"": "Ida|Holm (2 Erw., 1 Kind)", "Ida,Familie Holm 4": "Ida|Familie Holm 4",
		"Ida,Holm - 2 Personen": "Ida|Holm - 2 Personen",
		"Acme,Ltd.":             "Acme|Ltd.", "Marketing,Team": "Marketing|Team",
		"Vorstand,TSV Neustadt": "Vorstand|TSV Neustadt",
		"Embassy of,Denmark":    "Embassy of|Denmark",
		"Waiting,List":          "Waiting|List", "Stadt,Köln": "Stadt|Köln",
		"Ida,Holm und Bo Lund": "Ida|Holm und Bo Lund", "Ida,Holm et Bo Lund": "Ida|Holm et Bo Lund",
		"Ida,Vos-Meier und Eva Holm": "Ida|Vos-Meier und Eva Holm", "Ida,Gil y Luis Ruiz": "Ida|Gil y Luis Ruiz",
		"Ida,Costa e Rui Sousa": "Ida|Costa e Rui Sousa", "Ida,Ek och Bo Alm": "Ida|Ek och Bo Alm",
		"Ida,Dahl og Bo Lie": "Ida|Dahl og Bo Lie", "Ida,Jansen en Bo de Vries": "Ida|Jansen en Bo de Vries",
		"Ida,Nowak i Jan Lis": "Ida|Nowak i Jan Lis", "Ida,Novák a Eva Malá": "Ida|Novák a Eva Malá",
		"Ида,Ким и Пётр Цой": "Ида|Ким и Пётр Цой", "Ida,Kaya ve Can Ak": "Ida|Kaya ve Can Ak",
		"Ida,Aho ja Bo Laine": "Ida|Aho ja Bo Laine", "IDA,HOLM UND BO LUND": "IDA|HOLM UND BO LUND",
		"Ida,Holm mit Bo": "Ida|Holm mit Bo", "\"Tom, Eva\",Holm": "Tom, Eva|Holm",
		"\"Tom, Eva und Ben\",Holm": "Tom, Eva und Ben|Holm", "Tom; Eva,Holm": "Tom; Eva|Holm", "The Falks,": "The Falks|",
		"The,Falks": "The|Falks", "Die Müllers,": "Die Müllers|",
	} {
		list := "First Name,Last Name,Email\n" + cell + ",i@x.example\nUna,Vik,u@x.example\nTor,Lie,t@x.example\n"
		said, choices := becomes(t, list, gala)
		if said != "asked: joint-names keep; joint-names skip" {
			t.Errorf("%s: %s", cell, said)
			continue
		}
		if got, _ := becomes(t, list, answer(gala, choices[0])); got != kept+" odd_name; Una|Vik; Tor|Lie" {
			t.Errorf("%s kept: %s", cell, got)
		}
		if got, _ := becomes(t, list, answer(gala, choices[1])); got != " no_name; Una|Vik; Tor|Lie" {
			t.Errorf("%s left out: %s", cell, got)
		}
	}
	s := gala
	s.SplitNames = new(true)
	for cell, kept := range map[string]string{
		"Ida and Bo Holm": "Ida and Bo|Holm", "Mr & Mrs Holm": "Mr & Mrs Holm|", "Tor Dahl (+2)": "Tor Dahl (+2)|",
		"\"ACME, Inc.\"": "ACME, Inc.|", "Familie Berg": "Familie|Berg",
		"\"Ida Holm, Berlin\"": "Ida Holm Berlin|", "\"Ida Holm, vegetarisch\"": "Ida Holm vegetarisch|",
		"Deutsche Bank": "Deutsche Bank|", "Stadt Köln": "Stadt Köln|", "Marketing Team": "Marketing Team|",
		"Embassy of Denmark": "Embassy of Denmark|",
	} {
		list := "Name,Email\n" + cell + ",i@x.example\nUna Vik,u@x.example\nTor Lie,t@x.example\n"
		said, choices := becomes(t, list, s)
		if said != "asked: joint-names keep; joint-names skip" {
			t.Errorf("%s: %s", cell, said)
			continue
		}
		if got, _ := becomes(t, list, answer(s, choices[0])); got != kept+" odd_name; Una|Vik; Tor|Lie" {
			t.Errorf("%s kept: %s", cell, got)
		}
	}
}

// Names of one person are not asked about, whatever is in them.
func TestNamesOfOnePersonAreNotJoint(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"Mary Ann,Holm": "Mary Ann|Holm", "José,Ortega y Gasset": "José|Ortega y Gasset", "Anna-Lena,Holm": "Anna-Lena|Holm",
		"Otto,von und zu Berg": "Otto|von und zu Berg",
		"Maria,SA":             "Maria|SA", "Ana,Costa e Silva": "Ana|Costa e Silva", "Per,As": "Per|As",
		"D'Arcy,O'Hara": "D'Arcy|O'Hara", "IDA,SA": "IDA|SA", "J.-P.,Roy": "J.-P.|Roy",
		"Ida,Holm 2nd": "Ida|Holm 2nd", "Ida,Lee 5": "Ida|Lee 5", "Ida (Bo),Holm": "Ida (Bo)|Holm",
		"Ana,Puig i Cadafalch": "Ana|Puig i Cadafalch", "Ana,Ruiz y López de Ayala": "Ana|Ruiz y López de Ayala",
		"Ana,García y de la Torre": "Ana|García y de la Torre",
		"\"Ida, PhD\",Holm":        "Ida, PhD|Holm", "\"Ida, Dr.\",Holm": "Ida, Dr.|Holm", "Ann The,Anh": "Ann The|Anh",
		"Otto,Freiherr von und zu Berg": "Otto|Freiherr von und zu Berg",
		"Melissa,Bank":                  "Melissa|Bank", "Anna,Stadt": "Anna|Stadt", "Marie,Firmin": "Marie|Firmin",
		"Ida,Müller in der Heide": "Ida|Müller in der Heide",
	} {
		if got, _ := becomes(t, "First Name,Last Name,Email\n"+cell+",i@x.example\nUna,Vik,u@x.example\n", gala); got != want+
			"; Una|Vik" {
			t.Errorf("%s: %s", cell, got)
		}
	}
	s := gala
	s.SplitNames = new(true)
	for cell, want := range map[string]string{
		"\"Bo Berg, Director\"": "Bo|Berg odd_name", "\"Ida Holm, CEO\"": "Ida|Holm odd_name",
		"\"Una Vik, Marketing Manager\"": "Una|Vik odd_name",
		"\"Eva Maier, Projektleiterin\"": "Eva|Maier odd_name", "\"Holm, Ida\"": "Ida|Holm",
		"\"García López, Ana\"": "Ana|García López", "\"Berg, Bo, Jr.\"": "Bo|Berg Jr.",
		"\"Holm, Ida, CEO\"": "Ida|Holm odd_name", "\"Ida Holm, CEO, Acme\"": "Ida|Holm odd_name",
		"\"Ida, CEO\"": "|Ida odd_name",
	} {
		if got, _ := becomes(t, "Name,Email\n"+cell+",i@x.example\n", s); got != want {
			t.Errorf("%s: %s", cell, got)
		}
	}
}

// Parts of names in further columns and full names beside a last name are read or asked about.
func TestPartsOfNamesAreReadOrAskedAbout(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	for _, c := range []struct{ list, said string }{
		{"氏,名,メール\n山田,太郎,y@x.example\n", "太郎|山田"}, {"Họ,Tên,Email\nNguyễn,Văn Anh,a@x.example\n", "Văn Anh|Nguyễn"},
		{"성,이름,이메일\n김,철수,k@x.example\n", "철수|김"}, {"Vezetéknév,Utónév,E-mail\nNagy,Anna,n@x.example\n", "Anna|Nagy"},
		{"First Name,Last Name,Email\nIda Holm,Holm,i@x.example\nBo Berg,Berg,b@x.example\n",
			"asked: map 'full_name=First Name'; map 'first_name=First Name'"},
		{"First Name,Last Name,Email\nIda,Ida Holm,i@x.example\nBo,Bo Berg,b@x.example\n",
			"asked: map 'full_name=Last Name'; map 'last_name=Last Name'"},
		{"First Name,Last Name,Email\nIda Holm,Ida Holm,i@x.example\nBo Berg,Bo Berg,b@x.example\n",
			"asked: map 'full_name=Last Name'; map 'last_name=Last Name'"},
		{"First Name,Last Name,Email\nIda,\"Holm, Ida\",i@x.example\nBo,\"Berg, Bo\",b@x.example\n",
			"asked: map 'full_name=Last Name'; map 'last_name=Last Name'"},
		{"First Name,Last Name,Email\nIda,Ida,i@x.example\nBo,Bo,b@x.example\n",
			"asked: map last_name=; map 'last_name=Last Name'"},
		{"First Name,Last Name,Email\nAli,Ali,i@x.example\n", "Ali|Ali"},
		{"Vorname,Namenszusatz,Nachname,E-Mail\nIda,von,Holm,i@x.example\nBo,,Berg,b@x.example\n", "Ida|von Holm; Bo|Berg"},
		{"Vorname,Namenszusatz,Nachname,E-Mail\nIda,jun.,Holm,i@x.example\nBo,von,Berg,b@x.example\n",
			"asked: map 'last_name={{Namenszusatz}} {{Nachname}}'; map last_name=Nachname"},
		{"Prénom,Particule,Nom,Email\nIda,d',Holm,i@x.example\n", "Ida|d'Holm"},
		{"First Name,Surname Prefix,Surname,Email\nIda,de,Holm,i@x.example\n", "Ida|de Holm"},
		{"Voornaam,Tussenvoegsel,Achternaam,E-mail\nIda,van der,Berg,i@x.example\n", "Ida|van der Berg"},
		{"Roepnaam,Tussenvoegsel(s),Naam,E-mail\nIda,van 't,Berg,i@x.example\nBo,van der,van der Berg,b@x.example\nUna,de,\"Vik, de\",u@x.example\n",
			"Ida|van 't Berg; Bo|van der Berg; Una|Vik, de"},
		{"Voornaam,Tussenvoegsel,Achternaam,E-mail\nIda,,Berg,i@x.example\n", "Ida|Berg"},
		{"Legal First Name,Preferred Name,Last Name,Email\nRobert,Bob,Holm,b@x.example\nMia,,Berg,m@x.example\n",
			"Bob|Holm; Mia|Berg"},
		{"First Name,Preferred First Name,Last Name,Email\nRobert,Bob,Holm,b@x.example\n,Mia,Berg,m@x.example\n",
			"Robert|Holm; Mia|Berg"},
		{"First Name,Email\nida.holm,ida.holm@x.example\nUna,una@x.example\n", " bad_name; Una|"},
		{"Initials,Surname,Email\nI.,Holm,i@x.example\n", "asked: map first_name=Initials; map first_name="},
		{"Nombre,Apellido1,Apellido2,Correo\nAna,García,López,a@x.example\n",
			"asked: map 'last_name={{Apellido1}} {{Apellido2}}'; map last_name=Apellido1"},
		{"Nombre,Primer apellido,Segundo apellido,Correo\nAna,García,López,a@x.example\n",
			"asked: map 'last_name={{Primer apellido}} {{Segundo apellido}}'; map 'last_name=Primer apellido'"},
		{"\"Name (Last, First)\",Email\n\"Holm, Ida\",i@x.example\n", "asked: split-names"},
		{"Surname First,Email\nHolm Ida,i@x.example\n", "asked: split-names"},
		{"Email\ni@x.example\nb@x.example\n", "asked: map first_name=Email"},
		{"Email\nIda Holm <i@x.example>\n", "asked: map full_name=Email"},
		{"First Name,Last Name,Email\nIda,Holm,bo.berg@x.example\nBo,Berg,ida.holm@x.example\n", "asked: map email=Email"},
		{"Vorname,Nachname,E-Mail\nJörg,Müller,anna.schmidt@x.example\nAnna,Schmidt,joerg.mueller@x.example\n",
			"asked: map email=E-Mail"},
		{"First Name,Last Name,Email\nIda,Holm,ida.holm@x.example\nBo,Berg,ida.holm@x.example\n", "Ida|Holm; Bo|Berg"},
	} {
		said, choices := becomes(t, c.list, gala)
		if said != c.said {
			t.Errorf("%s: %s, want %s", c.list, said, c.said)
		}
		for _, choice := range choices {
			if got, _ := becomes(t, c.list, answer(gala, choice)); !strings.Contains(got, "|") {
				t.Errorf("%s with %s: %s", c.list, choice.Flag(), got)
			}
		}
	}
	particles := gala
	particles.Mapping = map[string]string{"last_name": "{{Namenszusatz}} {{Nachname}}"}
	if got, _ := becomes(t, "Vorname,Namenszusatz,Nachname\nIda,von,Holm\nBo,,Berg\n",
		particles); got != "Ida|von Holm; Bo|Berg" {
		t.Errorf("particles with the last name: %s", got)
	}
	s := gala
	s.HeaderRow = "none"
	s.Mapping = map[string]string{"full_name": "A"}
	if got, _ := becomes(t, "Ida Holm <i@x.example>\nBo Berg <b@x.example>\n", s); got != "Ida|Holm; Bo|Berg" {
		t.Errorf("lines of a mail program: %s", got)
	}
}

// What is no table is called what it is.
func TestTextsAreCalledWhatTheyAre(t *testing.T) {
	t.Parallel()
	for list, want := range map[string]string{
		"--- a/g.csv\n+++ b/g.csv\n@@ -1 +1 @@\n-First Name,Email\n+First Name,Email\n": "a diff",
		"+First Name,Email\n+Ida,i@x.example\n":                                         "a diff",
		"Ida Holm, i@x.example; Bo Berg, b@x.example; Una Vik, u@x.example\n":           "one line with several guests",
		"First Name,Last Name,First Name,Last Name\nIda,Holm,Bo,Berg\n":                 "two tables stand beside each other",
		"* Ida Holm - i@x.example\n* Bo Berg - b@x.example\n":                           "a text with a name and an address each",
		"First Name,Ida,Bo\nLast Name,Holm,Berg\nCompany,ACME,Foo\n":                    "the table is turned",
	} {
		if said, choices := becomes(t, list, gala); !strings.Contains(said, want) || len(choices) > 0 {
			t.Errorf("%s: %s", list, said)
		}
	}
}
