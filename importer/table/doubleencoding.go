package table

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/transform"
)

// isDoubleEncoded reports whether every foreign letter of a sample is what UTF-8 looks like that was taken for
// Windows-1252 and encoded again.
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

// hasDoubleEncoded reports whether a word of a line is encoded twice.
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

// undoEncoding takes one encoding off a text. The bytes that Windows-1252 does not have are control characters then.
func undoEncoding(text []byte) (out []byte, is bool) {
	p := codePageOf(Windows1252)
	for _, r := range string(text) {
		c, known := p.bytes[r]
		switch {
		case known:
		case r < 0xa0:
			c = byte(r) // below 0xa0
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
