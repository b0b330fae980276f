package guest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"guestflow/importer/columns"
	"guestflow/importer/pattern"
	"guestflow/importer/wordset"
	"guestflow/qflow"
)

// companions reads the number of those who come along: by itself, or as one less than the size of the party.
func (c *check) companions(r *Record, g *qflow.Guest) {
	if r.PlusOnes != "" || r.PartySize == "" {
		g.PlusOnes = c.plusOnes(r.PlusOnes, g)
		return
	}
	n, problem := partyOf(r.PartySize)
	if problem == "" && n == 0 {
		problem = "a party of none: no one comes, or the column counts only those who come along (plus_ones)"
	}
	if problem != "" {
		c.add(BadPlusOnes, columns.PartySize, problem)
		return
	}
	g.PlusOnes = n - 1
}

// partyOf reads the size of a party: a number, or several to be added, as of {{Adults}} + {{Children}}.
func partyOf(s string) (n int, problem string) {
	if !strings.Contains(s, " + ") && !strings.HasPrefix(s, "+ ") && !strings.HasSuffix(s, " +") {
		n, _, problem = countPeople(s)
		return n, problem
	}
	for part := range strings.SplitSeq(s, "+") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		count, _, unread := countPeople(part)
		if n += count; unread != "" {
			return 0, unread
		}
	}
	return n, ""
}

// plusOnes takes a number, a yes for one, or the name of the one who comes along, which goes to the notes.
func (c *check) plusOnes(s string, g *qflow.Guest) int {
	if s == "" {
		return 0
	}
	n, note, problem := countPeople(s)
	if problem != "" {
		n, note, problem = answeredCompanions(s, problem)
	}
	if problem != "" && c.Columns.IsChosen(columns.PlusOnes) && oneName(s) {
		n, note, problem = 1, s, ""
	}
	if problem != "" {
		c.add(BadPlusOnes, columns.PlusOnes, problem)
		return 0
	}
	if note != "" {
		if g.Notes != "" {
			g.Notes += "; "
		}
		g.Notes += "Plus one: " + note
	}
	return n
}

// answeredCompanions reads an answer: yes for one, no, or a name.
func answeredCompanions(s, problem string) (n int, note, unread string) {
	word := strings.ToLower(s)
	if yes, known := flags[word]; known {
		if yes {
			return 1, "", ""
		}
		return 0, "", ""
	}
	// Yes (Anna Schmidt), Yes, 2
	if answer, rest, is := strings.Cut(word, " "); is && flags[strings.Trim(answer, ",:-–(")] {
		about := strings.Trim(s[len(s)-len(rest):], " ,:-–()")
		if n, note, problem := countPeople(about); problem == "" && n > 0 {
			return n, note, ""
		}
		s = about
	}
	switch {
	case noCompanions[word]:
		return 0, "", ""
	case onePerson(s):
		return 1, s, ""
	}
	return 0, "", problem
}

// counted is a number with what it counts, or with a remark: 2 guests, 1 (wife), plus one, 2名.
var counted = pattern.New(`^(?:\+ ?|plus[ -])?([0-9]{1,4}|\pL+)[ x]*(?:\(([^()]*)\)|[-–:] *(\pL[^-–:()0-9]*)|(\pL+)\.?)?$`)

// dayOfMonth is what a spreadsheet shows where 1-2 or 1/2 was typed.
var dayOfMonth = pattern.New(`^[0-9]{1,2}[-./](\pL{3,})\.?$`)

