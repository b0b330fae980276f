package rows

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"guestflow/importer/rowstatus"
	"guestflow/importer/table"
)

// sections follows the headings amid a list, so that each row has those above it: of guests below “Declined” it is
// asked whether they are meant.
type sections struct {
	sheet   string
	text    string
	aside   bool // the guests below it may not be meant
	form    headingForm
	heading bool // the record before was one
	last    int  // its line
	reads   bool // a person has said that what looks like a heading is a guest
}

// headingForm is where a heading stands, and how it is written: headings of one level have the same.
type headingForm struct {
	column  int
	gap     bool // behind a blank line
	capital bool
	sign    rune
}

// maxHeadingText is how long a heading is at most, in bytes. What is longer is a note.
const maxHeadingText = 60

// start begins with the titles above the header.
func (s *sections) start(above []string) {
	for _, title := range above {
		if aside, _ := rowstatus.MeaningOfLabel(title); aside && len(title) <= maxHeadingText {
			s.text, s.aside = title, true
			return
		}
	}
}

// follow returns the section of a record. A heading that says that those below it do not come is no guest.
func (s *sections) follow(rec *table.Record) string {
	if rec.Sheet != s.sheet {
		*s = sections{sheet: rec.Sheet, text: s.text, aside: s.aside, last: s.last, reads: s.reads}
		if s.last > 0 { // the title is the first sheet's
			s.text, s.aside = "", false
		}
	}
	text, form := headingOf(*rec)
	form.gap = rec.Line > s.last+1 && s.last > 0
	s.last = rec.Line
	aside := false
	if text != "" {
		aside, _ = rowstatus.MeaningOfLabel(text)
	}
	if text == "" || rec.Fault == table.NoFault && !aside {
		s.heading = false
		return s.text
	}
	if s.aside && !aside && (s.heading || form != s.form) { // a part of it, or a note in it
		s.text += " / " + text
	} else {
		s.text, s.aside, s.form = text, aside, form
	}
	if s.heading = true; !s.reads && rec.Fault == table.NoFault {
		rec.Fault = table.Note
	}
	return s.text
}

// headingOf returns what a record says that may be a heading: one with a filled cell, or with two of which no field can
// come; "" for any other.
func headingOf(rec table.Record) (text string, form headingForm) {
	form.column = -1
	filled, second := 0, ""
	for i, cell := range rec.Cells {
		if cell = strings.TrimSpace(cell); cell == "" {
			continue
		}
		switch filled++; filled {
		case 1:
			form.column, text = i, cell
		case 2:
			second = cell
		default:
			return "", form
		}
	}
	if text = strings.TrimSpace(text + " " + second); len(text) > maxHeadingText {
		return "", form
	}
	switch {
	case filled == 0, filled == 2 && rec.Fault == table.NoFault, strings.Contains(text, "@"),
		rec.Fault == table.Totals, rec.Fault == table.OtherTable, rec.Fault == table.RepeatedHeader,
		!strings.ContainsFunc(text, unicode.IsLetter):
		return "", form
	}
	form.capital = strings.ToUpper(text) == text
	if r, _ := utf8.DecodeRuneInString(text); !unicode.IsLetter(r) {
		form.sign = r
	}
	return text, form
}
