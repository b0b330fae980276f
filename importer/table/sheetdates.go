package table

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// setDates writes days in ISO 8601 where numbers are shown as dates. How a date is shown is meant for people of one
// country, and may leave out its day.
func (w *workbookReader) setDates(shown []string, stored []storedCell) {
	for _, cell := range stored {
		if cell.number == "" || cell.column >= len(shown) || !w.isDate(cell.style) {
			continue
		}
		serial, err := strconv.ParseFloat(cell.number, 64)
		if err != nil || serial < 1 { // a time of no day
			continue
		}
		at, err := excelize.ExcelDateToTime(serial, w.since1904)
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

func (w *workbookReader) isDate(style int) bool {
	is, known := w.dated[style]
	if !known {
		if format, err := w.file.GetStyle(style); err == nil {
			is = showsDay(format)
		}
		w.dated[style] = is
	}
	return is
}

// notDay are the parts of a number format in which a letter is a letter, or stands for hours: texts, colours, "[h]" and
// "\d".
var notDay = regexp.MustCompile(`"[^"]*"|\[[^\]]*\]|\\.|_.|\*.|(?i)general`)

// showsDay reports whether a format is one of dates, and not of numbers or times of day: it has a day or a year. The
// numbers of formats that every spreadsheet knows are in ECMA-376 part 1, 18.8.30.
func showsDay(format *excelize.Style) bool {
	if format.CustomNumFmt != nil {
		return strings.ContainsAny(notDay.ReplaceAllString(*format.CustomNumFmt, ""), "dDyY")
	}
	n := format.NumFmt
	return n >= 14 && n <= 17 || n == 22 || n >= 27 && n <= 31 || n == 36 || n >= 50 && n <= 58
}
