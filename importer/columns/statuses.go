package columns

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"guestflow/importer/table"
	"guestflow/importer/where"
)

// Statuses counts what a file's columns say of whether its rows are meant.
type Statuses struct {
	columns map[int]*StatusColumn // by their place
	rows    int
	kept    int // that the rule leaves in
}

// StatusColumn is what one column says.
type StatusColumn struct {
	Header string        // or #5 for the fifth column
	Values []StatusValue // in the order in which they came
	Empty  int           // rows in which it says nothing
	Others int           // rows with a text that is too long to list, or one of too many

	Doubtful int // rows that would become guests, and that may not be meant

	of                  *statusColumn
	index               map[string]int // of Values, by their folded texts
	said, kept, out     int            // rows in which it says something; that the rule leaves in; that may not be meant
	agreed, included    int            // rows with words of guests who have agreed, and with others that are meant, or these
	othersIn, othersOut int            // of Others, rows that the rule leaves in
	othersPerhaps       tally          // of Others, rows with texts that are Out if the column is of answers
}

// tally counts rows.
type tally struct{ rows, kept, doubtful int }

// StatusValue is a text of a column.
type StatusValue struct {
	Text  string
	Rows  int
	Kept  int  // of them those that the rule of the rows that are meant leaves in
	Known bool // it is one of the words that this program knows, and not a guest's
	Out   bool // its rows may not be meant

	perhaps  bool // they may not be, if the column is of answers
	doubtful int  // of such ones, rows that would become guests
}

// maxValues is how many texts of a column are counted.
const maxValues = 50

// Add counts a row of which some cells say something. kept is false for one that the rule leaves out; imported is true
// for one that would become a guest.
func (s *Statuses) Add(said []RowStatus, kept, imported bool) {
	s.rows++
	if kept {
		s.kept++
	}
	for _, r := range said {
		c := s.columns[r.of.column]
		if c == nil {
			c = &StatusColumn{Header: r.Header, of: r.of, index: map[string]int{}}
			if s.columns == nil {
				s.columns = map[int]*StatusColumn{}
			}
			s.columns[r.of.column] = c
		}
		c.add(r, kept, imported)
	}
}

func (c *StatusColumn) add(r RowStatus, kept, imported bool) {
	one := tally{rows: 1}
	if kept {
		one.kept = 1
	}
	if imported && !r.named {
		one.doubtful = 1
	}
	c.said++
	c.kept += one.kept
	if r.class.included() {
		c.included++
		if r.class == agreedWord || r.class == yesWord {
			c.agreed++
		}
	}
	if r.Out {
		c.out++
		c.Doubtful += one.doubtful
	}
	c.count(r, one)
}

