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
	if s.class == unknownWord && w.meaning == unhinted && !w.ofThing && isBriefPhrase(cell) {
		s.Out, s.Known = true, len(cell) <= maxWord
		return s, true
	}
	switch {
	case where.IsEmpty(folded):
		return s, false
	case s.class == unknownWord && (w.signed || w.dated && isDate(cell)):
		s.dated = true
	case s.class == unknownWord:
		s.plain = true
	case s.class == doubtfulWord:
		s.refuses = !quietDoubts[wordKey(folded)]
	}
	s.perhaps = s.class == doubtfulWord || s.class == negativeWord
	return s, true
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
func (c *ColumnCounts) addPlain(text string) {
	if c.plain++; len(c.plainTexts) > MaxFewTexts {
		return
	}
	if c.plainTexts == nil {
		c.plainTexts = map[string]bool{}
	}
	c.plainTexts[where.Fold(text)] = true
}

// isOfChoice reports whether a column has few different texts, as one that was filled in by choosing has.
func (c *ColumnCounts) isOfChoice() bool {
	return c.Others == 0 && len(c.Values)+len(c.plainTexts) <= MaxFewTexts
}

// isOpen reports whether a column has nothing but answers, of which it is not known which of them says that a row is
// meant: yes and no, or a tick in some rows. kept is how many rows the rule leaves in.
func (c *ColumnCounts) isOpen(kept int) bool {
	if c.of.meaning != unhinted && c.of.meaning != unclear || c.of.ofThing || c.plain+c.Others > 0 || len(c.of.tests) > 0 || len(c.Values) > maxCodes {
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
		default:
			return false
		}
		words = words || !isDigits(v.Text)
	}
	if !words {
		return yes > 0 && no > 0 && yes+no > 2 // else it counts rows, or something
	}
	return yes > 0 && no > 0 || yes+no > 0 && kept > c.kept
}

// openRules are those that take the rows of one answer.
func (c ColumnCounts) openRules() (list []where.Test) {
	yes, no := c.texts(true), c.texts(false)
	empty := c.emptyKept > 0
	switch {
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
	return slices.ContainsFunc(words, func(w string) bool {
		return !actWords[w] && (headers.IsThingWord(w) || topicWords[w] || besideWords[w] || linkWords[w])
	}) || headers.IsThingWord(wordset.Letters(header))
}

// isOfGuest reports whether a header is about what a guest is, has, needs or has chosen beside coming.
func isOfGuest(header string) bool {
	words := headers.Words(header)
	joined := " " + strings.Join(words, " ") + " "
	if hasAny(words, formerWords) {
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
