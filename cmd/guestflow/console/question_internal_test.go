package console

import (
	"testing"

	"guestflow/importer/spool"
)

func TestAQuestionIsShownWithoutTheOptionsOfTheCommandLine(t *testing.T) {
	t.Parallel()
	for asked, want := range map[string]string{
		"": "",
		"it is a PDF document; export the list as CSV": "it is a PDF document; export the list as CSV",
		"a.csv: 1 row is like a known guest, and left out; the others are imported; choose: --near-misses update, or --near-misses new": "a.csv: 1 row is like a known guest, and left out; the others are imported",
		"its letters could be windows-1252 or ibm850; name the right one, such as --encoding windows-1252":                              "its letters could be windows-1252 or ibm850",
		"a--b.csv: a name; --joint-names keep": "a--b.csv: a name",
	} {
		if got := (upload{spool.Item{Record: spool.Record{Question: asked}}}).Question(); got != want {
			t.Errorf("%q is shown as %q, want %q", asked, got, want)
		}
	}
}
