package rows

import (
	"slices"
	"strings"

	"guestflow/importer/charset"
	"guestflow/importer/columns"
	"guestflow/importer/guest"
	"guestflow/importer/personname"
	"guestflow/importer/wordset"
)

const movedCells = "the cells of the row seem to be moved by a column: the address is made of a name that stands in another column, and not of " +
	"the guest's; correct the row"

// refuseMovedCells refuses a row whose cells were moved by a column, as its address shows: ida.holm@example.org in a row whose first name is
// Holm and whose last name is Acme, where Ida stands in the column of companies.
func (r *Reader) refuseMovedCells(o *Row, cells []string) {
	first, last := slices.Index(r.Columns.Fields, columns.FirstName), slices.Index(r.Columns.Fields, columns.LastName)
	if len(o.Findings) > 0 || first < 0 || last < 0 || o.Guest.Email == "" {
		return
	}
	made := o.Letters.Local
	if len(made) < 2 {
		return
	}
	firsts, lasts := differing(o.Letters.First, o.Letters.WideFirst), differing(o.Letters.Last, o.Letters.WideLast)
	isFirst, isLast := isIn(made, firsts), isIn(made, lasts)
	if isFirst && isLast { // as of nearly all rows with such an address
		return
	}
	isName := func(cell string) bool { // a company's name beside the guest's first name is one that he has chosen: acme.ida@
		return charset.IsKnownName(cell) || !charset.IsKnownName(o.Record.FirstName)
	}
	inFirst, inLast := restsOf(made, firsts), restsOf(made, lasts)
	switch {
	case len(inFirst) > 0 && !isLast && r.hasOther(cells, first, last, isName, func(cell string) bool { return slices.Contains(inFirst, "*"+cell) }):
	case len(inLast) > 0 && !isFirst && r.hasOther(cells, first, last, isName, func(cell string) bool { return slices.Contains(inLast, cell+"*") }):
	case o.Record.LastName == "" && !isFirst && first > 0 && titleHeaders[wordset.Letters(r.Columns.Header[first-1])] &&
		first-1 < len(cells) && slices.Contains(lettersOf(cells[first-1]), made):
	default:
		return
	}
	o.Findings = append(o.Findings, guest.Finding{Code: guest.BadName, Column: r.Columns.Headers[columns.FirstName], Field: columns.FirstName, Text: movedCells})
}

// titleHeaders are letters of headers of titles and forms of address.
var titleHeaders = map[string]bool{"title": true, "titel": true, "anrede": true, "salutation": true, "prefix": true, "nameprefix": true, "honorific": true,
	"civilite": true, "titre": true, "tratamiento": true, "titulo": true, "titolo": true, "aanhef": true, "tytul": true, "tilltal": true, "mrmrs": true}

func isIn(made string, names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return strings.Contains(made, name) })
}

// restsOf returns what an address has before a name, behind a star, and what it has behind it, before one.
func restsOf(made string, names []string) (rests []string) {
	for _, name := range names {
		if rest, is := strings.CutSuffix(made, name); is && len(rest) > 1 {
			rests = append(rests, "*"+rest)
		}
		if rest, is := strings.CutPrefix(made, name); is && len(rest) > 1 {
			rests = append(rests, rest+"*")
		}
	}
	return rests
}

// hasOther reports whether a cell that is no part of the name nor the address is a certain one.
func (r *Reader) hasOther(cells []string, first, last int, isName, is func(cell string) bool) bool {
	for i, cell := range cells {
		if i == first || i == last || i >= len(r.Columns.Fields) || r.Columns.Fields[i] == columns.Email || len(cell) > maxStepCell || personname.IsTitle(cell) {
			continue
		}
		if slices.ContainsFunc(lettersOf(cell), is) && isName(cell) {
			return true
		}
	}
	return false
}

// maxStepCell is how many bytes a cell has at most that may be a part of a name.
const maxStepCell = 64
