package columns_test

import (
	"strings"
	"testing"

	"guestflow/importer/columns"
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
