package importer_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guestflow/importer"
	"guestflow/importer/spec"
)

// shape is a list as people bring it, and what an import makes of it: “asked: ” or “refused: ” and a part of the
// message, or its rows by their lines, as guests or as the codes by which they are rejected.
type shape struct {
	name, list string
	said       spec.Reading
	want       string
}

func checkShapes(t *testing.T, shapes []shape) {
	t.Helper()
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "guests.csv")
			if err := os.WriteFile(path, []byte(s.list), 0o600); err != nil {
				t.Fatal(err)
			}
			if got := shapeOf(t, path, s.said); got != s.want && (!strings.HasSuffix(s.want, "…") ||
				!strings.Contains(got, strings.TrimSuffix(s.want, "…"))) {
				t.Errorf("it is\n%s\nand should be\n%s", got, s.want)
			}
		})
	}
}

// shapeOf says what an import without emails makes of a list.
func shapeOf(t *testing.T, path string, said spec.Reading) string {
	t.Helper()
	plan, err := importer.MakePlan(t.Context(), path, importer.Settings{
		Spec: spec.Spec{Account: "a", Event: "42", Reading: said}, PreviewRows: 100,
	})
	if err == nil {
		err = plan.Refused()
	}
	if err != nil {
		return "refused: " + err.Error()
	}
	var rows []string
	for _, r := range plan.Preview {
		guest := strings.Join(strings.Fields(r.Fields["first_name"]+" "+r.Fields["last_name"]+" "+r.Fields["email"]), " ")
		for _, code := range r.Codes {
			guest = string(code)
		}
		rows = append(rows, fmt.Sprintf("%d %s", r.Line, guest))
	}
	return strings.Join(rows, ", ")
}

// What people write beside a list is no guest, with emails to be sent or without.
func TestHeadingsNotesAndTotalsAreNoGuests(t *testing.T) {
	t.Parallel()
	const asked = "look like headings, notes or another table's header, and would be guests…"
	checkShapes(t, []shape{
		{"sections", "First Name,Last Name\nVIP guests,\nIda,Holm\nBo,Ek\nTable 1,\nCy,Lind\n-- Press --,\nDag,Moe\n",
			spec.Reading{},
			"2 totals_row, 3 Ida Holm, 4 Bo Ek, 5 totals_row, 6 Cy Lind, 7 totals_row, 8 Dag Moe"},
		{"sections of other languages", "Vorname;Nachname\nEhrengäste;\nIda;Holm\nBo;Ek\nTisch 3:;\nCy;Lind\n",
			spec.Reading{},
			"2 totals_row, 3 Ida Holm, 4 Bo Ek, 5 totals_row, 6 Cy Lind"},
		{"notes below", "First Name,Last Name,Email\nIda,Holm,ida@x.example\nBo,Ek,\n* = paid,,\nRSVP by 1 May,,\nPrinted on 2026-05-01,,\nPage 1 of 2,,\n",
			spec.Reading{}, "2 Ida Holm ida@x.example, 3 Bo Ek, 4 totals_row, 5 totals_row, 6 totals_row, 7 totals_row"},
		{"notes of two cells",
			"First Name,Last Name,Email\nIda,Holm,ida@x.example\nContact,the office for changes,\nStand:,12.05.2026,\n",
			spec.Reading{},
			"2 Ida Holm ida@x.example, 3 totals_row, 4 totals_row"},
		{"totals", "First Name,Last Name,Plus 1's\nIda,Holm,1\nTotal guests,2,1\nAnzahl Gäste,1,\n", spec.Reading{},
			"2 Ida Holm, 3 totals_row, 4 totals_row"},
		{"a line between", "First Name | Last Name\n--- | ---\nIda | Holm\nBo | Ek\n", spec.Reading{},
			"2 totals_row, 3 Ida Holm, 4 Bo Ek"},
		{"types below the header",
			"First Name,Last Name,Shoe size\ntext,text,number\nRequired,Required,Optional\nIda,Holm,2\n", spec.Reading{},
			"2 totals_row, 3 totals_row, 4 Ida Holm"},
		{"full names", "Full Name\nGuests of the bride\nIda Holm\nTable 2\nMaria de la Cruz\nTotal: 2\n",
			spec.Reading{SplitNames: new(true)},
			"2 totals_row, 3 Ida Holm, 4 totals_row, 5 Maria de la Cruz, 6 totals_row"},
		{"a word of its own", "First Name,Last Name\nIda,Holm\nBo,Ek\nGryffindor,\nCy,Lind\n", spec.Reading{},
			"a row looks like a heading…"},
		{"several", "First Name,Last Name\nGryffindor,\nIda,Holm\nBo,Ek\nRavenclaw,\nCy,Lind\n", spec.Reading{}, asked},
		{"several, left out", "First Name,Last Name\nGryffindor,\nIda,Holm\nBo,Ek\nRavenclaw,\nCy,Lind\n",
			spec.Reading{NoteRows: "skip"},
			"2 totals_row, 3 Ida Holm, 4 Bo Ek, 5 totals_row, 6 Cy Lind"},
		{"guests all the same", "First Name,Last Name\nVIP,\nIda,Holm\nBo,Ek\nMadonna,\nCy,Lind\n",
			spec.Reading{NoteRows: "read"},
			"2 VIP, 3 Ida Holm, 4 Bo Ek, 5 Madonna, 6 Cy Lind"},
		{"first names only", "First Name,Last Name\nIda,\nBo,Ek\nCy,\nDag,\n", spec.Reading{}, "2 Ida, 3 Bo Ek, 4 Cy, 5 Dag"},
		{"names that look so", "First Name,Last Name\nWill,van der Berg\nPress,Guest\nStand,Hall\nAda the countess,L\n",
			spec.Reading{},
			"2 Will van der Berg, 3 Press Guest, 4 Stand Hall, 5 Ada the countess L"},
	})
}

