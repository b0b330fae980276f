package rowstatus

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"guestflow/importer/personname"
	"guestflow/importer/where"
)

// A note says in words of its own that its guest is not meant: “told me on the phone she's not coming”. It is judged clause by clause,
// as people write several things in one note: “cancelled his hotel, still coming”.
//
//   - A clause says so by a known phrase (notMeantTexts, noteTexts), by a known word that it has nothing else beside
//     (briefNotes), or by how its words stand together (saysItself).
//   - One that is about a companion, a part of the event or another time says nothing of the guest (isAside).
//   - A later one by which the guest comes all the same takes it back (comesAnyway).

// verdictOn returns what a question shows of a text by which its guest may not be meant; "" for any other.
func verdictOn(text string) (verdict string) {
	if len(text) > maxSentence {
		var space [256]byte
		verdict, _ = searchNote(space[:0], text, true)
		return verdict
	}
	clauses, passed := clausesOf(text), false
	for _, clause := range clauses {
		words := wordsOf(clause)
		switch says := clauseSays(clause, words); {
		case says == "" && isOfAttendance(verdict) && comesAnyway(words):
			verdict, passed = "", true
		case says == "":
		case isAside(clause, words):
			passed = true
		case verdict == "":
			verdict = says
		}
	}
	if verdict == "" && !passed && len(clauses) > 1 { // a phrase may have signs in it
		var space [256]byte
		verdict, _ = searchNote(space[:0], text, true)
	}
	return verdict
}

// isOfAttendance reports whether a verdict is that a guest does not come, and not that the address is wrong, or that it is another person.
func isOfAttendance(verdict string) bool {
	return verdict == noLongerMeant || verdict == askFirst ||
		slices.ContainsFunc(wordsOf(verdict), func(w string) bool { return isOfComing(w) || refusedWords[w] })
}

// clausesOf are the parts of a text between signs, and before a but.
func clausesOf(text string) []string {
	for _, between := range []string{" - ", " – ", " — ", " but ", " aber ", " sondern ", " mais ", " pero ", " sino ", " maar ", " men ", " ale ", " но "} {
		text = strings.ReplaceAll(text, between, ",")
	}
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",;.:()/!?–—\n", r) })
}

// wordsOf are the words of a text as normalize leaves them.
func wordsOf(text string) []string {
	var space [256]byte
	return strings.Fields(string(normalize(space[:0], text)))
}

// clauseSays returns what a question shows of a clause by which a guest may not be meant.
func clauseSays(clause string, words []string) string {
	var space [256]byte
	if phrase, _ := searchNote(space[:0], clause, true); phrase != "" {
		return phrase
	}
	if part := strings.TrimSpace(clause); part != "" && len(part) <= maxLabel {
		folded := where.Fold(part)
		class, _ := classOf(folded)
		if class == excludedWord || class == doubtfulWord && !quietDoubts[wordKey(folded)] || isBriefPhrase(part) {
			return part
		}
	}
	return saysItself(words)
}

// What a question shows of notes that say it in words of their own, which may name people.
const (
	askFirst       = "ask first"
	noLongerMeant  = "no longer, or does not come"
	notContacted   = "not to be contacted"
	offTheList     = "off the list"
	alreadyInvited = "already invited"
	anotherAddress = "another address"
)

// saysItself judges a clause by how its words stand together.
func saysItself(words []string) string {
	triggers := noteTriggers()
	switch {
	case len(words) > 1 && len(words) <= maxAskWords && onlyIfs[words[0]+words[1]]:
		return askFirst
	case !slices.ContainsFunc(words, func(w string) bool { return triggers[w] }):
		return ""
	case len(words) <= maxAskWords && asksFirst(words):
		return askFirst
	case combinedSay(words) != "":
		return combinedSay(words)
	case saysGone(words), refuses(words), goesElsewhere(words), isModalNo(words), endsInSaidNo(words):
		return noLongerMeant
	case forbidsContact(words):
		return notContacted
	}
	return ""
}

// combinations are sets of words that say it where a clause has one of each, and none of a last set.
var combinations = []struct {
	of      []map[string]bool
	without map[string]bool
	says    string
}{
	{[]map[string]bool{alreadyWords, invitedParticiples}, nil, alreadyInvited},
	{[]map[string]bool{alreadyWords, receivedWords, invitationWords}, nil, alreadyInvited},
	{[]map[string]bool{receivedWords, invitationWords, sourceWords}, nil, alreadyInvited},
	{[]map[string]bool{takeOffVerbs, listWords}, ontoWords, offTheList},
	{[]map[string]bool{leaveVerbs, leaveParticles}, nil, offTheList},
	{[]map[string]bool{otherWords, planWords}, nil, noLongerMeant},
	{[]map[string]bool{stayVerbs, homeWords}, nil, noLongerMeant},
}

