package columns

import (
	"slices"
	"strings"
	"unicode"

	"guestflow/importer/where"
)

// A list often says, in a column that nothing is taken from, that a row is not meant: cancelled, refunded, declined,
// unsubscribed. Whether such a row is a guest is for its sender to say, so the words are found here, and the file is
// held until it is said (statuses.go).

// columnMeaning is what a header says of its column's words.
type columnMeaning int

const (
	anything   columnMeaning = iota // only words that cannot be missed count, and states beside states
	status                          // of an order, a ticket, an answer: "pending" counts too
	consent                         // a question to which no means no: "RSVP", "Attending"
	permission                      // one to which no answer means no as well: "GDPR consent", "Newsletter"
	refusal                         // a question to which anything but no means no: "Unsubscribed", "Cancelled at"
)

// statusColumn is a column that nothing is taken from.
type statusColumn struct {
	column  int
	name    string // by which a mapping finds it
	meaning columnMeaning
	tests   []*where.Test // of the rule of the rows that are meant
	// required are those of tests that every row has to pass.
	required []*where.Test
}

func meaningOf(header string) columnMeaning {
	if len(header) > maxHeader {
		return anything
	}
	name := reduce(header)
	if strings.Contains(name, "checkin") || strings.Contains(name, "checkedin") {
		return anything // no guest is, before the event
	}
	has := func(parts []string) bool {
		return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(name, part) })
	}
	switch {
	case refusalNames[name], has(refusalParts):
		return refusal
	case statusNames[name], has(statusParts):
		return status
	case permissionNames[name], has(permissionParts):
		return permission
	case consentNames[name], has(consentParts):
		return consent
	}
	return anything
}

const (
	maxWord     = 40 // bytes of the longest that is known
	maxSentence = 200
)

// RowStatus is a cell that says, in a column that nothing is taken from, whether its row is meant.
type RowStatus struct {
	Header string // or #5 for the fifth column
	Text   string // the cell; "" in a column in which no answer says something too
	Known  bool   // it is a word that is known here; any other may be a guest's
	Out    bool   // the row may not be meant

	of      *statusColumn
	class   wordClass
	perhaps bool // Out, if the column's other words show that it is of states or answers
	named   bool // the rule of the rows that are meant names this text, so that a row that it leaves in is meant
}

// RowStatuses appends what a record's cells say of whether it is meant.
func (c *Columns) RowStatuses(cells []string, out []RowStatus) []RowStatus {
	for i := range c.statusColumns {
		w := &c.statusColumns[i]
		cell := cells[w.column]
		if cell == "" && w.meaning != permission || w.meaning == anything && len(cell) > maxSentence {
			continue
		}
		if s, says := w.statusOf(strings.TrimSpace(cell)); says {
			s.Header, s.of = w.name, w
			s.named = slices.ContainsFunc(w.tests, func(t *where.Test) bool { return t.Has(s.Text) })
			out = append(out, s)
		}
	}
	return out
}

// statusOf judges a cell.
func (w *statusColumn) statusOf(cell string) (s RowStatus, says bool) {
	folded := where.Fold(cell)
	whole, before := classOf(folded)
	s = RowStatus{Text: cell, class: whole, Known: whole != unknownWord && len(cell) <= maxWord}
	switch {
	case s.class == excludedWord, before == excludedWord:
		s.Out = true
		return s, true
	case w.meaning == anything: // a state counts if the column has others
		s.perhaps = s.class == doubtfulWord
		return s, s.perhaps || s.class == agreedWord || s.class == fineWord
	case where.IsEmpty(cell):
		s.Text, s.Known, s.perhaps = "", true, true
		return s, w.meaning == permission
	case w.meaning == refusal:
		s.refused(folded)
	default:
		s.answered(folded, w.meaning != status)
	}
	return s, true
}

// refused judges a cell of a column of refusals.
func (s *RowStatus) refused(folded string) {
	zero := strings.ContainsRune(folded, '0') && !strings.ContainsAny(folded, "123456789")
	not := s.class == negativeWord || notRefusedWords[wordKey(folded)]
	s.Out = !not && !zero
	s.Known = s.Known || not || zero && !strings.ContainsFunc(folded, unicode.IsLetter)
}

// answered judges a cell of a column of states, or of answers to a question. An answer that is not known may be a no,
// where others have said yes; a state that is not known may be anything.
func (s *RowStatus) answered(folded string, question bool) {
	switch {
	case s.class == doubtfulWord, s.class == negativeWord:
		s.Out = true
	case s.class.included():
	case saysNo(folded):
		s.Out = true
	case saysYes(folded):
		s.class = yesWord
	default:
		s.perhaps = question
	}
}

// saysNo reports whether a sentence says no.
func saysNo(sentence string) bool {
	list := sentenceWords(sentence)
	return len(list) > 0 && (negativeFirstWords[list[0]] ||
		slices.ContainsFunc(list, func(word string) bool { return negativeWords[word] }))
}

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
