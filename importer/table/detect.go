package table

import (
	"bytes"
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/unicode/norm"
)

// Which of forty encodings a text has is told by how likely the names in it are, read in each of them: what a list of guests has of
// foreign letters is names. The detectors that browsers use were tried on running text, and lists of five names are wrong with them
// every third time. How likely a name is, in a language, is told by which letters stand beside which in names of it; so the
// languages are learnt from lists of names, once a text needs it.

// candidate is an encoding that a text may have, and the languages that are written in it.
type candidate struct {
	name      Encoding
	prior     float64 // how common it is, as a logarithm
	languages string
}

const (
	western   = "de fr es it pt nl da nb sv fi is ca gl ga et sq"
	central   = "pl cs sk hu hr sl sr bs ro sq de"
	cyrillic  = "ru uk be bg mk sc"
	arabic    = "ar fa ur"
	veryRare  = -8
	rare      = -7
	lessKnown = -3
)

var candidates = []candidate{
	{Windows1252, 0, western}, {Windows1250, -1, central}, {"windows-1251", -1, cyrillic}, {"windows-1253", -1, "el"},
	{"windows-1254", -1, "tr ku de fr"}, {"windows-1255", -1, "he"}, {"windows-1256", -1, arabic},
	{"windows-1257", -1.5, "lt lv et pl de"}, {"windows-1258", -1, "vi"}, {"windows-874", -1, "th"},
	{"gb18030", -1, "zh"}, {"big5", -1, "tw"}, {"shift_jis", -1, "ja"}, {"euc-jp", lessKnown, "ja"}, {"euc-kr", -1, "ko"},
	{"koi8-r", lessKnown, "ru bg"}, {"koi8-u", lessKnown, "ru uk be"}, {"ibm866", lessKnown, "ru uk be bg"},
	{"iso-8859-2", lessKnown, central}, {"iso-8859-3", rare, "mt tr"}, {"iso-8859-4", rare, "lt lv et"},
	{"iso-8859-5", lessKnown, cyrillic}, {"iso-8859-6", lessKnown, "ar"}, {"iso-8859-7", lessKnown, "el"},
	{"iso-8859-8", lessKnown, "he"}, {"iso-8859-10", veryRare, "is sv nb"}, {"iso-8859-13", lessKnown, "lt lv et"},
	{"iso-8859-14", veryRare, "ga"}, {"iso-8859-15", lessKnown, western}, {"iso-8859-16", rare, "ro hr sl pl hu"},
	{"macintosh", lessKnown, western}, {"x-mac-ce", rare, "pl cs sk hu lt lv et de"}, {"x-mac-cyrillic", rare, cyrillic},
	{"x-mac-greek", rare, "el"}, {"x-mac-turkish", rare, "tr de"}, {"x-mac-icelandic", rare, "is"}, {"x-mac-croatian", rare, "hr sl sr bs"},
	{"x-mac-romanian", rare, "ro"}, {"ibm437", rare, "de fr es it sv fi"}, {"ibm850", rare, western}, {"ibm852", rare, central},
	{"ibm855", veryRare, cyrillic}, {"ibm857", rare, "tr"}, {"ibm775", rare, "lt lv et"}, {"ibm737", rare, "el"}, {"ibm869", veryRare, "el"},
	{"ibm862", rare, "he"}, {"ibm860", veryRare, "pt"}, {"ibm861", veryRare, "is"}, {"ibm863", veryRare, "fr"}, {"ibm865", veryRare, "da nb"},
}

// wideEncodings have more than one byte for a letter.
var wideEncodings = map[Encoding]encoding.Encoding{
	"gb18030": simplifiedchinese.GB18030, "big5": traditionalchinese.Big5, "shift_jis": japanese.ShiftJIS,
	"euc-jp": japanese.EUCJP, "euc-kr": korean.EUCKR,
}

const (
	// margin is by how much a reading must be likelier than the next one that gives another text, as a logarithm. At 7.5 no list of the
	// benchmark of encodings was read wrong without a question.
	margin = 7.5
	// shownMargin is how much less likely a reading may be that is shown to a person.
	shownMargin = 20.0
	// maxChoices is how many are.
	maxChoices = 4
	// maxEvidence is how many lines with foreign letters are weighed.
	maxEvidence = 150
)

// reading is a text in one encoding.
type reading struct {
	candidate
	score float64
	words string // all that was weighed, to know readings that give the same
}

