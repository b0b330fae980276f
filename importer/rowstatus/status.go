package rowstatus

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"guestflow/importer/headers"
	"guestflow/importer/where"
	"guestflow/importer/wordset"
)

// A list often says, in a column that nothing is taken from, that a row is not meant: cancelled, refunded, declined,
// unsubscribed; or in a note, beside a name, in the heading above it, by a line through it. Whether such a row is a guest
// is for its sender to say, so the words are found here, and the file is held until it is said (question.go).

// Meaning is what a header says of its column's words.
type Meaning int

const (
	anything   Meaning = iota // only words that cannot be missed count, and states beside states
	status                    // of an order, a ticket, an answer: "pending" counts too
	Consent                   // a question to which no means no: "RSVP", "Attending"
	permission                // one to which no answer means no as well: "GDPR consent", "Newsletter"
	refusal                   // a question to which anything but no means no: "Unsubscribed", "Cancelled at"
	unclear                   // a column without a name: answers count where it has yes and no and nothing else
	unhinted                  // a header that says nothing of it, and few texts: refusals count, and answers are asked about
	Silent                    // about another thing: nothing counts

	Notes     // notes, which are taken: words that cannot be missed count
	Tags      // tags, which are taken: each of them counts
	Names     // a name, which is taken: what stands beside it counts
	Heading   // what stands above the row, or its sheet's name
	StruckOut // a line through the row
	Elsewhere // another sheet that has the guest
	Comments  // comments on its cells in a workbook
	Quantity  // a number of tickets or people
	Channel   // how a guest is written to
	Event     // the event that a row is of
)

// IsAnswer reports whether a column is of answers, by which rows are meant or not.
func (m Meaning) IsAnswer() bool { return m >= status && m <= refusal }

// Column is a column that says whether rows are meant, or what a row has beside its cells.
type Column struct {
	Place   int
	Name    string // by which a mapping finds it
	meaning Meaning
	tests   []*where.Test // of the rule of the rows that are meant
	// required are those of tests that every row has to pass.
	required   []*where.Test
	ofThing    bool // the header names something that is not who is meant
	dated      bool // a date below it is a yes
	ending     bool // a day below it, where few rows have one, is the end of a membership
	exception  bool // any text below it, where few rows have one, may say that the row is not meant
	mayEnd     bool // a day below it may be the one on which a guest has left
	ofRank     bool // it is of the list or rank that a guest is on
	isQuestion bool // its header is a question
	isCut      bool // its header is cut short
	ofSigners  bool // a name below it may be that of who has approved the guest
	signed     bool // any text below it is a yes: the name of who has approved it
	byNumber   bool // a digit below it is no number of people
	ofGuest    bool // or something that a guest is, has or needs
	paid       bool // it is of a payment, which some need not make
	aside      bool // it counts only where nothing else says who is meant: a part of the event, a newsletter
	memory     *memory
}

// NewColumn returns a column with the name by which a mapping finds it, its header, "" for what a row has beside its
// cells, and what that says.
func NewColumn(column int, name, header string, m Meaning) Column {
	w := Column{Place: column, Name: name, meaning: m, memory: &memory{of: map[string]judged{}}}
	words := headers.Words(name)
	w.ending, w.exception = m == unhinted && isOfEnd(header), m == unhinted && isReason(header)
	w.ofRank = m == unhinted && isOfRank(header)
	w.isCut = m == unhinted && !w.ofThing && isCutShort(header)
	w.isQuestion = m == unhinted && strings.ContainsAny(header, "?？؟;")
	w.ofSigners = m == Consent && isOfSigners(headers.Words(header))
	w.dated = (m == anything || m == unhinted) && isCheckIn(header) || w.ending
	w.signed = m == unhinted && isSignature(header)
	w.mayEnd = m == unhinted && !w.signed && mayEnd(header)
	w.ofThing = m == anything && isOfPaper(header) ||
		m == unhinted && isOfThing(header) && !w.dated && !w.signed && !w.exception && !w.ofRank && !isOfColours(header)
	w.ofGuest = w.ofThing || m == anything && isOfGuest(header)
	w.byNumber = m == status || m == Consent && (hasAny(words, replyWords) || isLegend(header))
	w.paid = m == Consent && hasAny(words, paidWords)
	w.aside = m == Consent && isOfPart(words) || m == permission && isOfNews(header)
	return w
}

// RuledBy has a column judged beside the tests of the rule of the rows that are meant, and those that every row has to pass.
func (w *Column) RuledBy(tests, required []*where.Test) { w.tests, w.required = tests, required }

const (
	maxWord     = 40 // bytes of the longest that is known
	maxSentence = 200
	maxCode     = 2 // letters of a code that stands for an answer
)

