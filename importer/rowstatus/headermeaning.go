package rowstatus

import (
	"slices"
	"strings"
	"unicode"

	"guestflow/importer/headers"
	"guestflow/importer/pattern"
	"guestflow/importer/where"
	"guestflow/importer/wordset"
)

// MeaningOf returns what a column's header says of its cells. others are all headers: "No" is a refusal beside "Yes", and
// a number without it. hasFewTexts reports whether the column has few different texts, as one of a choice has.
func MeaningOf(header string, others []string, hasFewTexts func() bool) Meaning {
	m := meaningOfHeader(header, others)
	switch {
	case len(header) > headers.MaxLength || m == unclear:
	case isOfOtherConsent(header):
		return Silent
	case m != refusal && m != anything && isOfRecord(header), m == status && isOfOtherState(header),
		m == Consent && hasAny(headers.Words(header), onlineWords):
		return anything
	case m == Consent && (isYesNoOfGuest(header) || hasAny(headers.Words(header), companionWords)):
		return anything
	case (isSignature(header) || m == anything && (isOfEnd(header) || isReason(header))) && hasFewTexts():
		return unhinted
	case isOfBefore(header) && (m == Consent || m == anything), m == anything && !isCheckIn(header) && isOfGuest(header):
		return anything
	case m == anything && hasFewTexts():
		return unhinted
	}
	return m
}

// meaningOfHeader returns what a header says by itself and beside others.
func meaningOfHeader(header string, others []string) Meaning {
	if len(header) > headers.MaxLength {
		return anything
	}
	name := wordset.Letters(header)
	words := headers.Words(header)
	if isCheckIn(header) || hasAny(words, sentWords) || hasAny(words, linkWords) {
		return anything // all are alike before the event; a link says nothing of a guest
	}
	if asksForRefusal(header, words) {
		return refusal
	}
	if withoutRefusals(header, words) {
		return anything
	}
	if isOwed(words) {
		return refusal
	}
	if isOfPayment(words) {
		return Consent
	}
	if m := meaningOfName(name, words); m == permission && withdraws(header, words) {
		return refusal
	} else if m != anything {
		return m
	}
	if m := meaningOfAnswer(header, others); m != anything {
		return m
	}
	if isDayOfAnswer(words) {
		return Consent
	}
	return meaningOfWords(name, words)
}

// withoutRefusals reports whether a header names refusals as what a number is without: “Quantity (- Refund)”.
func withoutRefusals(header string, words []string) bool {
	_, behind, minus := strings.Cut(header, "(-")
	return minus && slices.ContainsFunc(headers.Words(behind), func(w string) bool { return hasStem(w, refusalStems) }) || hasAny(words, withoutWords)
}

// asksForRefusal reports whether a header asks why a guest does not come: whatever stands below it is a no.
func asksForRefusal(header string, words []string) bool {
	if !hasAny(words, reasonWords) {
		return false
	}
	elided := strings.ContainsAny(header, "'’") // d'absence
	return slices.ContainsFunc(words, func(w string) bool {
		rest := w
		if elided && len(w) > 1 && (w[0] == 'd' || w[0] == 'l') {
			rest = w[1:]
		}
		return negators[w] || negativeFirstWords[w] || hasStem(w, refusalStems) || hasStem(rest, refusalStems) || refusalWords[rest]
	})
}

// isCheckIn reports whether a header is of the arrival at the door.
func isCheckIn(header string) bool {
	name := wordset.Letters(header)
	return strings.Contains(name, "checkin") || strings.Contains(name, "checkedin") || hasAny(headers.Words(header), arrivedWords) || strings.Contains(name, "joinedevent")
}

// withdraws reports whether a header of a permission says that it was taken back: “GDPR withdrawn”.
func withdraws(header string, words []string) bool {
	return !strings.ContainsAny(header, "/|") && slices.ContainsFunc(words, func(w string) bool { return hasStem(w, refusalStems) })
}

// meaningOfName returns what headers mean that are known, or have a known part.
func meaningOfName(name string, words []string) Meaning {
	has := func(parts []string) bool {
		return slices.ContainsFunc(parts, func(part string) bool {
			return strings.Contains(name, part) && (len(part) > maxShortPart || beginsAWord(part, words))
		})
	}
	switch {
	case refusalNames[name], has(refusalParts):
		return refusal
	case statusNames[name], has(statusParts):
		return status
	case permissionNames[name], has(permissionParts):
		return permission
	case consentNames[name], has(consentParts):
		return Consent
	}
	return anything
}

// maxShortPart is how many letters of a part of a header other words may have as well: “estate” has “state”.
const maxShortPart = 5

// beginsAWord reports whether words, written as one, have a part where one of them begins.
func beginsAWord(part string, words []string) bool {
	for i := range words {
		if strings.HasPrefix(strings.Join(words[i:], ""), part) {
			return true
		}
	}
	return false
}

