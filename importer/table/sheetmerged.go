package table

import (
	"fmt"
	"slices"
	"strings"
)

// carriedCell is a merged cell over several rows of one column. What stands in it is of all of them, as a company or a
// table is, and a last name is of all those who have first names; another name, an address or a number of people is of
// one guest, and stays where it is.
type carriedCell struct {
	mergedRange
	text   string
	family bool
}

// maxCarried bounds the merged cells that reach over a row.
const maxCarried = 100

// ofOneGuest are the fields whose cells belong to one row, though they are merged.
var ofOneGuest = []string{"email", "first_name", "full_name", "other_names", "barcode", "plus_ones",
	"is_group"}

// fillMerged has a row's cells say what the merged cells say that reach over it.
func (s *sheetReader) fillMerged(cells []string) {
	s.carry = slices.DeleteFunc(s.carry, func(c carriedCell) bool { return c.last < s.row })
	for _, c := range s.carry {
		if c.first < s.row && cells[c.left] == "" && (!c.family || s.hasFirstName(cells)) {
			cells[c.left] = c.text
		}
	}
	for _, m := range s.stats.merged {
		if m.first > s.row {
			break
		}
		if s.isCarried(m, cells) && len(s.carry) < maxCarried {
			s.carry = append(s.carry, carriedCell{m, cells[m.left], s.fieldAt(m.left) == "last_name"})
		}
	}
}

// isCarried reports whether a merged range begins in the row and holds for all its rows.
func (s *sheetReader) isCarried(m mergedRange, cells []string) bool {
	if m.first != s.row || m.left != m.right || m.last == m.first || m.left >= len(cells) || s.row <= s.header ||
		isAddress(cells[m.left]) {
		return false
	}
	return !slices.Contains(ofOneGuest, s.fieldAt(m.left))
}

// fieldAt returns the field that a column's header names, if any.
func (s *sheetReader) fieldAt(column int) string {
	if s.field == nil || column >= len(s.headerCells) || len(s.headerCells[column]) > maxHeaderCell {
		return ""
	}
	return s.field(s.headerCells[column])
}

func (s *sheetReader) hasFirstName(cells []string) bool {
	for i, cell := range cells {
		if strings.TrimSpace(cell) != "" && s.fieldAt(i) == "first_name" {
			return true
		}
	}
	return false
}

// mergeRemarks returns a remark for each merged range, at the first row of the list that it touches. A range of a
// single row has one too: what stands in it belongs to several columns.
func (s *sheetReader) mergeRemarks() (remarks []Remark) {
	for len(s.stats.merged) > 0 && s.stats.merged[0].first <= s.row {
		m := s.stats.merged[0]
		text := "the value is in the first of them, and the others are empty; split them"
		if slices.ContainsFunc(s.carry, func(c carriedCell) bool { return c.name == m.name }) {
			text = "the value is taken for each of these rows"
		}
		if m.last >= s.row && s.width > 0 && s.header < s.row {
			remarks = append(remarks, Remark{Kind: MergedCells, Column: wholeRecord,
				Text: fmt.Sprintf("the cells %s are merged: %s", m.name, text)})
		}
		s.stats.merged = s.stats.merged[1:]
	}
	return remarks
}
