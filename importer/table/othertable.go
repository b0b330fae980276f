package table

import (
	"strings"
	"unicode"
)

// mapFields notes which fields the header names.
func (r *Reader) mapFields() {
	r.fields, r.names, r.headerFields = map[string]bool{}, map[int]bool{}, make([]string, len(r.header))
	if r.field == nil {
		return
	}
	for i, h := range r.header {
		field := r.fieldOf(h)
		r.headerFields[i] = field
		switch field {
		case "":
			continue
		case "email":
			if r.email < 0 {
				r.email = i
			}
		case "first_name", "last_name", "full_name":
			r.names[i] = true
		}
		r.fields[field] = true
	}
}

// fieldOf returns the field that a cell is the name of, if it is one.
func (r *Reader) fieldOf(cell string) string {
	if len(cell) > maxHeaderCell {
		return ""
	}
	return r.field(cell)
}

// checkOtherTable marks the header of another table below this one, and the rows of that table. Read under this header
// they would be guests whose names stand in the wrong columns.
func (r *Reader) checkOtherTable(rec *Record) {
	if r.email < 0 || r.email >= len(rec.Cells) || strings.IndexByte(rec.Cells[r.email], '@') < 0 {
		switch maybe := r.mayBeHeader(rec); {
		case r.repeatsHeader(rec.Cells):
			rec.Fault, r.otherTable = RepeatedHeader, 0
			return
		case r.looksLikeHeader(rec.Cells), r.sharesHeader(rec.Cells), r.namesEmail(rec.Cells), maybe == surely,
			maybe == perhaps && r.notes == SkipNotes:
			r.otherTable = rec.Line
		case maybe == perhaps && r.notes == "":
			rec.Remarks = append(rec.Remarks, Remark{Kind: MaybeNote, Column: wholeRecord,
				Text: "the row has names of columns in it, as if another table began here"})
		}
	}
	if r.otherTable > 0 {
		rec.Fault, rec.Column = OtherTable, r.otherTable
	}
}

// likely is how likely a row is another table's header.
type likely int

const (
	hardly likely = iota
	perhaps
	surely
)

// mayBeHeader reports whether a row has common names of columns in its cells. All of three cells or more are no guest,
// and none of two behind a gap; else it may be called so.
func (r *Reader) mayBeHeader(rec *Record) likely {
	if r.field == nil || r.notes == ReadNotes {
		return hardly
	}
	filled, named := 0, 0
	for _, cell := range rec.Cells {
		if cell = strings.TrimSpace(cell); cell == "" {
			continue
		}
		if filled++; IsColumnWord(cell) || r.fieldOf(cell) != "" {
			named++
		}
		if filled-named > named+1 {
			return hardly
		}
	}
	gap := r.next > 0 && (rec.Line != r.next || r.lone)
	switch {
	case filled < 2 || named == 0:
		return hardly
	case named == filled && (filled > 2 || gap):
		return surely
	case gap && 2*named >= filled, named == filled:
		return perhaps
	}
	return hardly
}

// IsColumnWord reports whether a cell is a common name of a column, or begins with one.
func IsColumnWord(cell string) bool {
	const most = 40
	if len(cell) > most || strings.ContainsFunc(cell, unicode.IsDigit) {
		return false
	}
	cell = strings.ToLower(cell)
	if columnWords[cell] || !strings.ContainsAny(cell, " -_./():") {
		return columnWords[cell]
	}
	words := strings.FieldsFunc(cell, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsMark(c) })
	for _, word := range words {
		if !columnWords[word] && !smallWords[word] {
			return false
		}
	}
	return len(words) > 0
}

// namesEmail reports whether a name for the email stands where the list has addresses.
func (r *Reader) namesEmail(cells []string) bool {
	return r.email >= 0 && r.email < len(cells) && filledCells(cells) > 1 && r.fieldOf(cells[r.email]) == "email"
}

// repeatsHeader reports whether a record is the header once more, in this spelling or another: as letters, or by the
// fields that it names.
func (r *Reader) repeatsHeader(cells []string) bool {
	cells, header := trimEmptyEnd(cells), trimEmptyEnd(r.header)
	if len(cells) != len(header) || len(cells) == 0 || len(r.fields) == 0 && (r.field == nil || len(cells) < 2) {
		return false
	}
	for i, cell := range cells {
		if strings.EqualFold(strings.TrimSpace(cell), strings.TrimSpace(header[i])) {
			continue
		}
		if len(cells) < 2 || cell == "" || !sameLetters(cell, header[i]) &&
			(r.headerFields[i] == "" || r.fieldOf(cell) != r.headerFields[i]) {
			return false
		}
	}
	return true
}

// sameLetters reports whether two names have the same letters and digits.
func sameLetters(a, b string) bool {
	letters := func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return unicode.ToLower(c)
		}
		return -1
	}
	a, b = strings.Map(letters, a), strings.Map(letters, b)
	return a == b && a != ""
}

func trimEmptyEnd(cells []string) []string {
	for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	return cells
}

// looksLikeHeader reports whether a record names columns as the header does: two fields of this list at least, in half
// of its cells. A guest may be called Mel, which is an address in French, but not Mel and Gast in a list of first and
// last names.
func (r *Reader) looksLikeHeader(cells []string) bool {
	if len(r.fields) < 2 {
		return false
	}
	filled, named := 0, 0
	for _, cell := range cells {
		if cell == "" {
			continue
		}
		if filled++; r.fields[r.fieldOf(cell)] {
			named++
		}
		if filled > 2 && named == 0 {
			return false
		}
	}
	return named >= 2 && 2*named >= filled
}

// sharesHeader reports whether a record has three names of this header or more, letter by letter, and hardly anything
// else: another table's header, with a column less or more. No row has the names of columns in its cells.
func (r *Reader) sharesHeader(cells []string) bool {
	filled, shared := 0, 0
	for i, cell := range cells {
		switch {
		case cell == "":
			continue
		case i < len(r.header) && cell == r.header[i]:
			shared++
		case shared == 0 && filled > 1:
			return false
		}
		filled++
	}
	return shared >= 3 && 3*shared >= 2*filled
}