// Under this header the rows of another table would be guests with each other's cells.
func TestAnotherTableBelowIsNotReadUnderThisHeader(t *testing.T) {
	t.Parallel()
	const head = "First Name,Last Name,Email\nIda,Holm,ida@x.example\nBo,Ek,bo@x.example\n"
	checkShapes(t, []shape{
		{"whatever its columns are", head + "\nFirma,Umsatz,Land\nAcme,100,DE\n", spec.Reading{},
			"2 Ida Holm ida@x.example, 3 Bo Ek bo@x.example, 5 other_table, 6 other_table"},
		{"with addresses", head + "Sponsor,Betrag,Kontakt\nAcme,Jane Roe,info@x.example\n", spec.Reading{},
			"2 Ida Holm ida@x.example, 3 Bo Ek bo@x.example, 4 other_table, 5 other_table"},
		{"a name for the email", head + "Xyz,Abc,E-Mail\nAcme,Jane Roe,info@x.example\n", spec.Reading{},
			"2 Ida Holm ida@x.example, 3 Bo Ek bo@x.example, 4 other_table, 5 other_table"},
		{"names only", "First Name,Last Name\nIda,Holm\n\nTask,Owner\nMusic,DJ\n", spec.Reading{},
			"2 Ida Holm, 4 other_table, 5 other_table"},
		{"below a title", "First Name,Last Name\nIda,Holm\nSuppliers\nTask,Owner\nMusic,DJ\n", spec.Reading{},
			"2 Ida Holm, 3 wrong_number_of_cells, 4 other_table, 5 other_table"},
		{"maybe", "First Name,Last Name\nIda,Holm\n\nVincent,Price\nBo,Ek\n", spec.Reading{},
			"a row looks like a heading, a note or another…"},
		{"maybe, and is not", "First Name,Last Name\nIda,Holm\n\nVincent,Price\nBo,Ek\n", spec.Reading{NoteRows: "read"},
			"2 Ida Holm, 4 Vincent Price, 5 Bo Ek"},
		{"maybe, and is", "First Name,Last Name\nIda,Holm\n\nMusic,Price\nBo,Ek\n", spec.Reading{NoteRows: "skip"},
			"2 Ida Holm, 4 other_table, 5 other_table"},
		{"groups with blank lines between", "First Name,Last Name\nIda,Holm\n\nBo,Ek\n\nCy,Lind\n", spec.Reading{},
			"2 Ida Holm, 4 Bo Ek, 6 Cy Lind"},
		{"the header in other spellings",
			head + "FIRST_NAME,LAST NAME,E-mail\nCy,Lind,cy@x.example\nGiven name,Surname,E-mail address\nDag,Moe,dag@x.example\n",
			spec.Reading{}, "2 Ida Holm ida@x.example, 3 Bo Ek bo@x.example, 4 other_table, 5 Cy Lind cy@x.example, 6 other_table, 7 Dag Moe dag@x.example"},
		{"the header of unknown columns", "Alpha,Beta,Bord\nIda,Holm,1\nALPHA,BETA,BORD\nCy,Lind,3\n",
			spec.Reading{Mapping: map[string]string{"first_name": "Alpha", "last_name": "Beta"}},
			"2 Ida Holm, 3 other_table, 4 Cy Lind"},
	})
}

