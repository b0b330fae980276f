package table

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// checkApostrophes marks a row whose cells are quoted by apostrophes, in a list that is not: all of them, or one with
// an apostrophe that is escaped.
func (r *Reader) checkApostrophes(rec *Record) {
	quoted, others := 0, 0
	for _, cell := range rec.Cells {
		switch {
		case cell == "":
		case len(cell) < 3 || cell[0] != '\'' || cell[len(cell)-1] != '\'':
			others++
		case strings.Contains(cell[1:len(cell)-1], "''"), strings.Contains(cell, `\'`):
			rec.Fault, rec.Column = BrokenQuotes, 1
			return
		default:
			quoted++
		}
	}
	if quoted > 1 && others == 0 {
		rec.Fault, rec.Column = BrokenQuotes, 1
	}
}

// cutLine is a line with one cell where a row should be: it may be a title, or the beginning of the row in the next
// line.
type cutLine struct {
	line int
	text string
}

// checkCutLine marks a row whose beginning stands in the line before it: it goes on with a small letter, with which
// neither names nor titles begin, or with nothing where its name should be.
func (r *Reader) checkCutLine(rec *Record) {
	before := r.cut
	if r.cut = (cutLine{}); rec.Fault == Ragged && len(rec.Cells) == 1 && !blank(rec.Cells) {
		r.cut = cutLine{rec.Line, rec.Cells[0]}
	}
	if rec.Fault != NoFault || before.line == 0 || rec.Line != before.line+1 {
		return
	}
	if strings.TrimSpace(rec.Cells[0]) == "" && r.names[0] {
		rec.Fault = CutRow
	}
	if !beginsSmall(rec.Cells[0]) {
		return
	}
	if r.email != 0 || beginsSmall(before.text) { // addresses are written small, below a title too
		rec.Fault = CutRow
	}
}

func beginsSmall(text string) bool {
	c, _ := utf8.DecodeRuneInString(strings.TrimSpace(text))
	return unicode.IsLower(c) || c == '-' || c == '\''
}
