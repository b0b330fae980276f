package columns

import (
	"fmt"
	"strings"

	"guestflow/importer/table"
)

// checkContent asks about columns whose cells say what they are, and whose headers do not: addresses that would not be used, and a
// column without a name where a part of the names is missing.
func (c *Columns) checkContent(o Options) *table.Error {
	if _, decided := o.Chosen[Email]; !decided && !c.has(Email) {
		if at := c.unusedColumn(o.Rows, isAddress); at >= 0 {
			return &table.Error{
				NeedsAnswer: true,
				Problem:     fmt.Sprintf("the column %s has email addresses, and its name is not known%s", c.shownName(at), c.listHeaders()),
				Advice:      "say that it is the email: " + mapAdvice(Email, c.mappingName(at)) + ", or --map 'email=' to do without",
			}
		}
	}
	missing := c.missingName(o)
	if missing == "" {
		return nil
	}
	at := c.unusedColumn(o.Rows, func(cell string) bool { return !blank(cell) })
	if at < 0 || !blank(c.Header[at]) {
		return nil
	}
	return &table.Error{
		NeedsAnswer: true,
		Problem:     fmt.Sprintf("column %d has no name, and no other is the %s%s", at+1, missing, c.listHeaders()),
		Advice:      "say what it is: " + mapAdvice(missing, columnNumber(at)) + fmt.Sprintf(", or --map '%s=' to do without", missing),
	}
}

// missingName returns the part of the names that no column has and that was not left out, where the other part is there.
func (c *Columns) missingName(o Options) string {
	missing := LastName
	if c.has(LastName) {
		missing = FirstName
	}
	if _, decided := o.Chosen[missing]; decided || c.has(missing) || c.fill >= 0 {
		return ""
	}
	return missing
}

// checkMisspelt asks about a column that looks like the missing part of the names.
func (c *Columns) checkMisspelt(o Options) *table.Error {
	missing := c.missingName(o)
	for _, s := range c.Suggestions {
		if s.Field == missing && missing != "" {
			return &table.Error{
				NeedsAnswer: true,
				Problem:     fmt.Sprintf("the column %s looks like %s, and no other is%s", quoteHeader(s.Header), missing, c.listHeaders()),
				Advice:      "say what it is: " + mapAdvice(missing, s.Header) + fmt.Sprintf(", or --map '%s=' to do without", missing),
			}
		}
	}
	return nil
}

// unusedColumn returns the first column that no field comes from, and of which most cells are such, or -1. Columns without a name come
// first.
func (c *Columns) unusedColumn(rows [][]string, such func(string) bool) int {
	found := -1
	for i, h := range c.Header {
		if c.Fields[i] != "" || c.isIgnored(i) || found >= 0 && !blank(h) {
			continue
		}
		n := 0
		for _, cells := range rows {
			if i < len(cells) && such(cells[i]) {
				n++
			}
		}
		if 2*n > len(rows) && (found < 0 || blank(h) && !blank(c.Header[found])) {
			found = i
		}
	}
	return found
}

func (c *Columns) shownName(column int) string {
	if blank(c.Header[column]) {
		return columnNumber(column)
	}
	return quoteHeader(c.Header[column])
}

// mappingName returns how a mapping names a column: by its header, unless that is empty or another one's too.
func (c *Columns) mappingName(column int) string {
	alike := map[string]int{}
	for _, h := range c.Header {
		alike[reduce(h)]++
	}
	return c.nameOf(column, alike)
}

// isAddress reports whether a cell has an email address, and maybe a name with it.
func isAddress(cell string) bool {
	name, host, is := strings.Cut(strings.TrimSpace(cell), "@")
	return is && name != "" && strings.Contains(host, ".") && !strings.Contains(host, "@")
}
