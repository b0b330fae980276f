package charset

import (
	_ "embed"
	"math"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// language is how often letters stand beside each other in the names of one.
type language struct {
	pairs  map[[2]rune]float64
	single map[rune]float64
	common map[rune]bool // of one with thousands of letters: those in common use
	names  map[string]bool
}

const wordEnd = ' '

// word returns the logarithm of how likely a name is.
func (l *language) word(runes []rune) (score float64) {
	before := rune(wordEnd)
	for _, r := range runes {
		score += math.Log(l.next(before, r))
		before = r
	}
	score += math.Log(l.next(before, wordEnd))
	if len(runes) > 1 && l.names[string(runes)] {
		const share = 0.2 // of names are among those that were learnt
		score = max(score, math.Log(share/float64(len(l.names))))
	}
	return score
}

func (l *language) next(before, r rune) float64 {
	if l.common != nil {
		switch p := 0.6 * l.single[r]; {
		case r == wordEnd:
			return 0.5
		case l.common[r]:
			return p + 0.4/float64(len(l.common))
		case r < utf8.RuneSelf:
			return 1e-3
		default:
			return p + 1e-7
		}
	}
	return 0.75*l.pairs[[2]rune{before, r}] + 0.2*l.single[r] + unseenProbability(r)
}

// commonSigns are those that office programs write: quotes, dashes, blanks, the euro.
const commonSigns = "\u2019\u2018\u2013\u2014\u201c\u201d\u201e\u2026\u00ab\u00bb\u00a0\u20ac\u00b0\u00a1\u00bf"

// unseenProbability returns how likely a letter is where it was not seen.
func unseenProbability(r rune) float64 {
	switch {
	case r == wordEnd, r < utf8.RuneSelf:
		return 1e-3
	case strings.ContainsRune(commonSigns, r):
		return 1e-3
	case strings.ContainsRune("\u00aa\u00ba\u00b2\u00b3\u00bd\u00bc\u00a3", r):
		return 1e-4
	case unicode.IsLetter(r), unicode.IsMark(r):
		return 2e-5
	}
	return 1e-7
}

//go:embed names.txt
var nameLists string

// languagesByCode are the languages, by their codes.
var languagesByCode = sync.OnceValue(func() map[string]*language {
	all := map[string]*language{}
	for line := range strings.Lines(nameLists) {
		code, names, _ := strings.Cut(strings.TrimSpace(line), " ")
		if code != "#" && code != "" {
			all[code] = learnLanguage(names)
		}
	}
	for code, from := range map[string]struct {
		in          encoding.Encoding
		first, last [2]byte
	}{
		"zh": {simplifiedchinese.GBK, [2]byte{0xb0, 0xa1}, [2]byte{0xd7, 0xfe}}, "tw": {traditionalchinese.Big5,
			[2]byte{0xa4, 0x40}, [2]byte{0xc6, 0x7e}},
		"ja": {japanese.EUCJP, [2]byte{0xa4, 0xa1}, [2]byte{0xcf, 0xfe}}, "ko": {korean.EUCKR, [2]byte{0xb0, 0xa1},
			[2]byte{0xc8, 0xfe}},
	} {
		all[code].common = commonCharacters(from.in, from.first, from.last)
	}
	return all
})

// learnLanguage counts which letters stand beside which in names.
func learnLanguage(names string) *language {
	pairs, before, single, all := map[[2]rune]float64{}, map[rune]float64{}, map[rune]float64{}, 0.0
	known := map[string]bool{}
	for name := range strings.FieldsSeq(names) {
		last := rune(wordEnd)
		folded := foldName(name)
		known[string(folded)] = true
		for _, r := range append(folded, wordEnd) {
			pairs[[2]rune{last, r}]++
			before[last]++
			single[r]++
			all++
			last = r
		}
	}
	for pair, n := range pairs {
		pairs[pair] = n / (before[pair[0]] + 5)
	}
	for r, n := range single {
		single[r] = n / all
	}
	return &language{pairs: pairs, single: single, names: known}
}

// commonCharacters returns the letters in the part of a table of double bytes where the common ones are.
func commonCharacters(in encoding.Encoding, first, last [2]byte) map[rune]bool {
	all := map[rune]bool{}
	for a := int(first[0]); a <= int(last[0]); a++ {
		for b := int(first[1]); b <= 0xfe; b++ { // below it are those that were added to the table later
			text, err := in.NewDecoder().Bytes([]byte{byte(a), byte(b)}) // both are below 256
			if r, size := utf8.DecodeRune(text); err == nil && size == len(text) && r != utf8.RuneError {
				all[r] = true
			}
		}
	}
	return all
}

// foldName returns a name's letters without their cases. The Romanian letters with commas are in no encoding but
// Unicode; lists have those with cedillas.
func foldName(name string) []rune {
	return []rune(cedillas.Replace(strings.ToLower(name)))
}

var cedillas = strings.NewReplacer("ș", "ş", "ț", "ţ", "Ș", "Ş", "Ț", "Ţ", "i\u0307", "i",
	"l·l", "ll", "L·L", "LL")
