package table

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/xuri/excelize/v2"
)

// allSheets is the Sheet that stands for all visible ones with guests, unless a sheet has this name.
const allSheets = "all"

// chooseSheets returns the names of the sheets to read. Where several visible ones have guests, it asks which are
// meant.
func (w *workbookReader) chooseSheets(o Options) ([]string, error) {
	if o.Sheet != "" {
		return w.namedSheets(o)
	}
	visible := w.visibleSheets()
	if len(visible) == 0 {
		return nil, &Error{Problem: "this workbook has no visible sheet",
			Advice: "name the sheet (--sheet, sheet in the profile, “Sheet” in the console), or save it as CSV UTF-8"}
	}
	if o.Field == nil {
		return visible[:1], nil
	}
	lists, err := w.guestSheets(o)
	if err != nil {
		return nil, err
	}
	switch {
	case len(lists) == 0:
		return w.firstWithRows(visible)
	case len(lists) == 1 && lists[0] == visible[0]:
		return lists, nil
	case len(lists) == 1:
		return nil, newQuestion(0, fmt.Sprintf("the first sheet, %q, has no guests, and %q seems to", visible[0],
			lists[0]), sheetChoice(lists[0]))
	}
	var choices, others []Choice
	for _, name := range lists {
		if choice := sheetChoice(name); o.NotMeant == nil || !o.NotMeant(choice.Value) {
			choices = append(choices, choice)
		} else {
			others = append(others, choice)
		}
	}
	choices = append(choices, others...)
	joined, err := w.alikeSheets(lists, o)
	_, named := sheetNamed(w.file.GetSheetList(), allSheets)
	switch {
	case err != nil:
		return nil, err
	case len(joined) == len(lists) && !named:
		choices = append(choices, Choice{Option: "sheet", Value: allSheets})
	case len(joined) > 1 && !strings.Contains(strings.Join(joined, ""), ","):
		choices = append(choices, sheetChoice(strings.Join(joined, ", ")))
	}
	return nil, newQuestion(0, fmt.Sprintf("%d sheets of this workbook look like lists of guests (%s), and one of them "+
		"is meant, or several with the same columns",
		len(lists), quoteList(lists)), choices...)
}

// alikeSheets returns those of some sheets that can be read as one list with the first of them.
func (w *workbookReader) alikeSheets(names []string, o Options) (alike []string, err error) {
	var first []string
	for _, name := range names {
		l, err := findTable(w.file, name, o)
		if _, is := errors.AsType[*Error](err); is { // such as one without a header
			continue
		}
		if err != nil {
			return nil, err
		}
		if first == nil {
			first = l.headerCells
		}
		if _, is := columnOrder(first, l.headerCells, o.Field); is {
			alike = append(alike, name)
		}
	}
	return alike, nil
}

// firstWithRows returns the first visible sheet, where none looks like guests; if it is blank, it asks for another.
func (w *workbookReader) firstWithRows(visible []string) ([]string, error) {
	var choices []Choice
	for i, name := range visible {
		if _, err := sheetPart(w.zip, w.file, name); err != nil {
			continue
		}
		rows, _, err := firstRows(w.file, name, 1)
		switch {
		case err != nil:
			return nil, err
		case len(rows) > 0 && i == 0:
			return visible[:1], nil
		case len(rows) > 0:
			choices = append(choices, sheetChoice(name))
		}
	}
	if len(choices) == 0 {
		return visible[:1], nil
	}
	return nil, newQuestion(0, fmt.Sprintf("the first sheet, %q, is blank, and another one may be meant", visible[0]),
		choices...)
}

