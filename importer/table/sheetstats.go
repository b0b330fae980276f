package table

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// sheetStats are what a pass over a sheet's bytes finds, before the library that reads workbooks holds any of them.
type sheetStats struct {
	rows, hiddenRows int           // with values
	columns          []bool        // that have values
	hidden           []columnRange // columns
}

type columnRange struct{ first, last int }

// isHidden reports whether a column is hidden.
func (f sheetStats) isHidden(column int) bool {
	for _, s := range f.hidden {
		if column >= s.first && column <= s.last {
			return true
		}
	}
	return false
}

// hiddenColumns counts those with values.
func (f sheetStats) hiddenColumns() (n int) {
	for i, filled := range f.columns {
		if filled && f.isHidden(i) {
			n++
		}
	}
	return n
}

// scanSheet finds a sheet's facts, or refuses a sheet that is larger than a list can be.
func scanSheet(ctx context.Context, part *zip.File) (f sheetStats, err error) {
	row, column, filled, hiddenRow := 0, -1, false, false
	inText, runs, around := false, 0, 0
	f.columns = make([]bool, maxColumns)
	err = scanTags(ctx, part, func(tag []byte) error {
		name := tag
		if end := bytes.IndexAny(tag, " \t\r\n/"); end > 0 {
			name = tag[:end]
		}
		if colon := bytes.IndexByte(name, ':'); colon > 0 {
			name = name[colon+1:]
		}
		if runs++; inText && runs > maxRuns {
			return tooLarge(fmt.Sprintf("a text of this workbook has more than %d parts", maxRuns))
		}
		switch string(name) {
		case "row":
			inText = false
			row++
			if said := attr(tag, "r"); said != "" {
				n, err := strconv.Atoi(said)
				if err != nil || n < 1 || n > maxRows {
					return tooLarge(fmt.Sprintf("a row of this workbook has the number %.20s, and there are %d at most", said, maxRows))
				}
				row = n
			}
			if row > maxRows {
				return tooLarge(fmt.Sprintf("this workbook has more than %d rows", maxRows))
			}
			column, filled, hiddenRow = -1, false, isTrue(attr(tag, "hidden"))
		case "c":
			inText = false
			column++
			if at, _, err := excelize.CellNameToCoordinates(attr(tag, "r")); err == nil {
				column = at - 1
			}
		case "v", "is":
			inText, runs = name[0] == 'i', 0
			if column >= maxColumns {
				return tooLarge(fmt.Sprintf("this workbook has values beyond its first %d columns", maxColumns))
			}
			if column >= 0 {
				f.columns[column] = true
			}
			if !filled {
				filled = true
				f.rows++
				if hiddenRow {
					f.hiddenRows++
				}
			}
		case "mergeCell":
			if around++; around > maxAround {
				return tooLarge(fmt.Sprintf("this workbook has more than %d merged ranges", maxAround))
			}
		case "col":
			if around++; around > maxAround {
				return tooLarge("this workbook says too much of its columns")
			}
			first, err1 := strconv.Atoi(attr(tag, "min"))
			last, err2 := strconv.Atoi(attr(tag, "max"))
			if isTrue(attr(tag, "hidden")) && err1 == nil && err2 == nil && len(f.hidden) < maxColumns {
				f.hidden = append(f.hidden, columnRange{first - 1, last - 1})
			}
		}
		return nil
	})
	return f, err
}
