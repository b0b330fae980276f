package nonname

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"guestflow/importer/charset"
	"guestflow/importer/wordset"
)

// areWords reports whether a first and a last name are a note of common words of one language, or one of them is by itself: still to
// come, Front row. Where they are written as names are, people may be called so.
func areWords(first, last string) bool {
	if !isSmall(first) && !isSmall(last) && strings.IndexByte(first, ' ') < 0 && strings.IndexByte(last, ' ') < 0 {
		return false
	}
	var space [maxSaid]said
	words, isFirst := appendSaid(space[:0], first)
	end := len(words)
	words, isLast := appendSaid(words, last)
	if !isFirst || !isLast || !slices.ContainsFunc(words, isCommon) { // nearly all names
		return false
	}
	return isNote(words, first == "" || last == "") || isNote(words[:end], false) || isNote(words[end:], false)
}

// Ordinary reports whether a first and a last name of one word each, written as names are, are common words of one language and no
// names: Late Arrival, Da Definire. People may be called so, which their address may show, and the other rows of a list.
func Ordinary(first, last string) bool {
	if first == "" || last == "" {
		words := strings.Fields(first + last)
		if len(words) != 2 {
			return false
		}
		first, last = words[0], words[1]
	}
	if isSmall(first) || isSmall(last) || strings.ContainsAny(first+last, " .") || len(last) < shortestWord ||
		wordset.Has(nameSyllables, last) || wordset.Has(nameSyllables, first) && len(last) <= shortestSole {
		return false
	}
	v := commonWords()
	a, b := v.use(first), v.use(last)
	if oneLetterWords[first] {
		a = b&inLanguages | functionWord
	}
	return a&b&inLanguages != 0 && (a|b)&alsoName == 0 && (len(last) >= shortestSole || a&functionWord != 0) && (a&functionWord != 0 || len(first) >= shortestSole && !charset.IsKnownName(first)) &&
		(b&functionWord != 0 || !charset.IsKnownName(last))
}

// oneLetterWords are words of one letter in some languages: À confirmer, A definir.
var oneLetterWords = wordset.Of(`A À`)

// IsOrdinaryWord reports whether a word is a common one of some language, and no name.
func IsOrdinaryWord(word string) bool {
	use := commonWords().use(word)
	return use&inLanguages != 0 && use&alsoName == 0 && !charset.IsKnownName(word)
}

// said is a word of a text.
type said struct {
	word  string
	use   use
	small bool // in its first letter
}

// isCommon reports whether a word is one of the vocabulary, and no name.
func isCommon(w said) bool { return w.use&inLanguages != 0 && w.use&alsoName == 0 }

const (
	maxSaid      = 24 // words that are looked at, and one more
	shortestWord = 3  // bytes of a word that says more than a syllable of a name
	shortestSole = 4  // bytes of a word that stands alone
	longWord     = 6

	beyondLatin, latinAdditional, greekExtended = 0x250, 0x1e00, 0x1f00
)

// appendSaid appends the words of a text, without single letters and the signs and numbers between them. It reports false where the
// text is an address, has letters of which the vocabulary has no word, control characters, or too many words.
func appendSaid(words []said, text string) ([]said, bool) {
	start := -1
	for i, r := range text {
		within := r|0x20 >= 'a' && r|0x20 <= 'z' || start >= 0 && strings.ContainsRune("0123456789-'’‘`", r) || r > ' ' && (unicode.IsLetter(r) || unicode.IsMark(r))
		switch {
		case r == '@', unicode.IsControl(r), r >= beyondLatin && (r < latinAdditional || r >= greekExtended) && within:
			return words, false
		case within && start < 0:
			start = i
		case !within && start >= 0:
			words = appendWord(words, text[start:i])
			start = -1
		}
	}
	if start >= 0 {
		words = appendWord(words, text[start:])
	}
	return words, len(words) < maxSaid
}

func appendWord(words []said, word string) []said {
	if len(word) == 1 || len(words) == maxSaid {
		return words
	}
	return append(words, said{word, commonWords().use(word), isSmall(word)})
}

// isSmall reports whether a text begins with a small letter.
func isSmall(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	return unicode.IsLower(first)
}

