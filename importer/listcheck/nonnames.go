package listcheck

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"guestflow/importer/charset"
	"guestflow/importer/columns"
	"guestflow/importer/guest"
	"guestflow/importer/headers"
	"guestflow/importer/nonname"
	"guestflow/importer/personname"
	"guestflow/importer/plural"
	"guestflow/importer/rows"
	"guestflow/importer/rowstatus"
	"guestflow/importer/spec"
	"guestflow/importer/table"
	"guestflow/importer/visible"
	"guestflow/importer/where"
	"guestflow/importer/wordset"
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

func (n *nonNames) add(r *rows.Row) {
	n.first.add(r, columns.FirstName, r.Record.FirstName)
	n.last.add(r, columns.LastName, r.Record.LastName)
	n.addFew(r)
	if isEmployer(r) {
		n.last.keep(r, "the company of the address in place of the last name")
	}
}

// isEmployer reports whether a row has the company of its address as the last name: Siemens beside ida.holm@siemens.com. Who has
// anna@huber.example is Anna Huber.
func isEmployer(r *rows.Row) bool {
	last, local := r.Letters.Last, r.Letters.Local
	if len(r.Findings) > 0 || len(last) < 2 || len(r.Letters.First) < 2 || strings.Contains(local, last) {
		return false
	}
	before, domain, _ := strings.Cut(r.Guest.Email, "@")
	at := strings.Index(strings.ToLower(domain), last)
	if at < 0 || at > 0 && domain[at-1] != '.' || at+len(last) == len(domain) || domain[at+len(last)] != '.' {
		return false
	}
	const shortest = 3 // letters of another last name
	start, rest, more := strings.Cut(before, ".")
	start, rest = rows.AddressLetters(start), rows.AddressLetters(rest)
	return more && len(rest) >= shortest && (start == r.Letters.First || start == r.Letters.First[:1])
}

