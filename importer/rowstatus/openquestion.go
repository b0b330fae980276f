package rowstatus

import (
	"fmt"
	"slices"
	"strings"

	"guestflow/importer/headers"
	"guestflow/importer/plural"
	"guestflow/importer/table"
	"guestflow/importer/where"
)

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
