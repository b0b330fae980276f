package table

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// alignColumns has sheets that are joined read in the order of the first one's columns, and refuses those that have
// others.
func (w *workbookReader) alignColumns(field func(string) string) error {
	first := w.sheets[0]
	for _, s := range w.sheets[1:] {
		var is bool
		if s.order, is = columnOrder(first.headerCells, s.headerCells, field); is {
			continue
		}
		return &Error{
			Problem: fmt.Sprintf("the sheets %q and %q have different columns, so they cannot be read as one list; the "+
				"headers are %s, and %s",
				first.name, s.name, quoteList(first.headerCells), quoteList(s.headerCells)),
			Advice: "give them the same header, or import them one by one: " + sheetChoice(first.name).Flag() +
				", then " +
				sheetChoice(s.name).Flag() + " (sheet in the profile, “Sheet” in the console)",
		}
	}
	return nil
}

// columnOrder returns where the columns of one header are in another, nil for the same places; false if one of either
// is not in the other. Names are the same by their letters, or as names of one field.
func columnOrder(header, other []string, field func(string) string) (order []int, is bool) {
	if len(header) != len(other) {
		return nil, false
	}
	taken, moved := make([]bool, len(other)), false
	for i, name := range header {
		at := -1
		for j, theirs := range other {
			if !taken[j] && sameColumn(name, theirs, field) && (at < 0 || j == i) {
				at = j
			}
		}
		if at < 0 {
			return nil, false
		}
		taken[at], moved = true, moved || at != i
		order = append(order, at)
	}
	if !moved {
		return nil, true
	}
	return order, true
}

func sameColumn(a, b string, field func(string) string) bool {
	if strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b)) || sameLetters(a, b) {
		return true
	}
	return field != nil && len(a) <= maxHeaderCell && len(b) <= maxHeaderCell && field(a) != "" && field(a) == field(b)
}

// inOrder puts a row's cells into the order of the first sheet's columns.
func (s *sheetReader) inOrder(cells []string, remarks []Remark) []string {
	if s.order == nil {
		return cells
	}
	moved := make([]string, len(s.order), max(len(cells), len(s.order)))
	for i, at := range s.order {
		if at < len(cells) {
			moved[i] = cells[at]
		}
	}
	for i := range remarks {
		remarks[i].Column = slices.Index(s.order, remarks[i].Column)
	}
	return append(moved, cells[min(len(cells), len(s.order)):]...)
}

// inOrderOfColours puts the colours of a row's cells into the order of the first sheet's columns.
func (s *sheetReader) inOrderOfColours(colours []cellColours) []cellColours {
	if s.order == nil || colours == nil {
		return colours
	}
	moved := make([]cellColours, len(s.order))
	for i, at := range s.order {
		if at < len(colours) {
			moved[i] = colours[at]
		}
	}
	return moved
}

// headerlessSheet names the sheet that has no header among others that are joined, and asks whether it is left out.
func headerlessSheet(err error, name string, names []string) error {
	e, is := errors.AsType[*Error](err)
	q, asks := errors.AsType[*Question](err)
	if !is || !asks || len(names) < 2 || len(q.Choices) == 0 || q.Choices[0].Option != "header-row" {
		return err
	}
	others := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == name })
	if strings.Contains(strings.Join(others, ""), ",") {
		return &Error{Line: e.Line, Problem: fmt.Sprintf("the sheet %q: %s", name, e.Problem),
			Advice: "give it the header of the other sheets"}
	}
	asked := newQuestion(e.Line, fmt.Sprintf("the sheet %q: %s", name, e.Problem),
		Choice{Option: "sheet", Value: strings.Join(others, ", ")})
	asked.Advice = "give it the header of the other sheets; or leave it out: " +
		strings.TrimPrefix(asked.Advice, "choose: ")
	return asked
}
