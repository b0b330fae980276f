package importer_test

import (
	"encoding/csv"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"guestflow/importer"
)

// For any cells a row is rejected with its reasons, or a guest that Qflow can take: never both, and never neither.
func FuzzARowIsAGuestOrHasItsReasons(f *testing.F) {
	f.Add("Ada", "Lovelace", "ada@guests.example", "1", "table 5", "VIP, {day}Keynote", "B1", "2026-06-01", "yes")
	f.Add("#N/A", "NULL", "Ida <i@x.example>", "none", `a "note"`, `["VIP","Blog"]`, `="00126"`, "31/12/2026 18:00", "x")
	f.Add("O&#039;Hara", "Fuß\u200b", "mailto:a@b.example", "Bob Ray", "", "VIP;Blog", "1.2E+12", "June 1st", "maybe")
	f.Fuzz(func(t *testing.T, first, last, email, plus, notes, tags, barcode, from, group string) {
		cells := []string{first, last, email, plus, notes, tags, barcode, from, group}
		var b strings.Builder
		w := csv.NewWriter(&b)
		_ = w.Write(strings.Split("First Name,Last Name,Email,Plus 1's,Notes,Tags,Barcode,Valid From,Is Group", ","))
		_ = w.Write(cells)
		w.Flush()
		for _, cell := range cells {
			if !utf8.ValidString(cell) { // the encoding of the whole file is another question
				return
			}
		}
		_, rows, err := importer.ReadAll(strings.NewReader(b.String()), gala)
		_, again, errAgain := importer.ReadAll(strings.NewReader(b.String()), gala)
		if (err == nil) != (errAgain == nil) || !reflect.DeepEqual(rows, again) {
			t.Fatal("two passes over one file differ")
		}
		if err != nil {
			return
		}
		for _, r := range rows {
			for _, finding := range append(r.Findings, r.Warnings...) {
				if finding.Code == "" || finding.Text == "" {
					t.Fatalf("a finding without a reason: %+v", finding)
				}
			}
			g := r.Guest
			if rejected := len(r.Findings) > 0; rejected == (g.ID != "") {
				t.Fatalf("rejected %t, and it is guest %q", rejected, g.ID)
			} else if rejected {
				continue
			}
			if g.FirstName == "" && g.LastName == "" || g.PlusOnes < 0 || g.Email != "" && !strings.Contains(g.Email, "@") {
				t.Fatalf("the guest is %+v of %q", g, cells)
			}
		}
	})
}
