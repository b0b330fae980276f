package table

import (
	"math"
	"slices"
	"unicode"
	"unicode/utf8"
)

// likelihood returns the logarithm of how likely words are in a text of mostly one language, with names of the others.
func likelihood(words, languages []string) float64 {
	const others = 0.2
	of := languagesByCode()
	byLanguage := make([]float64, len(languages))
	one := make([]float64, len(languages))
	for _, word := range words {
		runes := foldName(word)
		mean := 0.0
		for i, l := range languages {
			one[i] = of[l].word(runes)
			mean += math.Exp(max(one[i], -600))
		}
		mean /= float64(len(languages))
		for i := range languages {
			byLanguage[i] += max(math.Log((1-others)*math.Exp(max(one[i], -600))+others*mean), -600) + shapeScore(word)
		}
	}
	return slices.Max(byLanguage)
}

// shapeScore returns what the letters' cases, scripts and signs add: names begin with a capital, have no capitals
// behind small letters, and no signs or letters of another script amid them.
func shapeScore(word string) (score float64) {
	before, first := rune(0), true
	for _, r := range word {
		foreign := r >= utf8.RuneSelf || before >= utf8.RuneSelf
		switch {
		case r == utf8.RuneError, r >= 0x80 && r < 0xa0:
			score -= 12
		case first && foreign && unicode.IsLower(r) && len(word) > utf8.RuneLen(r):
			score -= 2
		case foreign && unicode.IsLower(before) && unicode.IsUpper(r):
			score -= 6
		case foreign && unicode.IsLetter(before) && unicode.IsLetter(r) && script(before) != script(r):
			score -= 9
		case foreign && !unicode.IsLetter(r) && !unicode.IsMark(r) && r >= utf8.RuneSelf:
			score -= 3
		}
		before, first = r, false
	}
	return score
}

func script(r rune) int {
	switch {
	case r < 0x250 || r >= 0x1e00 && r < 0x1f00:
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
