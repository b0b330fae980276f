package table

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
	"golang.org/x/text/transform"
)

// Encoding is how a text is written.
type Encoding string

// The encodings that the rest of this package names. The others are in candidates.
const (
	UTF8        Encoding = "utf-8"
	UTF8Twice   Encoding = "utf-8, encoded twice"
	UTF16LE     Encoding = "utf-16le"
	UTF16BE     Encoding = "utf-16be"
	UTF32LE     Encoding = "utf-32le"
	UTF32BE     Encoding = "utf-32be"
	ISO2022JP   Encoding = "iso-2022-jp"
	Windows1250 Encoding = "windows-1250"
	Windows1252 Encoding = "windows-1252"
)

// decodedText is a text as UTF-8 without its mark.
type decodedText struct {
	io.Reader
	is       Encoding
	marked   bool
	detector *encodingDetector // when it does not say itself how it is written, and nobody has
	remarked bool              // that it was mended
}

func (d *decodedText) encoding() Encoding {
	switch {
	case d.detector == nil:
		return d.is
	case d.detector.is == "":
		return UTF8 // ASCII to its end
	}
	return d.detector.is
}

// undecided tells whether all that was read is ASCII, which says nothing of what follows.
func (d *decodedText) undecided() bool { return d.detector != nil && d.detector.is == "" }

// decode finds out how a text is written. said is the name of an encoding, for a text that does not say it itself.
func decode(raw *bufio.Reader, said string) (*decodedText, error) {
	head, _ := raw.Peek(4 << 10) // an error comes back with the next read
	little, big := bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff"))
	as, err := named(said)
	switch {
	case err != nil:
		return nil, &Error{Problem: err.Error(), Advice: "correct --encoding"}
	case bytes.HasPrefix(head, []byte("\xff\xfe\x00\x00")), looksUTF32(head, 0):
		return &decodedText{Reader: transform.NewReader(raw, utf32.UTF32(utf32.LittleEndian, utf32.UseBOM).NewDecoder()), is: UTF32LE, marked: little}, nil
	case bytes.HasPrefix(head, []byte("\x00\x00\xfe\xff")), looksUTF32(head, 3):
		return &decodedText{Reader: transform.NewReader(raw, utf32.UTF32(utf32.BigEndian, utf32.UseBOM).NewDecoder()), is: UTF32BE, marked: bytes.HasPrefix(head, []byte("\x00\x00\xfe\xff"))}, nil
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")): // whoever writes the mark means it: later bytes that are not UTF-8 are damage
		_, _ = raw.Discard(3)
		u := &encodingDetector{raw: raw, marked: true}
		return &decodedText{Reader: u, detector: u, marked: true}, nil
	case little, looksUTF16(head, 1):
		return &decodedText{Reader: transform.NewReader(raw, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()), is: UTF16LE, marked: little}, nil
	case big, looksUTF16(head, 0):
		return &decodedText{Reader: transform.NewReader(raw, unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder()), is: UTF16BE, marked: big}, nil
	case !as.empty:
		return &decodedText{Reader: as.reader(raw), is: as.name}, nil
	case bytes.Contains(head, []byte("\x1b$B")), bytes.Contains(head, []byte("\x1b$@")):
		return &decodedText{Reader: transform.NewReader(raw, japanese.ISO2022JP.NewDecoder()), is: ISO2022JP}, nil
	}
	u := &encodingDetector{raw: raw}
	return &decodedText{Reader: u, detector: u}, nil
}

// looksUTF32 knows UTF-32 without its mark: of four bytes the two on one side are always zero, for all that names are written in.
func looksUTF32(head []byte, side int) bool {
	if len(head) < 16 || len(bytes.Trim(head, "\x00")) == 0 {
		return false
	}
	for i := 0; i+4 <= len(head); i += 4 {
		zeros := head[i+2 : i+4]
		if side == 3 {
			zeros = head[i : i+2]
		}
		if zeros[0] != 0 || zeros[1] != 0 {
			return false
		}
	}
	return true
}

// looksUTF16 knows UTF-16 without its mark by the zero bytes that Latin letters and delimiters have there, always on the same side.
// A few zero bytes alone are damage in a text of another encoding.
func looksUTF16(head []byte, side int) bool {
	zeros := [2]int{}
	for i, c := range head {
		if c == 0 {
			zeros[i%2]++
		}
	}
	const share = 5 // one in five: other scripts leave zeros only beside delimiters, digits and addresses
	return zeros[side]*share*2 >= len(head) && zeros[side] > 8*zeros[1-side] && len(head) > 3
}

