package table

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
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
	year1920    = 7306     // as a sheet counts days; smaller numbers are hardly ever dates
)

// sheet reads a workbook's sheet. Each row is read twice, as it is shown and as it is stored, because each alone misleads:
// what is stored of a barcode has lost the zeros it is shown with, and what is shown of a date may be 06-01-26.
type sheet struct {
	file          *excelize.File
	shown, stored *excelize.Rows
	since1904     bool
	row           int
	width         int // of the header
}

// openSheet closes the spool on its way: the library has read it whole.
func openSheet(spool *os.File, name string) (*sheet, string, error) {
	if err := fits(spool); err != nil {
		return nil, "", err
	}
	file, err := excelize.OpenReader(io.NewSectionReader(spool, 0, maxWorkbook), excelize.Options{UnzipSizeLimit: maxSheets, UnzipXMLSizeLimit: inMemory})
	if err != nil {
		return nil, "", damagedWorkbook(err)
	}
	s := &sheet{file: file}
	if name, err = s.find(name); err == nil {
		err = s.start(name)
	}
	if err != nil {
		return nil, "", errors.Join(err, s.close())
	}
	_ = spool.Close() // only read
	return s, name, nil
}

func (s *sheet) start(name string) (err error) {
	if s.shown, err = s.file.Rows(name); err != nil {
		return damagedWorkbook(err)
	}
	if s.stored, err = s.file.Rows(name); err != nil {
		return damagedWorkbook(err)
	}
	props, err := s.file.GetWorkbookProps()
	if err != nil {
		return damagedWorkbook(err)
	}
	s.since1904 = props.Date1904 != nil && *props.Date1904
	return nil
}

// fits refuses what would take too much memory, before any of it is unpacked.
func fits(spool *os.File) error {
	info, err := spool.Stat()
	if err != nil {
		return err
	}
	z, err := zip.NewReader(spool, info.Size())
	if err != nil {
		return damagedWorkbook(err)
	}
	var parts, sheets uint64
	for _, f := range z.File {
		name := strings.ToLower(f.Name)
		if strings.HasPrefix(name, "xl/worksheets/sheet") || name == "xl/sharedstrings.xml" {
			sheets += f.UncompressedSize64
		} else {
			parts += f.UncompressedSize64
		}
	}
	if info.Size() > maxWorkbook || sheets > maxSheets || parts > maxParts {
		return &Error{Problem: "this workbook is too large to be read as one", Advice: "save its list as CSV UTF-8, which may be of any size"}
	}
	return nil
}

func damagedWorkbook(err error) error {
	return &Error{Problem: "this workbook cannot be read", Advice: "save it again, or as CSV UTF-8: " + nameless(err), Cause: err}
}

// find gives the sheet of that name, or the first one that is not hidden.
func (s *sheet) find(name string) (string, error) {
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

// read gives the next row that is not blank.
func (s *sheet) read() (Record, error) {
	for s.shown.Next() && s.stored.Next() {
		s.row++
		cells, err := s.shown.Columns()
		if err != nil {
			return Record{}, damagedWorkbook(err)
		}
		stored, err := s.stored.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return Record{}, damagedWorkbook(err)
		}
		if cells = s.fit(s.withDates(cells, stored)); cells != nil {
			return Record{Line: s.row, Cells: cells}, nil
		}
	}
	if err := errors.Join(s.shown.Error(), s.stored.Error()); err != nil {
		return Record{}, damagedWorkbook(err)
	}
	return Record{}, io.EOF
}

// fit drops empty cells at the end, which a sheet has wherever somebody once clicked, and adds those that it leaves out. It
// gives nil for a blank row.
func (s *sheet) fit(cells []string) []string {
	for len(cells) > s.width && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	if blank(cells) {
		return nil
	}
	if s.width == 0 {
		s.width = len(cells)
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

func (s *sheet) withDates(shown, stored []string) []string {
	for i, as := range shown {
		if i < len(stored) && stored[i] != as {
			if date, is := s.date(as, stored[i]); is {
				shown[i] = date
			}
		}
	}
	return shown
}

// date gives a day in ISO 8601 when a number is shown as one: its parts are the day, and the year or the month, of the date
// that the number stands for. A library that streams rows does not tell their formats.
func (s *sheet) date(shown, stored string) (string, bool) {
	serial, err := strconv.ParseFloat(stored, 64)
	if err != nil || serial < year1920 {
		return "", false
	}
	at, err := excelize.ExcelDateToTime(serial, s.since1904)
	if err != nil {
		return "", false
	}
	at = at.Round(time.Second)
	var day, other bool
	for part := range strings.FieldsFuncSeq(shown, func(r rune) bool { return r < '0' || r > '9' }) {
		n, err := strconv.Atoi(part)
		if err != nil {
			return "", false
		}
		switch {
		case !day && n == at.Day():
			day = true
		case n == at.Year(), n == at.Year()%100, n == int(at.Month()):
			other = true
		}
	}
	if !day || !other {
		return "", false
	}
	if serial == math.Trunc(serial) {
		return at.Format(time.DateOnly), true
	}
	return at.Format("2006-01-02T15:04:05"), true
}

// encoding is not a question that a workbook leaves open.
func (s *sheet) encoding() Encoding { return "" }

func (s *sheet) close() error {
	var all []error
	for _, rows := range []*excelize.Rows{s.shown, s.stored} {
		if rows != nil {
			all = append(all, rows.Close())
		}
	}
	return errors.Join(append(all, s.file.Close())...)
}
