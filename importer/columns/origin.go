package columns

import (
	"slices"

	"guestflow/importer/rowstatus"
	"guestflow/importer/table"
	"guestflow/importer/where"
)

// originPlace returns the place, behind all columns, of what a row has beside its cells.
func (c *Columns) originPlace(name string) (place int, is bool) {
	i := rowstatus.OriginIndex(name)
	if i < 0 || slices.ContainsFunc(c.Header, func(h string) bool { return rowstatus.OriginIndex(h) == i }) {
		return 0, false
	}
	return len(c.Header) + i, true
}

// bindRows reads the values of tests of row numbers.
func (c *Columns) bindRows(rule *where.Rule) *table.Error {
	place, is := c.originPlace(rowstatus.RowNumber)
	for _, t := range rule.Tests() {
		if !is || t.Place() != place {
			continue
		}
		if err := t.CountRows(); err != nil {
			return &table.Error{Problem: "the rule of the rows that are meant cannot be read, " + err.Error(),
				Advice: "correct it: " + whereControls}
		}
	}
	return nil
}

// IgnoresFileName reports whether the file's name decides nothing: a person has said so, or has said it of a column,
// and so has looked at who is meant.
func (c *Columns) IgnoresFileName() bool { return c.allMeant || len(c.ignored) > 0 }

// IgnoresElsewhere reports whether a person has said that other lists with a row's guest decide nothing.
func (c *Columns) IgnoresElsewhere() bool {
	place, is := c.originPlace(rowstatus.ElsewhereName)
	return c.allMeant || is && c.isIgnored(place)
}

// JudgesColours reports whether it is open what the colours of rows mean: no rule names them, and nothing says that
// they, or all of what rows have, decide nothing.
func (c *Columns) JudgesColours() bool {
	place, is := c.originPlace(rowstatus.ColourName)
	return is && !c.allMeant && !c.isIgnored(place) && len(c.at(place, c.rule.Tests())) == 0
}