// A file without a header is read by what its columns hold; which of two columns of words has the first names is asked.
func TestAFileWithoutAHeaderIsReadByWhatItsColumnsHold(t *testing.T) {
	t.Parallel()
	none := func(mapping ...string) spec.Reading {
		r := spec.Reading{HeaderRow: "none", Mapping: map[string]string{}}
		for i := 0; i < len(mapping); i += 2 {
			r.Mapping[mapping[i]] = mapping[i+1]
		}
		return r
	}
	const names, all = "Ida,Holm\nBo,Ek\n", "ida@x.example;Ida;Holm\nbo@x.example;Bo;Ek\n"
	checkShapes(t, []shape{
		{"names only", names, spec.Reading{},
			"if its first line is a guest, there is no header: --header-row none (header_row in the profile, “Header line” in the console)…"},
		{"names only, which is which", names, none(), "say which: --map 'first_name=A' or --map 'first_name=B'…"},
		{"names only, said", names, none("first_name", "B"), "1 Holm Ida, 2 Ek Bo"},
		{"by number", names, none("first_name", "#1", "last_name", "#2"), "1 Ida Holm, 2 Bo Ek"},
		{"addresses first", all, none("first_name", "B"), "1 Ida Holm ida@x.example, 2 Bo Ek bo@x.example"},
		{"without the addresses", all, none("first_name", "B", "email", ""), "1 Ida Holm, 2 Bo Ek"},
		{"whole names", "Ida Holm,ida@x.example\nBo Ek,bo@x.example\n", none(), "have them split: --map 'full_name=A'…"},
		{"whole names, said", "Ida Holm,ida@x.example\nBo Ek,bo@x.example\n", none("full_name", "A"),
			"1 Ida Holm ida@x.example, 2 Bo Ek bo@x.example"},
		{"whole names, split", "Ida Holm\nBo Ek\n", spec.Reading{HeaderRow: "none", SplitNames: new(true)},
			"1 Ida Holm, 2 Bo Ek"},
		{"phones beside", "Ida,Holm,+49 170 1\nBo,Ek,+49 170 2\n", none("last_name", "B"), "1 Ida Holm, 2 Bo Ek"},
		{"two columns of addresses", "Ida,a@x.example,b@x.example\nBo,c@x.example,d@x.example\n", none("first_name", "A"),
			"say which is the email: --map 'email=B' or --map 'email=C'…"},
		{"three columns of words", "Ida,Holm,Acme\nBo,Ek,Beta\n", none("first_name", "A"),
			"say which is: --map 'last_name=B' or --map 'last_name=C'…"},
		{"addresses only", "ida@x.example\nbo@x.example\n", none(),
			"a guest needs a name beside the address, and no column has one; add a column of names; or have the address stand for the name, in greetings too: --map 'first_name=A'…"},
	})
}

