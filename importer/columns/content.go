package columns

import (
	"fmt"
	"slices"

	"guestflow/importer/headers"
	"guestflow/importer/personname"
	"guestflow/importer/table"
	"guestflow/importer/wordset"
)

// Questions returns what has to be answered before anything of the list is imported. The caller adds path and line.
func (c *Columns) Questions() []table.Error { return c.questions }

// ask asks what is settled by one of some mappings, each FIELD=HEADER.
func (c *Columns) ask(problem, advice string, mappings ...string) {
	problem += c.listHeaders()
	c.questions = append(c.questions, table.Error{
		NeedsAnswer: true, Problem: problem, Advice: advice, Cause: mapQuestion(problem, mappings...),
	})
}

// askContent asks about columns whose cells or misspelt headers say what they are: addresses to which emails would not
// be sent, and a missing part of the names.
func (c *Columns) askContent(o Options) {
	if _, decided := o.Chosen[Email]; !decided && !c.has(Email) {
		c.askEmail(o)
	}
	c.askSecondSurname(o)
	c.askParticle(o)
	missing := c.missingName(o)
	if missing == "" {
		return
	}
	if at := c.unusedHeader(initialsHeaders); at >= 0 && missing == FirstName {
		c.ask(fmt.Sprintf("no column is the first_name, and %s may stand for it", c.shownName(at)),
			nameAdvice(missing, c.mappingName(at)), missing+"="+c.mappingName(at), missing+"=")
		return
	}
	if at := c.unusedColumn(o.Rows, mayBeName); at >= 0 && headers.IsNameless(c.Header[at]) {
		c.ask(fmt.Sprintf("%s, and no other is the %s", c.hasNoName(at), missing),
			nameAdvice(missing, c.mappingName(at)), missing+"="+c.mappingName(at), missing+"=")
		return
	}
	for _, s := range c.Suggestions {
		if s.Field == missing {
			c.ask(fmt.Sprintf("the column %s looks like %s, and no other is", headers.Quote(s.Header), missing),
				nameAdvice(missing, s.Name), missing+"="+s.Name, missing+"=")
			return
		}
	}
	if at := c.otherName(missing, o); at >= 0 {
		c.ask(fmt.Sprintf("no column is the %s, and %s may be", missing, c.shownName(at)),
			nameAdvice(missing, c.mappingName(at)), missing+"="+c.mappingName(at), missing+"=")
		return
	}
	if !o.Unnamed {
		c.askMissingName(missing)
	}
}

// askSecondSurname asks about a further part of the last name, which would be lost.
func (c *Columns) askSecondSurname(o Options) {
	at := c.unusedHeader(secondSurnames)
	if at < 0 || !c.has(LastName) || holds(o.Rows, at) == nothingIn && len(o.Rows) > 0 {
		return
	}
	last := c.source(LastName)
	if last.Kind != Alias {
		return
	}
	both, can := c.made(LastName, []int{last.column, at})
	alone, _ := headers.MapChoice(LastName, c.mappingName(last.column))
	if !can {
		return
	}
	c.ask(fmt.Sprintf("the column %s has a further part of the last name, which is taken from %s alone", c.shownName(at),
		c.shownName(last.column)),
		fmt.Sprintf("say what the last name is: %s for both parts, or %s for the first alone (mapping in the profile, “Take it from” in the console)",
			both.Flag(), alone.Flag()), both.Value, alone.Value)
}

// unusedHeader returns the first column with one of some headers from which nothing is taken, or -1.
func (c *Columns) unusedHeader(known map[string]bool) int {
	return slices.IndexFunc(c.Header, func(h string) bool {
		return len(h) <= headers.MaxLength && known[wordset.Letters(h)] && !c.used[slices.Index(c.Header, h)] &&
			!c.isIgnored(slices.Index(c.Header, h))
	})
}

// otherName returns the column beside a part of the names that was chosen which may be the other part, or -1.
func (c *Columns) otherName(missing string, o Options) int {
	there := FirstName
	if missing == FirstName {
		there = LastName
	}
	list := c.likelyNames(singleNames)
	if !c.has(there) || c.source(there).Kind != Chosen || len(list) == 0 || c.knownHeader() {
		return -1
	}
	return list[0]
}

// knownHeader reports whether a name of a guest stands in the header.
func (c *Columns) knownHeader() bool {
	return slices.ContainsFunc(c.Header, func(h string) bool {
		field := c.fieldFor(h)
		return field == FirstName || field == LastName || field == FullName
	})
}

