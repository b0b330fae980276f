package lang

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What Go code says has values in it, and the code says it in English alone. Its sentences are in a catalogue by their
// formats, as they stand in the code: %s is any text there, %d a number, %q a text in quotes. In the translation these
// are the values as they are, by order or as %[2]s, and %t is a value that is translated itself. So errors and states
// from below need not know of languages, and a sentence that was changed, or is a new one, stays English until the
// catalogue has it.

// form is a sentence with values.
type form struct {
	is         *regexp.Regexp
	literals   []string // its parts between values: most other texts lack one of them
	translated string
}

var (
	verb   = regexp.MustCompile(`%(?:\[(\d+)\])?([sdqt%])`)
	quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|“[^”]*”`)
)

// anyValue is a text that does not go on into the next clause.
const anyValue = `((?:[^;]|;\S)+?)`

// valueOf are patterns of values, by verb.
var valueOf = map[string]string{"s": anyValue, "t": anyValue, "d": `(-?\d+(?:[.,]\d+)*)`,
	"q": `("(?:[^"\\]|\\.)*"|“[^”]*”)`, "%": `%`}

// isForm reports whether a message of a catalogue is a sentence with values.
func isForm(message string) bool {
	return verb.MatchString(message) && !strings.Contains(message, "{{")
}

func newForm(english, translated string) form {
	f := form{translated: translated}
	pattern, from := `(?s)^`, 0
	literal := func(to int) {
		part := english[from:to]
		if from == 0 {
			pattern += caseless(part)
			part = dropFirst(part)
		} else {
			pattern += regexp.QuoteMeta(part)
		}
		if part != "" {
			f.literals = append(f.literals, part)
		}
	}
	for _, at := range verb.FindAllStringSubmatchIndex(english, -1) {
		literal(at[0])
		pattern += valueOf[english[at[4]:at[5]]]
		from = at[1]
	}
	literal(len(english))
	f.is = regexp.MustCompile(pattern + `$`)
	return f
}

// caseless is a pattern of a text whose first letter may be a capital.
func caseless(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if !unicode.IsLetter(first) {
		return regexp.QuoteMeta(text)
	}
	return `(?i:` + text[:size] + `)` + regexp.QuoteMeta(text[size:])
}

func dropFirst(text string) string {
	_, size := utf8.DecodeRuneInString(text)
	return text[size:]
}

// values are those of a text that is said in this form; nil if it is not.
func (f form) values(text string) []string {
	rest := text
	for _, part := range f.literals {
		at := strings.Index(rest, part)
		if at < 0 {
			return nil
		}
		rest = rest[at+len(part):]
	}
	return f.is.FindStringSubmatch(text)
}

// letters is how much of a form is said in words: of two that a text is said in, the one with more is meant.
func (f form) letters() (n int) {
	for _, part := range f.literals {
		n += len(part)
	}
	return n
}

// sayIn returns the sentence with its values.
func (f form) sayIn(l *Language, values []string) string {
	next := 0
	return verb.ReplaceAllStringFunc(f.translated, func(found string) string {
		parts := verb.FindStringSubmatch(found)
		if parts[2] == "%" {
			return "%"
		}
		next++
		n := next
		if parts[1] != "" {
			n, _ = strconv.Atoi(parts[1])
		}
		if n >= len(values) {
			return found // a test finds it
		}
		switch parts[2] {
		case "d":
			return l.number(values[n])
		case "t":
			return l.Text(values[n])
		}
		return values[n]
	})
}

// number is one as the language writes it.
func (l *Language) number(english string) string {
	plain := strings.ReplaceAll(english, ",", "")
	_, decimals, _ := strings.Cut(plain, ".")
	n, err := strconv.ParseFloat(plain, 64)
	if err != nil {
		return english
	}
	return l.Printer.Sprintf("%.*f", len(decimals), n)
}

// maxText bounds the texts that are translated; errors of other programs may be of any length.
const maxText = 4000

// Text returns a text that Go code makes in the language: as a whole, or else those of its clauses that the catalogue
// has.
func (l *Language) Text(english string) string {
	if l.catalogue == nil || len(english) > maxText {
		return english
	}
	if whole, is := l.whole(english); is {
		return whole
	}
	return l.clauses(english)
}

// Sprintf is Text of what a format makes of its values.
func (l *Language) Sprintf(format string, values ...any) string {
	return l.Text(Languages[0].Printer.Sprintf(format, values...))
}

// whole translates a text that the catalogue has, with a full stop or without, and with a capital or without.
func (l *Language) whole(text string) (translated string, is bool) {
	c := l.catalogue()
	if translated, is = c.message(text); is {
		return translated, true
	}
	if body, has := strings.CutSuffix(text, "."); has {
		translated, is = l.whole(body)
		return translated + ".", is
	}
	for _, f := range c.forms {
		if values := f.values(text); values != nil {
			translated = f.sayIn(l, values)
			if lowered(text) != text {
				translated = capital(translated)
			}
			return translated, true
		}
	}
	return "", false
}

// message returns a text that the catalogue has as it is, or with a small letter.
func (c *catalogue) message(text string) (translated string, is bool) {
	text = normal(text)
	if translated = c.messages[text]; translated != "" {
		return translated, true
	}
	translated = c.messages[lowered(text)]
	return capital(translated), translated != ""
}

func lowered(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToLower(first)) + text[size:]
}

func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

// maxClauses bounds what is tried of one text.
const maxClauses = 20

var clauseEnd = regexp.MustCompile(`(?:; |\. |: )`)

// clauses translates the clauses of a text that the catalogue has, the longest runs of them first. What stands in
// quotes is not taken apart.
func (l *Language) clauses(text string) string {
	var ends [][]int // of what separates clauses: where it begins, and ends
	quotes := quoted.FindAllStringIndex(text, -1)
	for _, at := range clauseEnd.FindAllStringIndex(text, maxClauses) {
		if !slices.ContainsFunc(quotes, func(q []int) bool { return q[0] < at[0] && at[0] < q[1] }) {
			ends = append(ends, at)
		}
	}
	if len(ends) == 0 {
		return text
	}
	ends = append(ends, []int{len(text), len(text)})
	var b strings.Builder
	for from := 0; len(ends) > 0; {
		taken, said := 0, text[from:ends[0][0]]
		for i := len(ends) - 1; i >= 0; i-- {
			clause := text[from:ends[i][0]]
			if whole, is := l.whole(clause); is && strings.Contains(clause, " ") {
				taken, said = i, whole
				break
			}
		}
		b.WriteString(said + text[ends[taken][0]:ends[taken][1]])
		from, ends = ends[taken][1], ends[taken+1:]
	}
	return b.String()
}
