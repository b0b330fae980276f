package suppression

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"guestflow/importer/headers"
	"guestflow/importer/plural"
	"guestflow/importer/rowstatus"
	"guestflow/importer/table"
	"guestflow/importer/where"
)

// An export of all contacts has a column that says of each whether he has unsubscribed, or is subscribed. Its lines of
// people who are mailed are no addresses to be suppressed, which is asked and not guessed: a list of those who have left
// has such a column too.

// leaving begin the words of headers that say who wants no emails.
var leaving = []string{"unsub", "optout", "optedout", "abgemeldet", "abmeld", "abbestell", "désabonn", "desabonn",
	"désinscri", "desinscri", "disiscri", "annullat", "afgemeld", "uitgeschreven", "avregistr", "avmeld", "suppressed",
	"bounced", "complained", "donotmail", "donotemail", "donotcontact"}

// about are words of headers that say something of a leaving, and not whether there was one.
var about = []string{"reason", "grund", "comment", "campaign", "title", "source", "classification", "link", "url", "by"}

func saysLeaving(header string) bool {
	words := headers.Words(strings.ToLower(header))
	if slices.ContainsFunc(words, func(word string) bool { return slices.Contains(about, word) }) {
		return false
	}
	joined := strings.Join(words, "")
	return slices.ContainsFunc(leaving, func(word string) bool { return strings.HasPrefix(joined, word) }) ||
		strings.Contains(joined, "unsub") || strings.Contains(joined, "optout")
}

// saysStaying reports whether a header is of a column that says of each person whether he is mailed, or comes.
func saysStaying(header string, others []string) bool {
	if headers.FieldOf(header) != "" || slices.ContainsFunc(headers.Words(strings.ToLower(header)), func(word string) bool { return slices.Contains(about, word) }) {
		return false
	}
	m := rowstatus.MeaningOf(header, others, func() bool { return false })
	return m.IsAnswer() || m == rowstatus.Silent
}

// dateHeaders say that a column has dates, and not of what.
var dateHeaders = []string{"date", "datum", "when", "time", "timestamp", "date/time", "datetime", "since", "seit", "fecha", "data", "dato", "dag"}

// noes are cells that say that it is not so, beside empty ones.
var noes = []string{"no", "n", "false", "f", "0", "nein", "non", "nee", "nej", "nei", "não", "nao", "нет", "nie",
	"never"}

// maxNoes is how many lines a column's values are looked at on.
const maxNoes = 100_000

// leavingColumn is one that may say who is meant.
type leavingColumn struct {
	place     int
	header    string
	noes      []string // the values that say no, as they are written
	no, empty int      // lines
	yes       int

	stays bool     // it says of each whether he is mailed: a status, a subscription
	outs  []string // of such a column, the values that say that he is not, as they are written
	other int      // and lines with values that are not known

	unnamed   bool     // it has no header, so that its values alone say what it is
	ins       []string // of such a column, those that say that he is mailed
	addresses bool     // and some are addresses

	dated  int  // lines with a date
	beside bool // it is what stands beside the addresses
	dates  bool // its header says that it is of dates
}

// rule is that of the lines that do not say no.
func (c leavingColumn) rule() string {
	rule := ""
	if len(c.noes) > 0 {
		rule = where.In(c.header, true, c.noes...).String()
	}
	if c.empty > 0 {
		filled := where.Empty(c.header, true).String()
		if rule != "" {
			filled = where.And(rule, filled)
		}
		rule = filled
	}
	return rule
}

func (c *leavingColumn) count(cell string) {
	if c.stays {
		c.countState(cell)
		return
	}
	switch folded := where.Fold(cell); {
	case where.IsEmpty(cell) && folded != "0":
		c.empty++
	case slices.Contains(noes, folded):
		c.no++
		if !slices.ContainsFunc(c.noes, func(n string) bool { return where.Fold(n) == folded }) {
			c.noes = append(c.noes, strings.TrimSpace(cell))
		}
	default:
		c.yes++
	}
}

