package rowstatus

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"guestflow/importer/headers"
	"guestflow/importer/where"
	"guestflow/importer/wordset"
)

// Counts counts what a file's columns say of whether its rows are meant.
type Counts struct {
	columns map[int]*ColumnCounts // by their place
	rows    int
	kept    int // that the rule leaves in
	pairs   []pair
}

// ColumnCounts is what one column says.
type ColumnCounts struct {
	Header string  // or #5 for the fifth column
	Values []Value // in the order in which they came
	Empty  int     // rows in which it says nothing
	Others int     // rows with a text that is too long to list, or one of too many

	Doubtful int // rows that would become guests, and that may not be meant

	of                  *Column
	places              []int    // of columns of names, where several are asked about as one
	beside              []string // headers of the others of them
	down                carriedDown
	outRows             []outRow       // that the rule leaves in and that may not be meant
	phrases             []Value        // that cells have among other words
	ticks, codes        int            // rows with words for yes and no number, and with codes
	undecided           bool           // its codes may be answers, and which is a no is not known
	index               map[string]int // of Values, by their folded texts
	said, kept, out     int            // rows in which it says something; that the rule leaves in; that may not be meant
	agreed, included    int            // rows with words of guests who have agreed, and with others that are meant, or these
	othersIn, othersOut int            // of Others, rows that the rule leaves in
	all                 bool           // every row may not be meant
	judgedPerhaps       bool           // what only may be a no is one
	states, refusing    int            // rows with states in which all is well, and with words that refuse
	dates, plain        int            // rows with dates that are a yes, and with texts that say nothing
	plainTexts          []Value        // the first ones of these
	plainIndex          map[string]int // of plainTexts
	bullets             bulletCount
	emptyKept           int   // rows without an answer that the rule leaves in
	othersPerhaps       tally // of Others, rows with texts that are Out if the column is of answers
}

// tally counts rows.
type tally struct{ rows, kept, doubtful int }

// Value is a text of a column.
type Value struct {
	Text  string
	Rows  int
	Kept  int  // of them those that the rule of the rows that are meant leaves in
	Known bool // it is one of the words that this program knows, and not a guest's
	Out   bool // its rows may not be meant

	class    wordClass
	perhaps  bool // they may not be, if the column is of answers
	doubtful int  // of such ones, rows that would become guests
}

// outRow is a row that may not be meant, or that is not if the column's other words show it.
type outRow struct {
	row      int
	out      bool
	twin     bool // it says nothing itself, and is of the same guest as one that does
	bulleted bool // by nothing but a bullet before the name
}

const (
	maxOutRows = 400 // that a question names by their numbers
	maxPhrases = 20
	maxCodes   = 5 // different ones in a column of answers
)

// addPhrase counts what a cell has among other words.
func (c *ColumnCounts) addPhrase(r Status) {
	text := r.phrase
	if r.code { // it may be a guest's
		text = ""
	}
	for i := range c.phrases {
		if strings.EqualFold(c.phrases[i].Text, text) {
			c.phrases[i].Kept++
			return
		}
	}
	if len(c.phrases) < maxPhrases {
		c.phrases = append(c.phrases, Value{Text: text, Kept: 1})
	}
}

// maxValues is how many texts of a column are counted.
const maxValues = 50

// Add counts a row of which some cells say something. kept is false for one that the rule leaves out; imported is true
// for one that would become a guest.
func (s *Counts) Add(row int, said []Status, kept, imported bool) {
	s.rows++
	if kept {
		s.kept++
	}
	for _, r := range said {
		c := s.columns[r.of.Place]
		if c == nil {
			c = &ColumnCounts{Header: r.Header, of: r.of, index: map[string]int{}}
			if s.columns == nil {
				s.columns = map[int]*ColumnCounts{}
			}
			s.columns[r.of.Place] = c
		}
		c.add(row, r, kept, imported)
		if r.Text != "" {
			c.down.fill(s.rows, r.Out)
		}
	}
	for _, c := range s.columns {
		c.down.pass(s.rows, row, kept)
	}
}

func (c *ColumnCounts) add(row int, r Status, kept, imported bool) {
	one := tally{rows: 1}
	if kept {
		one.kept = 1
		c.addKept(row, r)
	}
	if imported && !r.named {
		one.doubtful = 1
	}
	c.said++
	c.kept += one.kept
	if r.plain {
		c.addPlain(r.Text, one.kept)
		return
	}
	if r.refuses {
		c.refusing += one.kept
	}
	c.addIncluded(r)
	if r.code && r.Text != "" {
		c.codes++
	}
	c.bullets.add(r, one)
	if r.Out {
		c.out++
		c.Doubtful += one.doubtful
	}
	if r.dated {
		c.dates++
		if c.of.meaning == unhinted {
			return
		}
	}
	c.count(r, one)
}

