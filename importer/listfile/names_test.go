package listfile_test

import (
	"strings"
	"testing"

	"guestflow/importer/listfile"
)

func TestWhatIsFetchedHasANameThatTheInboxTakes(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"export.gz": "export.gz", "EXPORT.CSV.GZ": "EXPORT.CSV.GZ", "list.tsv.gz": "list.tsv.gz",
		"guests.xlsx": "guests.xlsx", "l.txt": "l.txt",
		"export": "export.csv", "export.php": "export.php.csv", "guests.zip": "guests.zip", ".gz": ".gz.csv",
		"list.csv.1": "list.csv.1.csv",
	} {
		if got := listfile.ListName(name); got != want || listfile.Suffix(got) == "" {
			t.Errorf("%s becomes %s, of which %q is the suffix; want %s", name, got, listfile.Suffix(got), want)
		}
	}
	if end := listfile.Suffix("list.CSV.gz"); end != ".CSV.gz" {
		t.Errorf("of two suffixes that fit, %q counts", end)
	}
}

func TestNoTemporaryNameIsAListsName(t *testing.T) {
	t.Parallel()
	temporary := "guests.csv.part guests.csv.partial guests.csv.crdownload guests.csv.download guests.csv.tmp " +
		"guests.csv.TEMP guests.csv.swp " +
		"guests.csv.filepart guests.csv~ #guests.csv# ~$guests.xlsx Thumbs.db desktop.ini"
	for name := range strings.FieldsSeq(temporary) {
		if !listfile.Temporary(name) {
			t.Errorf("%s is taken for a list", name)
		}
	}
	for _, name := range append(listfile.Suffixes(), "#1.csv", "~list.csv", ".hidden.csv", "party.csv") {
		if listfile.Temporary(name) {
			t.Errorf("%s is taken for a temporary file", name)
		}
	}
}
