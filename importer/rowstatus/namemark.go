package rowstatus

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"

	"guestflow/importer/headers"
	"guestflow/importer/pattern"
	"guestflow/importer/personname"
	"guestflow/importer/where"
)

// nameMark returns what a name has beside itself that says that its guest may not be meant, as in “Holm — CANCELLED”,
// “Bo (declined)”, “~~Una~~”; "" for a name without such. known reports that it is a word that is known here.
func nameMark(cell string) (mark string, known bool) {
	if isPlainName(cell) {
		if whole, _ := classOf(cell); whole == excludedWord || lowerNotes[cell] || wholeNotes[strings.ToLower(cell)] {
			return cell, true
		}
		return "", false
	}
	if text := strings.TrimSpace(cell); len(text) > 4 && strings.HasPrefix(text, "~~") && strings.HasSuffix(text, "~~") {
		return "~~", true
	}
	if i := strings.IndexAny(cell, "†✝☠⚰"); i >= 0 {
		return "†", true
	}
	if noteAlone(cell) || endsInRemark(cell) {
		return cell, true
	}
	for _, part := range nameParts(cell) {
		if mark = markOf(part); mark != "" || isRemark(part, cell) {
			return cmp.Or(mark, strings.TrimSpace(part)), true
		}
	}
	if star := starred(cell); star != "" {
		return star, false
	}
	if mark = besideMark(strings.TrimSpace(cell)); mark != "" {
		return mark, true
	}
	return lastWordsMark(cell)
}

// isPlainName reports whether a cell is one word of letters, as most names are.
func isPlainName(cell string) bool {
	return !strings.ContainsFunc(cell, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
}

// nameParts are a name's parts between brackets, strokes, and signs with blanks around them; nothing where it has one only.
func nameParts(cell string) []string {
	if !strings.ContainsAny(cell, "()[]{}<>,;:/|–—-*_=!+（）【】") {
		return nil
	}
	cell = spacedSigns.Replace(" " + cell + " ")
	parts := strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune("()[]{}<>,;:/|–—*_=!+（）【】\x00", r) })
	if len(parts) < 2 {
		return nil
	}
	return parts
}

// spacedSigns are hyphens that are no part of a name.
var spacedSigns = strings.NewReplacer(" - ", "\x00", " -", "\x00", "- ", "\x00", "--", "\x00")

// markOf returns a part of a name where it says that the guest may not be meant.
func markOf(part string) string {
	part = strings.TrimSpace(part)
	if len(part) < 2 || len(part) > maxWord {
		return ""
	}
	whole, before := classOf(where.Fold(part))
	if whole == excludedWord || before == excludedWord || whole == doubtfulWord || notMeantText(part) || whole == negativeWord && isBareNo(part) {
		return part
	}
	return ""
}

// isBareNo reports whether a word that means no is written as people mark a row: NEIN or (no). No is a last name in Korea.
func isBareNo(word string) bool {
	return len(word) > 1 && (word == strings.ToUpper(word) || word == strings.ToLower(word) && word != "no")
}

const (
	// ticks are signs with which people tick off a guest, wherever they stand in a name.
	ticks = "✓✔✅☑✗✘✖✕❌❎☒🚫⛔⚠❓❗"
	// marksBefore and marksBehind are those that are one before a name, or behind it, where they point to a footnote.
	marksBefore = "*!¡★☆•·●○◦▪▫■□▶►»→‡"
	marksBehind = "*!★☆‡⁺⁎⁑§¶"
	// spacedBefore are signs that are a mark where a blank stands behind them.
	spacedBefore = "-–—+>=~"
)

// boxed is a mark in brackets: [x] Ida, Ida (!), ( ) Ida, or the number of a footnote: Ida [1].
var boxed = pattern.New(`[\[(]\s*[xX!?*+✓-]?\s*[\])]|\[[0-9]{1,2}\]`)

// besideMark returns the sign or the letter with which a name is marked: x Ida, *Ida, Ida ✗, NEIN Ida, (Ida).
func besideMark(cell string) string {
	first, size := utf8.DecodeRuneInString(cell)
	last, lastSize := utf8.DecodeLastRuneInString(cell)
	rest := cell[size:]
	word, behind, spaced := strings.Cut(cell, " ")
	switch {
	case !strings.ContainsFunc(cell, unicode.IsLetter):
	case tickIn(cell) >= 0:
		tick, _ := utf8.DecodeRuneInString(cell[tickIn(cell):])
		return string(tick)
	case strings.ContainsAny(cell, "[(") && boxed.MatchString(cell):
		return boxed.FindString(cell)
	case strings.ContainsRune(marksBefore, first), strings.ContainsRune(spacedBefore, first) && strings.HasPrefix(rest, " "):
		return string(first)
	case strings.ContainsRune(marksBehind, last):
		return string(last)
	case first == '(' && last == ')', first == '[' && last == ']':
		if inner := cell[1 : len(cell)-lastSize]; !strings.ContainsAny(inner, "()[]") {
			return string(first) + "…" + string(last)
		}
	case spaced && (word == "x" || word == "xx" || word == "xxx" || strings.EqualFold(word, "x)") || strings.EqualFold(word, "x:")):
		return word
	case strings.HasSuffix(cell, " x"), strings.HasSuffix(cell, " xx"):
		return "x"
	case spaced && len(word) > 1 && len(word) <= maxWord && personname.IsAllCapitals(word) && !personname.IsAllCapitals(behind):
		if whole, _ := classOf(where.Fold(word)); whole == negativeWord {
			return word
		}
	}
	return ""
}

// tickIn returns where a name has a tick, or a negative number.
func tickIn(cell string) int {
	for i, r := range cell {
		if r > unicode.MaxLatin1 && strings.ContainsRune(ticks, r) {
			return i
		}
	}
	return -1
}

// lastWordsMark looks at the last words and the first one of a name without signs: “Ida Holm cancelled”.
func lastWordsMark(cell string) (mark string, known bool) {
	cell = strings.TrimSpace(cell)
	if len(cell) > headers.MaxLength {
		return "", false
	}
	for at, n := len(cell), 0; n < maxReply; n++ {
		if at = strings.LastIndexByte(cell[:at], ' '); at < 0 {
			break
		}
		if whole, _ := classOf(cell[at+1:]); whole == excludedWord {
			return cell[at+1:], true
		}
	}
	first, _, more := strings.Cut(cell, " ")
	if whole, _ := classOf(first); more && whole == excludedWord {
		return first, true
	}
	return "", false
}

// starred returns a note that stands between stars in a name, as in “Holm *VEGAN*”.
func starred(cell string) string {
	from := strings.IndexByte(cell, '*')
	to := strings.LastIndexByte(cell, '*')
	if from < 0 || to < from+2 || !strings.ContainsFunc(cell[from:to], unicode.IsLetter) {
		return ""
	}
	return cell[from : to+1]
}
