package guest

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"guestflow/importer/columns"
	"guestflow/importer/wordset"
)

// A program that takes a text for another encoding's leaves signs where letters were: M³ller, £ukasz, G|ran, AndrÚ. No
// name of any language has such a sign beside its letters, so the row is refused; a capital there may be meant, and the
// row is warned of.

const (
	misplacedSign = "a sign stands beside the letters of the name that no name has, such as ³, £, _ or |; a letter was lost or " +
		"misread when the list was saved: write the name as it is"
	mixedLetters = "the name mixes letters of two alphabets, as when a text was taken for another encoding's; write the name " +
		"as it is"
	markedDead = "the name has a cross or a dagger, as is written of a person who has died; see whether the guest is meant, and " +
		"take it out of the name if so"
	lookalikes = "the name has letters of another alphabet that look like Latin ones, and is another name to a search"
	styled     = "the name is written in signs that only look like letters; programs and readers may show it as boxes"
	oddCapital = "a capital with an accent stands amid small letters, as when a letter was misread (AndrÚ for André); " +
		"see that the name is right"
	oddDigit = "a digit stands amid the letters of the name; see that the name is right"
)

// misplaced refuses or warns of a name by the signs and letters that stand beside its letters.
func (c *check) misplaced(field, name string) {
	if plainName(name) {
		return
	}
	switch {
	case strings.ContainsAny(name, "†✝✞✟"):
		c.add(BadName, field, markedDead)
	case hasMisplacedSign(name):
		c.add(NotUTF8, field, misplacedSign)
	case hasDigitAmid(name):
		c.warn(OddName, field, oddDigit)
	case plain(name):
	case strings.ContainsFunc(name, isStyled):
		c.warn(OddName, field, styled)
	default:
		c.alphabets(field, name)
	}
}

// plainName reports whether a name has nothing but letters, blanks, hyphens, points and apostrophes of ASCII.
func plainName(name string) bool {
	for i := range len(name) {
		if b := name[i]; b|0x20 < 'a' && b != ' ' && b != '-' && b != '.' && b != '\'' || b|0x20 > 'z' {
			return false
		}
	}
	return true
}

// alphabets looks at words with letters of several alphabets, and at capitals amid small letters.
func (c *check) alphabets(field, name string) {
	for word := range strings.FieldsFuncSeq(name,
		func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
		switch mixed, looks := mixesAlphabets(word); {
		case mixed && looks:
			c.warn(OddName, field, lookalikes)
			return
		case mixed:
			c.add(NotUTF8, field, mixedLetters)
			return
		case hasOddCapital(word):
			c.warn(OddText, field, oddCapital)
			return
		}
	}
}

const (
	// neverBeside are signs that stand beside no letter of a name.
	neverBeside = "¢£¤¥¦§¨©¬®¯±²³¶¸¹¼½¾×÷ˆˇ˘˙˚˛˜˝€™‰‡•‹›‚#^~\\¡"
	// neverAmid are signs that may stand before or behind a word, and not within it.
	neverAmid = "ªº°„¿_|$[]{}<>%…"
	// neverFirst are those of the latter that begin no word.
	neverFirst = "ªº°_$%"
)

// hasMisplacedSign reports whether a sign stands beside a name's letters, or amid them, that no name has there.
func hasMisplacedSign(name string) bool {
	before := ' '
	for i, r := range name {
		after, _ := utf8.DecodeRuneInString(name[i+utf8.RuneLen(r):])
		left, right := isNameLetter(before), isNameLetter(after)
		switch {
		case r < utf8.RuneSelf && unicode.IsLetter(r), r == ' ':
		case strings.ContainsRune(neverBeside, r), isDrawing(r):
			if left || right {
				return true
			}
		case r == 'ª' && (before == 'M' || before == 'm'): // Mª José is María José
		case left && right && strings.ContainsRune(neverAmid, r) && !isPaired(name, r):
			return true
		case right && !left && strings.ContainsRune(neverFirst, r) && !isPaired(name, r):
			return true
		case r == 'µ' && (left && before < 0x250 || right && after < 0x250):
			return true
		}
		before = r
	}
	return false
}

// isPaired reports whether a sign is one of those that enclose a text.
func isPaired(name string, r rune) bool {
	switch r {
	case '[', ']':
		return strings.Count(name, "[") == strings.Count(name, "]")
	case '{', '}':
		return strings.Count(name, "{") == strings.Count(name, "}")
	case '<', '>':
		return strings.Count(name, "<") == strings.Count(name, ">")
	case '%':
		return strings.Count(name, "%") > 1
	}
	return false
}

