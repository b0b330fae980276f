package rowstatus

import (
	"slices"
	"strings"
	"unicode"

	"guestflow/importer/headers"
	"guestflow/importer/where"
	"guestflow/importer/wordset"
)

// A list may say who is meant below a header that says nothing of it: “Host decision”, “Wave”, “Anna says”. Such a column
// is found by its texts: it has few, and a word among them that refuses, or nothing but answers. What it is about when its
// header names another thing (diets, sizes, hotels) is no question of who is meant.

const (
	MaxFewTexts = 20 // different ones of a column of a choice
	maxAnswer   = 30 // bytes
)

// openStatus judges a cell below a header that says nothing of who is meant.
func (w *Column) openStatus(cell string) (s Status, says bool) {
	folded := where.Fold(cell)
	s, _ = textStatus(cell)
	class := unknownWord
	if s.class == unknownWord && len(cell) <= maxAnswer {
		class = openWords[wordKey(folded)]
	}
	switch {
	case s.Out && class != negativeWord: // in and out are an answer each, of which it is asked
		return s, true
	case class != unknownWord:
		s = Status{Text: cell, class: class, Known: true}
	}
	if s.class == unknownWord && isFormer(folded) {
		s.class = doubtfulWord
	}
	if s.class == unknownWord && w.meaning == unhinted && w.openSentence(&s, folded) {
		return s, true
	}
	switch {
	case where.IsEmpty(folded):
		return s, false
	case w.exception, w.mayEnd && isDay(cell), s.class == unknownWord && (w.signed || w.dated && isDate(cell) && (!w.ending || isDay(cell))):
		s.dated = true
	case s.class == unknownWord:
		s.plain = true
	case s.class == doubtfulWord:
		s.refuses = !quietDoubts[wordKey(folded)] && !ageWords[wordKey(folded)]
	}
	s.perhaps = s.class == doubtfulWord || s.class == negativeWord
	return s, true
}

// isFormer reports whether a text is of one who no longer is what guests are, or of none: “Ex-client”, “Test attendee”.
func isFormer(folded string) bool {
	words := headers.Words(folded)
	return len(words) == 2 && relationKinds[words[1]] && formerKinds[words[0]]
}

// openSentence judges a text that is no word that is known, below a header that says nothing of who is meant, and reports whether
// nothing else decides about it.
func (w *Column) openSentence(s *Status, folded string) bool {
	if state := endsInState(folded); state == excludedWord && (!w.ofThing || strings.Count(folded, " ") == 1) {
		s.Out = true
	} else if w.ofThing {
		return false
	} else if exactNotes[wordKey(folded)] || state == doubtfulWord {
		s.class, s.Known = doubtfulWord, state == unknownWord
	} else if s.class = abbreviated(folded); s.class != unknownWord {
		s.Known = true
	} else {
		s.class = answerClass(folded)
	}
	return s.Out
}

