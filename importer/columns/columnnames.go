package columns

import (
	"slices"
	"strconv"
	"strings"

	"guestflow/importer/headers"
	"guestflow/importer/rowstatus"
	"guestflow/importer/wordset"
)

// This file is how a mapping and a rule name a column: by its header where that can be typed and is of no other column,
// and else by its number.

// nameOf returns how a mapping names a column, alike being how many have a header with the same letters.
func (c *Columns) nameOf(column int, alike map[string]int) string {
	h := c.Header[column]
	if key := wordset.Letters(h); key == "" || !isTypable(h) {
		return c.numberOf(column)
	} else if alike[key] > 1 {
		if found, other := c.find(headers.OneLine(h)); found != column || other >= 0 {
			return c.numberOf(column)
		}
	}
	return headers.OneLine(h)
}

// isTypable reports whether a mapping can have a header: braces and a sign in front mean something else there.
func isTypable(header string) bool {
	return len(header) <= headers.MaxLength && !strings.Contains(header, "{{") && !strings.Contains(header, "}}") &&
		!strings.HasPrefix(strings.TrimSpace(header), "=") && !rowstatus.IsOrigin(strings.ToLower(strings.TrimSpace(header)))
}

// numberOf returns a column's name by its number, as #5. Where a header is written so, it has a zero more: #05.
func (c *Columns) numberOf(column int) string {
	name := strconv.Itoa(column + 1)
	for slices.ContainsFunc(c.Header,
		func(h string) bool { return len(h) <= headers.MaxLength && sameHeader(h, "#"+name) }) {
		name = "0" + name
	}
	return "#" + name
}

// mappingName returns how a mapping names a column.
func (c *Columns) mappingName(column int) string {
	alike := map[string]int{}
	for _, h := range c.Header {
		alike[wordset.Letters(h)]++
	}
	return c.nameOf(column, alike)
}

// NameOf returns how a mapping names the column from which a field comes, or "" where it comes from no single one.
func (c *Columns) NameOf(field string) string {
	if column := slices.Index(c.Fields, field); column >= 0 {
		return c.mappingName(column)
	}
	return ""
}

// Names returns how a mapping names each column of a header.
func Names(header []string) []string {
	c, alike := Columns{Header: header}, map[string]int{}
	for _, h := range header {
		alike[wordset.Letters(h)]++
	}
	names := make([]string, len(header))
	for i := range header {
		names[i] = c.nameOf(i, alike)
	}
	return names
}

// Place returns the column of a header that a mapping names, or a negative number.
func Place(header []string, name string) int {
	c := Columns{Header: header}
	found, other := c.find(name)
	if other >= 0 {
		return -1
	}
	return found
}