// combinedSay returns what words say by which of them stand in one clause.
func combinedSay(words []string) string {
	for _, t := range combinations {
		if !slices.ContainsFunc(t.of, func(set map[string]bool) bool { return !hasAny(words, set) }) &&
			!hasAny(words, t.without) && !slices.ContainsFunc(words, func(w string) bool {
			inOne := func(set map[string]bool) bool { return set[w] }
			return negates(w) || isOwn(w) && !slices.ContainsFunc(t.of, inOne)
		}) {
			return t.says
		}
	}
	return ""
}

// isModalNo reports whether a clause has nothing but a can, a no, and words of who and when: “kann an dem Tag nicht”.
func isModalNo(words []string) bool {
	return hasAny(words, modals) && slices.ContainsFunc(words, negates) &&
		!slices.ContainsFunc(words, func(w string) bool {
			return !modals[w] && !negates(w) && !whoAndWhen[w] && !fillerWords[w] && !isDigits(w)
		})
}

// endsInSaidNo reports whether a clause ends in the no that a guest has said: “elle a dit non”.
func endsInSaidNo(words []string) bool {
	last := len(words) - 1
	return last > 0 && saidNoes[words[last]] && slices.ContainsFunc(words[max(0, last-2):last], func(w string) bool { return saidWords[w] })
}

// isOwn reports whether a word is of what a guest is, has or needs.
func isOwn(word string) bool {
	return word != "plus" && word != "am" && (ownWords[word] || hasOwnStem(word))
}

// isOfContact reports whether a word is of writing to a guest.
func isOfContact(word string) bool {
	return contactVerbs[word] || relationWords[word] || strings.Contains(word, "mail")
}

// negates reports whether a word takes back those behind it.
func negates(word string) bool { return negators[word] || denials[word] || neverWords[word] }

// window are the words behind one, as far as a no reaches.
func window(words []string, behind int) []string {
	return words[behind+1 : min(behind+2+maxBetween, len(words))]
}

// maxBetween is how many words stand between a no and what is not to be done.
const maxBetween = 3

// saysGone reports whether words say that a guest does not come, or no longer is what he was invited for. What he no longer eats or
// needs says nothing.
func saysGone(words []string) bool {
	if perhapsComes(words) || hasAny(words, sureWords) || endsInNo(words) {
		return true
	}
	for i, word := range words {
		no := negates(word) && (word != "non" || len(words) > 2) || noneWords[word] // “Non-member” is a kind of guest
		if no && takesBackRelation(window(words, i)) || noneWords[word] && hasAny(window(words, i), postWords) {
			return true
		}
		if negates(word) && !noLongerAlone[word] && slices.ContainsFunc(window(words, i), func(next string) bool {
			return attendVerbs[next] && (word != "no" && word != "nao" || next != "come") || interestWords[next] && !slices.ContainsFunc(words, isOwn)
		}) {
			return true
		}
		if (negates(word) || noLongerAlone[word]) &&
			(i+1 < len(words) && noLonger[word+words[i+1]] || i+2 < len(words) && noLonger[word+words[i+2]]) {
			return !slices.ContainsFunc(words, isOwn)
		}
	}
	return false
}

// takesBackRelation reports whether one of the words behind a no is of what makes a guest one: mail, a membership, an
// answer.
func takesBackRelation(behind []string) bool {
	for _, word := range behind {
		if relationWords[word] || contactVerbs[word] {
			return true
		}
		if isOwn(word) {
			return false
		}
	}
	return false
}

// perhapsComes reports whether a short clause says that a guest may come: “kommt vielleicht”.
func perhapsComes(words []string) bool {
	return len(words) <= maxPerhaps && hasAny(words, perhapsWords) && slices.ContainsFunc(words, isOfComing) && !slices.ContainsFunc(words, isOwn)
}

// maxPerhaps is how many words such a clause has at most.
const maxPerhaps = 4

// isOfComing reports whether a word is of guests who come.
func isOfComing(word string) bool {
	return attendVerbs[word] || comingWords[word] || goingWords[word] || hasStem(word, comingStems)
}

// endsInNo reports whether a verb of coming has its no at the end, as in German and Dutch: “kommt leider doch nicht”.
func endsInNo(words []string) bool {
	last := len(words) - 1
	return last > 0 && lastNegators[words[last]] && slices.ContainsFunc(words[max(0, last-1-maxBetween):last], func(w string) bool { return attendVerbs[w] })
}

// refuses reports whether words have a participle of refusing, of nothing that a guest has: “hat am Telefon abgesagt”. It stands with
// an auxiliary, at the end, or before a word that is known to stand beside it, as “Declined Ltd” has none.
func refuses(words []string) bool {
	at := slices.IndexFunc(words, func(w string) bool { return refusedWords[w] })
	if at < 0 || slices.ContainsFunc(words, func(w string) bool { return negates(w) || isOwn(w) && !placeWords[w] }) {
		return false
	}
	return at == len(words)-1 || hasAny(words, auxiliaries) || fillerWords[words[at+1]] || whoAndWhen[words[at+1]]
}

// goesElsewhere reports whether words say that a guest goes to something else instead.
func goesElsewhere(words []string) bool {
	return len(words) > 2 && insteadWords[words[len(words)-1]] && slices.ContainsFunc(words, isOfComing)
}