// countState counts a line of a column that says whether a person is mailed.
func (c *leavingColumn) countState(cell string) {
	folded := where.Fold(cell)
	out, in := rowstatus.Says(cell)
	switch {
	case strings.Contains(cell, "@"): // the column of addresses, by another name
		c.addresses = true
	case where.IsEmpty(cell) && folded != "0":
		c.empty++
	case out, slices.Contains(noes, folded):
		c.yes++
		c.outs = withValue(c.outs, cell)
	case in, folded == "1" && !c.beside:
		c.no++
		c.ins = withValue(c.ins, cell)
	case isDate(cell):
		c.dated, c.other = c.dated+1, c.other+1
	default:
		c.other++
	}
}

// withValue adds a cell to the values that a rule names, each once.
func withValue(values []string, cell string) []string {
	if len(values) == maxOuts || slices.ContainsFunc(values, func(v string) bool { return where.Fold(v) == where.Fold(cell) }) {
		return values
	}
	return append(values, strings.TrimSpace(cell))
}

// maxOuts is how many different values a rule names.
const maxOuts = 20

// answerAll is an answer to each question.
const answerAll = "--where all suppresses every line"

// asks returns the question about the column, if some lines of it may not be meant; of how many it does not say that they are.
func (c leavingColumn) asks() (lines int, advice string) {
	switch {
	case c.no+c.yes == 0 && c.saysDates():
		return c.empty + c.other - c.dated, fmt.Sprintf("choose: --where '%s' takes the others alone; %s", where.Empty(c.header, true), answerAll)
	case c.dates, c.beside && c.no+c.yes == 0:
		return 0, ""
	case c.unnamed && (c.addresses || c.no+c.yes == 0 || c.isOfOthers() || c.isCount()):
		return 0, ""
	case c.unnamed && c.saysYesOrNo():
		return c.no + c.yes + c.empty, c.answers() + answerAll
	case !c.stays && (c.no > 0 || c.empty > 0 && c.yes > 0):
		return c.no + c.empty, fmt.Sprintf("choose: --where '%s' leaves those out; %s", c.rule(), answerAll)
	case !c.stays, c.no == 0 && (c.yes == 0 || c.other+c.empty == 0):
		return 0, ""
	case len(c.outs) == 0 && c.beside:
		return c.no + c.other + c.empty, fmt.Sprintf("choose: --where '%s' leaves out those who are in; %s", where.In(c.header, true, c.ins...), answerAll)
	case len(c.outs) == 0:
		return c.no + c.other + c.empty, "say with --where which lines count; " + answerAll
	}
	return c.no + c.other + c.empty, fmt.Sprintf("choose: --where '%s' takes the others alone; %s", where.In(c.header, false, c.outs...), answerAll)
}

// saysDates reports whether a column of nothing else has a date on some lines alone, as of those who have left.
func (c leavingColumn) saysDates() bool {
	return (c.unnamed || c.beside || c.dates) && c.dated > 0 && c.dated == c.other && c.empty > 0
}

// isOfOthers reports whether a column is of other things than states: most of its values are not known as such, or some
// beside a yes or no, as of people who are called so.
func (c leavingColumn) isOfOthers() bool {
	return c.no+c.yes < c.other || c.other > 0 && c.saysYesOrNo()
}

// isCount reports whether it has one number on every line.
func (c leavingColumn) isCount() bool {
	values := slices.Concat(c.ins, c.outs)
	return c.empty == 0 && len(values) == 1 && values[0] >= "0" && values[0] <= "9"
}

// saysYesOrNo reports whether it has no states but yes and no, to a question that is not known.
func (c leavingColumn) saysYesOrNo() bool {
	return !slices.ContainsFunc(slices.Concat(c.ins, c.outs), func(v string) bool { return !rowstatus.IsYesOrNo(v) })
}

