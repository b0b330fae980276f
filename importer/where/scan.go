package where

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

type kind int

const (
	end kind = iota
	word
	quoted
	sign
)

// token is a part of a rule's text.
type token struct {
	kind kind
	text string
	at   int // in characters, from 1
}

// is reports whether the token is a sign, or a word outside quotes in upper or lower case.
func (t token) is(text string) bool { return t.kind != quoted && strings.EqualFold(t.text, text) }

// special are the signs that no word has, and blank the blanks.
const (
	special = `=!<>≠(),"“”„«»「」『』＝！（），、`
	blank   = `\s\v\p{Z}\x{85}`
)

// tokens has a group for each kind: texts in quotes of several languages, signs, words. A quote that is a word's
// apostrophe begins no text.
var tokens = regexp.MustCompile(`^(?:("(?:[^"]|"")*"|'(?:[^']|'')*'|“[^”]*”|„[^“”]*[“”]|‘[^’]*’|«[^»]*»|「[^」]*」|『[^』]*』)` +
	`|(!=|！＝|！=|<>|≠|==|[=(),＝（），、])|([^` + blank + special + `'‘][^` + blank + special + `]*))`)

// sameSign are signs as other languages and keyboards have them.
var sameSign = map[string]string{
	"<>": "!=", "≠": "!=", "==": "=", "！＝": "!=", "！=": "!=", "＝": "=", "（": "(", "）": ")", "，": ",", "、": ",",
}

// scan takes a text apart.
func scan(text string) (list []token, err error) {
	at := 1
	for {
		trimmed := strings.TrimLeftFunc(text, unicode.IsSpace)
		at += utf8.RuneCountInString(text) - utf8.RuneCountInString(trimmed)
		if text = trimmed; text == "" {
			return append(list, token{end, "", at}), nil
		}
		m := tokens.FindStringSubmatch(text)
		switch {
		case m == nil:
			first, _ := utf8.DecodeRuneInString(text)
			return nil, &SyntaxError{Position: at, At: string(first),
				Expected: `one of =, !=, in and is, and quotes around texts ` +
					`with other signs in them; texts are compared whole, and a quote is closed`}
		case m[1] != "":
			list = append(list, token{quoted, unquote(m[1]), at})
		case m[2] != "":
			s := m[2]
			if same := sameSign[s]; same != "" {
				s = same
			}
			list = append(list, token{sign, s, at})
		default:
			list = append(list, token{word, m[3], at})
		}
		at += utf8.RuneCountInString(m[0])
		text = text[len(m[0]):]
	}
}

// unquote takes the quotes off; one inside is written twice.
func unquote(text string) string {
	runes := []rune(text)
	q := string(runes[0])
	return strings.ReplaceAll(string(runes[1:len(runes)-1]), q+q, q)
}
