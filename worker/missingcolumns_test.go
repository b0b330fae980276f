package worker_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"guestflow/importer"
	"guestflow/importer/spec"
	"guestflow/importer/suppression"
	"guestflow/importer/table"
	"guestflow/qflow/sandbox"
)

// Promise: a list that lacks columns empties nothing of known guests unless a person says so, whatever Qflow does with fields
// that are left out. They get its email all the same.
func TestWhatKnownGuestsHaveIsThereAfterAListWithoutItsColumns(t *testing.T) {
	t.Parallel()
	const before, after = "VIP|allergic|2|C", "||0|"
	for _, omitted := range []string{"keeps", "clears"} {
		for said, want := range map[string]string{spec.KeepMissing: before, spec.EmptyMissing: after} {
			t.Run(said+", and what is left out Qflow "+omitted, func(t *testing.T) {
				t.Parallel()
				f := newFarm(t, sandbox.Options{Seed: 1, Adjust: func(s *sandbox.Switches) {
					s.ZonePerMinute, s.SendPerMinute, s.BulkOmitted = 0, 0, omitted
				}})
				f.work()
				f.awaitDone(f.importFile(write(t, "First Name,Last Name,Email,Tags,Notes,Plus 1's,Custom ID\n"+
					"Ann,Lee,ann@example.com,VIP,allergic,2,C\nBob,Fox,bob@example.com,VIP,allergic,2,C\n"), settings(template).Beside(f.ledger)))
				if _, err := suppression.For(f.ledger).Add(t.Context(), "bob@example.com"); err != nil {
					t.Fatal(err)
				}
				reminder := write(t, "First Name,Last Name,Email\nAnn,Lee,ann@example.com\nBob,Fox,bob@example.com\nCyd,Ray,cyd@example.com\n")
				s := settings(sandbox.Defaults().SecondTemplate).Beside(f.ledger)
				f.isAsked(reminder, s)
				s.MissingColumns = said
				f.awaitDone(f.importFile(reminder, s))
				s.Template = "" // and one that sends nothing
				f.awaitDone(f.importFile(reminder, s))
				for _, g := range f.sandbox.History().GuestList {
					has := fmt.Sprintf("%s|%s|%d|%s", g.Tags, g.AdditionalInfo, g.PlusOnes, g.CustomID)
					if want := map[string]string{"Ann": want, "Bob": want, "Cyd": after}[g.FirstName]; has != want {
						t.Errorf("%s has %s, want %s", g.FirstName, has, want)
					}
				}
				f.checkBooks(3, 4)
			})
		}
	}
}

// isAsked wants a list to be held with the question about its columns.
func (f *farm) isAsked(path string, s importer.Settings) {
	f.t.Helper()
	s.Account = f.account
	plan, err := importer.MakePlan(f.t.Context(), path, s)
	if err != nil {
		f.t.Fatal(err)
	}
	defer plan.Close()
	question, is := errors.AsType[*table.Question](plan.Refused())
	want := []table.Choice{{Option: "missing-columns", Value: spec.KeepMissing}, {Option: "missing-columns", Value: spec.EmptyMissing}}
	if !is || !slices.EqualFunc(question.Choices, want, func(a, b table.Choice) bool { return a.Option == b.Option && a.Value == b.Value }) ||
		plan.Missing.Guests != 2 || len(plan.Missing.Fields) != 4 {
		f.t.Errorf("%+v, and %v", plan.Missing, plan.Refused())
	}
}
