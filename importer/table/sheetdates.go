package table

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

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
