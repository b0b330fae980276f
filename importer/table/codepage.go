package table

import (
	"fmt"
	"strings"

	"golang.org/x/text/encoding/charmap"
)

// Windows-1250 (Polish, Czech, Hungarian, Croatian) and Windows-1252 (western Europe) have most of their letters at the same
// bytes, and every byte is something in both. So it is not one byte that tells them apart but where it stands: "£ukasz" has a
// currency sign before a small letter, and "Jiøí" a Danish letter before a Czech one, which no western language has.

const (
	// sure is how many signs of one code page, and none of the other, need no word to a person: one sign may be a slip of a
	// finger, and two may be one name that comes twice.
	sure = 3

	// o2 is the ő of Erdős, or the õ of Tõnu; the õ of Simões, before an e, is western.
	o2 = 0xf5

	vowels   = "aeiou\xe1\xe9\xed\xf3\xfa\xfd"
	eastOnly = "\xb3\xb9\xbe\xbf\x9d\x9f" // ł ą ľ ż ť ź, which are ³ ¹ ¾ ¿ (none) Ÿ in the west
	eastBig  = "\xa3\xa5\xaf\xbc\x8d\x8f" // Ł Ą Ż Ľ Ť Ź, which are £ ¥ ¯ ¼ (none) (none)
)

// codePage counts the signs of both code pages in a sample and the byte before it. Where there are none it is Windows-1252, as most lists are.
func codePage(previous byte, sample []byte) (is Encoding, doubt string) {
	var east, west, either int
	var first byte // the first sign of the east
	for i, c := range sample {
		if c < 0x80 {
			continue
		}
		before, after := previous, byte(' ')
		if i > 0 {
			before = sample[i-1]
		}
		if i+1 < len(sample) {
			after = sample[i+1]
		}
		switch {
		case eastern(before, c, after):
			if east++; east == 1 {
				first = c
			}
		case western(before, c, after):
			west++
		case c == o2 && letter(before):
			either++
		}
	}
	switch {
	case east == 0 && west == 0 && either > 0:
		return Windows1252, readings(o2, Windows1252, Windows1250)
	case east == 0:
		return Windows1252, ""
	case east <= west:
		return Windows1252, readings(first, Windows1252, Windows1250)
	case west > 0 || east < sure:
		return Windows1250, readings(first, Windows1250, Windows1252)
	}
	return Windows1250, ""
}

// eastern tells a byte that Windows-1252 would not have where it stands.
func eastern(before, c, after byte) bool {
	switch {
	case strings.IndexByte(eastOnly, c) >= 0: // amid letters: "m³", and the mark of a footnote, stand at a word's end
		return letter(before) && small(after)
	case strings.IndexByte(eastBig, c) >= 0:
		return small(after) && !small(before) || big(before) && big(after)
	case c == 0x9c, c == 0x8c: // ś or Ś, or œ, which no French name has before these
		return strings.IndexByte("klcmwpKLCMWP", after) >= 0
	case c == 0xe6: // the ć of Petrović, or æ
		return before == 'i' && !letter(after)
	case c == 0xe8, c == 0xc8: // the č of Kučera, or è, which French and Italian have before consonants and at a word's end
		return strings.IndexByte(vowels, after) >= 0
	case c == 0xf8: // the ř of Jiří, or ø
		return strings.IndexByte("\xe1\xe9\xed\xfd", after) >= 0
	case c == 0xec, c == 0xf9: // the ě of Němec and the ů of Růžička, or ì and ù, which Italian has at a word's end
		return letter(before) && small(after)
	}
	return false
}

// western tells a byte that Windows-1250 would not have where it stands.
func western(before, c, after byte) bool {
	switch c {
	case 0xf1, 0xd1: // the ñ of Muñoz; Polish writes ń before consonants and at a word's end
		return strings.IndexByte(vowels, after) >= 0
	case 0xe3, 0xf5: // the ã and õ of João and Simões
		return after == 'o' || after == 'e'
	case 0xe5, 0xc5, 0xe0, 0xc0: // å and à, or the ĺ and ŕ of a handful of Slovak words
		return letter(before) || letter(after)
	}
	return false
}

// letter, big and small tell what is a letter in one of the two at least.
func letter(c byte) bool {
	return small(c) || big(c)
}

func big(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 0xc0 && c < 0xdf && c != 0xd7 || strings.IndexByte(eastBig+"\x8a\x8c\x8e", c) >= 0
}

func small(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 0xdf && c != 0xf7 || strings.IndexByte(eastOnly+"\x9a\x9c\x9e", c) >= 0
}

// readings says how a text was read and how else it could be, by one letter: a whole word would be a guest's.
func readings(c byte, is, other Encoding) string {
	pages := map[Encoding]*charmap.Charmap{Windows1250: charmap.Windows1250, Windows1252: charmap.Windows1252}
	return fmt.Sprintf("the file does not say how it is written, and is read as %s; where it has %q now, %s has %q. If names are wrong, save it as CSV UTF-8",
		is, pages[is].DecodeByte(c), other, pages[other].DecodeByte(c))
}
