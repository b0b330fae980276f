package guest_test

import (
	"slices"
	"strings"
	"testing"

	"guestflow/importer/columns"
	"guestflow/importer/guest"
	"guestflow/qflow"
)

// A date, an address, yes or no, or a formula in a column of codes shows that the column is another one, or that a
// spreadsheet has spoilt it.
func TestWhatIsNoCodeIsRejectedUnlessAPersonHasChosenTheColumn(t *testing.T) {
	t.Parallel()
	for code, cells := range map[guest.Code]string{
		guest.BadCode: `2026-03-05|2026-03-05T10:00:00|2026/3/5|05.03.2026|5.3.26|3/5/2026|3/25/26|31/12/2026 18:00|05-03-2026|2026年3月5日|6. März 2026|Mar 7, 2026|March 7th, 2026|
			7 de marzo de 2026|12:30|9:05:00|10:30 PM|bo@x.example|TRUE|False|WAHR|yes|oui|x|✓|да|=A2&B2|=CONCAT(A2)`,
		guest.RoundedNumber: `Mar-26|5-Mar-2026|6 March 2026`,
		"":                  `A-1|00126|2026-0312|12-34-56|12-11-10|99.99.9999|2026|20260305|ABC 123|0f8fad5b-d9cb-469f-a165-70867728950e|1-800|Ida|1|A|TR-7|x7|on-4|31-12|5:7|@ida|MAY|Q3 2026|https://x.example/1`,
	} {
		for cell := range strings.SplitSeq(cells, "|") {
			cell = strings.TrimSpace(cell)
			for _, field := range []string{"Barcode", "Custom ID"} {
				if got := codeFinding(t, field, cell, nil); got != code {
					t.Errorf("%s %q: %q, want %q", field, cell, got, code)
				}
			}
			if got := codeFinding(t, "Barcode", cell, map[string]string{"barcode": "Barcode"}); code == guest.BadCode &&
				got != "" {
				t.Errorf("%q of a column that was chosen: %q", cell, got)
			}
		}
	}
	if got := codeFinding(t, "Custom ID", "ida@x.example", nil); got != "" {
		t.Errorf("the guest's own address as a custom id: %q", got)
	}
}

// codeFinding returns the first code by which a cell is refused.
func codeFinding(t *testing.T, header, cell string, chosen map[string]string) guest.Code {
	t.Helper()
	c, fault := columns.Map([]string{"First Name", "Last Name", "Email", header}, columns.Options{Chosen: chosen})
	if fault != nil {
		t.Fatal(fault)
	}
	v := guest.Validator{Columns: c, Event: "e"}
	r := guest.Record{FirstName: "Ida", LastName: "Holm", Email: "ida@x.example"}
	if header == "Barcode" {
		r.Barcode = cell
	} else {
		r.CustomID = cell
	}
	findings, _ := v.Check(&r, &qflow.Guest{})
	if i := slices.IndexFunc(findings,
		func(f guest.Finding) bool { return f.Field == columns.Barcode || f.Field == columns.CustomID }); i >= 0 {
		return findings[i].Code
	}
	return ""
}
