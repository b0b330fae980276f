package columns

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"guestflow/importer/table"
	"guestflow/importer/where"
)

// Statuses counts what a file's columns say of whether its rows are meant.
type Statuses struct {
	columns map[int]*StatusColumn // by their place
	rows    int
	kept    int
}

// StatusColumn is what one column says.
type StatusColumn struct {
	Header string        // or #5 for the fifth column
	Ruled  bool          // the rule of the rows that are meant names it
	Values []StatusValue // in the order in which they came
	Empty  int           // rows in which it says nothing

	EmptyKept int // of them those that the rule leaves in

	Doubtful int // rows that would become guests, and that may not be meant

	meaning  columnMeaning
	index    map[string]int // of Values, by their folded texts
	otherIn  int            // rows with a text that is too long to list, or one of too many
	otherOut int            // such that may not be meant
	said     int
	kept     int // of said, rows that the rule leaves in
	outKept  int // of those that may not be meant
	out      int
}

// StatusValue is a text of a column.
type StatusValue struct {
	Text  string
	Rows  int
	Kept  int  // of them those that the rule leaves in
	Known bool // it is one of the words that this program knows, and not a guest's
	Out   bool // its rows may not be meant
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
		c := s.columns[r.place]
		if c == nil {
			c = &StatusColumn{Header: r.Header, Ruled: r.ruled, meaning: r.meaning, index: map[string]int{}}
			if s.columns == nil {
				s.columns = map[int]*StatusColumn{}
			}
			s.columns[r.place] = c
		}
		c.add(r, kept, imported)
	}
}

func (c *StatusColumn) add(r RowStatus, kept, imported bool) {
	left := 0
	if kept {
		left = 1
	}
	c.said++
	c.kept += left
	if r.Out {
		c.out++
		c.outKept += left
		if imported && !r.named {
			c.Doubtful++
		}
	}
	if v := c.value(r); v != nil {
		v.Rows++
		v.Kept += left
	} else if r.Out {
		c.otherOut++
	} else {
		c.otherIn++
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
		c.Values = append(c.Values, StatusValue{Text: r.Text, Known: r.Known, Out: r.Out})
	default:
		return nil
	}
	return &c.Values[i]
}

// Columns are those that say that rows may not be meant, in the order of the file.
func (s *Statuses) Columns() (list []StatusColumn) {
	for place, c := range s.columns {
		says := c.otherOut > 0 || slices.ContainsFunc(c.Values, func(v StatusValue) bool { return v.Out })
		if !says {
			continue
		}
		shown := *c
		if c.meaning != anything { // else what it has besides was not counted
			shown.Empty, shown.EmptyKept = s.rows-c.said, s.kept-c.kept
		}
		shown.index = map[string]int{"": place}
		list = append(list, shown)
	}
	slices.SortFunc(list, func(a, b StatusColumn) int { return cmp.Compare(a.index[""], b.index[""]) })
	return list
}

// Others are rows with a text that is not listed.
func (c StatusColumn) Others() int { return c.otherIn + c.otherOut }

// Filled is the text of the test by which a row is left out that has anything in the column, where that is what it says
// of a row that is not meant, as a date of unsubscribing does; else "".
func (c StatusColumn) Filled() string {
	if c.meaning != refusal || c.otherOut == 0 && !slices.ContainsFunc(c.Values, func(v StatusValue) bool { return v.Out && !v.Known }) {
		return ""
	}
	return c.keep().String()
}

// Outside are the rows that Filled leaves out, and how many of them the rule leaves in.
func (c StatusColumn) Outside() (rows, kept int) { return c.out, c.outKept }

// keep is the test that leaves in only empty cells, and texts that say that the row is meant.
func (c StatusColumn) keep() *where.Test {
	texts := []string{""}
	for _, v := range c.Values {
		if !v.Out {
			texts = append(texts, v.Text)
		}
	}
	if len(texts) == 1 {
		return where.Empty(c.Header, false)
	}
	return where.In(c.Header, false, texts...)
}

// leaveOut returns the test that leaves out what may not be meant, and what it comes to in words; nil where the column
// has texts of guests, which are in no message.
func (c StatusColumn) leaveOut() (t *where.Test, label string) {
	unknown := func(out bool) bool {
		return slices.ContainsFunc(c.Values, func(v StatusValue) bool { return v.Out == out && !v.Known })
	}
	switch {
	case !unknown(true) && c.otherOut == 0:
		var texts []string
		for _, v := range c.Values {
			if v.Out {
				texts = append(texts, v.Text)
			}
		}
		return where.In(c.Header, true, texts...), "Leave out: " + c.list(true)
	case !unknown(false) && c.otherIn == 0:
		return c.keep(), "Import only: " + cmp.Or(c.list(false), "none")
	}
	return nil, ""
}

// list names the known texts that say that a row is meant, or is not, with their rows.
func (c StatusColumn) list(out bool) string {
	var texts []string
	for _, v := range c.sorted() {
		if v.Out == out {
			texts = append(texts, fmt.Sprintf("%s (%d)", v.Text, v.Rows))
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
		return cmp.Or(cmp.Compare(b.Rows, a.Rows), cmp.Compare(a.Text, b.Text))
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
	advice := whichRows(q.Choices)
	if m, can := MapChoice(Ignore, c.Header); can {
		q.Choices = append(q.Choices, m)
	}
	q.Choices = append(q.Choices, table.Choice{Option: "where", Value: where.All, Label: "All rows are meant, whatever any column says"})
	advice += fmt.Sprintf("; or, if all of them are meant, say that the column decides nothing: --map 'ignore=%s' (ignore in the profile's "+
		"mapping, “Ignored” in the console), or that none does: --where all", c.Header)
	return table.Error{NeedsAnswer: true, Problem: q.Text, Cause: q, Advice: advice}
}

// whichRows names the rules that are offered.
func whichRows(offered []table.Choice) string {
	flags := make([]string, len(offered))
	for i, o := range offered {
		flags[i] = o.Flag()
	}
	if len(flags) == 0 {
		flags = []string{"--where RULE"}
	}
	return fmt.Sprintf("leave them out: %s (where in the profile, “Rows that are meant” in the console)", strings.Join(flags, " or "))
}

func (c StatusColumn) problem() string {
	said, other := make([]string, 0, len(c.Values)+1), c.Others()
	for _, v := range c.sorted() {
		if v.Known {
			said = append(said, fmt.Sprintf("%s %d", v.Text, v.Rows))
		} else {
			other += v.Rows
		}
	}
	if other > 0 {
		what := "other words"
		if c.meaning == refusal {
			what = "filled in"
		}
		said = append(said, fmt.Sprintf("%s %d", what, other))
	}
	used := "from which nothing is taken,"
	if c.Ruled {
		used = "of which the rule of the rows that are meant does not name all,"
	}
	return fmt.Sprintf("the column %s, %s says that guests may not be meant (%s), and all would be imported",
		quoteHeader(c.Header), used, strings.Join(said, ", "))
}
