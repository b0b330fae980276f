package importer_test

import (
	"strings"
	"testing"

	"guestflow/deploy/testkit"
)

// People and addresses beside a guest's own are asked about, and each answer is taken.
func TestPeopleAndAddressesBesideAGuestAreAskedAbout(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	const partners, names = "map 'ignore=%s'; map 'plus_ones=%s'", "Ida|Holm; Una|Vik"
	for _, c := range []struct{ head, rows, asked string }{
		{"First Name,Last Name,Email,Partner", "Ida,Holm,i@x.example,Bo\nUna,Vik,u@x.example,",
			"map ignore=Partner; map plus_ones=Partner"},
		{"First Name,Last Name,Email,Partner First Name,Partner Last Name,Partner Email",
			"Ida,Holm,i@x.example,Bo,Berg,b@x.example\nUna,Vik,u@x.example,,,",
			"map 'ignore={{Partner First Name}} {{Partner Last Name}} {{Partner Email}}'; map 'plus_ones={{Partner First Name}} {{Partner Last Name}}'"},
		{"First Name,Last Name,Email,Guest 2,Guest 3", "Ida,Holm,i@x.example,Bo Berg,Mia\nUna,Vik,u@x.example,,",
			"map 'ignore={{Guest 2}} {{Guest 3}}'"},
		{"First Name,Last Name,Email,Attendee 2 Name", "Ida,Holm,i@x.example,Bo Berg\nUna,Vik,u@x.example,",
			strings.ReplaceAll(partners, "%s", "Attendee 2 Name")},
		{"First Name,Last Name,Email,+1 Name", "Ida,Holm,i@x.example,Bo Berg\nUna,Vik,u@x.example,none",
			strings.ReplaceAll(partners, "%s", "+1 Name")},
		{"Vorname,Nachname,E-Mail,Begleitperson", "Ida,Holm,i@x.example,Bo Berg\nUna,Vik,u@x.example,nein",
			"map ignore=Begleitperson; map plus_ones=Begleitperson"},
		{"Prénom,Nom de famille,E-mail,Conjoint", "Ida,Holm,i@x.example,Bo Berg\nUna,Vik,u@x.example,",
			"map ignore=Conjoint; map plus_ones=Conjoint"},
		{"Nombre,Apellidos,Correo,Pareja", "Ida,Holm,i@x.example,Bo Berg\nUna,Vik,u@x.example,",
			"map ignore=Pareja; map plus_ones=Pareja"},
		{"Nome,Cognome,Email,Coniuge", "Ida,Holm,i@x.example,Bo Berg\nUna,Vik,u@x.example,",
			"map ignore=Coniuge; map plus_ones=Coniuge"},
		{"Imię,Nazwisko,Email,Osoba towarzysząca", "Ida,Holm,i@x.example,Bo Berg\nUna,Vik,u@x.example,",
			strings.ReplaceAll(partners, "%s", "Osoba towarzysząca")},
		{"Förnamn,Efternamn,E-post,Respektive", "Ida,Holm,i@x.example,Bo Berg\nUna,Vik,u@x.example,",
			"map ignore=Respektive; map plus_ones=Respektive"},
		{"姓,名,メール,配偶者", "Holm,Ida,i@x.example,Bo Berg\nVik,Una,u@x.example,", "map ignore=配偶者; map plus_ones=配偶者"},
		{"Фамилия,Имя,Почта,Супруг", "Holm,Ida,i@x.example,Bo Berg\nVik,Una,u@x.example,",
			"map ignore=Супруг; map plus_ones=Супруг"},
		{"First Name,Last Name,Email,Guest Name", "Ida,Holm,i@x.example,Bo Berg\nUna,Vik,u@x.example,",
			strings.ReplaceAll(partners, "%s", "Guest Name") + "; map 'full_name=Guest Name'"},
		{"First Name,Last Name,Work Email,Personal Email", "Ida,Holm,i@w.example,i@x.example\nUna,Vik,u@w.example,",
			"map 'email=Work Email'; map 'email=Personal Email'"},
		{"Vorname,Nachname,E-Mail,E-Mail privat", "Ida,Holm,i@w.example,i@x.example\nUna,Vik,u@w.example,",
			"map email=E-Mail; map 'email=E-Mail privat'"},
		{"First Name,Last Name,E-mail 1,E-mail 2", "Ida,Holm,i@w.example,i@x.example\nUna,Vik,u@w.example,",
			"map 'email=E-mail 1'; map 'email=E-mail 2'; map email="},
		{"From,To,First Name,Last Name", "h@x.example,i@x.example,Ida,Holm\nh@x.example,u@x.example,Una,Vik",
			"map email=To; map email=From; map email="},
	} {
		list := c.head + "\n" + c.rows + "\n"
		said, choices := becomes(t, list, gala)
		if said != "asked: "+c.asked {
			t.Errorf("%s: %s, want %s", c.head, said, c.asked)
			continue
		}
		for _, choice := range choices {
			got, _ := becomes(t, list, answer(gala, choice))
			if got != names && !strings.HasPrefix(choice.Value, "full_name") {
				t.Errorf("%s with %s: %s", c.head, choice.Flag(), got)
			}
		}
	}
}

