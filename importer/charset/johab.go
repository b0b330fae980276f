package charset

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/transform"
)

// johab is how Korean programs of DOS wrote Hangul: each syllable is two bytes, with five bits for each of its three
// letters. golang.org/x/text has it not. Chinese characters and signs, which names do not have, are not decoded.
type johab struct{}

const nameOfJohab Encoding = "johab"

// isMostlyLost reports whether more than a quarter of some words have what is no syllable: chance makes one of half of
// all pairs of bytes.
func isMostlyLost(words []string) bool {
	lost := 0
	for _, word := range words {
		if strings.ContainsRune(word, utf8.RuneError) {
			lost++
		}
	}
	return 4*lost > len(words)
}

// NewDecoder returns one that writes UTF-8.
func (johab) NewDecoder() *encoding.Decoder { return &encoding.Decoder{Transformer: johabDecoder{}} }

// NewEncoder returns one that writes syllables and ASCII.
func (johab) NewEncoder() *encoding.Encoder { return &encoding.Encoder{Transformer: johabEncoder{}} }

type johabDecoder struct{ transform.NopResetter }

// Transform decodes a part of a text.
func (johabDecoder) Transform(out, in []byte, atEnd bool) (written, read int, err error) {
	for read < len(in) {
		r, size := rune(in[read]), 1
		if in[read] >= utf8.RuneSelf {
			if read+1 == len(in) && !atEnd {
				return written, read, transform.ErrShortSrc
			}
			if r = utf8.RuneError; read+1 < len(in) {
				if r = johabSyllable(in[read], in[read+1]); r != utf8.RuneError || in[read+1] >= utf8.RuneSelf {
					size = 2
				}
			}
		}
		if written+utf8.RuneLen(r) > len(out) {
			return written, read, transform.ErrShortDst
		}
		written += utf8.EncodeRune(out[written:], r)
		read += size
	}
	return written, read, nil
}

// What five bits say in each place of a syllable, from 0, as Unicode counts; "." is no letter.
const (
	johabFirst  = "..0123456789abcdefghi..........."
	johabVowels = "...01234..56789a..bcdefg..hijk.."
	johabLast   = ".0123456789abcdefg.hijklmnopqr.."
)

// vowels and lasts are how many letters of each kind Unicode counts.
const vowels, lasts = 21, 28

// johabSyllable returns the syllable of two bytes.
func johabSyllable(lead, trail byte) rune {
	code := int(lead)<<8 | int(trail)
	first, vowel, last := place(johabFirst, code>>10), place(johabVowels, code>>5), place(johabLast, code)
	if first < 0 || vowel < 0 || last < 0 {
		return utf8.RuneError
	}
	return rune('가' + (first*vowels+vowel)*lasts + last)
}

// place returns what the last five bits of a code say.
func place(table string, code int) int {
	switch c := table[code&0x1f]; {
	case c >= 'a':
		return int(c-'a') + 10
	case c >= '0':
		return int(c - '0')
	}
	return -1
}

type johabEncoder struct{ transform.NopResetter }

// Transform encodes a part of a text.
func (johabEncoder) Transform(out, in []byte, atEnd bool) (written, read int, err error) {
	for read < len(in) {
		r, size := utf8.DecodeRune(in[read:])
		switch {
		case r == utf8.RuneError && !atEnd && !utf8.FullRune(in[read:]):
			return written, read, transform.ErrShortSrc
		case written+2 > len(out):
			return written, read, transform.ErrShortDst
		case r < utf8.RuneSelf:
			out[written], written = byte(r), written+1
		case r < '가' || r > '힣':
			return written, read, encoding.ErrInvalidUTF8
		default:
			lead, trail := johabBytes(int(r - '가'))
			out[written], out[written+1], written = lead, trail, written+2
		}
		read += size
	}
	return written, read, nil
}

// johabBytes returns the two bytes of a syllable.
func johabBytes(n int) (lead, trail byte) {
	code := 1<<15 | bits(johabFirst, n/(vowels*lasts))<<10
	code |= bits(johabVowels, n/lasts%vowels)<<5 | bits(johabLast, n%lasts)
	return byte(code >> 8), byte(code & 0xff) // 16 bits
}

// bits is the place of a letter in a table.
func bits(table string, letter int) (at int) {
	for place(table, at) != letter {
		at++
	}
	return at
}
