package columns_test

import (
	"errors"
	"strings"
	"testing"

	"guestflow/importer/columns"
	"guestflow/importer/table"
)

// A ticket, a kind of guest, an answer and the one who has invited are no further people.
func TestWhatIsNoNameOfAPersonIsNoFurtherPerson(t *testing.T) {
	t.Parallel()
	luma := "api_id,name,first_name,last_name,email,phone_number,created_at,approval_status,checked_in_at,custom_source,qr_code_url," +
		"amount,amount_tax,amount_discount,currency,coupon_code,eth_address,solana_address,survey_response_rating," +
		"survey_response_feedback,ticket_type_id,ticket_name"
	row := func(first, last, ticket string) string {
		return "gst-1," + first + " " + last + "," + first + "," + last + "," + first +
			"@x.example,,2026-05-01T12:00:00.000Z,approved,,,https://lu.ma/c,$0.00,,,,,,,,,ttype-1," + ticket
	}
	for _, list := range []string{
		luma + "\n" + row("Ida", "Holm", "Standard"),
		luma + "\n" + row("Ida", "Holm", "General Admission") + "\n" + row("Ole", "Vik", "VIP Ticket"),
		"First Name,Last Name,Email,Ticket Name\nIda,Holm,i@x.example,Aftenkort\nOle,Vik,o@x.example,Dagkort",
		"First Name,Last Name,Email,Ticketname\nIda,Holm,i@x.example,Standard\nOle,Vik,o@x.example,VIP",
		"First Name,Last Name,Email,Ticket holder type\nIda,Holm,i@x.example,Standard\nOle,Vik,o@x.example,VIP",
		"First Name,Last Name,Email,Guest\nIda,Holm,i@x.example,VIP\nOle,Vik,o@x.example,Press",
		"First Name,Last Name,Email,Deltager\nIda,Holm,i@x.example,Kommer\nOle,Vik,o@x.example,Kommer\nUna,Ek,u@x.example,Kommer",
		"First Name,Last Name,Email,Guest Of\nIda,Holm,i@x.example,Bo Berg\nOle,Vik,o@x.example,Mia Lund",
		"Vorname,Nachname,E-Mail,Gast von\nIda,Holm,i@x.example,Bo Berg\nOle,Vik,o@x.example,Mia Lund",
		"First Name,Last Name,Email,+1\nIda,Holm,i@x.example,yes\nOle,Vik,o@x.example,no",
	} {
		if asked := besideQuestions(list); len(asked) > 0 {
			t.Errorf("%s\n%s", list, asked)
		}
	}
	for _, list := range []string{
		"First Name,Last Name,Email,Guest\nIda,Holm,i@x.example,Bo Berg\nOle,Vik,o@x.example,Mia Lund",
		"First Name,Last Name,Email,Ticket Holder\nIda,Holm,i@x.example,bo berg\nOle,Vik,o@x.example,mia de la vega",
		"First Name,Last Name,Email,Partner\nIda,Holm,i@x.example,Bo\nOle,Vik,o@x.example,",
	} {
		if asked := besideQuestions(list); len(asked) != 1 {
			t.Errorf("%s\n%s", list, asked)
		}
	}
}

// besideQuestions are what is asked about people and addresses beside the guests of a list.
func besideQuestions(list string) (asked []string) {
	lines := strings.Split(list, "\n")
	var rows [][]string
	for _, line := range lines[1:] {
		rows = append(rows, strings.Split(line, ","))
	}
	c, problem := columns.Map(strings.Split(lines[0], ","), columns.Options{Rows: rows})
	if problem != nil {
		return []string{problem.Error()}
	}
	var counts columns.BesideCounts
	for _, cells := range rows {
		fields := make([]string, len(c.Sources))
		counts.Add(c.Beside(cells, fields))
	}
	for _, q := range counts.Questions(&c) {
		asked = append(asked, q.Problem)
	}
	return asked
}