// isDate reports whether a cell may be a date or a time: digits with a sign between them.
func isDate(cell string) bool {
	digits := 0
	for _, r := range cell {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	return digits >= 4 && len(cell) <= maxWord && strings.ContainsAny(strings.TrimSpace(cell), "-./: ") && !strings.ContainsAny(cell, "@+")
}

// addPlain counts a text that says nothing.
func (c *ColumnCounts) addPlain(text string, kept int) {
	if c.plain++; c.of.meaning == Notes && len(c.plainTexts) > maxUndecided { // too many to be shown
		return
	}
	key := where.Fold(text)
	i, there := c.plainIndex[key]
	if !there && len(c.plainTexts) > MaxFewTexts {
		return
	}
	if !there {
		if c.plainIndex == nil {
			c.plainIndex = map[string]int{}
		}
		i = len(c.plainTexts)
		c.plainIndex[key], c.plainTexts = i, append(c.plainTexts, Value{Text: text})
	}
	c.plainTexts[i].Rows++
	c.plainTexts[i].Kept += kept
}

// isOfChoice reports whether a column has few different texts, as one that was filled in by choosing has.
func (c *ColumnCounts) isOfChoice() bool {
	return c.Others == 0 && len(c.Values)+len(c.plainTexts) <= MaxFewTexts
}

// isOpen reports whether a column has nothing but answers, of which it is not known which of them says that a row is
// meant: yes and no, or a tick in some rows. kept is how many rows the rule leaves in.
func (c *ColumnCounts) isOpen(kept int) bool {
	if c.of.meaning != unhinted && c.of.meaning != unclear || c.of.ofThing && !c.of.mayEnd {
		return false
	}
	if c.of.ending || c.of.exception || c.of.mayEnd && c.dates > 0 && !c.of.dated {
		return c.isOfMinority(kept)
	}
	if c.of.ofThing {
		return false
	}
	if c.plain > 0 && !c.answersQuestion() || c.Others > 0 || len(c.Values) > maxCodes {
		return false
	}
	yes, no, words := c.dates, 0, c.dates > 0
	for _, v := range c.Values {
		switch {
		case v.Kept == 0:
			continue
		case v.class == negativeWord:
			no += v.Kept
		case v.class.included():
			yes += v.Kept
		case v.class == doubtfulWord && c.included > 0:
			no += v.Kept
		default:
			return false
		}
		words = words || !isDigits(v.Text)
	}
	if c.plain > 0 {
		return no > 0
	}
	if !words {
		return yes > 0 && no > 0 && yes+no > 2 // else it counts rows, or something
	}
	return yes > 0 && no > 0 || yes+no > 0 && kept > c.kept
}

// answersQuestion reports whether a column is of a question, with a few texts that are no words that are known.
func (c *ColumnCounts) answersQuestion() bool {
	different := len(c.plainTexts) + len(c.Values)
	return c.of.isQuestion && different <= maxCodes && c.said >= 2*different
}

// openRules are those that take the rows of one answer.
func (c ColumnCounts) openRules() (list []where.Test) {
	yes, no := c.texts(true), c.texts(false)
	empty := c.emptyKept > 0
	switch {
	case c.of.exception || c.of.ending || c.of.mayEnd && c.dates > 0:
		return c.filledRule()
	case len(no) > 0 && (c.plain > 0 || c.hasUnknownYes()):
		list = append(list, *where.In(c.Header, true, no...), *where.In(c.Header, false, no...))
	case len(yes) > 0 && len(no) > 0:
		list = append(list, *where.In(c.Header, false, yes...))
		if empty {
			list = append(list, *where.In(c.Header, true, no...), *where.In(c.Header, true, yes...))
		} else {
			list = append(list, *where.In(c.Header, false, no...))
		}
	case empty:
		list = append(list, *where.Empty(c.Header, true), *where.Empty(c.Header, false))
	}
	return list
}

// hasUnknownYes reports whether a row says yes in words that may be a guest's.
func (c ColumnCounts) hasUnknownYes() bool {
	return slices.ContainsFunc(c.Values, func(v Value) bool { return v.Kept > 0 && v.class.included() && !v.Known })
}

// texts are those of rows that the rule leaves in that say yes, or no.
func (c ColumnCounts) texts(yes bool) (list []string) {
	for _, v := range c.sorted() {
		if v.Kept > 0 && v.class.included() == yes {
			list = append(list, v.Text)
		}
	}
	return list
}

// isOfThing reports whether a header names something that a list has of its guests, of which a yes or no says nothing of
// who is meant.
func isOfThing(header string) bool {
	words := headers.Words(header)
	if len(words) > 1 && (signedWords[words[0]] || inviteWords[words[0]]) || len(words) == 1 && duesWords[words[0]] {
		return false
	}
	return slices.ContainsFunc(words, func(w string) bool {
		return !actWords[w] && (headers.IsThingWord(w) || topicWords[w] || besideWords[w] || linkWords[w])
	}) || headers.IsThingWord(wordset.Letters(header))
}

// isOfGuest reports whether a header is about what a guest is, has, needs or has chosen beside coming.
func isOfGuest(header string) bool {
	words := headers.Words(header)
	joined := " " + strings.Join(words, " ") + " "
	if hasAny(words, formerWords) || len(words) > 1 && inviteWords[words[0]] {
		return false
	}
	return len(words) > 0 && ownVerbs[words[0]] ||
		slices.ContainsFunc(words, func(w string) bool { return ownWords[w] || hasOwnStem(w) }) ||
		slices.ContainsFunc(ownPhrases, func(p string) bool { return strings.Contains(joined, p) }) ||
		slices.ContainsFunc(ownSigns, func(sign string) bool { return strings.Contains(header, sign) })
}

// hasOwnStem reports whether a word begins with such a stem, or has a long one in it, as compounds do: “Matallergi”.
func hasOwnStem(word string) bool {
	return slices.ContainsFunc(ownStems, func(stem string) bool {
		return strings.HasPrefix(word, stem) || len(stem) >= longStem && strings.Contains(word, stem)
	})
}

const longStem = 6 // bytes

// isOfPaper reports whether a header is of a document that a guest needs, which has states of its own.
func isOfPaper(header string) bool { return hasAny(headers.Words(header), paperWords) }

// isOfBefore reports whether a header asks whether a guest has come at other times: “First time attending?”.
func isOfBefore(header string) bool {
	joined := " " + strings.Join(headers.Words(header), " ") + " "
	return slices.ContainsFunc(beforePhrases, func(p string) bool { return strings.Contains(joined, p) })
}

// isOfOtherConsent reports whether a header is of a permission that is not about being mailed: photos, films, terms, text messages.
func isOfOtherConsent(header string) bool {
	words := headers.Words(header)
	mailed := func(w string) bool { return strings.Contains(w, "mail") || w == "newsletter" || w == "contact" }
	return !slices.ContainsFunc(words, mailed) &&
		(slices.ContainsFunc(words, func(w string) bool { return consentTopicWords[w] || hasStem(w, consentTopics) }) ||
			slices.ContainsFunc(consentSigns, func(sign string) bool { return strings.Contains(header, sign) }))
}

// Lists have words for states that are in no table. These rules find them by how they stand in their column.

// asksForReply reports whether a header of one word asks whether a guest comes, and its few texts are not of how, where or when. A
// second word may say that it is about something else: Confirmation name.
func (c *ColumnCounts) asksForReply() bool {
	return c.of.meaning == Consent && !c.of.aside && !c.of.paid && len(headers.Words(c.Header)) == 1 && len(c.Values) <= maxCodes &&
		!slices.ContainsFunc(c.Values, func(v Value) bool {
			return v.Text == "" || slices.ContainsFunc(headers.Words(v.Text), func(w string) bool { return modeWords[w] || eventParts[w] || ownWords[w] || hasOwnStem(w) })
		})
}

// isOfUnknownStates reports whether a column of states, or of replies, has nothing but a few texts that are not known, which several
// rows have: which of them are meant is for a person to say.
func (c *ColumnCounts) isOfUnknownStates() bool {
	if c.of.meaning != status && !c.asksForReply() || c.included > 0 || c.codes > 0 || c.Others > 0 ||
		len(c.Values) < 2 || len(c.Values) > maxStates || regionNames[wordset.Letters(c.Header)] {
		return false
	}
	repeated := false
	for _, v := range c.Values {
		if v.class != unknownWord || isDigits(v.Text) || isDate(v.Text) || hasAny(headers.Words(v.Text), guestKinds) {
			return false
		}
		repeated = repeated || v.Rows > 2
	}
	return repeated
}

// isOfOddStates reports whether a column of which nothing is known has states that are well in most rows, and a few
// texts that are not known in some: “confirmed” and “released”.
func (c *ColumnCounts) isOfOddStates() bool {
	return c.of.meaning == unhinted && !c.of.ofThing && c.Others == 0 && c.plain > 0 &&
		c.states >= 3*c.plain && c.states >= minStates && len(c.plainTexts)+len(c.Values) <= maxStates &&
		!slices.ContainsFunc(c.plainTexts, func(v Value) bool { return hasAny(headers.Words(v.Text), guestKinds) })
}

// minStates is how many rows have a known state at least where the others' are asked about.
const minStates = 3

// isOfYesAndOther reports whether a column of which nothing is known has two texts, of which one is a yes and the other is not known:
// “keep” and “parked”.
func (c *ColumnCounts) isOfYesAndOther() bool {
	return c.of.meaning == unhinted && !c.of.ofThing && c.Others+c.dates == 0 && len(c.Values) == 1 && len(c.plainTexts) == 1 &&
		c.Values[0].class.included() && c.Values[0].Rows > 2 && !isDigits(c.Values[0].Text) && !hasAny(headers.Words(c.plainTexts[0].Text), guestKinds)
}

// isOfCircles reports whether a column has circles and crosses and nothing else: a cross is a yes by itself, and a no
// beside a circle.
func (c *ColumnCounts) isOfCircles() bool {
	circles, crosses := false, false
	for _, v := range c.Values {
		switch where.Fold(v.Text) {
		case "o":
			circles = true
		case "x":
			crosses = true
		case "":
		default:
			return false
		}
	}
	return circles && crosses && c.plain+c.Others == 0 && !c.of.ofThing
}

// isOfRegions reports whether a column of states is of parts of a country, of which Oklahoma is OK.
func (c *ColumnCounts) isOfRegions() bool {
	name := wordset.Letters(c.Header)
	return regionNames[name] && (strings.HasPrefix(name, "state") || c.included == 0)
}

// maxStates is how many different texts a column of states has at most.
const maxStates = 12

// hasOnlyDoubts reports whether a column has nothing but words such as “old” and “left”, which stand for other things
// beside others, and rows without a text.
func (c *ColumnCounts) hasOnlyDoubts(rows int) bool {
	return c.plain+c.Others == 0 && c.said < rows && len(c.of.tests) == 0 && len(c.Values) > 0 &&
		!slices.ContainsFunc(c.Values, func(v Value) bool { return v.class != doubtfulWord })
}

// isSigned reports whether below a header such as “Approved” some rows have texts that are no answers, as the name of
// who has approved a guest is, and others have none.
func (c *ColumnCounts) isSigned(kept int) bool {
	if !c.of.ofSigners {
		return false
	}
	empty := kept - c.kept
	for _, v := range c.Values {
		switch {
		case v.Text == "":
			empty += v.Kept
		case v.class != unknownWord || v.Out:
			return false
		}
	}
	return empty > 0 && c.said > c.emptySaid()
}

// isOfSigners reports whether the words of a header say that a guest is approved, and not by whom.
func isOfSigners(words []string) bool { return len(words) == 1 && signedWords[words[0]] }

// shown returns an undecided column with the texts that its question shows: ranks and codes, and states that several
// rows have.
func (c ColumnCounts) shown() ColumnCounts {
	c.Values = slices.Clone(c.Values)
	if c.of.ofRank || c.of.meaning == unclear || c.of.isCut || c.out == 0 && (c.isOfOddStates() || c.isOfOpposites() || c.isOfYesAndOther()) {
		for _, v := range c.plainTexts {
			v.Known = c.of.ofRank || c.of.meaning == unclear || len(v.Text) <= maxCode || v.Rows > 1
			c.Values = append(c.Values, v)
		}
	}
	for i := range c.Values {
		c.Values[i].Known = c.Values[i].Known || c.of.meaning.IsAnswer() && c.Values[i].Rows > 2
	}
	return c
}

// isOfOpposites reports whether a column of which nothing is known has two texts of which one takes the other back:
// “drawn” and “not drawn”.
func (c *ColumnCounts) isOfOpposites() bool {
	different := len(c.plainTexts) + len(c.Values)
	if c.of.meaning != unhinted || c.of.ofThing || c.Others > 0 || different < 2 ||
		different > maxCodes {
		return false
	}
	texts := c.allTexts()
	keys := make([]string, len(texts))
	for i, v := range texts {
		if keys[i] = wordKey(where.Fold(v.Text)); hasAny(strings.Fields(where.Fold(v.Text)), guestKinds) {
			return false
		}
	}
	return slices.ContainsFunc(keys, func(key string) bool {
		hasOpposite := func(no string) bool { return slices.Contains(keys, no+key) }
		return len(key) > maxCode && slices.ContainsFunc(opposites, hasOpposite)
	})
}

// Some columns are filled in for the rows that are an exception: the day on which a membership ended, the reason for
// which a guest does not come. Where all rows have such a text it is usual: the day until which a membership lasts. So
// these columns are asked about where at most half of the rows are filled in.

// isOfEnd reports whether a header is of the day on which a guest's membership, contract or work ends: “Member until”,
// “Last day”.
func isOfEnd(header string) bool {
	words := headers.Words(header)
	end, last := false, false
	for _, w := range words {
		switch {
		case endWords[w]:
			end = true
		case lastWords[w]:
			last = true
		case dayWords[w]:
			end = end || last
		case !belongingWords[w]:
			return false
		}
	}
	return end && len(words) > 1
}

// isReason reports whether a header asks for a reason, and says of what for no guest.
func isReason(header string) bool {
	words := headers.Words(header)
	return len(words) == 1 && reasonWords[words[0]] && !askingReasons[words[0]]
}

// isOwed reports whether a header is of an amount that a guest has not paid: “Open balance”, “Betrag offen”.
func isOwed(words []string) bool {
	rest := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return owedWords[w] || amountWords[w] || currencyWords[w] })
	return len(rest) == 0 && hasAny(words, owedWords) && hasAny(words, amountWords)
}

