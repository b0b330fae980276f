package rowstatus

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"guestflow/importer/headers"
	"guestflow/importer/where"
	"guestflow/importer/wordset"
)

// This file finds, in texts that are no column of answers (notes, headings, names of sheets and files), that those whom
// they are about are not meant: “hat abgesagt”, “DO NOT INVITE”, “Not coming (3)”.

// normalized is a text as its words, as Letters leaves them, with single blanks between and around them.
type normalized []byte

// normalize appends a text's words. An apostrophe joins: don't is dont.
func normalize(out []byte, text string) normalized {
	out = append(out, ' ')
	for _, r := range text {
		switch {
		case r < rune(len(accentless)) && accentless[r] != "":
			out = append(out, accentless[r]...)
		case r == '\'' || r == '’' || unicode.Is(unicode.Cf, r) || unicode.IsMark(r):
		case r >= rune(len(accentless)) && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			out = utf8.AppendRune(out, unicode.ToLower(r))
		case out[len(out)-1] != ' ':
			out = append(out, ' ')
		}
	}
	if out[len(out)-1] != ' ' {
		out = append(out, ' ')
	}
	return out
}

const (
	maxNote  = 1000 // bytes of a text that is searched
	maxLabel = 60   // and of a heading
)

// hasNotMeant reports whether a text has a phrase by which its guest is not meant, or says it in words of its own.
func hasNotMeant(text string) bool {
	var space [256]byte
	if found, _ := searchNote(space[:0], text, false); found != "" || len(text) > maxSentence {
		return found != ""
	}
	words := wordsOf(text)
	return saysItself(words) != "" && !isAside(text, words)
}

// notMeantText reports whether a short text says that a guest is not meant, or is made of nothing but a word that says so
// and of such as stand beside it: “Cancelled ticket”, “Declined by phone”.
func notMeantText(text string) bool {
	var space [256]byte
	_, made := searchNote(space[:0], text, false)
	return made || hasNotMeant(text)
}

// searchNote returns the first phrase of a text that says that its guest is not meant, and whether the text is made of
// nothing but such a word and of those that stand beside it; note is true for a note, in which more phrases say it. space is
// for its words, so that a cell makes no garbage.
func searchNote(space []byte, text string, note bool) (found string, made bool) {
	if len(text) <= maxNote && strings.ContainsAny(text, deathSigns) {
		return "†", false
	}
	if len(text) > maxNote || len(text) < 3 || !strings.ContainsFunc(text, unicode.IsLetter) {
		return "", false
	}
	words := normalize(space, text)
	says, only := false, len(text) <= maxLabel
	for at := 0; at+1 < len(words); {
		end := at + 1
		for words[end] != ' ' {
			end++
		}
		word := words[at+1 : end]
		for _, phrase := range notMeantPhrases()[string(word)] {
			if (note || !phrase.ofNote) && phrase.begins(words[at:]) && !phrase.isOfThing(words[:at], words[at:]) {
				return phrase.text, false
			}
		}
		if wordClasses[string(word)] == excludedWord || surelyDoubtful[string(word)] || note && noteWords[string(word)] {
			says = true
		} else {
			only = only && (fillerWords[string(word)] || note && noteFillers[string(word)] || isDigits(word))
		}
		at = end
	}
	if isSignScript(text) {
		for _, sign := range notMeantSigns {
			if strings.Contains(text, sign) {
				return sign, false
			}
		}
	}
	return "", says && only
}

// deathSigns stand beside those who have died.
const deathSigns = "†✝⚰"

func isDigits[T ~string | ~[]byte](word T) bool {
	for i := range len(word) {
		if word[i] < '0' || word[i] > '9' {
			return false
		}
	}
	return true
}

// labelMeaning is what a heading, or the name of a sheet or a file, says of the rows below it.
type labelMeaning int

const (
	silentLabel  labelMeaning = iota
	agreedLabel               // they are meant
	perhapsLabel              // they may not be, if other labels say that theirs are
	notMeantLabel
)

