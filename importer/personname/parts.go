package personname

import (
	"slices"
	"strings"
	"unicode"

	"guestflow/importer/headers"
	"guestflow/importer/pattern"
	"guestflow/importer/wordset"
)

// brackets are around a nickname, or what is said of a guest: Robert (Bob) Smith, Anna Schmidt (VIP).
var brackets = pattern.New(`\([^()]*\)|\[[^\[\]]*\]|（[^（）]*）|【[^【】]*】`)

// withoutBrackets takes out what stands in brackets beside a name.
func withoutBrackets(full string) (name string, leftOut bool) {
	if !strings.ContainsAny(full, "([（【") {
		return full, false
	}
	if name = strings.TrimSpace(brackets.ReplaceAllString(full, " ")); name == "" {
		return full, false
	}
	return name, name != full
}

// titles stand before a name, here without their dots. Some are names too and need the dot, some stand only behind
// another title.
var (
	titles = wordset.Of(`mr mrs ms miss mx dr prof professor sir herr frau hr fru fröken frk madame monsieur mademoiselle
		mme mlle sr sra srta senor senora señor señora dhr mevr mw drs dott dottssa sig sigra sigr signor signora д-р г-н г-жа
		проф господин госпожа د أد السيد السيدة ד"ר פרופ' מר גב' sayın pani paní rouva herra mevrouw meneer mijnheer senhor senhora signorina
		señorita doña domnul doamna gospodin gospođa härra proua ponia пані κύριος κυρία`)
	dottedTitles  = wordset.Of("ing dipl-ing dr-ing mag mgr inż inz arch avv rev hon capt col maj sgt univ doz priv-doz lic lda ldo")
	furtherTitles = wordset.Of("med jur phil rer nat h c hc habil pol oec dent vet")
	honorifics    = wordset.Of("様 さん さま 殿 氏 先生 女士 小姐 님 씨 귀하 bey hanım")
)

// IsTitle reports whether a word is a title, such as Dr. or Frau.
func IsTitle(word string) bool { return wordset.Has(titles, strings.ReplaceAll(word, ".", "")) }

// namesToo are titles that are last names as well, where no point stands behind them.
var namesToo = wordset.Of("herr sir miss sr senor señor madame professor frk pani herra domnul senhor κύριος")

// IsTitleAlone reports whether a part of a name is nothing but titles: Mr., Prof. Dr.
func IsTitleAlone(cell, field string) bool {
	first, _, _ := strings.Cut(cell, " ")
	if !IsTitle(first) || field == headers.LastName && wordset.Has(namesToo, first) || field == headers.FirstName &&
		strings.EqualFold(cell, "sir") {
		return false
	}
	return !slices.ContainsFunc(strings.Fields(cell),
		func(word string) bool { return !IsTitle(word) && !furtherTitles[bareDegree(word)] })
}

// withoutTitles takes titles off a name, as long as a word is left.
func withoutTitles(name string) (words []string, title bool) {
	words = strings.Fields(name)
	for len(words) > 1 {
		bare := strings.ReplaceAll(strings.ToLower(words[0]), ".", "")
		dotted := strings.HasSuffix(words[0], ".")
		if !titles[bare] && (!dotted || !dottedTitles[bare] && (!title || !furtherTitles[bare])) {
			break
		}
		words, title = words[1:], true
	}
	for len(words) > 1 && wordset.Has(honorifics, words[len(words)-1]) {
		words, title = words[:len(words)-1], true
	}
	return words, title
}

// Words behind a name, without dots. Of degrees those that are also names count only behind a comma.
var (
	degrees = wordset.Of(`phd dphil md mba msc bsc llm llb dds dvm cpa esq mph edd pmp cfa obe mbe cbe frcs meng beng mphil
		bpharm pharmd psyd dba rn jd dipl-ing mag dring`)
	shortDegrees = wordset.Of("ma ba bs ms do pa np ceng eng kc qc msw bed vip dr prof")
	generations  = wordset.Of("jr sr jun sen junior senior júnior 2nd 3rd filho neto")
	romans       = wordset.Of("II III IV")
)

