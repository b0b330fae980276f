package columns

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Which words of a full name are the last name, where the name itself does not show it. They are what the setting
// surname says.
const (
	SurnameLast    = "last"     // the last word
	SurnameLastTwo = "last-two" // the last two, as in Spanish names
	SurnameFirst   = "first"    // the first, as in Hungarian names
	SurnameNone    = "none"     // such names stay whole, as first names
)

// Surnames are what the setting may say, in the order in which it is offered.
var Surnames = []string{SurnameLast, SurnameLastTwo, SurnameFirst, SurnameNone}

// CheckSurname returns what is wrong with the setting.
func CheckSurname(surname string) error {
	if surname == "" || slices.Contains(Surnames, surname) {
		return nil
	}
	return fmt.Errorf("surname is one of %s, and not %.40q", strings.Join(Surnames, ", "), surname)
}

// NameDoubt is what a person should know of how a row has its name.
type NameDoubt uint8

// The doubts, the lightest first. A row has one.
const (
	NoDoubt      NameDoubt = iota
	LeftOut                // a title, a degree or something in brackets was no part of the name
	SeveralWays            // the full name can be split in several ways
	PartsDiffer            // the full name is another than that of the row's other cells, which it has
	PartMissing            // and one of those is empty
	SeveralNames           // the full name is that of several people, or more than a name
)

// splitter takes full names apart. A name whose last name cannot be known is split by the setting, and else in doubt.
type splitter struct {
	surname     string // the setting, or ""
	familyFirst bool   // the header says that last names may come first
}

type splitName struct {
	first, last string
	doubt       NameDoubt
}

// split takes a full name apart: "Last, First", a last name in capitals, one that begins with a particle, the last of
// two words. Every word of the name is in one of the parts. A single word is a first name.
func (s splitter) split(full string) splitName {
	if strings.IndexByte(full, '<') > 0 {
		full = nameOfMailbox(full)
	}
	if hasPeople(full) || isOrganisationName(strings.Fields(full)) || isCompany(strings.Fields(full)) || isCompany(strings.Fields(strings.ReplaceAll(full, ",", " "))) || strings.Contains(full, "\n") {
		return splitName{first: join(strings.Fields(full)), doubt: SeveralNames}
	}
	name, leftOut := withoutBrackets(full)
	if severalPeople(name) {
		out := s.words(strings.Fields(name))
		out.doubt = SeveralNames
		return out
	}
	parts, suffix, left := commaParts(name)
	var out splitName
	switch len(parts) {
	case 1:
		out = s.withoutComma(parts[0], left)
	case 2:
		out = s.lastFirst(parts[0], parts[1])
	default:
		out = splitName{first: join(strings.Fields(name)), doubt: SeveralNames}
	}
	out.attach(join(suffix))
	if leftOut || left {
		out.doubt = max(out.doubt, LeftOut)
	}
	return out
}

// withoutComma splits a name without one. title reports whether a title stood behind it.
func (s splitter) withoutComma(name string, title bool) splitName {
	words, before := withoutTitles(name)
	words, degree := withoutDegrees(words)
	words, suffix := withoutSuffix(words)
	out := s.words(words)
	if (title || before) && len(words) == 1 && len(suffix) == 0 {
		out = splitName{last: words[0]} // Dr. Smith
	}
	out.attach(join(suffix))
	if before || degree {
		out.doubt = max(out.doubt, LeftOut)
	}
	return out
}

// lastFirst splits a name with a comma. With two words on both sides it may be two people.
func (s splitter) lastFirst(before, behind string) splitName {
	last, title := withoutTitles(before)
	first, titled := withoutTitles(behind)
	out := splitName{first: join(first), last: join(last)}
	switch {
	case s.surname == "" && len(last) == 2 && len(first) == 1 && !s.familyFirst && isNoFirstName(first[0]):
		out = splitName{first: join(slices.Concat(last, first)), doubt: SeveralNames} // Ida Holm, Berlin
	case s.surname == "" && len(last) == 2 && len(first) == 2 && !isParticle(last[0]) && !isParticle(first[1]):
		out.doubt = SeveralWays
	case title || titled:
		out.doubt = LeftOut
	}
	return out
}

