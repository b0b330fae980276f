package table

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// People colour the rows of a list: red has declined, grey is done. What a colour means is not in the workbook, so a
// row has the name of its colour, and who is meant is asked. Read are the cells' own fills and fonts, and those of parts
// of their texts; what a table's style draws is none of them, and so is no sign. Of a rule of the sheet (conditional
// formatting) the column is named: rowrules.go.

// cellColours are those of a style, by their names; "" for none.
type cellColours struct{ fill, font string }

// coloursOf returns the colours of a style.
func (w *workbookReader) coloursOf(style int) cellColours {
	c, known := w.colours[style]
	if !known {
		c = w.readColours(style)
		w.colours[style] = c
	}
	return c
}

func (w *workbookReader) readColours(style int) (c cellColours) {
	// which loads the styles
	if _, err := w.file.GetStyle(style); err != nil || w.file.Styles == nil || w.file.Styles.CellXfs == nil {
		return c
	}
	s := w.file.Styles
	if style < 0 || style >= len(s.CellXfs.Xf) {
		return c
	}
	xf := s.CellXfs.Xf[style]
	if i := xf.FillID; s.Fills != nil && i != nil && *i >= 0 && *i < len(s.Fills.Fill) && s.Fills.Fill[*i] != nil {
		if p := s.Fills.Fill[*i].PatternFill; p != nil && p.PatternType != "" && p.PatternType != "none" && p.FgColor != nil {
			c.fill = colourName(w.rgbOf(p.FgColor.RGB, p.FgColor.Indexed, p.FgColor.Theme, p.FgColor.Tint))
		}
	}
	if i := xf.FontID; s.Fonts != nil && i != nil && *i >= 0 && *i < len(s.Fonts.Font) && s.Fonts.Font[*i] != nil {
		if f := s.Fonts.Font[*i].Color; f != nil {
			c.font = colourName(w.rgbOf(f.RGB, f.Indexed, f.Theme, f.Tint))
		}
	}
	return c
}

// officeColours are those of a theme that a workbook does not bring, by their numbers.
var officeColours = []string{"FFFFFF", "000000", "E7E6E6", "44546A", "4472C4", "ED7D31", "A5A5A5", "FFC000", "5B9BD5",
	"70AD47"}

// rgbOf returns a colour as six digits, or "".
func (w *workbookReader) rgbOf(rgb string, indexed int, theme *int, tint float64) string {
	rgb = strings.ToUpper(rgb)
	if theme == nil && rgb == "" && (indexed < 0 || indexed >= 64) { // the system's own
		return ""
	}
	base := w.file.GetBaseColor(rgb, indexed, theme)
	if theme != nil && w.file.Theme == nil && *theme >= 0 && *theme < len(officeColours) {
		base = officeColours[*theme]
	}
	if len(base) == 8 {
		base = base[2:]
	}
	if len(base) != 6 || strings.Trim(base, "0123456789ABCDEFabcdef") != "" {
		return ""
	}
	return strings.TrimPrefix(excelize.ThemeColor(base, tint), "FF")
}

// colourName returns the name of a colour; "" for black, white and what is hardly another one.
func colourName(rgb string) string {
	n, err := strconv.ParseUint(rgb, 16, 32)
	if err != nil || len(rgb) != 6 {
		return ""
	}
	const darkest, palest, light, grey = 0.12, 0.97, 0.75, 0.12
	hue, saturation, lightness := excelize.RGBToHSL(uint8(n>>16), uint8(n>>8), uint8(n))
	name := "grey"
	switch {
	case lightness < darkest, lightness > palest, saturation < grey && lightness < 2*darkest:
		return ""
	case saturation >= grey:
		name = hueName(360*hue, lightness)
	}
	if lightness > light {
		return "light " + name
	}
	return name
}

func hueName(degrees, lightness float64) string {
	const dark = 0.35
	switch {
	case degrees < 15:
		return "red"
	case degrees < 45 && lightness < dark:
		return "brown"
	case degrees < 45:
		return "orange"
	case degrees < 70:
		return "yellow"
	case degrees < 165:
		return "green"
	case degrees < 195:
		return "turquoise"
	case degrees < 255:
		return "blue"
	case degrees < 290:
		return "purple"
	case degrees < 345:
		return "pink"
	}
	return "red"
}

// coloursIn returns the colours of the cells of a row, by column; nil for a row without any.
func (s *sheetReader) coloursIn(stored []storedCell, width int) (list []cellColours) {
	for _, cell := range stored {
		c := s.book.coloursOf(cell.style)
		if c.font == "" { // of the cell; a part of its text may have one
			c.font = s.book.nameOf(cmp.Or(cell.written, s.book.written.colours[cell.text]))
		}
		if c == (cellColours{}) || cell.column >= width {
			continue
		}
		if list == nil {
			list = make([]cellColours, width)
		}
		list[cell.column] = c
	}
	return list
}

// rowColour returns the colour of a row: the fill of its names or of most of its cells, else that of their letters. An
// address has blue letters wherever it is a link.
func (r *Reader) rowColour(rec Record) string {
	if len(rec.colours) == 0 {
		return ""
	}
	fill := func(i int) string { return rec.colours[i].fill }
	font := func(i int) string {
		if c := rec.colours[i].font; c != "blue" || !isAddress(rec.Cells[i]) {
			return c
		}
		return ""
	}
	if name := r.mostColour(rec, fill); name != "" {
		return name
	}
	return r.mostColour(rec, font)
}

// mostColour returns the colour of a row's names, or of more than half of its filled cells.
func (r *Reader) mostColour(rec Record, of func(column int) string) string {
	counts, filled := map[string]int{}, filledCells(rec.Cells)
	for i, cell := range rec.Cells {
		if i >= len(rec.colours) || strings.TrimSpace(cell) == "" || of(i) == "" {
			continue
		}
		if counts[of(i)]++; r.names[i] || 2*counts[of(i)] > filled {
			return of(i)
		}
	}
	return ""
}
