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

// Promise: a word is looked up whatever its case, as its small letters would be.
func FuzzAWordIsKnownWhateverItsCase(f *testing.F) {
	for _, word := range []string{"", "Dr", "ÅSA", "İ", "STRASSE", "Ǆ", "\xff", "K", strings.Repeat("Ab", 40)} {
		f.Add(word)
	}
	f.Fuzz(func(t *testing.T, word string) {
		if !wordset.Has(map[string]bool{strings.ToLower(word): true}, word) {
			t.Errorf("%q is not known by its small letters", word)
		}
		if wordset.Has(map[string]bool{strings.ToLower(word) + "x": true}, word) {
			t.Errorf("%q is known by other letters", word)
		}
	})
}
