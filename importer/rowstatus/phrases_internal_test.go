package rowstatus

import (
	"strings"
	"testing"
)

// A phrase that stood in two tables would have to be changed in both.
func TestEachPhraseStandsOnce(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for i, texts := range []string{notMeantTexts, noteTexts} {
		for text := range strings.SplitSeq(texts, "|") {
			p := newPhrase(text, i > 0)
			if seen[p.key] {
				t.Errorf("%q stands twice", p.text)
			}
			seen[p.key] = true
		}
	}
}
