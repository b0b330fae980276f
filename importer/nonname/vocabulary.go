package nonname

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"guestflow/importer/wordset"
)

// vocabularyLists are common words of some languages, as its first lines say.
//
//go:embed vocabulary.txt
var vocabularyLists string

// vocabulary has the words by their hashes: of a hundred thousand unknown words one has the hash of another.
type vocabulary struct {
	hashes []uint32 // 0: an empty slot
	uses   []use
}

// use is in which languages a word is common, a bit each, and as what.
type use uint16

const (
	functionWord use = 1 << 15 // of, noch, ancora
	alsoName     use = 1 << 14 // Rose, Klein
	inLanguages  use = alsoName - 1

	maxLanguages = 14 // bits

	slots = 1 << 16
)

// hashOf is FNV-1a of a word in small letters, without apostrophes. One letter is taken at a time, so that no word has to be copied.
func hashOf(word string) uint32 {
	h := uint32(2166136261)
	for _, r := range word {
		switch {
		case r == '\'', r == '’':
			continue
		case r >= 'A' && r <= 'Z':
			r |= 0x20
		case r >= utf8.RuneSelf:
			r = unicode.ToLower(r)
		}
		h = (h ^ uint32(r)) * 16777619
	}
	return max(h^h>>15, 1)
}

// slot returns where the table has a hash, or where it would.
func (v *vocabulary) slot(h uint32) uint32 {
	i := h % slots
	for v.hashes[i] != h && v.hashes[i] != 0 {
		i = (i + 1) % slots
	}
	return i
}

func (v *vocabulary) add(word string, u use) {
	h := hashOf(word)
	i := v.slot(h)
	v.hashes[i] = h
	v.uses[i] |= u
}

// use returns what a word is.
func (v *vocabulary) use(word string) use { return v.uses[v.slot(hashOf(word))] }

var commonWords = sync.OnceValue(func() *vocabulary {
	v := &vocabulary{hashes: make([]uint32, slots), uses: make([]use, slots)}
	bit := map[string]use{"names": alsoName}
	for line := range strings.Lines(vocabularyLists) {
		code, words, _ := strings.Cut(line, " ")
		language, holds := strings.CutSuffix(code, "+")
		if language == "#" {
			continue
		}
		if bit[language] == 0 {
			bit[language] = 1 << (len(bit) - 1)
		}
		u := bit[language]
		if holds {
			u |= functionWord
		}
		for word := range strings.FieldsSeq(words) {
			v.add(word, u)
			if len(word) > utf8.RuneCountInString(word) {
				v.add(wordset.Letters(word), u) // as people write it who have no accents
			}
		}
	}
	for word := range strings.FieldsSeq("tba tbc tbd rsvp asap") { // of all languages
		v.add(word, inLanguages|functionWord)
	}
	return v
})
