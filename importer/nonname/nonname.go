// Package nonname knows texts that stand where a person's name should, and are none: streets, towns with a postcode,
// amounts, times, web addresses, jobs, tickets, offices, sentences, rows of a test. It knows words and shapes and no list
// of all names, so that what it does not know is a name; beyond them, the common words of some languages show what is written
// as a note is.
package nonname

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind is what a text is in place of a name.
type Kind uint8

// The kinds. Those up to File are sure, the others may be names of people as well.
const (
	None Kind = iota
	Street
	Postcode
	Amount
	Time
	Numbered
	Phone
	Number
	Link
	File
	Job
	Ticket
	Office
	Place
	Answer
	Sentence
	Test
	Further
	Beside
	UserName
	Example
	Title
	Greeting
	Repeated
	Company
	Picture
	Words
)

// texts say what a cell has, behind “the cell has ”.
var texts = [...]string{
	Street: "the address of a street", Postcode: "a town with its postcode", Amount: "an amount of money", Time: "a time or a date", Numbered: "a place with a number, such as a seat or a room",
	Phone: "a telephone number or a code", Number: "a number before words, as an address or an amount has", Link: "the address of a web page", Job: "a job", Ticket: "a kind of ticket",
	Office: "an office or a role", Place: "a town or a country", Answer: "an answer, a diet, a size or the like", Sentence: "a sentence", Test: "words of a test", File: "the name of a file", Further: "a further person", Beside: "a name with something beside it, such as a company",
	UserName: "the name of an account", Example: "a name that stands in examples", Title: "a title or a form of address",
	Greeting: "the beginning of a letter", Repeated: "words that point to another row", Company: "a company", Picture: "a picture", Words: "ordinary words",
}

func (k Kind) String() string { return texts[k] }

// maxText is how many bytes a text has at most that is looked at: what is longer is refused or asked about elsewhere.
const maxText = 200

// Sure returns what a cell of a first or last name surely is in place of one, by its numbers and signs.
func Sure(cell string) Kind {
	if len(cell) > maxText || isLetters(cell) {
		return None
	}
	if !strings.ContainsAny(cell, digits) {
		return withoutDigits(cell)
	}
	words := wordsOf(cell)
	switch {
	case isAmount(cell, words):
		return Amount
	case isTime(cell, words):
		return Time
	case isNumbered(words):
		return Numbered
	case isStreet(words):
		return Street
	case isPostcode(cell), len(words) == 2 && places[words[0]]:
		return Postcode
	case isPhone(cell):
		return Phone
	case beginsWithNumber(words):
		return Number
	case capitalCode.MatchString(cell) && strings.ContainsAny(cell, capitals), isHash(cell):
		return Phone
	case hasFileEnding(cell):
		return File
	case isLink(cell):
		return Link
	}
	return None
}

// withoutDigits returns what a cell without digits surely is.
func withoutDigits(cell string) Kind {
	switch point := strings.IndexByte(cell, '.') > 0; {
	case point && hasFileEnding(cell), cell != "" && cell[0] == '/' && len(cell) > 2 && cell[1] != '/' && cell[1] != '*' && cell[1] != ' ':
		return File
	case point && isLink(cell):
		return Link
	}
	return None
}

func hasFileEnding(cell string) bool {
	at := strings.LastIndexByte(cell, '.')
	return at > 0 && fileEndings[strings.ToLower(cell[at+1:])]
}

