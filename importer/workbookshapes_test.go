package importer_test

import (
	"archive/zip"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"guestflow/importer"
	"guestflow/importer/spec"
)

// rawSheet is a sheet as it is stored: what stands around its rows, and these.
type rawSheet struct {
	name, state  string
	before, rows string
}

// rawBook packs a workbook of some sheets, and of further parts by their names.
func rawBook(t *testing.T, parts map[string]string, sheets ...rawSheet) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "guests.xlsx")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	add := func(name, content string) {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	const schema, office = "http://schemas.openxmlformats.org/package/2006/",
		"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	names, places := "", ""
	for i, s := range sheets {
		names += fmt.Sprintf(`<sheet name="%s" sheetId="%d" state="%s" r:id="rId%d"/>`, s.name, i+1,
			cmp.Or(s.state, "visible"), i+1)
		places += fmt.Sprintf(`<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, i+1, office,
			i+1)
		add(fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1), `<worksheet xmlns="`+main+`">`+s.before+"<sheetData>"+s.rows+
			"</sheetData></worksheet>")
	}
	if _, is := parts["xl/sharedStrings.xml"]; is {
		places += `<Relationship Id="rIdS" Type="` + office + `/sharedStrings" Target="sharedStrings.xml"/>`
	}
	if _, is := parts["xl/styles.xml"]; is {
		places += `<Relationship Id="rIdT" Type="` + office + `/styles" Target="styles.xml"/>`
	}
	add("[Content_Types].xml",
		`<Types xmlns="`+schema+
			`content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`)
	add("_rels/.rels", `<Relationships xmlns="`+schema+`relationships"><Relationship Id="rId1" Type="`+office+
		`/officeDocument" Target="xl/workbook.xml"/></Relationships>`)
	add("xl/workbook.xml", `<workbook xmlns="`+main+`" xmlns:r="`+office+`">`+parts["workbookPr"]+"<sheets>"+names+
		"</sheets></workbook>")
	add("xl/_rels/workbook.xml.rels", `<Relationships xmlns="`+schema+`relationships">`+places+"</Relationships>")
	for name, content := range parts {
		if strings.HasPrefix(name, "xl/") {
			add(name, content)
		}
	}
	if err := errors.Join(z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// rawRow is a row of texts, with more attributes.
func rawRow(at int, attributes string, cells ...string) string {
	row := fmt.Sprintf(`<row r="%d" %s>`, at, attributes)
	for i, cell := range cells {
		if cell != "" {
			row += fmt.Sprintf(`<c r="%c%d" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>`, 'A'+i, at, cell)
		}
	}
	return row + "</row>"
}

// rawRows are rows of texts from a line on.
func rawRows(at int, lines ...string) (rows string) {
	for i, line := range lines {
		rows += rawRow(at+i, "", strings.Split(line, ",")...)
	}
	return rows
}

const bookHead = "First Name,Last Name,Email"

// A cell whose text the workbook does not have would be a guest without a name, and thousands of sheets took minutes.
func TestAWorkbookThatIsDamagedOrHasTooManySheetsIsRefused(t *testing.T) {
	t.Parallel()
	const missing = `<row r="2"><c r="A2" t="s"><v>7</v></c><c r="B2" t="inlineStr"><is><t>Holm</t></is></c></row>`
	for want, sheets := range map[string][]rawSheet{
		"row 2 has a cell whose text is missing": {{name: "Guests", rows: rawRows(1, bookHead) + missing}},
		"has more than 200 sheets":               slices.Repeat([]rawSheet{{name: "Guests", rows: rawRows(1, bookHead)}}, 201),
	} {
		if said := understood(t, rawBook(t, nil, sheets...), importer.Settings{}); !strings.Contains(said, want) {
			t.Errorf("said %s, and not %q", said, want)
		}
	}
}

// Who a guest is, and to which address the email goes, is not known where a formula's value is not in the workbook.
func TestANameOrAnAddressOfAFormulaWithoutValueIsNoGuest(t *testing.T) {
	t.Parallel()
	head := rawRow(1, "", strings.Split(bookHead+",Notes", ",")...)
	rest := rawRow(3, "", "Bo", "Ek", "bo@x.example")
	for at, want := range []int{1, 1, 1, 2} {
		cells := []string{"Ida", "Holm", "ida@x.example", "vegan"}
		row := rawRow(2, "", cells...)
		row = strings.Replace(row, `t="inlineStr"><is><t xml:space="preserve">`+cells[at]+`</t></is>`, "><f>A9</f>", 1)
		path := rawBook(t, nil, rawSheet{"Guests", "", "", head + row + rest})
		if plan, err := planOf(t, path, spec.Reading{}); err != nil || plan.Guests != want {
			t.Errorf("without %s: %d guests, %v", cells[at], plan.Guests, err)
		}
	}
}

// What is not seen in a spreadsheet is not mailed without a decision, however it was hidden.
func TestWhatASpreadsheetDoesNotShowIsAskedAbout(t *testing.T) {
	t.Parallel()
	ida, bo, cy := []string{"Ida", "Holm", "ida@x.example"}, []string{"Bo", "Ek", "bo@x.example"},
		[]string{"Cy", "Lind", "cy@x.example"}
	head := rawRow(1, "", strings.Split(bookHead, ",")...)
	for _, s := range []struct {
		name          string
		before, rows  string
		rowsN, cols   int
		skipped, read string
	}{
		{"hidden", "", head + rawRow(2, "", ida...) + rawRow(3, `hidden="1"`, bo...), 1, 0, "2 Ida Holm ida@x.example",
			"2 Ida Holm ida@x.example, 3 Bo Ek bo@x.example"},
		{"no height", "", head + rawRow(2, "", ida...) + rawRow(3, `ht="0" customHeight="1"`, bo...), 1, 0,
			"2 Ida Holm ida@x.example", "2 Ida Holm ida@x.example, 3 Bo Ek bo@x.example"},
		{"hardly any height", "", head + rawRow(2, `ht="15"`, ida...) + rawRow(3, `ht="0.5"`, bo...), 1, 0,
			"2 Ida Holm ida@x.example", "2 Ida Holm ida@x.example, 3 Bo Ek bo@x.example"},
		{"no height by default", `<sheetFormatPr defaultRowHeight="15" zeroHeight="1"/>`,
			rawRow(1, `ht="15"`, strings.Split(bookHead, ",")...) + rawRow(2, `ht="15"`, ida...) + rawRow(3, "", bo...), 1, 0,
			"2 Ida Holm ida@x.example", "2 Ida Holm ida@x.example, 3 Bo Ek bo@x.example"},
		{"a default height of none", `<sheetFormatPr defaultRowHeight="0"/>`,
			rawRow(1, `ht="15"`, strings.Split(bookHead, ",")...) + rawRow(2, `ht="15"`, ida...) + rawRow(3, "", bo...), 1, 0,
			"2 Ida Holm ida@x.example", "2 Ida Holm ida@x.example, 3 Bo Ek bo@x.example"},
		{"an outline below which it is collapsed", "",
			head + rawRow(2, "", ida...) + rawRow(3, `outlineLevel="1"`, bo...) + rawRow(4, `collapsed="1"`, cy...), 1, 0,
			"2 Ida Holm ida@x.example, 4 Cy Lind cy@x.example",
			"2 Ida Holm ida@x.example, 3 Bo Ek bo@x.example, 4 Cy Lind cy@x.example"},
		{"an outline above which it is collapsed", `<sheetPr><outlinePr summaryBelow="0"/></sheetPr>`,
			head + rawRow(2, `collapsed="1"`, ida...) + rawRow(3, `outlineLevel="1"`, bo...) + rawRow(4, "", cy...), 1, 0,
			"2 Ida Holm ida@x.example, 4 Cy Lind cy@x.example",
			"2 Ida Holm ida@x.example, 3 Bo Ek bo@x.example, 4 Cy Lind cy@x.example"},
		{"a column without width", `<cols><col min="3" max="3" width="0" customWidth="1"/></cols>`,
			head + rawRow(2, "", ida...), 0, 1, "2 Ida Holm", "2 Ida Holm ida@x.example"},
		{"a column of a collapsed outline",
			`<cols><col min="3" max="3" width="9" outlineLevel="1"/><col min="4" max="4" width="9" collapsed="1"/></cols>`,
			head + rawRow(2, "", ida...), 0, 1, "2 Ida Holm", "2 Ida Holm ida@x.example"},
		{"columns without width by default",
			`<sheetFormatPr defaultColWidth="0" defaultRowHeight="15"/><cols><col min="1" max="2" width="9"/></cols>`,
			head + rawRow(2, "", ida...), 0, 1, "2 Ida Holm", "2 Ida Holm ida@x.example"},
	} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			path := rawBook(t, nil, rawSheet{"Guests", "", s.before, s.rows})
			want := fmt.Sprintf("hidden or filtered rows (%d) and hidden columns (%d)", s.rowsN, s.cols)
			if got := shapeOf(t, path, spec.Reading{}); !strings.Contains(got, want) ||
				!strings.Contains(got, "--hidden skip or --hidden read") {
				t.Errorf("it is %s, want %s", got, want)
			}
			if got := shapeOf(t, path, spec.Reading{Hidden: "skip"}); got != s.skipped &&
				got != strings.ReplaceAll(s.skipped, " ida@x.example", "") {
				t.Errorf("without what is hidden it is %s", got)
			}
			if got := shapeOf(t, path, spec.Reading{Hidden: "read"}); got != s.read {
				t.Errorf("with it it is %s", got)
			}
		})
	}
	open := rawBook(t, nil,
		rawSheet{"Guests", "",
			`<sheetFormatPr defaultRowHeight="15"/><cols><col min="1" max="3" width="9" outlineLevel="1"/></cols>`,
			head + rawRow(2, `ht="15" outlineLevel="1"`, ida...) + rawRow(3, "", bo...)})
	if got := shapeOf(t, open, spec.Reading{}); got != "2 Ida Holm ida@x.example, 3 Bo Ek bo@x.example" {
		t.Errorf("an outline that is open is %s", got)
	}
}

