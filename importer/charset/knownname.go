package charset

// IsKnownName reports whether a word is one of some ten thousand names of people that are known here, in some 55
// languages.
func IsKnownName(word string) bool {
	folded := string(foldName(word))
	for _, l := range languagesByCode() {
		if l.names[folded] {
			return true
		}
	}
	return false
}