// addKept notes a row that the rule leaves in, and that may not be meant.
func (c *ColumnCounts) addKept(row int, r Status) {
	if (r.Out || r.perhaps) && len(c.outRows) <= maxOutRows {
		c.outRows = append(c.outRows, outRow{row: row, out: r.Out, bulleted: r.isBulleted()})
	}
	if r.phrase != "" {
		c.addPhrase(r)
	}
}

// addIncluded counts a word by which its row is meant.
func (c *ColumnCounts) addIncluded(r Status) {
	if !r.class.included() {
		return
	}
	c.included++
	if r.class != yesWord {
		c.states++
	}
	if r.class == agreedWord || r.class == yesWord {
		c.agreed++
	}
	if !strings.ContainsAny(r.Text, "23456789") { // a number or a date says more than yes
		c.ticks++
	}
}

// count counts a row by its text.
func (c *ColumnCounts) count(r Status, one tally) {
	switch v := c.value(r); {
	case v != nil:
		v.Rows++
		v.Kept += one.kept
		v.doubtful += one.doubtful
		return
	case r.Out:
		c.othersOut += one.kept
	default:
		c.othersIn += one.kept
	}
	c.Others++
	if r.perhaps {
		c.othersPerhaps.rows++
		c.othersPerhaps.kept += one.kept
		c.othersPerhaps.doubtful += one.doubtful
	}
}

// value returns where a text is counted; nil for one that is too long to list, or one of too many.
func (c *ColumnCounts) value(r Status) *Value {
	key := where.Fold(r.Text)
	i, there := c.index[key]
	switch {
	case there:
	case len(r.Text) <= maxWord && (len(c.Values) < maxValues || r.Text == ""):
		i = len(c.Values)
		c.index[key] = i
		c.Values = append(c.Values, Value{Text: r.Text, Known: r.Known, Out: r.Out, class: r.class, perhaps: r.perhaps})
	default:
		return nil
	}
	return &c.Values[i]
}

// Columns are those that say that rows may not be meant, in the order of the file.
func (s *Counts) Columns() (list []ColumnCounts) {
	for _, c := range s.columns {
		shown := c.judged(s.rows, s.kept)
		if shown.out == 0 && !shown.undecided {
			continue
		}
		if m := c.of.meaning; m.IsAnswer() || m == unclear || m == unhinted || m == StruckOut || m == Comments || m == Elsewhere { // else what it has besides was not counted
			shown.Empty = s.rows - c.said
		}
		shown.all = shown.out >= s.rows
		list = append(list, shown)
	}
	slices.SortFunc(list, func(a, b ColumnCounts) int { return cmp.Compare(a.of.Place, b.of.Place) })
	return list
}

// judged returns the column as the whole file shows it, which has so many rows, of which the rule leaves in so many. A text that is not known, and no answer
// where one is needed, counts as no beside rows that say yes. A word of a state such as "pending" counts in any column
// that is mostly of states.
func (c *ColumnCounts) judged(rows, kept int) ColumnCounts {
	now := *c
	now.emptyKept = kept - c.kept
	now.withoutBullets(rows)
	if c.isOfAnswers(rows) {
		now.judgePerhaps(c)
	}
	if now.undecided = len(c.of.tests) == 0 && c.isUndecided(now.out, kept); now.undecided {
		return now.shown()
	}
	return now
}

// isUndecided reports whether it is not known which of a column's texts say that a row is meant. out is how many rows may not be
// meant: most of these rules are of columns in which no text says so. A rule of the rows that are meant has decided.
func (c *ColumnCounts) isUndecided(out, kept int) bool {
	return c.isOfRanks() || c.isSigned(kept) || c.isOfEvents() || c.isOfCodes() || c.isOfNumbers() ||
		out == 0 && (c.isOfUnknownStates() || c.isOfOddStates() || c.isOfOpposites() || c.isOfYesAndOther() || c.isOfCircles() || c.isOpen(kept))
}

