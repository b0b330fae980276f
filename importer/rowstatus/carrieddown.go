package rowstatus

import (
	"fmt"
	"slices"

	"guestflow/importer/where"
)

// carriedDown are the empty cells below the texts of a column. A person may write a state once, above all rows of which it holds.
type carriedDown struct {
	first   bool  // the first row has a text
	filled  int   // the last row that has one, counted from 1
	out     bool  // and by which it may not be meant
	gaps    int   // rows without a text
	outRows []int // of them, those below a text by which a row may not be meant
}

// fill notes a row with a text. row is counted from 1, as all rows are.
func (d *carriedDown) fill(row int, out bool) {
	d.first = d.first || row == 1
	d.filled, d.out = row, out
}

// pass notes a row whose text was noted, if it has one. number is what the rule calls it by.
func (d *carriedDown) pass(row, number int, kept bool) {
	if d.filled == row {
		return
	}
	if d.gaps++; d.out && kept && len(d.outRows) <= maxOutRows {
		d.outRows = append(d.outRows, number)
	}
}

// isCarriedDown reports whether a column of states or answers has a text in its first row and none in most others, and such
// by which rows may not be meant above empty cells.
func (c *ColumnCounts) isCarriedDown() bool {
	return (c.of.meaning == status || c.of.meaning == Consent) && c.down.first && len(c.down.outRows) > 0 &&
		c.down.gaps > c.said-c.emptySaid() && !slices.ContainsFunc(c.Values, func(v Value) bool { return v.Text == "" && v.Out })
}

// emptySaid counts the rows whose empty cell says something.
func (c *ColumnCounts) emptySaid() int {
	if i, there := c.index[""]; there {
		return c.Values[i].Rows
	}
	return 0
}

// carriedProblem is what is said of the rows below a text by which a row may not be meant; "" where it holds for one row.
func (c ColumnCounts) carriedProblem() string {
	if !c.isCarriedDown() {
		return ""
	}
	return fmt.Sprintf("; most of its cells are empty, so a text may be meant for the rows below it too (%s)", namesOfRows(c.down.outRows))
}

// withoutCarried returns the test that leaves out the rows below a text by which a row may not be meant too, if any are left.
func (c ColumnCounts) withoutCarried() (t *where.Test, label string) {
	rows := inOrder(append(c.numbers(), c.down.outRows...))
	if !c.isCarriedDown() || len(rows) > maxOutRows || len(rows) >= c.kept+c.emptyKept {
		return nil, ""
	}
	return where.In(RowNumber, true, rowList(rows)...), "Leave out these and the rows below them: " + namesOfRows(rows)
}
