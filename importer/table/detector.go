package table

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"slices"
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

// detect decides between UTF-8, maybe with damage in it, and other encodings, which hardly ever look like it. Where
// lines of both are in one text it is UTF-8, and the others are rejected.
func (u *encodingDetector) detect(sample []byte) error {
	whole := append(bytes.Clone(u.tail[lastLineStart(u.tail):]), sample...)
	if end := bytes.LastIndexByte(whole, '\n'); end > 0 && len(sample) == u.raw.Size() {
		whole = whole[:end+1] // the last line is cut
	}
	u.decoder, u.is = u.raw, UTF8
	if isDoubleEncoded(whole) {
		u.is, u.decoder = UTF8Twice, transform.NewReader(u.raw, doubleDecoder{})
		return nil
	}
	const (
		enough = 4 // letters are UTF-8 by chance in one of ten thousand lists of the encodings that look like it most
		few    = 5 // of so many lines one is UTF-8, and the others are another encoding's: it alone is foreign
	)
	good, letters, bad := utf8Lines(whole)
	if u.marked || bad == 0 && letters >= enough {
		return nil
	}
	chance := 0.0 // that lines look like UTF-8
	if bad == 0 {
		chance = -4 * float64(letters)
	}
	lines := foreignLines(whole)
	likely := favourHeader(candidates, headerLanguages(u.header(sample)))
	all := rankReadings(lines, favourWestern(likely, u.plain+bytes.Count(whole, []byte("\n"))-len(lines), len(lines)))
	if len(good) > 0 && (len(all) == 0 || asUTF8(good, all[0].name, chance)) {
		if few*len(good) >= bad {
			return nil
		}
		lines = slices.DeleteFunc(lines, utf8.Valid)
		all = rankReadings(lines, likely)
	}
	if !isClear(all) {
		return encodingQuestion(lines, all)
	}
	u.use(lines, all)
	return nil
}

// use decodes the rest of the text as the first of some readings.
func (u *encodingDetector) use(lines [][]byte, all []reading) {
	u.is = all[0].name
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

// recheck weighs a line with bytes that no line before had.
func (u *encodingDetector) recheck(line []byte) error {
	if !slices.ContainsFunc(line, func(c byte) bool { return c >= utf8.RuneSelf && !u.seen[c] }) {
		return nil
	}
	lines := append(u.lines, line)
	all := rankReadings(lines, u.alternatives)
	if len(all) == 0 || all[0].name != u.is && all[0].words != string(joinWords(wordsIn(lines, u.is))) || !isClear(all) {
		return encodingQuestion([][]byte{line}, all)
	}
	u.remember(lines, all)
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

// utf8Lines returns the lines with foreign letters that are UTF-8, how many such letters they have, and how many lines
// are not.
func utf8Lines(sample []byte) (good [][]byte, letters, bad int) {
	for line := range bytes.Lines(sample) {
		if asciiPrefix(line) == len(line) {
			continue
		}
		n, valid := utf8Letters(line)
		if !valid {
			bad++
		} else if letters += n; len(good) < maxEvidence {
			good = append(good, line)
		}
	}
	return good, letters, bad
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
