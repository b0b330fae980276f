package table

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// sheetReader reads a workbook's sheet. Each row is read twice, as it is shown and as it is stored, because each alone
// misleads: what is stored of a barcode has lost the zeros it is shown with, and what is shown of a date may be
// 06-01-26.
type sheetReader struct {
	book  *workbookReader
	name  string
	part  *zip.File
	stats sheetStats
	sheetLayout
	comments  map[int]string    // by row
	addresses map[string]string // to which its links write

	shown  *excelize.Rows
	stored *cellReader
	row    int
	header int // the row of the header
	width  int // and its cells
	named  int // of them, up to the last one that has a name
	carry  []carriedCell
	order  []int // of the first sheet's columns in this one, where it is another one
}

// everyRows is after how many rows the context is looked at: a few milliseconds.
const everyRows = 1000

// openSheet scans a sheet and finds the table in it.
func (w *workbookReader) openSheet(ctx context.Context, name string, o Options) (*sheetReader, error) {
	part, err := sheetPart(w.zip, w.file, name)
	if err != nil {
		return nil, damagedWorkbook(err)
	}
	s := &sheetReader{book: w, name: name, part: part}
	if s.sheetLayout, err = findTable(w.file, name, o); err != nil {
		return nil, err
	}
	if s.stats, err = scanSheet(ctx, part); err != nil {
		return nil, err
	}
	if s.comments, err = readComments(w.zip, part); err != nil {
		return nil, err
	}
	s.addresses = linkedAddresses(w.zip, part)
	if rows, columns := s.stats.hiddenRows, s.stats.hiddenColumns(); o.Hidden == "" && rows+columns > 0 {
		return nil, newQuestion(0, fmt.Sprintf("the sheet %q has hidden or filtered rows (%d) and hidden columns (%d), "+
			"which are not seen in a spreadsheet",
			name, rows, columns), Choice{Option: "hidden", Value: SkipHidden}, Choice{Option: "hidden", Value: ReadHidden})
	}
	return s, nil
}

// start opens what reads the sheet's rows.
func (s *sheetReader) start() (err error) {
	if s.unnamedColumns > 0 {
		s.width, s.header = s.unnamedColumns, s.first-1
	}
	if s.shown, err = s.book.file.Rows(s.name); err != nil {
		return damagedWorkbook(err)
	}
	if s.stored, err = newCellReader(s.part); err != nil {
		return damagedWorkbook(err)
	}
	return nil
}

// read returns the next row that is not blank.
func (s *sheetReader) read() (Record, error) {
	for s.shown.Next() {
		s.row++
		if s.row%everyRows == 0 && s.book.ctxErr() != nil {
			return Record{}, s.book.ctxErr()
		}
		cells, err := s.shown.Columns()
		if err != nil {
			return Record{}, damagedWorkbook(err)
		}
		stored, err := s.stored.rowCells(s.row)
		if err != nil {
			return Record{}, damagedWorkbook(err)
		}
		if s.book.written.lacks(stored) {
			return Record{}, damagedWorkbook(fmt.Errorf("row %d has a cell whose text is missing", s.row))
		}
		if s.row < s.first {
			s.takeLegend(cells, 0, s.coloursIn(stored, len(cells)))
			continue
		}
		if s.book.setDates(cells, stored); s.row == s.first && s.joined != nil {
			cells, stored = slices.Clone(s.joined), nil
		}
		if s.dropHidden(cells) {
			continue
		}
		cells, remarks := s.formatRemarks(cells, stored)
		remarks = append(remarks, s.formulaRemarks(stored)...)
		if s.header > 0 {
			s.takeLegend(cells, s.named, s.coloursIn(stored, len(cells)))
		}
		if cells = s.padRow(cells, len(remarks) > 0); cells != nil {
			remarks = append(remarks, s.struckRemarks(stored)...)
			s.fillMerged(cells)
			colours := s.inOrderOfColours(s.coloursIn(stored, len(cells)))
			comment := s.commentOf()
			if s.row > s.header {
				comment = strings.TrimSpace(comment + " " + s.otherLink(cells))
			}
			cells = s.inOrder(cells, remarks)
			return Record{Line: s.row, next: s.row + 1, Cells: cells, Comment: comment, colours: colours,
				Remarks: append(remarks, s.mergeRemarks()...)}, nil
		}
	}
	if err := s.shown.Error(); err != nil {
		return Record{}, damagedWorkbook(err)
	}
	return Record{}, io.EOF
}

// dropHidden empties hidden cells, and reports whether the row is hidden, where the options say that hidden ones are
// skipped.
func (s *sheetReader) dropHidden(cells []string) (row bool) {
	if s.book.hidden != SkipHidden {
		return false
	}
	for i := range cells {
		if s.stats.isHidden(i) {
			cells[i] = ""
		}
	}
	return s.stats.hiddenSet.has(s.row)
}

// padRow drops empty cells at the end, which a sheet has wherever it was once clicked, and adds those that it leaves
// out. It returns nil for a blank row, unless it only looks blank.
func (s *sheetReader) padRow(cells []string, filled bool) []string {
	for len(cells) > s.width && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	if blank(cells) && !filled {
		return nil
	}
	if s.width == 0 {
		s.width, s.named, s.header = len(cells), len(cells), s.row
		if at := slices.IndexFunc(cells, isLegendHeader); at > 0 {
			s.named = at
		}
		if len(s.book.sheets) == 1 {
			s.width = s.widthWithNotes()
		}
	}
	for len(cells) < s.width {
		cells = append(cells, "")
	}
	return cells
}

// widthWithNotes returns the width of the list with what stands beside it, in columns without a name: behind an empty
// one, or in one that several rows have. A single cell right behind the others may be of a row that was shifted.
func (s *sheetReader) widthWithNotes() int {
	const several = 2
	last := s.width - 1
	for i, filled := range s.stats.columns {
		if filled && (s.book.hidden != SkipHidden || !s.stats.isHidden(i)) {
			last = max(last, i)
		}
	}
	if last < s.width || !s.stats.columns[s.width] {
		return last + 1
	}
	beside := 0
	for _, cells := range s.sample {
		if cellAt(cells, s.width) != "" {
			beside++
		}
	}
	if beside < several {
		return s.width
	}
	return last + 1
}

// formulaRemarks returns a remark for each cell of the list that has a formula and looks empty.
func (s *sheetReader) formulaRemarks(stored []storedCell) (remarks []Remark) {
	for _, cell := range stored {
		if cell.valueless && cell.column < s.width {
			remarks = append(remarks, Remark{Kind: FormulaWithoutValue, Column: cell.column, Text: fmt.Sprintf(
				"row %d has a formula here whose value is not in the workbook, so the cell is taken for empty; open it in a "+
					"spreadsheet and save it", s.row)})
		}
	}
	return remarks
}

func (s *sheetReader) close() error {
	var err error
	if s.shown != nil {
		err = s.shown.Close()
		s.shown = nil
	}
	if s.stored != nil {
		err = errors.Join(err, s.stored.close())
		s.stored = nil
	}
	return err
}
