package importer_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guestflow/importer"
	"guestflow/importer/guest"
	"guestflow/importer/spec"
)

// A month and a year is how a spreadsheet shows a day, not what the day is; and a number that is shown as none is none.
func TestADateIsTheOneThatAWorkbookHasHoweverItIsShown(t *testing.T) {
	t.Parallel()
	_, rows, err := importer.ReadAll(bytes.NewReader(corpus(t)["workbook_with_dates_as_people_show_them.xlsx"]), gala)
	if err != nil || len(rows) != 5 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, want := range []string{"2026-06-01T00:00:00Z", "2026-06-01T00:00:00Z", "2026-06-01T00:00:00Z",
		"2026-06-01T18:00:00Z", "1915-03-02T00:00:00Z"} {
		if got := rows[i].Guest.ValidFrom; got == nil || got.Format(time.RFC3339) != want {
			t.Errorf("%s is read as %v, want %s", rows[i].Guest.FirstName, got, want)
		}
	}
	if first, last := rows[0].Guest, rows[4].Guest; first.Barcode != "00123" || first.Notes != "46174 days" ||
		last.Barcode != "46174" {
		t.Errorf("numbers become %+v and %+v", first, last)
	}
}

// A list and a workbook lie in one folder; who means a sheet of the one must not mail the other.
func TestASheetOfAFileWithoutSheetsIsRefused(t *testing.T) {
	t.Parallel()
	s := gala
	s.Sheet = "VIP"
	for _, name := range []string{"plain.csv", "gzip.csv.gz", "zip.zip"} {
		_, err := importer.MakePlan(t.Context(), filepath.Join("testdata", name), s)
		if fault, is := errors.AsType[*importer.FileError](err); !is || !strings.Contains(fault.Error(), `"VIP"`) ||
			!strings.Contains(fault.Advice, "--sheet") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The same file is good once the machine is well, so it must not be put away as failed.
func TestAFolderForTemporaryFilesThatFailsIsNotTheFilesFault(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "gone")
	t.Setenv("TMPDIR", missing)
	for _, name := range []string{"zip.zip", "workbook.xlsx"} {
		_, err := importer.MakePlan(t.Context(), filepath.Join("testdata", name), gala)
		fault, is := errors.AsType[*importer.TempError](err)
		if _, ofFile := errors.AsType[*importer.FileError](err); !is || ofFile || fault.Folder != missing ||
			!strings.Contains(err.Error(), "TMPDIR") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Rejects show a broken quote where it stands. Dropped again as they are, they must not mail anybody by half a name.
func TestHalfAPairOfQuotesIsNoName(t *testing.T) {
	t.Parallel()
	_, rows, err := importer.ReadAll(strings.NewReader("First Name,Last Name\nAda,\"\"\"Lovelace\"\nGrace,\"Hopper\"\"\"\nDana,\"הד\"\"ר\"\n\"Ada \"\"the countess\"\"\",L\n"), gala)
	if err != nil || verdicts(rows) != "1@2 broken_quotes(Last Name), 2@3 broken_quotes(Last Name), 3@4 ok, 4@5 ok" {
		t.Errorf("%s, %v", verdicts(rows), err)
	}
}

// Findings are read in the browser as well, where nobody types a flag.
func TestARowWithoutAnEventIsToldSoInWordsForBothFaces(t *testing.T) {
	t.Parallel()
	_, rows, err := importer.ReadAll(strings.NewReader("First Name\nAda\n"),
		importer.Settings{Spec: spec.Spec{Account: "main"}})
	if err != nil || len(rows) != 1 || len(rows[0].Findings) != 1 || rows[0].Findings[0].Code != guest.NoEvent ||
		strings.Contains(rows[0].Findings[0].Text, "--") {
		t.Errorf("%+v, %v", rows, err)
	}
}
