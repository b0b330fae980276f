package columns

// SplitName splits a full name of a list as the setting has it, and says what is in doubt.
func SplitName(full, surname, header string) (first, last string, doubt NameDoubt) {
	n := splitter{surname: surname, familyFirst: familyFirst[reduce(header)]}.split(full)
	return n.first, n.last, n.doubt
}

// NoteSaysNotMeant reports whether a note says that its guest is not meant.
func NoteSaysNotMeant(note string) bool {
	s, says := textStatus(note)
	return says && s.Out
}
