package sameperson

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"guestflow/importer/guest"
	"guestflow/importer/personname"
)

// name is a name in the letters by which names are compared, without titles.
type name struct {
	first, last string // without blanks
	call        string // the first word of the first names
	apart       string // what tells two people of one name apart: Jr. and III; whether one is addressed as a man or a woman
}

// nameOf returns a name; of one that is not split, the last word is the last name.
func nameOf(first, others, last string) (n name) {
	var mark apartness
	if others != "" {
		first += " " + others
	}
	var givenSpace, familySpace [4]string
	given, family := mark.words(givenSpace[:0], first), mark.words(familySpace[:0], last)
	if len(family) == 0 && len(given) > 1 {
		given, family = given[:len(given)-1], given[len(given)-1:]
	}
	if len(given) > 0 {
		n.call = given[0]
	}
	n.first, n.last, n.apart = strings.Join(given, ""), strings.Join(family, ""), mark.String()
	return n
}

// apartness is what a name has beside its words.
type apartness struct {
	generation string
	sex        string
}

func (a apartness) String() string {
	if a == (apartness{}) { // nearly all
		return "/"
	}
	return a.generation + "/" + a.sex
}

// words appends the words of a part of a name, and takes out what is none of it.
func (a *apartness) words(words []string, part string) []string {
	first := true
	for text := range strings.FieldsFuncSeq(part, isBetweenWords) {
		bare := strings.ToLower(strings.ReplaceAll(text, ".", ""))
		isFirst := first
		first = false
		switch {
		case generations[bare] && !isFirst:
			a.generation = bare
		case men[bare] || women[bare]:
			a.sex = "m"
			if women[bare] {
				a.sex = "f"
			}
		case personname.IsTitle(bare):
		case len(bare) == len(text) && isLatinWord(bare):
			words = append(words, guest.OneSpelling(bare))
		default:
			word := strings.Map(letterOrDigit, guest.OneSpelling(guest.PlainName(text)))
			if word != "" {
				words = append(words, word)
			}
		}
	}
	return words
}

// isLatinWord reports whether a word is of nothing but the small letters a to z.
func isLatinWord(word string) bool {
	for i := range len(word) {
		if word[i] < 'a' || word[i] > 'z' {
			return false
		}
	}
	return word != ""
}

func isBetweenWords(r rune) bool {
	return unicode.IsSpace(r) || r == '-' || r == '‐' || r == '‑' || r == '–' || r == ','
}

func letterOrDigit(r rune) rune {
	if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
		return r
	}
	return -1
}

func set(words string) map[string]bool {
	all := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		all[word] = true
	}
	return all
}

// generations tell a parent from a child of the same name; men and women are titles that tell a couple apart.
var (
	generations = set("jr sr jnr snr junior senior ii iii iv 2nd 3rd jun sen fils père pere filho neto júnior hijo mladší starší ml st młodszy starszy")
	men         = set("mr herr hr monsieur dhr sr señor senor signor sig господин السيد")
	women       = set("mrs ms miss frau fr fru fröken madame mademoiselle mme mlle mevr mw sra srta señora senora signora госпожа السيدة")
)

// hasDigit reports whether a name counts its guests: Guest 1 and Guest 2 are two people.
func (n name) hasDigit() bool { return strings.ContainsFunc(n.first+n.last, unicode.IsDigit) }

// isSpeltAs reports whether two names may be spellings of one: Tom and Thomas Holm, I. and Ida Holm, Ida Holm and Ida Hom.
func (n name) isSpeltAs(other name) bool {
	if !n.mayBe(other) || n.last == "" || other.last == "" || n.call == "" || other.call == "" {
		return false
	}
	if n.first == other.last && n.last == other.first { // the other way round
		return true
	}
	sameFirst, sameLast := n.first == other.first || n.call == other.call && isPart(n.first, other.first), n.last == other.last
	switch {
	case sameFirst:
		return sameLast || isPart(n.last, other.last) || utf8.RuneCountInString(n.last) > 2 && isSlip(n.last, other.last)
	case sameLast:
		return isShort(n.call, other.call) || sound(n.call) == sound(other.call) || isSlip(n.call, other.call) && isTypingError(n.call, other.call)
	}
	return false
}