// isOfMinority reports whether at most half of the rows, of which the rule leaves in so many, are filled in, in a
// column in which that says that a row may not be meant.
func (c *ColumnCounts) isOfMinority(kept int) bool {
	if c.kept == 0 || 2*c.kept > kept {
		return false
	}
	switch {
	case c.of.exception:
		return true
	case c.of.ending:
		return c.plain+c.Others == 0 && !slices.ContainsFunc(c.Values, func(v Value) bool { return v.class != yesWord })
	}
	return c.dates > 0 && c.plain+c.Others+len(c.Values) == 0 && 3*c.kept <= kept
}

// mayEnd reports whether a day below a header may be the one on which a guest has left: of no other day that lists
// have.
func mayEnd(header string) bool {
	if isOfOtherDay(header) || isOfGuest(header) {
		return false
	}
	words := slices.DeleteFunc(headers.Words(header), func(w string) bool { return dayWords[w] })
	return len(words) > 0 && !isOfThing(strings.Join(words, " "))
}

// isOfOtherDay reports whether a header is of a day that some guests have and others not: a birthday, a last login.
func isOfOtherDay(header string) bool {
	isOther := func(w string) bool { return otherDays[w] || hasStem(w, otherDayStems) }
	return slices.ContainsFunc(headers.Words(header), isOther)
}

