package table_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/xuri/excelize/v2"

	"guestflow/importer/headers"
	"guestflow/importer/table"
)

// workbook returns a workbook of three guests with a status, changed by some steps.
func workbook(t *testing.T, steps ...func(f *excelize.File) error) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, row := range [][]any{
		{"First Name", "Last Name", "Email", "Status"}, {"Ida", "Holm", "ida@example.org", "ok"}, {"Bo", "Lund", "bo@example.org", "off"},
		{"Una", "Berg", "una@example.org", "ok"}, {"Tor", "Vik", "tor@example.org", "ok"},
	} {
		name, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetSheetRow("Sheet1", name, &row); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range steps {
		if err := step(f); err != nil {
			t.Fatal(err)
		}
	}
	out, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// colouring adds a rule that colours cells.
func colouring(area string, of excelize.ConditionalFormatOptions) func(*excelize.File) error {
	return func(f *excelize.File) error {
		format, err := f.NewConditionalStyle(&excelize.Style{Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FF0000"}}})
		if err != nil {
			return err
		}
		of.Format = &format
		return f.SetConditionalFormat("Sheet1", area, []excelize.ConditionalFormatOptions{of})
	}
}

// Promise: a plan names the column by which a sheet colours its rows, and a filter that hides none.
func TestTheColumnByWhichASheetColoursItsRowsIsNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		step func(*excelize.File) error
		want []string
	}{
		"a formula": {colouring("A2:D5", excelize.ConditionalFormatOptions{Type: "formula", Criteria: `$D2="off"`}),
			[]string{`the sheet colours rows by a rule on the column "Status" (off): see whether they are meant`}},
		"a text": {colouring("D2:D5", excelize.ConditionalFormatOptions{Type: "text", Criteria: "containing", Value: "off"}),
			[]string{`the sheet colours rows by a rule on the column "Status" (off): see whether they are meant`}},
		"stripes": {colouring("A2:D5", excelize.ConditionalFormatOptions{Type: "formula", Criteria: `MOD(ROW(),2)=0`}), nil},
		"doubles": {colouring("C2:C5", excelize.ConditionalFormatOptions{Type: "duplicate", Criteria: "="}), nil},
		"a filter": {func(f *excelize.File) error {
			return f.AutoFilter("Sheet1", "A1:D5", []excelize.AutoFilterOptions{{Column: "D", Expression: "x == ok"}})
		}, []string{`the sheet has a filter on the column "Status" that hides no row: all rows are read`}},
	} {
		r, err := table.Open(t.Context(), "list.xlsx", bytes.NewReader(workbook(t, c.step)), table.Options{Field: headers.FieldOf})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := r.Notes(); !slices.Equal(got, c.want) {
			t.Errorf("%s: the notes are %q, want %q", name, got, c.want)
		}
		_ = r.Close()
	}
}

// Promise: a row of which a part of the name is coloured or struck through has that colour, or is struck.
func TestColoursAndLinesOfPartsOfANameAreOfItsRow(t *testing.T) {
	t.Parallel()
	text := workbook(t, func(f *excelize.File) error {
		return f.SetCellRichText("Sheet1", "B3", []excelize.RichTextRun{{Text: "Lund "}, {Text: "late", Font: &excelize.Font{Color: "FF0000"}}})
	}, func(f *excelize.File) error {
		return f.SetCellRichText("Sheet1", "A4", []excelize.RichTextRun{{Text: "U"}, {Text: "na", Font: &excelize.Font{Strike: true}}})
	})
	r, err := table.Open(t.Context(), "list.xlsx", bytes.NewReader(text), table.Options{Field: headers.FieldOf})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, want := range []struct {
		colour string
		struck bool
	}{{"", false}, {"red", false}, {"", true}, {"", false}} {
		rec, err := r.Next()
		if err != nil || rec.Colour != want.colour || rec.Struck != want.struck {
			t.Errorf("line %d is %q and struck %v, %v; want %v", rec.Line, rec.Colour, rec.Struck, err, want)
		}
	}
}