// meaningOfLabel judges a heading, or the name of a sheet or a file. known reports that each of its words is known
// here, so that it is no guest's.
func meaningOfLabel(label string) (m labelMeaning, known bool) {
	if len(label) > headers.MaxLength {
		return silentLabel, false
	}
	words := headers.Words(label)
	r := labelReading{known: len(words) > 0}
	for i, word := range words {
		inPhrase, byItself := r.addPhrases(words, i), r.addWord(word)
		r.known = r.known && (inPhrase || byItself)
	}
	switch {
	case lacksAnswer(words):
		return notMeantLabel, r.known
	case isWithout(words):
		return silentLabel, r.known
	case r.negated && r.coming, hasNotMeantSign(label), hasNotMeant(label):
		return notMeantLabel, r.known
	}
	return r.meaning, r.known
}

// labelReading is what the words of a label have said.
type labelReading struct {
	meaning labelMeaning
	known   bool // each word is known
	coming  bool // one is of guests who come
	negated bool // and one takes it back
}

// maxLabelPhrase is how many words a phrase of a label has at most.
const maxLabelPhrase = 4

// addPhrases reads the phrases that begin at a word, and reports whether one is known.
func (r *labelReading) addPhrases(words []string, at int) (known bool) {
	for n := min(maxLabelPhrase, len(words)-at); n > 0; n-- {
		key := strings.Join(words[at:at+n], "")
		class := wordClasses[key]
		m := meaningOnLabel(key, class, len(words) == 1)
		r.meaning, r.coming = max(r.meaning, m), r.coming || class == agreedWord
		known = known || m != silentLabel
	}
	return known
}

// meaningOnLabel returns what a known phrase says on a label; a yes or a no says it where it stands alone.
func meaningOnLabel(key string, class wordClass, alone bool) labelMeaning {
	switch {
	case class == excludedWord, class == doubtfulWord && !invitedWords[key] && !smallDoubts[key]:
		return notMeantLabel
	case class == doubtfulWord:
		return perhapsLabel
	case class == agreedWord:
		return agreedLabel
	case alone && class == negativeWord && utf8.RuneCountInString(key) > 1:
		return notMeantLabel
	case alone && (class == negativeWord || class == yesWord):
		return agreedLabel
	}
	return silentLabel
}

// addWord reads a word by itself, and reports whether it is known.
func (r *labelReading) addWord(word string) (known bool) {
	refuses := hasStem(word, refusalStems) || refusalWords[word] || hasStem(word, waitingStems)
	comes := hasStem(word, comingStems) || comingWords[word] || goingWords[word] || hasStem(wordset.Letters(word), confirmingStems)
	if refuses {
		r.meaning = notMeantLabel
	}
	r.coming, r.negated = r.coming || comes, r.negated || negators[word]
	return refuses || comes || negators[word] || fillerWords[word] || isDigits(word)
}

// isWithout reports whether a label says that its list has been freed of some: “without declines”, “after cancellations”.
func isWithout(words []string) bool {
	at := slices.IndexFunc(words, func(w string) bool { return withoutWords[w] })
	return at >= 0 && (words[at] != "after" || at+1 < len(words) && hasStem(words[at+1], refusalStems))
}

// lacksAnswer reports whether a label says that those below it have not answered: “Sin confirmar”, “ohne Zusage”.
func lacksAnswer(words []string) bool {
	at := slices.IndexFunc(words, func(w string) bool { return withoutWords[w] && w != "after" })
	if at < 0 || at+1 == len(words) {
		return false
	}
	next := words[at+1]
	return replyWords[next] && !hasStem(next, inviteStems) || hasStem(wordset.Letters(next), confirmingStems)
}

// hasNotMeantSign reports whether a label in a script without blanks between words says that those below it are not meant, or wait.
func hasNotMeantSign(label string) bool {
	has := func(sign string) bool { return strings.Contains(label, sign) }
	return isSignScript(label) && (slices.ContainsFunc(notMeantSigns, has) || slices.ContainsFunc(waitingSigns, has))
}

func hasStem(word string, stems []string) bool {
	for _, stem := range stems {
		if strings.HasPrefix(word, stem) {
			return true
		}
	}
	return false
}