// judgePerhaps counts what only may be a no as one. counted is the column before.
func (c *ColumnCounts) judgePerhaps(counted *ColumnCounts) {
	c.judgedPerhaps, c.Values = true, slices.Clone(counted.Values)
	for i := range c.Values {
		if v := &c.Values[i]; v.perhaps && (v.Text != "" || counted.blankIsNo()) && (counted.of.meaning != unhinted || !isDigits(v.Text)) {
			v.Out = true
			c.out += v.Rows
			c.Doubtful += v.doubtful
		}
	}
	others := counted.othersPerhaps
	c.out += others.rows
	c.Doubtful += others.doubtful
	c.othersOut += others.kept
	c.othersIn -= others.kept
}

// isOfAnswers reports whether a column's other words show that what only may be a no is one. Else it is free text, or a
// person has looked at it and written a rule.
func (c *ColumnCounts) isOfAnswers(rows int) bool {
	switch c.of.meaning {
	case anything, Notes:
		return c.included > 0 && 2*(c.said-c.plain) > rows && !c.of.ofThing && (!c.of.ofGuest || !c.isOfDispatch())
	case unclear:
		return c.agreed > 0 && c.plain+c.Others == 0 && len(c.Values) <= maxCodes && !c.countsRows()
	case unhinted:
		return c.isOfChoice() && c.refusing+c.out > 0 || c.states > 0 && 2*(c.said-c.plain) > rows || c.hasOnlyDoubts(rows)
	case Quantity:
		return c.agreed > 0 && !c.isPart() && len(c.of.tests) == 0
	case Event:
		return false
	case Heading:
		return c.included > 0 || c.out > 0
	case status:
		return (2*c.included >= c.said && c.included > 0 || c.repeatsHeader()) && c.listsItsTexts() && !c.isOfRegions()
	default:
		return (c.agreed > 0 || c.repeatsHeader() || 2*c.included >= c.said && c.included > 0) && c.listsItsTexts()
	}
}

// isOfDispatch reports whether the words by which rows are meant are of what is sent to guests: “Gift: sent”.
func (c *ColumnCounts) isOfDispatch() bool {
	return !slices.ContainsFunc(c.Values, func(v Value) bool { return v.class.included() && !harmlessStates[wordKey(where.Fold(v.Text))] })
}

// listsItsTexts reports whether a column has few enough texts to be of answers, or is of dates, and no rule names them.
func (c *ColumnCounts) listsItsTexts() bool {
	return (len(c.Values) < maxValues || c.isOfDates()) && len(c.of.tests) == 0
}

// blankIsNo reports whether an empty cell is a no: where a permission is needed, and in a column of ticks.
func (c *ColumnCounts) blankIsNo() bool {
	return c.of.meaning == permission || c.ticks == c.included || c.isOfDates()
}

// isOfDates reports whether every answer of a column is a date, as that of an acceptance.
func (c *ColumnCounts) isOfDates() bool { return c.dates > 0 && c.dates == c.included }

// countsRows reports whether a column without a name has numbers that may count the rows: each once.
func (c *ColumnCounts) countsRows() bool {
	return !slices.ContainsFunc(c.Values, func(v Value) bool { return v.Rows > 1 || !isDigits(v.Text) })
}

// isOfCodes reports whether a column of answers has nothing but a few letters or signs that are not known, so that some
// of them may say no: A and D.
func (c *ColumnCounts) isOfCodes() bool {
	if c.of.meaning == unclear || c.of.isCut {
		return c.isOfKnownCodes()
	}
	if c.of.meaning != Consent && c.of.meaning != status || c.codes == 0 || c.out > 0 || c.Others > 0 {
		return false
	}
	most, different := maxCode, 0
	if regionNames[wordset.Letters(c.Header)] {
		return false
	}
	if c.of.meaning == status { // whose two letters are a country or a region
		most = 1
	}
	for _, v := range c.Values {
		if v.Text == "" {
			continue
		}
		if different++; !isCode(v.Text) || utf8.RuneCountInString(v.Text) > most && strings.ContainsFunc(v.Text, unicode.IsLetter) {
			return false
		}
	}
	return different > 1 && different <= maxCodes && c.agreed < c.codes
}

// isOfKnownCodes reports whether a column that may be of anything has nothing but a few letters that often stand for answers, of
// those who come and of those who do not: A, D and W.
func (c *ColumnCounts) isOfKnownCodes() bool {
	yes, no := false, false
	for _, v := range c.Values { // an x beside a C may cross a guest out
		if no = where.Fold(v.Text) == "x"; !no || len(c.Values) > 1 {
			return false
		}
	}
	for _, v := range c.plainTexts {
		switch text := where.Fold(v.Text); {
		case strings.Contains("acgy", text): // one of these letters
			yes = true
		case strings.Contains("dnrwx?", text):
			no = true
		default:
			return false
		}
	}
	return yes && no && c.Others == 0 && len(c.plainTexts) <= maxCodes
}

