package table

// struckTexts says of each text that cells of a workbook share whether some of it is struck through.
type struckTexts []bool

// see notes an element of the texts.
func (s *struckTexts) see(tag []byte) {
	switch string(tagName(tag)) {
	case "si":
		*s = append(*s, false)
	case "strike", "dstrike":
		if value := attr(tag, "val"); len(*s) > 0 && (value == "" || isTrue(value)) {
			(*s)[len(*s)-1] = true
		}
	}
}

// has reports whether some of a text is struck through.
func (s struckTexts) has(text int) bool { return text >= 0 && text < len(s) && s[text] }

// struckRemarks returns a remark for each cell that is struck through, by its own style or by that of a part of its
// text.
func (s *sheetReader) struckRemarks(stored []storedCell) (remarks []Remark) {
	for _, cell := range stored {
		if cell.column < s.width && (cell.struck || s.book.struck.has(cell.text) || s.book.isStruck(cell.style)) {
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
