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
	if s, _ = textStatus(cell); s.Out {
		return s, true
	}
	folded := where.Fold(cell)
	if s.class == unknownWord && len(cell) <= maxAnswer {
		s.class = openWords[wordKey(folded)]
		s.Known = s.class != unknownWord
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

// openSentence judges a text that is no word that is known, below a header that says nothing of who is meant, and reports whether
// nothing else decides about it.
func (w *Column) openSentence(s *Status, folded string) bool {
	if state := endsInState(folded); state == excludedWord && (!w.ofThing || strings.Count(folded, " ") == 1) {
		s.Out = true
	} else if w.ofThing {
		return false
	} else if says := noteSays(s.Text); says == askFirst {
		s.Out, s.phrase = true, says
	} else if isBriefPhrase(s.Text) {
		s.Out, s.Known = true, len(s.Text) <= maxWord
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
	c.plain++
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
	if c.of.meaning != unhinted && c.of.meaning != unclear || c.of.ofThing && !c.of.mayEnd || len(c.of.tests) > 0 {
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