// Status is a cell that says, in a column that nothing is taken from, whether its row is meant.
type Status struct {
	Header string // or #5 for the fifth column
	Text   string // the cell; "" in a column in which no answer says something too
	Known  bool   // it is a word that is known here; any other may be a guest's
	Out    bool   // the row may not be meant

	of       *Column
	class    wordClass
	phrase   string // that is known, within a longer text
	perhaps  bool   // Out, if the column's other words show that it is of states or answers
	code     bool   // a letter or two, or signs, that may stand for an answer
	bullet   string // that stands before it, of a name
	plain    bool   // it says nothing, and is counted among the texts of its column
	dated    bool   // it is a date that is a yes
	refuses  bool   // it is a word that refuses, in a column of a choice
	numbered bool   // the rule names the row by its number
	named    bool   // the rule of the rows that are meant names this text, so that a row that it leaves in is meant
}

// Judge returns what a cell says of whether its row is meant. cells are those of the row; numbered is true for one that the
// rule of the rows that are meant names by its number.
func (w *Column) Judge(cell string, cells []string, numbered bool) (s Status, says bool) {
	if cell == "" && w.meaning != permission && w.meaning != Consent {
		return s, false
	}
	cell = strings.TrimSpace(cell)
	if s, says = w.remembered(cell); w.meaning == Notes && (!says || s.plain) {
		if by, is := addressStatus(cell, cells); is {
			s, says = by, true
		}
	}
	if says {
		s.Header, s.of, s.numbered = w.Name, w, numbered
		s.named = numbered || slices.ContainsFunc(w.tests, func(t *where.Test) bool { return t.Has(s.Text) })
	}
	return s, says
}

// statusOf judges a cell.
func (w *Column) statusOf(cell string) (s Status, says bool) {
	switch w.meaning {
	case Names:
		return nameStatus(cell)
	case Heading:
		return labelStatus(cell)
	case StruckOut, Elsewhere:
		return Status{Text: cell, Known: true, Out: true}, true
	case Comments:
		s, _ = textStatus(cell)
		s.Text, s.Out, s.perhaps = cell, true, false
		return s, true
	case Tags:
		return tagsStatus(cell)
	case Quantity:
		return quantityStatus(cell)
	case Channel:
		return channelStatus(cell)
	case Event:
		return Status{Text: cell}, !where.IsEmpty(cell)
	case anything, Notes:
		return w.noteStatus(cell)
	case unhinted, unclear:
		return w.openStatus(cell)
	case status, Consent, permission, refusal, Silent:
	}
	folded := where.Fold(cell)
	whole, before := classOf(folded)
	s = Status{Text: cell, class: whole, Known: whole != unknownWord && len(cell) <= maxWord, code: isCode(cell)}
	switch {
	case s.class == excludedWord, before == excludedWord:
		s.Out = true
	case w.paid && notOwed[wordKey(folded)]:
		s.class, s.Known = fineWord, true
	case where.IsEmpty(cell):
		s.Text, s.Known, s.perhaps, s.code = "", true, true, false
		return s, w.meaning == permission || w.meaning == Consent
	case w.meaning == refusal:
		s.refused(folded)
	case w.meaning == permission && isDigits(folded) && s.class == unknownWord: // the 2 beside 1 is a no
		s.perhaps = true
	default:
		if s.class == unknownWord {
			s.class = abbreviated(folded)
			s.Known = s.class != unknownWord
		}
		s.chosen(folded)
		s.answered(folded, w.meaning != status)
		s.dated = s.class == yesWord && (isDate(cell) || isShortDate(cell))
	}
	s.Known = s.Known || s.code
	return s, true
}

// textStatus judges a cell of which nothing is known but its text.
func textStatus(cell string) (s Status, says bool) {
	s.Text = cell
	if len(cell) <= maxSentence {
		whole, before := classOf(where.Fold(cell))
		s.class, s.Known = whole, whole != unknownWord && len(cell) <= maxWord
		switch {
		case whole == excludedWord, before == excludedWord, whole == doubtfulWord && surelyDoubtful[wordset.Letters(cell)]:
			s.Out = true
			return s, true
		case whole != unknownWord: // a state counts if the column has others
			s.perhaps = whole == doubtfulWord || openStates[wordKey(where.Fold(cell))]
			return s, s.perhaps || whole == agreedWord || whole == fineWord
		}
	}
	if s.phrase = endsNotMeant(cell); s.phrase != "" {
		s.Out = true
		return s, true
	}
	var space [256]byte
	_, made := searchNote(space[:0], cell, true)
	if s.phrase = verdictOn(cell); strings.EqualFold(s.phrase, cell) && len(cell) <= maxWord {
		s.phrase, made = "", true
	}
	s.Known, s.Out = made && len(cell) <= maxWord, made || s.phrase != ""
	return s, s.Out
}