// Each refusal of a header lists it, unless it may be a guest, and says what settles it in a line that can be pasted.
func TestARefusalListsTheHeadersThatItSaw(t *testing.T) {
	t.Parallel()
	const rows = "Ida,Holm,ida@x.example\nBo,Ek,bo@x.example\n"
	checkShapes(t, []shape{
		{"Swedish", "Deltagarens tilltal,Släkt,Epost jobb\n" + rows, spec.Reading{},
			`say which have the names, such as --map 'first_name=Deltagarens tilltal' --map 'last_name=Släkt'…`},
		{"Japanese", "お客様,区分,連絡先\n田中 太郎,VIP,taro@x.example\n鈴木 花子,VIP,hanako@x.example\n", spec.Reading{},
			`full names are in one column, "お客様", and no other is a first or a last name; its headers are "お客様", "区分", "連絡先"; have them split (--split-names…`},
		{"Russian", "Участник съезда,Ряд\nИван Петров,1\nАнна Котова,2\n", spec.Reading{},
			`its headers are "Участник съезда", "Ряд"; is "Участник съезда" full_name? then --map 'full_name=Участник съезда'; say which has the full names: --map 'full_name=Участник съезда'…`},
		{"unknown words", "Alpha,Beta,Gamma\n" + rows, spec.Reading{},
			"--map 'last_name=Beta' --map 'email=Gamma' (mapping…"},
		{"long", "Alpha," + strings.Repeat("x", 900_000) + ",Gamma\n" + rows, spec.Reading{},
			"xxxxxxxxxxx…\", \"Gamma\"; say which has the names: --map 'first_name=Alpha' or --map 'first_name=#2' or…"},
		{"of several lines", "\"First\nName\",Last Name,\"Mail it's\nwork\"\n" + rows, spec.Reading{},
			`--map 'email=Mail it'\''s work'…`},
		{"of several lines, said so", "\"First\nName\",Last Name,\"Mail it's\nwork\"\n" + rows,
			spec.Reading{Mapping: map[string]string{"email": "Mail it's work"}},
			"4 Ida Holm ida@x.example, 5 Bo Ek bo@x.example"},
		{"a guest", "Ida,Holm\nBo,Ek\n", spec.Reading{},
			"of its columns (2) none is a first or a last name; if its first line is a guest…"},
		{"addresses that nothing is taken from", "First Name,Last Name,Kontakt X\n" + rows, spec.Reading{},
			"--map 'email=Kontakt X' (mapping in the profile, “Take it from” in the console), or --map 'email=' to import the guests without emails…"},
		{"addresses of few", "First Name,Last Name,Kontakt X\nIda,Holm,\nBo,Ek,\nCy,Lind,cy@x.example\n", spec.Reading{},
			"the column \"Kontakt X\" has email addresses…"},
		{"done without", "First Name,Last Name,Kontakt X\n" + rows, spec.Reading{Mapping: map[string]string{"email": ""}},
			"2 Ida Holm, 3 Bo Ek"},
		{"the other name", "Alpha,Beta,Gamma\n" + rows,
			spec.Reading{Mapping: map[string]string{"first_name": "Alpha", "email": "Gamma"}},
			"no column is the last_name, and \"Beta\" may be…"},
	})
}

