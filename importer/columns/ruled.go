package columns

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/adrg/strutil/metrics"

	"guestflow/importer/headers"
	"guestflow/importer/rowstatus"
	"guestflow/importer/table"
	"guestflow/importer/where"
	"guestflow/importer/wordset"
)

// bindRule finds the columns that the rule of the rows that are meant names: by their headers, or by #5 for the fifth.
// A name that no header has may be a field's, and then says what the row has there. #row, #section, #sheet, #struck and
// #comment say where a row stands.
func (c *Columns) bindRule(o Options) *table.Error {
	c.allMeant = where.IsAll(o.Where)
	rule, err := where.Parse(o.Where)
	if err != nil {
		return &table.Error{
			Problem: "the rule of the rows that are meant cannot be read, " + err.Error(),
			Advice:  "correct it: " + whereControls,
		}
	}
	if err := rule.Bind(c.place); err != nil {
		problem, _ := errors.AsType[*table.Error](err)
		return problem
	}
	if problem := c.bindRows(rule); problem != nil {
		return problem
	}
	c.rule = rule
	return nil
}

// whereControls are where the rule is written.
const whereControls = "--where, where in the profile, “Rows that are meant” in the console"

// place is that of a column that a rule names, or a negative number for a field.
func (c *Columns) place(name string) (int, error) {
	if place, is := c.originPlace(name); is && !strings.EqualFold(strings.TrimSpace(name), rowstatus.FileName) {
		return place, nil
	}
	found, other := c.find(name)
	switch {
	case other >= 0:
		return 0, c.ruleError(fmt.Sprintf("two columns are called %s, which the rule of the rows that are meant names",
			headers.Quote(name)),
			fmt.Sprintf("write %q or %q for the one that is meant", c.numberOf(found), c.numberOf(other)))
	case found >= 0:
		return found, nil
	}
	for i, s := range c.Sources {
		if sameHeader(s.Field, name) {
			return -1 - i, nil
		}
	}
	advice := "correct the rule"
	if c.looksLikeHeader() {
		if near := c.nearest(name); near != "" {
			advice = fmt.Sprintf("is %s meant? correct the rule", headers.Quote(near))
		}
	}
	return 0, c.ruleError(fmt.Sprintf("there is no column %s, which the rule of the rows that are meant names%s",
		headers.Quote(name), c.listHeaders()), advice)
}

func (c *Columns) ruleError(problem, advice string) error {
	return &table.Error{NeedsAnswer: true, Problem: problem,
		Advice: fmt.Sprintf("%s (%s); to import every row: --where all", advice, whereControls)}
}

// nearest returns the header that is most like a name, or "" where none is.
func (c *Columns) nearest(name string) string {
	key, best, most := wordset.Letters(name), "", 0.0
	for _, h := range c.Header[:min(len(c.Header), maxSuggestedColumns)] {
		if len(h) > headers.MaxLength || len(name) > headers.MaxLength {
			continue
		}
		like := metrics.NewJaroWinkler().Compare(key, wordset.Letters(h))
		if like > most && (like >= minConfidence || strings.Contains(wordset.Letters(h), key)) {
			best, most = h, like
		}
	}
	return best
}

// Meant reports whether a row is meant by the rule. fields are what Apply makes of its cells.
func (c *Columns) Meant(cells, fields []string, from rowstatus.Origin) bool {
	if c.rule == nil {
		return true
	}
	return c.rule.Match(func(place int) string {
		if place < 0 {
			return fields[-1-place]
		}
		if place >= len(c.Header) {
			return from.At(place - len(c.Header))
		}
		if c.clean == nil {
			return cells[place]
		}
		return c.clean(cells[place])
	})
}

// Filters reports whether there is a rule, so that Meant may leave rows out.
func (c *Columns) Filters() bool { return c.rule != nil }

// at are those of some tests of the rule that are of a column.
func (c *Columns) at(column int, tests []*where.Test) (list []*where.Test) {
	for _, t := range tests {
		if t.Place() == column {
			list = append(list, t)
		}
	}
	return list
}

// UsualRule is what lists of the program that this one comes from are usually filtered by, where it has that column.
func (c *Columns) UsualRule() string {
	if c.program == nil {
		return ""
	}
	i := slices.IndexFunc(c.program.usual, func(text string) bool {
		rule, err := where.Parse(text)
		return err == nil && rule.Bind(c.place) == nil
	})
	if i < 0 {
		return ""
	}
	return c.program.usual[i]
}
