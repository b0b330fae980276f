package charset

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/transform"
)

// encodingDetector reads a text that does not say how it is written. It is ASCII up to the first byte that is not, and
// from there on what the next bytes look like: the first foreign name may be far behind any sample of the beginning.
type encodingDetector struct {
	raw     *bufio.Reader
	marked  bool // it says that it is UTF-8, which may be so twice
	is      Encoding
	decoder io.Reader // once it is known

	head  []byte // the first bytes, among them the header
	plain int    // lines that were read
	tail  []byte // that were read last: the line with the first foreign letter begins in them

	page         *codePage   // of a single-byte encoding
	seen         [256]bool   // the bytes that were weighed
	lines        [][]byte    // and the lines
	alternatives []candidate // what it could be as well, by these
	checks       wordChecks
	pages        wordChecks // words of which it is known whether they are of another page
	weighed      int        // of these
	checked      int        // lines that were weighed by themselves
}

func (u *encodingDetector) Read(p []byte) (int, error) {
	if u.decoder != nil {
		return u.decoder.Read(p)
	}
	if _, err := u.raw.Peek(1); err != nil {
		return 0, err
	}
	there, _ := u.raw.Peek(u.raw.Buffered())
	if n := copy(p, there[:asciiPrefix(there)]); n > 0 {
		const line, header = 256, 1 << 10
		u.head = append(u.head, p[:min(n, header-min(header, len(u.head)))]...)
		u.plain += bytes.Count(p[:n], []byte("\n"))
		u.tail = append(u.tail[max(0, len(u.tail)-line):], p[max(0, n-line):n]...)
		return u.raw.Discard(n)
	}
	sample, err := u.raw.Peek(u.raw.Size()) // from exactly here, in every pass
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	if err := u.detect(sample); err != nil {
		return 0, err
	}
	return u.decoder.Read(p)
}

// detect decides how a text is written by its first lines with foreign letters. UTF-8 is one of the readings: short
// texts of other encodings happen to be UTF-8, too.
func (u *encodingDetector) detect(sample []byte) error {
	whole := append(bytes.Clone(u.tail[lastLineStart(u.tail):]), sample...)
	if end := bytes.LastIndexByte(whole, '\n'); end > 0 && len(sample) == u.raw.Size() {
		whole = whole[:end+1] // the last line is cut
	}
	lines := foreignLines(whole)
	switch valid := utf8.Valid(bytes.Join(lines, nil)); {
	case valid:
		others := u.candidates(whole, sample, lines)
		if kept, doubtful := withoutRowDoubts(lines); doubtful {
			lines, others = kept, nil
		}
		if len(lines) == 0 {
			u.decoder, u.is = u.raw, UTF8
			return nil
		}
		return u.choose(lines, u.unicodeReadings(lines), others)
	case u.marked:
		u.decoder, u.is = u.raw, UTF8
		return nil
	}
	others := u.candidates(whole, sample, lines)
	good, bad := asUTF8(lines, rankReadings(lines, others))
	const few = 2 // of so many lines one is UTF-8, and the others are another encoding's: it alone is foreign
	if few*len(good) >= len(bad) {
		u.decoder, u.is = u.raw, UTF8
		return nil
	}
	return u.choose(bad, nil, others)
}

// candidates returns what a text may be beside UTF-8.
func (u *encodingDetector) candidates(whole, sample []byte, lines [][]byte) []candidate {
	if u.marked {
		return nil
	}
	likely := favourHeader(candidates, headerLanguages(u.header(sample)))
	return favourWestern(likely, u.plain+bytes.Count(whole, []byte("\n"))-len(lines), len(lines))
}

// unicodeReadings returns the ways in which lines are UTF-8.
func (u *encodingDetector) unicodeReadings(lines [][]byte) []candidate {
	all := append([]candidate{{name: UTF8, prior: unicodePrior}}, misreadings(lines, "", timesMisread)...)
	return all
}

// choose decodes the rest of the text in the likeliest way, or asks.
func (u *encodingDetector) choose(lines [][]byte, unicode, others []candidate) error {
	var all []reading
	if unicode == nil {
		all = rankReadings(lines, others)
	} else {
		all = rankReadings(lines, append(unicode, byChance(lines, others)...))
		all = withOtherMisreadings(lines, all)
	}
	if !isClear(all) || unicode != nil && !all[0].isUnicode() && isLongUTF8(lines) {
		return doubt(lines, all)
	}
	u.use(lines, all)
	return nil
}

// isLongUTF8 reports whether lines that are good UTF-8 have more letters than are so by chance.
func isLongUTF8(lines [][]byte) bool {
	const chance = 20
	n, _ := utf8Letters(bytes.Join(lines, nil))
	return n > chance
}

