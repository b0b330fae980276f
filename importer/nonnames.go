package importer

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"guestflow/importer/columns"
	"guestflow/importer/guest"
	"guestflow/importer/headers"
	"guestflow/importer/nonname"
	"guestflow/importer/personname"
	"guestflow/importer/plural"
	"guestflow/importer/rowstatus"
	"guestflow/importer/table"
	"guestflow/importer/where"
)

// nonNames finds rows with a job, a ticket, an office or the like in place of a name: it is asked whether they are guests. A
// column of which most cells are no names, streets with their numbers among them, is none of names: it is asked which is.
type nonNames struct {
	first, last nonNameColumn
	named       int           // rows with a name
	capital     int           // rows whose name begins with a capital
	small       nonNameColumn // rows of which one part of the name has small letters alone, and the other a capital
	few         nonNameColumn // rows with what one of many rows alone shows to be none: Holm 2 and Guest Holm, but in lists for trials
}

// nonNameColumn counts what one part of the names has in place of them.
type nonNameColumn struct {
	named, sure int // rows with something in it, and those that are refused for it
	kept        int // rows that are asked about, of which these are named
	rows        []int
	lines       []int
	kinds       []string // that rows are said to be
	latest      int      // row that is kept
	field       string   // of the first row, where it is not that of the column
}

const (
	maxRowsInRule   = 400 // that a rule names by their numbers
	minNonNameCells = 3   // of a column of which most are no names
)

func (n *nonNames) add(r row) {
	n.first.add(r, columns.FirstName, r.rec.FirstName)
	n.last.add(r, columns.LastName, r.rec.LastName)
	n.addFew(r)
	if isEmployer(r) {
		n.last.keep(r, "the company of the address in place of the last name")
	}
}

// isEmployer reports whether a row has the company of its address as the last name: Siemens beside ida.holm@siemens.com. Who has
// anna@huber.example is Anna Huber.
func isEmployer(r row) bool {
	last, local := r.letters.last, r.letters.local
	if len(r.findings) > 0 || len(last) < 2 || len(r.letters.first) < 2 || strings.Contains(local, last) {
		return false
	}
	before, domain, _ := strings.Cut(r.Guest.Email, "@")
	at := strings.Index(strings.ToLower(domain), last)
	if at < 0 || at > 0 && domain[at-1] != '.' || at+len(last) == len(domain) || domain[at+len(last)] != '.' {
		return false
	}
	const shortest = 3 // letters of another last name
	start, rest, more := strings.Cut(before, ".")
	start, rest = stepLetters(start), stepLetters(rest)
	return more && len(rest) >= shortest && (start == r.letters.first || start == r.letters.first[:1])
}

// addFew counts a row that is asked about where few are so.
func (n *nonNames) addFew(r row) {
	if len(r.findings) > 0 || r.name == personname.SeveralNames {
		return
	}
	const smallWords = "words in small letters that are known as no name"
	n.named++
	first, last := r.rec.FirstName, r.rec.LastName
	switch a, b := isCapital(first), isCapital(last); {
	case a && b || a && last == "":
		n.capital++
	case b && isSmallNonName(first, r):
		n.small.keepIn(columns.FirstName, r, smallWords)
	case a && strings.ContainsRune(last, ' ') && isSmallNonName(last, r):
		n.small.keepIn(columns.LastName, r, smallWords)
	}
	const counted = "a name with a number behind it"
	switch {
	case nonname.Counted(last):
		n.few.keepIn(columns.LastName, r, counted)
	case nonname.Counted(first):
		n.few.keepIn(columns.FirstName, r, counted)
	case last != "" && nonname.Unnamed(first):
		n.few.keepIn(columns.FirstName, r, "a word for a guest in place of the first name")
	}
}

// isNoted reports whether the name says that its guest is not meant, which is asked about by itself: Una (declined).
func isNoted(r row, header string) bool {
	return slices.ContainsFunc(r.standing, func(s rowstatus.Status) bool { return s.Out && s.Header == header })
}

func (n *nonNameColumn) keep(r row, kind string) {
	if n.latest == r.Row.Row {
		return
	}
	n.latest = r.Row.Row
	if n.kept++; len(n.rows) <= maxRowsInRule {
		n.rows, n.lines = append(n.rows, r.Row.Row), append(n.lines, r.Line)
	}
	if !slices.Contains(n.kinds, kind) {
		n.kinds = append(n.kinds, kind)
	}
}

// keepIn is keep of rows of which some have it in the first name, and some in the last.
func (n *nonNameColumn) keepIn(field string, r row, kind string) {
	if n.field == "" {
		n.field = field
	}
	n.keep(r, kind)
}

