package columns

import (
	"fmt"
	"slices"
	"strings"

	"guestflow/importer/table"
)

// noNames asks which columns the names are, where no header says it; or whether there is one.
func (c *Columns) noNames(o Options) *table.Error {
	problem := fmt.Sprintf("no usable header: of its columns (%d) none is a first or a last name%s", len(c.Header), c.listHeaders())
	if at := c.addressesAlone(o); at >= 0 && (o.Unnamed || c.looksLikeHeader()) {
		return c.noNamesBeside(at, o)
	}
	if len(c.Header) == 1 && isLineOfText(c.Header[0]) {
		return linesOfText()
	}
	switch {
	case o.Unnamed:
		problem = fmt.Sprintf("no column (%d) holds names of guests", len(c.Header))
		return &table.Error{NeedsAnswer: true, Problem: problem, Cause: mapQuestion(problem, FirstName+"="+c.Header[0]),
			Advice: "say which does: " + mapAdvice(FirstName, c.Header[0])}
	case !c.looksLikeHeader():
		return c.askHeader(problem)
	}
	return &table.Error{
		NeedsAnswer: true, Problem: problem, Cause: mapQuestion(problem, c.nameMappings()...),
		Advice: c.suggestionAdvice() + c.nameAdvice(),
	}
}

// addressesAlone returns the column of addresses of a list that has no column of names, or -1.
func (c *Columns) addressesAlone(o Options) int {
	found := -1
	for i := range c.Header {
		switch holds(o.Rows, i) {
		case addresses:
			if found < 0 || c.Fields[i] == Email {
				found = i
			}
		case singleNames, fullNames:
			if _, ofPerson := personOf(c.Header[i]); ofPerson || !table.IsColumnWord(c.Header[i]) {
				return -1
			}
		case mixed, nothingIn, numbers:
		}
	}
	return found
}

// noNamesBeside says that a guest needs a name, and offers what a list of addresses has for it: the name beside the
// address, as in Ida Holm <ida@example.org>, or the address itself.
func (c *Columns) noNamesBeside(at int, o Options) *table.Error {
	name := c.mappingName(at)
	if named(o.Rows, at) {
		problem := fmt.Sprintf("the names of the guests stand beside their addresses, in %s", c.shownName(at))
		return &table.Error{NeedsAnswer: true, Problem: problem, Cause: mapQuestion(problem, FullName+"="+name),
			Advice: "have them taken out and split: " + mapAdvice(FullName, name)}
	}
	if slices.ContainsFunc(o.Rows, func(row []string) bool { return at < len(row) && isLineOfText(row[at]) }) {
		return linesOfText()
	}
	problem := "a guest needs a name beside the address, and no column has one"
	if !o.Unnamed {
		problem += c.listHeaders()
	}
	return &table.Error{NeedsAnswer: true, Problem: problem, Cause: mapQuestion(problem, FirstName+"="+name),
		Advice: "add a column of names; or have the address stand for the name, in greetings too: " + mapAdvice(FirstName, name)}
}

// isLineOfText reports whether a cell has an address with words before it, and nothing that sets it apart.
func isLineOfText(cell string) bool {
	return strings.Contains(cell, "@") && len(strings.Fields(cell)) > 1 && nameOfMailbox(cell) == strings.TrimSpace(cell)
}

// linesOfText refuses a list whose lines have names and addresses with only blanks or dashes between them.
func linesOfText() *table.Error {
	return &table.Error{Problem: "its lines are a text with a name and an address each, and no table",
		Advice: "put a comma between name and address in each line, or write the address as <ida@example.org>, or split it in a spreadsheet"}
}

// named reports whether most addresses of a column have a name with them.
func named(rows [][]string, column int) bool {
	all, with := 0, 0
	for _, row := range rows {
		if column < len(row) && isAddress(row[column]) {
			all++
			if nameOfMailbox(row[column]) != row[column] {
				with++
			}
		}
	}
	return 2*with > all
}

// nameOfMailbox returns what stands before the address in Ida Holm <ida@example.org>, and any other cell as it is.
func nameOfMailbox(cell string) string {
	cell = strings.TrimSpace(cell)
	name, address, is := strings.Cut(cell, "<")
	name = strings.Trim(name, ` "'`)
	if !is || name == "" || !strings.HasSuffix(address, ">") || !strings.Contains(address, "@") || strings.Count(address, "@") > 1 {
		return cell
	}
	return name
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