// mayBe reports whether nothing says that two people of one name are two.
func (n name) mayBe(other name) bool {
	_, sex, _ := strings.Cut(n.apart, "/")
	generation, otherSex, _ := strings.Cut(other.apart, "/")
	return strings.HasPrefix(n.apart, generation+"/") && (sex == otherSex || sex == "" || otherSex == "") && !n.hasDigit() && !other.hasDigit()
}

// isPart reports whether one of two names has the other one, at its beginning or end: Ida and Ida Maria, Holm and Holm-Berg.
func isPart(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	return len(a) > 2 && len(b) > len(a)+1 && (strings.HasPrefix(b, a) || strings.HasSuffix(b, a))
}

// isShort reports whether one of two first names is the other's initial, its beginning, or short for it. Christian is not short
// for Christiane, nor Jan for Jana.
func isShort(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	n := utf8.RuneCountInString(a)
	if strings.HasPrefix(b, a) {
		return isLatin(b) && n == 1 || isLatin(b) && n > 2 && len(b) > len(a)+1
	}
	return slices.Contains(guest.OtherFirstNames(a), b)
}

func isLatin(word string) bool {
	return !strings.ContainsFunc(word, func(r rune) bool { return !unicode.Is(unicode.Latin, r) })
}

// isSlip reports whether a letter too many, too few, wrong, or exchanged with the next, is all that makes one of two words of
// the other.
func isSlip(a, b string) bool {
	if !isLatin(a) || !isLatin(b) || a == b {
		return false
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	exchanged := i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
	return exchanged || a[i+1:] == b[i+1:]
}

// isTypingError reports whether first names that differ by a slip are one: not those that are known as two, since Martin and
// Marvin may be twins, and Jan and Jana a couple.
func isTypingError(a, b string) bool {
	if nearNames[a] && nearNames[b] {
		return false
	}
	exchanged := len(a) == len(b) && slices.Equal(slices.Sorted(slices.Values([]byte(a))), slices.Sorted(slices.Values([]byte(b))))
	return exchanged || min(len(a), len(b)) > 4 && a[len(a)-1] == b[len(b)-1]
}

// nearNames are first names a letter away from others.
var nearNames = set(`karin katrin kathrin martin marvin stefan ellen helen jason mason brian ryan bryan dean sean jean jan jana aaron aron tina nina
	gina lina dina mila lila maria marta mona laura lara clara klara mike mark marc henry harry anne anna hanna hanne emma ella bella stella nora
	dora cora flora kevin kelvin devin darren warren lauren karen aiden jaden jayden hayden jordan jonas lukas lucas markus marius julia julian tim
	tom till noah jonah alina elina melina selina sofia sonja tanja anja ronja finja svenja leon leo lena lana luna erik erika emil emily paul
	paula simon simone daniel daniela gabriel mario marie marian marion carla carlo roberta roberto andrea andreas jakob jacob luis luisa louis
	louisa mira mara kira kyra nele nelly kelly molly polly holly sandy mandy candy randy andy wendy cindy lindy lisa elisa elias elisas`)

// sound writes a name as many languages hear it.
func sound(word string) string {
	word = soundsAlike.Replace(word)
	word = word[:min(len(word), 1)] + strings.ReplaceAll(word[min(len(word), 1):], "h", "")
	var b strings.Builder
	for i, r := range word {
		if i == 0 || word[i-1] != word[i] {
			b.WriteRune(r)
		}
	}
	return b.String()
}

var soundsAlike = strings.NewReplacer("ph", "f", "th", "t", "ck", "k", "ch", "k", "c", "k", "y", "i", "ie", "i", "v", "f", "w", "f", "z", "s")
