package table

import (
	"fmt"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"guestflow/importer/plural"
)

// A sheet may colour its rows by a rule (conditional formatting): those whose status is “cancelled” are red. The colour
// is in no cell, but the rule names the column that decides, which is often the one that says who is meant. It is said
// with the plan. What a rule would draw is not computed.

// maxRowRules is how many rules of a sheet are kept.
const maxRowRules = 20

// rowRule is a rule by which a sheet colours cells.
type rowRule struct {
	columns []int    // that decide
	texts   []string // with which they are compared
}

// rowRuleScan collects the rules of a sheet.
type rowRuleScan struct {
	rules     []rowRule
	filter    []int  // columns with a filter
	filterAt  int    // where filters begin
	first     int    // the first column that the rules colour
	wide      bool   // and they colour others too
	isText    bool   // the rule compares texts
	text      string // with this one
	isFormula bool
}

// see notes a tag.
func (s *rowRuleScan) see(name string, tag []byte) {
	switch name {
	case "conditionalFormatting":
		area, _, _ := strings.Cut(attr(tag, "sqref"), " ")
		r, is := parseMergedRange(area)
		s.first, s.wide = r.left, is && r.right > r.left
		if !is {
			column, _, err := excelize.CellNameToCoordinates(area)
			if s.first = column - 1; err != nil {
				s.first = -1
			}
		}
	case "cfRule":
		kind := attr(tag, "type")
		s.text = attr(tag, "text")
		s.isText = slices.Contains([]string{"containsText", "beginsWith", "endsWith", "notContainsText"}, kind)
		if s.isText && s.first >= 0 {
			s.add(rowRule{columns: []int{s.first}, texts: []string{s.text}})
		}
		s.isFormula = kind == "expression" || kind == "cellIs"
	case "autoFilter":
		r, _ := parseMergedRange(attr(tag, "ref"))
		s.filterAt = r.left
	case "filterColumn":
		if n, err := strconv.Atoi(attr(tag, "colId")); err == nil && len(s.filter) < maxRowRules {
			s.filter = append(s.filter, s.filterAt+n)
		}
	}
}

var (
	textsInFormula = regexp.MustCompile(`"((?:[^"]|"")*)"`)
	cellInFormula  = regexp.MustCompile(`\$?([A-Z]{1,3})\$?[0-9]+\b(?:[^(]|$)`)
)

// formula notes the formula of a rule: which columns it names, and with which texts it compares.
func (s *rowRuleScan) formula(text string) {
	if !s.isFormula {
		return
	}
	s.isFormula = false
	text = html.UnescapeString(text)
	rule := rowRule{}
	for _, m := range textsInFormula.FindAllStringSubmatch(text, -1) {
		if m[1] != "" && !slices.Contains(rule.texts, m[1]) {
			rule.texts = append(rule.texts, m[1])
		}
	}
	for _, m := range cellInFormula.FindAllStringSubmatch(textsInFormula.ReplaceAllString(text, ""), -1) {
		if n, err := excelize.ColumnNameToNumber(m[1]); err == nil && !slices.Contains(rule.columns, n-1) {
			rule.columns = append(rule.columns, n-1)
		}
	}
	switch {
	case len(rule.columns) == 0 && len(rule.texts) > 0 && s.first >= 0: // a cell's own text
		rule.columns = []int{s.first}
	case !s.wide && len(rule.texts) == 0: // numbers of a column that are shown otherwise
		return
	}
	s.add(rule)
}

func (s *rowRuleScan) add(rule rowRule) {
	if len(rule.columns) > 0 && len(s.rules) < maxRowRules {
		s.rules = append(s.rules, rule)
	}
}

// Notes says what is beside the rows that are read: other lists of an archive, and what a workbook's sheet shows that is in no
// cell, which are rules that colour rows, and filters that hide none.
func (r *Reader) Notes() (notes []string) {
	if len(r.otherLists) > 0 {
		notes = append(notes, fmt.Sprintf("of this archive %s not imported by this: %s; to import another, give the file again with its name",
			plural.Of(len(r.otherLists), "list is", "lists are"), quoteNames(r.otherLists)))
	}
	w, is := r.recordReader.(*workbookReader)
	if !is || len(w.sheets) == 0 {
		return notes
	}
	stats := w.sheets[0].stats
	said := func(text string) {
		if !slices.Contains(notes, text) {
			notes = append(notes, text)
		}
	}
	for _, rule := range stats.rowRules.rules {
		for _, column := range rule.columns {
			if column < len(r.header) && strings.TrimSpace(r.header[column]) != "" {
				said(fmt.Sprintf("the sheet colours rows by a rule on the column %q%s: see whether they are meant",
					r.header[column], rule.of()))
			}
		}
	}
	for _, column := range stats.rowRules.filter {
		if column < len(r.header) && stats.hiddenRows == 0 {
			said(fmt.Sprintf("the sheet has a filter on the column %q that hides no row: all rows are read",
				r.header[column]))
		}
	}
	return notes
}

// of lists the texts of a rule.
func (r rowRule) of() string {
	const most, longest = 3, 40
	var texts []string
	for _, text := range r.texts[:min(len(r.texts), most)] {
		if runes := []rune(text); len(runes) > longest {
			text = string(runes[:longest-1]) + "…"
		}
		texts = append(texts, text)
	}
	if len(texts) == 0 {
		return ""
	}
	return " (" + strings.Join(texts, ", ") + ")"
}
