package columns

import (
	"slices"

	"guestflow/importer/headers"
)

// secondFirstName returns the column of further first names of the guests, which rows without one in the first column
// have, or
// -1: Legal First Name beside Preferred Name.
func (c *Columns) secondFirstName() int {
	if !c.has(FirstName) || c.source(FirstName).Kind != Alias {
		return -1
	}
	return slices.IndexFunc(c.Header, func(h string) bool {
		at := slices.Index(c.Header, h)
		return c.Fields[at] == "" && at != c.fill && at != c.split && !c.isIgnored(at) && headers.IsFurtherFirstName(h)
	})
}

// fillFirst takes the first name of a row that has none from the column of further ones.
func (c *Columns) fillFirst(cells, fields []string) {
	if c.furtherFirst < 0 {
		return
	}
	if first, _ := c.partPlaces(); first >= 0 && blank(fields[first]) {
		fields[first] = cells[c.furtherFirst]
	}
}
