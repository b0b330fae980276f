package table_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"guestflow/importer/headers"
	"guestflow/importer/table"
)

// What is stored in a cell is read where its format hides it or adds to it, so that no guest is mailed without a name
// or by another one.
func TestAFormatThatHidesOrChangesACellDoesNotChangeAGuest(t *testing.T) {
	t.Parallel()
	for format, c := range map[string]struct {
		cell any
		want string
		odd  bool
	}{
		";;;": {"Holm", "Holm", true}, `"";"";"";""`: {"Holm", "Holm", true}, `;;;@`: {12.0, "12", true},
		` ; ; ; `:   {12.0, "12", true},
		`@" guest"`: {"Holm", "Holm", true}, `0;0;0;"Dr. "@`: {"Holm", "Holm", true},
		`General;General;General;""`: {"Holm", "Holm", true},
		`[Red]@`:                     {"Holm", "Holm", false}, `_-@_-`: {"Holm", "Holm", false},
		`0_-;-0;0;_-@_-`: {"Holm", "Holm", false},
		"00000":          {126.0, "00126", false}, `"BC-"0000`: {12.0, "BC-0012", false},
		"#,##0,":   {123456.0, "123456", true},
		`0.0,,"M"`: {12345678.0, "12345678", true},
		"#,##0":    {1234.0, "1,234", false}, "0;;;@": {0.0, "0", false}, "yyyy-mm-dd;@": {46000.0, "2025-12-09", false},
		`"yes";;"no"`:      {1.0, "yes", false},
		`[>100]"";General`: {126.0, "126", true}, "@": {"Holm", "Holm", false},
	} {
		rec := lastCell(t, c.cell, format)
		odd := len(rec.Remarks) > 0
		if got := strings.TrimSpace(rec.Cells[2]); got != c.want || odd != c.odd ||
			odd && rec.Remarks[0].Kind != table.ShownOtherwise {
			t.Errorf("%v as %s is %q with %v, want %q %v", c.cell, format, got, rec.Remarks, c.want, c.odd)
		}
	}
}

// lastCell reads a workbook whose last cell has a number format.
func lastCell(t *testing.T, value any, format string) table.Record {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
	err = errors.Join(err, f.SetSheetRow("Sheet1", "A1", &[]string{"First Name", "Email", "Last Name"}),
		f.SetSheetRow("Sheet1", "A2", &[]any{"Ida", "ida@x.example", value}), f.SetCellStyle("Sheet1", "C2", "C2", style))
	var b bytes.Buffer
	if err = errors.Join(err, f.Write(&b)); err != nil {
		t.Fatal(err)
	}
	r, err := table.Open(t.Context(), "list.xlsx", &b, table.Options{Field: headers.FieldOf})
	if err != nil {
		t.Fatal(format, err)
	}
	defer r.Close()
	rec, err := r.Next()
	if err != nil {
		t.Fatal(format, err)
	}
	return rec
}
