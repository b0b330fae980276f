package table

import (
	"regexp"
	"strings"
)

// Number formats change what a cell shows: ;;; shows nothing, @" guest" adds a word to each text, and 0, leaves out
// three digits. A name or a code is what is stored then. Formats by which codes have their zeros, and dates their
// days, stay.

// readStored has cells read as they are stored where their format hides or changes that, and notes the formats'
// numbers.
func (w *workbookReader) readStored() {
	w.changing, w.changes = map[int]bool{}, map[int]bool{}
	// which loads the styles
	if _, err := w.file.GetStyle(0); err != nil || w.file.Styles == nil || w.file.Styles.NumFmts == nil {
		return
	}
	for _, format := range w.file.Styles.NumFmts.NumFmt {
		code := format.FormatCode
		if format.FormatCode16 != "" {
			code = format.FormatCode16
		}
		if stored := storedFormat(code); stored != code {
			format.FormatCode, format.FormatCode16 = stored, ""
			w.changing[format.NumFmtID] = true
		}
	}
}

const general = "General"

// storedFormat returns a number format that shows numbers and texts as far as they are stored: the same for most.
func storedFormat(code string) string {
	sections := formatSections(code)
	last := len(sections) - 1
	isOfText := len(sections) > 3 || strings.Contains(withoutLiterals.ReplaceAllString(sections[last], ""), "@")
	switch {
	case last > 0 && showsNothing(sections[0]), scaled.MatchString(withoutLiterals.ReplaceAllString(sections[0], "")):
		return general
	case isOfText && strings.TrimSpace(withoutColours.ReplaceAllString(sections[last], "")) != "@":
		sections[last] = "@"
		return strings.Join(sections, ";")
	}
	return code
}

var (
	withoutLiterals = regexp.MustCompile(`"[^"]*"|\[[^\]]*\]|\\.|_.|\*.`)
	withoutColours  = regexp.MustCompile(`\[[^\]]*\]|_.|\*.`)
	// scaled are formats that show a number in thousands.
	scaled = regexp.MustCompile(`[0#?],+($|[^0#?,])`)
)

// showsNothing reports whether a section of a format shows neither digits nor text.
func showsNothing(section string) bool {
	section = strings.NewReplacer(`\ `, "", `"`, "").Replace(withoutColours.ReplaceAllString(section, ""))
	return strings.TrimSpace(section) == ""
}

// formatSections splits a number format into those for positive and negative numbers, zeros and texts.
func formatSections(code string) (sections []string) {
	from, quoted := 0, false
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && !quoted:
			i++
		case c == ';' && !quoted:
			sections, from = append(sections, code[from:i]), i+1
		}
	}
	return append(sections, code[min(from, len(code)):])
}

// isChanged reports whether a style shows its cells otherwise than they are stored.
func (w *workbookReader) isChanged(style int) bool {
	is, known := w.changes[style]
	if !known && len(w.changing) > 0 {
		if s := w.file.Styles; s.CellXfs != nil && style >= 0 && style < len(s.CellXfs.Xf) &&
			s.CellXfs.Xf[style].NumFmtID != nil {
			is = w.changing[*s.CellXfs.Xf[style].NumFmtID]
		}
		w.changes[style] = is
	}
	return is
}

// formatRemarks returns a remark for each filled cell of the list that is shown otherwise than it is stored, and
// reads a number that is not shown at all.
func (s *sheetReader) formatRemarks(cells []string, stored []storedCell) (_ []string, remarks []Remark) {
	const text = "the cell's number format shows it otherwise, or not at all; what is stored in the cell is taken"
	for _, cell := range stored {
		if cell.column >= s.width {
			continue
		}
		for cell.column >= len(cells) {
			cells = append(cells, "")
		}
		isHidden := cells[cell.column] == "" && strings.Trim(cell.number, "0.") != ""
		if isHidden {
			cells[cell.column] = cell.number
		}
		if isHidden || cells[cell.column] != "" && s.book.isChanged(cell.style) {
			remarks = append(remarks, Remark{Kind: ShownOtherwise, Column: cell.column, Text: text})
		}
	}
	return cells, remarks
}
