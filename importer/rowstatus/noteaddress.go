package rowstatus

import (
	"strings"

	"guestflow/importer/personname"
)

// anotherAddress stands for an address in a note, which is not shown.
const anotherAddress = "another address"

// addressStatus judges a note by the addresses in it: one that is in no other cell of its row may be the right one.
func addressStatus(note string, cells []string) (s Status, says bool) {
	if len(note) > maxNote || strings.IndexByte(note, '@') < 0 {
		return s, false
	}
	isBetween := func(r rune) bool { return strings.ContainsRune(" \t\r\n<>()[]\"',;:|/", r) }
	for word := range strings.FieldsFuncSeq(note, isBetween) {
		if word = strings.Trim(word, ".!?*"); personname.HasAddress(word) && !hasText(cells, word, note) {
			return Status{Text: note, phrase: anotherAddress, Out: true}, true
		}
	}
	return s, false
}

// hasText reports whether a cell other than the note has a text, in any case.
func hasText(cells []string, text, note string) bool {
	for _, cell := range cells {
		if strings.TrimSpace(cell) != note && strings.Contains(strings.ToLower(cell), strings.ToLower(text)) {
			return true
		}
	}
	return false
}
