package table

import (
	"slices"
	"strconv"
)

// textStyles says how the texts that cells of a workbook share are written, where a part of one is written otherwise
// than its cell.
type textStyles struct {
	struck  []bool            // by text: some of it is struck through
	colours map[int]runColour // by text: the first colour of a part of it
}

// runColour is the colour of a part of a text, as a workbook writes it.
type runColour struct {
	rgb, indexed, theme, tint string
}

// maxColouredTexts bounds the texts whose colours are kept.
const maxColouredTexts = 200_000

// see notes an element of the texts.
func (s *textStyles) see(tag []byte) {
	switch string(tagName(tag)) {
	case "si":
		s.struck = append(s.struck, false)
	case "strike", "dstrike":
		if value := attr(tag, "val"); len(s.struck) > 0 && (value == "" || isTrue(value)) {
			s.struck[len(s.struck)-1] = true
		}
	case "color":
		c := runColour{attr(tag, "rgb"), attr(tag, "indexed"), attr(tag, "theme"), attr(tag, "tint")}
		text := len(s.struck) - 1
		if _, known := s.colours[text]; known || c.isPlain() || len(s.colours) >= maxColouredTexts {
			return
		}
		if s.colours == nil {
			s.colours = map[int]runColour{}
		}
		s.colours[text] = c
	}
}

// isPlain reports whether a colour is that of letters which have none of their own.
func (c runColour) isPlain() bool {
	isSystems := c.indexed == "" || c.indexed == "8" || c.indexed == "64"
	return c.theme == "1" || c.rgb == "FF000000" || c.rgb == "" && c.theme == "" && isSystems
}

// nameOf returns the name of such a colour; "" for black and none.
func (w *workbookReader) nameOf(c runColour) string {
	if c == (runColour{}) {
		return ""
	}
	var theme *int
	if n, err := strconv.Atoi(c.theme); err == nil {
		theme = &n
	}
	indexed, _ := strconv.Atoi(c.indexed) // 0 where there is none
	tint, _ := strconv.ParseFloat(c.tint, 64)
	return colourName(w.rgbOf(c.rgb, indexed, theme, tint))
}

// has reports whether some of a text is struck through.
func (s *textStyles) has(text int) bool { return text >= 0 && text < len(s.struck) && s.struck[text] }

// lacks reports whether one of a row's cells has a text that the workbook does not have, as one that was damaged: the
// library would show nothing there, or the text's number.
func (s *textStyles) lacks(stored []storedCell) bool {
	return slices.ContainsFunc(stored, func(cell storedCell) bool { return cell.text >= len(s.struck) })
}

// struckRemarks returns a remark for each cell that is struck through, by its own style or by that of a part of its
// text.
func (s *sheetReader) struckRemarks(stored []storedCell) (remarks []Remark) {
	for _, cell := range stored {
		if cell.column < s.width && (cell.struck || s.book.written.has(cell.text) || s.book.isStruck(cell.style)) {
			remarks = append(remarks, Remark{Kind: struckThrough, Column: cell.column})
		}
	}
	return remarks
}

// isStruck reports whether a style strikes its text through.
func (w *workbookReader) isStruck(style int) bool {
	is, known := w.struckStyles[style]
	if !known {
		if format, err := w.file.GetStyle(style); err == nil && format.Font != nil {
			is = format.Font.Strike
		}
		w.struckStyles[style] = is
	}
	return is
}

// checkStruck says of a record whether it is struck through: the guest's address or name, or half of its cells. A phone
// number that is struck through beside a new one says nothing of the guest.
func (r *Reader) checkStruck(rec *Record) {
	struck, filled, kept := 0, filledCells(rec.Cells), rec.Remarks[:0]
	for _, remark := range rec.Remarks {
		if remark.Kind != struckThrough {
			kept = append(kept, remark)
			continue
		}
		if at := remark.Column; at >= 0 && at < len(rec.Cells) && rec.Cells[at] != "" {
			struck++
			rec.Struck = rec.Struck || at == r.email || r.names[at]
		}
	}
	rec.Remarks, rec.Struck = kept, rec.Struck || struck > 0 && 2*struck >= filled
}