// addFew counts a row that is asked about where few are so.
func (n *nonNames) addFew(r *rows.Row) {
	if len(r.Findings) > 0 || r.NameDoubt == personname.SeveralNames {
		return
	}
	const smallWords = "words in small letters that are known as no name"
	n.named++
	first, last := r.Record.FirstName, r.Record.LastName
	switch a, b := isCapital(first), isCapital(last); {
	case a && b || a && last == "":
		n.capital++
	case b && isSmallNonName(first, r):
		n.small.keepIn(columns.FirstName, r, smallWords)
	case a && strings.ContainsRune(last, ' ') && isSmallNonName(last, r):
		n.small.keepIn(columns.LastName, r, smallWords)
	}
	n.addNote(r)
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

// addNote counts a row of which a part of the name is a note by its writing, or all of it by its words, and whose address has none of it.
func (n *nonNames) addNote(r *rows.Row) {
	first, last := r.Record.FirstName, r.Record.LastName
	switch {
	case hasNoteWord(first, last, r):
		n.few.keepIn(columns.FirstName, r, "a word beside the name that may be a note")
	case hasNoteWord(last, first, r):
		n.few.keepIn(columns.LastName, r, "a word beside the name that may be a note")
	case r.Letters.Local != "" && nonname.Ordinary(first, last) && !inAddress(first, r) && !inAddress(last, r):
		n.few.keepIn(columns.FirstName, r, "ordinary words in place of the name")
	}
}

// hasNoteWord reports whether a part of a name has, beside a word that is written as names are, one in capitals alone (Berg GONE), or
// ends in an ordinary one in small letters (Berg instead), which no name, degree or particle is.
func hasNoteWord(cell, other string, r *rows.Row) bool {
	if strings.IndexByte(cell, ' ') < 0 || personname.IsAllCapitals(other) {
		return false
	}
	words := strings.Fields(cell)
	notes, names := 0, 0
	for i, word := range words {
		switch {
		case personname.IsParticle(word), personname.StandsBehind(word), beforeCapitals[word], ordinals[word]:
			return false
		case isCapitalNote(word) && !isPartOfName(word, r), i > 0 && i == len(words)-1 && strings.ToLower(word) == word && nonname.IsOrdinaryWord(word) && !inAddress(word, r):
			notes++
		case isCapital(word) && smallBehindFirst(word):
			names++
		}
	}
	return notes > 0 && names > 0 && notes+names == len(words)
}

// smallBehindFirst reports whether a word has small letters behind its first one.
func smallBehindFirst(word string) bool {
	_, size := utf8.DecodeRuneInString(word)
	rest := word[size:]
	return rest != "" && strings.ToLower(rest) == rest
}

// beforeCapitals begin last names whose rest people write in capitals: Mc DONALD.
var beforeCapitals = wordset.Of("Mc Mac St St. Saint Sankt Sainte O'")

// ordinals stand behind names: Tudor VIII.
var ordinals = wordset.Of("V VI VII VIII IX XI XII XIII XIV XV XVI")

// isCapitalNote reports whether a word is in capitals, and an ordinary one or as short as a code: GONE, DNI. Longer ones are last names.
func isCapitalNote(word string) bool {
	const longest = 3 // letters of a code
	return personname.IsAllCapitals(word) && (utf8.RuneCountInString(word) <= longest || nonname.IsOrdinaryWord(word))
}

// isPartOfName reports whether a word is a known name, or stands in the row's address.
func isPartOfName(word string, r *rows.Row) bool {
	return charset.IsKnownName(word) || personname.IsGivenName(word) || personname.IsFamilyName(word) || inAddress(word, r)
}

// inAddress reports whether a row's address has the first letters of a word.
func inAddress(word string, r *rows.Row) bool {
	const told = 4 // letters of a word that people shorten
	letters := rows.AddressLetters(word)
	if len(letters) < 2 {
		return false
	}
	return strings.Contains(r.Letters.Local, letters[:min(len(letters), told)])
}

// isNoted reports whether the name says that its guest is not meant, which is asked about by itself: Una (declined).
func isNoted(r *rows.Row, header string) bool {
	return slices.ContainsFunc(r.Statuses, func(s rowstatus.Status) bool { return s.Out && s.Header == header })
}

func (n *nonNameColumn) keep(r *rows.Row, kind string) {
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
func (n *nonNameColumn) keepIn(field string, r *rows.Row, kind string) {
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
func isSmallNonName(cell string, r *rows.Row) bool {
	first, _ := utf8.DecodeRuneInString(cell)
	if !unicode.IsLower(first) || strings.ToLower(cell) != cell || strings.ContainsAny(cell, "'’-") || len(cell) < 3 {
		return false
	}
	if letters := rows.AddressLetters(cell); letters == "" || strings.Contains(r.Letters.Local, letters) {
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

func (n *nonNameColumn) add(r *rows.Row, field, cell string) {
	if cell != "" {
		n.named++
	}
	if len(r.Findings) > 0 {
		if cell != "" && nonname.Sure(cell) != nonname.None {
			n.sure++
		}
		return
	}
	for _, f := range r.Warnings {
		if f.Code == guest.NotAName && f.Field == field && !isNoted(r, f.Column) {
			n.keep(r, f.Text)
			return
		}
	}
}

// questions are those about the columns of first and of last names.
func (n *nonNames) questions(s spec.Spec, c *columns.Columns) (list []table.Error) {
	for _, column := range []struct {
		field string
		of    *nonNameColumn
	}{{columns.FirstName, &n.first}, {columns.LastName, &n.last}} {
		header := cmp.Or(c.Headers[column.field], c.FullNameHeader())
		switch q := column.of.isNone(column.field, c); {
		case c.Ignores(header), column.of.areChosenWords(column.field, c):
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

// areChosenWords reports whether a person has chosen the column, of names or of products say, and it has ordinary words at most.
func (n *nonNameColumn) areChosenWords(field string, c *columns.Columns) bool {
	chosen := c.IsChosen(field) || c.IsChosen(columns.FullName)
	return chosen && len(n.kinds) == 1 && strings.Contains(n.kinds[0], nonname.Words.String())
}

// isNone asks which column has the names, where this one has others things than names.
func (n *nonNameColumn) isNone(field string, c *columns.Columns) *table.Error {
	found := n.sure + n.kept
	name := c.NameOf(field)
	keep, can := headers.MapChoice(field, name)
	if found < minNonNameCells || 2*found < n.named || !can || name == "" || c.IsChosen(field) {
		return nil
	}
	problem := fmt.Sprintf("%d of %s something else than a name in the column %q, such as a street, an amount, a job or a kind of ticket: its header may be another column's",
		found, plural.Of(n.named, "row has", "rows have"), visible.Shorten(name))
	keep.Label = "The column is right"
	return &table.Error{NeedsAnswer: true, Problem: problem, Cause: &table.Question{Text: problem, Open: true, Choices: []table.Choice{keep}},
		Advice: fmt.Sprintf("correct the headers in the file, or say which column it is: %s; if the column is right, say so: %s (mapping in the profile, “Take it from” "+
			"in the console)", headers.MapFlag(field, "COLUMN"), keep.Flag())}
}

// askRows asks whether some rows are guests.
func (n *nonNameColumn) askRows(header, rule string, c *columns.Columns) table.Error {
	kind := strings.TrimSuffix(strings.TrimPrefix(n.kinds[0], "the name looks like "), ", and may be no guest's")
	problem := fmt.Sprintf("%s something below %q that may be no name, and would be %s: %s, the first in line %d", plural.Of(n.kept, "row has", "rows have"), visible.Shorten(header),
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
