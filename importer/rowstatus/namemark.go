package rowstatus

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"guestflow/importer/headers"
	"guestflow/importer/pattern"
	"guestflow/importer/personname"
	"guestflow/importer/where"
	"guestflow/importer/wordset"
)

// nameMark returns what a name has beside itself that says that its guest may not be meant, as in “Holm — CANCELLED”,
// “Bo (declined)”, “~~Una~~”; "" for a name without such. known reports that it is a word that is known here.
func nameMark(cell string) (mark string, known bool) {
	if isPlainName(cell) {
		if whole, _ := classOf(cell); whole == excludedWord || lowerNotes[cell] || wordset.Has(wholeNotes, cell) {
			return cell, true
		}
		mark = joinedMark(cell)
		return mark, mark != ""
	}
	if text := strings.TrimSpace(cell); len(text) > 4 && strings.HasPrefix(text, "~~") && strings.HasSuffix(text, "~~") {
		return "~~", true
	}
	if at := strings.Index(cell, "</"); at >= 0 && struckTags[strings.ToLower(strings.Trim(cell[at+2:], " >"))] {
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

// joinedMark returns the letters before a name by which people sort rows to the end: zzBo, xxIda, XBo.
func joinedMark(cell string) string {
	if cell == "" || !strings.ContainsRune("xXzZ", rune(cell[0])) {
		return ""
	}
	rest := strings.TrimLeft(cell, "xXzZ")
	first, size := utf8.DecodeRuneInString(rest)
	second, _ := utf8.DecodeRuneInString(rest[size:])
	if unicode.IsUpper(first) && unicode.IsLower(second) {
		return cell[:len(cell)-len(rest)]
	}
	return ""
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

// struckTags are the marks of HTML that draw a line through a text.
var struckTags = wordset.Of("s del strike")

const (
	// ticks are signs with which people tick off a guest, wherever they stand in a name.
	ticks = "✓✔✅☑✗✘✖✕❌❎☒🚫⛔⚠❓❗"
	// marksBefore and marksBehind are those that are one before a name, or behind it, where they point to a footnote.
	marksBefore = "*!¡★☆•·●○◦▪▫■□▶►»→‡"
	marksBehind = "*!★☆‡⁺⁎⁑§¶…¹²³⁴⁵⁶⁷⁸⁹⁰"
	// spacedBefore are signs that are a mark where a blank stands behind them.
	spacedBefore = "-–—+>=~"
)

// boxed is a mark in brackets: [x] Ida, Ida (!), ( ) Ida, or the number of a footnote: Ida [1], Ida 1).
var boxed = pattern.New(`[\[(]\s*[xX!?*+✓-]?\s*[\])]|\[[0-9]{1,2}\]|\s[0-9]{1,2}\)$`)

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
	case strings.ContainsAny(cell, "[()") && boxed.MatchString(cell):
		return boxed.FindString(cell)
	case strings.ContainsRune(marksBefore, first), strings.ContainsRune(spacedBefore, first) && strings.HasPrefix(rest, " "):
		return string(first)
	case strings.ContainsRune(marksBehind, last):
		return string(last)
	case first == '(' && last == ')', first == '[' && last == ']':
		if inner := cell[1 : len(cell)-lastSize]; !strings.ContainsAny(inner, "()[]") {
			return string(first) + "…" + string(last)
		}
	case endsInSigns(cell) != "":
		return endsInSigns(cell)
	case spaced && (strings.EqualFold(word, "zz") || strings.EqualFold(word, "zzz")):
		return word
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

// endsInSigns returns the signs behind a name: Holm ~, Holm ..., Holm #. A single point or comma is a slip.
func endsInSigns(cell string) string {
	if strings.HasSuffix(cell, "...") {
		return "..."
	}
	end := cell[strings.LastIndexByte(cell, ' ')+1:]
	if len(end) == len(cell) || !strings.ContainsAny(end, "~#^=<>-–—_:|\\$%") ||
		strings.ContainsFunc(end, func(r rune) bool { return !unicode.IsPunct(r) && !unicode.IsSymbol(r) }) {
		return ""
	}
	return end
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

var (
	// remarks stand behind a name in brackets or behind a dash, and say that the guest may not be meant any more.
	remarks = wordset.Words(`left ehem ehemalig ehemals ehemalige ehemaliger ex former formerly old alt duplicate duplikat doppelt
		doublon duplicado duplicato dup dupe delete löschen gelöscht deleted remove removed test obsolete ungültig invalid inactive
		inaktiv retired resigned fired ausgeschieden ausgetreten verzogen wrong falsch supprimer doppio dubbel double ancien
		ancienne anciennement exmitglied eliminar borrar verwijderen usunąć radera slet slett poista smazat törölni удалить dublett
		duplikaatti dublet kopia kopie bývalý były była oud före tidigare tidligere бывший копия дубль`)
	// capitalRemarks are those that count behind a name without a sign, in capitals beside a name that is not.
	capitalRemarks = wordset.Of(`DELETE DELETED REMOVE REMOVED DUPLICATE DUPE DUP OLD TEST LÖSCHEN GELÖSCHT DOPPELT DUPLIKAT ALT
		INVALID INACTIVE OBSOLETE LEFT DOUBLON SUPPRIMER ELIMINAR BORRAR DUPLICADO DUPLICATO VERWIJDEREN DUBBEL USUNĄĆ УДАЛИТЬ`)
	// wholeNotes are notes in place of a name.
	wholeNotes = wordset.Of(`warteliste waitlist wartelisten nachrückerliste wachtlijst várólista väntelista venteliste reserviert
		reserved réservé reservado riservato gereserveerd`)
	// lowerNotes are those that with a capital are names too: Frei, Dito.
	lowerNotes   = wordset.Of(`nein löschen ditto dito idem siehe dto desgl desgleichen frei vacant`)
	phrasesAlone = wordset.Phrases(`waiting list|wait list|liste d'attente|lista de espera|lista d'attesa|lista rezerwowa|
		lista oczekujących|s.o.|see above|siehe oben|wie oben|as above|same as above|voir ci-dessus|ver arriba|vedi sopra|zie boven|
		zie hierboven|reserved seat|reservierter platz|freier platz|free seat|empty seat|place libre|place réservée|
		asiento reservado|posto riservato|leerer platz|лист ожидания|см. выше|jak wyżej|j.w.|se ovan|se ovenfor`)
)

// noteStarts are the first words of phrasesAlone: most names are compared no further.
var noteStarts = wordset.Of(`waiting wait liste lista s.o. s. see siehe wie as same voir ver vedi zie reserved reservierter freier
		free empty place asiento posto leerer лист см. jak j.w. se`)

// isRemark reports whether a part of a name is a remark, such as (ehem.), - old or (duplicate). Alt, Anna is a name.
func isRemark(part, cell string) bool {
	if part = strings.TrimSpace(part); len(part) > maxWord || !remarks[wordset.Letters(part)] {
		return false
	}
	return strings.ContainsAny(cell, "([") || part == strings.ToLower(part) || part == strings.ToUpper(part) && cell != strings.ToUpper(cell)
}

// noteAlone reports whether the cell of a name has a note and no name: DO NOT INVITE, Waiting list, s.o.
func noteAlone(cell string) bool {
	if len(cell) > maxWord || !strings.ContainsAny(cell, " .") {
		return false
	}
	if first, _, _ := strings.Cut(cell, " "); noteStarts[strings.ToLower(first)] && phrasesAlone[wordset.Letters(cell)] {
		return true
	}
	whole, _ := classOf(cell)
	return whole == excludedWord
}

// endsInRemark reports whether the last word of a name is a remark in capitals: Holm DELETE.
func endsInRemark(cell string) bool {
	at := strings.LastIndexByte(cell, ' ')
	return at >= 0 && capitalRemarks[cell[at+1:]] && strings.ToUpper(cell[:at]) != cell[:at]
}

// A list that was typed as one keeps its bullets or numbers before the names: “- Ida Holm”, “1. Ida Holm”. They are no part
// of a name. A bullet before some names only may say that these guests are not meant, which is asked (namemark.go).

const (
	bullets       = "•●◦▪▫·‣⁃►▶»→"
	spacedBullets = "-–—*"
)

// CutBullet returns the bullet before a name, and the name.
func CutBullet(cell string) (bullet, name string) {
	if cell == "" || isASCIILetter(rune(cell[0])) {
		return "", ""
	}
	cell = strings.TrimSpace(cell)
	sign, size := utf8.DecodeRuneInString(cell)
	rest := strings.TrimSpace(cell[size:])
	first, _ := utf8.DecodeRuneInString(rest)
	spaced := len(rest) < len(cell)-size
	isBullet := strings.ContainsRune(bullets, sign) || spaced && strings.ContainsRune(spacedBullets, sign)
	if !unicode.IsLetter(first) || !isBullet {
		return "", ""
	}
	return string(sign), rest
}

// bulletCount counts the rows of which the name has a bullet before it.
type bulletCount struct {
	sign     string // of the first one
	rows     int    // that have it
	alone    int    // of them, those whose names have no other mark
	doubtful int    // of these, rows that would become guests
}

// isBulleted reports whether nothing but a bullet marks a name.
func (s *Status) isBulleted() bool { return s.bullet != "" && s.phrase == s.bullet }

func (b *bulletCount) add(r Status, one tally) {
	if b.rows == 0 {
		b.sign = r.bullet
	}
	if r.bullet == "" || r.bullet != b.sign {
		return
	}
	b.rows++
	if r.isBulleted() {
		b.alone++
		b.doubtful += one.doubtful
	}
}

// withoutBullets takes bullets for no mark where each of several rows has the same one: it says nothing of any of them.
func (c *ColumnCounts) withoutBullets(rows int) {
	b := c.bullets
	if rows < 2 || b.rows < rows {
		return
	}
	c.out -= b.alone
	c.Doubtful -= b.doubtful
	c.outRows = slices.DeleteFunc(slices.Clone(c.outRows), func(r outRow) bool { return r.bulleted })
	c.phrases = slices.DeleteFunc(slices.Clone(c.phrases), func(v Value) bool { return v.Text == b.sign })
}