// isNote reports whether words are those of a note: nearly all are common ones of one language, and no names of people.
func isNote(words []said, alone bool) bool {
	var e evidence
	for _, w := range words {
		e.add(w)
	}
	if e.words < 2 {
		return alone && len(words) == 1 && e.small == 1 && len(words[0].word) >= shortestSole && slices.Max(e.telling[:]) == 1
	}
	for l := range maxLanguages {
		if e.isNoteIn(l) {
			return true
		}
	}
	return false
}

// evidence is what the words of a text are together, but particles of names: how many there are, and how many in each language.
type evidence struct {
	words, small int
	joined       bool // by a particle
	ofLanguage   [maxLanguages]int
	common       [maxLanguages]int // of them, those that are no names
	telling      [maxLanguages]int // of the common ones, those that are no syllables of names
	long         [maxLanguages]int // of the telling ones
	holding      [maxLanguages]int // of the telling ones, those that hold sentences together
}

func (e *evidence) isNoteIn(l int) bool {
	all, allCommon := e.ofLanguage[l] == e.words, e.common[l] == e.words
	telling, long, holding := e.telling[l], e.long[l], e.holding[l]
	isCapital := e.small == 0 // as people are written who are called so
	switch {
	case e.words == 2 && isCapital: // Autista Della Band
		return telling == 2 && e.joined && long > 0
	case e.words == 2: // front row, ei vastausta
		return telling == 2 || allCommon && e.small == 2 && long > 0
	case isCapital:
		return allCommon && (holding > 0 || e.joined || telling > 2) || all && holding > 1
	case allCommon:
		return telling > 0
	}
	return holding > 0 && (all || e.common[l] > 1 && 3*e.common[l] >= 2*e.words) // a name may be in it: plus one of Ida
}

func (e *evidence) add(w said) {
	if nameParticles[strings.ToLower(w.word)] {
		e.joined = true
		return
	}
	e.words++
	if w.small {
		e.small++
	}
	if w.use&inLanguages == 0 {
		return
	}
	isName := w.use&alsoName != 0 || w.use&functionWord == 0 && charset.IsKnownName(w.word)
	lower := strings.ToLower(w.word)
	tells := len(lower) >= shortestWord && !nameSyllables[lower] || lower == "of" || lower == "by"
	for l := range maxLanguages {
		if w.use>>l&1 == 0 {
			continue
		}
		e.ofLanguage[l]++
		if isName {
			continue
		}
		e.common[l]++
		if tells {
			e.telling[l]++
		}
		if tells && len(lower) >= longWord {
			e.long[l]++
		}
		if tells && w.use&functionWord != 0 {
			e.holding[l]++
		}
	}
}

// mayBePlainWords leaves out nearly all plain names before they are taken for words: those with capitals, and those that are not both
// words of one language.
func mayBePlainWords(first, last string) bool {
	if (first == "" || first[0] < 'a') && (last == "" || last[0] < 'a') {
		return false
	}
	v := commonWords()
	if first == "" || last == "" {
		return v.use(first+last)&inLanguages != 0
	}
	return v.use(first)&v.use(last)&inLanguages != 0
}

// nameParticles are words that names have between their parts, and texts.
var nameParticles = wordset.Of(`da de di do du del dello della dei degli der den des dos das d van von vom zu zur zum la le les el al bin ibn ben y e i
	und and ter ten te op in 't het af av bint abu st san im am auf aus dem och og los lo las`)

// nameSyllables are words that are syllables of names in China, Vietnam and Korea.
var nameSyllables = wordset.Of(`ban bay bee bei ben bin can chi chien cho chu cui dai dan dang dat dei den die din ding do dong du due duo fan fang fin fit fun gang
	gen gia gin ging go gul hai ham han hang hat he hei hen her hi him hin ho hoi hon hui hum hun hung in ja jak jen jin joo ju kam kan
	kin ko kon kun lai lang lei li lo loan long lui luk luo ma mai man mang me mee mei men mi min mine mo mon mu mum my nai nam nan nee
	nei nie nin no non nu nun nuo oh on ong pa pai pan pang pen pin po quay que qui ran rang ren ri rou ru run sah sai sam san sang se
	see sei sen she shy si sim sin sing so son song soo sou su sua sui sum sun suo ta tai tak tam tan tang tao te tee ten thai thang the
	thu ti tie tien to tong too tram tri tu tui tun tuo uh van vi wan wang wen win wo won woo wu ya yang ye yen yi you young yu zei zing
	zu`)
