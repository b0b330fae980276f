package table

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

const (
	maxWorkbook = 64 << 20 // packed, and in memory: a list of a million guests has 40 MiB
	maxSheets   = 1 << 30  // unpacked, in a temporary file
	maxParts    = 32 << 20 // all that is no cell, such as styles and pictures: the library unpacks it in memory
	inMemory    = 1 << 20  // a sheet up to here is unpacked in memory

	// maxTexts and maxTextParts bound the texts that cells share, unpacked, and the elements that they are made of, of which a
	// plain text has two. The library holds some hundred bytes for each text, so that these are 120 MB at worst; three
	// hundred thousand guests with three texts of their own stay below.
	maxTexts     = 64 << 20
	maxTextParts = 2_000_000
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

// checkWorkbook refuses what would take too much memory, before any of it is unpacked.
func checkWorkbook(ctx context.Context, spool *os.File) (*zip.Reader, error) {
	info, err := spool.Stat()
	if err != nil {
		return nil, err
	}
	z, err := zip.NewReader(spool, info.Size())
	if err != nil {
		return nil, damagedWorkbook(err)
	}
	var parts, sheets, aside uint64
	var texts, others, cells []*zip.File
	for _, f := range z.File {
		name := strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/")) // as the library looks for them
		if name == sharedTexts {
			texts = append(texts, f)
		}
		switch {
		case strings.HasPrefix(name, "xl/worksheets/sheet"):
			cells = append(cells, f)
		case name != sharedTexts && (strings.HasSuffix(name, ".xml") || strings.HasSuffix(name, ".rels")):
			others = append(others, f)
		}
		if strings.HasPrefix(name, "xl/worksheets/sheet") || name == sharedTexts {
			sheets += f.UncompressedSize64
			if f.UncompressedSize64 > inMemory {
				aside += f.UncompressedSize64
			}
		} else {
			parts += f.UncompressedSize64
		}
	}
	if info.Size() > maxWorkbook || sheets > maxSheets || parts > maxParts {
		return nil, tooLarge("this workbook is too large to be read as one")
	}
	if err := checkTexts(ctx, texts); err != nil {
		return nil, err
	}
	if err := checkElements(ctx, others); err != nil {
		return nil, err
	}
	for _, sheet := range cells {
		if _, err := scanSheet(ctx, sheet); err != nil {
			return nil, err
		}
	}
	return z, checkTempSpace(aside)
}

func tooLarge(problem string) error {
	return &Error{Problem: problem, Advice: "save its list as CSV UTF-8, which may be of any size"}
}

// sharedTexts is the part with the texts of all cells.
const sharedTexts = "xl/sharedstrings.xml"

// checkTexts refuses texts that would take too much memory. A part never unfolds to more than the archive says, but what the part
// says of the number of its texts is worth nothing, so they are counted.
func checkTexts(ctx context.Context, parts []*zip.File) error {
	size, elements := uint64(0), 0
	for _, part := range parts {
		if size += part.UncompressedSize64; size > maxTexts {
			return tooLarge(fmt.Sprintf("this workbook has more than %d MiB of texts", maxTexts>>20))
		}
		err := scanTags(ctx, part, func([]byte) error {
			if elements++; elements > maxTextParts {
				return tooLarge(fmt.Sprintf("this workbook has more than %d million texts", maxTextParts/2/1_000_000))
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// checkTempSpace makes sure that the temporary files of the library fit on the disk: when they do not it gives the numbers of texts for
// the texts, and says nothing.
func checkTempSpace(size uint64) error {
	if size == 0 {
		return nil
	}
	f, err := os.CreateTemp("", "guestflow-*")
	if err != nil {
		return &TempError{Folder: os.TempDir(), Cause: err}
	}
	_ = os.Remove(f.Name())                    // some systems cannot until it is closed
	_, err = io.CopyN(f, zeros{}, int64(size)) //nolint:gosec // at most maxSheets
	if closed := f.Close(); err == nil {
		err = closed
	}
	_ = os.Remove(f.Name())
	if err != nil {
		return &TempError{Folder: os.TempDir(), Cause: err}
	}
	return nil
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func damagedWorkbook(err error) error {
	if fault, is := asTempError(err); is {
		return fault
	}
	return &Error{Problem: "this workbook cannot be read", Advice: "save it again, or as CSV UTF-8: " + withoutPath(err), Cause: err}
}

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

func blank(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

// setDates gives days in ISO 8601, where numbers are shown as dates. How a date is shown is for people of one country, and may
// leave out its day.
func (s *sheetReader) setDates(shown []string, stored []storedCell) {
	for _, cell := range stored {
		if cell.number == "" || cell.column >= len(shown) || !s.isDate(cell.style) {
			continue
		}
		serial, err := strconv.ParseFloat(cell.number, 64)
		if err != nil || serial < 1 { // a time of no day
			continue
		}
		at, err := excelize.ExcelDateToTime(serial, s.since1904)
		if err != nil {
			continue
		}
		layout := "2006-01-02T15:04:05"
		if serial == math.Trunc(serial) {
			layout = time.DateOnly
		}
		shown[cell.column] = at.Round(time.Second).Format(layout)
	}
}

func (s *sheetReader) isDate(style int) bool {
	is, known := s.dated[style]
	if !known {
		if format, err := s.file.GetStyle(style); err == nil {
			is = showsDay(format)
		}
		s.dated[style] = is
	}
	return is
}

// notDay are the parts of a number format in which a letter is a letter, or stands for hours: texts, colours, "[h]" and "\d".
var notDay = regexp.MustCompile(`"[^"]*"|\[[^\]]*\]|\\.|_.|\*.|(?i)general`)

// showsDay tells a format of dates from those of numbers and of times of day: it has a day or a year. The numbers of formats that
// every spreadsheet knows are in ECMA-376 part 1, 18.8.30.
func showsDay(format *excelize.Style) bool {
	if format.CustomNumFmt != nil {
		return strings.ContainsAny(notDay.ReplaceAllString(*format.CustomNumFmt, ""), "dDyY")
	}
	n := format.NumFmt
	return n >= 14 && n <= 17 || n == 22 || n >= 27 && n <= 31 || n == 36 || n >= 50 && n <= 58
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