// rankReadings weighs some lines in encodings, likeliest first. Readings that give the same words are one.
func rankReadings(lines [][]byte, of []candidate) []reading {
	var all []reading
	for _, c := range of {
		words := wordsIn(lines, c.name)
		if len(words) == 0 {
			continue
		}
		all = append(all, reading{c, c.prior + likelihood(words, strings.Fields(c.languages)), cedillas.Replace(strings.Join(words, " "))})
	}
	slices.SortStableFunc(all, func(a, b reading) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return 0
	})
	for i, r := range all { // of those that give the same the commonest is named
		if r.words == all[0].words && r.prior > all[0].prior {
			all[0], all[i] = r, all[0]
			all[0].score, all[i].score = max(r.score, all[i].score), r.score
		}
	}
	return all
}

// isClear reports whether the first of some readings is the only likely one.
func isClear(all []reading) bool {
	if len(all) == 0 {
		return false
	}
	first := all[0]
	letters := utf8.RuneCountInString(first.words)
	if _, wide := wideEncodings[first.name]; !wide && first.score < -7*float64(letters) || strings.ContainsFunc(first.words, isDrawing) {
		return false // nothing that is known here
	}
	for _, r := range all[1:] {
		if r.words != first.words {
			return first.score-r.score >= margin
		}
	}
	return true
}

// isDrawing reports whether a sign is one of those that encodings have for drawing and reckoning, and that no list has.
func isDrawing(r rune) bool {
	return r >= 0x2500 && r < 0x2600 || r >= 0x2200 && r < 0x2400 || r >= 0x80 && r < 0xa0
}

// wordsIn gives the different words with foreign letters in lines, or nil where these cannot be in an encoding.
func wordsIn(lines [][]byte, name Encoding) (words []string) {
	known := map[string]bool{}
	for _, line := range lines {
		for _, word := range foreignWords(decodedLine(line, name)) {
			if !known[word] {
				known[word] = true
				words = append(words, word)
			}
		}
	}
	bad := 0
	for _, word := range words {
		if strings.ContainsRune(word, utf8.RuneError) {
			bad++
		}
	}
	if 3*bad > len(words) {
		return nil
	}
	return words
}

// foreignWords are those that have letters beyond ASCII.
func foreignWords(text string) []string {
	words := strings.FieldsFunc(text, func(r rune) bool { return r < utf8.RuneSelf && !asciiLetter(r) })
	return slices.DeleteFunc(words, isASCII)
}

func asciiLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func decodedLine(line []byte, name Encoding) string {
	if wide, is := wideEncodings[name]; is {
		text, err := wide.NewDecoder().Bytes(line)
		if err != nil {
			return string(utf8.RuneError)
		}
		return string(text)
	}
	text := string(codePageOf(name).decode(nil, line))
	if name == "windows-1258" {
		text = norm.NFC.String(text)
	}
	return text
}

// likelihood is that of words in a text of one language above all, with names of the others that are written alike.
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

// shapeScore is what the letters' cases, scripts and signs add: names begin with a capital, have no capitals behind small letters,
// and no signs or letters of another script amid them.
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

// language is which letters stand beside which in the names of one.
type language struct {
	pairs  map[[2]rune]float64
	single map[rune]float64
	common map[rune]bool // of one with thousands of letters: those that everybody can write
}

const wordEnd = ' '

// word is the logarithm of how likely a name is.
func (l *language) word(runes []rune) (score float64) {
	before := rune(wordEnd)
	for _, r := range runes {
		score += math.Log(l.next(before, r))
		before = r
	}
	return score + math.Log(l.next(before, wordEnd))
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

// unseenProbability is how likely a letter is where none was seen.
func unseenProbability(r rune) float64 {
	switch {
	case r == wordEnd, r < utf8.RuneSelf:
		return 1e-3
	case r == '\u2019', r == '\u2013', r == '\u2018', r == '\u00ab', r == '\u00bb', r == '\u201c', r == '\u201d', r == '\u201e', r == '\u00a0':
		return 1e-3
	case strings.ContainsRune("\u00aa\u00ba\u00b0\u00b2\u00b3\u00bd\u00bc\u00bf\u00a1\u20ac\u00a3", r):
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
		"zh": {simplifiedchinese.GBK, [2]byte{0xb0, 0xa1}, [2]byte{0xd7, 0xfe}}, "tw": {traditionalchinese.Big5, [2]byte{0xa4, 0x40}, [2]byte{0xc6, 0x7e}},
		"ja": {japanese.EUCJP, [2]byte{0xa4, 0xa1}, [2]byte{0xcf, 0xfe}}, "ko": {korean.EUCKR, [2]byte{0xb0, 0xa1}, [2]byte{0xc8, 0xfe}},
	} {
		all[code].common = commonCharacters(from.in, from.first, from.last)
	}
	return all
})