// meaningOfAnswer returns what a header means that is itself one of the answers, as in two columns "Yes" and "No", or
// two of them: "Accept/Decline", "A/D".
func meaningOfAnswer(header string, others []string) Meaning {
	whole, before := classOf(where.Fold(header))
	switch {
	case headers.IsNameless(header):
		return unclear
	case whole == excludedWord, before == excludedWord:
		return refusal
	case whole == doubtfulWord:
		if invitedWords[wordKey(where.Fold(header))] {
			return Consent
		}
		return refusal
	case whole == negativeWord:
		if slices.ContainsFunc(others, saysYesItself) {
			return refusal
		}
		return unclear
	case whole == yesWord && len([]rune(strings.TrimSpace(header))) == 1 && strings.ContainsFunc(header, isASCIILetter):
		return unclear
	case whole.included() && !harmlessStates[wordKey(where.Fold(header))], namesTwoAnswers(header), namesAlternatives(header), isLegend(header):
		return Consent
	case codeNames[wordset.Letters(header)]:
		return unclear
	}
	return anything
}

// isDayOfAnswer reports whether the words of a header are a word of guests who have agreed, and of the day: “Bestätigt am”.
func isDayOfAnswer(words []string) bool {
	rest := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return dayWords[w] || onWords[w] })
	if len(rest) == 0 || len(rest) == len(words) || len(rest) > 2 {
		return false
	}
	class, _ := classOf(strings.Join(rest, " "))
	return class == agreedWord
}

func isASCIILetter(r rune) bool { return r < unicode.MaxASCII && unicode.IsLetter(r) }

// saysYesItself reports whether a header is an answer of guests who come.
func saysYesItself(header string) bool {
	if len(header) > headers.MaxLength {
		return false
	}
	whole, _ := classOf(where.Fold(header))
	return whole == yesWord || whole == agreedWord
}

// namesTwoAnswers reports whether a header has two answers with a stroke between: Yes/No, A/D, 👍/👎.
func namesTwoAnswers(header string) bool {
	for word := range strings.FieldsSeq(where.Fold(header)) {
		one, other, two := strings.Cut(strings.Trim(word, "()[]?:"), "/")
		if !two || strings.Contains(other, "/") {
			continue
		}
		if answerLetters[one+other] {
			return true
		}
		a, _ := classOf(one)
		b, _ := classOf(other)
		isNo := b == negativeWord || b == excludedWord || b == doubtfulWord
		if a.included() && isNo || b.included() && (a == negativeWord || a == excludedWord || a == doubtfulWord) {
			return true
		}
	}
	return false
}

// meaningOfWords returns what the words of a header mean, in whatever order: "Date declined", "Reason for absence".
func meaningOfWords(name string, words []string) Meaning {
	if hasAny(words, besideWords) {
		return anything
	}
	begins := func(stems []string) bool {
		return slices.ContainsFunc(words, func(w string) bool {
			return slices.ContainsFunc(stems, func(stem string) bool { return strings.HasPrefix(w, stem) })
		})
	}
	contains := func(parts []string) bool {
		return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(name, part) })
	}
	switch {
	case begins(refusalStems), begins(listStems), hasAny(words, refusalWords), contains(refusalSigns), len(words) > 0 && len(words) < 4 && words[0] == "left":
		return refusal
	case hasNotMeant(strings.Join(words, " ")), len(words) > 1 && words[0] == "if" && words[1] == "space":
		return refusal
	case hasAny(words, stageWords):
		return status
	case (begins(comingStems) || hasAny(words, comingWords)) && !hasAny(words, topicWords):
		return Consent
	case hasAny(words, chosenWords) && !slices.ContainsFunc(words, func(w string) bool { return !chosenWords[w] && !askingWords[w] }):
		return Consent
	}
	return anything
}

func hasAny(words []string, set map[string]bool) bool {
	return slices.ContainsFunc(words, func(w string) bool { return set[w] })
}

// A header may have a word of states or answers, and be about something else: the id of an answer, the state of a visa, a part of
// the event, a newsletter. Or it has none, and its column is of answers: it names them, explains its codes, or says who signs.

// isOfRecord reports whether a header is of what a program or person notes beside an answer: “Response ID”, “Reply language”.
func isOfRecord(header string) bool {
	words := headers.Words(header)
	return header == "OPTIN_TIME" || len(words) > 1 && !strings.HasSuffix(header, "?") && recordWords[words[len(words)-1]] && !hasAny(words, stateWords)
}

// isOfOtherState reports whether a header is of a state of something else: “Visa status”, “State/Province”, “Billing state”.
func isOfOtherState(header string) bool { return hasAny(headers.Words(header), otherStateWords) }