// countPeople reads a number in digits or in words. note is a remark behind it.
func countPeople(s string) (n int, note, problem string) {
	s = asciiDigits(s)
	if n, problem = wholeNumber(s); problem == "" {
		return n, "", ""
	}
	parts := counted.FindStringSubmatch(strings.ToLower(s))
	if parts == nil {
		return 0, "", problem
	}
	if day := dayOfMonth.FindStringSubmatch(s); day != nil && monthNamed(day[1]) > 0 {
		return 0, "", "a spreadsheet has made a date of the number, such as 02-Jan of 1-2; write the number"
	}
	n, known := numberWords[withoutCounter(parts[1])]
	if !known {
		var unread string
		if n, unread = wholeNumber(parts[1]); unread != "" {
			return 0, "", problem
		}
	}
	remark := cmp.Or(parts[2], parts[3])
	if countsGuestToo(remark) || parts[4] != "" && !units[parts[4]] {
		return 0, "", problem
	}
	if n != 1 { // a remark on one is who it is
		return n, "", ""
	}
	if at := strings.Index(strings.ToLower(s), remark); remark != "" && at >= 0 && len(strings.ToLower(s)) == len(s) {
		remark = s[at : at+len(remark)]
	}
	return n, strings.TrimSpace(remark), ""
}

// withoutCounter takes the sign off that counts people in Chinese, Japanese and Korean: 一名.
func withoutCounter(word string) string {
	if r, size := utf8.DecodeLastRuneInString(word); size < len(word) && strings.ContainsRune("名人位個명분", r) {
		return word[:len(word)-size]
	}
	return word
}

// countsGuestToo reports whether a remark may say that the guest is one of the number, or that it is not certain.
func countsGuestToo(remark string) bool {
	return strings.ContainsAny(remark, "0123456789?+/&") ||
		slices.ContainsFunc(strings.FieldsFunc(remark, func(r rune) bool { return !unicode.IsLetter(r) }),
			func(word string) bool { return uncertainRemarks[word] })
}

var (
	uncertainRemarks = wordset.Of(`incl including inclusive included inc with me myself self total all maybe tbc tbd
		possibly or and plus inkl inklusive mit mir selbst insgesamt gesamt eventuell evtl vielleicht oder und
		compris inclus moi total peut ou et incluido incluida conmigo yo quizás o y incluso me forse ed e
		inclusief mij misschien of en ze mną może lub i`)
	// units are what is counted, behind a number.
	units = wordset.Of(`guest guests person persons people pers plus pax adult adults companion companions other others
		more extra gast gäste gästen person personen begleitperson begleitpersonen begleiter weitere weiterer
		invité invités personne personnes accompagnant accompagnants invitado invitados persona personas acompañante
		acompañantes ospite ospiti persone accompagnatore accompagnatori convidado convidados pessoa pessoas acompanhante
		acompanhantes gasten persoon personen introducé introducés osoba osoby osób gość goście gości gäster personer gæst
		gæster gjest gjester henkilö henkilöä vieras vierasta osob hosté hostů hostia hostí fő vendég persoane invitați kişi
		misafir άτομο άτομα человек человека гость гостя гостей люди особа особи осіб 名 人 位 명 분 個`)
	noCompanions = wordset.Texts(`none|no one|nobody|zero|just me|only me|myself|alone|solo|keine|keiner|kein|niemand|allein|
		alleine|nur ich|aucun|aucune|personne|seul|seule|sans|ninguno|ninguna|nadie|sola|geen|alleen|nessuno|nessuna|da solo|
		da sola|nenhum|nenhuma|ninguém|sozinho|sozinha|brak|żadna|żaden|nikt|sam|sama|ingen|inga|ensam|alene|ei ketään|yksin|
		nikdo|žádný|žádné|nikto|žiadny|nincs|senki|egyedül|niciunul|nimeni|singur|singură|yok|κανένας|κανείς|μόνος|μόνη|
		никого|немає|لا أحد|אף אחד|なし|無し|无|沒有|没有|없음`)
	numberWords = func() map[string]int {
		m := map[string]int{}
		for n, words := range []string{
			"zero null nul noll nolla nula nulla ноль нуль صفر אפס 零",
			`one ein eins eine einer einen un une uno una um uma één een jeden jedna jedno en ett et én yksi egy unu bir ένας μία
				ένα один одна одне واحد אחד אחת 一 하나 한`,
			"two zwei deux dos due dois duas twee dwa dwie två to kaksi dva dvě dve kettő két doi două iki δύο два две дві اثنان שניים שתיים שני 二 两 둘 두",
			"three drei trois tres tre três drie trzy kolme tři tri három trei üç τρεις τρία три ثلاثة שלושה שלוש 三 셋 세",
			"four vier quatre cuatro quattro quatro cztery fyra fire neljä čtyři štyri négy patru dört τέσσερις τέσσερα четыре чотири أربعة ארבעה ארבע 四 넷",
			"five fünf cinq cinco cinque vijf pięć fem viisi pět päť öt cinci beş πέντε пять п'ять خمسة חמישה חמש 五 다섯",
			"six sechs seis sei zes sześć sex seks kuusi šest šesť hat șase altı έξι шесть шість ستة שישה שש 六 여섯",
		} {
			for word := range strings.FieldsSeq(words) {
				m[word] = n
			}
		}
		return m
	}()
)

