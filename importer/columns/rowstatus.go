package columns

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"guestflow/importer/where"
)

// A list often says, in a column that nothing is taken from, that a row is not meant: cancelled, refunded, declined,
// unsubscribed; or in a note, beside a name, in the heading above it, by a line through it. Whether such a row is a guest
// is for its sender to say, so the words are found here, and the file is held until it is said (statuses.go).

// columnMeaning is what a header says of its column's words.
type columnMeaning int

const (
	anything   columnMeaning = iota // only words that cannot be missed count, and states beside states
	status                          // of an order, a ticket, an answer: "pending" counts too
	consent                         // a question to which no means no: "RSVP", "Attending"
	permission                      // one to which no answer means no as well: "GDPR consent", "Newsletter"
	refusal                         // a question to which anything but no means no: "Unsubscribed", "Cancelled at"
	unclear                         // a column without a name: answers count where it has yes and no and nothing else
	unhinted                        // a header that says nothing of it, and few texts: refusals count, and answers are asked about
	silent                          // about another thing: nothing counts

	noted     // notes, which are taken: words that cannot be missed count
	tagged    // tags, which are taken: each of them counts
	nameOf    // a name, which is taken: what stands beside it counts
	labelled  // what stands above the row, or its sheet's name
	struckOut // a line through the row
	commented // comments on its cells in a workbook
	quantity  // a number of tickets or people
	channel   // how a guest is written to
	eventOf   // the event that a row is of
)

// isAnswer reports whether a column is of answers, by which rows are meant or not.
func (m columnMeaning) isAnswer() bool { return m >= status && m <= refusal }

// statusColumn is a column that says whether rows are meant, or what a row has beside its cells.
type statusColumn struct {
	column  int
	name    string // by which a mapping finds it
	meaning columnMeaning
	tests   []*where.Test // of the rule of the rows that are meant
	// required are those of tests that every row has to pass.
	required []*where.Test
	ofThing  bool // the header names something that is not who is meant
	dated    bool // a date below it is a yes
	byNumber bool // a digit below it is no number of people
}

const (
	maxWord     = 40 // bytes of the longest that is known
	maxSentence = 200
	maxCode     = 2 // letters of a code that stands for an answer
)

