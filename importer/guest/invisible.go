package guest

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"guestflow/importer/columns"
)

// Refine takes out of a cell what was never meant to be in it: what makes a spreadsheet keep it as text, and characters
// that show nothing.
func Refine(cell, field string) string {
	if cell == "" || !strings.ContainsRune("='-._", rune(cell[0])) && plain(cell) {
		return cell
	}
	if cell = stripInvisible(unwrapForcedText(cell, field)); isDash(cell) && dashFields[field] {
		return ""
	}
	return cell
}

// dashFields are those in which a dash says that there is nothing.
var dashFields = map[string]bool{
	columns.FirstName: true, columns.LastName: true, columns.OtherNames: true, columns.FullName: true,
	columns.Barcode: true, columns.CustomID: true,
	columns.Tags: true,
}

func isDash(cell string) bool { return cell != "" && strings.Trim(cell, "-–—._ ") == "" }

// stripInvisible removes the characters that show nothing: zero-width blanks, soft hyphens, direction marks, byte order
// marks, fillers. They come along when names are copied from pages and mails, and make two guests of one. Joiners stay
// between letters and signs that they join, as in Persian and in some emoji, where they are seen.
func stripInvisible(s string) string {
	if plain(s) || !strings.ContainsFunc(s, isInvisible) {
		return s
	}
	var b strings.Builder
	before := rune(0)
	for i, r := range s {
		if isInvisible(r) && !isJoiner(before, r, s[i+utf8.RuneLen(r):]) {
			continue
		}
		if r == utf8.RuneError { // or what is no UTF-8, which check.text finds
			_, size := utf8.DecodeRuneInString(s[i:])
			b.WriteString(s[i : i+size])
		} else {
			b.WriteRune(r)
		}
		before = r
	}
	return b.String()
}

// isInvisible reports whether a character shows nothing by itself. Blanks are seen, and signs before Arabic numbers.
func isInvisible(r rune) bool {
	switch {
	case r < ' ' && r != 0, r == 0x7f:
		return !unicode.IsSpace(r)
	case r < utf8.RuneSelf:
		return false
	case r == '\u034f', r == '\u115f', r == '\u1160', r == '\u17b4', r == '\u17b5', r == '\u2800', r == '\u3164',
		r == '\uffa0',
		isVariant(r):
		return true
	}
	return unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r)
}

// isVariant reports whether a character chooses the look of the one before.
func isVariant(r rune) bool { return r >= '\ufe00' && r <= '\ufe0f' || r >= 0xe0100 && r <= 0xe01ef }

// isJoiner reports whether an unseen character has something to join or to tag.
func isJoiner(before, r rune, rest string) bool {
	after := rune(0)
	for _, after = range rest {
		if !isInvisible(after) {
			break
		}
	}
	switch {
	case isVariant(r):
		return isSymbol(before) || unicode.In(before, unicode.Han, unicode.Mongolian)
	case r == '\u200d' && isSymbol(before):
		return isSymbol(after)
	case r == '\u200c', r == '\u200d':
		return isCursive(before) && isCursive(after)
	}
	return r >= 0xe0020 && r <= 0xe007f && (before == 0x1f3f4 || before >= 0xe0020 && before <= 0xe007f) // a flag
}

func isSymbol(r rune) bool { return r == '\ufe0f' || unicode.In(r, unicode.So, unicode.Sk) }

// isCursive reports whether a letter's look depends on its neighbours.
func isCursive(r rune) bool {
	return unicode.In(r, unicode.L, unicode.M) &&
		!unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Armenian, unicode.Georgian,
			unicode.Hebrew, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo, unicode.Inherited,
			unicode.Thai)
}

// unwrapForcedText takes off what makes a spreadsheet keep a cell as text: ="00126" and =T("00126") for any, and for
// codes '00126 and =00126.
func unwrapForcedText(cell, field string) string {
	cell = strings.TrimSpace(cell)
	for _, around := range [][2]string{{`="`, `"`}, {`=T("`, `")`}} {
		text, begins := strings.CutPrefix(cell, around[0])
		text, ends := strings.CutSuffix(text, around[1])
		if begins && ends && !strings.Contains(text, `"`) {
			return text
		}
	}
	switch field {
	case columns.Barcode, columns.CustomID, columns.Key, columns.PlusOnes, columns.PartySize, columns.ValidFrom,
		columns.ValidTo:
		if text, is := strings.CutPrefix(cell, "'"); is && text != "" && !strings.Contains(text, "'") && text[0] >= '0' &&
			text[0] <= '9' {
			return text
		}
		if text, is := strings.CutPrefix(cell, "="); is && text != "" && strings.Trim(text, "0123456789") == "" {
			return text
		}
	}
	return cell
}