// learnLanguage counts what stands beside what in names.
func learnLanguage(names string) *language {
	pairs, before, single, all := map[[2]rune]float64{}, map[rune]float64{}, map[rune]float64{}, 0.0
	for name := range strings.FieldsSeq(names) {
		last := rune(wordEnd)
		for _, r := range append(foldName(name), wordEnd) {
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
	return &language{pairs: pairs, single: single}
}

// commonCharacters are the letters in a square of a table of double bytes, which has the common ones there.
func commonCharacters(in encoding.Encoding, first, last [2]byte) map[rune]bool {
	all := map[rune]bool{}
	for a := int(first[0]); a <= int(last[0]); a++ {
		for b := 0x40; b <= 0xfe; b++ {
			if a == int(first[0]) && b < int(first[1]) {
				continue
			}
			text, err := in.NewDecoder().Bytes([]byte{byte(a), byte(b)}) //nolint:gosec // both are below 256
			if r, size := utf8.DecodeRune(text); err == nil && size == len(text) && r != utf8.RuneError {
				all[r] = true
			}
		}
	}
	return all
}

// foldName are a name's letters without their cases. The Romanian letters with commas are in no encoding but Unicode; lists have
// those with cedillas.
func foldName(name string) []rune {
	return []rune(cedillas.Replace(strings.ToLower(name)))
}

var cedillas = strings.NewReplacer("ș", "ş", "ț", "ţ", "Ș", "Ş", "Ț", "Ţ", "i\u0307", "i")

// asUTF8 reports whether lines that are good UTF-8 are likelier to be that than to be in another encoding, in which a word may happen
// to be good UTF-8; chance is how likely that is, as a logarithm.
func asUTF8(lines [][]byte, other Encoding, chance float64) bool {
	var words []string
	for _, line := range lines {
		words = append(words, foreignWords(string(line))...)
	}
	is := math.Inf(-1)
	for _, languages := range []string{western, central, "tr az ku", "lt lv et", cyrillic, "el", "he", arabic, "th", "vi", "zh", "tw", "ja", "ko"} {
		is = max(is, likelihood(words, strings.Fields(languages)))
	}
	read := wordsIn(lines, other)
	c := slices.IndexFunc(candidates, func(c candidate) bool { return c.name == other })
	return len(read) == 0 || is > likelihood(read, strings.Fields(candidates[c].languages))+chance
}

// encodingQuestion refuses a text that could be written in several ways, and shows its first rows in each.
func encodingQuestion(lines [][]byte, all []reading) *Error {
	var choices []Choice
	var words []string
	for _, r := range all {
		if len(choices) == maxChoices || len(choices) > 1 && all[0].score-r.score > shownMargin {
			break
		}
		if slices.Contains(words, r.words) {
			continue
		}
		words = append(words, r.words)
		c := Choice{Option: "encoding", Value: string(r.name)}
		for _, line := range lines[:min(len(lines), 3)] {
			c.Sample = append(c.Sample, []string{strings.TrimSpace(decodedLine(line, r.name))})
		}
		choices = append(choices, c)
	}
	if len(choices) == 0 {
		return &Error{Problem: "it is written in an encoding that is not known here", Advice: "save it as CSV UTF-8, or say --encoding NAME (in a profile: encoding; in the console: Encoding)"}
	}
	e := newQuestion(0, fmt.Sprintf("the file does not say how it is written, and its letters could be %s", orList(choices)), choices...)
	e.Advice += "; or save it as CSV UTF-8"
	return e
}

func orList(choices []Choice) string {
	var all []string
	for _, c := range choices {
		all = append(all, c.Value)
	}
	return strings.Join(all, " or ")
}

// favourWestern gives candidates for a text in which some lines are plain and others have foreign letters. Where few have, as in English,
// Dutch or Italian lists, it is likelier western: of Polish, Czech, Turkish or Lithuanian names every third or second has one.
func favourWestern(all []candidate, plain, foreign int) []candidate {
	const most = 5
	all = slices.Clone(all)
	for i := range all {
		if all[i].languages == western {
			all[i].prior += min(max(math.Log(float64(plain+1)/float64(foreign+1))-1, 0), most)
		}
	}
	return all
}

// foreignLines are the first lines with foreign letters.
func foreignLines(sample []byte) (lines [][]byte) {
	for line := range bytes.Lines(sample) {
		if len(lines) < maxEvidence && asciiPrefix(line) < len(line) {
			lines = append(lines, line)
		}
	}
	return lines
}
