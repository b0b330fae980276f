package table

import (
	"archive/zip"
	"fmt"
	"strconv"
	"strings"
)

// sheetNamed gives the sheet of that name, or the first one that is not hidden.
func (s *sheetReader) sheetNamed(name string) (string, error) {
	all := s.file.GetSheetList()
	for _, sheet := range all {
		if name == "" {
			visible, err := s.file.GetSheetVisible(sheet)
			if err != nil {
				return "", damagedWorkbook(err)
			}
			if visible {
				return sheet, nil
			}
		} else if strings.EqualFold(sheet, name) {
			return sheet, nil
		}
	}
	if name != "" {
		return "", &Error{Problem: fmt.Sprintf("this workbook has no sheet %q; it has %q", name, all), Advice: "correct the sheet's name"}
	}
	return "", &Error{Problem: "this workbook has no visible sheet", Advice: "name the sheet, or save it as CSV UTF-8"}
}

// maxHeaderRows is how many rows of a sheet are looked at for its header.
const maxHeaderRows = 30

// firstRows gives the first rows of a sheet that are not blank, and their numbers.
func (s *sheetReader) firstRows(name string) (rows [][]string, at []int, err error) {
	in, err := s.file.Rows(name)
	if err != nil {
		return nil, nil, damagedWorkbook(err)
	}
	defer in.Close()
	for row := 1; in.Next() && len(rows) < maxHeaderRows && row < 10*maxHeaderRows; row++ {
		cells, err := in.Columns()
		if err != nil {
			return nil, nil, damagedWorkbook(err)
		}
		if !blank(cells) {
			rows, at = append(rows, cells), append(at, row)
		}
	}
	return rows, at, nil
}

// findTable finds out where the list lies in its sheet.
func (s *sheetReader) findTable(name string, o Options) error {
	rows, at, err := s.firstRows(name)
	if err != nil || len(rows) == 0 {
		return err
	}
	switch {
	case o.HeaderRow == NoHeader:
		s.first = at[0]
		for _, cells := range rows {
			s.unnamedColumns = max(s.unnamedColumns, len(cells))
		}
		s.width, s.header = s.unnamedColumns, at[0]-1
		return nil
	case o.HeaderRow != "":
		s.first, _ = strconv.Atoi(o.HeaderRow)
		return nil
	case o.Field == nil:
		return nil
	}
	looks := make([]cellCounts, len(rows))
	for i, cells := range rows {
		looks[i] = countCells(cells, o.Field)
	}
	found, err := findHeaderRow(looks, at)
	s.first = at[found]
	return err
}

// chooseSheet gives the sheet to read. Where several that people see have guests, it is a person who says which.
func (s *sheetReader) chooseSheet(z *zip.Reader, o Options) (string, error) {
	first, err := s.sheetNamed(o.Sheet)
	if err != nil || o.Sheet != "" || o.Field == nil {
		return first, err
	}
	var lists []string
	for _, name := range s.file.GetSheetList() {
		if visible, err := s.file.GetSheetVisible(name); err != nil || !visible {
			continue
		}
		if _, err := sheetPart(z, s.file, name); err != nil { // a sheet of a chart
			continue
		}
		rows, _, err := s.firstRows(name)
		if err != nil {
			return "", err
		}
		if looksLikeGuests(rows, o.Field) {
			lists = append(lists, name)
		}
	}
	if len(lists) == 0 || len(lists) == 1 && lists[0] == first {
		return first, nil
	}
	choices := make([]Choice, len(lists))
	for i, name := range lists {
		choices[i] = Choice{Option: "sheet", Value: name}
	}
	problem := fmt.Sprintf("%d sheets of this workbook look like lists of guests, and one is read at a time: %q", len(lists), lists)
	if len(lists) == 1 {
		problem = fmt.Sprintf("the first sheet, %q, has no guests, and %q seems to", first, lists[0])
	}
	return "", newQuestion(0, problem, choices...)
}

// looksLikeGuests reports whether the first rows of a sheet are a list of guests: a header that is known and a row, or addresses.
func looksLikeGuests(rows [][]string, field func(string) string) bool {
	addresses := 0
	for i, cells := range rows {
		is := countCells(cells, field)
		if addresses += min(is.addresses, 1); addresses > 1 || is.named > 1 && i+1 < len(rows) {
			return true
		}
	}
	return false
}