// isDay reports whether a text is a date, and no time of day.
func isDay(cell string) bool {
	clock := strings.Count(cell, ":") == 1 && !strings.ContainsAny(cell, "-./")
	return isDate(cell) && !clock
}

// filledRule are the rules of a column of which it says something that it is filled in.
func (c ColumnCounts) filledRule() []where.Test {
	return []where.Test{*where.Empty(c.Header, false), *where.Empty(c.Header, true)}
}

// Hosts invite an A-list first, and those of the B-list in place of guests who decline.

// isOfRank reports whether a header is of the list, or the rank, that a guest is on.
func isOfRank(header string) bool {
	words := headers.Words(header)
	return len(words) == 1 && rankWords[words[0]] || len(words) == 2 && rankWords[words[0]+words[1]]
}

// isOfRanks reports whether a column has nothing but a few ranks, the first of them and others: A and B.
func (c *ColumnCounts) isOfRanks() bool {
	if !c.of.ofRank || c.Others > 0 || len(c.Values) > 0 || len(c.plainTexts) < 2 {
		return false
	}
	first := false
	for _, v := range c.plainTexts {
		rank := strings.ToLower(v.Text)
		if len(rank) != 1 || rank[0] < 'a' || rank[0] > 'd' {
			return false
		}
		first = first || rank == "a"
	}
	return first
}
