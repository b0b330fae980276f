package columns

import (
	"fmt"
	"strings"

	"guestflow/importer/headers"
	"guestflow/importer/table"
)

// mapUnnamed finds the fields of a file without a header by what its columns hold. Addresses are the email. Which of
// two columns has the first names cannot be seen: it asks, and takes the other one for the last names.
func (c *Columns) mapUnnamed(o Options) *table.Error {
	if !o.Unnamed {
		return nil
	}
	emails := c.unnamedEmails(o)
	if _, decided := o.Chosen[Email]; !decided && len(emails) == 1 {
		c.add(Source{Field: Email, Kind: Content, From: c.Header[emails[0]], column: emails[0]})
	} else if !decided && len(emails) > 1 {
		return c.whichColumn("addresses stand in several columns", "say which is the email", Email, emails)
	}
	if _, is := o.Chosen[FullName]; is {
		return nil
	}
	return c.mapUnnamedNames(o, emails)
}

// unnamedEmails returns the columns of addresses. One that was chosen for the names may have them too.
func (c *Columns) unnamedEmails(o Options) (list []int) {
	for i := range c.Header {
		if !c.isIgnored(i) && (c.Fields[i] == "" || headers.IsPersonField(c.Fields[i])) && holds(o.Rows, i) == addresses {
			list = append(list, i)
		}
	}
	return list
}

// mapUnnamedNames finds the columns of names. emails are those of addresses, which may have names before them.
func (c *Columns) mapUnnamedNames(o Options, emails []int) *table.Error {
	names := c.columnsHolding(o.Rows, singleNames, fullNames)
	full := c.columnsHolding(o.Rows, fullNames)
	_, first := o.Chosen[FirstName]
	_, last := o.Chosen[LastName]
	switch {
	case first && last, len(names) == 0 && len(emails) != 1:
	case len(names) == 0 && o.SplitNames && named(o.Rows, emails[0]):
		c.add(Source{Field: FullName, Kind: Chosen, From: c.Header[emails[0]], column: emails[0]})
	case len(names) == 0:
	case first && len(names) == 1:
		c.add(Source{Field: LastName, Kind: Content, From: c.Header[names[0]], column: names[0]})
	case last && len(names) == 1:
		c.add(Source{Field: FirstName, Kind: Content, From: c.Header[names[0]], column: names[0]})
	case first:
		return c.whichColumn("no column is the last name yet", "say which is", LastName, names)
	case last:
		return c.whichColumn("no column is the first name yet", "say which is", FirstName, names)
	case len(full) == 1 && o.SplitNames:
		c.add(Source{Field: FullName, Kind: Chosen, From: c.Header[full[0]], column: full[0]})
	case len(full) == 1 && len(names) == 1:
		return c.whichColumn("the names of the guests seem to be whole in one column", "have them split", FullName, full)
	default:
		return c.whichColumn("without a header, which column has the first names is not known", "say which", FirstName, names)
	}
	return nil
}

// whichColumn asks which of some columns a field comes from.
func (c *Columns) whichColumn(problem, ask, field string, list []int) *table.Error {
	list = c.likeliestFirst(list)[:min(len(list), maxEmailChoices)]
	names, mappings := make([]string, len(list)), make([]string, len(list))
	for i, column := range list {
		names[i] = c.mappingName(column)
		mappings[i] = field + "=" + names[i]
	}
	advice := ask + ": " + mapAdvice(field, names...)
	if field == FirstName || field == LastName {
		advice += fmt.Sprintf(", or --map '%s=' to do without", field)
		mappings = append(mappings, field+"=")
	}
	return &table.Error{NeedsAnswer: true, Problem: problem + c.listUnnamed(list), Advice: advice,
		Cause: mapQuestion(problem, mappings...)}
}

func (c *Columns) listUnnamed(list []int) string {
	names := make([]string, len(list))
	for i, column := range list {
		names[i] = c.shownName(column)
	}
	return " (columns " + strings.Join(names, ", ") + ")"
}