// A column of names whose header is not known is asked about where guests would have half a name, with that part first.
func TestAnUnknownColumnOfNamesBesideHalfANameIsAskedAbout(t *testing.T) {
	t.Parallel()
	for head, want := range map[string]string{
		"Guest;Last Name;Email":                "--map first_name=Guest",
		"Attendee;Surname;Email":               "--map first_name=Attendee",
		"Imię gościa;Nazwisko;Email":           "--map 'first_name=Imię gościa'",
		"Meno hosťa;Priezvisko;E-mail":         "--map 'first_name=Meno hosťa'",
		"Person;Nachname;Email":                "--map first_name=Person",
		"Vorn.;Nachname;Email":                 "--map first_name=Vorn.",
		"Nickname;Last Name;Email":             "--map first_name=Nickname",
		"1;Last Name;Email":                    "--map first_name=1",
		"A;Last Name;Email":                    "--map first_name=A",
		"Tom's {{x}};Last Name;Email":          "--map 'first_name=#1'",
		"First Name;Family;Email":              "--map last_name=Family",
		"First Name;Наз.;Email":                "--map last_name=Наз.",
		"First Name;Sobren.;Email":             "--map last_name=Sobren.",
		"City;First Name;Ort;Family's;Email":   `--map 'last_name=Family'\''s'`,
		"Company;Last Name;Guest's call;Email": `--map 'first_name=Guest'\''s call'`,
	} {
		c, flags := namesAsked(t, head, nil)
		if len(flags) != 2 || flags[0] != want || !strings.Contains(flags[1], "ignore=") {
			t.Errorf("%s: it asks %q", head, flags)
			continue
		}
		for _, q := range c.Questions() {
			if !strings.Contains(q.Advice, flags[0]+", "+flags[1]) {
				t.Errorf("%s: it says %s", head, q.Advice)
			}
		}
		for _, flag := range flags {
			value := strings.ReplaceAll(strings.Trim(strings.TrimPrefix(flag, "--map "), "'"), `'\''`, "'")
			field, from, _ := strings.Cut(value, "=")
			if _, again := namesAsked(t, head, map[string]string{field: from}); len(again) > 0 {
				t.Errorf("%s with %s: it asks %q", head, flag, again)
			}
		}
	}
	for _, head := range []string{
		"Първо име;Фамилия;Имейл", "Име;Презиме;Имейл", "Nom;Cognom;Email", "Nom;Cognoms;Email", "Ime;Prezime;Email",
		"Ime;Priimek;Email",
		"Vardas;Pavardė;Email", "Vārds;Uzvārds;Email", "Eesnimi;Perekonnanimi;Email", "Prenumele;Nume de familie;Email",
		"Adınız;Soyadınız;Email", "Nama depan;Nama belakang;Email", "Tên;Họ;Email", "Förnamn;Släktnamn;Email",
		"First Name;City;Email", "First Name;Home town;Email", "First Name;Company name;Email",
		"Vorname;Wohnort;Firma;E-Mail", "Last Name;Table;Email",
		"First Name;Job title;Country;Email", "First Name;Invited by;Email", "Last Name;Host;Email",
		"First Name;Ticket name;Email",
		"Imię;Miasto;Email", "Förnamn;Företag;Email", "Име;Град;Имейл", "First Name;Email",
		"First Name;Last Name;Nickname;Email",
	} {
		if _, flags := namesAsked(t, head, nil); len(flags) > 0 {
			t.Errorf("%s: it asks %q", head, flags)
		}
	}
}

// namesAsked maps a list with names in all columns but the last, and returns the answers to what is asked.
func namesAsked(t *testing.T, head string, chosen map[string]string) (c columns.Columns, flags []string) {
	t.Helper()
	header := strings.Split(head, ";")
	var rows [][]string
	for _, name := range []string{"Ida", "Ole", "Una", "Anna", "Bo"} {
		row := make([]string, len(header))
		for i := range row {
			row[i] = name + strings.Repeat("a", i)
		}
		row[len(row)-1] = name + "@x.example"
		rows = append(rows, row)
	}
	c, problem := columns.Map(header, columns.Options{Rows: rows, Chosen: chosen})
	if problem != nil {
		t.Fatalf("%s: %v", head, problem)
	}
	for _, q := range c.Questions() {
		if question, is := errors.AsType[*table.Question](q.Cause); is {
			for _, choice := range question.Choices {
				flags = append(flags, choice.Flag())
			}
		}
	}
	return c, flags
}
