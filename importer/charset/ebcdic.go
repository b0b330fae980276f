package charset

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/transform"
)

// hostPage reads the encoding of a mainframe. A line ends there with a character of its own.
type hostPage struct {
	transform.NopResetter

	letters []rune
}

func hostPageOf(name Encoding) (encoding.Encoding, bool) {
	letters, is := hostPages[name]
	return hostPage{letters: []rune(letters)}, is
}

func (p hostPage) NewDecoder() *encoding.Decoder { return &encoding.Decoder{Transformer: p} }

// NewEncoder returns one that writes nothing: lists are only read.
func (p hostPage) NewEncoder() *encoding.Encoder {
	return &encoding.Encoder{Transformer: transform.Discard}
}

func (p hostPage) Transform(dst, src []byte, _ bool) (nDst, nSrc int, err error) {
	const nextLine = '\u0085'
	for _, c := range src {
		if nDst+utf8.UTFMax > len(dst) {
			return nDst, nSrc, transform.ErrShortDst
		}
		r := p.letters[c]
		if r == nextLine {
			r = '\n'
		}
		nDst += utf8.EncodeRune(dst[nDst:], r)
		nSrc++
	}
	return nDst, nSrc, nil
}

// hostReadings returns the encodings of mainframes in which a text is one of letters, signs and lines, likeliest first,
// each with another text. They are asked about: of their signs for addresses and brackets each country has its own.
func hostReadings(head []byte) (likely []Reading) {
	if len(head) < 16 || bytes.IndexByte(head, '\n') >= 0 && bytes.IndexByte(head, ',') >= 0 {
		return nil
	}
	var known []string
	score := map[Encoding]float64{}
	for _, name := range slices.Sorted(maps.Keys(hostPages)) {
		page, _ := hostPageOf(name)
		text, err := page.NewDecoder().Bytes(head)
		if err != nil || !isListText(string(text)) || slices.Contains(known, string(text)) {
			continue
		}
		known = append(known, string(text))
		score[name] = unicodeLikelihood(foreignWords(string(text)))
		likely = append(likely, Reading{Encoding: name, Lines: shownLines(string(text))})
	}
	slices.SortStableFunc(likely, func(a, b Reading) int {
		switch {
		case score[a.Encoding] > score[b.Encoding]:
			return -1
		case score[a.Encoding] < score[b.Encoding]:
			return 1
		}
		return 0
	})
	return likely
}

// shownLines are the first lines with foreign letters, or the first ones where none has any.
func shownLines(text string) (lines []string) {
	const most = 3
	all := strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' })
	all = slices.DeleteFunc(all, func(line string) bool { return strings.TrimSpace(line) == "" })
	for _, line := range all {
		if !isASCII(line) && len(lines) < most {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		lines = all[:min(len(all), most)]
	}
	return lines
}

// isListText reports whether nearly all of a text is ASCII letters and digits, with the signs and lines of a list,
// among them one of an address where any has a point behind it.
func isListText(text string) bool {
	const least = 0.85
	good, all := 0, 0
	for _, r := range text {
		all++
		switch {
		case r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)),
			strings.ContainsRune(" ,;.-@_\n\r\t'\"+", r):
			good++
		case unicode.IsControl(r):
			return false
		}
	}
	return float64(good) >= least*float64(all) && strings.ContainsAny(text, "\n\r") &&
		strings.ContainsAny(text, ",;\t|") &&
		(strings.Contains(text, "@") || !strings.Contains(text, "."))
}

// doubtReader is a text of which it is not known how it is written.
type doubtReader struct{ doubt *DoubtError }

func (r doubtReader) Read([]byte) (int, error) { return 0, r.doubt }