func bareDegree(word string) string {
	return strings.ToLower(strings.ReplaceAll(strings.Trim(word, ","), ".", ""))
}

func isSuffix(word string) bool { return romans[word] || generations[bareDegree(word)] }

// withoutDegrees takes degrees off the end of a name of three words or more.
func withoutDegrees(words []string) (rest []string, degree bool) {
	for len(words) > 2 && degrees[bareDegree(words[len(words)-1])] && isDegreeSpelling(words[len(words)-1]) {
		words, degree = words[:len(words)-1], true
	}
	return words, degree
}

// isDegreeSpelling tells the degrees MD and Ph.D. from the names Md and Mba.
func isDegreeSpelling(word string) bool {
	capitals := strings.Count(strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return 'A'
		}
		return r
	}, word), "A")
	return capitals > 1 || strings.EqualFold(word, "esq") || strings.EqualFold(word, "esq.")
}

// withoutSuffix takes Jr. and III off the end of a name, as long as a word is left that may be a last name.
func withoutSuffix(words []string) (rest, suffix []string) {
	n := len(words)
	if n > 2 && isSuffix(words[n-1]) ||
		n == 2 && (romans[words[1]] || strings.HasSuffix(words[1], ".") && isSuffix(words[1])) {
		return words[:n-1], words[n-1:]
	}
	return words, nil
}

// maxJobs is how many jobs behind a name are looked for: a cell may have a mebibyte.
const maxJobs = 3

// commaParts takes a name apart at its commas. Degrees are left out, and a suffix stands by itself.
func commaParts(name string) (parts, suffix []string, leftOut bool) {
	for i, part := range strings.Split(strings.ReplaceAll(name, "，", ","), ",") {
		words := strings.Fields(part)
		switch {
		case i > 0 && len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool {
			return !degrees[bareDegree(w)] && !shortDegrees[bareDegree(w)] && !titles[bareDegree(w)]
		}):
			leftOut = true
		case i > 0 && i <= maxJobs && isJob(words) && (i > 1 || len(strings.Fields(parts[0])) > 1 || IsAllCapitals(words[0])): // Bo Berg, Director
			if leftOut = true; i == 1 {
				return parts, suffix, leftOut // Bo Berg, Director, ACME
			}
		case i > 0 && len(words) == 1 && isSuffix(words[0]):
			suffix = append(suffix, words[0])
		default:
			parts = append(parts, part)
		}
	}
	return parts, suffix, leftOut
}

// Words between two people, of whom one cell has the names, and words for a family.
var (
	betweenPeople = wordset.Of(`u. and und et och og en ja и та й және ve és şi și και & + / |
		- – — with mit avec con met med plus 和 と 및 و`)
	wholeFamily = wordset.Of(`familie family famille familia famiglia família familien rodina perhe eheleute ehepaar
		rodzina család семья сім'я aile οικογένεια משפחת עائلة 가족 fam. fam geschwister gebrüder brothers sisters twins zwillinge hermanos hermanas frères sœurs fratelli sorelle familj familjen obitelj porodica`)
	// surelyFamily are those that are no last names either.
	surelyFamily = wordset.Of(`family familie famille famiglia família familien eheleute ehepaar rodzina család семья сім'я οικογένεια
		familj familjen obitelj porodica`)
	lowerOnly = wordset.Of("en ja ve med et og con i")
)

// severalPeople reports whether a cell names several people, or more than a name.
func severalPeople(name string) bool {
	words := strings.Fields(name)
	for i, word := range words {
		lower := strings.ToLower(word)
		switch {
		case strings.ContainsAny(word, "&+/|;<>@"), wholeFamily[lower]:
			return true
		case i == 0 || i == len(words)-1:
		case betweenPeople[lower] && (word == lower || !lowerOnly[lower]):
			return true
		case i == 1 && isJoining(word):
			return true
		}
	}
	return false
}