func isNameLetter(r rune) bool {
	return unicode.IsLetter(r) && r != 'ª' && r != 'º' || unicode.IsMark(r)
}

// isDrawing reports whether a sign is one for drawing or mathematics, which encodings have and names have not.
func isDrawing(r rune) bool { return r >= 0x2190 && r < 0x2600 || r >= 0x80 && r < 0xa0 }

// isStyled reports whether a sign is a letter in a style of mathematics, in a circle or the like.
func isStyled(r rune) bool {
	return r >= 0x1d400 && r < 0x1d800 || r >= 0x1f110 && r < 0x1f1a0 || r >= 0x24b6 && r < 0x24ea
}

// hasDigitAmid reports whether a digit stands between two letters.
func hasDigitAmid(name string) bool {
	for i := 1; i < len(name)-1; i++ {
		if name[i] < '0' || name[i] > '9' {
			continue
		}
		before, _ := utf8.DecodeLastRuneInString(name[:i])
		after, _ := utf8.DecodeRuneInString(name[i+1:])
		if unicode.IsLetter(before) && unicode.IsLetter(after) {
			return true
		}
	}
	return false
}

// mixesAlphabets reports whether a word has letters of the Latin alphabet and of another one that looks like it, and
// whether all of one of them look like the other's.
func mixesAlphabets(word string) (mixed, looks bool) {
	latin, other, looks := false, false, true
	for _, r := range word {
		switch {
		case unicode.Is(unicode.Latin, r):
			latin = true
		case unicode.In(r, unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Coptic, unicode.Cherokee):
			other = true
			looks = looks && strings.ContainsRune(latinLooks, unicode.ToLower(r))
		}
	}
	if latin && other && !looks {
		looks = !strings.ContainsFunc(word, func(r rune) bool {
			return unicode.Is(unicode.Latin, r) && !strings.ContainsRune("aeiopcyxkmhtbsjABEIKMHOPCTXSJ", r)
		})
	}
	return latin && other, looks
}

// camelStarts are words that are joined with a name which keeps its capital.
var camelStarts = wordset.Texts("mc|mac|de|del|della|di|da|do|du|le|la|van|von|fitz|ben|al|el|ap|san|st|den|der")

// hasOddCapital reports whether a capital of western encodings stands behind small letters, of a word that begins with
// a capital, or behind that capital alone. Small letters alone stand before the capital in Irish (Ó hÉigeartaigh).
func hasOddCapital(word string) bool {
	first, size := utf8.DecodeRuneInString(word)
	before := rune(0)
	for i, r := range word {
		if r < 'À' || r > 'Þ' || r == '×' || i == 0 {
			before = r
			continue
		}
		rest := word[i+utf8.RuneLen(r):]
		behindSmall := unicode.IsLower(before) && (unicode.IsUpper(first) || utf8.RuneCountInString(word[:i]) > 2) &&
			!camelStarts[strings.ToLower(word[:i])]
		behindFirst := i == size && unicode.IsUpper(first) && len(rest) > 1 && rest == strings.ToLower(rest)
		if behindSmall || behindFirst {
			return true
		}
		before = r
	}
	return false
}

// apostrophes takes the apostrophe off a name that a spreadsheet has put before each text of the row, which its address
// shows, and warns of one that may be meant: 't Hooft and 's-Gravenhage are names.
func (c *check) apostrophes(r *Record) {
	if !strings.HasPrefix(r.FirstName, "'") && !strings.HasPrefix(r.LastName, "'") {
		return
	}
	marked := len(r.Email) > 1 && r.Email[0] == '\'' && strings.Count(r.Email, "'") == 1
	for field, name := range map[string]*string{columns.FirstName: &r.FirstName, columns.LastName: &r.LastName} {
		rest, is := strings.CutPrefix(*name, "'")
		first, size := utf8.DecodeRuneInString(rest)
		switch {
		case !is || strings.HasSuffix(rest, "'") || !unicode.IsUpper(first) || len(rest) == size:
		case marked:
			*name = rest
			c.warn(OddName, field, "the apostrophe before the name, with which a spreadsheet marks a text, was taken off")
		default:
			c.warn(OddName, field,
				"the name begins with an apostrophe, with which a spreadsheet marks a text; take it off if it is "+
					"no part of the name")
		}
	}
}

func asciiLetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }
