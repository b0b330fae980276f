package guest_test

import (
	"testing"

	"guestflow/importer/columns"
	"guestflow/importer/guest"
)

func TestACellLosesWhatWasNeverMeantToBeInIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ field, cell, want string }{
		{columns.FirstName, "Ida\ufe0f", "Ida"},
		{columns.FirstName, "Ida\u2800", "Ida"},
		{columns.FirstName, "Ida ❤\ufe0f", "Ida ❤\ufe0f"}, // it is seen: the heart is red
		{columns.LastName, "葛\U000e0100城", "葛\U000e0100城"},
		{columns.Barcode, `="00126"`, "00126"},
		{columns.Barcode, `=T("00126")`, "00126"},
		{columns.Barcode, "=00126", "00126"},
		{columns.Barcode, "'00126", "00126"},
		{columns.Barcode, "=A1+1", "=A1+1"},
		{columns.Notes, "=00126", "=00126"},
	} {
		if got := guest.Refine(c.cell, c.field); got != c.want {
			t.Errorf("%s %q becomes %q, want %q", c.field, c.cell, got, c.want)
		}
	}
}

func TestSpellingsOfAnAddressThatReachOneMailboxAreOne(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{
		{"Ida@Example.com", " ida@example.com"}, {"ida@münchen.example", "ida@XN--MNCHEN-3YA.example"},
		{"idá@example.com", "ida\u0301@example.com"},
	} {
		if a, b := guest.FoldAddress(c[0]), guest.FoldAddress(c[1]); a != b {
			t.Errorf("%q and %q are folded to %q and %q", c[0], c[1], a, b)
		}
	}
	if guest.FoldAddress("a.nn@example.com") == guest.FoldAddress("ann@example.com") {
		t.Error("a dot makes no other address")
	}
}
