package nonname

import (
	"strings"
	"sync"
)

// isPlain reports whether a cell is a single word of the letters A to Z of which none of the tables knows anything, or nothing:
// what most names are, and in place of a name likely nothing else (Likely).
func isPlain(cell string) bool {
	var space [maxPlain]byte
	if len(cell) > maxPlain {
		return false
	}
	for i := range len(cell) {
		c := cell[i] | 0x20
		if c < 'a' || c > 'z' {
			return false
		}
		space[i] = c
	}
	word := space[:len(cell)]
	return !tableWords()[string(word)] && (len(word) <= longJob || !endsLikeKind(string(word)))
}

// isLetters reports whether a cell has nothing but the letters A to Z.
func isLetters(cell string) bool {
	for i := range len(cell) {
		if c := cell[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	return true
}

// maxPlain is how many letters a word has at most that is looked at as a plain one.
const maxPlain = 24

// endsLikeKind reports whether the end of a word may say what it is.
func endsLikeKind(word string) bool {
	return hasJobEnding(word) || strings.HasSuffix(word, "strasse")
}

// tableWords are all words of what Likely compares with.
var tableWords = sync.OnceValue(func() map[string]bool {
	words := map[string]bool{"pan": true, "bay": true}
	add := func(text string) {
		for word := range strings.FieldsSeq(text) {
			words[word] = true
		}
	}
	for _, of := range []map[string]Kind{nouns, starts, wholes, firstCells, pairs} {
		for text := range of {
			add(text)
		}
	}
	for _, of := range []map[string]bool{units, joining, numberWords, numbered, tests, places, repeats, greetings} {
		for text := range of {
			add(text)
		}
	}
	return words
})
