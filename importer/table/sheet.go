package table

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/xuri/excelize/v2"
)

// sheetReader reads a workbook's sheet. Each row is read twice, as it is shown and as it is stored, because each alone misleads:
// what is stored of a barcode has lost the zeros it is shown with, and what is shown of a date may be 06-01-26.
type sheetReader struct {
	spool          *os.File
	file           *excelize.File
	shown          *excelize.Rows
	stored         *cellReader
	merged         []mergedRange
	dated          map[int]bool // by style: whether numbers are shown as dates
	since1904      bool
	row            int
	stats          sheetStats
	hidden         string // what becomes of hidden rows and columns
	first          int    // the row of the header, or 0 for the first that is not blank
	unnamedColumns int    // how many columns a sheet without a header has
	header         int    // its row
	width          int    // and its cells
}

func openSheet(ctx context.Context, spool *os.File, o Options) (*sheetReader, string, error) {
	z, err := checkWorkbook(ctx, spool)
	if err != nil {
		return nil, "", err
	}
	file, err := excelize.OpenReader(io.NewSectionReader(spool, 0, maxWorkbook), excelize.Options{UnzipSizeLimit: maxSheets, UnzipXMLSizeLimit: inMemory})
	if err != nil {
		return nil, "", damagedWorkbook(err)
	}
	s := &sheetReader{file: file, dated: map[int]bool{}, hidden: o.Hidden}
	name, err := s.chooseSheet(z, o)
	if err == nil {
		err = s.findTable(name, o)
	}
	if err == nil {
		err = s.start(ctx, z, name)
	}
	if err != nil {
		return nil, "", errors.Join(err, s.close())
	}
	s.spool = spool // until here whoever opened it closes it
	return s, name, nil
}

func (s *sheetReader) start(ctx context.Context, z *zip.Reader, name string) error {
	part, err := sheetPart(z, s.file, name)
	if err != nil {
		return damagedWorkbook(err)
	}
	if s.stats, err = scanSheet(ctx, part); err != nil {
		return err
	}
	if rows, columns := s.stats.hiddenRows, s.stats.hiddenColumns(); s.hidden == "" && rows+columns > 0 {
		return newQuestion(0, fmt.Sprintf("the sheet %q has %d rows and %d columns that are hidden or filtered out, so nobody sees them who looks at it", name, rows, columns),
			Choice{Option: "hidden", Value: SkipHidden}, Choice{Option: "hidden", Value: ReadHidden})
	}
	if s.shown, err = s.file.Rows(name); err != nil {
		return damagedWorkbook(err)
	}
	if s.merged, err = mergedCells(part); err != nil {
		return damagedWorkbook(err)
	}
	if s.stored, err = newCellReader(part); err != nil {
		return damagedWorkbook(err)
	}
	props, err := s.file.GetWorkbookProps()
	if err != nil {
		return damagedWorkbook(err)
	}
	s.since1904 = props.Date1904 != nil && *props.Date1904
	return nil
}

// read gives the next row that is not blank.
func (s *sheetReader) read() (Record, error) {
	for s.shown.Next() {
		s.row++
		if s.row < s.first {
			continue
		}
		cells, err := s.shown.Columns()
		if err != nil {
			return Record{}, damagedWorkbook(err)
		}
		stored, err := s.stored.rowCells(s.row)
		if err != nil {
			return Record{}, damagedWorkbook(err)
		}
		s.setDates(cells, stored)
		if cells = s.dropHidden(cells); cells == nil {
			continue
		}
		remarks := s.formulaRemarks(stored)
		if cells = s.padRow(cells, len(remarks) > 0); cells != nil {
			return Record{Line: s.row, Cells: cells, Remarks: append(remarks, s.mergeRemarks()...)}, nil
		}
	}
	if err := s.shown.Error(); err != nil {
		return Record{}, damagedWorkbook(err)
	}
	return Record{}, io.EOF
}

// dropHidden leaves out what is hidden, where a person said so.
func (s *sheetReader) dropHidden(cells []string) []string {
	if s.hidden != SkipHidden {
		return cells
	}
	if s.stored.hiddenRow {
		return nil
	}
	for i := range cells {
		if s.stats.isHidden(i) {
			cells[i] = ""
		}
	}
	return cells
}

// padRow drops empty cells at the end, which a sheet has wherever somebody once clicked, and adds those that it leaves out. It
// gives nil for a blank row, unless it only looks blank.
func (s *sheetReader) padRow(cells []string, filled bool) []string {
	for len(cells) > s.width && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	if blank(cells) && !filled {
		return nil
	}
	if s.width == 0 {
		s.width, s.header = len(cells), s.row
	}
	for len(cells) < s.width {
		cells = append(cells, "")
	}
	return cells
}

// formulaRemarks says which cells of the list have a formula and look empty.
func (s *sheetReader) formulaRemarks(stored []storedCell) (remarks []Remark) {
	for _, cell := range stored {
		if cell.valueless && cell.column < s.width {
			remarks = append(remarks, Remark{Kind: FormulaWithoutValue, Column: cell.column, Text: fmt.Sprintf(
				"row %d has a formula here whose value is not in the workbook, so the cell is taken for empty; open it in a spreadsheet and save it", s.row)})
		}
	}
	return remarks
}

// mergeRemarks says, at the first row of the list that they touch, which cells are one. A range of a single row is so too: what stands
// in it belongs to several columns.
func (s *sheetReader) mergeRemarks() (remarks []Remark) {
	for len(s.merged) > 0 && s.merged[0].first <= s.row {
		if m := s.merged[0]; m.last >= s.row && s.width > 0 && s.header < s.row {
			remarks = append(remarks, Remark{Kind: MergedCells, Column: WholeRecord, Text: fmt.Sprintf(
				"the cells %s are merged: the value is in the first of them, and the others are empty; split them", m.name)})
		}
		s.merged = s.merged[1:]
	}
	return remarks
}

// encoding is not a question that a workbook leaves open.
func (s *sheetReader) encoding() Encoding { return "" }

func (s *sheetReader) close() error {
	all := []error{s.file.Close()}
	if s.spool != nil {
		all = append(all, s.spool.Close())
	}
	if s.shown != nil {
		all = append(all, s.shown.Close())
	}
	if s.stored != nil {
		all = append(all, s.stored.close())
	}
	return errors.Join(all...)
}