// forbidsContact reports whether words say not to write to a guest, with words between: “please do not ever send”.
func forbidsContact(words []string) bool {
	for i, word := range words {
		if !negates(word) {
			continue
		}
		unknown := 0
		for _, next := range window(words, i) {
			if contactVerbs[next] {
				return true
			}
			if !betweenWords[next] {
				unknown++
			}
			if unknown > 1 {
				break
			}
		}
	}
	return false
}

// asksFirst reports whether words say that a guest is to be invited once another person has been asked: a verb of asking with a
// word for first, or with nothing but a name behind it, as in “check with Tom”.
func asksFirst(words []string) bool {
	at := slices.IndexFunc(words, func(w string) bool { return askVerbs[w] || waitVerbs[w] })
	if at < 0 || len(words) < 2 {
		return false
	}
	if hasAny(words, firstWords) || waitVerbs[words[at]] && hasAny(words, consentsWords) {
		return true
	}
	return at == 0 && !waitVerbs[words[at]] && len(words) <= maxAskedName && hasAny(words[1:], askedWords)
}

const (
	maxAskWords  = 7
	maxAskedName = 4 // words: check with Anna Kern
)

// isAside reports whether a clause that says no is about a companion, a part of the event or another time, and not about emails.
func isAside(clause string, words []string) bool {
	joined := " " + strings.Join(words, " ") + " "
	if len(words) == 0 || slices.ContainsFunc(words, isOfContact) {
		return false
	}
	if slices.ContainsFunc(words, isOwn) && slices.ContainsFunc(availablePhrases, func(p string) bool { return strings.Contains(joined, p) }) {
		return true
	}
	no := max(0, slices.IndexFunc(words, func(w string) bool { return negates(w) || noneWords[w] || refusedWords[w] || sureWords[w] }))
	if slices.ContainsFunc(words, func(w string) bool { return attendVerbs[w] || refusedWords[w] }) &&
		(hasAny(words[no:], spansAside) || slices.ContainsFunc(asidePhrases, func(p string) bool { return strings.Contains(joined, p) })) {
		return true
	}
	return hasAny(words[no:], partsAside) || !refusedWords[words[no]] && isOfCompanion(clause, words, no) // who cancels may do so for the guest
}

// isOfCompanion reports whether the no of a clause, at a place, is said of a companion: “wife can't come”. Frau is a title before a name.
func isOfCompanion(clause string, words []string, no int) bool {
	at := no
	for at >= 0 && !companions[words[at]] {
		at--
	}
	if at < 0 || slices.ContainsFunc(words[at+1:max(no, at+1)], func(w string) bool { return !auxiliaries[w] && !attendVerbs[w] }) {
		return false
	}
	raw := strings.Fields(clause)
	if !titles[words[at]] || at+1 >= len(raw) || len(raw) != len(words) {
		return true
	}
	first, _ := utf8.DecodeRuneInString(raw[at+1])
	return !unicode.IsUpper(first)
}

// comesAnyway reports whether a clause says nothing but that a guest comes: “still coming”, “kommt aber allein”.
func comesAnyway(words []string) bool {
	return len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool { return !attendVerbs[w] && !anywayWords[w] }) &&
		slices.ContainsFunc(words, func(w string) bool { return attendVerbs[w] || w == "will" })
}

// addressStatus judges a note by the addresses in it: one that is in no other cell of its row may be the right one.
func addressStatus(note string, cells []string) (s Status, says bool) {
	if len(note) > maxNote || strings.IndexByte(note, '@') < 0 {
		return s, false
	}
	isBetween := func(r rune) bool { return strings.ContainsRune(" \t\r\n<>()[]\"',;:|/", r) }
	for word := range strings.FieldsFuncSeq(note, isBetween) {
		if word = strings.Trim(word, ".!?*"); personname.HasAddress(word) && !hasText(cells, word, note) {
			return Status{Text: note, phrase: anotherAddress, Out: true}, true
		}
	}
	return s, false
}

// hasText reports whether a cell other than the note has a text, in any case.
func hasText(cells []string, text, note string) bool {
	for _, cell := range cells {
		if strings.TrimSpace(cell) != note && strings.Contains(strings.ToLower(cell), strings.ToLower(text)) {
			return true
		}
	}
	return false
}

// isBriefPhrase reports whether a text is one of briefNotes, and nothing but words that stand beside them.
func isBriefPhrase(text string) bool {
	if len(text) > maxLabel {
		return false
	}
	words := wordsOf(text)
	for i := range words {
		for n := 1; n <= maxBriefNoteWords && i+n <= len(words); n++ {
			if briefNotes[strings.Join(words[i:i+n], "")] && standBeside(words[:i]) && standBeside(words[i+n:]) {
				return true
			}
		}
	}
	return false
}

const maxBriefNoteWords = 4

// standBeside reports whether words say nothing of it, so that a known one beside them is what a note says.
func standBeside(words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool {
		isFiller := fillerWords[w] || noteFillers[w] || briefNoteFillers[w] || isDigits(w)
		return !isFiller || negators[w] || w == "guest" || w == "guests"
	})
}