// byChance returns how likely other encodings are of lines that are good UTF-8: of their letters, at most one in five
// looks so. The less common an encoding is, the likelier is chance.
func byChance(lines [][]byte, others []candidate) []candidate {
	const each = 1.6
	letters := 0
	for _, word := range wordsIn(lines, UTF8) {
		n, _ := utf8Letters([]byte(word))
		letters += n
	}
	others = slices.Clone(others)
	for i := range others {
		others[i].prior = 2*others[i].prior - each*float64(letters)
	}
	return others
}

// withOtherMisreadings adds readings that are likelier than UTF-8 where a text of another encoding was saved as it.
// Where the letters are likely as they stand, the readings have to be clearly likelier.
func withOtherMisreadings(lines [][]byte, all []reading) []reading {
	const each = -4.5 // of letters that are likely as they stand
	i := slices.IndexFunc(all, func(r reading) bool { return r.name == UTF8 })
	if i < 0 || !slices.ContainsFunc(wordsIn(lines, UTF8), mayBeMisread) {
		return all
	}
	asIs, least := all[i], 0.0
	if asIs.score > each*float64(utf8.RuneCountInString(asIs.words)) {
		lines, least = lines[:min(len(lines), maxMisreadEvidence)], likelyMargin
		words := wordsIn(lines, UTF8)
		if asIs.score = unicodeLikelihood(words); len(words) == 1 {
			least = likelyWordMargin
		}
	}
	for _, r := range rankReadings(lines, otherMisreadings(lines)) {
		if r.score > asIs.score+least && r.words != asIs.words {
			all = append(all, r)
		}
	}
	sortReadings(all)
	return all
}

// mayBeMisread reports whether a word may have been letters of another encoding: not points that hide letters, as in
// z•••@example.org, and not a trade mark's sign behind a whole word.
func mayBeMisread(word string) bool {
	const wholeWord = 5
	if letters := strings.TrimRight(word, "™®"); len(letters) >= wholeWord && isASCII(letters) {
		return false
	}
	return strings.ContainsFunc(word, func(r rune) bool { return r >= utf8.RuneSelf && r != '•' && r != '●' })
}

const (
	// likelyMargin is by how much a reading must be likelier than letters that are likely themselves. At 2 none of 1,000
	// right lists of the names of 25 languages was asked about that had two such names, and 2 of 300 that had one.
	likelyMargin = 2
	// likelyWordMargin is that of a single word, which is chance more often.
	likelyWordMargin = 5
	// maxMisreadEvidence is how many lines are weighed in all ways in which likely letters may have been misread.
	maxMisreadEvidence = 20
)

// use decodes the rest of the text as the first of some readings.
func (u *encodingDetector) use(lines [][]byte, all []reading) {
	u.is = all[0].name
	if all[0].isUnicode() {
		named, _ := encodingNamed(string(u.is))
		u.decoder = named.reader(u.raw)
		return
	}
	if u.page = codePageOf(u.is); u.page == nil {
		u.decoder = transform.NewReader(u.raw, wideEncodings[u.is].NewDecoder())
		return
	}
	u.remember(lines, all)
	u.decoder = &pageReader{in: u.raw, page: u.page}
}

// header returns the first line that is not blank.
func (u *encodingDetector) header(sample []byte) []byte {
	line, _, _ := bytes.Cut(bytes.TrimLeft(append(bytes.Clone(u.head), sample[:min(len(sample), 1<<10)]...),
		"\r\n\t ,;"), []byte("\n"))
	return line
}

// remember keeps the lines that decided, and what else the text could be: a byte that was not in them may decide
// otherwise.
func (u *encodingDetector) remember(lines [][]byte, all []reading) {
	const alive = 60
	u.lines, u.alternatives = nil, nil
	for _, line := range lines {
		u.lines = append(u.lines, bytes.Clone(line))
		for _, c := range line {
			u.seen[c] = true
		}
	}
	for _, r := range all {
		if all[0].score-r.score < alive {
			u.alternatives = append(u.alternatives, r.candidate)
		}
	}
}

// recheck weighs a line with bytes that no line before had, or with a word that is not likely in this encoding. It
// returns ErrOtherEncoding of a line that is in another encoding than the others, and a *DoubtError when all may be in
// another one.
func (u *encodingDetector) recheck(line []byte) error {
	unseen := slices.ContainsFunc(line, func(c byte) bool { return c >= utf8.RuneSelf && !u.seen[c] })
	words := wordsIn([][]byte{line}, u.is)
	if !unseen && slices.ContainsFunc(words, u.isOtherPages) {
		return ErrOtherEncoding
	}
	if !unseen && !slices.ContainsFunc(words, u.isUnlikely) {
		return nil
	}
	if !unseen { // weighing all lines again takes longer
		return u.errForeign(line)
	}
	lines := append(u.lines, foreignLines(line)...)
	all := rankReadings(lines, u.alternatives)
	if len(all) == 0 || all[0].name != u.is && all[0].words != string(joinWords(wordsIn(lines, u.is))) || !isClear(all) {
		return doubt([][]byte{line}, all)
	}
	if err := u.errForeign(line); err != nil || slices.ContainsFunc(words, u.isOtherPages) {
		return cmp.Or(err, ErrOtherEncoding)
	}
	u.remember(lines, all)
	return nil
}