// count counts a row by its text.
func (c *StatusColumn) count(r RowStatus, one tally) {
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
func (c *StatusColumn) value(r RowStatus) *StatusValue {
	key := where.Fold(r.Text)
	i, there := c.index[key]
	switch {
	case there:
	case len(r.Text) <= maxWord && len(c.Values) < maxValues:
		i = len(c.Values)
		c.index[key] = i
		c.Values = append(c.Values, StatusValue{Text: r.Text, Known: r.Known, Out: r.Out, perhaps: r.perhaps})
	default:
		return nil
	}
	return &c.Values[i]
}

// Columns are those that say that rows may not be meant, in the order of the file.
func (s *Statuses) Columns() (list []StatusColumn) {
	for _, c := range s.columns {
		shown := c.judged(s.rows)
		if shown.out == 0 {
			continue
		}
		if c.of.meaning != anything { // else what it has besides was not counted
			shown.Empty = s.rows - c.said
		}
		list = append(list, shown)
	}
	slices.SortFunc(list, func(a, b StatusColumn) int { return cmp.Compare(a.of.column, b.of.column) })
	return list
}

// judged returns the column as the whole file shows it, which has so many rows. A text that is not known, and no answer
// where one is needed, counts as no beside rows that say yes. A word of a state such as "pending" counts in any column
// that is mostly of states.
func (c *StatusColumn) judged(rows int) StatusColumn {
	now := *c
	// Else it is free text, or a person has looked at it and written a rule.
	answers := c.agreed > 0 && len(c.Values) < maxValues && len(c.of.tests) == 0
	if c.of.meaning == anything {
		answers = c.included > 0 && 2*c.said > rows
	}
	if !answers {
		return now
	}
	now.Values = slices.Clone(c.Values)
	for i := range now.Values {
		if v := &now.Values[i]; v.perhaps {
			v.Out = true
			now.out += v.Rows
			now.Doubtful += v.doubtful
		}
	}
	others := c.othersPerhaps
	now.out += others.rows
	now.Doubtful += others.doubtful
	now.othersOut += others.kept
	now.othersIn -= others.kept
	return now
}

// Meant says of each column of states or answers by which every row is meant what it says, in the order of the file.
func (s *Statuses) Meant() (texts []string) {
	for _, at := range slices.Sorted(maps.Keys(s.columns)) {
		c := s.columns[at].judged(s.rows)
		if c.of.meaning == anything || c.of.meaning == refusal || c.out > 0 || c.included == 0 {
			continue
		}
		if list := c.list(false); list != "" {
			list += c.unlisted(s.kept)
			texts = append(texts, fmt.Sprintf("by the column %s every row is meant: %s", quoteHeader(c.Header), list))
		}
	}
	return texts
}

// unlisted counts the rows, of so many, that a list of the known texts lacks: so that its numbers add up.
func (c StatusColumn) unlisted(rows int) (text string) {
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

// anyText stands for a text that is not known.
const anyText = "any text"

// Filled returns the test that leaves out a row that has anything in the column, and how many rows have, where that says
// that a row is not meant, as a date of unsubscribing does; "" where words say it.
func (c StatusColumn) Filled() (test string, rows int) {
	if c.of.meaning != refusal || c.othersOut == 0 && !slices.ContainsFunc(c.Values, func(v StatusValue) bool { return v.Out && !v.Known }) {
		return "", 0
	}
	return c.keep().String(), c.out
}

// FilledLeftOut reports whether the rule leaves out what Filled does.
func (c StatusColumn) FilledLeftOut() bool { return c.LeftOut(anyText) }

// LeftOut reports whether the rule leaves out rows for this text of the column, whatever else they have.
func (c StatusColumn) LeftOut(text string) bool {
	return slices.ContainsFunc(c.of.required, func(t *where.Test) bool { return !t.Match(text) })
}

// keep is the test that leaves in only empty cells, and texts that say that the row is meant.
func (c StatusColumn) keep() *where.Test {
	var texts []string
	if c.of.meaning != permission {
		texts = append(texts, "") // no answer says nothing
	}
	for _, v := range c.Values {
		if !v.Out && v.Text != "" {
			texts = append(texts, v.Text)
		}
	}
	if len(texts) == 1 && texts[0] == "" {
		return where.Empty(c.Header, false)
	}
	return where.In(c.Header, false, texts...)
}

// leaveOut returns the test that leaves out what may not be meant, and what it comes to in words; nil where the column
// has texts of guests, which are in no message.
func (c StatusColumn) leaveOut() (t *where.Test, label string) {
	unknown := func(out bool) bool {
		return slices.ContainsFunc(c.Values, func(v StatusValue) bool { return v.Out == out && !v.Known && v.Kept > 0 })
	}
	switch {
	case !unknown(true) && c.othersOut == 0:
		var texts []string
		for _, v := range c.Values {
			if v.Out && v.Kept > 0 {
				texts = append(texts, v.Text)
			}
		}
		return where.In(c.Header, true, texts...), "Leave out: " + c.list(true)
	case c.of.meaning == anything: // the texts that say nothing were not counted, and are meant
		return nil, ""
	case !unknown(false) && c.othersIn == 0:
		return c.keep(), "Import only: " + cmp.Or(c.list(false), "none")
	}
	return nil, ""
}

// list names the known texts that say that a row is meant, or is not, with their rows.
func (c StatusColumn) list(out bool) string {
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
func (c StatusColumn) sorted() []StatusValue {
	return slices.SortedFunc(slices.Values(c.Values), func(a, b StatusValue) int {
		return cmp.Or(cmp.Compare(b.Kept, a.Kept), cmp.Compare(a.Text, b.Text))
	})
}

// Questions asks about each column that says of rows that are left in that they may not be meant. rule is the one that
// leaves out others.
func (s *Statuses) Questions(c *Columns, rule string) (questions []table.Error) {
	list := s.Columns()
	slices.SortFunc(list, func(a, b StatusColumn) int { return cmp.Compare(a.Header, b.Header) })
	for _, column := range list {
		if column.Doubtful > 0 {
			questions = append(questions, column.question(c.usualRule(), rule))
		}
	}
	return questions
}

func (c StatusColumn) question(usual, rule string) table.Error {
	q := &table.Question{Text: c.problem()}
	if usual != "" && rule == "" {
		q.Choices = append(q.Choices, table.Choice{Option: "where", Value: usual, Label: "As is usual for such an export: " + usual})
	}
	if t, label := c.leaveOut(); t != nil {
		out := table.Choice{Option: "where", Value: where.And(rule, t.String()), Label: label}
		if len(q.Choices) == 0 || q.Choices[0].Value != out.Value {
			q.Choices = append(q.Choices, out)
		}
	}
	advice := c.whichRows(q.Choices)
	if m, can := MapChoice(Ignore, c.Header); can {
		q.Choices = append(q.Choices, m)
	}
	q.Choices = append(q.Choices, table.Choice{Option: "where", Value: where.All, Label: "All rows are meant, whatever any column says"})
	advice += fmt.Sprintf("; or, if all of them are meant, say that the column decides nothing: --map 'ignore=%s' (ignore in the profile's "+
		"mapping, “Ignored” in the console), or that none does: --where all", c.Header)
	return table.Error{NeedsAnswer: true, Problem: q.Text, Cause: q, Advice: advice}
}

// whichRows names the rules that are offered.
func (c StatusColumn) whichRows(offered []table.Choice) string {
	flags := make([]string, len(offered))
	for i, o := range offered {
		flags[i] = o.Flag()
	}
	if len(flags) == 0 {
		flags = []string{table.Choice{Option: "where", Value: where.In(c.Header, true, "A", "B").String()}.Flag() + " with the texts that it has"}
	}
	return fmt.Sprintf("leave them out: %s (where in the profile, “Rows that are meant” in the console)", strings.Join(flags, " or "))
}

func (c StatusColumn) problem() string {
	said, other := make([]string, 0, len(c.Values)+1), c.othersIn+c.othersOut
	for _, v := range c.sorted() {
		switch {
		case v.Kept == 0:
		case v.Known:
			said = append(said, fmt.Sprintf("%s %d", cmp.Or(v.Text, "empty"), v.Kept))
		default:
			other += v.Kept
		}
	}
	if other > 0 {
		what := "other words"
		if c.of.meaning == refusal {
			what = "filled in"
		}
		said = append(said, fmt.Sprintf("%s %d", what, other))
	}
	if len(c.of.tests) > 0 {
		return fmt.Sprintf("of rows that the rule (where) leaves in, the column %s says that they may not be meant (%s)",
			quoteHeader(c.Header), strings.Join(said, ", "))
	}
	return fmt.Sprintf("the column %s, from which nothing is taken, says that guests may not be meant (%s), and all would be imported",
		quoteHeader(c.Header), strings.Join(said, ", "))
}
