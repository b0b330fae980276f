package guest

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"guestflow/qflow"
)

// Mailbox returns an address so that addresses of one mailbox become the same: as FoldAddress, without a tag behind a plus
// (ida+event@example.org), and at Gmail without points and by either of its domains. What is one mailbox here may be several
// at a server that takes a plus for a letter, so names count as well.
func Mailbox(address string) string {
	folded := FoldAddress(address)
	at := strings.LastIndexByte(folded, '@')
	if at < 1 {
		return folded
	}
	local, domain := folded[:at], folded[at+1:]
	if plus := strings.IndexByte(local, '+'); plus > 0 {
		local = local[:plus]
	}
	if domain == "googlemail.com" {
		domain = "gmail.com"
	}
	if domain == "gmail.com" {
		if bare := strings.ReplaceAll(local, ".", ""); bare != "" {
			local = bare
		}
	}
	if len(local)+1+len(domain) == len(folded) { // nothing was left out
		return folded
	}
	return local + "@" + domain
}

// PlainName writes a word of a name in small letters where people and programs write it in several ways: without accents, and
// letters of other alphabets that look Latin amid Latin ones as these.
func PlainName(word string) string {
	if plain(word) {
		return strings.ToLower(word)
	}
	latin := strings.ContainsFunc(word, func(r rune) bool { return r < utf8.RuneSelf && unicode.IsLetter(r) })
	var b strings.Builder
	var before rune
	for _, r := range norm.NFKD.String(strings.ToLower(yo.Replace(word))) {
		switch {
		case isAccent(r) && !unicode.Is(unicode.Cyrillic, before): // й is no и
		case latin && looksLike[r] != 0:
			b.WriteByte(looksLike[r])
		default:
			b.WriteRune(r)
		}
		before = r
	}
	return norm.NFC.String(plainLetters.Replace(b.String()))
}

// yo has the one Cyrillic letter that is written without its sign as often.
var yo = strings.NewReplacer("ё", "е", "Ё", "Е", "е\u0308", "е", "Е\u0308", "Е")

// isAccent reports whether a sign stands on a letter that is written without it as often. The marks of Indian and Japanese
// scripts are none.
func isAccent(r rune) bool {
	return r >= 0x0300 && r <= 0x036f || r >= 0x064b && r <= 0x0652 || r >= 0x0591 && r <= 0x05c7
}

// plainLetters are those that Unicode does not take apart into a letter and its accent.
var plainLetters = strings.NewReplacer("ł", "l", "ø", "o", "đ", "d", "ð", "d", "ħ", "h", "þ", "th", "ß", "ss", "æ", "ae", "œ", "oe", "ı", "i", "ŋ", "n", "ə", "e")

// looksLike are letters of other alphabets that cannot be told from Latin ones.
var looksLike = map[rune]byte{
	'а': 'a', 'в': 'b', 'е': 'e', 'һ': 'h', 'і': 'i', 'ј': 'j', 'к': 'k', 'м': 'm', 'о': 'o', 'р': 'p', 'с': 'c', 'т': 't', 'у': 'y', 'х': 'x', 'ѕ': 's',
	'α': 'a', 'β': 'b', 'ε': 'e', 'η': 'n', 'ι': 'i', 'κ': 'k', 'μ': 'm', 'ν': 'v', 'ο': 'o', 'ρ': 'p', 'τ': 't', 'υ': 'y', 'χ': 'x', 'ζ': 'z', 'н': 'h',
}

// OneSpelling writes a word of PlainName with one letter for those that some languages write as two: Jürgen, Juergen and
// Jurgen are jurgen, Håkan and Haakan are hakan. Michael, Sue and Rodriguez have no such letter.
func OneSpelling(word string) string {
	if !maySpell(word) { // nearly all
		return word
	}
	for _, end := range [...]string{"ael", "oel", "uel", "ae", "oe", "ue"} {
		if begin, is := strings.CutSuffix(word, end); is {
			return twoLetters.Replace(begin) + end
		}
	}
	return twoLetters.Replace(word)
}

var twoLetters = strings.NewReplacer("que", "que", "guen", "gun", "gue", "gue", "ae", "a", "oe", "o", "ue", "u", "aa", "a")

// What Spellings returns begin with.
const (
	SpelledAddress = 'a' // the mailbox of the address
	SpelledName    = 'n' // the name without accents
	LookedName     = 'w' // a name that others may write so; it is looked for, and not kept
)

