package columns

import (
	"fmt"
	"slices"
	"strings"

	"guestflow/importer/headers"
	"guestflow/importer/personname"
	"guestflow/importer/table"
)

// noNames asks which columns the names are, where no header says it; or whether there is one.
func (c *Columns) noNames(o Options) *table.Error {
	problem := fmt.Sprintf("no usable header: of its columns (%d) none is a first or a last name%s", len(c.Header),
		c.listHeaders())
	if at := c.addressesAlone(o); at >= 0 && (o.Unnamed || c.looksLikeHeader()) {
		return c.noNamesBeside(at, o)
	}
	if len(c.Header) == 1 && isLineOfText(c.Header[0]) {
		return linesOfText()
	}
	switch {
	case o.Unnamed:
		problem = fmt.Sprintf("no column (%d) holds names of guests", len(c.Header))
	case !c.looksLikeHeader():
		return c.askHeader(problem)
	}
	near := c.suggestNear()
	mappings := c.nameMappings(near)
	return &table.Error{
		NeedsAnswer: len(mappings) > 0, Problem: problem, Cause: mapQuestion(problem, mappings...),
		Advice: suggestionAdvice(near) + c.nameAdvice(near),
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
			if _, ofPerson := headers.PersonOf(c.Header[i]); ofPerson || !table.IsColumnWord(c.Header[i]) {
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
		Advice: "add a column of names; or have the address stand for the name, in greetings too: " +
			mapAdvice(FirstName, name)}
}

// isLineOfText reports whether a cell has an address with words before it, and nothing that sets it apart.
func isLineOfText(cell string) bool {
	return strings.Contains(cell, "@") && len(strings.Fields(cell)) > 1 &&
		personname.OfMailbox(cell) == strings.TrimSpace(cell)
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
		if column < len(row) && personname.HasAddress(row[column]) {
			all++
			if personname.OfMailbox(row[column]) != row[column] {
				with++
			}
		}
	}
	return 2*with > all
}

// askHeader asks whether the first line is a header that is not known or a guest, whose cells no message repeats.
func (c *Columns) askHeader(problem string) *table.Error {
	choice := table.Choice{Option: "header-row", Value: "none", Sample: [][]string{shortened(c.Header)}}
	names := []string{"#1", "#2"}
	if list := c.likelyNames(singleNames, fullNames); len(list) > 0 {
		names = nil
		for _, i := range list[:min(len(list), 2)] {
			names = append(names, c.numberOf(i))
		}
	}
	flags := mapAdvice(FirstName, names[0])
	if len(names) > 1 && len(c.Header) > 1 {
		flags = headers.MapFlag(FirstName, names[0]) + " " + mapAdvice(LastName, names[1])
	}
	return &table.Error{
		NeedsAnswer: true, Problem: problem, Cause: &table.Question{Text: problem, Choices: []table.Choice{choice}},
		Advice: "if its first line is a guest, there is no header: " + choice.Flag() +
			" (header_row in the profile, “Header line” in the " +
			"console); if it names the columns, such as First Name,Last Name,Email, say which have the names: " + flags,
	}
}

func shortened(cells []string) (list []string) {
	for _, cell := range cells[:min(len(cells), maxListedHeaders)] {
		if runes := []rune(cell[:min(len(cell), 4*headers.MaxRunes)]); len(runes) > headers.MaxRunes {
			cell = string(runes[:headers.MaxRunes-1]) + "…"
		}
		list = append(list, cell)
	}
	return list
}

// nameAdvice says how the columns of the names are chosen, and names those that have such.
func (c *Columns) nameAdvice(near []Suggestion) string {
	email := ""
	if at := slices.IndexFunc(near, func(s Suggestion) bool { return s.Field == Email }); at >= 0 && !c.has(Email) {
		email = " " + headers.MapFlag(Email, near[at].Name)
	} else if emails := c.columnsHolding(c.rows, addresses); len(emails) == 1 && !c.has(Email) {
		email = " " + headers.MapFlag(Email, c.mappingName(emails[0]))
	}
	single, full := c.singleAndFull()
	texts := c.textColumns()
	switch {
	case len(full) > 0 && len(single) < 2:
		return "say which has the full names: " + headers.MapFlag(FullName, c.mappingName(full[0])) + email + mapControls
	case len(single) > 1:
		return "say which have the names, such as " + headers.MapFlag(FirstName, c.mappingName(single[0])) + " " +
			headers.MapFlag(LastName, c.mappingName(single[1])) + email + mapControls
	case len(single)+len(texts) > 0:
		var flags []string
		for _, name := range c.mappingNames(append(single, texts...)) {
			flags = append(flags, headers.MapFlag(FirstName, name)+email)
		}
		return "say which has the names: " + strings.Join(flags, " or ") + mapControls
	}
	return "add a column of names, such as First Name and Last Name"
}

// singleAndFull are the columns of names one by one, and those of whole ones.
func (c *Columns) singleAndFull() (single, full []int) {
	for _, i := range c.likelyNames(singleNames, fullNames) {
		if holds(c.rows, i) == fullNames {
			full = append(full, i)
		} else {
			single = append(single, i)
		}
	}
	return single, full
}

// mappingNames returns how a mapping names the first ones of some columns.
func (c *Columns) mappingNames(list []int) (names []string) {
	for _, i := range list[:min(len(list), maxEmailChoices)] {
		names = append(names, c.mappingName(i))
	}
	return names
}

// nameMappings returns the columns that may have the names, those first whose headers look so.
func (c *Columns) nameMappings(near []Suggestion) (mappings []string) {
	for _, s := range near {
		if s.Field != Email && headers.IsPersonField(s.Field) {
			mappings = append(mappings, s.Field+"="+s.Name)
		}
	}
	_, full := c.singleAndFull()
	for _, i := range full {
		mappings = append(mappings, FullName+"="+c.mappingName(i))
	}
	list := c.likelyNames(singleNames, fullNames)
	if len(list) == 0 {
		list = c.textColumns()
	}
	for _, i := range list {
		mappings = append(mappings, FirstName+"="+c.mappingName(i))
	}
	mappings = slices.Compact(mappings)
	return mappings[:min(len(mappings), maxEmailChoices)]
}
