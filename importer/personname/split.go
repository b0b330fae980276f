// Package personname knows how names of people are written: which words of a full name are the last name, what is no
// part of it, and which are names of several people or of an organisation. What the name itself does not show is in
// doubt, and not guessed: a wrong name would stand in an email.
package personname

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"guestflow/importer/headers"
	"guestflow/importer/pattern"
	"guestflow/importer/wordset"
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

// maxName is how many bytes, or words, a cell has at most that is looked at as the names of several people.
const maxName = 200

// Doubt is what a person should know of how a row has its name.
type Doubt uint8

// The doubts, the lightest first. A row has one.
const (
	NoDoubt      Doubt = iota
	LeftOut            // a title, a degree or something in brackets was no part of the name
	SeveralWays        // the full name can be split in several ways
	PartsDiffer        // the full name is another than that of the row's other cells, which it has
	PartMissing        // and one of those is empty
	SeveralNames       // the full name is that of several people, or more than a name
)

// Splitter takes full names apart. A name whose last name cannot be known is split by the setting, and else in doubt.
type Splitter struct {
	Surname     string // the setting, or ""
	FamilyFirst bool   // the header says that last names may come first
	List        ListOrder
}

// ListOrder is what the names of a list show together.
type ListOrder struct {
	CommaFirst  bool // last names of several words stand before a comma: García López, María
	MixedGiven  bool // most names begin with the first name, and some with the last: the setting first is for those in doubt
	MixedFamily bool // most begin with the last name, and some with the first
	Unshown     bool // nothing shows on which side the last names are of Wei Chen
}

type Parts struct {
	First, Last string
	Doubt       Doubt
}

// Split takes a full name apart: "Last, First", a last name in capitals, one that begins with a particle, the last of
// two words. Every word of the name is in one of the parts. A single word is a first name.
func (s Splitter) Split(full string) Parts {
	if strings.IndexByte(full, '<') > 0 {
		full = OfMailbox(full)
	}
	if hasPeople(full) || namesEmployer(strings.Fields(full)) || isOrganisationName(strings.Fields(full)) ||
		isCompany(strings.Fields(full)) || isCompany(strings.Fields(strings.ReplaceAll(full, ",", " "))) ||
		strings.Contains(full, "\n") {
		return Parts{First: join(strings.Fields(full)), Doubt: SeveralNames}
	}
	name, leftOut := withoutBrackets(full)
	if before, is := withoutBirthName(name); is {
		name, leftOut = before, true
	}
	if severalPeople(name) {
		out := s.words(strings.Fields(name))
		out.Doubt = SeveralNames
		return out
	}
	parts, suffix, left := commaParts(name)
	var out Parts
	switch len(parts) {
	case 1:
		out = s.withoutComma(parts[0], left)
	case 2:
		out = s.lastFirst(parts[0], parts[1])
	default:
		out = Parts{First: join(strings.Fields(name)), Doubt: SeveralNames}
	}
	out.attach(join(suffix))
	if leftOut || left {
		out.Doubt = max(out.Doubt, LeftOut)
	}
	return out
}

// withoutComma splits a name without one. title reports whether a title stood behind it.
func (s Splitter) withoutComma(name string, title bool) Parts {
	words, before := withoutTitles(name)
	words, degree := withoutDegrees(words)
	words, suffix := withoutSuffix(words)
	out := s.words(words)
	if (title || before) && len(words) == 1 && len(suffix) == 0 {
		out = Parts{Last: words[0]} // Dr. Smith
	}
	out.attach(join(suffix))
	if before || degree {
		out.Doubt = max(out.Doubt, LeftOut)
	}
	return out
}

// lastFirst splits a name with a comma. With two words on both sides it may be two people.
func (s Splitter) lastFirst(before, behind string) Parts {
	last, title := withoutTitles(before)
	first, titled := withoutTitles(behind)
	out := Parts{First: join(first), Last: join(last)}
	switch {
	case s.Surname == "" && len(last) == 2 && len(first) == 1 && !s.FamilyFirst && isNoFirstName(first[0]):
		out = Parts{First: join(slices.Concat(last, first)), Doubt: SeveralNames} // Ida Holm, Berlin
	case s.Surname == "" && len(last) == 2 && len(first) == 2 && !isParticle(last[0]) && !isParticle(first[1]):
		out.Doubt = SeveralWays
	case len(last) > 1 && len(first) > 0 && !s.FamilyFirst && !s.List.CommaFirst && !isParticle(last[0]) &&
		!slices.ContainsFunc(first, isGivenName):
		out = Parts{First: join(slices.Concat(last, first)), Doubt: SeveralNames} // Ida Holm, Acme
	case title || titled:
		out.Doubt = LeftOut
	}
	return out
}

// isNoFirstName reports whether a word behind a comma is surely no first name: in small letters, in capitals, or a diet
// or a city.
func isNoFirstName(word string) bool {
	lower := strings.ToLower(word)
	return word == lower && word != strings.ToUpper(word) || behindNames[lower] || headers.IsThing(lower)
}

// behindNames are words that people write behind a name and a comma.
var behindNames = wordset.Of(`vegan vegetarian vegetarisch vegetarier vegetarierin glutenfrei veggie halal kosher
	koscher vip berlin hamburg münchen köln frankfurt wien zürich bern london paris madrid rom roma amsterdam brüssel
	brussels bruxelles warszawa praha wrocław stockholm oslo københavn helsinki`)