// meaningOfHeading judges a heading, a title or the name of a sheet: one may also say that those below it are set aside.
func meaningOfHeading(label string) (m labelMeaning, known bool) {
	m, known = meaningOfLabel(label)
	words := headers.Words(label[:min(len(label), headers.MaxLength)])
	if m < notMeantLabel && !isWithout(words) && (saysAside(words) || isLater(words) || isCut(words) || isPluralDoubt(words)) {
		return notMeantLabel, known
	}
	return m, known
}

// isCut reports whether a heading is of guests who were taken off the list. Files are called so for other reasons.
func isCut(words []string) bool {
	return len(words) == 1 && (words[0] == "dropped" || words[0] == "cut")
}

// isPluralDoubt reports whether a heading is the plural of a word of guests who are not meant: Absents, Ausentes.
func isPluralDoubt(words []string) bool {
	if len(words) != 1 {
		return false
	}
	one, is := strings.CutSuffix(words[0], "s")
	class := wordClasses[wordset.Letters(one)]
	return is && (class == excludedWord || class == doubtfulWord && !invitedWords[one] && !smallDoubts[one])
}

// MeaningOfLabel reports whether a heading, or the name of a sheet or file, says that those below it are not meant.
func MeaningOfLabel(label string) (notMeant, known bool) {
	m, known := meaningOfHeading(label)
	return m == notMeantLabel, known
}

// IsOfOthers reports whether the name of a sheet or a list beside another one says that its guests are not meant. One that is
// old, or a draft, may have the same guests.
func IsOfOthers(label string) bool {
	m, _ := meaningOfLabel(label)
	label = label[:min(len(label), headers.MaxLength)]
	return m == notMeantLabel || m == silentLabel && (listsOfOthers[wordset.Letters(label)] || hasAny(headers.Words(label), listsOfOthers))
}

// listsOfOthers are words for lists of addresses that are not mailed, which say nothing as words of a cell.
var listsOfOthers = wordset.Words(`optouts nomail nomails noemail noemails nomailing nomailings sperrliste blockliste bajas
		blocklist blacklist denylist nichtmailen bloklijst sperrlista spärrlista блоклист`)

// NameSaysNotMeant reports whether the name of a file, without its ending, says that those in it are not meant. Words are
// left out that files have of other things: what was removed from a list, or archived.
func NameSaysNotMeant(name string) bool {
	if len(name) > headers.MaxLength {
		return false
	}
	words := headers.Words(name)
	if saysAside(words) {
		return true
	}
	kept := words[:0]
	for _, w := range words {
		if !hasStem(w, filingStems) {
			kept = append(kept, w)
		}
	}
	m, _ := meaningOfLabel(strings.Join(kept, " "))
	return m == notMeantLabel
}

// phrase is one that says that a guest is not meant.
type phrase struct {
	key, text string
	ofNote    bool // it says so in notes alone
	ofWhole   bool // unless it is of a part of the event
}

// begins reports whether words begin with the phrase.
func (p phrase) begins(words normalized) bool {
	if len(words) < len(p.key) || string(words[:len(p.key)]) != p.key {
		return false
	}
	return !p.ofWhole || !beginsWithEventPart(words[len(p.key):])
}

// isOfThing reports whether a phrase is about another thing than the guest, by the word before it or behind it: “wheelchair not
// available”, “out of town guest”, “has moved seat”.
func (p phrase) isOfThing(before, from normalized) bool {
	if isOfAvailability(p.text) {
		last := before[bytes.LastIndexByte(before, ' ')+1:]
		return ownWords[string(last)] || hasOwnStem(string(last)) || headers.IsThingWord(string(last))
	}
	if len(from) < len(p.key) {
		return false
	}
	if p.text == "has moved" {
		return movesSeat(from[len(p.key):])
	}
	if p.text != "out of town" {
		return false
	}
	next, _, _ := bytes.Cut(from[len(p.key):], []byte(" "))
	return townPeople[string(next)]
}

