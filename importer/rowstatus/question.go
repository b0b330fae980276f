package rowstatus

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"guestflow/importer/headers"
	"guestflow/importer/plural"
	"guestflow/importer/table"
	"guestflow/importer/where"
	"guestflow/importer/wordset"
)

// This file asks about the columns that say that rows may not be meant, and names the rules that leave these out.

// Mapping is how a list's columns are taken, as far as questions offer changes of it.
type Mapping interface {
	UsualRule() string                                        // of lists of the program that this one comes from, "" where none is known
	Ignoring(header string) string                            // the mapping of what decides nothing, with one column more
	IgnoringColumns(columns []int) (c table.Choice, can bool) // and with several, from which nothing is taken
	IgnoringTaken(columns []int) (c table.Choice, can bool)   // and with several, whatever is taken from them
}

// Questions asks about each column that says of rows that are left in that they may not be meant. rule is the one that
// leaves out others.
func (s *Counts) Questions(m Mapping, rule string) (questions []table.Error) {
	list := s.Columns()
	slices.SortFunc(list, func(a, b ColumnCounts) int { return cmp.Compare(a.Header, b.Header) })
	var open, names []ColumnCounts
	for _, column := range list {
		switch {
		case column.of.aside && (column.all || s.saysWhoBeside(column)) && !column.refuses():
		case column.Doubtful > 0 && column.of.meaning == Names:
			names = append(names, column)
		case column.Doubtful > 0 || column.undecided && !column.isOpen(s.kept):
			questions = append(questions, column.question(m, rule))
		case column.undecided:
			open = append(open, column)
		}
	}
	if len(open) > 0 {
		questions = append(questions, openQuestion(open, m, rule))
	}
	if len(names) > 0 {
		questions = append([]table.Error{together(names).question(m, rule)}, questions...)
	}
	return append(append(questions, s.disagreement(rule)...), s.partyQuestion()...)
}

// saysWhoBeside reports whether another column than one says of rows that they are meant.
func (s *Counts) saysWhoBeside(one ColumnCounts) bool {
	for _, c := range s.columns {
		isOther := c.of.Place != one.of.Place && !c.of.aside && (c.of.meaning == status || c.of.meaning == Consent)
		if isOther && c.judged(s.rows, s.kept).included > 0 {
			return true
		}
	}
	return false
}

// refuses reports whether rows that the rule leaves in have a word that cannot be missed: unsubscribed, declined.
func (c ColumnCounts) refuses() bool {
	return slices.ContainsFunc(c.Values, func(v Value) bool { return v.class == excludedWord && v.Kept > 0 })
}

func (c ColumnCounts) question(mapping Mapping, rule string) table.Error {
	q := &table.Question{Text: c.problem()}
	if usual := mapping.UsualRule(); usual != "" && rule == "" && c.of.meaning.IsAnswer() &&
		(c.of.meaning != permission || names(usual, c.Header)) {
		q.Choices = append(q.Choices, table.Choice{Option: "where", Value: usual, Label: "As is usual for such an export: " + usual})
	}
	for _, out := range c.rules() {
		out.Value = where.And(rule, out.Value)
		if len(q.Choices) == 0 || q.Choices[0].Value != out.Value {
			q.Choices = append(q.Choices, out)
		}
	}
	q.Open = len(q.Choices) == 0 || c.undecided
	advice := c.whichRows(q.Choices)
	ignore, flag := c.ignoring(mapping)
	if ignore.Value != "" {
		q.Choices = append(q.Choices, ignore)
	}
	q.Choices = append(q.Choices, table.Choice{Option: "where", Value: where.All, Label: "All rows are meant, whatever any column says"})
	advice += fmt.Sprintf("; or, if all of them are meant, say that %s nothing: %s (ignore in the profile's "+
		"mapping, “Ignored” in the console), or that none does: --where all", c.decides(), flag)
	return table.Error{NeedsAnswer: true, Problem: q.Text, Cause: q, Advice: advice}
}

// names reports whether a rule has a test of a column.
func names(rule, header string) bool {
	r, err := where.Parse(rule)
	return err == nil && slices.ContainsFunc(r.Tests(), func(t *where.Test) bool { return wordset.Letters(t.Column) == wordset.Letters(header) })
}