// isOfPart reports whether the words of a question whether a guest comes name a part of the event. They are asked about where no
// other column says who comes: the event may be that dinner.
func isOfPart(words []string) bool { return hasAny(words, eventParts) }

// isOfNews reports whether a header is of a permission for other mail than an invitation: a newsletter, marketing.
func isOfNews(header string) bool {
	name := wordset.Letters(header)
	return slices.ContainsFunc(newsParts, func(part string) bool { return strings.Contains(name, part) }) && !hasAny(headers.Words(header), protectionWords)
}

// isSignature reports whether a header is of who has approved a guest: “Approved by”. Without a name, none has.
func isSignature(header string) bool {
	words := headers.Words(header)
	return len(words) == 2 && signedWords[words[0]] && byWords[words[1]]
}

// isOfColours reports whether a header is of nothing but a colour, as that of a traffic light is.
func isOfColours(header string) bool {
	words := headers.Words(header)
	return len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool { return !colourWords[w] })
}

// legend is a part of a header that says what a code means: 1=yes, A = attending.
var legend = pattern.New(`(?:^|[^\p{L}\p{N}])[\p{L}\p{N}]{1,2} ?[=:)] ?\p{L}{2,}`)

// isLegend reports whether a header says what the codes below it mean, and one of them says no.
func isLegend(header string) bool {
	parts := legend.FindAllStringIndex(header, -1)
	if len(parts) < 2 {
		return false
	}
	for i, at := range parts {
		end := len(header)
		if i+1 < len(parts) {
			end = parts[i+1][0]
		}
		_, meaning, _ := strings.Cut(signsOfLegends.Replace(header[at[0]:end]), "=")
		if isNo(strings.Trim(meaning, " ,;/()[]?.")) {
			return true
		}
	}
	return false
}

// signsOfLegends stand between a code and its meaning.
var signsOfLegends = strings.NewReplacer(":", "=", ")", "=")

// isOfPayment reports whether the words of a header ask whether a guest has paid: “Beitrag bezahlt”. An amount that is paid, and
// who has paid it, are none.
func isOfPayment(words []string) bool {
	return hasAny(words, paidParticiples) && !slices.ContainsFunc(words, func(w string) bool {
		return byWords[w] || topicWords[w] || amountWords[w] && !duesWords[w] || headers.IsThingWord(w) && !duesWords[w] && !paidParticiples[w] || hasOwnStem(w) && !duesWords[w]
	})
}

// namesAlternatives reports whether a header is two or three answers, of which one says no: “VIP/No”, “Yes / Maybe / No”.
func namesAlternatives(header string) bool {
	text := " " + strings.Trim(where.Fold(header), " ?()[]:") + " "
	for _, sign := range alternatives {
		answers := strings.Split(text, sign)
		if len(answers) < 2 || len(answers) > maxAlternatives || slices.ContainsFunc(answers, func(a string) bool {
			return strings.TrimSpace(a) == "" || len(strings.Fields(a)) > maxReply
		}) {
			continue
		}
		return slices.ContainsFunc(answers, func(a string) bool { return isNo(strings.TrimSpace(a)) }) &&
			!slices.ContainsFunc(headers.Words(header), hasOwnStem)
	}
	return false
}

// maxAlternatives is how many answers a header names at most.
const maxAlternatives = 4

// alternatives stand between two answers.
var alternatives = []string{"/", "|", " or ", " oder ", " ou ", " o ", " of ", " eller ", " tai ", " lub ", " nebo ", " alebo ", " vagy ", " sau ", " ili ", " или ", " або ", " ή ", " veya "}

// isYesNoOfGuest reports whether a header is of something that a guest is, has or needs, and says that it is a yes or a no:
// “Vegetarian (Y/N)”.
func isYesNoOfGuest(header string) bool {
	if !namesTwoAnswers(header) {
		return false
	}
	rest := slices.DeleteFunc(strings.Fields(header), func(word string) bool { return strings.Contains(word, "/") })
	return len(rest) > 0 && isOfGuest(strings.Join(rest, " "))
}

// isNo reports whether an answer, as a header has it, says no.
func isNo(folded string) bool {
	class, _ := classOf(folded)
	if class == unknownWord && !quietDoubts[wordKey(folded)] && !colourAnswers[wordKey(folded)] {
		class = openWords[wordKey(folded)]
	}
	if len([]rune(folded)) == 1 && class == negativeWord && folded != "n" { // M/F
		return false
	}
	if class != unknownWord {
		return !class.included()
	}
	m, _ := meaningOfLabel(folded)
	return m == notMeantLabel
}

// isOfAvailability reports whether a phrase may be of a thing as well: “not available”.
func isOfAvailability(text string) bool { return availability[wordKey(where.Fold(text))] }