// movesSeat reports whether the words behind “has moved” are of another place at the event: “seat”, “to table 5”.
func movesSeat(words normalized) bool {
	for word := range bytes.FieldsSeq(words) {
		switch {
		case seatWords[string(word)]:
			return true
		case !towardsSeat[string(word)]:
			return false
		}
	}
	return false
}

var (
	seatWords   = wordset.Words(`seat seats table tables chair chairs row rows room bed bunk`)
	towardsSeat = wordset.Words(`to from his her their the a another other`)
)

// beginsWithEventPart reports whether one of the first three words, as normalize leaves them, is a part of an event.
func beginsWithEventPart(words normalized) bool {
	for n := 0; n < 3 && len(words) > 0; n++ {
		word, rest, _ := bytes.Cut(words, []byte(" "))
		if eventParts[string(word)] {
			return true
		}
		words = rest
	}
	return false
}

// notMeantPhrases has the phrases by their first words, as normalize leaves them.
var notMeantPhrases = sync.OnceValue(func() map[string][]phrase {
	m := map[string][]phrase{}
	for i, texts := range []string{notMeantTexts, noteTexts} {
		for text := range strings.SplitSeq(texts, "|") {
			p := newPhrase(text, i > 0)
			first, _, _ := strings.Cut(strings.TrimSpace(p.key), " ")
			m[first] = append(m[first], p)
		}
	}
	return m
})

// newPhrase returns a phrase of the tables.
func newPhrase(text string, ofNote bool) phrase {
	text, ofWhole := strings.CutSuffix(strings.Join(strings.Fields(text), " "), "~")
	text, begun := strings.CutSuffix(text, "*")
	var space [256]byte
	key := string(normalize(space[:0], where.Fold(text)))
	if begun {
		key = strings.TrimSuffix(key, " ")
	}
	return phrase{key: key, text: text, ofNote: ofNote, ofWhole: ofWhole}
}

// A heading, a title, or the name of a sheet or a file may say that those in it are not meant yet, not any more, or only
// if others decline: “ENTWURF”, “OLD - do not use”, “Guest list 2023 (outdated)”, “B-List”.