// endsNotMeant returns the word behind a short text, in parentheses or behind a dash, by which it is not meant: “GA (cancelled)”.
func endsNotMeant(cell string) string {
	if len(cell) > maxLabel {
		return ""
	}
	cell = strings.TrimRight(strings.TrimSpace(cell), ")]*")
	for _, sign := range []string{"(", "[", " - ", " – ", " — ", " *", "/", "|", ": "} {
		_, behind, is := strings.Cut(cell, sign)
		if key := wordKey(where.Fold(behind)); is && (wordClasses[key] == excludedWord || surelyDoubtful[key] || leftWords[key] || key == "left" && hasAny(sentenceWords(where.Fold(cell)), formerWords)) {
			return strings.TrimSpace(behind)
		}
	}
	return ""
}

// noteStatus judges a cell of notes, or of a column of which nothing is known.
func (w *Column) noteStatus(cell string) (s Status, says bool) {
	key := wordKey(where.Fold(cell))
	s, says = textStatus(cell)
	switch {
	case w.ofGuest && (isOfAvailability(s.phrase) || availability[key]): // of what the column is of
		return Status{}, false
	case s.Out, w.ofThing, w.ofGuest && ageWords[key]:
	case exactNotes[key], isBriefPhrase(cell), w.meaning == Notes && s.isDoubtfulNote():
		s.Out, s.perhaps, s.Known = true, false, len(cell) <= maxWord
		return s, true
	case w.meaning == Notes && !says: // it is counted, as a plan shows a few notes
		return Status{Text: cell, plain: true}, !where.IsEmpty(cell)
	}
	return s, says
}

// isDoubtfulNote reports whether a whole note is a word by which a guest may not be meant, or a no with an exclamation mark.
// A plain “no” answers the question for a note.
func (s *Status) isDoubtfulNote() bool {
	return s.class == doubtfulWord && !quietDoubts[wordKey(where.Fold(s.Text))] || s.class == negativeWord && strings.Contains(s.Text, "!")
}

// tagsStatus judges tags.
func tagsStatus(cell string) (s Status, says bool) {
	if len(cell) > maxNote {
		return s, false
	}
	for tag := range strings.FieldsFuncSeq(cell, func(r rune) bool { return strings.ContainsRune(",;|[]\"", r) }) {
		class, _ := classOf(where.Fold(tag)) // “none” is no tag
		if m, known := meaningOfLabel(strings.TrimSpace(tag)); m == notMeantLabel && class != negativeWord {
			return Status{Text: cell, phrase: strings.TrimSpace(tag), Out: true, code: !known || len(tag) > maxWord}, true
		}
	}
	return s, false
}

// nameStatus judges a name.
func nameStatus(cell string) (s Status, says bool) {
	mark, known := nameMark(cell)
	s = Status{Text: cell, phrase: mark, Out: true, code: !known}
	if bullet, name := CutBullet(cell); bullet != "" {
		s.bullet = bullet
		if other, known := nameMark(name); mark == bullet && other != "" {
			s.phrase, s.code = other, !known
		}
	}
	return s, mark != ""
}

// labelStatus judges the headings above a row, or its sheet's name.
func labelStatus(label string) (s Status, says bool) {
	m, known := meaningOfHeading(label)
	s = Status{Text: label, Known: known && len(label) <= maxWord, Out: m == notMeantLabel, perhaps: m == perhapsLabel}
	if m == agreedLabel {
		s.class = agreedWord
	}
	return s, m != silentLabel
}

// isCode reports whether a cell is a letter or two, or signs, as people abbreviate answers.
func isCode(cell string) bool {
	n := utf8.RuneCountInString(cell)
	letters := strings.ContainsFunc(cell, func(r rune) bool { return unicode.IsLetter(r) })
	digits := strings.ContainsFunc(cell, unicode.IsDigit)
	return n > 0 && !digits && (letters && n <= maxCode && !isSignScript(cell) || !letters && n <= 2*maxCode)
}

// refused judges a cell of a column of refusals.
func (s *Status) refused(folded string) {
	zero := strings.ContainsRune(folded, '0') && !strings.ContainsAny(folded, "123456789")
	not := s.class == negativeWord || notRefusedWords[wordKey(folded)] || strings.Contains(folded, "://")
	s.Out = !not && !zero
	s.Known = s.Known || not || zero && !strings.ContainsFunc(folded, unicode.IsLetter)
}

