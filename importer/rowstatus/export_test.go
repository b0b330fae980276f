package rowstatus

// NoteSaysNotMeant reports whether a note says that its guest is not meant.
func NoteSaysNotMeant(note string) bool {
	s, says := textStatus(note)
	return says && s.Out
}
