package rowstatus

import (
	"slices"
	"strings"

	"guestflow/importer/wordset"
)

// Answers are often written as sentences: “Ja, gezellig”, “Unfortunately not”, “I do not consent”. Below a header of
// which nothing is known they count where they are made of a yes or a no and of words that soften it, so that “No
// nuts” is none.

// answerClass is the class of a sentence that answers a question; unknownWord for any other text.
func answerClass(folded string) wordClass {
	list := sentenceWords(folded)
	if len(list) == 0 || len(list) > maxAnswerWords {
		return unknownWord
	}
	no := len(list) <= maxReply && len(list) > 1 && denies(list)
	if no {
		return negativeWord
	}
	for _, word := range list {
		letters := wordset.Letters(word)
		switch {
		case negativeFirstWords[word] || negators[letters]:
			no = true
		case !politeWords[letters]:
			if affirms(list) && len(list) > 1 && !takesBack(list) {
				return yesWord
			}
			return unknownWord
		}
	}
	switch {
	case no:
		return negativeWord
	case affirms(list):
		return yesWord
	}
	return unknownWord
}

// maxAnswerWords is how many words a sentence has at most that is taken for an answer.
const maxAnswerWords = 8

// affirms reports whether a sentence begins with a yes. “Da eliminare” is Italian for what is to be done.
func affirms(list []string) bool {
	return affirmativeFirstWords[list[0]] && (list[0] != "da" || len(list) < 2 || !isInfinitive(list[1]))
}

// isInfinitive reports whether a word may be a verb of Italian.
func isInfinitive(word string) bool {
	ends := func(end string) bool { return strings.HasSuffix(word, end) }
	return slices.ContainsFunc([]string{"are", "ere", "ire", "arsi", "ersi", "irsi"}, ends)
}

// denies reports whether an answer to a question has a word that takes it back, as “I do not consent” has; one that
// begins with a yes is judged elsewhere, and “would not miss it” is none.
func denies(list []string) bool {
	return slices.ContainsFunc(list, func(w string) bool { return denials[wordset.Letters(w)] }) &&
		!slices.ContainsFunc(list, func(w string) bool { return hasStem(wordset.Letters(w), missingStems) })
}

// endsInState returns the class of the state that a short text has beside another word: “Eventbrite Refunded”,
// “pending Anna”.
func endsInState(folded string) wordClass {
	list := strings.Fields(folded)
	if len(list) < 2 || len(list) > maxReply {
		return unknownWord
	}
	last, _ := classOf(list[len(list)-1])
	first, _ := classOf(list[0])
	switch {
	case last == excludedWord:
		return last
	case hasStem(wordset.Letters(list[len(list)-1]), longRefusalStems):
		return doubtfulWord
	case last == doubtfulWord && len(list[len(list)-1]) > maxShortPart, first == doubtfulWord && len(list[0]) > maxShortPart:
		return doubtfulWord
	}
	return unknownWord
}

// abbreviated returns the class of a word that is cut short, where all known words that begin so are of one side:
// “zug.”, “en att.”.
func abbreviated(folded string) wordClass {
	if !strings.HasSuffix(folded, ".") || len(folded) > maxCut {
		return unknownWord
	}
	key, yes, no := wordKey(folded), false, false
	if len([]rune(key)) < minCut {
		return unknownWord
	}
	for word, class := range wordClasses {
		if strings.HasPrefix(word, key) {
			yes, no = yes || class.included(), no || !class.included()
		}
	}
	switch {
	case yes && !no:
		return agreedWord
	case no && !yes:
		return doubtfulWord
	}
	return unknownWord
}

const (
	maxCut = 16 // bytes of a word that is cut short
	minCut = 3  // letters
)

// isCutShort reports whether a header is a few letters, or a word with a full stop: “Att”, “Teiln.”.
func isCutShort(header string) bool {
	header = strings.TrimSpace(header)
	return len([]rune(header)) <= minCut || strings.HasSuffix(header, ".") && !strings.Contains(header, " ")
}

// isShortDate reports whether a cell is a day and a month: 12.5., 12/5.
func isShortDate(cell string) bool {
	day, month, two := strings.Cut(strings.TrimSuffix(strings.ReplaceAll(strings.TrimSpace(cell), "/", "."), "."), ".")
	return two && day != "" && month != "" && len(day) < 3 && len(month) < 3 && isDigits(day) && isDigits(month)
}

var (
	longRefusalStems = slices.DeleteFunc(slices.Clone(refusalStems), func(stem string) bool { return len(stem) <= maxShortPart })
	denials          = wordset.Words(`hasn't haven't isn't aren't didn't couldn't wouldn't shouldn't not don't doesn't won't can't
		cannot nicht pas não niet ikke inte nie nem nemám не δεν değil`)
	missingStems = wordset.List(`miss verpass manqu perd forgå`)
	// politeWords stand beside a yes or a no.
	politeWords = wordset.Words(`sorry sadly unfortunately regretfully regrettably apologies thanks thank you please really afraid
		this time today yet maybe i we am are im leider danke vielen dank bedauere tut mir uns bitte ich wir diesmal hélas
		malheureusement désolé désolée merci cette fois lamentablemente desafortunadamente desgraciadamente gracias siento lo esta
		vez infelizmente obrigado obrigada purtroppo grazie dispiace mi helaas jammer bedankt je deze keer tyvärr tack desværre
		dessverre beklager takk tak valitettavasti kiitos niestety dziękuję bohužel bohužiaľ děkuji ďakujem sajnos köszönöm din
		păcate mulțumesc nažalost hvala žal к сожалению увы спасибо на жаль дякую δυστυχώς ευχαριστώ maalesef teşekkürler`)
)