// What is no table is called what it is, and what only looks odd is read.
func TestListsOfOtherShapesAreReadOrCalledWhatTheyAre(t *testing.T) {
	t.Parallel()
	const both = "2 Ida Holm ida@x.example, 3 Bo Ek bo@x.example"
	checkShapes(t, []shape{
		{"turned", "First Name,Ida,Bo\nLast Name,Holm,Ek\nEmail,ida@x.example,bo@x.example\n", spec.Reading{},
			"the table is turned…"},
		{"contacts", "BEGIN:VCARD\nFN:Ida Holm\nEMAIL:ida@x.example\nEND:VCARD\n", spec.Reading{},
			"it is a file of contacts (vCard)…"},
		{"a line for each field", "Name: Ida Holm\nEmail: ida@x.example\n\nName: Bo Ek\nEmail: bo@x.example\n",
			spec.Reading{}, "it is a text with a line for each field…"},
		{"fields in a cell", "First Name,Last Name,Notes\nIda,Holm,\"Name: a\nName: b\nName: c\n\"\n", spec.Reading{},
			"2 Ida Holm"},
		{"YAML", "- first_name: Ida\n  last_name: Holm\n- first_name: Bo\n  last_name: Ek\n", spec.Reading{}, "it is YAML…"},
		{"SQL", "INSERT INTO guests (first_name,last_name,email) VALUES\n('Ida','Holm','ida@x.example');\n", spec.Reading{},
			"it is a dump of a database…"},
		{"addresses in a line", "Ida Holm <ida@x.example>; Bo Ek <bo@x.example>\n", spec.Reading{},
			"it is a line of addresses…"},
		{"side by side", "First Name,Last Name,,First Name,Last Name\nIda,Holm,,Bo,Ek\n", spec.Reading{},
			"two tables stand beside each other…"},
		{"a header with another delimiter", "First Name;Last Name;Email\nIda,Holm,ida@x.example\nBo,Ek,bo@x.example\n",
			spec.Reading{}, both},
		{"rows with another delimiter", "First Name,Last Name,Email\nIda;Holm;ida@x.example\nBo;Ek;bo@x.example\n",
			spec.Reading{}, both},
		{"names of groups above the header", "Guest,,Contact\nFirst,Last,Email\nIda,Holm,ida@x.example\n", spec.Reading{},
			"3 Ida Holm ida@x.example"},
		{"a delimiter declared behind a mark",
			"\ufeffsep=;\r\nFirst Name;Last Name;Email\r\nIda;Holm;ida@x.example\r\nBo;Ek;bo@x.example\r\n", spec.Reading{},
			"3 Ida Holm ida@x.example, 4 Bo Ek bo@x.example"},
		{"an index without a name", ",First Name,Last Name\n0,Ida,Holm\n1,Bo,Ek\n", spec.Reading{}, "2 Ida Holm, 3 Bo Ek"},
	})
}

// A row that lacks its last cells is padded where what it has stands where it belongs, and else rejected.
func TestAShortRowIsPaddedWhereItsCellsFitTheirColumns(t *testing.T) {
	t.Parallel()
	const head = "First Name,Last Name,Email,Company,Shoe size\nIda,Holm,ida@x.example,Acme,1\nCy,Lind,cy@x.example,Gamma,2\n"
	const ids = "2 Ida Holm ida@x.example, 3 Cy Lind cy@x.example, "
	checkShapes(t, []shape{
		{"lacks a number", head + "Bo,Ek,bo@x.example,Beta\n", spec.Reading{}, ids + "4 Bo Ek bo@x.example"},
		{"ends at its address", head + "Bo,Ek,bo@x.example\n", spec.Reading{}, ids + "4 Bo Ek bo@x.example"},
		{"lacks a cell amid it", head + "Bo,Ek,bo@x.example,2\n", spec.Reading{}, ids + "4 wrong_number_of_cells"},
		{"lacks a delimiter before a number", head + "Bo,Ek,bo@x.example,Beta2\n", spec.Reading{},
			ids + "4 wrong_number_of_cells"},
		{"lacks a name", head + "Bo,bo@x.example,Beta,1\n", spec.Reading{}, ids + "4 wrong_number_of_cells"},
		{"lacks words beside words",
			"First Name,Last Name,Email,Company,Notes\nIda,Holm,ida@x.example,Acme,a\nCy,Lind,cy@x.example,Gamma,c\nBo,Ek,bo@x.example,Beta\n",
			spec.Reading{}, ids + "4 wrong_number_of_cells"},
		{"lacks its address", "First Name,Last Name,Email\nIda,Holm,ida@x.example\nCy,Lind,cy@x.example\nBo,Ek\n",
			spec.Reading{}, ids + "4 wrong_number_of_cells"},
		{"names and a number", "First Name,Last Name,Table\nIda,Holm,1\nCy,Lind,2\nBo,Ek\n", spec.Reading{},
			"2 Ida Holm, 3 Cy Lind, 4 Bo Ek"},
	})
}