// isNoFirstName reports whether a word behind a comma is surely no first name: in small letters, in capitals, or a diet or a city.
func isNoFirstName(word string) bool {
	lower := strings.ToLower(word)
	return word == lower && word != strings.ToUpper(word) || behindNames[lower] || thingWords[lower]
}

// behindNames are words that people write behind a name and a comma.
var behindNames = set(`vegan vegetarian vegetarisch vegetarier vegetarierin glutenfrei veggie halal kosher koscher vip berlin hamburg münchen köln frankfurt wien zürich bern
	london paris madrid rom roma amsterdam brüssel brussels bruxelles warszawa praha wrocław stockholm oslo københavn helsinki`)

// attach adds Jr. or III to the last name.
func (n *splitName) attach(suffix string) {
	switch {
	case suffix == "":
	case n.last != "":
		n.last += " " + suffix
	default:
		n.first = strings.TrimSpace(n.first + " " + suffix)
	}
}

// words splits a name without a comma.
func (s splitter) words(words []string) splitName {
	n := len(words)
	switch {
	case n == 0:
		return splitName{}
	case n == 1:
		return oneWord(words[0])
	case isEastAsian(words):
		return at(words, 1, true)
	}
	if begin, end, is := capitals(words); is {
		if begin == 0 {
			return at(words, end, true)
		}
		return at(words, begin, false)
	}
	if cut, first, is := patronymic(words); is {
		return at(words, cut, first)
	}
	if cut := s.certain(words); cut >= 0 && s.surname != SurnameFirst {
		return at(words, cut, false)
	}
	return s.chosen(words)
}

// at splits words before one of them.
func at(words []string, cut int, familyFirst bool) splitName {
	if familyFirst {
		return splitName{first: join(words[cut:]), last: join(words[:cut])}
	}
	return splitName{first: join(words[:cut]), last: join(words[cut:])}
}

// oneWord is a first name, or a foreign name in Japanese, whose words a dot separates.
func oneWord(word string) splitName {
	if first, last, is := strings.Cut(word, "・"); is && !strings.Contains(last, "・") {
		return splitName{first: first, last: last}
	}
	return splitName{first: word}
}

// chosen splits words as the setting says, and as most are meant where it says nothing.
func (s splitter) chosen(words []string) splitName {
	switch s.surname {
	case SurnameNone:
		return splitName{first: join(words)}
	case SurnameFirst:
		cut := 0
		for cut < len(words)-1 && isParticle(words[cut]) {
			cut++
		}
		if cut = min(cut+1, len(words)-1); cut > 0 {
			return at(words, cut, true)
		}
	case SurnameLastTwo:
		if len(words) > 2 {
			return at(words, max(1, unitBefore(words, unitBefore(words, len(words)))), false)
		}
	}
	out := at(words, lastUnit(words), false)
	if s.surname == "" {
		out.doubt = SeveralWays
	}
	return out
}

// lastUnit is where the last word begins with the particles before it.
func lastUnit(words []string) int {
	for i := 1; i < len(words)-1; i++ {
		if isParticle(words[i]) {
			return i
		}
	}
	return len(words) - 1
}

// unitBefore is where the word before one begins, with its particles.
func unitBefore(words []string, at int) int {
	at--
	for at > 1 && (isParticle(words[at-1]) || isJoining(words[at-1])) {
		if at--; isJoining(words[at]) {
			at--
		}
	}
	return max(at, 0)
}

// certain returns where the last name begins, where only one reading is usual, or a negative number.
func (s splitter) certain(words []string) int {
	n := len(words)
	if slices.ContainsFunc(words, isJoining) || s.familyFirst {
		return -1
	}
	if isLowerParticle(words[0]) {
		if n == 2 {
			return 0
		}
		return -1
	}
	if n == 2 {
		if isShortCapitals(words[0]) && !isAllCapitals(words[1]) { // JJ Abrams or LI Wei
			return -1
		}
		return 1
	}
	if vietnamese[reduce(words[0])] {
		return -1
	}
	if cut := lastUnit(words); cut < n-1 {
		return certainParticle(words, cut)
	}
	for _, middle := range words[1 : n-1] {
		if !isInitial(middle) {
			return -1
		}
	}
	return n - 1
}