// attach adds Jr. or III to the last name.
func (n *Parts) attach(suffix string) {
	switch {
	case suffix == "":
	case n.Last != "":
		n.Last += " " + suffix
	default:
		n.First = strings.TrimSpace(n.First + " " + suffix)
	}
}

// words splits a name without a comma.
func (s Splitter) words(words []string) Parts {
	n := len(words)
	switch {
	case n == 0:
		return Parts{}
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
	if cut := s.certain(words); cut >= 0 &&
		(s.Surname != SurnameFirst || s.List.MixedGiven || s.List.MixedFamily && n == 2 && isGivenFirst(words[0], words[1])) {
		return at(words, cut, false)
	}
	return s.chosen(words)
}

// at splits words before one of them.
func at(words []string, cut int, familyFirst bool) Parts {
	if familyFirst {
		return Parts{First: join(words[cut:]), Last: join(words[:cut])}
	}
	return Parts{First: join(words[:cut]), Last: join(words[cut:])}
}

// oneWord is a first name, or a foreign name in Japanese, whose words a dot separates.
func oneWord(word string) Parts {
	if first, last, is := strings.Cut(word, "・"); is && !strings.Contains(last, "・") {
		return Parts{First: first, Last: last}
	}
	return Parts{First: word}
}

// chosen splits words as the setting says, and as most are meant where it says nothing.
func (s Splitter) chosen(words []string) Parts {
	switch s.Surname {
	case SurnameNone:
		return Parts{First: join(words)}
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
	if s.Surname == "" {
		out.Doubt = SeveralWays
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
func (s Splitter) certain(words []string) int {
	n := len(words)
	if slices.ContainsFunc(words, isJoining) || s.FamilyFirst {
		return -1
	}
	if isLowerParticle(words[0]) {
		if n == 2 {
			return 0
		}
		return -1
	}
	if n == 2 {
		if isShortCapitals(words[0]) && !IsAllCapitals(words[1]) { // JJ Abrams or LI Wei
			return -1
		}
		if mayBeFamilyFirst(words[0], words[1]) || s.List.Unshown && OrderOf(join(words)) > GivenSure {
			return -1
		}
		return 1
	}
	if vietnamese[wordset.Letters(words[0])] {
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
var particles = wordset.Of(`af al am an auf av bin bint binti bat ben da das dal dalla dal' de degli dei del dela dell'
	della delle delos den der di do dos du d' el ibn la
	las le les lo los mac mc o' o op san santa st. st 't van vanden vander vande ver vom von y't zu zum zur ul ur`)

// vietnamese are last names that stand before others, of which Van is no particle.
var vietnamese = wordset.Of("nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly truong dinh dao lam mai trinh")

// romanceParticles are found in first names and between two last names too.
var romanceParticles = wordset.Of("da das de del dela della delos di do dos du d' la las le les lo los y san santa")

// IsParticle reports whether a word belongs to the last name that follows it, as van and de do.
func IsParticle(word string) bool { return isParticle(word) }

// AreParticles reports whether a text has words that belong to the last name behind them, and no others: van der.
func AreParticles(text string) bool {
	words := strings.Fields(strings.ToLower(strings.ReplaceAll(text, "’", "'")))
	return len(words) > 0 && !slices.ContainsFunc(words, func(word string) bool { return !isParticle(word) && !dutchParticles[word] })
}

// dutchParticles are words before Dutch last names that are none by themselves: in 't Veld, ter Horst, op den Berg.
var dutchParticles = wordset.Of("aan bij het in of onder over s' 's ten ter te tot uit uijt voor opt v.d. v/d vd v. d. 't")

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
	return utf8.RuneCountInString(bare) == 1 || bare != word && utf8.RuneCountInString(bare) == 2 && IsAllCapitals(bare)
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

func IsAllCapitals(word string) bool {
	letters, lower := letterCount(word)
	return letters > 1 && lower == 0 && unicode.IsUpper([]rune(strings.TrimLeft(word, "'’"))[0])
}

func isShortCapitals(word string) bool {
	return utf8.RuneCountInString(word) == 2 && IsAllCapitals(word)
}

// capitals finds a last name that is written in capitals beside others that are not: SCHMIDT Anna, Ana DE LA CRUZ.
func capitals(words []string) (begin, end int, is bool) {
	for begin < len(words) && !IsAllCapitals(words[begin]) {
		begin++
	}
	end = begin
	long := false
	for end < len(words) && IsAllCapitals(words[end]) {
		long = long || utf8.RuneCountInString(words[end]) >= minCapitals
		end++
	}
	others := slices.ContainsFunc(words[end:], IsAllCapitals) || end-begin == len(words)
	return begin, end, long && !others && (begin == 0 || end == len(words)) &&
		!slices.ContainsFunc(slices.Concat(words[:begin], words[end:]), func(w string) bool { return isLowerParticle(w) })
}

// minCapitals is how many letters a last name in capitals has at least: JR and AJ are initials.
const minCapitals = 3

// isEastAsian reports whether words are in Chinese characters or Korean letters, of which the first is the last name.
func isEastAsian(words []string) bool {
	return len(words) == 2 && !slices.ContainsFunc(words, func(word string) bool {
		return strings.ContainsFunc(word,
			func(r rune) bool { return !unicode.In(r, unicode.Han, unicode.Hangul) && r != '々' })
	})
}

var patronymicEnding = pattern.New(`(?i)(вич|вна|ична|інична|ївна|ovich|evich|ovna|evna)$`)

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
