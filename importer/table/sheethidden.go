package table

import "strconv"

// rowSet is a set of a sheet's rows.
type rowSet []uint64

func (s *rowSet) add(row int) {
	for row/64 >= len(*s) {
		*s = append(*s, 0)
	}
	(*s)[row/64] |= 1 << (row % 64)
}

func (s rowSet) has(row int) bool { return row/64 < len(s) && s[row/64]&(1<<(row%64)) != 0 }

const (
	leastHeight = 1.0 // points: a row below it is not seen
	leastWidth  = 0.2 // characters
)

// isBelow reports whether a size is written and is less than what can be seen.
func isBelow(size string, least float64) bool {
	n, err := strconv.ParseFloat(size, 64)
	return err == nil && n < least
}

// outlineRun is the rows of an outline that may be collapsed by the next one.
type outlineRun struct {
	rows    []int
	filled  int
	closed  bool // the row before them is collapsed, where a sheet has that row above
	reverse bool // it has
}

// hiddenScan finds the rows of a sheet that are not seen: hidden, filtered, without height, or in an outline that is
// collapsed, which not every program marks at each of its rows.
type hiddenScan struct {
	hiddenSet  rowSet
	hiddenRows int  // with values
	zeroHeight bool // rows are without height unless they say so
	zeroWidth  bool // columns
	outline    outlineRun

	hidden, outlined bool // the row that is being read
}

// sheetDefault notes the sizes of rows and columns that say none.
func (h *hiddenScan) sheetDefault(tag []byte) {
	h.zeroHeight = isTrue(attr(tag, "zeroHeight")) || isBelow(attr(tag, "defaultRowHeight"), leastHeight)
	h.zeroWidth = isBelow(attr(tag, "defaultColWidth"), leastWidth)
}

func (h *hiddenScan) beginRow(row int, tag []byte) {
	height, level := attr(tag, "ht"), attr(tag, "outlineLevel")
	h.outlined = level != "" && level != "0"
	collapsed := isTrue(attr(tag, "collapsed"))
	h.hidden = isTrue(attr(tag, "hidden")) || isBelow(height, leastHeight) || h.zeroHeight && height == "" ||
		h.outlined && h.outline.closed
	switch {
	case h.outlined && !h.hidden:
		h.outline.rows = append(h.outline.rows, row)
	case !h.outlined:
		if collapsed && !h.outline.reverse {
			h.hideOutline()
		}
		h.outline.rows, h.outline.filled, h.outline.closed = h.outline.rows[:0], 0, collapsed && h.outline.reverse
	}
	if h.hidden {
		h.hiddenSet.add(row)
	}
}

func (h *hiddenScan) hideOutline() {
	for _, row := range h.outline.rows {
		h.hiddenSet.add(row)
	}
	h.hiddenRows += h.outline.filled
}

// fill notes that the row has a value.
func (h *hiddenScan) fill() {
	switch {
	case h.hidden:
		h.hiddenRows++
	case h.outlined:
		h.outline.filled++
	}
}

// columnRange is some columns that a sheet says something of.
type columnRange struct {
	first, last                 int
	hidden, outlined, collapsed bool
}

func parseColumns(tag []byte) (r columnRange, is bool) {
	first, err1 := strconv.Atoi(attr(tag, "min"))
	last, err2 := strconv.Atoi(attr(tag, "max"))
	level := attr(tag, "outlineLevel")
	return columnRange{
		first: first - 1, last: last - 1, hidden: isTrue(attr(tag, "hidden")) || isBelow(attr(tag, "width"), leastWidth),
		outlined: level != "" && level != "0", collapsed: isTrue(attr(tag, "collapsed")),
	}, err1 == nil && err2 == nil
}

// hideOutlines hides the columns of outlines that the column beside them has collapsed.
func hideOutlines(ranges []columnRange) {
	for i := len(ranges) - 2; i >= 0; i-- {
		if next := ranges[i+1]; ranges[i].outlined && next.first == ranges[i].last+1 {
			ranges[i].hidden = ranges[i].hidden || next.collapsed || next.outlined && next.hidden
		}
	}
	for i := 1; i < len(ranges); i++ {
		if before := ranges[i-1]; ranges[i].outlined && before.last+1 == ranges[i].first && !before.outlined {
			ranges[i].hidden = ranges[i].hidden || before.collapsed
		}
	}
}
