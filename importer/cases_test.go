package importer_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"guestflow/importer"
	"guestflow/importer/spec"
	"guestflow/importer/table"
)

// answers are what a person says to the question that a case of testdata/cases asks, by the flags that the question
// names.
var answers = map[string][]spec.Spec{
	"07-encoding-mac-roman.csv": {{Reading: spec.Reading{SplitNames: new(true)}}},
	"19-hidden-rows.xlsx":       {{Reading: spec.Reading{Hidden: "skip"}}, {Reading: spec.Reading{Hidden: "read"}}},
	"20-two-lists.xlsx":         {sheet("VIP"), sheet("Press"), sheet("all"), sheet("press, vip")},
	"42-no-header.csv": {{Reading: spec.Reading{HeaderRow: "none",
		Mapping: map[string]string{"first_name": "A", "last_name": "B", "email": "C"}}}},
	"16-status-cancelled.csv": {
		mapping("ignore", "Attendee Status"), rule("attendee status in attending, checked in"),
		rule("Attendee Status not in Not Attending, Refunded"),
		rule("all"), rule("status = attending"),
	},
	"28-barcode-forced-to-text.csv": {{Key: "Barcode"}},
	"31-number-of-guests.csv": {mapping("party_size", "Number of Guests"), mapping("plus_ones", "Number of Guests"),
		mapping("plus_ones", "")},
	"33-event-id-of-others.csv":    {mapping("event_id", "")},
	"34-two-email-columns.csv":     {mapping("email", "Email Address")},
	"43-full-names.csv":            {{Reading: spec.Reading{SplitNames: new(true)}}},
	"44-tickets-of-one-person.csv": {{Key: "Barcode"}},
	"52-dates-us.csv":              {{Reading: spec.Reading{Dates: "M/D/YYYY h:mm A"}}},
}

// sheet returns a spec that names a workbook's sheets.
func sheet(name string) spec.Spec { return spec.Spec{Reading: spec.Reading{Sheet: name}} }

// rule returns a spec that says which rows are meant.
func rule(text string) spec.Spec { return spec.Spec{Reading: spec.Reading{Where: text}} }

// mapping returns a spec that says where fields come from.
func mapping(fields ...string) spec.Spec {
	s := spec.Spec{Reading: spec.Reading{Mapping: map[string]string{}}}
	for pair := range slices.Chunk(fields, 2) {
		s.Mapping[pair[0]] = pair[1]
	}
	return s
}

// Each file is a list as people have it. It is read right, or its rows are rejected with their reasons, or the whole
// file waits for an answer, which is then tried too. The golden file has all that becomes of it.
func TestListsAsPeopleHaveThemAreReadRightOrAskedAbout(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/cases/*")
	if err != nil || len(paths) == 0 {
		t.Fatal(err)
	}
	for _, path := range paths {
		name := filepath.Base(path)
		if name == "golden" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			said := understood(t, path, importer.Settings{})
			for _, answer := range answers[name] {
				said += fmt.Sprintf("\nwith %v key %q dates %q split %v", answer.Mapping, answer.Key, answer.Dates,
					answer.SplitsNames())
				for _, option := range []string{answer.Sheet, answer.HeaderRow, answer.Hidden, answer.Where} {
					if option != "" {
						said += " " + option
					}
				}
				said += ":\n"
				said += understood(t, path, importer.Settings{Spec: answer})
			}
			golden(t, filepath.Join("..", "cases", "golden", name), said)
		})
	}
}

// understood is what an import would make of a file, or why it would not.
func understood(t *testing.T, path string, s importer.Settings) string {
	t.Helper()
	s.Account, s.Event = gala.Account, gala.Event
	plan, err := importer.MakePlan(t.Context(), path, s)
	if err == nil {
		err = plan.Refused()
	}
	var b strings.Builder
	if err != nil {
		fmt.Fprintf(&b, "refused: %v\n", err)
	}
	if doubt, is := errors.AsType[*table.Question](err); is {
		for _, c := range doubt.Choices {
			fmt.Fprintf(&b, "choice %s %q\n", c.Flag(), c.Sample)
		}
	}
	if plan.Import == "" {
		return b.String()
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, rows, err := importer.ReadAll(bytes.NewReader(data), plan.Settings)
	if err != nil {
		fmt.Fprintf(&b, "%v\n", err)
	}
	for _, r := range rows {
		fmt.Fprintf(&b, "%d", r.Row)
		g := r.Guest
		g.ID, g.EventID = "", ""
		if r.Filtered {
			b.WriteString(" left out")
		} else if len(r.Findings) == 0 {
			fmt.Fprintf(&b, " %q %q %q", g.FirstName, g.LastName, g.Email)
			if g.PlusOnes > 0 {
				fmt.Fprintf(&b, " +%d", g.PlusOnes)
			}
			for _, field := range [][2]string{{"tags", g.Tags}, {"barcode", g.Barcode}, {"notes", g.Notes}} {
				if field[1] != "" {
					fmt.Fprintf(&b, " %s %q", field[0], field[1])
				}
			}
			if g.IsGroup {
				b.WriteString(" group")
			}
			if g.ValidFrom != nil {
				fmt.Fprintf(&b, " from %s", g.ValidFrom.Format("2006-01-02T15:04Z"))
			}
		}
		for _, f := range append(r.Findings, r.Warnings...) {
			fmt.Fprintf(&b, " %s(%s): %s", f.Code, f.Column, f.Text)
		}
		b.WriteString("\n")
	}
	return b.String()
}
