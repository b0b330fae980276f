package table

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// sheetStats is what a pass over a sheet's bytes finds, before the library that reads workbooks holds any of them.
type sheetStats struct {
	hiddenScan
	links     map[int][]cellLink // by row
	linkCount int
	columns   []bool        // that have values
	ranges    []columnRange // columns of which something is said
	merged    []mergedRange // by their first row
	rowRules  rowRuleScan
}

// isHidden reports whether a column is not seen.
func (s sheetStats) isHidden(column int) bool {
	said := func(r columnRange) bool { return column >= r.first && column <= r.last }
	if i := slices.IndexFunc(s.ranges, said); i >= 0 {
		return s.ranges[i].hidden
	}
	return s.zeroWidth
}

// hiddenColumns counts those with values.
func (s sheetStats) hiddenColumns() (n int) {
	for i, filled := range s.columns {
		if filled && s.isHidden(i) {
			n++
		}
	}
	return n
}

// mergedRange is a range of cells that are one.
type mergedRange struct {
	name        string
	first, last int // rows
	left, right int // columns, counted from 0
}

func parseMergedRange(name string) (mergedRange, bool) {
	from, to, _ := strings.Cut(name, ":")
	left, first, err := excelize.CellNameToCoordinates(from)
	right, last, errLast := excelize.CellNameToCoordinates(to)
	return mergedRange{name: name, first: first, last: last, left: left - 1, right: right - 1},
		err == nil && errLast == nil
}

// sheetScan collects a sheet's stats, tag by tag, and fails for a sheet that is larger than a list can be.
type sheetScan struct {
	sheetStats
	row, column  int
	filled       bool // the row
	inText       bool
	runs, around int // elements of a text, and those around the cells
}

func scanSheet(ctx context.Context, part *zip.File) (sheetStats, error) {
	s := sheetScan{column: -1}
	s.sheetStats.columns = make([]bool, maxColumns)
	err := scanTexts(ctx, part, "formula", s.rowRules.formula, s.tag)
	slices.SortStableFunc(s.ranges, func(a, b columnRange) int { return a.first - b.first })
	hideOutlines(s.ranges)
	slices.SortStableFunc(s.merged, func(a, b mergedRange) int { return a.first - b.first })
	return s.sheetStats, err
}

func (s *sheetScan) tag(tag []byte) error {
	if s.runs++; s.inText && s.runs > maxRuns {
		return tooLarge(fmt.Sprintf("a text of this workbook has more than %d parts", maxRuns))
	}
	switch name := tagName(tag); string(name) {
	case "row":
		return s.beginRow(tag)
	case "c":
		s.inText = false
		s.column++
		if at, _, err := excelize.CellNameToCoordinates(attr(tag, "r")); err == nil {
			s.column = at - 1
		}
	case "v", "is":
		s.inText, s.runs = name[0] == 'i', 0
		return s.value()
	case "conditionalFormatting", "cfRule", "autoFilter", "filterColumn":
		s.rowRules.see(string(name), tag)
	case "hyperlink":
		s.addLink(tag)
	case "sheetFormatPr":
		s.sheetDefault(tag)
	case "outlinePr":
		s.outline.reverse = attr(tag, "summaryBelow") != "" && !isTrue(attr(tag, "summaryBelow"))
	case "mergeCell", "col":
		if s.around++; s.around > maxAround {
			return tooLarge(fmt.Sprintf("this workbook has more than %d merged ranges and widths of columns", maxAround))
		}
		s.addRange(tag)
	}
	return nil
}

func tagName(tag []byte) []byte {
	if end := bytes.IndexAny(tag, " \t\r\n/"); end > 0 {
		tag = tag[:end]
	}
	return tag[bytes.IndexByte(tag, ':')+1:]
}

func (s *sheetScan) beginRow(tag []byte) error {
	s.inText = false
	s.row++
	if number := attr(tag, "r"); number != "" {
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 || n > maxRows {
			return tooLarge(fmt.Sprintf("a row of this workbook has the number %.20s, and there are %d at most", number,
				maxRows))
		}
		s.row = n
	}
	if s.row > maxRows {
		return tooLarge(fmt.Sprintf("this workbook has more than %d rows", maxRows))
	}
	s.column, s.filled = -1, false
	s.hiddenScan.beginRow(s.row, tag)
	return nil
}

func (s *sheetScan) value() error {
	if s.column >= maxColumns {
		return tooLarge(fmt.Sprintf("this workbook has values beyond its first %d columns", maxColumns))
	}
	if s.column >= 0 {
		s.columns[s.column] = true
	}
	if !s.filled {
		s.fill()
	}
	s.filled = true
	return nil
}

// maxMerged bounds the merged ranges that are kept: more warnings are not read.
const maxMerged = 10_000

// addRange notes hidden columns and merged cells.
func (s *sheetScan) addRange(tag []byte) {
	if m, is := parseMergedRange(attr(tag, "ref")); is && len(s.merged) < maxMerged {
		s.merged = append(s.merged, m)
	}
	if r, is := parseColumns(tag); is && len(s.ranges) < maxColumns {
		s.ranges = append(s.ranges, r)
	}
}