// isOfNumbers reports whether a column of answers or states, but not of how many come, has nothing but a few digits, of
// which some may say no: 1 and 2.
func (c *ColumnCounts) isOfNumbers() bool {
	if !c.of.byNumber || c.out > 0 || c.Others > 0 || len(c.Values) > maxCodes {
		return false
	}
	different := 0
	for _, v := range c.Values {
		if v.Text == "" {
			continue
		}
		if different++; len(v.Text) > 1 || !isDigits(v.Text) {
			return false
		}
	}
	return different > 1
}

// repeatsHeader reports whether rows have the header's own word, which is a tick: “OK?” and “ok”.
func (c *ColumnCounts) repeatsHeader() bool {
	return slices.ContainsFunc(c.Values, func(v Value) bool {
		return v.class.included() && wordKey(where.Fold(v.Text)) == wordset.Letters(c.Header)
	})
}

// Meant says of each column of states or answers by which every row is meant what it says, in the order of the file.
func (s *Counts) Meant() (texts []string) {
	for _, at := range slices.Sorted(maps.Keys(s.columns)) {
		c := s.columns[at].judged(s.rows, s.kept)
		if !c.of.meaning.IsAnswer() || c.of.meaning == refusal || c.out > 0 || c.undecided || c.included == 0 {
			continue
		}
		if list := c.list(false); list != "" {
			list += c.unlisted(s.kept)
			texts = append(texts, fmt.Sprintf("by the column %s every row is meant: %s", headers.Quote(c.Header), list))
		}
	}
	return texts
}

// unlisted counts the rows, of so many, that a list of the known texts lacks: so that its numbers add up.
func (c ColumnCounts) unlisted(rows int) (text string) {
	others := c.othersIn
	for _, v := range c.Values {
		if !v.Known {
			others += v.Kept
		}
	}
	if others > 0 {
		text += fmt.Sprintf(", other texts (%d)", others)
	}
	if empty := rows - c.kept; empty > 0 {
		text += fmt.Sprintf(", empty (%d)", empty)
	}
	return text
}

// SaysWho reports whether a column, or headings, say of some rows that they are meant or not.
func (s *Counts) SaysWho() bool {
	for _, c := range s.columns {
		if now := c.judged(s.rows, s.kept); c.of.meaning.IsAnswer() && now.included > 0 || now.out > 0 || now.undecided {
			return true
		}
	}
	return false
}

// anyText stands for a text that is not known.
const anyText = "any text"

// Filled returns the test that leaves out a row that has anything in the column, and how many rows have, where that says
// that a row is not meant, as a date of unsubscribing does; "" where words say it.
func (c ColumnCounts) Filled() (test string, rows int) {
	if c.of.meaning != refusal || c.othersOut == 0 && !slices.ContainsFunc(c.Values, func(v Value) bool { return v.Out && !v.Known }) {
		return "", 0
	}
	return c.keep().String(), c.out
}

// FilledLeftOut reports whether the rule leaves out what Filled does.
func (c ColumnCounts) FilledLeftOut() bool { return c.LeftOut(anyText) }

// LeftOut reports whether the rule leaves out rows for this text of the column, whatever else they have.
func (c ColumnCounts) LeftOut(text string) bool {
	return slices.ContainsFunc(c.of.required, func(t *where.Test) bool { return !t.Match(text) })
}

// list names the known texts that say that a row is meant, or is not, with their rows.
func (c ColumnCounts) list(out bool) string {
	var texts []string
	for _, v := range c.sorted() {
		if v.Out == out && v.Kept > 0 && v.Known {
			texts = append(texts, fmt.Sprintf("%s (%d)", cmp.Or(v.Text, "empty"), v.Kept))
		}
	}
	if !out && c.Empty > 0 {
		texts = append(texts, fmt.Sprintf("empty (%d)", c.Empty))
	}
	return strings.Join(texts, ", ")
}

// sorted are the values, the most frequent first.
func (c ColumnCounts) sorted() []Value {
	return slices.SortedFunc(slices.Values(c.Values), func(a, b Value) int {
		return cmp.Or(cmp.Compare(b.Kept, a.Kept), cmp.Compare(a.Text, b.Text))
	})
}
