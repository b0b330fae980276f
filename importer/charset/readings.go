package charset

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	// margin is by how much a reading must be likelier than the next one with another text, as a logarithm. At 7.5 no
	// list of the benchmark of encodings was read wrong without a question.
	margin = 7.5
	// shownMargin is how much less likely a reading may be that is offered.
	shownMargin = 25.0
	// maxChoices is how many are offered.
	maxChoices = 8
	// maxEvidence is how many lines with foreign letters are weighed.
	maxEvidence = 150
	// maxWeighed is how many bytes of them: weighing one costs up to 50 µs.
	maxWeighed = 12 << 10

	unicodePrior      = 4 // UTF-8 is commoner than any other
	misreadPrior      = 0
	otherMisreadPrior = -2
	misreadMargin     = 3
)

// reading is a text in one encoding.
type reading struct {
	candidate
	score float64
	words string // all that was weighed, to find readings with the same text
}

// rankReadings returns how likely some lines are in encodings, likeliest first.
func rankReadings(lines [][]byte, of []candidate) []reading {
	var all []reading
	for _, c := range of {
		words := wordsIn(lines, c.name)
		if len(words) == 0 || c.name == nameOfJohab && isMostlyLost(words) {
			continue
		}
		all = append(all, reading{c, c.prior + c.likelihood(words), cedillas.Replace(strings.Join(words, " "))})
	}
	sortReadings(all)
	for i, r := range all { // of those with the same text the commonest is named
		if r.words == all[0].words && r.prior > all[0].prior {
			all[0], all[i] = r, all[0]
			all[0].score, all[i].score = max(r.score, all[i].score), r.score
		}
	}
	return all
}

// marginOf returns the margin by how many words show a reading: one or two are chance more often, and a single Korean
// syllable, which is no name by itself and three letters of other encodings, is most often.
func marginOf(r reading) float64 {
	const few, ofOneSyllable = 3, 14
	if letter, size := utf8.DecodeRuneInString(r.words); size == len(r.words) && unicode.Is(unicode.Hangul, letter) {
		return ofOneSyllable
	}
	each := 1.0
	if r.isUnicode() { // which is seldom by chance
		each = 0.5
	}
	return margin + each*float64(max(few-len(strings.Fields(r.words)), 0))
}

func sortReadings(all []reading) {
	slices.SortStableFunc(all, func(a, b reading) int { return cmp.Compare(b.score, a.score) })
}

// isClear reports whether the first of some readings is the only likely one.
func isClear(all []reading) bool {
	if len(all) == 0 {
		return false
	}
	first := all[0]
	if had, takenFor := splitMisread(first.name); len(takenFor) > 0 && had != UTF8 {
		return false // it is likely, and nothing proves it
	}
	letters := utf8.RuneCountInString(first.words)
	if !first.isUnicode() && (!first.isWide() && first.score < -7*float64(letters) ||
		strings.ContainsFunc(first.words, isDrawing)) {
		return false // nothing that is known here
	}
	for _, r := range all[1:] {
		if r.words != first.words {
			return first.score-r.score >= marginOf(first)
		}
	}
	return true
}

// isDrawing reports whether a sign is one for drawing or mathematics, which encodings have and lists have not.
func isDrawing(r rune) bool {
	return r >= 0x2500 && r < 0x2600 || r >= 0x2200 && r < 0x2400 || r >= 0x80 && r < 0xa0
}

// DoubtError is that of a text which could be written in several ways, or in none that is known.
type DoubtError struct {
	Readings []Reading // likeliest first, each with another text
}

// Reading is a text in one encoding.
type Reading struct {
	Encoding Encoding
	Lines    []string // the first with foreign letters; guests' data
}

func (e *DoubtError) Error() string {
	return "the text could be written in several encodings, or in none that is known here"
}

// doubt returns the error of a text, with its first lines in each reading.
func doubt(lines [][]byte, all []reading) *DoubtError {
	e := &DoubtError{}
	for _, r := range offered(all) {
		likely := Reading{Encoding: r.name}
		for _, line := range lines[:min(len(lines), 3)] {
			likely.Lines = append(likely.Lines, strings.TrimSpace(decodedLine(line, r.name)))
		}
		e.Readings = append(e.Readings, likely)
	}
	return e
}

// offered returns the readings that a person is asked to choose from, each with another text. UTF-8 as it stands is
// among them where it can be; of texts of another encoding that were saved as UTF-8 there are so many ways that only
// the likeliest are.
func offered(all []reading) (some []reading) {
	const maxMisread = 2
	misread := 0
	for _, r := range all {
		had, takenFor := splitMisread(r.name)
		switch {
		case slices.ContainsFunc(some, func(s reading) bool { return s.words == r.words }):
			continue
		case len(takenFor) > 0 && had != UTF8:
			if misread++; misread > maxMisread {
				continue
			}
		case r.name == UTF8:
		case len(some) == maxChoices, len(some) > 1 && all[0].score-r.score > shownMargin:
			continue
		}
		some = append(some, r)
	}
	return some
}

// wordsIn returns the different words with foreign letters in lines, or nil where these cannot be in an encoding.
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

// foreignWords are those that have letters beyond ASCII, each as far as it is weighed.
func foreignWords(text string) []string {
	words := strings.FieldsFunc(text, func(r rune) bool { return r < utf8.RuneSelf && !asciiLetter(r) })
	words = slices.DeleteFunc(words, isASCII)
	for i, word := range words {
		words[i] = weighedPart(word)
	}
	return words
}

// longestWord is how many bytes of a word are weighed.
const longestWord = 200

// isLong reports whether a word is so long that it is no name, and its letters prove nothing.
func isLong(word string) bool { return len(word) > longestWord-utf8.UTFMax }

// weighedPart returns a word, or of one that is too long for a name the part around its first foreign letter: weighing
// a letter takes up to 20 µs, and a damaged cell may be one word of a million.
func weighedPart(word string) string {
	const before = 20
	if len(word) <= longestWord {
		return word
	}
	from := max(0, asciiPrefix([]byte(word))-before)
	to := min(from+longestWord, len(word))
	for to < len(word) && !utf8.RuneStart(word[to]) {
		to--
	}
	return word[from:to]
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
	name, takenFor := splitMisread(name)
	for _, as := range takenFor {
		before, is := bytesBefore(as).undo(line)
		if !is {
			return string(utf8.RuneError)
		}
		line = before
	}
	if name == UTF8 {
		return string(line)
	}
	if wide, is := wideEncodings[name]; is {
		text, err := wide.NewDecoder().Bytes(line)
		if err != nil {
			return string(utf8.RuneError)
		}
		return string(text)
	}
	text := string(decodeBy(&codePageOf(name).weighed, nil, line))
	if name == "windows-1258" {
		text = norm.NFC.String(text)
	}
	return text
}

// foreignLines are the first lines with foreign letters, as far as they are weighed.
func foreignLines(sample []byte) (lines [][]byte) {
	left := maxWeighed
	for line := range bytes.Lines(sample) {
		if len(lines) == maxEvidence || left <= 0 {
			break
		}
		if asciiPrefix(line) == len(line) {
			continue
		}
		if len(line) > left { // up to a letter that begins no other in any encoding
			if i := bytes.LastIndexFunc(line[:left], func(r rune) bool { return r < utf8.RuneSelf && !asciiLetter(r) }); i > 0 {
				line = line[:i]
			}
			line = line[:min(len(line), left)]
		}
		left -= len(line)
		lines = append(lines, line)
	}
	return lines
}