func (c *Columns) askEmail(o Options) {
	if list := c.columnsOfAddresses(o.Rows); len(list) > 0 {
		have := "the column " + c.shownName(list[0]) + " has"
		names, mappings := make([]string, len(list)), make([]string, len(list))
		for i, at := range list {
			names[i] = c.mappingName(at)
			mappings[i] = Email + "=" + names[i]
		}
		if len(list) > 1 {
			have = "the columns " + c.shownColumns(list) + " have"
		}
		c.ask(have+" email addresses, and no column is called so",
			"say that it is the email: "+mapAdvice(Email, names...)+", or --map 'email=' to import the guests without emails",
			append(mappings, Email+"=")...)
		return
	}
	if !o.Emails {
		return
	}
	which, list := "add a column of addresses", c.emailColumns(o)
	mappings := []string{}
	for _, name := range list {
		mappings = append(mappings, Email+"="+name)
	}
	if len(list) > 0 {
		which = "say which is: " + mapAdvice(Email, list...)
	}
	c.ask("emails are to be sent, and no column is the email address",
		which+"; or --map 'email=' to import the guests without emails (mapping in the profile, “Take it from” in the console)",
		append(mappings, Email+"=")...)
}

// columnsOfAddresses returns the columns of addresses that are not the email: those that no field comes from, or that
// are taken for notes by their names. Few rows may have one. Those of senders and of other people stand last.
func (c *Columns) columnsOfAddresses(rows [][]string) (list []int) {
	var last []int
	for i, h := range c.Header {
		notes := c.Fields[i] == Notes && c.FromHeader(Notes)
		switch {
		case c.Fields[i] != "" && !notes || c.isIgnored(i) || holds(rows, i) != addresses:
		case isOthers(h):
			last = append(last, i)
		default:
			list = append(list, i)
		}
	}
	list = append(list, last...)
	return list[:min(len(list), maxEmailChoices)]
}

// isOthers reports whether a header is that of an address of another person than the guest, or of a sender.
func isOthers(header string) bool {
	if len(header) > headers.MaxLength {
		return false
	}
	r, is := headers.RoleIn(header)
	return is && r != headers.Attending ||
		slices.ContainsFunc(headers.PersonWords(header), func(word string) bool { return sendersWords[word] && word != "to" })
}

// maxEmailChoices is how many columns are offered as the email.
const maxEmailChoices = 8

// emailColumns names the columns that may be the email: those whose names look so, and else those that nothing is
// taken from and that have an address.
func (c *Columns) emailColumns(o Options) (names []string) {
	for _, s := range c.Suggestions {
		if s.Field == Email {
			names = append(names, s.Name)
		}
	}
	if len(names) > 0 {
		return names
	}
	for i := range c.Header {
		if !c.used[i] && !c.isIgnored(i) && len(names) < maxEmailChoices && hasAddress(o.Rows, i) {
			names = append(names, c.mappingName(i))
		}
	}
	return names
}

// hasAddress reports whether a column has an address in one of some rows.
func hasAddress(rows [][]string, column int) bool {
	return slices.ContainsFunc(rows,
		func(row []string) bool { return column < len(row) && personname.HasAddress(row[column]) })
}

func nameAdvice(field, column string) string {
	return "say what it is: " + mapAdvice(field, column) + fmt.Sprintf(", or --map '%s=' to do without", field)
}

// missingName returns the part of the names that no column has and that was not left out, where the other part is
// there.
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

// unusedColumn returns the first column that no field comes from, and of which most cells are such, or -1. Columns
// without a name come first.
func (c *Columns) unusedColumn(rows [][]string, such func(string) bool) int {
	found := -1
	for i, h := range c.Header {
		if c.Fields[i] != "" || c.isIgnored(i) || found >= 0 && !headers.IsNameless(h) {
			continue
		}
		n := 0
		for _, cells := range rows {
			if i < len(cells) && such(cells[i]) {
				n++
			}
		}
		if 2*n > len(rows) && (found < 0 || headers.IsNameless(h) && !headers.IsNameless(c.Header[found])) {
			found = i
		}
	}
	return found
}

// hasNoName says that a column has no name.
func (c *Columns) hasNoName(column int) string {
	if blank(c.Header[column]) {
		return fmt.Sprintf("column %d has no name", column+1)
	}
	return fmt.Sprintf("column %d is called %s, which is no name", column+1, headers.Quote(c.Header[column]))
}

func (c *Columns) shownName(column int) string {
	if blank(c.Header[column]) {
		return c.numberOf(column)
	}
	return headers.Quote(c.Header[column])
}