const (
	digits   = "0123456789"
	capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// wordsOf are a text's words in small letters, without points and commas behind them.
func wordsOf(cell string) []string {
	words := strings.FieldsFunc(strings.ToLower(cell), func(r rune) bool {
		return unicode.IsSpace(r) || r == ',' || r == ';' || r == ':' || r == '/' || r == '(' || r == ')'
	})
	for i, word := range words {
		words[i] = strings.TrimRight(word, ".")
	}
	return words
}

func hasDigit(word string) bool { return strings.ContainsAny(word, digits) }

// isHouseNumber reports whether a word is one of a house: 5, 12a, 7-9, 221B.
func isHouseNumber(word string) bool {
	word = strings.TrimPrefix(word, "#")
	rest := strings.TrimLeft(word, digits)
	before := len(word) - len(rest)
	if before == 0 || before > 5 {
		return false
	}
	rest = strings.TrimLeft(rest, "-–/")
	rest = strings.TrimLeft(rest, digits)
	return utf8.RuneCountInString(rest) <= 1
}

// isStreet reports whether words are a street with the number of a house.
func isStreet(words []string) bool {
	at := slices.IndexFunc(words, isHouseNumber)
	if at < 0 || len(words) < 2 {
		return false
	}
	for i, word := range words {
		switch {
		case i == at || hasDigit(word):
		case streetWords[word], streetStarts[word] && i == 0 && at > 0, streetEnds[word] && at < i && i > 0:
			return true
		case len(word) > 4 && hasStreetEnding(word):
			return true
		}
	}
	return slices.ContainsFunc(words[:len(words)-1], func(word string) bool {
		return word == "box" || word == "postfach" || word == "postbus" || word == "skrytka"
	}) || strings.HasPrefix(words[0], "p.o")
}

func hasStreetEnding(word string) bool {
	return slices.ContainsFunc(streetEndings, func(ending string) bool { return strings.HasSuffix(word, ending) && len(word) > len(ending)+1 })
}

// isPostcode reports whether a text is a town with its postcode, or a postcode alone.
func isPostcode(cell string) bool {
	return townBehind.MatchString(cell) || townBefore.MatchString(cell) || codeAlone.MatchString(cell)
}

// isAmount reports whether a text is an amount of money.
func isAmount(cell string, words []string) bool {
	if strings.ContainsAny(cell, "€$£¥₹₽₺₴₪₩") {
		return true
	}
	for i, word := range words {
		if bare := strings.Trim(word, digits+".,'-"); currencies[bare] && (bare != word || i > 0 && hasDigit(words[i-1]) || i+1 < len(words) && hasDigit(words[i+1])) {
			return true
		}
	}
	return false
}

// isTime reports whether a text is a time of day, or a day of a month.
func isTime(cell string, words []string) bool {
	return clock.MatchString(cell) || len(words) <= 4 && slices.ContainsFunc(words, func(word string) bool { return months[word] }) &&
		!slices.ContainsFunc(words, func(word string) bool { return !months[word] && !isDayNumber(word) && !days[word] })
}

// isDayNumber reports whether a word is a number of a day or a year: 12, 12th, 2026.
func isDayNumber(word string) bool {
	rest := strings.TrimLeft(word, digits)
	return rest != word && (rest == "" || rest == "th" || rest == "st" || rest == "nd" || rest == "rd" || rest == "º")
}

// isNumbered reports whether words are a thing with its number: seat B12, room 4, group 3, apt 4B.
func isNumbered(words []string) bool {
	if len(words) < 2 || len(words) > 3 || !numberedThings[words[0]] {
		return false
	}
	last := words[len(words)-1]
	return hasDigit(last) && len(last) <= 6 && (len(words) == 2 || words[1] == "no" || words[1] == "nr" || words[1] == "number" || words[1] == "#")
}

// isHash reports whether a text is a code of digits and the letters a to f, as programs make of texts.
func isHash(cell string) bool {
	const shortest = 8
	return len(cell) >= shortest && strings.Trim(cell, "0123456789abcdef-") == "" && strings.ContainsAny(cell, "abcdef")
}

// isPhone reports whether a text has the digits of a telephone number, and no more than a word beside them.
func isPhone(cell string) bool {
	n := 0
	for _, r := range cell {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	const fewest = 7
	return n >= fewest
}

// beginsWithNumber reports whether words begin with a number: 12 Whatever. 2 adults and 3 x Ida are people, and 1st is a floor.
func beginsWithNumber(words []string) bool {
	return len(words) > 1 && strings.Trim(words[0], digits+`"'½¼`) == "" && hasDigit(words[0]) && len(words[0]) < 7 && utf8.RuneCountInString(words[1]) > 1 && !people[words[1]]
}

// isLink reports whether a text is the address of a web page without its scheme: acme.com, instagram.com/ida.
func isLink(cell string) bool {
	if strings.ContainsAny(cell, " @") {
		return false
	}
	host, path, hasPath := strings.Cut(cell, "/")
	at := strings.LastIndexByte(host, '.')
	if at < 3 || !webEndings[strings.ToLower(host[at+1:])] {
		return false
	}
	return hasPath && path != "" || host[at+1:] == strings.ToLower(host[at+1:]) && strings.Trim(strings.ToLower(host), "abcdefghijklmnopqrstuvwxyz0123456789-.") == ""
}
