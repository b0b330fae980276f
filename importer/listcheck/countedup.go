package listcheck

import (
	"fmt"
	"strconv"
	"strings"

	"guestflow/importer/columns"
	"guestflow/importer/headers"
	"guestflow/importer/plural"
	"guestflow/importer/rows"
	"guestflow/importer/table"
)

// countedUp finds addresses that a spreadsheet has made of one by its fill handle, counting up: ida1@example.org beside Ida
// Holm, ida2@example.org beside Una Vik, ida3@example.org beside Bo Berg. The address is made of the name of one of these
// rows, and not of the others'; else addresses that count up are those of a company.
type countedUp struct {
	run   countedRun
	found int // rows
	line  int // of the first
}

// countedRun are rows one below the other whose addresses count up.
type countedRun struct {
	shape     countedShape
	number    int
	rows, own int // and rows whose name is in the address
	line      int
}

const (
	minCounted      = 3 // rows of a run
	minCountedOther = 2 // of them, rows that have another's address
)

func (u *countedUp) add(r *rows.Row) {
	if r.Record == nil || len(r.Findings) > 0 || r.Guest.Email == "" || !hasName(r) {
		return
	}
	shape, number, counted := numberOf(strings.ToLower(r.Guest.Email))
	first := !counted && number == 0
	if shape != u.run.shape || first || number != u.run.number+1 && (u.run.number != 0 || number != 2) {
		u.end()
		u.run = countedRun{shape: shape, line: r.Line}
	}
	u.run.number = number
	if u.run.rows++; isNamedIn(r) {
		u.run.own++
	}
}

// end counts the rows of a run that is over.
func (u *countedUp) end() {
	n := u.run
	if n.rows >= minCounted && n.own > 0 && n.rows-n.own >= minCountedOther {
		if u.found += n.rows; u.line == 0 {
			u.line = n.line
		}
	}
}

func hasName(r *rows.Row) bool { return r.Guest.FirstName != "" || r.Guest.LastName != "" }

// isNamedIn reports whether the row's address has a part of its name.
func isNamedIn(r *rows.Row) bool {
	l := &r.Letters
	for _, part := range [...]string{l.First, l.Last, l.WideFirst, l.WideLast} {
		if len(part) > 1 && strings.Contains(l.Local, part) {
			return true
		}
	}
	return false
}

// countedShape is an address without its number: what stands before it, and behind it.
type countedShape [2]string

// maxCountedDigits is how many digits a number has at most that may have been counted up.
const maxCountedDigits = 6

// numberOf takes the number out of an address by which it may be counted up: the last one before the @, or the last one behind
// it. One without a number has 0, and the shape of one that ends in a number before the @.
func numberOf(address string) (shape countedShape, number int, counted bool) {
	at := strings.IndexByte(address, '@')
	if at < 0 {
		return countedShape{address}, 0, false
	}
	for _, part := range [][2]int{{0, at}, {at, len(address)}} {
		end := strings.LastIndexAny(address[part[0]:part[1]], "0123456789") + 1 + part[0]
		begin := end
		for begin > part[0] && address[begin-1] >= '0' && address[begin-1] <= '9' {
			begin--
		}
		if n, err := strconv.Atoi(address[begin:end]); err == nil && end-begin <= maxCountedDigits {
			return countedShape{address[:begin], address[end:]}, n, true
		}
	}
	return countedShape{address[:at], address[at:]}, 0, false
}

// question asks whether addresses that count up are right.
func (u *countedUp) question(c *columns.Columns) *table.Error {
	if u.end(); u.found == 0 || c.IsChosen(columns.Email) {
		return nil
	}
	u.run = countedRun{}
	return askAddressesRight(c, fmt.Sprintf("%s addresses that count up from the one of another guest, as the fill handle of a spreadsheet does "+
		"(ida1@, ida2@, ida3@), the first in line %d", plural.Of(u.found, "row has", "rows have"), u.line))
}

// askAddressesRight returns the question whether the addresses of a list are right.
func askAddressesRight(c *columns.Columns, problem string) *table.Error {
	choice, can := headers.MapChoice(columns.Email, c.NameOf(columns.Email))
	if !can {
		return nil
	}
	choice.Label = "The addresses are right"
	return &table.Error{NeedsAnswer: true, Problem: problem, Cause: &table.Question{Text: problem, Open: true, Choices: []table.Choice{choice}},
		Advice: "compare names and addresses, and correct the file; if they are right, say so: " + choice.Flag() +
			" (mapping in the profile, “Take it from” in the console)"}
}
