package columns

import (
	"slices"
	"strings"
)

// particles belong to the last name that follows them.
var particles = strings.Fields(`af al am auf av bin da das dal de degli dei del della den der di do dos du el ibn la
	las le les lo los
	mac op st. ten ter 't van vanden vander vom von zu zum zur`)

// splitName takes a full name apart: "Last, First", or the last word with its particles as the last name. A single word
// is a first name. It is right for most lists and wrong for some names, which is why it has to be asked for.
func splitName(full string) (first, last string) {
	if before, after, comma := strings.Cut(full, ","); comma {
		return join(strings.Fields(after)), join(strings.Fields(before))
	}
	words := strings.Fields(full)
	if len(words) < 2 {
		return join(words), ""
	}
	cut := len(words) - 1
	for i := 1; i < cut; i++ {
		if slices.Contains(particles, strings.ToLower(words[i])) {
			cut = i
		}
	}
	return join(words[:cut]), join(words[cut:])
}

func join(words []string) string { return strings.Join(words, " ") }
