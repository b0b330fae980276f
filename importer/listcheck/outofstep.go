package listcheck

import (
	"fmt"
	"hash/maphash"
	"slices"
	"strings"

	"guestflow/importer/columns"
	"guestflow/importer/headers"
	"guestflow/importer/plural"
	"guestflow/importer/rows"
	"guestflow/importer/table"
	"guestflow/importer/visible"
)

// outOfStep finds a list whose addresses are not beside their names: a column of names or of addresses was sorted, or moved by a
// row. Addresses show it that are made of another guest's name: una.vik@example.org or uvik@example.org beside Bo Berg, where
// Una Vik is in the list with another address; and una.vik@example.org beside Una Berg, where the list has a Vik.
type outOfStep struct {
	seed  maphash.Seed
	names map[uint64]namedRow // by the letters of the whole name
	forms map[uint64]namedRow // by what else addresses are made of: bberg, bob, bergb, bo, berg
	made  []madeRow           // rows whose address may be of another row's name
	own   int                 // rows whose address has their own name

	initials initialCounts

	inLast, inFirst, inLastLine int // rows whose address has the whole name from the last-name cell, and those that have the first name
	rows                        int
}

// namedRow is a row of a guest by that name: the letters of the address.
type namedRow struct {
	address uint64
	line    int
}

// madeRow is a row whose address may be another guest's.
type madeRow struct {
	local, address uint64
	parts          []uint64 // names that the address has beside one of the row's
	whole          bool     // it has nothing of the row's name, and may be made of two names
	line           int
}

// maxStepRows is how many rows are compared: more take memory, and a list that is out of step is so at its beginning.
const maxStepRows = 20_000

// maxFormRows is how many of them are compared by forms that have less than a whole name.
const maxFormRows = 5_000

func (o *outOfStep) add(r *rows.Row) {
	if r.Record == nil || len(r.Findings) > 0 || r.Record.Email == "" || r.Record.FirstName == "" || o.rows >= maxStepRows {
		return
	}
	n, is := stepNameOf(r)
	if !is {
		return
	}
	if o.names == nil {
		o.seed, o.names, o.forms = maphash.MakeSeed(), map[uint64]namedRow{}, map[uint64]namedRow{}
	}
	o.rows++
	local, _, _ := strings.Cut(r.Record.Email, "@")
	made, address := r.Letters.Local, o.hash(strings.ToLower(r.Record.Email))
	o.addName(n, namedRow{address, r.Line})
	o.addInLast(r, n, made)
	o.initials.add(n, made, r.Line)
	m := madeRow{local: o.hash(made), address: address, line: r.Line}
	switch others := n.othersIn(made); {
	case n.has(made) && len(others) == 0:
		o.own++
		return
	case n.has(made), len(others) > 0:
		for _, other := range others {
			m.parts = append(m.parts, o.hash(other))
		}
	default:
		m.whole = strings.ContainsAny(local, "._-")
	}
	if m.whole || o.rows <= maxFormRows {
		o.made = append(o.made, m)
	}
}

func (o *outOfStep) hash(text string) uint64 { return maphash.String(o.seed, text) }

// addInLast counts a row whose last name is a whole one, of which its address is made: Ida Holm beside the first name Acme.
func (o *outOfStep) addInLast(r *rows.Row, n stepName, made string) {
	words := strings.Fields(r.Record.LastName)
	isWhole := func() bool {
		first, last := words[0], words[len(words)-1]
		return isMadeOf(made, rows.AddressLetters(first), rows.AddressLetters(last)) || isMadeOf(made, rows.WideLetters(first), rows.WideLetters(last))
	}
	switch {
	case strings.HasPrefix(made, n[0].first[:1]) && !strings.HasPrefix(made, n[0].last), strings.Contains(made, n[0].first), strings.Contains(made, n[1].first):
		o.inFirst++
	case len(words) > 1 && isWhole():
		if o.inLast++; o.inLast == 1 {
			o.inLastLine = r.Line
		}
	}
}

// addName keeps the forms that addresses have of a name.
func (o *outOfStep) addName(n stepName, at namedRow) {
	for i, of := range n {
		if i > 0 && of == n[0] {
			return
		}
		o.names[o.hash(of.first+of.last)] = at
		o.names[o.hash(of.last+of.first)] = at
		if o.rows > maxFormRows {
			continue
		}
		for _, form := range [...]string{of.first[:1] + of.last, of.first + of.last[:1], of.last + of.first[:1], of.first, of.last} {
			o.forms[o.hash(form)] = at
		}
	}
}

// stepName is a name in the letters of addresses, plain and with ä as ae.
type stepName [2]struct{ first, last string }