// RowStatus is a cell that says, in a column that nothing is taken from, whether its row is meant.
type RowStatus struct {
	Header string // or #5 for the fifth column
	Text   string // the cell; "" in a column in which no answer says something too
	Known  bool   // it is a word that is known here; any other may be a guest's
	Out    bool   // the row may not be meant

	of       *statusColumn
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

// RowStatuses appends what a record's cells say of whether it is meant, and what it has beside them.
func (c *Columns) RowStatuses(cells []string, from Origin, out []RowStatus) []RowStatus {
	for i := range c.statusColumns {
		w := &c.statusColumns[i]
		cell := ""
		if w.column < len(cells) {
			cell = cells[w.column]
		} else {
			cell = from.text(w.name)
		}
		if cell == "" && w.meaning != permission && w.meaning != consent {
			continue
		}
		s, says := w.statusOf(strings.TrimSpace(cell))
		if !says && w.meaning == noted {
			s, says = addressStatus(strings.TrimSpace(cell), cells)
		}
		if says {
			s.Header, s.of, s.numbered = w.name, w, c.namesRow(from)
			s.named = slices.ContainsFunc(w.tests, func(t *where.Test) bool { return t.Has(s.Text) }) || s.numbered
			out = append(out, s)
		}
	}
	return out
}

// namesRow reports whether the rule names a row by its number, so that a person has decided about it.
func (c *Columns) namesRow(from Origin) bool {
	return slices.ContainsFunc(c.rowTests, func(t *where.Test) bool { return t.Has(from.text(RowNumber)) })
}

// statusOf judges a cell.
func (w *statusColumn) statusOf(cell string) (s RowStatus, says bool) {
	switch w.meaning {
	case nameOf:
		return nameStatus(cell)
	case labelled:
		return labelStatus(cell)
	case struckOut:
		return RowStatus{Text: cell, Known: true, Out: true}, true
	case commented:
		s, _ = textStatus(cell)
		s.Text, s.Out, s.perhaps = cell, true, false
		return s, true
	case tagged:
		return tagsStatus(cell)
	case quantity:
		return quantityStatus(cell)
	case channel:
		return channelStatus(cell)
	case eventOf:
		return RowStatus{Text: cell}, !where.IsEmpty(cell)
	case anything, noted:
		return w.noteStatus(cell)
	case unhinted, unclear:
		return openStatus(cell, w.dated)
	case status, consent, permission, refusal, silent:
	}
	folded := where.Fold(cell)
	whole, before := classOf(folded)
	s = RowStatus{Text: cell, class: whole, Known: whole != unknownWord && len(cell) <= maxWord, code: isCode(cell)}
	switch {
	case s.class == excludedWord, before == excludedWord:
		s.Out = true
	case where.IsEmpty(cell):
		s.Text, s.Known, s.perhaps, s.code = "", true, true, false
		return s, w.meaning == permission || w.meaning == consent
	case w.meaning == refusal:
		s.refused(folded)
	case w.meaning == permission && isDigits(folded) && s.class == unknownWord: // the 2 beside 1 is a no
		s.perhaps = true
	default:
		s.chosen(folded)
		s.answered(folded, w.meaning != status)
		s.dated = s.class == yesWord && isDate(cell)
	}
	s.Known = s.Known || s.code
	return s, true
}

// textStatus judges a cell of which nothing is known but its text.
func textStatus(cell string) (s RowStatus, says bool) {
	s.Text = cell
	if len(cell) <= maxSentence {
		whole, before := classOf(where.Fold(cell))
		s.class, s.Known = whole, whole != unknownWord && len(cell) <= maxWord
		switch {
		case whole == excludedWord, before == excludedWord, whole == doubtfulWord && surelyDoubtful[reduce(cell)]:
			s.Out = true
			return s, true
		case whole != unknownWord: // a state counts if the column has others
			s.perhaps = whole == doubtfulWord
			return s, s.perhaps || whole == agreedWord || whole == fineWord
		}
	}
	if s.phrase = endsNotMeant(cell); s.phrase != "" {
		s.Out = true
		return s, true
	}
	var space [256]byte
	phrase, made := searchNote(space[:0], cell, true)
	s.phrase, s.Known, s.Out = phrase, made && len(cell) <= maxWord, made || phrase != ""
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
func (w *statusColumn) noteStatus(cell string) (s RowStatus, says bool) {
	if s, says = textStatus(cell); s.Out || w.ofThing || !isBriefNote(cell) {
		return s, says
	}
	s.Out, s.perhaps, s.Known = true, false, len(cell) <= maxWord
	return s, true
}

// tagsStatus judges tags.
func tagsStatus(cell string) (s RowStatus, says bool) {
	if len(cell) > maxNote {
		return s, false
	}
	for tag := range strings.FieldsFuncSeq(cell, func(r rune) bool { return strings.ContainsRune(",;|[]\"", r) }) {
		if m, known := meaningOfLabel(strings.TrimSpace(tag)); m == notMeantLabel {
			return RowStatus{Text: cell, phrase: strings.TrimSpace(tag), Out: true, code: !known || len(tag) > maxWord}, true
		}
	}
	return s, false
}

// nameStatus judges a name.
func nameStatus(cell string) (s RowStatus, says bool) {
	mark, known := nameMark(cell)
	s = RowStatus{Text: cell, phrase: mark, Out: true, code: !known}
	if bullet, name := cutBullet(cell); bullet != "" {
		s.bullet = bullet
		if other, known := nameMark(name); mark == bullet && other != "" {
			s.phrase, s.code = other, !known
		}
	}
	return s, mark != ""
}

// labelStatus judges the headings above a row, or its sheet's name.
func labelStatus(label string) (s RowStatus, says bool) {
	m, known := meaningOfHeading(label)
	s = RowStatus{Text: label, Known: known && len(label) <= maxWord, Out: m == notMeantLabel, perhaps: m == perhapsLabel}
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
func (s *RowStatus) refused(folded string) {
	zero := strings.ContainsRune(folded, '0') && !strings.ContainsAny(folded, "123456789")
	not := s.class == negativeWord || notRefusedWords[wordKey(folded)] || strings.Contains(folded, "://")
	s.Out = !not && !zero
	s.Known = s.Known || not || zero && !strings.ContainsFunc(folded, unicode.IsLetter)
}

// chosen takes a word that is not known elsewhere as an answer of a choice: in and out, green and red.
func (s *RowStatus) chosen(folded string) {
	if s.class != unknownWord || len(s.Text) > maxAnswer || quietDoubts[wordKey(folded)] && wordKey(folded) != "left" {
		return
	}
	s.class = openWords[wordKey(folded)]
	s.Known = s.class != unknownWord
}

// answered judges a cell of a column of states, or of answers to a question. An answer that is not known may be a no,
// where others have said yes; a state that is not known may be anything.
func (s *RowStatus) answered(folded string, question bool) {
	switch {
	case s.class == doubtfulWord, s.class == negativeWord:
		s.Out = true
	case s.class.included():
	case question && folded == "zu":
		s.class, s.Known = agreedWord, true
	case saysNo(folded), question && folded == "ab":
		s.Out = true
	case question && isDate(folded), saysYes(folded):
		s.class = yesWord
	default:
		s.perhaps = question
	}
}

// saysNo reports whether a sentence says no.
func saysNo(sentence string) bool {
	list := sentenceWords(sentence)
	if len(list) == 0 || affirmativeFirstWords[list[0]] {
		return takesBack(list)
	}
	m, _ := meaningOfLabel(sentence)
	if negativeFirstWords[list[0]] || m == notMeantLabel {
		return true
	}
	return slices.ContainsFunc(list, func(word string) bool { return negativeWords[word] || hasStem(reduce(word), refusalStems) }) ||
		len(list) <= maxReply && slices.ContainsFunc(list[1:], func(word string) bool { return negativeFirstWords[word] })
}

// takesBack reports whether an answer takes a part of its yes back: “Yes, but not in person”.
func takesBack(list []string) bool {
	for i := range max(len(list)-1, 0) {
		if butWords[reduce(list[i])] && notWords[reduce(list[i+1])] {
			return true
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
	return len(list) == 0 && digits || len(list) > 0 && affirmativeFirstWords[list[0]] ||
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
