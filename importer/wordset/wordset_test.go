package wordset_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"guestflow/importer/wordset"
)

// Texts are one where people see no difference that matters: case, accents, signs and blanks.
func TestLettersAreWithoutCaseAccentsAndSigns(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Plus 1's": "plus1s", "E-Mail": "email", "Prénom": "prenom", "Größe": "grosse", "Łódź": "lodz",
		"Søren Ærø": "sorenaero", "İsim": "isim",
		"ﬁrst": "first", "Ｎａｍｅ": "name", "お名前": "お名前", "": "", " - ": "",
	} {
		if got := wordset.Letters(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestSetsHaveTheirWordsOnce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		set  map[string]bool
		want string
	}{
		{wordset.Of("b a\n\tÄ b"), "a,b,Ä"}, {wordset.Words("E-Mail Ä email"), "a,email"},
		{wordset.Phrases("First Name|\n\tVorname|first-name"), "firstname,vorname"},
		{wordset.Texts("n/a|\n\tto be  told|N/A"), "N/A,n/a,to be told"},
	} {
		if got := strings.Join(slices.Sorted(maps.Keys(c.set)), ","); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
	if got := strings.Join(wordset.List("Été B été"), ","); got != "ete,b,ete" {
		t.Errorf("a list is %s", got)
	}
}
