package importer_test

import (
	"strings"
	"testing"

	"guestflow/importer/spec"
)

// Lists that went through other programs are read, or called what they are.
func TestTextsThatOtherProgramsHaveChangedAreRead(t *testing.T) {
	t.Parallel()
	const both = "2 Ida Holm ida@x.example, 3 Bo Ek bo@x.example"
	for name, c := range map[string]struct{ list, want string }{
		"typographic quotes":              {"“First Name”,“Last Name”,“Email”\n“Ida”,“Holm”,“ida@x.example”\n“Bo”,“Ek”,“bo@x.example”\n", both},
		"guillemets in rows":              {"First Name,Last Name,Email\n«Ida»,«Holm»,«ida@x.example»\n«Bo»,«Ek»,«bo@x.example»\n", both},
		"a nickname":                      {"First Name,Last Name,Email\nIda “Id” M,Holm,ida@x.example\nBo,Ek,bo@x.example\n", "2 Ida “Id” M Holm ida@x.example, 3 Bo Ek bo@x.example"},
		"inches":                          {"First Name,Last Name,Email,Shoes\nIda,Holm,ida@x.example,5\" heel\nBo,Ek,bo@x.example,6'2\"\n", both},
		"inches and a comma":              {"First Name,Last Name,Email,Shoes\nIda,Holm,ida@x.example,5\" heel, red\nBo,Ek,bo@x.example,none\n", "2 broken_quotes, 3 Bo Ek bo@x.example"},
		"a quote in a name":               {"First Name,Last Name,Email\nIda \"Id\",Holm,ida@x.example\nBo,Ek,bo@x.example\n", "2 broken_quotes, 3 Bo Ek bo@x.example"},
		"a wrong sep line":                {"sep=;\nFirst Name,Last Name,Email\nIda,Holm,ida@x.example\n", "3 Ida Holm ida@x.example"},
		"a commented page":                {"<!-- export --><table><tr><td>Ida</td></tr></table>\n", "refused: it is a web page"},
		"the row of a table":              {"<tr><td>Ida</td></tr>\n", "refused: it is a web page's table (HTML)"},
		"a table below a title":           {"Guests\n<table border=1>\n<tr><td>Ida</td></tr>\n</table>\n", "refused: line 2: a web page's table (HTML) begins here"},
		"tags in a cell":                  {"First Name,Last Name,Email,Notes\nIda,Holm,ida@x.example,\"see\n<table>\nx\"\nBo,Ek,bo@x.example,\n", "2 Ida Holm ida@x.example, 5 Bo Ek bo@x.example"},
		"columns by blanks":               {"First Name  Last Name  Email\nIda         Holm       ida@x.example\nBo          Ek         bo@x.example\n", "refused: its columns are aligned by blanks"},
		"columns by blanks below a title": {"Gala\n\nVorname     Nachname   E-Mail\nIda Maria   Holm       ida@x.example\nBo          Ek         bo@x.example\n", "refused: its columns are aligned by blanks"},
		"blanks amid commas":              {"First Name,  Last Name,  Email\nIda,  Holm,  ida@x.example\nBo,  Ek,  bo@x.example\n", both},
		"a right sep line":                {"sep=;\nFirst Name;Last Name;Email\nIda;Holm;ida@x.example\n", "3 Ida Holm ida@x.example"},
	} {
		got := shapeOf(t, write(t, c.list), spec.Reading{})
		reason, refused := strings.CutPrefix(c.want, "refused: ")
		if got != c.want && (!refused || !strings.Contains(got, reason)) {
			t.Errorf("%s: %s", name, got)
		}
	}
}
