package guest

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
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
// Jurgen are jurgen; so are Håkan and Haakan. It also makes michal of Michael.
func OneSpelling(word string) string { return twoLetters.Replace(word) }

var twoLetters = strings.NewReplacer("ae", "a", "oe", "o", "ue", "u", "aa", "a")
