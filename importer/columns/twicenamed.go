package columns

import (
	"fmt"
	"strings"

	"guestflow/importer/headers"
	"guestflow/importer/plural"
	"guestflow/importer/table"
)

// FirstNameTwice asks about a column of last names that have the first name of another column too; nil where a person
// has said what it has. whole reports that some have more than the first name.
func (c *Columns) FirstNameTwice(rows, of int, whole bool) *table.Error {
	if !c.FromHeader(FirstName) || !c.FromHeader(LastName) {
		return nil
	}
	last := c.source(LastName)
	name := c.mappingName(last.column)
	problem := fmt.Sprintf("the column %s is the last_name by its name, and %d of %s %s the first name there too",
		headers.Quote(last.From), rows, plural.Of(of, "guest"), plural.Word(rows, "has", "have"))
	other, does := LastName+"=", "to import the guests without last names"
	if whole || c.hasSameNames(c.source(FirstName).column, last.column, fullNames) {
		other, does = FullName+"="+name, "to have full names split"
		problem += ": it seems to have full names"
	}
	field, from, _ := strings.Cut(other, "=")
	return &table.Error{
		NeedsAnswer: true, Problem: problem, Cause: mapQuestion(problem, other, LastName+"="+name),
		Advice: "say what it has: " + headers.MapFlag(field, from) + " " + does + ", or " + headers.MapFlag(LastName, name) +
			" if the names are right (mapping in the profile, “Take it from” in the console)",
	}
}

// hasSameNames reports whether two columns have the same names in all of the first rows, which are of some kind.
func (c *Columns) hasSameNames(one, other int, kind holding) bool {
	for _, cells := range c.rows {
		if max(one, other) < len(cells) &&
			!strings.EqualFold(strings.TrimSpace(cells[one]), strings.TrimSpace(cells[other])) {
			return false
		}
	}
	return holds(c.rows, one) == kind
}
