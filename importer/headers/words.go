package headers

import (
	"slices"
	"strings"
	"unicode"

	"guestflow/importer/wordset"
)

// MaxLength is how long a header may be of which anything is guessed. Comparing takes time by the square, and a
// file without a header may have a mebibyte there.
const MaxLength = 80

// Words are the words of a header, as Letters leaves them; a capital within one begins another: dateDeclined.
func Words(header string) (words []string) {
	var b strings.Builder
	lower := false
	for _, r := range header {
		if lower && unicode.IsUpper(r) {
			b.WriteByte(' ')
		}
		lower = unicode.IsLower(r)
		if r == '\'' || r == '’' {
			continue
		}
		b.WriteRune(r)
	}
	for _, word := range strings.FieldsFunc(b.String(), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r)
	}) {
		if word = wordset.Letters(word); word != "" {
			words = append(words, word)
		}
	}
	return words
}

// firstKinds are words of headers of first names that say which of a guest's first names it is: the legal one beside
// the preferred one.
var firstKinds = wordset.Words(`legal official formal passport registered registration government given preferred chosen
	amtlicher offizieller bevorzugter gewünschter légal officiel préféré usuel d'usage oficial preferido legale ufficiale
	preferito officiële wettelijke gewenste oficjalne preferowane`)

// IsFurtherFirstName reports whether a header is that of first names of one kind.
func IsFurtherFirstName(header string) bool {
	if len(header) > MaxLength {
		return false
	}
	words := headerWords(header)
	rest := slices.DeleteFunc(slices.Clone(words), func(word string) bool { return firstKinds[word] })
	return len(rest) < len(words) && len(rest) > 0 && fieldOf[strings.Join(rest, "")] == FirstName
}

// BeforePunctuation is a header without what explains it, such as "E-Mail (private)".
func BeforePunctuation(header string) string {
	if end := strings.IndexAny(header, ",;:/([{|"); end > 0 {
		return header[:end]
	}
	return header
}