// namedSheets returns the sheets that the options name: one, several between commas, or all.
func (w *workbookReader) namedSheets(o Options) ([]string, error) {
	all := w.file.GetSheetList()
	if name, is := sheetNamed(all, o.Sheet); is {
		return []string{name}, nil
	}
	if strings.EqualFold(strings.TrimSpace(o.Sheet), allSheets) {
		lists, err := w.guestSheets(o)
		if err == nil && len(lists) == 0 {
			lists = w.visibleSheets()[:1]
		}
		return lists, err
	}
	var names []string
	for wanted := range strings.SplitSeq(o.Sheet, ",") {
		name, is := sheetNamed(all, wanted)
		if !is {
			return nil, &Error{
				Problem: fmt.Sprintf("this workbook has no sheet %q; it has %s", strings.TrimSpace(wanted), quoteList(all)),
				Advice:  "correct the sheet's name (--sheet, sheet in the profile, “Sheet” in the console)",
			}
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names, nil
}

func sheetNamed(all []string, name string) (string, bool) {
	name = strings.TrimSpace(name)
	for _, form := range []func(string) string{strings.TrimSpace, seenName} {
		if i := slices.IndexFunc(all, func(sheet string) bool { return strings.EqualFold(form(sheet), name) }); i >= 0 {
			return all[i], true
		}
	}
	return "", false
}

// sheetChoice is the answer that a sheet is meant.
func sheetChoice(name string) Choice { return Choice{Option: "sheet", Value: seenName(name)} }

// seenName is a sheet's name without what is not seen of it, and could not be typed.
func seenName(name string) string {
	isUnseen := func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }
	if !strings.ContainsFunc(name, isUnseen) {
		return strings.TrimSpace(name)
	}
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Cf, r):
			return -1
		case isUnseen(r):
			return ' '
		}
		return r
	}, name)
	return strings.Join(strings.Fields(name), " ")
}

// maxHeaderRows is how many rows of a sheet are searched for its header.
const maxHeaderRows = 30

// firstRows returns the first rows of a sheet that are not blank, and their numbers.
func firstRows(file *excelize.File, name string, most int) (rows [][]string, at []int, err error) {
	in, err := file.Rows(name)
	if err != nil {
		return nil, nil, damagedWorkbook(err)
	}
	defer in.Close()
	for row := 1; in.Next() && len(rows) < most && row < 10*maxHeaderRows; row++ {
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

// sheetLayout is how a table lies in its sheet.
type sheetLayout struct {
	first          int // the row of the header, or 0 for the first that is not blank
	unnamedColumns int // how many columns a sheet without a header has
	headerCells    []string
	joined         []string // its cells, where it stands over several rows, up to the row first
	sample         [][]string
	above          []string // rows before the header, the first ones
	field          func(string) string
}

func findTable(file *excelize.File, name string, o Options) (l sheetLayout, err error) {
	l.field = o.Field
	rows, at, err := firstRows(file, name, maxHeaderRows)
	if err != nil || len(rows) == 0 {
		return l, err
	}
	header := 0
	switch {
	case o.HeaderRow == noHeader:
		l.first, l.sample = at[0], rows
		for _, cells := range rows {
			l.unnamedColumns = max(l.unnamedColumns, len(cells))
		}
		return l, nil
	case o.HeaderRow != "":
		var last int
		l.first, last, _ = o.headerRows()
		if header = slices.IndexFunc(at, func(row int) bool { return row >= l.first }); header < 0 {
			return l, nil
		}
		if end := header + last - l.first; end > header && end < len(rows) && at[end] == last {
			l.joined, l.first, header = joinHeader(rows[header:end+1], o.Field), last, end
		}
	case o.Field != nil:
		counts := make([]cellCounts, len(rows))
		for i, cells := range rows {
			counts[i] = countCells(cells, o.Field)
		}
		if header, err = findHeaderRow(counts, at, o.Field); err != nil {
			return l, err
		}
		if l.first = at[header]; hasGroups(counts, at) {
			l.joined = joinHeader(rows[:2], o.Field)
		}
	}
	l.headerCells, l.sample = slices.Clone(rows[header]), rows[header+1:]
	if l.joined != nil {
		l.headerCells = slices.Clone(l.joined)
	}
	l.above = slices.DeleteFunc(titles(rows[:header]), func(text string) bool {
		colour, _ := parseLegend(text)
		return colour != ""
	})
	for n := len(l.headerCells); n > 0 && strings.TrimSpace(l.headerCells[n-1]) == ""; n-- {
		l.headerCells = l.headerCells[:n-1]
	}
	if err := checkTurned(l.headerCells, l.sample, at[header], o); err != nil {
		return l, err
	}
	if len(l.sample) > 0 && at[header+1] == at[header]+1 {
		if err := checkHeaderGoesOn(l.headerCells, l.sample[0], at[header], o); err != nil {
			return l, err
		}
	}
	return l, checkSideBySide(l.headerCells, at[header], o)
}
