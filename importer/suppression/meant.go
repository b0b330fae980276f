package suppression

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"guestflow/importer/headers"
	"guestflow/importer/plural"
	"guestflow/importer/table"
	"guestflow/importer/where"
)

// An export of all contacts has a column that says of each whether he has unsubscribed. Its lines that say no are no
// addresses to be suppressed, which is asked and not guessed: a list of those who have has such a column too.

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

// meant returns the rule of the lines that count, which may be nil, or asks for it.
func (l List) meant(ctx context.Context, header []string) (*where.Rule, error) {
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
	return nil, l.ask(ctx, header)
}

func (l List) placeOf(header []string, column string) (int, error) {
	at := slices.IndexFunc(header, func(h string) bool { return where.Fold(h) == where.Fold(column) })
	if at < 0 {
		return 0, l.problem(fmt.Sprintf("it has no column %q", column), "name one of its headers in --where")
	}
	return at, nil
}

// ask returns a question about the first column that says no on some lines and not on others.
func (l List) ask(ctx context.Context, header []string) error {
	var list []leavingColumn
	for i, h := range header {
		if saysLeaving(h) {
			list = append(list, leavingColumn{place: i, header: h})
		}
	}
	if len(list) == 0 {
		return nil
	}
	if err := l.countLeaving(ctx, list); err != nil {
		return err
	}
	for _, c := range list {
		if c.no+c.empty > 0 && c.yes > 0 {
			return l.problem(fmt.Sprintf("the column %q says no, or nothing, on %s of it", c.header,
				plural.Of(c.no+c.empty, "line")),
				fmt.Sprintf("choose: --where '%s' leaves those out; --where all suppresses every line", c.rule()))
		}
	}
	return nil
}

func (l List) countLeaving(ctx context.Context, list []leavingColumn) error {
	file, close, err := l.openTable(ctx)
	if err != nil {
		return err
	}
	for range maxNoes {
		var r table.Record
		if r, err = file.Next(); err != nil {
			break
		}
		for i := range list {
			if c := &list[i]; r.Fault != table.RepeatedHeader && c.place < len(r.Cells) {
				c.count(r.Cells[c.place])
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
