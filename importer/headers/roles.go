package headers

import (
	"strconv"
	"strings"
	"unicode"

	"guestflow/importer/wordset"
)

// Role is what the person is for the list whose name or address a column has.
type Role int

const (
	TheRow     Role = iota // no word says it: the person whom the row is about
	Attending              // who comes
	Paying                 // who has paid, booked or invited
	Companion              // whom a guest brings
	Substitute             // who comes in the guest's place, or in whose place the guest comes
)

// Person is what a header says of the person whose name or address its column has.
type Person struct {
	Who   string // the words for the person, as Letters leaves them; "" for the one whom the row is about
	Role  Role
	Field string // FirstName, LastName, FullName, OtherNames or Email
	Bare  bool   // the header has no word for a field: Partner
}

// personFields are those of which each person of a row has their own.
var personFields = map[string]bool{FirstName: true, LastName: true, FullName: true, OtherNames: true, Email: true}

// IsPersonField reports whether each person of a row has the field.
func IsPersonField(field string) bool { return personFields[field] }

const maxRoleWords = 8

// PersonOf takes a header apart: Attendee First Name, E-Mail (Teilnehmer), Guest 2, 購入者氏名.
func PersonOf(header string) (p Person, is bool) {
	if len(header) > MaxLength {
		return p, false
	}
	words := headerWords(header)
	if len(words) > maxRoleWords || len(words) == 0 {
		return p, false
	}
	rest, number := withoutNumber(words)
	who, rest, found := cutRole(rest)
	if !found {
		p.Field = FieldOf(header)
		return p, personFields[p.Field]
	}
	p.Who, p.Role = who, roleOf(who)
	if p.Field = partOf(rest); personFields[FieldOf(header)] {
		p.Field = FieldOf(header)
	} else if p.Field == "" && len(rest) == 0 {
		p.Field, p.Bare = FullName, true
	}
	if number > 0 {
		p.Who += strconv.Itoa(number)
		if number > 1 && p.Role == Attending {
			p.Role = Companion
		}
	}
	return p, personFields[p.Field] && !p.namesThing() &&
		(!p.Bare || p.Role == Substitute || !noFullName[who] && !endsOpen(header))
}

// namesThing reports whether a header is of the name of a thing, such as a ticket, though a person is called by it too.
func (p Person) namesThing() bool { return p.Field == FullName && p.Who == "ticket" }

// endsOpen reports whether a header names whose guest the row's guest is: Guest of, Gast von, Invité par.
func endsOpen(header string) bool {
	words := Words(header)
	return len(words) > 1 && openEnds[words[len(words)-1]]
}

// openEnds are words behind which the name of another person stands.
var openEnds = wordset.Words(`of from by von vom durch de du des par por da do di van door af av fra från od przez`)

func roleOf(who string) Role {
	switch {
	case attendingWords[who]:
		return Attending
	case companionWords[who]:
		return Companion
	case payingWords[who]:
		return Paying
	case substituteWords[who]:
		return Substitute
	}
	return TheRow
}

// partOf is the field that the other words of a header name.
func partOf(words []string) string {
	name := strings.Join(words, "")
	if field, is := furtherParts[name]; is {
		return field
	}
	if field := fieldOf[name]; personFields[field] {
		return field
	}
	return ""
}

// headerWords are a header's words as Letters leaves them, without those between them. A capital within a word and a
// number begin another one: attendeeFirstName, Guest2.
func headerWords(header string) (words []string) {
	var word strings.Builder
	end := func() {
		if w := wordset.Letters(word.String()); w != "" && !furtherWords[w] {
			words = append(words, w)
		}
		word.Reset()
	}
	before := ' '
	for _, r := range strings.ReplaceAll(header, "+1", " plus one ") {
		switch {
		case r == '-' || r == '.': // E-Mail
			continue
		case !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r):
			end()
		case unicode.IsUpper(r) && unicode.IsLower(before), unicode.IsDigit(r) && unicode.IsLetter(before) &&
			!isOrdinalStart(word.String()):
			end()
			word.WriteRune(r)
		default:
			word.WriteRune(r)
		}
		before = r
	}
	end()
	return words
}

// isOrdinalStart reports whether a digit belongs to the word before it, as in email1.
func isOrdinalStart(word string) bool {
	return strings.EqualFold(word, "email") || strings.EqualFold(word, "mail")
}

// withoutNumber takes the number of a person out of a header's words: Guest 2 Name, Second Guest.
func withoutNumber(words []string) (rest []string, number int) {
	for i, word := range words {
		n, known := ordinals[word]
		known = known && i+1 < len(words) && isRole(words[i+1])
		if parsed, err := strconv.Atoi(word); !known && err == nil && parsed > 0 && parsed < 1000 {
			n, known = parsed, true
		}
		if known && number == 0 {
			number = n
			continue
		}
		rest = append(rest, word)
	}
	if len(rest) == 0 || number > 0 && len(rest) > 0 && rest[0] == "plus" { // plus one
		return words, 0
	}
	return rest, number
}

func isRole(word string) bool {
	_, is := roleWord(word)
	return is
}

// PersonWords are the words of a header without the number of a person.
func PersonWords(header string) []string {
	words, _ := withoutNumber(headerWords(header))
	return words
}

// RoleIn returns the role that a word of a header names.
func RoleIn(header string) (r Role, found bool) {
	who, _, found := cutRole(PersonWords(header))
	return roleOf(who), found
}

// cutRole cuts the longest word for a person out of a header's words, which may be a part of one of them.
func cutRole(words []string) (who string, rest []string, found bool) {
	for n := min(len(words), 3); n > 0; n-- {
		for i := 0; i+n <= len(words); i++ {
			if name, is := roleWord(strings.Join(words[i:i+n], "")); is {
				return name, append(append([]string{}, words[:i]...), words[i+n:]...), true
			}
		}
	}
	if len(words) == 1 {
		if who, part, is := cutCompound(words[0]); is {
			return who, []string{part}, true
		}
	}
	return "", words, false
}

// roleWord returns a word for a person, without the s of a genitive.
func roleWord(word string) (string, bool) {
	if roleOf(word) != TheRow {
		return word, true
	}
	word, is := strings.CutSuffix(word, "s")
	return word, is && len(word) > 2 && roleOf(word) != TheRow
}

// cutCompound cuts a word into one for a person and the name of a field: Gastname, Käufervorname, 参加者氏名.
func cutCompound(word string) (who, part string, is bool) {
	for i := range word {
		if i == 0 {
			continue
		}
		for _, pair := range [][2]string{{word[:i], word[i:]}, {word[i:], word[:i]}} {
			name := strings.Trim(pair[1], "の的의")
			if role, known := roleWord(strings.Trim(pair[0], "の的의")); known && name != "" && partOf([]string{name}) != "" {
				return role, name, true
			}
		}
	}
	return "", "", false
}
