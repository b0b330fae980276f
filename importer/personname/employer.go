package personname

import (
	"slices"
	"strings"

	"guestflow/importer/wordset"
)

// employerWords stand between a name and a company: Ida Holm bei Acme, Ida Holm c/o Acme.
var employerWords = wordset.Of(`bei from at chez c/o hos fra från presso @ из від`)

// namesEmployer reports whether words are a name and a company, or a company and a name: Ida Holm from Acme, Acme GmbH
// Ida Holm.
func namesEmployer(words []string) bool {
	if len(words) < minEmployer {
		return false
	}
	for i, word := range words[1 : len(words)-1] {
		bare := strings.ToLower(strings.ReplaceAll(strings.Trim(word, ",()"), ".", ""))
		if i > 0 && employerWords[word] || legalForms[bare] && !shortForms[bare] {
			return true
		}
	}
	return false
}

const minEmployer = 3

// birthWords stand before the name that a person was born with: Ida Holm née Vik. With a capital some are last names.
var birthWords = wordset.Of(`née nee geb geb. geborene geborener born nascida nata urozená rozená född født f. урожд.
	урождённая урожденная z-domu`)

// withoutBirthName takes off the name that a person was born with.
func withoutBirthName(name string) (before string, is bool) {
	words := strings.Fields(name)
	at := slices.IndexFunc(words, func(word string) bool { return birthWords[word] })
	if at < 2 || at == len(words)-1 {
		return name, false
	}
	return strings.TrimRight(join(words[:at]), ","), true
}
