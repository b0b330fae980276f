package guest

import (
	"slices"
	"strings"

	"guestflow/importer/columns"
	"guestflow/importer/nonname"
	"guestflow/importer/wordset"
	"guestflow/qflow"
)

const elsewhere = "; its cells may be in wrong columns, or the column may be another than its header says"

// surelyNoName refuses a cell of a name that is the address of a street, an amount, a time or the like. What a person has
// chosen for the names may be anything.
func (c *check) surelyNoName(field, cell string) {
	kind := nonname.Sure(cell)
	switch {
	case kind == nonname.None:
	case c.Columns.IsChosen(field) || c.Columns.IsChosen(columns.FullName):
		c.warn(OddName, field, "the cell has "+kind.String()+", and may be no name")
	default:
		c.add(BadName, field, "the cell has "+kind.String()+", and no name"+elsewhere)
	}
}

// likelyNoName warns of first and last names that are a job, a ticket, an office or the like. The file waits until a person says
// whether such rows are guests.
func (c *check) likelyNoName(g *qflow.Guest) {
	isOfName := func(f Finding) bool { return f.Field == columns.FirstName || f.Field == columns.LastName }
	if slices.ContainsFunc(c.findings, isOfName) || g.Email == "" && g.LastName == "" { // of which the table says whether it is a note
		return
	}
	kind := nonname.Likely(g.FirstName, g.LastName)
	if kind == nonname.None || kind == nonname.Words && isNameOfAddress(g) { // nearly all
		return
	}
	field := columns.FirstName
	if g.FirstName == "" || nonname.Likely(g.FirstName, "") == nonname.None && nonname.Likely("", g.LastName) == kind {
		field = columns.LastName
	}
	switch kind {
	case nonname.Example:
		c.warn(OddName, columns.FirstName, "the name is one that stands in examples and tests, and of real people too; see whether the guest is meant")
	default:
		c.warn(NotAName, field, "the name looks like "+kind.String()+", and may be no guest's")
	}
}

// isNameOfAddress reports whether a guest's address has the words of the name, whole or by their first letters: people who are called
// as things are have it there, rose.summer@example.org.
func isNameOfAddress(g *qflow.Guest) bool {
	local, _, _ := strings.Cut(strings.ToLower(g.Email), "@")
	const shortest = 3 // letters of a word that is there by no chance
	whole := false
	for word := range strings.FieldsSeq(g.FirstName + " " + g.LastName) {
		letters := wordset.Letters(word)
		switch {
		case letters == "":
		case strings.Contains(local, letters):
			whole = whole || len(letters) >= shortest
		case !strings.Contains(local, letters[:1]):
			return false
		}
	}
	return whole
}
