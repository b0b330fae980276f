package guest

import (
	"strings"

	"guestflow/importer/charset"
	"guestflow/importer/pattern"
)

// escapedLetter is a letter beyond ASCII as programs write it for others, which nothing has decoded: of a mail, a link,
// JSON, HTML, or UTF-7.
var escapedLetter = pattern.New(`=\?|\pL=[0-9A-Fa-f]{2}|^=[0-9A-F]{2}=|%[0-9A-Fa-f]{2}|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|&#?[0-9a-zA-Z]{2,8};|\+[A-Za-z0-9+/]{3,}-`)

// lostLetters refuses a name that has something else in place of a letter: the question mark that a program writes for
// a letter that its encoding does not have, or what it writes for another program. It reports whether it has.
func (c *check) lostLetters(field, name string) bool {
	switch {
	case !strings.ContainsAny(name, `?=%\&+¿`):
		return false
	case isDoubted(name):
		c.add(BadName, field, "the name has a question mark behind it, as people write it where they are not sure, or is a question; write the name as it is")
	case strings.Contains(name, "?") && !strings.Contains(name, "=?"):
		c.add(NotUTF8, field, "the name has a question mark, as programs write it for a letter that they do not know; write the name as it is")
	case strings.Contains(name, "ï¿½"), escapedLetter.MatchString(name):
		c.add(NotUTF8, field, "letters of the name are lost, or written for another program (J=C3=B6rg, J%F6rg); write the name as it is")
	default:
		return false
	}
	return true
}

// isDoubted reports whether a name ends in a question mark that stands for no letter: Holm?, Ida (?), Any questions? Of Jos? a letter is
// lost.
func isDoubted(name string) bool {
	bare, is := strings.CutSuffix(strings.Trim(name, "()[] "), "?")
	bare = strings.TrimRight(bare, "?")
	if !is || strings.Contains(bare, "?") {
		return false
	}
	trimmed := strings.TrimRight(bare, "([ ")
	return trimmed != bare || strings.Count(trimmed, " ") > 1 || charset.IsKnownName(trimmed)
}
