package rows

import (
	"strings"
	"unicode/utf8"

	"guestflow/importer/wordset"
)

// addressLetters are a row's name, and the part of its address before the @, in the letters that addresses have.
// Several looks at a whole list compare them, so they are made once, beside other rows.
type Letters struct {
	First, Last         string // without accents
	WideFirst, WideLast string // with ä as ae
	Local               string // of the address
}

// addressLettersOf returns those of a row that becomes a guest.
func addressLettersOf(o *Row) Letters {
	local, _, _ := strings.Cut(o.Guest.Email, "@")
	l := Letters{Local: AddressLetters(local)}
	l.First, l.WideFirst = bothLetters(o.Guest.FirstName)
	l.Last, l.WideLast = bothLetters(o.Guest.LastName)
	return l
}

// stepLetters are a name's letters as addresses have them, without accents.
func AddressLetters(name string) string {
	if !isASCII(name) {
		return wordset.Letters(name)
	}
	return strings.Map(asciiLetter, name)
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func asciiLetter(r rune) rune {
	switch {
	case r >= 'a' && r <= 'z':
		return r
	case r >= 'A' && r <= 'Z':
		return r - 'A' + 'a'
	}
	return -1
}

// wide are letters that addresses have as two.
var wide = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "å", "aa", "ø", "oe",
	"Ä", "ae", "Ö", "oe", "Ü", "ue", "Å", "aa", "Ø", "oe")

// wideLetters are stepLetters with ä as ae.
func WideLetters(name string) string { return AddressLetters(wide.Replace(name)) }

// bothLetters returns a name in both ways.
func bothLetters(name string) (plain, wide string) {
	plain = AddressLetters(name)
	if isASCII(name) {
		return plain, plain
	}
	return plain, WideLetters(name)
}

// lettersOf returns a text in both ways, where they differ; none of one letter or less.
func lettersOf(text string) []string { return differing(bothLetters(text)) }

func differing(plain, wide string) (letters []string) {
	if len(plain) > 1 {
		letters = append(letters, plain)
	}
	if wide != plain {
		letters = append(letters, wide)
	}
	return letters
}