// set is the words of a text.
// asciiDigits writes the digits of other scripts as those of ASCII.
func asciiDigits(s string) string {
	if plain(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		for _, zero := range []rune{'０', '٠', '۰', '०'} {
			if r >= zero && r <= zero+9 {
				return '0' + r - zero
			}
		}
		if r == '＋' {
			return '+'
		}
		return r
	}, s)
}

// notNames are words of an answer that is no name of one person.
var notNames = func() map[string]bool {
	m := map[string]bool{}
	for word := range strings.FieldsSeq(`yes no not maybe perhaps sure tbc tbd tba unknown none guest guests plus one two three four person people pending
		and with my wife husband partner friend kids children family others other more will to be confirmed decided later invited if
		ja nein vielleicht und mit oui non et avec si y con en met e ou or per`) {
		m[word] = true
	}
	delete(m, "per") // a name in the north
	delete(m, "en")
	delete(m, "e")
	return m
}()

// onePerson reports whether a text is the name of one person: two to four capitalised words and nothing else.
func onePerson(s string) bool {
	words := strings.Fields(s)
	if len(words) < 2 || len(words) > 4 {
		return false
	}
	for _, word := range words {
		first, _ := utf8.DecodeRuneInString(word)
		if !unicode.IsUpper(first) || notNames[strings.ToLower(strings.TrimSuffix(word, "."))] ||
			strings.ContainsFunc(word, func(r rune) bool {
				return !unicode.IsLetter(r) && !unicode.IsMark(r) && !strings.ContainsRune("-'’.", r)
			}) {
			return false
		}
	}
	return true
}

// oneName reports whether a text may be the name of one person, of a single word too.
func oneName(s string) bool {
	words := strings.Fields(s)
	first, _ := utf8.DecodeRuneInString(s)
	return len(words) > 0 && len(words) < 6 && !unicode.IsLower(first) &&
		!slices.ContainsFunc(words, func(word string) bool {
			return notNames[strings.ToLower(word)] || !strings.ContainsFunc(word, unicode.IsLetter) ||
				strings.ContainsAny(word, "0123456789@&+/?")
		})
}

// wholeNumber reads base 10 only: "010" is ten. "2.0" is how a spreadsheet writes a whole number that went through a
// formula, and "1e3" may have been anything.
func wholeNumber(s string) (n int, problem string) {
	whole, fraction, pointed := strings.Cut(s, ".")
	if !pointed {
		whole, fraction, pointed = strings.Cut(s, ",")
	}
	parsed, err := strconv.ParseUint(strings.TrimPrefix(whole, "+"), 10, 32)
	switch {
	case err == nil && parsed <= maxPlusOnes && (!pointed || fraction == "0" || fraction == "00"): // three would be "1,000"
		return int(parsed), ""
	case strings.ContainsAny(s, "eE") && isNumber(s):
		return 0, "a spreadsheet has written this number with an exponent; write its digits"
	}
	return 0, fmt.Sprintf("not a whole number from 0 to %d", maxPlusOnes)
}

func isNumber(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}
