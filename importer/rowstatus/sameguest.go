package rowstatus

import (
	"fmt"
	"slices"

	"guestflow/importer/table"
	"guestflow/importer/where"
)

// pair is an imported row, and another of the same guest that says that he is not meant.
type pair struct {
	guest, other int
	of           *ColumnCounts // that counts what only may be a no; nil where it is one
}

// SaysNotMeant reports whether a row says that its guest is not meant, and the rule does not name it by its number, by which
// a person would have decided about it.
func SaysNotMeant(said []Status) bool {
	return slices.ContainsFunc(said, func(r Status) bool { return r.Out && !r.numbered })
}

// AddTwin counts a row that is not imported, of a guest whom an earlier one imports. kept is false for one that the rule leaves out.
func (s *Counts) AddTwin(row, guest int, said []Status, kept bool) {
	for _, c := range s.columns {
		if i := slices.IndexFunc(c.outRows, func(o outRow) bool { return o.row == guest && !o.twin }); i >= 0 {
			c.addTwin(row, c.outRows[i].out)
			return // who is not meant by the imported row is asked about by itself
		}
	}
	for _, r := range said {
		c := s.columns[r.of.Place]
		switch {
		case r.numbered, kept && r.named:
		case r.Out:
			s.addPair(pair{guest: guest, other: row})
		case r.perhaps && kept && r.Text != "":
			s.addPair(pair{guest, row, c})
		default:
			continue
		}
		if kept && (r.Out || r.perhaps) {
			c.addTwin(guest, r.Out)
		}
	}
}

// addTwin has a rule that leaves out a column's rows by their numbers leave out another of the same guest too.
func (c *ColumnCounts) addTwin(row int, out bool) {
	if len(c.outRows) <= maxOutRows {
		c.outRows = append(c.outRows, outRow{row: row, out: out, twin: true})
	}
}

// AddOther counts an imported row, of a guest of whom an earlier one, which is not imported, says that he is not meant.
func (s *Counts) AddOther(guest, other int) { s.addPair(pair{guest: guest, other: other}) }

func (s *Counts) addPair(p pair) {
	if len(s.pairs) <= maxOutRows {
		s.pairs = append(s.pairs, p)
	}
}

// disagreeing are the rows of guests of which one is imported and another says that they are not meant: all of them, and
// those that are not imported.
func (s *Counts) disagreeing() (all, others []int) {
	for _, p := range s.pairs {
		if p.of == nil || p.of.judged(s.rows, s.kept).judgedPerhaps {
			all, others = append(all, p.guest, p.other), append(others, p.other)
		}
	}
	return inOrder(all), inOrder(others)
}

// inOrder sorts the numbers of rows, each once.
func inOrder(rows []int) []int {
	slices.Sort(rows)
	return slices.Compact(rows)
}

// disagreement asks about guests who are imported by one row, and not meant by another.
func (s *Counts) disagreement(rule string) []table.Error {
	all, others := s.disagreeing()
	if len(all) == 0 {
		return nil
	}
	q := &table.Question{Text: fmt.Sprintf("rows of the same guest do not agree on whether the guest is meant (%s): one would be imported, and "+
		"another says that the guest is not meant", namesOfRows(all))}
	advice := "keep one row of each guest in the file, that which is right"
	if len(s.pairs) <= maxOutRows {
		none, one := where.In(RowNumber, true, rowList(all)...), where.In(RowNumber, true, rowList(others)...)
		q.Choices = []table.Choice{
			{Option: "where", Value: where.And(rule, none.String()), Label: "Leave these guests out: " + namesOfRows(all)},
			{Option: "where", Value: where.And(rule, one.String()), Label: "Import them by their other rows: leave out " + namesOfRows(others)},
		}
		advice = fmt.Sprintf("leave these guests out: %s, or import them by their other rows: %s (where in the profile, “Rows that are meant” "+
			"in the console); or %s", q.Choices[0].Flag(), q.Choices[1].Flag(), advice)
	}
	if rule == "" {
		q.Choices = append(q.Choices, table.Choice{Option: "where", Value: where.All, Label: "All rows are meant, whatever any column says"})
		advice += "; or, if all rows are meant: --where all"
	}
	return []table.Error{{NeedsAnswer: true, Problem: q.Text, Cause: q, Advice: advice}}
}
