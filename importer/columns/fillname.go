package columns

import (
	"slices"

	"guestflow/importer/personname"
)

// fillNames takes from the full name what a row lacks of its parts: both, where it is certain how it is split or
// splitting was asked for, or the one that is left beside the other.
func (c *Columns) fillNames(full string, fields []string) {
	first, last := c.partPlaces()
	switch noFirst, noLast := blank(fields[first]), blank(fields[last]); {
	case noFirst && noLast:
		if name := c.splitter.Split(full); c.fillAny || name.Doubt == personname.NoDoubt && personname.SplitsOneWay(full) {
			fields[first], fields[last] = name.First, name.Last
		}
	case noFirst:
		fields[first] = personname.Rest(full, fields[last])
	case noLast:
		fields[last] = personname.Rest(full, fields[first])
	}
}

// partPlaces are those of the first and the last name among the fields.
func (c *Columns) partPlaces() (first, last int) {
	of := func(field string) int {
		return slices.IndexFunc(c.Sources, func(s Source) bool { return s.Field == field })
	}
	return of(FirstName), of(LastName)
}

// splitBeside returns the parts of a row whose column of full names is, by its header, that of one part: where the
// other part has a column that is filled, the cell is the one part only.
func (c *Columns) splitBeside(cells []string) personname.Parts {
	cell := cells[c.split]
	if c.besideSplit < 0 || blank(cells[c.besideSplit]) {
		return c.splitter.Split(cell)
	}
	other := cells[c.besideSplit]
	if c.fieldFor(c.Header[c.split]) == FirstName {
		return personname.Parts{First: personname.Without(cell, other, true), Last: other}
	}
	return personname.Parts{First: other, Last: personname.Without(cell, other, false)}
}
