package wordset

import (
	"strings"
	"testing"
)

// Promise: a text of letters that are looked up by themselves is compared as one that is taken apart as a whole.
func TestLettersOfATableAreThoseOfTheWholeText(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	for r := range rune(len(Simple)) {
		all.WriteRune(r)
		for _, mark := range []string{"", "a", "\u0301", "\u0308", "ς", "ı", "L·l"} {
			text := string(r) + mark + string(r)
			if got, want := Letters(text), decomposed(text); got != want {
				t.Errorf("%+q is %q, want %q", text, got, want)
			}
		}
	}
	for _, text := range []string{all.String(), "plain", "a\xffb", "Ida ﬁ", "お名前 Ida", ""} {
		if got, want := Letters(text), decomposed(text); got != want {
			t.Errorf("%.40q is %.40q, want %.40q", text, got, want)
		}
	}
}
