package table

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// What a sheet may have. Excel's own bounds are the rows; a list with a thousand columns is none.
const (
	maxRows    = 1_048_576
	maxColumns = 1000
	maxTag     = 64 << 10
	maxText    = 256 << 10 // a cell has 32,767 characters at most
	maxDepth   = 64
	everyTags  = 1000    // between two looks at the context: a millisecond
	maxRuns    = 10_000  // elements of one text
	maxAround  = 200_000 // elements that say something of columns or ranges
	// maxElements bounds the parts that are no cells, such as styles: the library holds some hundred bytes for each element.
	maxElements = 300_000
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

// scanTags calls seen with each tag of an XML part, without its brackets, and fails for what is longer than it may be. It does not
// look for closing brackets in comments and quotes: it errs by counting more.
func scanTags(ctx context.Context, part *zip.File, seen func(tag []byte) error) error {
	in, err := part.Open()
	if err != nil {
		return damagedWorkbook(err)
	}
	defer in.Close()
	r := bufio.NewReaderSize(in, maxTag)
	depth, tags := 0, 0
	for {
		if tags++; tags%everyTags == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		text := 0
		for {
			chunk, err := r.ReadSlice('<')
			if text += len(chunk); text > maxText {
				return tooLarge(fmt.Sprintf("a cell of this workbook has more than %d KiB", maxText>>10))
			}
			if err == nil {
				break
			}
			if errors.Is(err, io.EOF) {
				return nil
			}
			if !errors.Is(err, bufio.ErrBufferFull) {
				return damagedWorkbook(err)
			}
		}
		tag, err := r.ReadSlice('>')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			return tooLarge(fmt.Sprintf("an element of this workbook has more than %d KiB", maxTag>>10))
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return damagedWorkbook(err)
		}
		tag = tag[:len(tag)-1]
		switch {
		case len(tag) == 0, tag[0] == '?', tag[0] == '!':
			continue
		case tag[0] == '/':
			depth--
		case tag[len(tag)-1] != '/':
			if depth++; depth > maxDepth {
				return tooLarge("the elements of this workbook are nested too deeply")
			}
		}
		if err := seen(tag); err != nil {
			return err
		}
	}
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

func isTrue(s string) bool { return s == "1" || strings.EqualFold(s, "true") }

// attr gives an attribute of a tag.
func attr(tag []byte, name string) string {
	for rest := tag; ; {
		_, after, is := bytes.Cut(rest, []byte(name+"="))
		if !is {
			return ""
		}
		at := len(tag) - len(after) - len(name) - 1
		if at > 0 && strings.IndexByte(" \t\r\n", tag[at-1]) >= 0 && len(after) > 1 && (after[0] == '"' || after[0] == '\'') {
			value, _, _ := bytes.Cut(after[1:], after[:1])
			return string(value)
		}
		rest = after
	}
}

// checkElements refuses parts that are no cells and would take too much memory.
func checkElements(ctx context.Context, parts []*zip.File) error {
	n := 0
	for _, part := range parts {
		err := scanTags(ctx, part, func([]byte) error {
			if n++; n > maxElements {
				return tooLarge("this workbook has too many styles and other parts beside its cells")
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