// answers offers each of the answers to a question that is not known.
func (c leavingColumn) answers() string {
	var tests []*where.Test
	for _, values := range [][]string{c.ins, c.outs} {
		if len(values) > 0 {
			tests = append(tests, where.In(c.header, false, values...))
		}
	}
	if c.empty > 0 {
		tests = append(tests, where.Empty(c.header, false))
	}
	if len(tests) < 2 {
		return ""
	}
	advice := "choose the lines of those who want no email: "
	for _, t := range tests {
		advice += fmt.Sprintf("--where '%s'; ", t)
	}
	return advice
}

// meant returns the rule of the lines that count, which may be nil, or asks for it.
func (l List) meant(ctx context.Context, header []string, column int, unnamed bool) (*where.Rule, error) {
	switch {
	case where.IsAll(l.Where):
		return nil, nil
	case l.Where != "":
		rule, err := where.Parse(l.Where)
		if err == nil {
			err = rule.Bind(func(column string) (int, error) { return l.placeOf(header, column) })
		}
		return rule, err
	}
	return nil, l.ask(ctx, header, column, unnamed)
}

func (l List) placeOf(header []string, column string) (int, error) {
	at := placeOf(header, column)
	if at < 0 && isBeside(column) {
		at = l.beside
	}
	if at < 0 {
		return 0, l.problem(fmt.Sprintf("it has no column %q", column), "name one of its headers in --where, or the fifth column by #5")
	}
	return at, nil
}

// placeOf finds a column by its header, or the fifth by #5; -1 where there is none.
func placeOf(header []string, column string) int {
	at := slices.IndexFunc(header, func(h string) bool { return where.Fold(h) == where.Fold(column) })
	if number, is := strings.CutPrefix(column, "#"); at < 0 && is {
		if n, err := strconv.Atoi(number); err == nil && n >= 1 && n <= len(header) {
			return n - 1
		}
	}
	return at
}

// ask returns a question about the first column by which some lines are of people who are mailed.
func (l List) ask(ctx context.Context, header []string, column int, unnamed bool) error {
	list := []leavingColumn{{place: l.beside, header: besideAddress, stays: true, beside: true}}
	for i, h := range header {
		leaves := !unnamed && saysLeaving(h)
		dates := !leaves && !unnamed && slices.Contains(dateHeaders, where.Fold(h))
		if unnamed || leaves || dates || saysStaying(h, header) {
			list = append(list, leavingColumn{place: i, header: h, stays: !leaves, unnamed: unnamed, dates: dates})
		}
	}
	if err := l.countLeaving(ctx, column, list); err != nil {
		return err
	}
	for _, c := range list {
		if lines, advice := c.asks(); lines > 0 {
			which := "the column"
			switch {
			case c.beside:
				return l.problem("what stands beside the addresses does not say on "+plural.Of(lines, "line")+
					" of it that no email is wanted", advice)
			case unnamed:
				which = "it has no header, and its column"
			}
			return l.problem(fmt.Sprintf("%s %q does not say on %s of it that no email is wanted", which, c.header,
				plural.Of(lines, "line")), advice)
		}
	}
	return nil
}

func (l List) countLeaving(ctx context.Context, column int, list []leavingColumn) error {
	file, close, err := l.openTable(ctx)
	if err != nil {
		return err
	}
	for range maxNoes {
		var r table.Record
		if r, err = file.Next(); err != nil {
			break
		}
		cells := withBeside(r, column, l.beside)
		for i := range list {
			if c := &list[i]; r.Fault != table.RepeatedHeader && (c.unnamed || c.beside && hasAddress(r, column) || c.place < len(r.Cells)) {
				c.count(cells(c.place))
			}
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return errors.Join(err, close())
}

func cellOf(r table.Record) func(int) string {
	return func(place int) string {
		if place < len(r.Cells) {
			return r.Cells[place]
		}
		return ""
	}
}
