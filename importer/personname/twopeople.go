package personname

import (
	"slices"
	"strings"
	"unicode"

	"guestflow/importer/wordset"
)

// Words that stand between two people, in the cell of a last name. surnameJoining stand between two last names of one
// person as well, as in Ortega y Gasset and Puig i Cadafalch, so that behind them the second person has a first name
// too.
var (
	lastNameJoining = wordset.Of(`and und et och og ja и та й και ve és şi și 和 と 및 و plus mit with avec con met med en u.
		dan ir un või & + /`)
	surnameJoining = wordset.Of(`y e i a`)
)

// joinsLastNames reports whether the cell of a last name has those of two people: Holm und Bo Lund.
func joinsLastNames(words []string) bool {
	if joinedNames[strings.ToLower(join(words))] {
		return false
	}
	capitals := !slices.ContainsFunc(words, func(w string) bool { return strings.ToUpper(w) != w })
	for i := 1; i < len(words)-1; i++ {
		word := strings.ToLower(words[i])
		isWord := word == words[i] || capitals && betweenPeople[word] && !lowerOnly[word] && len(word) > 1
		switch {
		case !isWord, isParticle(words[i-1]): // von und zu Berg
		case lastNameJoining[word], surnameJoining[word] && isFirstAndLast(words[i+1:]):
			return true
		}
	}
	return false
}

// joinedNames are last names of one person all the same.
var joinedNames = wordset.Texts(`natt och dag|natt och daag|von und zu`)

// isFirstAndLast reports whether words may be a first and a last name, and are no last name of several words.
func isFirstAndLast(words []string) bool {
	return len(words) > 1 && !isParticle(words[0]) && !romanceParticles[strings.ToLower(words[1])] &&
		!slices.ContainsFunc(words, isJoining)
}

// hasListOfNames reports whether the cell of a first name has several, with commas between them: Tom, Eva and Tom, Eva
// und Ben. Behind a comma may be a title or a degree, and before it the row's last name.
func hasListOfNames(cell, last string) bool {
	if !strings.ContainsAny(cell, ",;、，") || strings.TrimSpace(last) == "" || len(cell) > maxName ||
		strings.ContainsAny(cell, "0123456789@<>#") {
		return false
	}
	names := 0
	for part := range strings.FieldsFuncSeq(cell, func(r rune) bool { return strings.ContainsRune(",;、，", r) }) {
		words := strings.Fields(part)
		switch {
		case strings.EqualFold(strings.TrimSpace(part), strings.TrimSpace(last)):
			return false
		case len(words) > 0 && strings.ContainsFunc(part, unicode.IsLetter) && !isBehindName(words):
			names++
		}
	}
	return names > 1
}

// isBehindName reports whether words are a title, a degree, a suffix or a job, as stands behind a name and a comma.
func isBehindName(words []string) bool {
	return isJob(words) || !slices.ContainsFunc(words, func(w string) bool { return !StandsBehind(w) })
}

// StandsBehind reports whether a word is a title, a degree or a suffix.
func StandsBehind(word string) bool {
	bare := bareDegree(word)
	return degrees[bare] || shortDegrees[bare] || titles[bare] || furtherTitles[bare] || isSuffix(word)
}

// pluralArticles stand before the name of a family: The Falks, die Müllers, los García.
var pluralArticles = wordset.Of(`the die los`)

// isFamily reports whether words are an article and a last name in the plural.
func isFamily(article, name string) bool {
	article = strings.ToLower(article)
	return pluralArticles[article] && !strings.Contains(name, " ") && (strings.HasSuffix(name, "s") || article == "los") &&
		len(name) > 2
}

// IsOfSeveral reports whether first and last name together are those of several people, or of an organisation.
func IsOfSeveral(first, last string) bool {
	return hasListOfNames(first, last) || isFamily(first, last) || isOrganisation(first, last) || areWholeNames(first, last) ||
		hasMoreBehindComma(first, last)
}

// areWholeNames reports whether both cells have a first and a last name: Ida Holm and Tom Berg. Two first names beside two last
// names are those of one person, so that the first cell has to end in a usual last name, and the last one to begin with a
// usual first name.
func areWholeNames(first, last string) bool {
	given, family, two := strings.Cut(first, " ")
	if !two || strings.IndexByte(last, ' ') < 0 || strings.EqualFold(first, last) {
		return false
	}
	second, rest, _ := strings.Cut(last, " ")
	isFamilyName := func(word string) bool {
		letters := wordset.Letters(word)
		return europeanFamilies[letters] && !givenNames[letters]
	}
	letters := wordset.Letters(second)
	return givenNames[wordset.Letters(given)] && isFamilyName(family) && givenNames[letters] && !europeanFamilies[letters] &&
		!givenNames[wordset.Letters(rest)]
}

// nobility are titles that stand behind a last name and a comma: Lovelace, Countess of Lovelace.
var nobility = wordset.Of(`count countess baron baroness lord lady duke duchess earl viscount viscountess marquis marquess prince
	princess knight graf gräfin freiherr freifrau baronin fürst fürstin herzog herzogin ritter edler comte comtesse marquise
	conde condesa conte contessa jonkheer jonkvrouw greve grevinde friherre`)

// hasMoreBehindComma reports whether the cell of a last name has more behind a comma than a title, a degree or a suffix: Holm, Tom Berg
// and Holm, Acme. What is in short capitals is a degree, and the row's own first name is asked about elsewhere.
func hasMoreBehindComma(first, last string) bool {
	before, behind, is := strings.Cut(last, ",")
	if !is {
		before, behind, is = strings.Cut(last, ";")
	}
	words := strings.Fields(behind)
	if !is || len(strings.TrimSpace(behind)) < 2 || strings.TrimSpace(before) == "" || strings.ContainsAny(last, "@<>#0123456789\n|") || NamesFirst(last, first) {
		return false
	}
	const longestDegree = 6 // bytes
	return !isBehindName(words) && !nobility[strings.ToLower(words[0])] && slices.ContainsFunc(words, func(w string) bool {
		return len(w) > longestDegree || strings.ToUpper(w) != w
	})
}
