package nonname

// Slots are those of the vocabulary's table.
const Slots = slots

// VocabularyWords returns how many slots have a word.
func VocabularyWords() (n int) {
	for _, h := range commonWords().hashes {
		if h != 0 {
			n++
		}
	}
	return n
}
