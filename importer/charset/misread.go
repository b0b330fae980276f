package charset

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/transform"
)

// A program that takes a text for another encoding's, and saves what it sees as UTF-8, leaves JÃ¶rg, J√∂rg or JГ¶rg of
// Jörg. Each letter of it still is the bytes that it was read from, so the text comes back when these are read again:
// as UTF-8, which proves itself, or as another encoding, which is only likely.

// via stands between the encoding that a text had, and the one that it was taken for before it was saved as UTF-8:
// "utf-8-via-windows-1252". The one that it was taken for last stands last.
const via = "-via-"

// timesMisread is how often a text may have been taken for another encoding's.
const timesMisread = 3

// misreader is an encoding that texts are taken for.
type misreader struct {
	as    Encoding
	prior float64 // how common that is, as a logarithm
}

const (
	seldomMisread = -2
	hardlyMisread = -8 // it is more than the margin, so that such a text is not mended without a question
)

// misreaders are those that texts are taken for, the commonest first: the system's of an office, of a Mac, of a
// console.
var misreaders = slices.Concat(
	misreadersOf(0, "windows-1252 iso-8859-1 windows-1251 windows-1250 macintosh ibm850 ibm437 windows-1254 iso-8859-15"),
	misreadersOf(seldomMisread,
		"ibm866 ibm852 windows-1253 windows-1255 windows-1256 windows-1257 windows-1258 windows-874 gbk "+
			"shift_jis big5 euc-kr koi8-r koi8-u iso-8859-2 iso-8859-9 x-mac-ce x-mac-cyrillic ibm858 ibm857"),
	misreadersOf(hardlyMisread,
		"ibm855 ibm737 ibm862 ibm775 ibm860 ibm861 ibm863 ibm865 x-mac-turkish x-mac-greek x-mac-croatian "+
			"x-mac-romanian x-mac-icelandic iso-8859-5 iso-8859-7 iso-8859-13 iso-8859-16 euc-jp"),
)

func misreadersOf(prior float64, names string) (all []misreader) {
	for name := range strings.FieldsSeq(names) {
		all = append(all, misreader{Encoding(name), prior})
	}
	return all
}

// wideMisreaders are those with more than one byte for a letter. What they cannot read is lost.
var wideMisreaders = map[Encoding]encoding.Encoding{
	"gbk": simplifiedchinese.GBK, "big5": traditionalchinese.Big5, "shift_jis": japanese.ShiftJIS, "euc-kr": korean.EUCKR,
	"euc-jp": japanese.EUCJP,
}

// splitMisread returns the encoding that a misread text had, and those that it was taken for, the last one first.
func splitMisread(name Encoding) (had Encoding, takenFor []Encoding) {
	first, rest, is := strings.Cut(string(name), via)
	if !is {
		return name, nil
	}
	for q := range strings.SplitSeq(rest, via) {
		takenFor = append(takenFor, Encoding(q))
	}
	slices.Reverse(takenFor)
	return Encoding(first), takenFor
}

// letterBytes finds the bytes that a letter was read from in an encoding.
type letterBytes struct {
	page    *codePage
	encoder *encoding.Encoder // of an encoding with more bytes for a letter
	known   map[rune]string
}

// bytesBefore returns how to find them, or nil for an encoding whose bytes stand for other letters each time.
func bytesBefore(as Encoding) *letterBytes {
	wide := wideMisreaders[as]
	if wide == nil {
		wide = wideEncodings[as]
	}
	switch page := codePageOf(as); {
	case page != nil:
		return &letterBytes{page: page}
	case wide != nil:
		return &letterBytes{encoder: wide.NewEncoder(), known: map[rune]string{}}
	}
	return nil
}

// isMisreader reports whether misread texts can be mended that were taken for an encoding.
func isMisreader(as Encoding) bool { return codePageOf(as) != nil || wideMisreaders[as] != nil }

// of appends the bytes of a letter. Those that a code page does not have are control characters then.
func (b *letterBytes) of(out []byte, r rune) ([]byte, bool) {
	if r < utf8.RuneSelf {
		return append(out, byte(r)), true
	}
	if b.page == nil {
		return b.wide(out, r)
	}
	if c, known := b.page.bytes[r]; known {
		return append(out, c), true
	}
	if r < 0xa0 && b.page.upper[r-utf8.RuneSelf] == string(utf8.RuneError) {
		return append(out, byte(r)), true
	}
	return out, false
}

func (b *letterBytes) wide(out []byte, r rune) ([]byte, bool) {
	const most = 10_000
	written, known := b.known[r]
	if !known {
		b.encoder.Reset()
		text, err := b.encoder.Bytes([]byte(string(r)))
		if written = string(text); err != nil {
			written = ""
		}
		if len(b.known) < most {
			b.known[r] = written
		}
	}
	return append(out, written...), written != ""
}

// undo returns the bytes that a text was read from, or false for one with letters that the encoding does not have.
func (b *letterBytes) undo(text []byte) (out []byte, is bool) {
	for _, r := range string(text) {
		if out, is = b.of(out, r); !is {
			return nil, false
		}
	}
	return out, true
}