// Several sheets are one list only where their columns are the same, wherever they stand.
func TestSheetsAreChosenAndJoinedByTheirHeaders(t *testing.T) {
	t.Parallel()
	sheet := func(name string, lines ...string) rawSheet { return rawSheet{name: name, rows: rawRows(1, lines...)} }
	one := sheet("One", bookHead, "Ida,Holm,ida@x.example")
	for _, s := range []struct {
		name   string
		sheets []rawSheet
		said   string
		want   string
	}{
		{"other order", []rawSheet{one, sheet("Two", "E-mail,Surname,First name", "bo@x.example,Ek,Bo")}, "all",
			"2 Ida Holm ida@x.example, 2 Bo Ek bo@x.example"},
		{"one headerless", []rawSheet{one, sheet("Two", "Bo,Ek,bo@x.example", "Cy,Lind,cy@x.example"),
			sheet("Three", bookHead, "Dag,Moe,dag@x.example")}, "all",
			`the sheet "Two": this line looks like a guest and not like a header; give it the header of the other sheets; or leave it out: --sheet 'One, Three'…`},
		{"other columns", []rawSheet{one, sheet("Two", "First Name,Last Name,Company", "Bo,Ek,Acme")}, "all",
			`the sheets "One" and "Two" have different columns…`},
		{"the first blank", []rawSheet{{name: "Blank"}, sheet("Two", "Namn,Plats", "Bo,Malmö")}, "",
			`the first sheet, "Blank", is blank, and another one may be meant; choose: --sheet Two…`},
		{"the first blank, guests in the second", []rawSheet{{name: "Blank"}, one}, "",
			`the first sheet, "Blank", has no guests, and "One" seems to; choose: --sheet One…`},
		{"headers that are not known, twice",
			[]rawSheet{sheet("Malmö", "Xyz,Abc", "Ida,Holm"), sheet("Lund", "Xyz,Abc", "Bo,Ek")}, "",
			"2 sheets of this workbook look like lists of guests…"},
		{"a very hidden sheet", []rawSheet{{"Secret", "veryHidden", "", rawRows(1, bookHead, "Bo,Ek,bo@x.example")}, one}, "",
			"2 Ida Holm ida@x.example"},
		{"a very hidden sheet among all",
			[]rawSheet{one, {"Secret", "veryHidden", "", rawRows(1, bookHead, "Bo,Ek,bo@x.example")}}, "all",
			"2 Ida Holm ida@x.example"},
		{"nothing visible", []rawSheet{{"Secret", "veryHidden", "", rawRows(1, bookHead, "Bo,Ek,bo@x.example")}}, "",
			"this workbook has no visible sheet…"},
	} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			got := shapeOf(t, rawBook(t, nil, s.sheets...), spec.Reading{Sheet: s.said})
			part, cut := strings.CutSuffix(s.want, "…")
			if got != s.want && (!cut || !strings.Contains(got, part)) {
				t.Errorf("it is\n%s\nwant\n%s", got, s.want)
			}
		})
	}
}