// together are the columns of names as one, as a note beside one part of a name is of the whole guest.
func together(list []ColumnCounts) ColumnCounts {
	all := list[0]
	all.places = []int{all.of.Place}
	all.outRows, all.phrases = slices.Clone(all.outRows), slices.Clone(all.phrases)
	for _, c := range list[1:] {
		all.outRows, all.phrases, all.all = append(all.outRows, c.outRows...), append(all.phrases, c.phrases...), all.all || c.all
		all.places, all.beside = append(all.places, c.of.Place), append(all.beside, c.Header)
	}
	return all
}

// ignoring is the answer that the column, or those together, decide nothing, and its flag.
func (c ColumnCounts) ignoring(mapping Mapping) (choice table.Choice, flag string) {
	if len(c.beside) > 0 {
		if choice, can := mapping.IgnoringTaken(c.places); can {
			return choice, choice.Flag()
		}
	}
	choice, _ = headers.MapChoice(headers.Ignore, c.Header)
	return choice, headers.MapFlag(headers.Ignore, mapping.Ignoring(c.Header))
}

// rules are those that leave out what may not be meant.
func (c ColumnCounts) rules() (list []table.Choice) {
	if c.all && (c.Header == SheetName || c.Header == SectionName) {
		return nil
	}
	if c.of.meaning == Elsewhere && !c.all {
		return []table.Choice{{Option: "where", Value: where.Empty(c.Header, false).String(), Label: "Leave out: " + c.list(true)}}
	}
	if t, label := c.leaveOut(); t != nil && !c.all {
		list = append(list, table.Choice{Option: "where", Value: t.String(), Label: label})
	}
	if t, label := c.withoutCarried(); t != nil {
		list = append(list, table.Choice{Option: "where", Value: t.String(), Label: label})
	}
	if c.undecided && c.of.ofSigners {
		for _, t := range []*where.Test{where.Empty(c.Header, true), where.Empty(c.Header, false)} {
			list = append(list, table.Choice{Option: "where", Value: t.String(), Label: "Import only: " + t.String()})
		}
		return list
	}
	if c.undecided && (c.of.meaning.IsAnswer() || c.of.ofRank || c.of.meaning == unhinted || c.of.meaning == Event || c.of.meaning == unclear) {
		for _, v := range c.sorted() {
			if v.Text != "" && v.Kept > 0 && len(list) < maxOffered && (v.Known || c.of.meaning == Event) {
				list = append(list, table.Choice{Option: "where", Value: where.In(c.Header, false, v.Text).String(),
					Label: fmt.Sprintf("Import only: %s (%d)", v.Text, v.Kept)})
			}
		}
	}
	if t, label := c.withoutRows(); t != nil && c.of.meaning == Heading && c.Header == SectionName {
		list = append(list, table.Choice{Option: "where", Value: t.String(), Label: label})
	}
	return list
}

// decides begins a sentence that the column decides nothing.
func (c ColumnCounts) decides() string {
	switch c.Header {
	case SectionName:
		return "the headings (#section) decide"
	case SheetName:
		return "the sheet's name (#sheet) decides"
	case ElsewhereName:
		return "the other sheet (#elsewhere) decides"
	case StruckName:
		return "the line through them (#struck) decides"
	case CommentName:
		return "the comments (#comment) decide"
	}
	if len(c.beside) > 0 {
		return "the columns decide"
	}
	return "the column decides"
}

// whichRows names the rules that are offered.
func (c ColumnCounts) whichRows(offered []table.Choice) string {
	flags := make([]string, len(offered))
	for i, o := range offered {
		flags[i] = o.Flag()
	}
	if len(flags) == 0 && c.all && c.of.meaning == Heading {
		return "if they are not meant, do not import it, or name another sheet (--sheet; sheet in the profile, “Sheet” in the console)"
	}
	if c.of.meaning == Event {
		return fmt.Sprintf("import those of one event: %s (where in the profile, “Rows that are meant” in the console), "+
			"or name each row's event by a column of event ids (event_id in the profile's mapping)", strings.Join(flags, " or "))
	}
	if len(flags) == 0 && c.all {
		return "if none of them is meant, do not import it"
	}
	if len(flags) == 0 {
		flags = []string{table.Choice{Option: "where", Value: where.In(c.Header, true, "A", "B").String()}.Flag() + " with the texts that it has"}
		if !c.of.meaning.IsAnswer() {
			flags[0] = "--where '#row not in 12, 15-18' with the numbers of the rows"
		}
	}
	return fmt.Sprintf("leave them out: %s (where in the profile, “Rows that are meant” in the console)", strings.Join(flags, " or "))
}

