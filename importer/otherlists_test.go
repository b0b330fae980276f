package importer_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guestflow/importer"
	"guestflow/importer/listcheck"
)

// Promise: a guest who stands on a list that is given with this one, and whose name says that its guests are not meant, is
// not mailed before a person has decided: whether that list is a table, addresses below each other, or in UTF-16.
func TestGuestsWhoStandOnAnotherListThatIsNotMeantAreAskedAbout(t *testing.T) {
	t.Parallel()
	guests := write(t, "First Name,Last Name,Email\nIda,Holm,ida@guests.example\nBo,Berg,Bo@Guests.example\nUna,Vik,una@guests.example\n")
	for name, other := range map[string]struct{ file, content string }{
		"a table":            {"unsubscribed.csv", "Name,E-Mail\nBo B,bo@guests.example\nTom,tom@guests.example\n"},
		"addresses":          {"Do not mail.txt", "bo@guests.example\ntom@guests.example\n"},
		"one address":        {"abgemeldet.csv", "BO@guests.example"},
		"a quoted address":   {"declined.csv", "\"Berg, Bo\" <bo@guests.example>\n"},
		"broken into pieces": {"bounced.csv", "\"x\ny\";;\n\"bo@guests.example\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), other.file)
			if err := os.WriteFile(path, []byte(other.content), 0o600); err != nil {
				t.Fatal(err)
			}
			to := gala
			var err error
			if to.OtherLists, err = listcheck.ReadOtherLists(t.Context(), []string{guests, path}, to.Reading); err != nil {
				t.Fatal(err)
			}
			asks := func(to importer.Settings) string {
				plan, err := importer.MakePlan(t.Context(), guests, to)
				if err != nil {
					t.Fatal(err)
				}
				if err := plan.Refused(); err != nil {
					return err.Error()
				}
				return ""
			}
			if asked := asks(to); !strings.Contains(asked, "1 guest stands in") || !strings.Contains(asked, "#row != 2") {
				t.Errorf("asked: %s", asked)
			}
			for _, answer := range []string{"#row != 2", "all"} {
				answered := to
				if answered.Where = answer; asks(answered) != "" {
					t.Errorf("where %s: %s", answer, asks(answered))
				}
			}
			to.Mapping = map[string]string{"ignore": "#elsewhere"}
			if asked := asks(to); asked != "" {
				t.Errorf("ignored: %s", asked)
			}
		})
	}
}

// Promise: lists whose names say nothing of the kind are imported beside each other.
func TestListsBesideEachOtherAreNotComparedByTheirNamesAlone(t *testing.T) {
	t.Parallel()
	others, err := listcheck.ReadOtherLists(t.Context(), []string{"guests.csv", "press.csv", "table 3.xlsx"}, gala.Reading)
	if err != nil || others != nil {
		t.Errorf("read %v, %v", others, err)
	}
}
