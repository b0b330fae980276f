package charset

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// leastLikely is the least that a word's letters add.
const leastLikely = -600

// likelihood returns the logarithm of how likely words are in a text of mostly one language, with names of the others.
func likelihood(words, languages []string) float64 {
	const others = 0.2
	of := languagesByCode()
	byLanguage := make([]float64, len(languages))
	one := make([]float64, len(languages))
	signs := 0.0
	for _, word := range words {
		if !strings.ContainsFunc(word, isLetter) {
			signs += signScore(word)
			continue
		}
		if isLong(word) {
			signs += leastLikely + shapeScore(word)
			continue
		}
		runes := foldName(word)
		mean := 0.0
		for i, l := range languages {
			one[i] = of[l].word(runes)
			mean += math.Exp(max(one[i], leastLikely))
		}
		mean /= float64(len(languages))
		for i := range languages {
			byLanguage[i] += max(math.Log((1-others)*math.Exp(max(one[i], leastLikely))+others*mean),
				leastLikely) + shapeScore(word)
		}
	}
	return slices.Max(byLanguage) + signs
}

func isLetter(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) }

// signScore returns the logarithm of how likely signs are that stand by themselves, in any language.
func signScore(signs string) (score float64) {
	const alone = "\u2013\u2014\u2026\u20ac\u00a0\u2019\u00b0" // quotes have letters beside them
	before := rune(0)
	for _, r := range signs {
		switch common := strings.ContainsRune(alone, r); {
		case common && (before == 0 || r == before):
			score += math.Log(0.02)
		case common:
			score += math.Log(1e-3)
		default:
			score += math.Log(1e-5)
		}
		before = r
	}
	return score
}

// shapeScore returns what the letters' cases, scripts and signs add: names begin with a capital, have no capitals
// behind small letters, and no signs or letters of another script amid them.
func shapeScore(word string) (score float64) {
	before, first, capitals := rune(0), true, 0
	for _, r := range word {
		foreign := r >= utf8.RuneSelf || before >= utf8.RuneSelf
		if unicode.IsUpper(r) {
			capitals++
		}
		switch {
		case r == utf8.RuneError, r >= 0x80 && r < 0xa0:
			score -= 12
		case first && foreign && unicode.IsLower(r) && len(word) > utf8.RuneLen(r):
			score -= 2
		case foreign && unicode.IsLower(before) && unicode.IsUpper(r):
			score -= 6
		case capitals > 1 && before >= utf8.RuneSelf && unicode.IsUpper(before) && unicode.IsLower(r):
			score -= 4
		case foreign && unicode.IsLetter(before) && unicode.IsLetter(r) && script(before) != script(r):
			score -= 9
		case unicode.IsLower(r) && strings.ContainsRune("\u2013\u2014\u2018\u201c\u201d\u201e\u2026", before):
			score -= 5 // a dash or a quote amid a word
		case unicode.IsUpper(r) && before == '\u2019':
			score += 3 // O’Brien
		case first && (r == '¡' || r == '¿'): // Spanish
		case r == '·' && (before == 'l' || before == 'L'): // Catalan
		case foreign && !isLetter(r) && r >= utf8.RuneSelf:
			score -= 3
		}
		before, first = r, false
	}
	if r, size := utf8.DecodeRuneInString(word); size == len(word) {
		score += singleScore(r)
	}
	return score
}

// singleScore returns what a word of one letter adds: names have more in most scripts, beside initials.
func singleScore(r rune) float64 {
	switch s := script(r); {
	case s >= 6, s == 0 && r <= unicode.MaxLatin1 && unicode.IsUpper(r):
		return 0
	case s == 0:
		return -4
	}
	return -6
}

func script(r rune) int {
	switch {
	case r < 0x2b0 || r == 0x2bb || r == 0x2bc || r >= 0x1e00 && r < 0x1f00: // 2bb and 2bc: Hawaiian, Uzbek
		return 0
	case r < 0x400:
		return 1
	case r < 0x530:
		return 2
	case r < 0x600:
		return 3
	case r < 0x800:
		return 4
	case r < 0x1000:
		return 5
	case r >= 0xac00 && r < 0xd7b0:
		return 6
	case r >= 0xff60 && r < 0xffa0:
		return 8
	}
	return 7
}

// scriptGroups are the languages that UTF-8 may be in, by what is written alike.
var scriptGroups = [][]string{
	strings.Fields(western), strings.Fields(central), strings.Fields("tr az ku"), strings.Fields("lt lv et"),
	strings.Fields("mt"), {"eo"}, {"kk"}, {"tg"}, {"hy"}, {"ka"}, strings.Fields(cyrillic), {"el"}, {"he"},
	strings.Fields(arabic), {"th"}, {"vi"}, {"zh"}, {"tw"}, {"ja"}, {"kh"}, {"ko"}, {"cy", "ga"},
}

// unicodeLikelihood returns the logarithm of how likely words are in a text that may have all languages in it.
func unicodeLikelihood(words []string) (sum float64) {
	one, quoted := make([]string, 1), areQuoted(words)
	for _, word := range words {
		if quoted {
			word = strings.Trim(word, quotes)
		}
		if one[0] = strings.Map(visibleRune, word); isASCII(one[0]) {
			continue
		}
		best := math.Inf(-1)
		for _, languages := range scriptGroups {
			best = max(best, likelihood(one, languages))
		}
		sum += best
	}
	return sum
}

const (
	openingQuotes = "“„«‘‹"
	closingQuotes = "”“»’›" // also those of languages that close with what others open with
	quotes        = "“„«‘‹”»’›"
)

// areQuoted reports whether quotes open before a word and close behind one. A quote on one side alone may be a letter
// that was misread.
func areQuoted(words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.IndexAny(w, openingQuotes) == 0 }) &&
		slices.ContainsFunc(words, func(w string) bool { return strings.TrimRight(w, closingQuotes) != w })
}

// visibleRune returns -1 for a character that is not seen, of which lists have some.
func visibleRune(r rune) rune {
	if unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r) ||
		strings.ContainsRune("\u034f\u2800\u3164\uffa0", r) {
		return -1
	}
	return r
}