func (c ColumnCounts) problem() string {
	said := strings.Join(c.saidTexts(), ", ")
	rows := namesOfRows(c.numbers())
	switch {
	case c.Header == SectionName:
		return fmt.Sprintf("headings in the list say that the guests below them may not be meant (%s), and these would be imported", said)
	case c.Header == SheetName:
		return fmt.Sprintf("the name of the sheet says that its guests may not be meant (%s), and they would be imported", said)
	case c.of.meaning == Elsewhere:
		return fmt.Sprintf("guests of the list stand also on a sheet or list whose name says that they may not be meant (%s; %s), and they would be imported",
			said, rows)
	case c.of.meaning == StruckOut:
		return fmt.Sprintf("rows are struck through (%s), and their guests would be imported", rows)
	case c.of.meaning == Comments:
		return fmt.Sprintf("cells have comments (%s; %s), which may say that guests are not meant, and all would be imported", said, rows)
	case c.of.meaning == Names:
		return fmt.Sprintf("names in the %s %s have a note that their guests may not be meant (%s; %s), and all would be imported",
			plural.Word(1+len(c.beside), "column", "columns"), c.quoted(), said, rows)
	case c.of.meaning == Notes, c.of.meaning == Tags, len(c.phrases) > 0:
		return fmt.Sprintf("the column %s says that guests may not be meant (%s; %s), and all would be imported", headers.Quote(c.Header), said, rows)
	case c.of.meaning == Event:
		return fmt.Sprintf("the column %s, from which nothing is taken, names several events, and all rows would be imported for one", headers.Quote(c.Header))
	case c.undecided:
		return fmt.Sprintf("the column %s, from which nothing is taken, has answers of which it is not known who is meant (%s), and all "+
			"would be imported", headers.Quote(c.Header), said)
	case len(c.of.tests) > 0:
		return fmt.Sprintf("of rows that the rule (where) leaves in, the column %s says that they may not be meant (%s)", headers.Quote(c.Header), said)
	}
	return fmt.Sprintf("the column %s, from which nothing is taken, says that guests may not be meant (%s), and all would be imported",
		headers.Quote(c.Header), said) + c.carriedProblem()
}

// quoted are the headers of the column and those together with it.
func (c ColumnCounts) quoted() string {
	list := []string{headers.Quote(c.Header)}
	for _, h := range c.beside {
		list = append(list, headers.Quote(h))
	}
	return inWords(list)
}

// saidTexts are the texts that are known, with their rows, and how many rows have others.
func (c ColumnCounts) saidTexts() []string {
	said, other := make([]string, 0, len(c.Values)+1), c.othersIn+c.othersOut
	hidden := 0 // rows whose text is shown by its phrase
	for _, p := range c.phrases {
		if hidden += p.Kept; p.Text == "" {
			other += p.Kept
			continue
		}
		said = append(said, fmt.Sprintf("%s %d", p.Text, p.Kept))
	}
	for _, v := range c.sorted() {
		switch {
		case v.Kept == 0, c.of.meaning == Notes && !v.Out, c.of.meaning == Names:
		case v.Known:
			said = append(said, fmt.Sprintf("%s %d", cmp.Or(v.Text, "empty"), v.Kept))
		default:
			other += v.Kept
		}
	}
	if c.of.meaning != Names {
		other -= hidden
	}
	if other > 0 {
		what := "other words"
		if c.of.meaning == refusal || c.isOfDates() {
			what = "filled in"
		}
		said = append(said, fmt.Sprintf("%s %d", what, other))
	}
	return said
}

