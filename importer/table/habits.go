package table

import (
	"bytes"
	"slices"
	"strings"
)

// rowHabits is what a list's first rows have in common. A program that writes lists has its habits in all of them: what
// a single row does otherwise is a slip of its own, whose cells cannot be trusted.
type rowHabits struct {
	surplus      int        // empty cells behind those of the header, in every row
	trimsEmpty   bool       // rows leave out their empty cells at the end
	fillsCells   bool       // a row with a single cell is a note about the list, and no guest
	mostlySingle bool       // most rows have a single cell
	hosts        []string   // last labels of the addresses' hosts that several rows have
	sample       [][]string // the first rows
	kinds        []cellKind // of the columns; nil where they are not known
}

// maxSample is how many of the first rows are kept, for deciding what the columns are.
const maxSample = 50

// sample is the first records of a text: the header, and rows that are not blank.
type sample struct {
	header []string
	rows   [][]string
	whole  bool // there are no others
}

// parseSample reads the first records up to the first one that cannot be read. loose is for quotes amid cells.
func parseSample(text []byte, more bool, comma rune, loose bool) sample {
	r := newCSVReader(bytes.NewReader(text), comma)
	r.LazyQuotes = loose
	header, err := r.Read()
	if err != nil {
		return sample{}
	}
	s := sample{header: header, whole: !more}
	for {
		cells, err := r.Read()
		if err != nil {
			break
		}
		s.rows = append(s.rows, cells)
	}
	if more && len(s.rows) > 0 {
		s.rows = s.rows[:len(s.rows)-1] // it may be cut
	}
	s.rows = slices.DeleteFunc(s.rows, blank)
	return s
}

// learnHabits learns from the first records, and refuses a header that does not fit the rows below it. at is the
// header's line.
func learnHabits(s sample, at int, o Options) (h rowHabits, err error) {
	h.sample = s.rows[:min(len(s.rows), maxSample)]
	if len(s.header) < 2 {
		h.mostlySingle = true
		return h, nil
	}
	if err := checkTurned(s.header, h.sample, at, o); err != nil {
		return h, err
	}
	if err := checkSideBySide(s.header, at, o); err != nil {
		return h, err
	}
	if o.Field != nil && len(s.rows) > 0 {
		if err := checkHeaderGoesOn(s.header, s.rows[0], at, o); err != nil {
			return h, err
		}
	}
	rows := slices.DeleteFunc(slices.Clone(s.rows), func(cells []string) bool { return len(cells) == 1 })
	if len(rows) == 0 {
		return h, nil
	}
	w := countWidths(s.header, rows)
	if o.Field != nil {
		if err := checkHeader(s.header, rows, w, at, o); err != nil {
			return h, err
		}
	}
	if w.alike > 0 && w.emptyOver && (len(rows) > 1 ||
		isAddress(rows[0][len(s.header)-1])) { // of a single row, no cell is shifted then
		h.surplus = w.alike
	}
	h.trimsEmpty = w.endFilled && (w.short > 1 || w.short == len(rows))
	h.fillsCells, h.mostlySingle = fillsCells(s), mostlySingle(s.rows)
	h.hosts, h.kinds = commonHosts(rows), kindsOf(rows, len(s.header))
	return h, nil
}

// widths is how the rows of a sample differ from their header.
type widths struct {
	alike      int  // how many cells more every row has than the header, or fewer where it is negative; 0 where rows differ
	short      int  // rows with fewer cells
	emptyOver  bool // no row has anything in the cells beyond the header
	filledOver bool // and every row has
	endFilled  bool // the last cell of every row is filled
}

func countWidths(header []string, rows [][]string) widths {
	w := widths{alike: len(rows[0]) - len(header), emptyOver: true, filledOver: true, endFilled: true}
	for _, cells := range rows {
		if len(cells)-len(header) != w.alike {
			w.alike = 0
		}
		over := cells[min(len(cells), len(header)):]
		w.emptyOver, w.filledOver = w.emptyOver && blank(over), w.filledOver && !blank(over)
		w.endFilled = w.endFilled && strings.TrimSpace(cells[len(cells)-1]) != ""
		if len(cells) < len(header) {
			w.short++
		}
	}
	return w
}

// fillsCells reports whether no row with a single filled cell stands among those with more.
func fillsCells(s sample) bool {
	single, several := false, false
	for _, cells := range s.rows {
		if filledCells(cells) < 2 {
			single = true
			continue
		}
		if single {
			return false
		}
		several = true
	}
	return several
}

// mostlySingle reports whether half of the rows or more have a single filled cell, so that such a row says nothing.
func mostlySingle(rows [][]string) bool {
	single := 0
	for _, cells := range rows {
		if filledCells(cells) < 2 {
			single++
		}
	}
	return 2*single >= len(rows)
}

func filledCells(cells []string) (n int) {
	for _, cell := range cells {
		if strings.TrimSpace(cell) != "" {
			n++
		}
	}
	return n
}

// commonHosts returns the last labels of hosts that several addresses have.
func commonHosts(rows [][]string) (labels []string) {
	counts := map[string]int{}
	for _, cells := range rows {
		for _, cell := range cells {
			if label, is := hostLabel(cell); is {
				counts[label]++
			}
		}
	}
	for label, n := range counts {
		if n > 1 {
			labels = append(labels, label)
		}
	}
	return labels
}

// hostLabel returns what stands behind the last dot of an address.
func hostLabel(cell string) (label string, is bool) {
	if !isAddress(cell) {
		return "", false
	}
	cell = strings.TrimSpace(cell)
	return cell[strings.LastIndexByte(cell, '.')+1:], true
}

// addressColumn returns the column in which most rows have an address, or -1.
func addressColumn(rows [][]string) int {
	var counts []int
	for _, cells := range rows {
		for i, cell := range cells[:min(len(cells), maxColumns)] {
			if isAddress(cell) {
				for i >= len(counts) {
					counts = append(counts, 0)
				}
				counts[i]++
			}
		}
	}
	for i, n := range counts {
		if 2*n > len(rows) {
			return i
		}
	}
	return -1
}