// What is not another person's, and no other address, is not asked about.
func TestTheGuestsOwnNameTwiceIsNotAskedAbout(t *testing.T) {
	t.Parallel()
	for _, list := range []string{
		"First Name,Last Name,Email,Participant\nIda,Holm,i@x.example,Ida Holm\n",
		"First Name,Last Name,Email,Guest\nIda,Holm,i@x.example,\"Holm, Ida\"\n",
		"First Name,Last Name,Email,Partner\nIda,Holm,i@x.example,no\n",
		"First Name,Last Name,Email,Confirm Email\nIda,Holm,i@x.example,i@x.example\n",
		"First Name,Last Name,Work Email,Personal Email\nIda,Holm,I@x.example,i@x.example\n",
		"First Name,Last Name,Email,PA Email\nIda,Holm,i@x.example,p@x.example\n",
		"First Name,Last Name,Email,Alternative email\nIda,Holm,i@x.example,p@x.example\n",
		"First Name,Last Name,Email,Invited by\nIda,Holm,i@x.example,Bo Berg\n",
	} {
		if said, _ := becomes(t, list, gala); said != "Ida|Holm" {
			t.Errorf("%s: %s", list, said)
		}
	}
}

// Who comes of a guest and a substitute is asked, in whatever direction the header says it, and each answer is taken.
func TestWhoComesOfAGuestAndASubstituteIsAsked(t *testing.T) {
	t.Parallel()
	if testkit.WithoutRace(t) {
		return
	}
	for _, header := range []string{
		"Replaced by", "Substitute", "Substitute for", "Replacement guest", "In place of", "Ersatz für", "Vertretung",
		"Stellvertreterin", "Remplacé par", "Suppléant",
		"Sustituido por", "Sostituto", "Vervanger", "Ersättare", "Stedfortræder", "代理出席者",
	} {
		list := "First Name,Last Name,Email," + header + "\nIda,Holm,i@x.org,Bo Berg\nUna,Vik,u@x.org,\n"
		said, choices := becomes(t, list, gala)
		if len(choices) != 2 || choices[0].Option != "map" || choices[1].Option != "where" {
			t.Errorf("%s: %s", header, said)
			continue
		}
		for i, want := range []string{"Ida|Holm; Una|Vik", "|; Una|Vik"} {
			if got, _ := becomes(t, list, answer(gala, choices[i])); got != want {
				t.Errorf("%s with %s: %s", header, choices[i].Flag(), got)
			}
		}
	}
	for _, list := range []string{
		"First Name,Last Name,Email,Replaced by\nIda,Holm,i@x.org,\n",
		"First Name,Last Name,Email,Substitute\nIda,Holm,i@x.org,no\n",
		"First Name,Last Name,Email,Replacement name\nIda,Holm,i@x.org,Ida Holm\n",
	} {
		if said, _ := becomes(t, list, gala); said != "Ida|Holm" {
			t.Errorf("%s: %s", list, said)
		}
	}
}
