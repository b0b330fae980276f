package importer_test

import (
	"strings"
	"testing"

	"guestflow/importer"
)

// Promise: a list as a known program or form writes it is read without a question, and what only looks like such a list is
// asked about, or its rows are rejected.
func TestExportsOfKnownProgramsAreReadAsTheyAre(t *testing.T) {
	t.Parallel()
	mailed := gala
	mailed.Template = "welcome"
	const two = "Ida|Holm; Bo|Berg"
	for name, c := range map[string]struct{ list, said string }{
		"the address within the name that is shown": {"Vorname;Nachname;E-Mail-Adresse;E-Mail-Typ;E-Mail: Angezeigter Name\n" +
			"Ida;Holm;i@x.example;SMTP;Ida Holm (i@x.example)\nBo;Berg;b@x.example;SMTP;b@x.example\n", two},
		"the same in French": {"Prénom;Nom;Adresse de messagerie;Type de messagerie;Nom complet de l'adresse de messagerie\n" +
			"Ida;Holm;i@x.example;SMTP;Ida Holm (i@x.example)\nBo;Berg;b@x.example;SMTP;b@x.example\n", two},
		"another address within it": {"Vorname;Nachname;E-Mail-Adresse;E-Mail-Typ;E-Mail: Angezeigter Name\nIda;Holm;i@x.example;SMTP;Ida Holm (ida@x.example)\n",
			"asked: map email=E-Mail-Adresse; map 'email=E-Mail: Angezeigter Name'"},
		"Microsoft Forms": {"ID,Start time,Completion time,Email,Name,First name,Last name,Your email\n" +
			"1,5/1/2026,5/1/2026,anonymous,,Ida,Holm,i@x.example\n2,5/1/2026,5/1/2026,anonymous,,Bo,Berg,b@x.example\n", two},
		"the same address twice": {"First Name,Last Name,Email,Email Address\nIda,Holm,i@x.example,I@x.example\nBo,Berg,b@x.example,b@x.example\n", two},
		"another address below": {"First Name,Last Name,Email,Email Address\n" + strings.Repeat("Ida,Holm,i@x.example,i@x.example\n", 60) + "Bo,Berg,b@x.example,bo@x.example\n",
			"asked: map email=Email; map 'email=Email Address'"},
		"one who has signed in": {"ID,Start time,Completion time,Email,Name,First name,Last name,Your email\n" +
			"1,5/1/2026,5/1/2026,anonymous,,Ida,Holm,i@x.example\n2,5/1/2026,5/1/2026,bo@x.example,,Bo,Berg,b@x.example\n",
			"asked: map email=Email; map 'email=Your email'"},
		"Dynamics": {"(Do Not Modify) Contact,(Do Not Modify) Row Checksum,Full Name,First Name,Last Name,Email\n" +
			"8a-1,x,Ida Holm,Ida,Holm,i@x.example\n8a-2,y,Bo Berg,Bo,Berg,b@x.example\n", two},
		"a column of who is not to be mailed": {"Do not email,First Name,Last Name,Email\nyes,Ida,Holm,i@x.example\n,Bo,Berg,b@x.example\n",
			"asked: where '\"Do not email\" != yes'; map 'ignore=Do not email'; where 'all'"},
		"WooCommerce": {"Order ID,Order Date,First Name (Billing),Last Name (Billing),Email (Billing)\n1,x,Ida,Holm,i@x.example\n2,x,Bo,Berg,b@x.example\n", two},
		"Tickera": {"Attendee First Name,Attendee Last Name,Attendee E-mail,Ticket Code,Buyer Name,Buyer E-mail\n" +
			"Ida,Holm,i@x.example,A-1,Ida Holm,i@x.example\nBo,Berg,b@x.example,A-2,Una Vik,u@x.example\n", two},
		"Planning Center":  {"Person ID,First Name,Last Name,Home Email,Birthdate\n1,Ida,Holm,i@x.example,\n2,Bo,Berg,b@x.example,\n", two},
		"Constant Contact": {"Email address - home,First name,Last name,Email status,Email permission status\ni@x.example,Ida,Holm,Active,Express\nb@x.example,Bo,Berg,Active,Express\n", two},
		"MailerLite":       {"Subscriber,First name,Last name,Sent,Opens,Clicks\ni@x.example,Ida,Holm,1,0,0\nb@x.example,Bo,Berg,1,0,0\n", two},
		"Pipedrive": {"Person - Name,Person - First name,Person - Last name,Person - Email - Work,Person - Email - Home\n" +
			"Ida Holm,Ida,Holm,i@x.example,\nBo Berg,Bo,Berg,b@x.example,\n", two},
		"a directory":                      {"dn,cn,sn,givenName,mail\nuid=1,Ida Holm,Holm,Ida,i@x.example\nuid=2,Bo Berg,Berg,Bo,b@x.example\n", two},
		"questions of a form":              {"And your first name?,And your last name?,your-email\nIda,Holm,i@x.example\nBo,Berg,b@x.example\n", two},
		"a name beside a last":             {"your-name,your-last-name,your-email\nIda,Holm,i@x.example\nBo,Berg,b@x.example\n", two},
		"Russian questions":                {"Ваше имя,Ваша фамилия,Ваш email\nIda,Holm,i@x.example\nBo,Berg,b@x.example\n", two},
		"required fields":                  {"First Name (required),Last Name [Required],Email (Pflichtfeld)\nIda,Holm,i@x.example\nBo,Berg,b@x.example\n", two},
		"numbered questions":               {"1. First name,2. Last name,Q3 Email\nIda,Holm,i@x.example\nBo,Berg,b@x.example\n", two},
		"two languages":                    {"Vorname / First name,Nom/Achternaam,E-Mail (Email)\nIda,Holm,i@x.example\nBo,Berg,b@x.example\n", two},
		"colons in the names":              {"Name: First,Name: Last,Email\nIda,Holm,i@x.example\nBo,Berg,b@x.example\n", two},
		"a comma in a name":                {"Nachname, Vorname;E-Mail\nHolm, Ida;i@x.example\nBerg, Bo;b@x.example\n", "asked: split-names"},
		"a name that a line break has cut": {"First Name,Last Name,Email\nIda,Holm,i@x.example\nUna\n,Vik,u@x.example\nBo,Berg,b@x.example\n", "Ida|Holm;  wrong_number_of_cells;  wrong_number_of_cells; Bo|Berg"},
		"no first name":                    {"First Name,Last Name,Email\nIda,Holm,i@x.example\n,Vik,u@x.example\n", "Ida|Holm; |Vik"},
		"links to addresses": {"First Name,Last Name,Email\nIda,Holm,[i@x.example](mailto:i@x.example)\n" +
			`Bo,Berg,"<a href=""mailto:b@x.example"">b@x.example</a>"` + "\n" + `Una,Vik,"=HYPERLINK(""mailto:u@x.example"",""Una Vik"")"` + "\n",
			two + "; Una|Vik"},
		"a link to another address":  {"First Name,Last Name,Email\nIda,Holm,[i@x.example](mailto:o@x.example)\nBo,Berg,b@x.example\n", " bad_email; Bo|Berg"},
		"a number that became a day": {"First Name,Last Name,Email,Plus Ones\nIda,Holm,i@x.example,01-Feb\nBo,Berg,b@x.example,2-Mär\nUna,Vik,u@x.example,1\n", " bad_plus_ones;  bad_plus_ones; Una|Vik"},
		"a whole name in one part":   {"First Name,Last Name,Email\nIda Holm,,ida.holm@x.example\nBo,Berg,b@x.example\nUna,Vik,u@x.example\n", "asked: where '#row != 1'; map 'ignore=First Name'; where 'all'"},
		"two first names":            {"First Name,Last Name,Email\nAnn Lee,,ann@x.example\nBo,Berg,b@x.example\n", "Ann Lee|; Bo|Berg"},
		"DJ":                         {"First Name,Last Name,Email\nDJ,Holm,d@x.example\nBo,Berg,b@x.example\n", "DJ|Holm; Bo|Berg"},
		"another seat":               {"First Name,Last Name,Email,Notes\nIda,Holm,i@x.example,has moved seat\nBo,Berg,b@x.example,has moved to table 5\n", two},
		"another town":               {"First Name,Last Name,Email,Notes\nIda,Holm,i@x.example,has moved\nBo,Berg,b@x.example,\n", "asked: where 'Notes != has moved'; map ignore=Notes; where 'all'"},
		"masked addresses":           {"First Name,Last Name,Email,Login\nIda,Holm,i@x.example,i•••@x.example\nBo,Berg,b@x.example,b•••@x.example\n", two},
		"a trade mark":               {"First Name,Last Name,Email,Company\nIda,Holm,i@x.example,Widgets™\nBo,Berg,b@x.example,Globex®\n", two},
		"required below the header":  {"First Name,Last Name,Email\n(required),(required),(optional)\nIda,Holm,i@x.example\n", " totals_row; Ida|Holm"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			said, _ := becomes(t, c.list, mailed)
			if said != c.said {
				t.Errorf("%s, want %s", said, c.said)
			}
		})
	}
}

func TestTagsOfWhichSomeAreQuotedAreTakenApart(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{`"""A, B"",Blog"`: "A, B, Blog", `"VIP, ""Blog"""`: "VIP, Blog"} {
		if said := understood(t, write(t, "First Name,Email,Tags\nIda,i@x.example,"+cell+"\n"), importer.Settings{}); !strings.Contains(said, `tags "`+want+`"`) {
			t.Errorf("%s: %s", cell, said)
		}
	}
}