// SpellingSize is the size of each of the spellings: a kind and a hash.
const SpellingSize = 1 + 7

// maxOtherNames is how many other first names of a guest are looked for: all that are known.
const maxOtherNames = 6

// KeptSpellings returns those of some spellings that are kept beside a guest.
func KeptSpellings(spelled string) string {
	kept := ""
	for i := 0; i+SpellingSize <= len(spelled); i += SpellingSize {
		if spelled[i] != LookedName {
			kept += spelled[i : i+SpellingSize]
		}
	}
	return kept
}

// Spellings returns hashes of how else a guest's address and name may be written, as Contact returns those of the ones at hand: a kind
// and a hash of each, one after the other. Most guests have none.
func (n *Identifier) Spellings(g *qflow.Guest) string {
	var all []byte
	if strings.IndexByte(g.Email, '+') > 0 || strings.Contains(strings.ToLower(g.Email), "@g") {
		if mailbox := Mailbox(g.Email); mailbox != FoldAddress(g.Email) {
			n.begin("address", g)
			n.key = append(n.key, mailbox...)
			all = n.addSpelling(all, SpelledAddress)
		}
	}
	if maySpell(g.FirstName) || maySpell(g.OtherNames) || maySpell(g.LastName) {
		all = n.spelledNames(all, g)
	}
	if g.FirstName != "" && g.LastName != "" {
		all = n.otherFirstNames(all, g)
	}
	return string(all)
}

// otherFirstNames adds the name with the first of several first names alone, and with those that it is short for or that are short
// for it.
func (n *Identifier) otherFirstNames(all []byte, g *qflow.Guest) []byte {
	first, more, _ := strings.Cut(strings.TrimSpace(g.FirstName), " ")
	others := OtherFirstNames(PlainName(first))
	several := more != "" || g.OtherNames != ""
	if !several && others == nil {
		return all
	}
	n.names(&qflow.Guest{LastName: g.LastName})
	last := make([]string, 0, len(n.words)+1)
	for _, w := range n.words {
		last = append(last, OneSpelling(PlainName(string(w))))
	}
	with := func(first string) { n.spell(append(last[:len(last):len(last)], first), g) }
	if several {
		with(OneSpelling(PlainName(first)))
		all = n.addSpelling(all, SpelledName)
	}
	for _, other := range others[:min(len(others), maxOtherNames)] {
		with(other)
		all = n.addSpelling(all, LookedName)
	}
	return all
}

func (n *Identifier) addSpelling(all []byte, kind byte) []byte {
	hash := n.contactHash()
	return append(append(all, kind), hash[:]...)
}

// maySpell reports whether a name may be written in another way.
func maySpell(name string) bool {
	for i := range len(name) {
		if name[i] >= utf8.RuneSelf {
			return true
		}
		if c := name[i] | 0x20; i > 0 && (c == 'e' || c == 'a') && strings.IndexByte("aou", name[i-1]|0x20) >= 0 {
			return true
		}
	}
	return false
}

// spelledNames adds the names in one spelling, and with two letters for one.
func (n *Identifier) spelledNames(all []byte, g *qflow.Guest) []byte {
	n.names(g)
	one, two, kind := make([]string, len(n.words)), make([]string, len(n.words)), byte(LookedName)
	oneDiffers, twoDiffers := false, false
	for i, w := range n.words {
		word := string(w)
		bare := PlainName(word)
		one[i], two[i] = OneSpelling(bare), PlainName(umlauts.Replace(word))
		if bare != word {
			kind = SpelledName
		}
		oneDiffers, twoDiffers = oneDiffers || one[i] != word, twoDiffers || two[i] != bare
	}
	if oneDiffers {
		n.spell(one, g)
		all = n.addSpelling(all, kind)
	}
	if twoDiffers {
		n.spell(two, g)
		all = n.addSpelling(all, LookedName)
	}
	return all
}

// spell makes the key of a name's words.
func (n *Identifier) spell(words []string, g *qflow.Guest) {
	slices.Sort(words)
	n.begin("name", g)
	for _, word := range words {
		n.key = append(append(n.key, word...), ' ')
	}
}

var umlauts = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "å", "aa", "ø", "oe", "a\u0308", "ae", "o\u0308", "oe", "u\u0308", "ue")