// stepNameOf returns the row's name; of one that is not split, its first and its last word.
func stepNameOf(r *rows.Row) (n stepName, is bool) {
	n[0].first, n[0].last = r.Letters.First, r.Letters.Last
	n[1].first, n[1].last = r.Letters.WideFirst, r.Letters.WideLast
	if words := strings.Fields(r.Record.FirstName); r.Record.LastName == "" && len(words) > 1 {
		first, last := words[0], words[len(words)-1]
		n[0].first, n[0].last = rows.AddressLetters(first), rows.AddressLetters(last)
		n[1].first, n[1].last = rows.WideLetters(first), rows.WideLetters(last)
	}
	return n, len(n[0].first) > 1 && len(n[0].last) > 1
}

// has reports whether an address has a part of the name.
func (n stepName) has(made string) bool {
	return slices.ContainsFunc(n[:], func(of struct{ first, last string }) bool {
		return strings.Contains(made, of.first) || strings.Contains(made, of.last)
	})
}

// othersIn returns the names that an address has beside the guest's first or last one, or the initial of it, if it has one:
// holm of ida.holm and iholm beside Ida Berg.
func (n stepName) othersIn(made string) (others []string) {
	for i, of := range n {
		if i > 0 && of == n[0] {
			break
		}
		for _, own := range [...]string{of.first, of.last, of.first[:1]} {
			if rest, is := strings.CutPrefix(made, own); is && n.isOther(rest) {
				others = append(others, rest)
			}
			if rest, is := strings.CutSuffix(made, own); is && len(own) > 1 && n.isOther(rest) {
				others = append(others, rest)
			}
		}
	}
	return others
}

// isOther reports whether a part of an address is no part of the name, and the name none of it.
func (n stepName) isOther(part string) bool {
	return len(part) > 1 && !n.has(part) && !slices.ContainsFunc(n[:], func(of struct{ first, last string }) bool {
		return strings.Contains(of.first, part) || strings.Contains(of.last, part)
	})
}

// question asks about rows whose addresses are made of the names of other guests, who have other ones themselves.
func (o *outOfStep) question(c *columns.Columns) *table.Error {
	if c.IsChosen(columns.Email) {
		return nil
	}
	if q := o.initials.question(c); q != nil {
		return q
	}
	whole, found, line := 0, 0, 0
	for _, m := range o.made {
		others, otherWhole := o.isOthers(m)
		if otherWhole {
			whole++
		}
		if others || otherWhole {
			if found++; found == 1 {
				line = m.line
			}
		}
	}
	if whole < minOutOfStep && (found < minOthersForm || found <= o.own) {
		return nil
	}
	return askAddressesRight(c, fmt.Sprintf("%s an address that is made of another guest's name, as if a column of names or of addresses had been moved or "+
		"sorted by itself, the first in line %d", plural.Of(found, "row has", "rows have"), line))
}

// wholeNames asks about last names that are whole names by the addresses, beside first names that are companies or the like.
func (o *outOfStep) wholeNames(c *columns.Columns) *table.Error {
	if o.inLast < minOutOfStep || o.inLast <= o.inFirst || c.IsChosen(columns.FirstName) || c.IsChosen(columns.LastName) {
		return nil
	}
	first, last := c.NameOf(columns.FirstName), c.NameOf(columns.LastName)
	keep, can := headers.MapChoice(columns.LastName, last)
	if !can || first == "" {
		return nil
	}
	problem := fmt.Sprintf("%s an address that is made of a whole name in %q and not of what is in %q, the first in line %d: the first names may be no names",
		plural.Of(o.inLast, "row has", "rows have"), visible.Shorten(last), visible.Shorten(first), o.inLastLine)
	keep.Label = "The columns are right"
	return &table.Error{NeedsAnswer: true, Problem: problem, Cause: &table.Question{Text: problem, Open: true, Choices: []table.Choice{keep}},
		Advice: fmt.Sprintf("if the whole names are in %q, rename the headers in the file; if the columns are right, say so: %s (mapping in the profile, “Take it "+
			"from” in the console)", visible.Shorten(last), keep.Flag())}
}

// isOthers reports whether a row's address is made of another guest's name, or has a part of one, and whether it is a whole name. A
// family may have the address of one of them.
func (o *outOfStep) isOthers(m madeRow) (others, whole bool) {
	named, is := o.names[m.local]
	if is && named.address == m.address {
		return false, false
	}
	if is {
		return named.line != m.line, named.line != m.line && m.whole
	}
	if len(m.parts) == 0 {
		named, is = o.forms[m.local]
		return is && named.address != m.address && named.line != m.line, false
	}
	return slices.ContainsFunc(m.parts, func(part uint64) bool {
		named, is := o.forms[part]
		return is && named.line != m.line
	}), false
}

const (
	minOutOfStep  = 2 // rows with a whole name of another guest show it: two that were exchanged
	minOthersForm = 3 // rows with less, where there are more of them than of those with their own name
)