// chosen takes a word that is not known elsewhere as an answer of a choice: in and out, green and red.
func (s *Status) chosen(folded string) {
	if s.class != unknownWord || len(s.Text) > maxAnswer || quietDoubts[wordKey(folded)] && wordKey(folded) != "left" {
		return
	}
	s.class = openWords[wordKey(folded)]
	s.Known = s.class != unknownWord
}

// answered judges a cell of a column of states, or of answers to a question. An answer that is not known may be a no,
// where others have said yes; a state that is not known may be anything.
func (s *Status) answered(folded string, question bool) {
	switch {
	case s.class == doubtfulWord, s.class == negativeWord:
		s.Out = true
	case s.class.included():
	case question && isShare(folded):
		s.Out, s.perhaps = isNoShare(folded), true
	case question && folded == "zu":
		s.class, s.Known = agreedWord, true
	case saysNo(folded), question && folded == "ab", exactNotes[wordKey(folded)] && len(folded) > 2:
		s.Out = true
	case question && (isDate(folded) || isShortDate(folded)), saysYes(folded):
		s.class = yesWord
	case question && denies(sentenceWords(folded)):
		s.Out = true
	default:
		s.perhaps = question || !hasAny(sentenceWords(folded), guestKinds)
	}
}

// isShare reports whether an answer is how likely a guest comes, and less than certain: 50 %, 50/50.
func isShare(folded string) bool {
	number, is := strings.CutSuffix(strings.ReplaceAll(folded, " ", ""), "%")
	return folded == "50/50" || is && isDigits(number) && len(number) < 3
}

func isNoShare(folded string) bool { return folded[0] == '0' }

// saysNo reports whether a sentence says no.
func saysNo(sentence string) bool {
	list := sentenceWords(sentence)
	if len(list) == 0 || affirms(list) {
		return takesBack(list)
	}
	m, _ := meaningOfLabel(sentence)
	if negativeFirstWords[list[0]] || m == notMeantLabel {
		return true
	}
	return slices.ContainsFunc(list, func(word string) bool { return negativeWords[word] || hasStem(wordset.Letters(word), refusalStems) }) ||
		len(list) <= maxReply && slices.ContainsFunc(list[1:], func(word string) bool { return negativeFirstWords[word] })
}

// takesBack reports whether an answer takes a part of its yes back: “Yes, but not in person”. What a guest misses or does not
// eat is no such part: “Yes, but not dinner”.
func takesBack(list []string) bool {
	for i := range max(len(list)-1, 0) {
		if butWords[wordset.Letters(list[i])] && notWords[wordset.Letters(list[i+1])] {
			return !slices.ContainsFunc(list[i+2:], func(w string) bool {
				w = wordset.Letters(w)
				return !modeWords[w] && (eventParts[w] || ownWords[w] || hasOwnStem(w))
			})
		}
	}
	return false
}

// maxReply is how many words an answer has at most in which a "no" is the answer: "Replied No", "Sadly no".
const maxReply = 3

// saysYes reports whether a sentence says yes, or is a number or a date, such as that of an answer.
func saysYes(sentence string) bool {
	list := sentenceWords(sentence)
	digits := strings.ContainsAny(sentence, "123456789")
	return len(list) == 0 && digits || len(list) > 0 && affirms(list) ||
		digits && len(list) <= 1 && len(sentence) > 0 && sentence[0] >= '0' && sentence[0] <= '9'
}

// sentenceWords are the words of a text; none of one that is too long.
func sentenceWords(text string) []string {
	if len(text) > maxSentence {
		return nil
	}
	text = strings.ReplaceAll(text, "’", "'")
	return strings.FieldsFunc(text, func(r rune) bool { return r != '\'' && r != '-' && !unicode.IsLetter(r) && !unicode.IsMark(r) })
}

const (
	// maxTexts is how many texts a column remembers, the first that it has, and maxText how long in bytes they are at
	// most.
	maxTexts = 256
	maxText  = 64
)

// memory is what a column has judged: lists have the same few texts in row after row. Names, which differ, are not
// remembered.
type memory struct {
	mu sync.Mutex
	of map[string]judged
}

// judged is what was said of a text.
type judged struct {
	status Status
	says   bool
}

// remembered is statusOf, of texts that were judged before without judging them again.
func (w *Column) remembered(cell string) (s Status, says bool) {
	if w.memory == nil || w.meaning == Names || len(cell) > maxText {
		return w.statusOf(cell)
	}
	w.memory.mu.Lock()
	defer w.memory.mu.Unlock()
	j, is := w.memory.of[cell]
	if !is {
		cell = strings.Clone(cell) // without the rest of its row
		j.status, j.says = w.statusOf(cell)
		if len(w.memory.of) < maxTexts {
			w.memory.of[cell] = j
		}
	}
	return j.status, j.says
}