// isUnlikely reports whether a word looks like none of this encoding's languages.
func (u *encodingDetector) isUnlikely(word string) bool {
	const each, shape = -6, -5
	return u.checks.once(word, func(word string) bool {
		return shapeScore(word) <= shape ||
			candidateNamed(u.is).likelihood([]string{word}) < each*float64(utf8.RuneCountInString(word))
	})
}

// isOtherPages reports whether the bytes of a word are a much likelier one in another encoding of one byte a letter.
func (u *encodingDetector) isOtherPages(word string) bool {
	return u.pages.once(word, func(word string) bool {
		u.weighed++
		return u.weighed <= maxOtherMisread && becomesLikelier(word, u.is, pagesBeside)
	})
}

// mostChecked is how many lines are weighed by themselves, which takes a millisecond each.
const mostChecked = 2000

// errForeign returns ErrOtherEncoding of a line that by itself is in another encoding.
func (u *encodingDetector) errForeign(line []byte) error {
	if u.checked++; u.checked > mostChecked {
		return nil
	}
	alone := rankReadings(foreignLines(line), candidates)
	i := slices.IndexFunc(alone, func(r reading) bool { return r.name == u.is })
	if len(alone) > 0 && (i < 0 || alone[0].score-alone[i].score >= margin && alone[0].words != alone[i].words) {
		return ErrOtherEncoding
	}
	return nil
}

// lastLineStart returns where the last line of some bytes begins, or its last word where the line is longer than they.
func lastLineStart(text []byte) int {
	if i := bytes.LastIndexAny(text, "\r\n"); i >= 0 {
		return i + 1
	}
	return lastWordStart(text)
}

// lastWordStart returns where the last word of some bytes begins.
func lastWordStart(text []byte) int {
	i := len(text)
	for i > 0 && asciiLetter(rune(text[i-1])) {
		i--
	}
	return i
}

// asUTF8 returns the lines with words that are likelier UTF-8 than what the likeliest of some readings has in their
// place, and the other lines. A line of the first kind may be damaged, and is rejected then.
func asUTF8(lines [][]byte, all []reading) (good, bad [][]byte) {
	for _, line := range lines {
		words := utf8Words(line)
		if len(words) > 0 && (len(all) == 0 || moreLikelyUTF8(words, all[0].candidate) > 0) {
			good = append(good, line)
		} else {
			bad = append(bad, line)
		}
	}
	return good, bad
}

// utf8Words returns the words with foreign letters that are UTF-8.
func utf8Words(line []byte) (words [][]byte) {
	for word := range bytes.FieldsFuncSeq(line, func(r rune) bool { return r < utf8.RuneSelf && !asciiLetter(r) }) {
		if letters, valid := utf8Letters(word); valid && letters > 0 {
			words = append(words, word)
		}
	}
	return words
}

// moreLikelyUTF8 returns how much likelier words that are good UTF-8 are to be that, as a logarithm, than to be in
// another encoding, in which a word may happen to be good UTF-8.
func moreLikelyUTF8(words [][]byte, other candidate) float64 {
	read := wordsIn(words, other.name)
	if len(read) == 0 {
		return math.Inf(1)
	}
	return unicodeLikelihood(wordsIn(words, UTF8)) - other.likelihood(read)
}

// utf8Letters counts the letters of more than one byte, and reports whether all bytes are UTF-8.
func utf8Letters(line []byte) (letters int, valid bool) {
	for len(line) > 0 {
		r, size := utf8.DecodeRune(line)
		if r == utf8.RuneError && size == 1 {
			return letters, false
		}
		if size > 1 {
			letters++
		}
		line = line[size:]
	}
	return letters, true
}

func joinWords(words []string) (all []byte) {
	for i, w := range words {
		if i > 0 {
			all = append(all, ' ')
		}
		all = append(all, w...)
	}
	return all
}

// asciiPrefix counts the ASCII bytes that b begins with.
func asciiPrefix(b []byte) int {
	const high = 0x8080808080808080
	i := 0
	for ; i+8 <= len(b) && binary.LittleEndian.Uint64(b[i:])&high == 0; i += 8 {
	}
	for ; i < len(b) && b[i] < utf8.RuneSelf; i++ {
	}
	return i
}
