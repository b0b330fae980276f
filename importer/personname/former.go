package personname

import (
	"strings"

	"guestflow/importer/wordset"
)

// SplitAtLastWord is how versions of guestflow took full names apart that had no splitter. Guests are known by it.
func SplitAtLastWord(full string) (first, last string) {
	if before, after, comma := strings.Cut(full, ","); comma {
		return join(strings.Fields(after)), join(strings.Fields(before))
	}
	words := strings.Fields(full)
	if len(words) < 2 {
		return join(words), ""
	}
	cut := len(words) - 1
	for i := 1; i < cut; i++ {
		if formerParticles[strings.ToLower(words[i])] {
			cut = i
		}
	}
	return join(words[:cut]), join(words[cut:])
}

// formerParticles are those of that version.
var formerParticles = wordset.Of(`af al am auf av bin da das dal de degli dei del della den der di do dos du el ibn la
	las le les lo los
	mac op st. ten ter 't van vanden vander vom von zu zum zur`)
