package columns

import "slices"

// Ignores reports whether a person has said that the column of a field decides nothing.
func (c *Columns) Ignores(header string) bool {
	return c.allMeant || slices.ContainsFunc(c.ignored,
		func(i int) bool { return i < len(c.Header) && c.Header[i] == header })
}
