// Package wordset compares texts by their letters and digits, and keeps the words that are known as sets.
package wordset

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// letters are those that Unicode does not take apart into a letter and its accent.
var letters = strings.NewReplacer("ł", "l", "Ł", "l", "ø", "o", "Ø", "o", "đ", "d", "Đ", "d", "ß", "ss", "æ", "ae",
	"Æ", "ae", "œ", "oe", "Œ", "oe", "ı", "i", "ς", "σ")

// Letters leaves the letters and digits of a text, without case and accents, as headers and names are compared: "Plus
// 1's" is plus1s, "E-Mail" is email.
func Letters(text string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(letters.Replace(text)) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// Of returns the set of the words of texts.
func Of(texts ...string) map[string]bool {
	m := map[string]bool{}
	for _, text := range texts {
		for word := range strings.FieldsSeq(text) {
			m[word] = true
		}
	}
	return m
}

// Words returns a set of words as Letters leaves them.
func Words(words string) map[string]bool {
	m := map[string]bool{}
	for _, word := range List(words) {
		m[word] = true
	}
	return m
}

// Phrases returns a set of texts, with bars between them, as Letters leaves them.
func Phrases(texts string) map[string]bool {
	m := map[string]bool{}
	for text := range strings.SplitSeq(texts, "|") {
		m[Letters(text)] = true
	}
	return m
}

// Texts returns a set of texts, with bars between them, as they stand but for their blanks.
func Texts(texts string) map[string]bool {
	m := map[string]bool{}
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
