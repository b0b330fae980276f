package importer

import (
	"fmt"
	"strings"
	"unicode"

	"guestflow/importer/columns"
	"guestflow/importer/guest"
	"guestflow/importer/table"
)

// nameFindings says what is in doubt of the full name that a row's name comes from.
func (r *rows) nameFindings(o *checked) {
	full := r.columns.FullNameHeader()
	switch o.name {
	case columns.SeveralNames:
		o.findings = append(o.findings, guest.Finding{Code: guest.NoName, Column: full, Field: columns.FirstName, Text: "the full name is that of " +
			"several people, or more than a name; write a row for each guest, or first and last name in columns of their own"})
	case columns.PartMissing:
		o.findings = append(o.findings, guest.Finding{Code: guest.NoName, Column: full, Field: columns.FirstName, Text: "the full name is another " +
			"than the name in the other columns, of which one is empty; correct them, or do without the full names (--map 'full_name=', " +
			"full_name in the profile's mapping, “Full name” in the console)"})
	case columns.PartsDiffer:
		o.warnings = append(o.warnings, guest.Finding{Code: guest.OddName, Column: full, Field: columns.FirstName, Text: "the full name is another " +
			"than first and last name, which are taken"})
	case columns.LeftOut:
		o.warnings = append(o.warnings, guest.Finding{Code: guest.OddName, Column: full, Field: columns.FirstName, Text: "a title, a degree or what " +
			"stands in brackets beside the name is left out"})
	case columns.NoDoubt, columns.SeveralWays: // which is a question of the whole file
	}
}

// nameCounts are how a file's rows have their names.
type nameCounts struct {
	named       int // rows with a name
	severalWays int // full names that can be split in several ways
	first, last int // rows of which the first name, or the last, has several words, and the other part is empty
}

func (n *nameCounts) add(r row) {
	if r.name == columns.SeveralWays {
		n.severalWays++
	}
	first, last := wordCount(r.rec.FirstName), wordCount(r.rec.LastName)
	if first+last == 0 {
		return
	}
	n.named++
	switch {
	case last == 0 && first > 1:
		n.first++
	case first == 0 && last > 1:
		n.last++
	}
}

func wordCount(name string) int {
	return len(strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || r == ',' }))
}

// questions are those about full names: which words are last names, and whether a column that is called one part of
// the names has whole ones.
func (n *nameCounts) questions(s Settings, c *Columns) (questions []FileError) {
	if n.severalWays > 0 && s.Surname == "" {
		questions = append(questions, askSurname(n.severalWays, n.named, c.FullNameHeader()))
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

func askSurname(rows, of int, header string) FileError {
	problem := fmt.Sprintf("%d of %d full names below %q can be split in several ways: they do not show which words are the last name", rows, of, shorten(header))
	q := &table.Question{Text: problem}
	flags := make([]string, 0, len(columns.Surnames))
	for _, words := range columns.Surnames {
		q.Choices = append(q.Choices, table.Choice{Option: "surname", Value: words})
		flags = append(flags, q.Choices[len(q.Choices)-1].Flag())
	}
	return FileError{NeedsAnswer: true, Problem: problem, Cause: q, Advice: fmt.Sprintf("say it: %s (the last word, the last two, the first, or none: "+
		"such names stay whole, as first names; surname in the profile, “Last name” in the console), or give each part a column of its own",
		strings.Join(flags, " or "))}
}