// isCapital reports whether a name begins with a capital.
func isCapital(name string) bool {
	first, _ := utf8.DecodeRuneInString(name)
	return unicode.IsUpper(first)
}

// isSmallNonName reports whether a part of a name has small letters alone, and nothing of a known name, a particle, or the address:
// still open, his wife. People who do not write capitals write both parts small.
func isSmallNonName(cell string, r row) bool {
	first, _ := utf8.DecodeRuneInString(cell)
	if !unicode.IsLower(first) || strings.ToLower(cell) != cell || strings.ContainsAny(cell, "'’-") || len(cell) < 3 {
		return false
	}
	if letters := stepLetters(cell); letters == "" || strings.Contains(r.letters.local, letters) {
		return false
	}
	return !slices.ContainsFunc(strings.Fields(cell), func(word string) bool {
		return personname.IsParticle(word) || personname.IsGivenName(word)
	})
}

// areSmallFew reports whether nearly all other rows have capitals.
func (n *nonNames) areSmallFew() bool {
	const shown = 3 // rows
	return n.small.kept > 0 && n.capital >= shown && n.capital >= 3*n.small.kept
}

// areFew reports whether no more than one in three rows is so.
func (n *nonNames) areFew() bool { return n.few.kept > 0 && 3*n.few.kept <= n.named }

func (n *nonNameColumn) add(r row, field, cell string) {
	if cell != "" {
		n.named++
	}
	if len(r.findings) > 0 {
		if cell != "" && nonname.Sure(cell) != nonname.None {
			n.sure++
		}
		return
	}
	for _, f := range r.warnings {
		if f.Code == guest.NotAName && f.Field == field && !isNoted(r, f.Column) {
			n.keep(r, f.Text)
			return
		}
	}
}

// questions are those about the columns of first and of last names.
func (n *nonNames) questions(s Settings, c *Columns) (list []FileError) {
	for _, column := range []struct {
		field string
		of    *nonNameColumn
	}{{columns.FirstName, &n.first}, {columns.LastName, &n.last}} {
		header := cmp.Or(c.Headers[column.field], c.FullNameHeader())
		switch q := column.of.isNone(column.field, c); {
		case c.Ignores(header):
		case q != nil:
			list = append(list, *q)
		case len(column.of.rows) > 0:
			list = append(list, column.of.askRows(header, s.Where, c))
		}
	}
	for _, some := range []struct {
		of  *nonNameColumn
		few bool
	}{{&n.small, n.areSmallFew()}, {&n.few, n.areFew()}} {
		header := cmp.Or(c.Headers[some.of.field], c.FullNameHeader(), c.Headers[columns.LastName])
		if len(list) == 0 && some.few && !c.Ignores(header) && !where.IsAll(s.Where) {
			list = append(list, some.of.askRows(header, s.Where, c))
		}
	}
	return list
}

// isNone asks which column has the names, where this one has others things than names.
func (n *nonNameColumn) isNone(field string, c *Columns) *FileError {
	found := n.sure + n.kept
	name := c.NameOf(field)
	keep, can := headers.MapChoice(field, name)
	if found < minNonNameCells || 2*found < n.named || !can || name == "" || c.IsChosen(field) {
		return nil
	}
	problem := fmt.Sprintf("%d of %s something else than a name in the column %q, such as a street, an amount, a job or a kind of ticket: its header may be another column's",
		found, plural.Of(n.named, "row has", "rows have"), shorten(name))
	keep.Label = "The column is right"
	return &FileError{NeedsAnswer: true, Problem: problem, Cause: &table.Question{Text: problem, Open: true, Choices: []table.Choice{keep}},
		Advice: fmt.Sprintf("correct the headers in the file, or say which column it is: %s; if the column is right, say so: %s (mapping in the profile, “Take it from” "+
			"in the console)", headers.MapFlag(field, "COLUMN"), keep.Flag())}
}

// askRows asks whether some rows are guests.
func (n *nonNameColumn) askRows(header, rule string, c *Columns) FileError {
	kind := strings.TrimSuffix(strings.TrimPrefix(n.kinds[0], "the name looks like "), ", and may be no guest's")
	problem := fmt.Sprintf("%s something below %q that may be no name, and would be %s: %s, the first in line %d", plural.Of(n.kept, "row has", "rows have"), shorten(header),
		plural.Word(n.kept, "a guest", "guests"), kind, n.lines[0])
	return askRowsMeant(problem, n.rows, rule, header, "They are guests", c)
}

// rowsNotIn is the rule that leaves out some rows.
func rowsNotIn(rows []int) string {
	numbers := make([]string, len(rows))
	for i, row := range rows {
		numbers[i] = strconv.Itoa(row)
	}
	return where.In(rowstatus.RowNumber, true, numbers...).String()
}