var (
	// asideLabels say it wherever they stand.
	asideLabels = keys(`outdated|obsolete|superseded|deprecated|draft|not final|do not use|dont use|old list|old guest list|
		old version|old guests|old data|former guests|former members|former employees|former staff|last years list|b list|c list|
		backup list|second choice|old addresses|old emails|old contacts|to chase|to be chased|only if|if space|if there is space|if there is room|not to be used|entwurf|veraltet|
		alte adressen|alte kontakte|noch nachfassen|nachzufassen|anciennes adresses|anciens contacts|à relancer|
		direcciones antiguas|contactos antiguos|vecchi indirizzi|vecchi contatti|oude adressen|oude contacten|
		nicht aktuell|nicht verwenden|nicht benutzen|nicht nutzen|nicht versenden|nicht verschicken|nicht senden|
		nicht mehr verwenden|alte liste|alte gästeliste|alte version|alter stand|ehemalige gäste|ehemalige mitarbeiter|
		ehemalige mitglieder|b liste|c liste|liste b|nur wenn platz|wenn platz|falls platz|nur falls|zweite wahl|brouillon|périmé|
		périmée|ne pas utiliser|ancienne liste|ancienne version|anciens invités|anciens membres|seulement si|s il reste de la place|
		si place|borrador|obsoleto|no usar|no utilizar|lista antigua|lista vieja|versión antigua|solo si|si hay sitio|
		si hay espacio|si hay lugar|lista b|bozza|obsoleta|non usare|non utilizzare|vecchia lista|lista vecchia|vecchia versione|
		solo se|se c è posto|rascunho|desatualizado|desatualizada|não usar|não utilizar|versão antiga|apenas se|se houver lugar|
		se houver vaga|verouderd|niet gebruiken|niet versturen|oude lijst|oude versie|oude gastenlijst|b lijst|alleen als|
		als er plek|als er plaats|utkast|inaktuell|använd inte|använd ej|gammal lista|gammal version|bara om|endast om|
		i mån av plats|udkast|kladde|forældet|utdatert|brug ikke|må ikke bruges|ikke bruk|skal ikke brukes|gammel liste|
		gammel version|gammel versjon|kun hvis|luonnos|vanhentunut|älä käytä|vanha lista|vain jos|wersja robocza|szkic|nieaktualne|
		nieaktualna|nie używać|stara lista|tylko jeśli|lista rezerwowa|neaktuální|nepoužívat|starý seznam|pouze pokud|jen pokud|
		neaktuálne|starý zoznam|vázlat|elavult|ne használd|régi lista|csak ha|ciornă|nu folosi|nu utiliza|listă veche|doar dacă|
		nacrt|zastarjelo|ne koristiti|stari popis|samo ako|черновик|устарело|устаревший|не использовать|старый список|только если|
		чернетка|застарілий|не використовувати|старий список|лише якщо|πρόχειρο|μην χρησιμοποιείτε|παλιά λίστα|taslak|kullanmayın|
		eski liste|sadece yer varsa`)
	// inviteStems begin words of inviting, and laterWords follow them where it is not to be done yet.
	inviteStems = wordset.List(`invit einlad einzulad uitnod bjud inbjud innbyd zapros zapras приглас приглаш запрос`)
	laterWords  = wordset.Words(`later später spaeter nextyear nächstes senare senere później później později позже пізніше`)
	// laterOrdinals and roundWords are of guests who are asked once others have declined.
	laterOrdinals = wordset.Words(`second 2nd third 3rd zweite zweiter dritte dritter deuxième seconde 2e 2ème troisième segunda
		segundo tercera seconda secondo terza terzo tweede derde andra anden annen tredje druga drugi trzecia druhá druhý třetí
		вторая второй третья друга`)
	roundWords = wordset.Words(`round wave batch tranche runde welle tour vague ronda tanda opción ola giro turno ondata scelta
		rodada onda leva ronde golf omgang omgång bølge våg tura runda fala kolo vlna круг волна очередь хвиля`)
	// asideAlone say it by themselves, beside numbers.
	asideAlone = keys(`old|former|ehemalige|ehemaliger|ehemaligen|ehemals|anciens|anciennes|antiguos|antiguas|ex miembros|ex soci|
		antigos|oud|voormalige|gamla|tidigare|tidligere|gamle|dawni|byli|bývalí|korábbi|foști|bivši|entiset|бывшие|колишні|eskiler|
		maybes|uncertain|doubtful|cut list|en duda|под вопросом|reserve|reserves|reserveliste|ersatz|ersatzliste|ersatzgäste|remplaçants|suppléants|suplentes|riserve|
		riserva|supplenti|reservelijst|reservegasten|reserver|reservlista|reservelista|rezerwa|rezerwowi|náhradníci|rezerva|
		rezerve|tartalék|pótlista|varalla|резерв|запасные|резервный список|yedekler`)
	// asideEndings end the names of files and sheets.
	asideEndings = keys(`old|outdated|obsolete|draft|veraltet|entwurf|ancien|antiguo|viejo|vecchio|antigo|oud|gammal|gammel|stary|
		stare|régi|eski|старый`)
)

// saysAside reports whether a label's words say that those below it are set aside.
func saysAside(words []string) bool {
	var kept []string
	for i, word := range words {
		for n := 1; n <= 4 && i+n <= len(words); n++ {
			if asideLabels[strings.Join(words[i:i+n], "")] {
				return true
			}
		}
		if !isDigits(word) {
			kept = append(kept, word)
		}
	}
	return len(kept) > 0 && (asideAlone[strings.Join(kept, "")] || asideEndings[kept[len(kept)-1]])
}

// isLater reports whether a short heading says that its guests are invited after others: “Second round”, “Invite later”.
func isLater(words []string) bool {
	if len(words) > maxReply {
		return false
	}
	for i, word := range words[:max(len(words)-1, 0)] {
		next := words[i+1]
		if laterOrdinals[word] && roundWords[next] || laterOrdinals[next] && roundWords[word] || hasStem(word, inviteStems) && laterWords[next] {
			return true
		}
	}
	return false
}
