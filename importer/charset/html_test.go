package charset

import "testing"

func TestCellsWrittenAsHTMLOnceOrMoreAreDecoded(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"O&#039;Hara": "O'Hara", "O&amp;#039;Hara": "O'Hara", "M&amp;amp;uuml;ller": "Müller", "AT&T; Ida": "AT&T; Ida",
		"Ida & Ole": "Ida & Ole",
		"R&amp;D":   "R&D",
	} {
		if got := unescapeHTML(cell); got != want {
			t.Errorf("%s becomes %s, want %s", cell, got, want)
		}
	}
}
