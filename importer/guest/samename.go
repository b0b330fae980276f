package guest

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"guestflow/importer/personname"
	"guestflow/importer/wordset"
	"guestflow/qflow"
)

// word is a word of a name as names are compared: without case and accents, and with ä as ae too.
type word struct {
	letters, wide string
	text          string
}

// namesOf returns the words of a name, without titles; none of an address that stands for one.
func namesOf(name string) (words []word) {
	if strings.Contains(name, "@") {
		return nil
	}
	for text := range strings.FieldsFuncSeq(name, isBetweenNames) {
		if personname.IsTitle(text) {
			continue
		}
		text = strings.Trim(text, ".")
		if letters := wordset.Letters(text); letters != "" {
			words = append(words, word{letters, wordset.Letters(wideLetters.Replace(text)), text})
		}
	}
	return words
}

func isBetweenNames(r rune) bool {
	return unicode.IsSpace(r) || r != '.' && r != '\'' && r != '’' && (unicode.IsPunct(r) || unicode.IsSymbol(r))
}

// wideLetters are letters that addresses and passports have as two.
var wideLetters = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "å", "aa", "ø", "oe", "Ä", "ae", "Ö", "oe", "Ü",
	"ue", "Å", "aa", "Ø", "oe")

// is reports whether two words are one name: the same, an initial of it, or short for it, as Alex is for Alexander;
// Christian is not short for Christiane.
func (w word) is(other word) bool {
	if w.letters == other.letters || w.wide == other.letters || w.letters == other.wide {
		return true
	}
	a, b := w.letters, other.letters
	if len(a) > len(b) {
		a, b = b, a
	}
	n := utf8.RuneCountInString(a)
	return strings.HasPrefix(b, a) && (n == 1 || n >= 3 && n <= 5 && utf8.RuneCountInString(b) >= n+3)
}

func (w word) in(words []word) bool { return slices.ContainsFunc(words, w.is) }

// fullName is a guest's name: its first and further names, and its last ones.
type fullName struct{ first, last []word }

func fullNameOf(g *qflow.Guest) fullName {
	return fullName{namesOf(g.FirstName + " " + g.OtherNames), namesOf(g.LastName)}
}

// maxBesideWords is how many words that the guest's name has not may stand beside those that it has.
const maxBesideWords = 3

// agrees reports whether the name beside an address may be the guest's: in any order, with initials, further names or a
// company. One that is written in another script agrees where it is in the address as well.
func (n fullName) agrees(name, address string) bool {
	if len(name) > maxCell {
		return false
	}
	words, all := namesOf(name), slices.Concat(n.first, n.last)
	if len(words) == 0 {
		return false
	}
	joined := join(words)
	if joined == join(all) || joined == join(slices.Concat(n.last, n.first)) || strings.EqualFold(name, address) {
		return true
	}
	if scriptOf(words) != scriptOf(all) {
		local := wordset.Letters(address[:strings.IndexByte(address, '@')])
		return !slices.ContainsFunc(words,
			func(w word) bool { return !strings.Contains(local, w.letters) && !strings.Contains(local, w.wide) })
	}
	own, others := 0, 0
	for _, w := range words {
		switch {
		case w.in(all):
			own++
		case !mayBeName(w.text):
			return false
		default:
			others++
		}
	}
	if len(words) == 1 {
		return own == 1
	}
	has := func(part []word) bool {
		return len(part) == 0 || slices.ContainsFunc(words, func(w word) bool { return w.in(part) })
	}
	return has(n.first) && (others == 0 || has(n.last) && others <= maxBesideWords)
}

// join returns the letters of words as one, as names are written in East Asia.
func join(words []word) string {
	var b strings.Builder
	for _, w := range words {
		b.WriteString(w.letters)
	}
	return b.String()
}

// scriptOf returns the script that names are written in, as a sign of it; 0 for none.
func scriptOf(words []word) rune {
	for _, w := range words {
		for _, r := range w.text {
			switch {
			case unicode.Is(unicode.Latin, r):
				return 'a'
			case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul):
				return '山'
			case unicode.IsLetter(r):
				return 'я'
			}
		}
	}
	return 0
}

// mayBeName reports whether a word beside the guest's names may be a further one, or a company's. Words of remarks
// begin with a small letter, or are known.
func mayBeName(word string) bool {
	first, _ := utf8.DecodeRuneInString(word)
	lower := strings.ToLower(word)
	return !remarkWords[lower] && (personname.IsParticle(lower) || !unicode.IsLower(first) && !unicode.IsDigit(first))
}

// remarkWords are words that may stand beside a guest's name in capitals, and say that an address is not the guest's.
var remarkWords = wordset.Texts(`assistant|assistants|assistance|pa|ea|secretary|secretariat|office|via|care|c/o|co|for|of|to|
	on|behalf|from|old|former|ex|wrong|bad|bounced|invalid|dead|left|retired|not|no|do|don't|dont|wife|husband|spouse|
	partner|mother|father|mum|mom|dad|son|daughter|parent|parents|family|friend|guest|agent|manager|reception|delete|
	unsubscribed|blocked|assistentin|assistenz|sekretariat|büro|für|alt|falsch|ungültig|frau|mann|ehefrau|ehemann|mutter|
	vater|eltern|familie|begleitung|nicht|nein|kein|gelöscht|assistante|secrétariat|pour|ancien|ancienne|faux|femme|mari|
	mère|père|famille|pas|asistente|secretaría|para|viejo|antiguo|mala|esposa|esposo|madre|padre|familia|assistente|
	segreteria|per|vecchio|errato|moglie|marito|famiglia|secretaria|antigo|errado|mulher|marido|mãe|pai|família|
	secretariaat|oud|fout|vrouw|man|moeder|vader|asystent|asystentka|sekretariat|stary|zły|żona|mąż|gammal|fel|fru|gammel|
	feil|forkert|vanha|väärä|starý|špatný|régi|rossz|vechi|greșit|eski|yanlış|секретарь|помощник|ассистент|старый|неверный|
	жена|муж`)