// keep is the test that leaves in only empty cells, and texts that say that the row is meant.
func (c ColumnCounts) keep() *where.Test {
	var texts []string
	blankOut := slices.ContainsFunc(c.Values, func(v Value) bool { return v.Text == "" && v.Out })
	if c.of.meaning != permission && !blankOut {
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
func (c ColumnCounts) leaveOut() (t *where.Test, label string) {
	unknown := func(out bool) bool {
		return slices.ContainsFunc(c.Values, func(v Value) bool { return v.Out == out && !v.Known && v.Kept > 0 })
	}
	switch {
	case c.undecided:
		return nil, ""
	case !unknown(true) && c.othersOut == 0 && len(c.phrases) == 0:
		var texts []string
		for _, v := range c.Values {
			if v.Out && v.Kept > 0 {
				texts = append(texts, v.Text)
			}
		}
		if len(texts) == 1 && texts[0] == "" {
			return where.Empty(c.Header, true), "Leave out: " + c.list(true)
		}
		return where.In(c.Header, true, texts...), "Leave out: " + c.list(true)
	case !c.of.meaning.IsAnswer(): // the texts that say nothing were not counted, and are meant
		return c.withoutRows()
	case !unknown(false) && c.othersIn == 0:
		return c.keep(), "Import only: " + cmp.Or(c.list(false), "none")
	}
	return c.withoutRows()
}

// withoutRows returns the test that leaves out what may not be meant by the numbers of its rows, where they are not too many.
func (c ColumnCounts) withoutRows() (t *where.Test, label string) {
	rows := c.numbers()
	if len(rows) == 0 || len(c.outRows) > maxOutRows {
		return nil, ""
	}
	return where.In(RowNumber, true, rowList(rows)...), "Leave out " + namesOfRows(rows)
}

// numbers are those of the rows that may not be meant.
func (c ColumnCounts) numbers() (rows []int) {
	for _, r := range c.outRows {
		if r.out || c.judgedPerhaps {
			rows = append(rows, r.row)
		}
	}
	return inOrder(rows)
}

// namesOfRows names rows by their numbers, the first ones.
func namesOfRows(rows []int) string {
	list, more := rowList(rows), ""
	if n := len(list) - maxNamedRows; n > 0 {
		list, more = list[:maxNamedRows], " and more"
	}
	if len(rows) == 1 {
		return "row " + list[0]
	}
	return "rows " + strings.Join(list, ", ") + more
}

// maxOffered is how many answers of a column a question offers, the most frequent ones.
const maxOffered = 8

// maxNamedRows is how many rows, or runs of them, a sentence names.
const maxNamedRows = 10

// openQuestion asks about columns of answers of which it is not known who is meant: one question, however many there are.
func openQuestion(list []ColumnCounts, mapping Mapping, rule string) table.Error {
	slices.SortFunc(list, func(a, b ColumnCounts) int { return a.of.Place - b.of.Place })
	columns, names := make([]int, len(list)), make([]string, len(list))
	for i, c := range list {
		columns[i], names[i] = c.of.Place, fmt.Sprintf("%s (%s)", headers.Quote(c.Header), c.openTexts())
	}
	problem := fmt.Sprintf("the %s %s, from which nothing is taken, %s answers of which it is not known who is meant, and all would be imported",
		plural.Word(len(list), "column", "columns"), inWords(names), plural.Word(len(list), "has", "have"))
	q := &table.Question{Text: problem, Open: true}
	var flags []string
	for _, c := range list {
		for _, t := range c.openRules() {
			choice := table.Choice{Option: "where", Value: where.And(rule, t.String()), Label: "Import only: " + t.String()}
			q.Choices, flags = append(q.Choices, choice), append(flags, choice.Flag())
		}
	}
	ignored, can := mapping.IgnoringColumns(columns)
	if can {
		q.Choices = append(q.Choices, ignored)
	}
	q.Choices = append(q.Choices, table.Choice{Option: "where", Value: where.All, Label: "All rows are meant, whatever any column says"})
	advice := fmt.Sprintf("import only some: %s (where in the profile, “Rows that are meant” in the console)", strings.Join(flags, " or "))
	if can {
		advice += fmt.Sprintf("; or, if all of them are meant, say that %s nothing: %s (ignore in the profile's mapping, “Ignored” in the "+
			"console), or that none does: --where all", plural.Word(len(list), "the column decides", "the columns decide"), ignored.Flag())
	} else {
		advice += "; or, if all of them are meant: --where all"
	}
	return table.Error{NeedsAnswer: true, Problem: problem, Cause: q, Advice: advice}
}

// openTexts are the answers of a column with the rows that the rule leaves in.
func (c ColumnCounts) openTexts() string {
	var texts []string
	others := 0
	for _, v := range c.plainTexts {
		others += v.Kept
	}
	for _, v := range c.sorted() {
		switch {
		case v.Kept == 0, c.of.exception:
		case !v.Known:
			others += v.Kept
		default:
			texts = append(texts, fmt.Sprintf("%s %d", v.Text, v.Kept))
		}
	}
	if others > 0 {
		texts = append(texts, fmt.Sprintf("other words %d", others))
	}
	if c.dates > 0 {
		texts = append(texts, fmt.Sprintf("filled in %d", c.dates))
	}
	if c.emptyKept > 0 {
		texts = append(texts, fmt.Sprintf("empty %d", c.emptyKept))
	}
	return strings.Join(texts, ", ")
}

// inWords joins texts as a sentence does.
func inWords(list []string) string {
	if len(list) == 1 {
		return list[0]
	}
	return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}
