package listcheck

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"

	"guestflow/importer/columns"
	"guestflow/importer/personname"
	"guestflow/importer/plural"
	"guestflow/importer/rows"
	"guestflow/importer/spec"
	"guestflow/importer/table"
	"guestflow/importer/visible"
	"guestflow/importer/where"
)

// nameCounts are how a file's rows have their names.
type nameCounts struct {
	named       int // rows with a name
	joint       int // rows with names of several people, families or companies
	jointLine   int // of the first one
	severalWays int // full names that can be split in several ways
	twice       int // rows of which the first name has the last name too
	firstTwice  int // and the last name the first name
	twiceRows   []int
	twiceLine   int
	equal       int   // and of which both are the same
	first, last int   // rows of which the first name, or the last, has several words, and the other part is empty
	undivided   []int // of these, those of whose words the address is made
	undividedAt int   // the line of the first one
}

func (n *nameCounts) add(r *rows.Row) {
	if r.NameDoubt == personname.SeveralWays {
		n.severalWays++
	}
	if r.NameDoubt == personname.SeveralNames {
		if n.joint++; n.joint == 1 {
			n.jointLine = r.Line
		}
	}
	first, last := wordCount(r.Record.FirstName), wordCount(r.Record.LastName)
	if first+last == 0 {
		return
	}
	n.named++
	switch {
	case first > last && last > 0 && personname.NamesLast(r.Record.FirstName, r.Record.LastName):
		n.twice++
		n.addTwice(r)
	case last > first && first > 0 && personname.NamesFirst(r.Record.LastName, r.Record.FirstName):
		n.firstTwice++
		n.addTwice(r)
	case first == last && strings.EqualFold(r.Record.FirstName, r.Record.LastName):
		if n.equal++; first > 1 {
			n.addTwice(r)
		}
	case first == last && first > 1 && personname.HaveSameWords(r.Record.FirstName, r.Record.LastName):
		n.addTwice(r)
	case last == 0 && first > 1:
		n.first++
		n.addUndivided(r, r.Letters.First)
	case first == 0 && last > 1:
		n.last++
		if word, _, _ := strings.Cut(strings.TrimSpace(r.Record.LastName), " "); !personname.IsParticle(word) {
			n.addUndivided(r, r.Letters.Last)
		}
	}
}

// addUndivided keeps a row of which one part of the name is empty, and the other has all the letters of the address: Ida
// Holm, ida.holm@example.org.
func (n *nameCounts) addUndivided(r *rows.Row, name string) {
	if local, _, _ := strings.Cut(r.Guest.Email, "@"); r.IsGuest() && len(n.undivided) <= maxRowsInRule &&
		name == r.Letters.Local && strings.ContainsAny(local, "._-") {
		n.undivided, n.undividedAt = append(n.undivided, r.Row.Row), cmp.Or(n.undividedAt, r.Line)
	}
}

// askUndivided asks about single rows that have the whole name in the column of one part, as their addresses show, where
// most rows have both parts.
func (n *nameCounts) askUndivided(rule string, c *columns.Columns) *table.Error {
	header := c.Headers[columns.FirstName]
	if len(n.undivided) == 0 || 2*(n.first+n.last) > n.named || header == "" || c.Headers[columns.LastName] == "" ||
		where.IsAll(rule) || c.Ignores(header) || !c.NamesInColumns() {
		return nil
	}
	problem := fmt.Sprintf("%s the whole name in the column of one part of it, and nothing in the other, as the address shows, the first in line %d",
		plural.Of(len(n.undivided), "row has", "rows have"), n.undividedAt)
	q := askRowsMeant(problem, n.undivided, rule, header, "The names are right", c)
	return &q
}

// addTwice keeps a row that has a part of its name in the other part too, the first ones.
func (n *nameCounts) addTwice(r *rows.Row) {
	if r.IsGuest() && len(n.twiceRows) <= maxRowsInRule {
		n.twiceRows, n.twiceLine = append(n.twiceRows, r.Row.Row), cmp.Or(n.twiceLine, r.Line)
	}
}

// askTwice asks about single rows that have a whole name beside a part of it: Ida and Ida Holm.
func (n *nameCounts) askTwice(rule string, c *columns.Columns) *table.Error {
	header := c.Headers[columns.FirstName]
	if len(n.twiceRows) == 0 || header == "" || where.IsAll(rule) || c.Ignores(header) || !c.NamesInColumns() {
		return nil
	}
	problem := fmt.Sprintf("%s the whole name or a part of it in both columns of the names, as in Ida and Ida Holm, the first in line %d", plural.Of(len(n.twiceRows), "row has", "rows have"), n.twiceLine)
	q := askRowsMeant(problem, n.twiceRows, rule, header, "The names are right", c)
	return &q
}

func wordCount(name string) int {
	words, within := 0, false
	for _, r := range name {
		between := unicode.IsSpace(r) || r == ','
		if !between && !within {
			words++
		}
		within = !between
	}
	return words
}

// questions are those about full names: which words are last names, and whether a column that is called one part of
// the names has whole ones.
func (n *nameCounts) questions(s spec.Spec, c *columns.Columns) (questions []table.Error) {
	if n.joint > 0 && s.JointNames == "" {
		questions = append(questions, askJointNames(n.joint, n.named, n.jointLine))
	}
	if n.severalWays > 0 && s.Surname == "" {
		questions = append(questions, askSurname(n.severalWays, n.named, c.FullNameHeader()))
	}
	same := n.firstTwice + n.equal
	mostLast, mostFirst := 2*n.twice > n.named, 2*same > n.named && same > min(n.equal, 1)
	if mostLast {
		if q := c.LastNameTwice(n.twice, n.named); q != nil {
			questions = append(questions, *q)
		}
	}
	if mostFirst {
		if q := c.FirstNameTwice(same, n.named, n.firstTwice > 0); q != nil {
			questions = append(questions, *q)
		}
	}
	if q := n.askUndivided(s.Where, c); q != nil {
		questions = append(questions, *q)
	}
	if q := n.askTwice(s.Where, c); q != nil && !mostLast && !mostFirst {
		questions = append(questions, *q)
	}
	for field, rows := range map[string]int{columns.FirstName: n.first, columns.LastName: n.last} {
		if 2*rows > n.named {
			if q := c.WholeNames(field, rows, n.named); q != nil {
				questions = append(questions, *q)
			}
		}
	}
	return questions
}

func askJointNames(rows, of, line int) table.Error {
	problem := fmt.Sprintf("%d of %s a name of several people, of a family or of a company, the first in line %d", rows,
		plural.Of(of, "guest")+" "+plural.Word(rows, "has", "have"), line)
	return *table.Ask("", problem, table.Choice{Option: "joint-names", Value: spec.KeepJointNames}, table.Choice{Option: "joint-names", Value: spec.SkipJointNames})
}

func askSurname(rows, of int, header string) table.Error {
	problem := fmt.Sprintf("%d of %d full names below %q can be split in several ways: they do not show which words are the last name", rows, of, visible.Shorten(header))
	q := &table.Question{Text: problem}
	flags := make([]string, 0, len(personname.Surnames))
	for _, words := range personname.Surnames {
		q.Choices = append(q.Choices, table.Choice{Option: "surname", Value: words})
		flags = append(flags, q.Choices[len(q.Choices)-1].Flag())
	}
	return table.Error{NeedsAnswer: true, Problem: problem, Cause: q, Advice: fmt.Sprintf("say it: %s (the last word, the last two, the first, or none: "+
		"such names stay whole, as first names; surname in the profile, “Last name” in the console), or give each part a column of its own",
		strings.Join(flags, " or "))}
}
