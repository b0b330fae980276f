package table

import "strings"

// mapFields notes which fields the header names.
func (r *Reader) mapFields() {
	r.fields = map[string]bool{}
	if r.field == nil {
		return
	}
	for i, h := range r.header {
		if field := r.fieldOf(h); field != "" {
			r.fields[field] = true
			if field == "email" && r.email < 0 {
				r.email = i
			}
		}
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
		switch {
		case r.repeatsHeader(rec.Cells):
			rec.Fault, r.otherTable = RepeatedHeader, 0
			return
		case r.looksLikeHeader(rec.Cells), r.sharesHeader(rec.Cells):
			r.otherTable = rec.Line
		}
	}
	if r.otherTable > 0 {
		rec.Fault, rec.Column = OtherTable, r.otherTable
	}
}

// repeatsHeader reports whether a record is the header once more.
func (r *Reader) repeatsHeader(cells []string) bool {
	if len(cells) != len(r.header) || len(r.fields) == 0 {
		return false
	}
	for i, cell := range cells {
		if !strings.EqualFold(strings.TrimSpace(cell), strings.TrimSpace(r.header[i])) {
			return false
		}
	}
	return true
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
