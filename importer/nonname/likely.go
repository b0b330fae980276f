package nonname

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"guestflow/importer/charset"
)

// Likely returns what a first and a last name may be together in place of a name, by their words: a job, a kind of ticket,
// an office. A person has to say whether they are guests.
func Likely(first, last string) Kind {
	if len(first) > maxText || len(last) > maxText || isPlain(first) && isPlain(last) && !mayBePlainWords(first, last) {
		return None
	}
	return judge(first, last)
}

// judge is Likely, of any names.
func judge(first, last string) Kind {
	if isSentence(first) || isSentence(last) {
		return Sentence
	}
	joined, at := lowerBoth(first, last)
	a, b := joined[:at], joined[at:]
	if a != "" && b != "" {
		b = b[1:]
		if kind := pairs[joined]; kind != None {
			return kind
		}
	}
	if kind := wholes[joined]; kind != None {
		return kind
	}
	if kind := byShape(first, last, a, b); kind != None {
		return kind
	}
	if kind := byWords(a, b); kind != None {
		return kind
	}
	if areWords(first, last) {
		return Words
	}
	return None
}

// byWords returns what the cells are by their words, in small letters.
func byWords(a, b string) Kind {
	if isTestWord(a) && (b == "" || isTestWord(b)) {
		return Test
	}
	ofLast := kindOf(b, false)
	if ofLast == Job {
		return Job
	}
	if kind := firstCells[a]; kind != None {
		return kind
	}
	if kind := kindOf(a, true); kind != None && !startsLikePerson(a) {
		return kind
	}
	if ofLast == None && (units[b] && b != "staff" && a != "" && !charset.IsKnownName(a) || b == "" && units[a]) {
		return Office
	}
	return ofLast
}

// lowerBoth returns two cells in small letters with a blank between them, and where the first one ends.
func lowerBoth(first, last string) (joined string, at int) {
	if first = lower(first); last == "" {
		return first, len(first)
	}
	if first == "" {
		return lower(last), 0
	}
	return first + " " + lower(last), len(first)
}

func lower(cell string) string {
	if strings.ContainsFunc(cell, unicode.IsSpace) {
		cell = strings.Join(strings.Fields(cell), " ")
	}
	return strings.ToLower(cell)
}

// byShape returns what the cells are by their signs and first words: a further person, a company behind a name, an account.
func byShape(first, last, a, b string) Kind {
	switch start, rest, more := strings.Cut(b, " "); {
	case more && rest != "" && joining[start]:
		return Further
	case strings.ContainsAny(last, "-–—|@:") && behindSign.MatchString(last) && !charset.IsKnownName(last[strings.LastIndexAny(last, " -–—|@:")+1:]):
		return Beside
	case (a == "pan" || a == "bay") && len(b) > longShortName: // Pan is a last name too, which Chinese lists have first
		return Title
	case b == "" && userName.MatchString(first), isAccount(first), isAccount(last):
		return UserName
	case isPicture(first) || isPicture(last):
		return Picture
	case strings.ContainsAny(last, "([（") && bracketed(last, false), strings.ContainsAny(first, "([（") && bracketed(first, true):
		return Beside
	case strings.IndexByte(b, ' ') > 0 && hasAside(last):
		return Beside
	case b != "" && last == b && repeats[b], a != "" && first == a && repeats[a]: // with a capital some are names
		return Repeated
	case strings.IndexByte(b, ' ') > 0 && endsInCompanion(last, b), strings.IndexByte(a, ' ') > 0 && (endsInCompanion(first, a) || isFurther(a)):
		return Further
	case startsWithCompany(b):
		return Company
	case strings.HasSuffix(b, " only"), strings.HasSuffix(a, " only"):
		return Answer
	}
	if start, number, is := strings.Cut(strings.TrimSpace(a+" "+b), " "); is && numberWords[number] && numbered[start] {
		return Office
	}
	return None
}

// kindOf returns what a cell is by its words: all of it, its last word, or its first ones.
func kindOf(cell string, isFirst bool) Kind {
	if cell == "" || !isFirst && alsoNames[cell] {
		return None
	}
	if kind := wholes[cell]; kind != None && kind != Test {
		return kind
	}
	if kind := firstCells[cell]; isFirst && kind != None { // of what stands in brackets
		return kind
	}
	start, _, more := strings.Cut(cell, " ")
	end := cell[strings.LastIndexByte(cell, ' ')+1:]
	switch {
	case strings.HasPrefix(cell, "head of "):
		return Job
	case nouns[end] != None && (isFirst || !alsoNames[end]):
		return nouns[end]
	case len(end) > longJob && hasJobEnding(end):
		return Job
	case more && units[end]:
		return Office
	case more && starts[start] != None:
		return starts[start]
	case isFirst && more && (greetings[start] || start == "good" && dayTimes[second(cell)]):
		return Greeting
	case isFirst && more && roleStarts[start]:
		return Office
	case more && (start == "leiter" || start == "leiterin"):
		return Job
	case isFirst && places[cell]:
		return Place
	case isFirst && len(end) > len("straße")+1 && (strings.HasSuffix(end, "straße") || strings.HasSuffix(end, "strasse") || strings.HasSuffix(end, "str.")):
		return Street
	}
	return None
}

// second returns the second word of a cell.
func second(cell string) string {
	_, rest, _ := strings.Cut(cell, " ")
	word, _, _ := strings.Cut(rest, " ")
	return word
}

// startsWithCompany reports whether the cell of a last name begins with a company: Lufthansa Group.
func startsWithCompany(cell string) bool {
	start, _, more := strings.Cut(cell, " ")
	return more && wholes[start] == Company
}

// startsLikePerson reports whether the first word of several is a known name of people: Ida Sales.
func startsLikePerson(cell string) bool {
	start, _, more := strings.Cut(cell, " ")
	return more && charset.IsKnownName(start)
}

// isTestWord reports whether a cell is a word of tests, with a number behind it or without: test, Test2, dummy.
func isTestWord(cell string) bool { return tests[strings.TrimRight(cell, digits+" -_#")] }

// isSentence reports whether a cell is a sentence: three words or more, of which some are no parts of names.
func isSentence(cell string) bool {
	if strings.Count(cell, " ") < fewestWords-1 {
		return strings.IndexByte(cell, ' ') > 0 && sentences[strings.ToLower(strings.Trim(cell, " .!?"))]
	}
	small := 0
	for _, word := range strings.FieldsFunc(strings.ToLower(strings.ReplaceAll(cell, "’", "'")), func(r rune) bool { return strings.ContainsRune(" ,.!?;:", r) }) {
		switch {
		case strongWords[word]:
			return true
		case phraseWords[word]:
			small++
		}
	}
	return small > 1
}

const (
	fewestWords   = 3 // of a sentence
	longJob       = 9 // bytes, beyond which the end of a word says that it is a job
	longShortName = 5 // bytes, beyond which a last name is none of one syllable
)

func hasJobEnding(word string) bool {
	return slices.ContainsFunc(jobEndings, func(ending string) bool {
		return strings.HasSuffix(word, ending) && utf8.RuneCountInString(word) > utf8.RuneCountInString(ending)+2
	})
}