// A cell is whatever a program has stored: a name with the escapes of control characters, in parts, a truth or a
// number.
func TestCellsOfWorkbooksAreReadAsTheyAreShown(t *testing.T) {
	t.Parallel()
	shared := `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>I_x0001_da</t></si><si><r><t>Ho</t></r><r><rPr><b/></rPr><t>lm</t></r>` +
		`<rPh sb="0" eb="1"><t>xx</t></rPh></si><si><t>Bo_x000B_Nils_x000D_</t></si></sst>`
	head := rawRow(1, "", strings.Split(bookHead, ",")...)
	path := rawBook(t, map[string]string{"xl/sharedStrings.xml": shared}, rawSheet{"Guests", "", "", head +
		`<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c></row><row r="3"><c r="A3" t="s"><v>2</v></c><c r="B3" t="str"><f>A1</f><v>Ek</v></c></row>` +
		rawRow(4, "", "Dag_x000D_", "Mo_x000B_e", "dag@x.example_x000D_") +
		`<row r="5"><c r="A5" t="e"><v>#REF!</v></c><c r="B5" t="str"><v>Ek</v></c></row>`})
	const want = "2 Ida Holm, 3 Bo Nils Ek, 4 Dag Mo e dag@x.example, 5 spreadsheet_error"
	if got := shapeOf(t, path, spec.Reading{}); got != want {
		t.Errorf("it is %q, want %q", got, want)
	}
}

// What is sent is shown, and not what stands in the file.
func TestAPreviewShowsWhatIsSent(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "guests.csv")
	const list = "First Name,Last Name,Email,Plus 1's,Tags,Barcode,Is Group,Valid To\n" +
		`Ida,Holm,Ida <IDA@X.example>,Yes,"[""VIP"",""Blog""]","=""00126""",x,2026-06-01` + "\n"
	if err := os.WriteFile(path, []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	plan, err := importer.MakePlan(t.Context(), path,
		importer.Settings{Spec: spec.Spec{Account: "a", Event: "42"}, PreviewRows: 1})
	if err != nil || len(plan.Preview) != 1 {
		t.Fatal(plan.Preview, err)
	}
	for field, want := range map[string]string{
		"email": "IDA@X.example", "plus_ones": "1", "tags": "VIP,Blog", "barcode": "00126", "is_group": "yes",
		"valid_to": "2026-06-01T23:59:59Z",
	} {
		if got := strings.ReplaceAll(plan.Preview[0].Fields[field], ", ", ","); got != want {
			t.Errorf("%s is %q, want %q", field, got, want)
		}
	}
}
