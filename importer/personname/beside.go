package personname

import (
	"slices"
	"strings"
	"unicode"
)

// Rest returns what a full name has beside one of its parts, or "" where that is not at one of its ends.
func Rest(full, part string) string {
	for _, last := range []bool{true, false} {
		if rest := Without(full, part, last); rest != full {
			return rest
		}
	}
	if strings.ContainsFunc(full, func(r rune) bool {
		return !unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana)
	}) {
		return ""
	}
	if rest, is := strings.CutPrefix(full, part); is { // names without blanks
		return rest
	}
	rest, _ := strings.CutSuffix(full, part)
	if rest == full {
		return ""
	}
	return rest
}

// Without takes the other part out of a name that has both, and leaves any other name as it is.
func Without(name, other string, last bool) string {
	words, known := strings.Fields(name), strings.Fields(other)
	if before, after, comma := strings.Cut(name, ","); comma && len(known) > 0 {
		if last && equalWords(strings.Fields(before), known) {
			return join(strings.Fields(after))
		}
		if !last && equalWords(strings.Fields(after), known) {
			return join(strings.Fields(before))
		}
	}
	rest := len(words) - len(known)
	switch {
	case len(known) == 0 || rest <= 0:
	case last && equalWords(words[rest:], known):
		return join(words[:rest])
	case !last && equalWords(words[:len(known)], known):
		return join(words[len(known):])
	}
	return name
}

// HaveSameWords reports whether two cells have the same words in whatever order: Berg Tom and Tom Berg.
func HaveSameWords(one, other string) bool {
	a, b := strings.Fields(strings.ToLower(one)), strings.Fields(strings.ToLower(other))
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

func equalWords(a, b []string) bool { return slices.EqualFunc(a, b, strings.EqualFold) }

// SplitsOneWay reports whether a full name can only be split in one way: two words, or a comma between its parts.
func SplitsOneWay(full string) bool {
	return strings.Count(full, ",") == 1 || !strings.Contains(full, ",") && len(strings.Fields(full)) == 2
}

// NamesLast reports whether a cell of first names has the last name too: Ida Holm beside Holm.
func NamesLast(first, last string) bool { return last != "" && Without(first, last, true) != first }

// NamesFirst reports whether a cell of last names has the first name too: Ida Holm beside Ida. Ben David is a last name beside
// Ben.
func NamesFirst(last, first string) bool {
	return first != "" && !isParticle(first) && Without(last, first, false) != last
}