// encodingDetector reads a text that does not say what it is. It is ASCII up to the first byte that is not, and from there on what the
// next bytes look like: the first foreign name may be far behind any sample of the beginning.
type encodingDetector struct {
	raw     *bufio.Reader
	marked  bool // it says that it is UTF-8, which may be so twice
	is      Encoding
	decoder io.Reader // once it is known

	plain int    // lines that were read
	tail  []byte // that were read last: the first foreign letter may be amid a word

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
		const word = 32
		u.plain += bytes.Count(p[:n], []byte("\n"))
		u.tail = append(u.tail[max(0, len(u.tail)-word):], p[max(0, n-word):n]...)
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

// detect tells UTF-8, maybe with damage in it, from other encodings, which hardly ever look like it. Where lines of both are in one
// text it is UTF-8, and the others are rejected.
func (u *encodingDetector) detect(sample []byte) error {
	whole := append(bytes.Clone(u.tail[lastWordStart(u.tail):]), sample...)
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
	all := rankReadings(lines, favourWestern(candidates, u.plain+bytes.Count(whole, []byte("\n"))-len(lines), len(lines)))
	if len(good) > 0 && (len(all) == 0 || asUTF8(good, all[0].name, chance)) {
		if few*len(good) >= bad {
			return nil
		}
		lines = slices.DeleteFunc(lines, utf8.Valid)
		all = rankReadings(lines, candidates)
	}
	if !isClear(all) {
		return encodingQuestion(lines, all)
	}
	u.is = all[0].name
	if u.page = codePageOf(u.is); u.page != nil {
		u.remember(lines, all)
		u.decoder = &pageReader{in: u.raw, page: u.page}
		return nil
	}
	u.decoder = transform.NewReader(u.raw, wideEncodings[u.is].NewDecoder())
	return nil
}

// remember remembers what was decided by, and what else the text could be: a byte that was not there yet may tell otherwise.
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

// lastWordStart is where the last word of some bytes begins.
func lastWordStart(text []byte) int {
	i := len(text)
	for i > 0 && asciiLetter(rune(text[i-1])) {
		i--
	}
	return i
}

// utf8Lines gives the lines with foreign letters that are UTF-8, how many such letters they have, and how many lines are not.
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

// remark says that a text was mended, at the first record for which it matters.
func (d *decodedText) remark(raw []byte) []Remark {
	if d.detector == nil || asciiPrefix(raw) == len(raw) {
		return nil
	}
	switch {
	case d.detector.is == UTF8Twice && !d.remarked:
		d.remarked = true
		return []Remark{{Kind: DoubleEncoded, Column: WholeRecord, Text: "the file was encoded twice (JÃ¶rg for Jörg), in every name that shows it; this was mended, so look at the names"}}
	case d.detector.is == UTF8 && hasDoubleEncoded(raw):
		return []Remark{{Kind: DoubleEncoded, Column: WholeRecord, Text: "this row looks as if it was encoded twice (JÃ¶rg for Jörg), and others are not; correct it where names are wrong"}}
	}
	return nil
}

// checkRecord looks at a record that has foreign letters: they may be of another encoding than the rest, or the first that tell how the
// rest is written.
func (d *decodedText) checkRecord(rec *Record, raw []byte) error {
	if bytes.IndexByte(raw, 0x1b) >= 0 {
		rec.Fault = ControlCharacters
		return nil
	}
	if asciiPrefix(raw) == len(raw) {
		return nil
	}
	for i := bytes.IndexByte(raw, 0xc2); i >= 0 && i+1 < len(raw); i++ {
		if raw[i] == 0xc2 && raw[i+1] < 0xa0 {
			rec.Fault = ControlCharacters
			return nil
		}
	}
	if d.detector == nil || d.detector.page == nil {
		return nil
	}
	written, is := d.detector.page.encode(raw)
	if !is {
		return nil
	}
	if letters, valid := utf8Letters(written); valid && letters > 0 {
		rec.Fault = OtherEncoding
		return nil
	}
	return d.detector.recheck(written)
}

// recheck weighs a line with bytes that were not there yet.
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

// isDoubleEncoded reports whether every foreign letter of a sample is what UTF-8 looks like that was taken for Windows-1252 and encoded again.
func isDoubleEncoded(sample []byte) bool {
	lines, all := 0, 0
	for line := range bytes.Lines(sample) {
		if asciiPrefix(line) == len(line) {
			continue
		}
		written, is := undoEncoding(line)
		letters, valid := utf8Letters(written)
		if !is || !valid || letters == 0 {
			return false
		}
		lines++
		all += letters
	}
	return all > 0
}

// hasDoubleEncoded reports whether some of a line is.
func hasDoubleEncoded(line []byte) bool {
	for word := range bytes.FieldsFuncSeq(line, func(r rune) bool { return r < utf8.RuneSelf && !asciiLetter(r) }) {
		if asciiPrefix(word) == len(word) {
			continue
		}
		written, is := undoEncoding(word)
		if letters, valid := utf8Letters(written); is && valid && letters > 0 {
			return true
		}
	}
	return false
}

// undoEncoding takes one encoding off a text. The bytes that Windows-1252 does not have are controls then.
func undoEncoding(text []byte) (out []byte, is bool) {
	p := codePageOf(Windows1252)
	for _, r := range string(text) {
		c, known := p.bytes[r]
		switch {
		case known:
		case r < 0xa0:
			c = byte(r) //nolint:gosec // below 0xa0
		default:
			return nil, false
		}
		out = append(out, c)
	}
	return out, true
}

// doubleDecoder takes one encoding off a text that was encoded twice.
type doubleDecoder struct{ transform.NopResetter }

func (doubleDecoder) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	for nSrc < len(src) {
		if !utf8.FullRune(src[nSrc:]) && !atEOF {
			return nDst, nSrc, transform.ErrShortSrc
		}
		if nDst+utf8.UTFMax > len(dst) {
			return nDst, nSrc, transform.ErrShortDst
		}
		r, size := utf8.DecodeRune(src[nSrc:])
		if out, is := undoEncoding(src[nSrc : nSrc+size]); is && r != utf8.RuneError {
			nDst += copy(dst[nDst:], out)
		} else {
			nDst += copy(dst[nDst:], "\xff") // is rejected with its row
		}
		nSrc += size
	}
	return nDst, nSrc, nil
}