// undoLines undoes some lines, or returns false where one cannot be undone.
func undoLines(lines [][]byte, as Encoding) (undone [][]byte, is bool) {
	b := bytesBefore(as)
	for _, line := range lines {
		before, is := b.undo(line)
		if !is {
			return nil, false
		}
		undone = append(undone, before)
	}
	return undone, true
}

// misreadings returns the ways in which each of some lines becomes another text in UTF-8 when it is undone.
func misreadings(lines [][]byte, name Encoding, times int) (all []candidate) {
	for _, m := range misreaders {
		undone, is := undoLines(lines, m.as)
		if !is || !allUTF8(undone) {
			continue
		}
		all = append(all, candidate{name: UTF8 + via + m.as + name, prior: misreadPrior + m.prior})
		if times > 1 {
			all = append(all, misreadings(undone, via+m.as+name, times-1)...)
		}
	}
	return all
}

// commonMisreaders are those that texts of other encodings than UTF-8 are taken for.
const commonMisreaders = 7

// otherMisreadings returns the ways in which lines become a text in an encoding that is not UTF-8.
func otherMisreadings(lines [][]byte) (all []candidate) {
	for _, m := range misreaders[:commonMisreaders] {
		as := m.as
		undone, is := undoLines(lines, as)
		if !is || allUTF8(undone) {
			continue
		}
		for _, c := range candidates {
			if c.name != as && len(wordsIn(undone, c.name)) > 0 {
				all = append(all, candidate{c.name + via + as, c.prior + otherMisreadPrior, c.languages})
			}
		}
	}
	return all
}

// pageMisread is an encoding that texts of some others are taken for.
type pageMisread struct {
	as  Encoding
	had []Encoding
}

// pagesMisread are the encodings of one byte a letter that are taken for each other most: of two offices, a program and
// a console, a Mac and Windows.
var pagesMisread = []pageMisread{
	{Windows1252, []Encoding{Windows1250, "iso-8859-2", "windows-1254", "windows-1257", "ibm850", "ibm852", "macintosh",
		"windows-1251", "windows-1253"}},
	{"ibm850", []Encoding{Windows1252}}, {"macintosh", []Encoding{Windows1252}}, {Windows1250, []Encoding{Windows1252}},
	{"windows-1251", []Encoding{Windows1252}},
}

// pagesBeside are the encodings of rows that were put below a list of another one.
var pagesBeside = []Encoding{Windows1252, Windows1250, "iso-8859-2", "windows-1254", "macintosh", "ibm850", "ibm852",
	"windows-1251"}

// maxOtherMisread is how many words of a list are looked at so, which takes up to 0.2 ms each.
const maxOtherMisread = 5000

// isOtherMisread reports whether a word becomes a much likelier one when it is read as the other of two such encodings.
func isOtherMisread(word string) bool {
	if !mayBeMisread(word) {
		return false
	}
	return slices.ContainsFunc(pagesMisread, func(p pageMisread) bool { return becomesLikelier(word, p.as, p.had) })
}

// marksBehind are signs behind words that are good as they stand: of footnotes, quotes and pauses.
const marksBehind = "¹²³½¼¾ªº°§…–—’‘”“»™®©€£"

// becomesLikelier reports whether the bytes that a word was read from in an encoding are a much likelier one in
// another.
func becomesLikelier(word string, as Encoding, in []Encoding) bool {
	const clearly = 7 // of 13,000 names in 45 languages none becomes one so much likelier
	before, is := bytesBefore(as).undo([]byte(word))
	if !is || isASCII(strings.TrimRight(word, marksBehind)) {
		return false
	}
	best := math.Inf(-1)
	for _, had := range in {
		if had == as {
			continue
		}
		if words := foreignWords(string(codePageOf(had).decode(nil, before))); len(words) == 1 {
			best = max(best, candidateNamed(had).likelihood(words))
		}
	}
	return !math.IsInf(best, -1) && best > unicodeLikelihood([]string{word})+clearly
}

// allUTF8 reports whether each of some lines is UTF-8 with foreign letters.
func allUTF8(lines [][]byte) bool {
	for _, line := range lines {
		if letters, valid := utf8Letters(line); !valid || letters == 0 {
			return false
		}
	}
	return len(lines) > 0
}

// undoer takes one reading off a text, letter by letter.
type undoer struct {
	transform.NopResetter

	bytes *letterBytes
}

func (u undoer) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	for nSrc < len(src) {
		if !utf8.FullRune(src[nSrc:]) && !atEOF {
			return nDst, nSrc, transform.ErrShortSrc
		}
		if nDst+utf8.UTFMax > len(dst) {
			return nDst, nSrc, transform.ErrShortDst
		}
		r, size := utf8.DecodeRune(src[nSrc:])
		if out, is := u.bytes.of(dst[nDst:nDst], r); is && r != utf8.RuneError {
			nDst += copy(dst[nDst:], out)
		} else {
			nDst += copy(dst[nDst:], "\x00") // is rejected with its row, whatever encoding the text had
		}
		nSrc += size
	}
	return nDst, nSrc, nil
}