// certainParticle reports where the last name begins that has a particle: Jan van der Berg. Between two first names
// and two last names, as in María del Carmen García, Romance ones are in doubt.
func certainParticle(words []string, cut int) int {
	after := cut
	romance := false
	for after < len(words)-1 && isParticle(words[after]) {
		romance = romance || romanceParticles[strings.ToLower(words[after])]
		after++
	}
	if romance && (cut > 1 || after < len(words)-1) {
		return -1
	}
	return cut
}

func join(words []string) string { return strings.Join(words, " ") }

// particles belong to the last name that follows them.
var particles = set(`af al am an auf av bin bint binti bat ben da das dal dalla dal' de degli dei del dela dell' della delle delos den der di do
	dos du d' el ibn la
	las le les lo los mac mc o' o op san santa st. st 't van vanden vander vande ver vom von y't zu zum zur ul ur`)

// vietnamese are last names that stand before others, of which Van is no particle.
var vietnamese = set("nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly truong dinh dao lam mai trinh")

// romanceParticles are found in first names and between two last names too.
var romanceParticles = set("da das de del dela della delos di do dos du d' la las le les lo los y san santa")

// IsParticle reports whether a word belongs to the last name that follows it, as van and de do.
func IsParticle(word string) bool { return isParticle(word) }

func isParticle(word string) bool {
	return particles[strings.ToLower(strings.ReplaceAll(word, "’", "'"))]
}

func isLowerParticle(word string) bool {
	first, _ := utf8.DecodeRuneInString(word)
	return isParticle(word) && (unicode.IsLower(first) || first == '\'')
}

// isJoining reports whether a word joins two last names, as in Ortega y Gasset, or two people.
func isJoining(word string) bool { return word == "y" || word == "e" || word == "i" || word == "a" }

// isInitial reports whether a word is an initial: J. or JR.
func isInitial(word string) bool {
	bare := strings.ReplaceAll(word, ".", "")
	return utf8.RuneCountInString(bare) == 1 || bare != word && utf8.RuneCountInString(bare) == 2 && isAllCapitals(bare)
}

func letterCount(word string) (letters, lower int) {
	for _, r := range word {
		if unicode.IsLetter(r) {
			letters++
		}
		if unicode.IsLower(r) {
			lower++
		}
	}
	return letters, lower
}

func isAllCapitals(word string) bool {
	letters, lower := letterCount(word)
	return letters > 1 && lower == 0 && unicode.IsUpper([]rune(strings.TrimLeft(word, "'’"))[0])
}

func isShortCapitals(word string) bool {
	return utf8.RuneCountInString(word) == 2 && isAllCapitals(word)
}

// capitals finds a last name that is written in capitals beside others that are not: SCHMIDT Anna, Ana DE LA CRUZ.
func capitals(words []string) (begin, end int, is bool) {
	for begin < len(words) && !isAllCapitals(words[begin]) {
		begin++
	}
	end = begin
	long := false
	for end < len(words) && isAllCapitals(words[end]) {
		long = long || utf8.RuneCountInString(words[end]) >= minCapitals
		end++
	}
	others := slices.ContainsFunc(words[end:], isAllCapitals) || end-begin == len(words)
	return begin, end, long && !others && (begin == 0 || end == len(words)) &&
		!slices.ContainsFunc(slices.Concat(words[:begin], words[end:]), func(w string) bool { return isLowerParticle(w) })
}

// minCapitals is how many letters a last name in capitals has at least: JR and AJ are initials.
const minCapitals = 3

// isEastAsian reports whether words are in Chinese characters or Korean letters, of which the first is the last name.
func isEastAsian(words []string) bool {
	return len(words) == 2 && !slices.ContainsFunc(words, func(word string) bool {
		return strings.ContainsFunc(word, func(r rune) bool { return !unicode.In(r, unicode.Han, unicode.Hangul) && r != '々' })
	})
}

var patronymicEnding = regexp.MustCompile(`(?i)(вич|вна|ична|інична|ївна|ovich|evich|ovna|evna)$`)

// patronymic splits Russian and Ukrainian names of three words, of which the father's name shows the order.
func patronymic(words []string) (cut int, familyFirst, is bool) {
	if len(words) != 3 {
		return 0, false, false
	}
	second, third := patronymicEnding.MatchString(words[1]), patronymicEnding.MatchString(words[2])
	switch {
	case second && !third:
		return 2, false, true
	case third && !second:
		return 1, true, true
	}
	return 0, false, false
}
