package columns

import (
	"fmt"
	"strings"

	"guestflow/importer/table"
)

// noNames asks which columns the names are, where no header says it; or whether there is one.
func (c *Columns) noNames(o Options) *table.Error {
	problem := fmt.Sprintf("no usable header: of its columns (%d) none is a first or a last name%s", len(c.Header), c.listHeaders())
	switch {
	case o.Unnamed:
		return &table.Error{NeedsAnswer: true, Problem: fmt.Sprintf("no column (%d) holds names of guests", len(c.Header)),
			Advice: "say which does: " + mapAdvice(FirstName, c.Header[0])}
	case !c.looksLikeHeader():
		return c.askHeader(problem)
	}
	return &table.Error{
		NeedsAnswer: true, Problem: problem, Cause: mapQuestion(problem, c.nameMappings()...),
		Advice: c.suggestionAdvice() + c.nameAdvice(),
	}
}

// askHeader asks whether the first line is a header that is not known or a guest, whose cells no message repeats.
func (c *Columns) askHeader(problem string) *table.Error {
	choice := table.Choice{Option: "header-row", Value: "none", Sample: [][]string{shortened(c.Header)}}
	list := c.columnsHolding(c.rows, singleNames, fullNames)
	columns := []string{"#1", "#2"}
	if len(list) > 0 {
		columns = nil
		for _, i := range list[:min(len(list), 2)] {
			columns = append(columns, columnNumber(i))
		}
	}
	flags := mapAdvice(FirstName, columns[0])
	if len(columns) > 1 {
		flags = MapFlag(FirstName, columns[0]) + " " + strings.TrimPrefix(mapAdvice(LastName, columns[1]), "")
	}
	return &table.Error{
		NeedsAnswer: true, Problem: problem, Cause: &table.Question{Text: problem, Choices: []table.Choice{choice}},
		Advice: "if its first line is a guest, there is no header: " + choice.Flag() + " (header_row in the profile, “Header line” in the " +
			"console); if it names the columns, such as First Name,Last Name,Email, say which have the names: " + flags,
	}
}

func shortened(cells []string) (list []string) {
	for _, cell := range cells[:min(len(cells), maxListedHeaders)] {
		if runes := []rune(cell[:min(len(cell), 4*maxHeaderRunes)]); len(runes) > maxHeaderRunes {
			cell = string(runes[:maxHeaderRunes-1]) + "…"
		}
		list = append(list, cell)
	}
	return list
}

// nameAdvice says how the columns of the names are chosen, and names those that hold such singleNames.
func (c *Columns) nameAdvice() string {
	advice := mapAdvice(FirstName, "HEADER") + ", and the same for last_name; #1 is the first column, whatever it is called"
	switch single, full := c.columnsHolding(c.rows, singleNames), c.columnsHolding(c.rows, fullNames); {
	case len(full) > 0 && len(single) < 2:
		advice = "say which has the full names: " + mapAdvice(FullName, c.mappingName(full[0]))
	case len(single) > 1:
		advice = "say which have the names, such as " + MapFlag(FirstName, c.mappingName(single[0])) + " " + mapAdvice(LastName, c.mappingName(single[1]))
	}
	if emails := c.columnsHolding(c.rows, addresses); len(emails) == 1 && !c.has(Email) {
		advice += "; and the email: " + MapFlag(Email, c.mappingName(emails[0]))
	}
	return advice
}

// nameMappings returns the columns that may have the names.
func (c *Columns) nameMappings() (mappings []string) {
	for _, i := range c.columnsHolding(c.rows, fullNames) {
		mappings = append(mappings, FullName+"="+c.mappingName(i))
	}
	for _, i := range c.columnsHolding(c.rows, singleNames, fullNames) {
		mappings = append(mappings, FirstName+"="+c.mappingName(i))
	}
	return mappings[:min(len(mappings), maxEmailChoices)]
}
