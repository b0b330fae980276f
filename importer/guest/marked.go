package guest

import (
	"strings"
	"unicode"

	"guestflow/importer/pattern"
	"guestflow/importer/wordset"
)

// An address is marked by who wants no email to reach it: a copy of a system for tests
// (ida=guests.example@example.com), a person who has left (ZZZida@, ida.OLD@), a form that programs are not to read
// (ida.NOSPAM@). An email would bounce, or reach a stranger.

const (
	markedAddress = "the address is marked, as one that no email is to reach (ZZZ, OLD, NOSPAM, www.); if it is meant, write the guest's own " +
		"address without the mark"
	copiedAddress = "the address is one in another one, with = in place of @, as copies of a system for tests and bounces have it; " +
		"write the guest's own address"
)

var (
	// copiedLocal is an address within the part of another one before its @.
	copiedLocal = pattern.New(`[^=]=[^=]+\.\pL{2,}$`)
	// repeatedCapitals are letters in front that order an address behind all others.
	repeatedCapitals = pattern.New(`^(AAA+|QQQ+|XX+|YYY+|ZZ+)[._-]?[\p{Ll}\d]`)
	repeatedLetters  = pattern.New(`^(x{3,}|z{3,})[._-]?`)
	noSpam           = pattern.New(`(?i)no[._-]?spam|(remove|delete)[._-]?this|spam[._-]?frei|do[._-]?not[._-]?use`)
)

// addressMarks are words that mark an address, in front of it or behind it.
var addressMarks = strings.Fields("old inactive invalid bounced deleted disabled duplicate former archived obsolete unsubscribed blocked removed left alt " +
	"inaktiv ungültig geloescht gelöscht gesperrt ancien inactif supprimé antiguo inactivo vecchio oud gammel gammal")

// marksByStart and marksByEnd are those words by their first and last byte: nearly every address is looked at for them.
var marksByStart, marksByEnd = func() (start, end [256][]string) {
	for _, mark := range addressMarks {
		start[mark[0]] = append(start[mark[0]], mark)
		end[mark[len(mark)-1]] = append(end[mark[len(mark)-1]], mark)
	}
	return start, end
}()

// markProblem says how an address is marked, or "".
func markProblem(local, domain string, g func() fullName) string {
	lower := strings.ToLower(local)
	doubled := len(lower) > 1 && lower[0] == lower[1] // patterns take longer than the rest
	switch {
	case strings.IndexByte(local, '=') > 0 && copiedLocal.MatchString(local):
		return copiedAddress
	case strings.HasPrefix(lower, "www.") && len(lower) > len("www."):
		return markedAddress
	case strings.Contains(lower, "spam") || strings.Contains(lower, "this") || strings.Contains(lower, "use"):
		if at := noSpam.FindStringIndex(local); at != nil && at[1]-at[0] < len(local) && besideMark(local, at[0], at[1], g) {
			return markedAddress
		}
	case doubled && repeatedCapitals.MatchString(local):
		return markedAddress
	}
	if strings.Contains(strings.ToLower(domain), "nospam") {
		return markedAddress
	}
	if doubled {
		if at := repeatedLetters.FindStringIndex(lower); at != nil && besideMark(local, 0, at[1], g) {
			return markedAddress
		}
	}
	if lower != "" && hasMark(local, lower, g) {
		return markedAddress
	}
	return ""
}

// hasMark reports whether an address begins or ends with a word that marks it.
func hasMark(local, lower string, g func() fullName) bool {
	for _, mark := range marksByStart[lower[0]] {
		if strings.HasPrefix(lower, mark) && besideMark(local, 0, len(mark), g) {
			return true
		}
	}
	for _, mark := range marksByEnd[lower[len(lower)-1]] {
		if strings.HasSuffix(lower, mark) && besideMark(local, len(local)-len(mark), len(local), g) {
			return true
		}
	}
	return false
}

// besideMark reports whether a part of an address is a mark, and no part of a name: it is in capitals beside small
// letters, or what is beside it is the guest's own name.
func besideMark(local string, from, to int, g func() fullName) bool {
	mark, rest := strings.Trim(local[from:to], "._-"), strings.Trim(local[:from]+local[to:], "._-")
	if mark == "" || rest == "" {
		return false
	}
	name, letters := g(), wordset.Letters(mark)
	for _, w := range append(name.first[:len(name.first):len(name.first)], name.last...) {
		if strings.HasPrefix(w.letters, letters) || strings.HasPrefix(w.wide, letters) ||
			strings.HasSuffix(w.letters, letters) {
			return false // Oldřich, Harold
		}
	}
	if !strings.ContainsFunc(mark, unicode.IsLower) && strings.ContainsFunc(rest, unicode.IsLower) {
		return true
	}
	return name.isIn(wordset.Letters(rest))
}

// isIn reports whether the letters of an address are made of the name: they begin with the first or last name or its
// initial, and end with the other or have nothing else.
func (n fullName) isIn(letters string) bool {
	first, last := join(n.first), join(n.last)
	wide := func(words []word) (joined string) {
		for _, w := range words {
			joined += w.wide
		}
		return joined
	}
	for _, of := range [...][2]string{{first, last}, {wide(n.first), wide(n.last)}} {
		if a, b := of[0], of[1]; a != "" && letters == a || b != "" && letters == b {
			return true
		} else if a != "" && b != "" &&
			(letters == a+b || letters == b+a || letters == a[:1]+b || letters == b+a[:1] || letters == a+b[:1]) {
			return true
		}
	}
	return false
}
