// Package wordset compares texts by their letters and digits, and keeps the words that are known as sets.
package wordset

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// letters are those that Unicode does not take apart into a letter and its accent.
var letters = strings.NewReplacer("ł", "l", "Ł", "l", "ø", "o", "Ø", "o", "đ", "d", "Đ", "d", "ß", "ss", "æ", "ae",
	"Æ", "ae", "œ", "oe", "Œ", "oe", "ı", "i", "ς", "σ")

// Letters leaves the letters and digits of a text, without case and accents, as headers and names are compared: "Plus
// 1's" is plus1s, "E-Mail" is email.
func Letters(text string) string {
	i := 0
	for i < len(text) && isBare(text[i]) {
		i++
	}
	if i == len(text) {
		return text
	}
	letters := append(make([]byte, 0, len(text)+8), text[:i]...)
	for _, r := range text[i:] {
		if r >= rune(len(Simple)) {
			return decomposed(text)
		}
		letters = append(letters, Simple[r]...)
	}
	return string(letters)
}

// isBare reports whether a byte is a letter or digit that Letters leaves as it is.
func isBare(c byte) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }

// Simple is what Letters leaves of each character of Latin, Greek and Cyrillic, whatever stands beside it.
var Simple = func() (table [0x500]string) {
	for r := range rune(len(table)) {
		table[r] = decomposed(string(r))
	}
	return table
}()

// decomposed is Letters, of any text.
func decomposed(text string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(letters.Replace(text)) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// longestHeld is how long a word is at most that is looked up without a copy of it.
const longestHeld = 48

// Has reports whether a set of words in small letters has a word, whatever its case.
func Has(set map[string]bool, word string) bool {
	var small [longestHeld]byte
	if len(word) > len(small) {
		return set[strings.ToLower(word)]
	}
	for i := range len(word) {
		c := word[i]
		if c >= utf8.RuneSelf {
			return set[strings.ToLower(word)]
		}
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		small[i] = c
	}
	return set[string(small[:len(word)])] // a look that copies nothing
}

// Of returns the set of the words of texts.
func Of(texts ...string) map[string]bool {
	n := 0
	for _, text := range texts {
		n += strings.Count(text, " ") + 1
	}
	m := make(map[string]bool, n) // a map that grows takes thrice the time, and each start makes hundreds
	for _, text := range texts {
		for word := range strings.FieldsSeq(text) {
			m[word] = true
		}
	}
	return m
}

// Words returns a set of words as Letters leaves them.
func Words(words string) map[string]bool {
	list := List(words)
	m := make(map[string]bool, len(list))
	for _, word := range list {
		m[word] = true
	}
	return m
}

// Phrases returns a set of texts, with bars between them, as Letters leaves them.
func Phrases(texts string) map[string]bool {
	m := make(map[string]bool, strings.Count(texts, "|")+1)
	for text := range strings.SplitSeq(texts, "|") {
		m[Letters(text)] = true
	}
	return m
}

// Texts returns a set of texts, with bars between them, as they stand but for their blanks.
func Texts(texts string) map[string]bool {
	m := make(map[string]bool, strings.Count(texts, "|")+1)
	for text := range strings.SplitSeq(texts, "|") {
		m[strings.Join(strings.Fields(text), " ")] = true
	}
	return m
}

// List returns words as Letters leaves them, in their order.
func List(words string) []string {
	list := strings.Fields(words)
	for i, word := range list {
		list[i] = Letters(word)
	}
	return list
}
