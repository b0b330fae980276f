package formula_test

import (
	"strings"
	"testing"

	"guestflow/importer/formula"
)

func TestNoCellOfAReportIsRunByASpreadsheet(t *testing.T) {
	t.Parallel()
	for _, start := range []string{"=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫"} {
		for _, before := range []string{"", "\n", "\r", "\r\n", "\t", " ", "\u00a0", "\u3000", "\ufeff", "\u200b", "\x00",
			" \n\t "} {
			cell := before + start + `HYPERLINK("http://evil.example")`
			if got := formula.Guard(cell); got != "'"+cell {
				t.Errorf("%q is written as %q", cell, got)
			}
			if got := formula.Unguard(formula.Guard(cell)); got != cell {
				t.Errorf("%q comes back as %q", cell, got)
			}
		}
	}
	for _, cell := range []string{"", "Ada", "'", "''", "'Ada", "O'Hara", "a=b", "a\n=b", " ", "\t", "\n", "\r\n",
		"\u200b", "Zoë", "1+1"} {
		if got := formula.Guard(cell); got != cell {
			t.Errorf("%q is written as %q", cell, got)
		}
	}
}

// What a report writes means the same to an importer, which takes blanks and the guard off, as what the file had.
func FuzzAGuardedCellIsReadAsItWas(f *testing.F) {
	for _, cell := range []string{"=1", "'=1", "\n=1", "' =1", "\t", "'\t", "\r'+", "＝1", "'", " ' =1 ", "\x00=", "''=1"} {
		f.Add(cell)
	}
	read := func(cell string) string { return strings.TrimSpace(formula.Unguard(strings.TrimSpace(cell))) }
	f.Fuzz(func(t *testing.T, cell string) {
		if got, want := read(formula.Guard(cell)), read(cell); got != want {
			t.Errorf("%q is written as %q and read as %q, want %q", cell, formula.Guard(cell), got, want)
		}
	})
}
