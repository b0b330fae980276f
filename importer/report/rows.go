package report

import (
	"context"

	"guestflow/importer/ledger"
)

const (
	// rowWindow is how many rows' bytes are read at once for a page: a million rows are ten round trips.
	rowWindow = 100_000

	// reasonWindow is how many reasons are read at once.
	reasonWindow = 1000

	// maxReasonsRead is how many reasons a page may read.
	maxReasonsRead = 10_000
)

// Row is one row as a list shows it.
type Row struct {
	Row    int
	Byte   ledger.RowByte
	Reason ledger.Reason
}

// Filter selects the rows of a list.
type Filter struct {
	State  ledger.State
	Code   string // of the reason; "" is any
	Column string // of the reason, with Code
}

func (f Filter) matches(why ledger.Reason) bool {
	return f.Code == "" || why.Code == f.Code && why.Column == f.Column
}

// Rows returns rows from a number on, at most limit, and the number to go on with; 0 if there are no more. It reads a
// bounded number of reasons, so that a page is quick where hardly any row matches: then there may be fewer than
// limit, and still a next.
func Rows(
	ctx context.Context, l *ledger.Ledger, imp ledger.Import, f Filter, from, limit int,
) (rows []Row, next int, err error) {
	read := 0
	s := scan{ledger: l, imp: imp, wanted: func(s ledger.State) bool { return s == f.State }}
	err = s.each(ctx, max(from, 1), func(batch []Row) bool {
		read += len(batch)
		for _, row := range batch {
			if !f.matches(row.Reason) {
				continue
			}
			if len(rows) == limit {
				next = row.Row
				return false
			}
			rows = append(rows, row)
		}
		if next = batch[len(batch)-1].Row + 1; read < maxReasonsRead {
			next = 0
		}
		return read < maxReasonsRead
	})
	return rows, next, err
}

// Reasons groups the rows that have not succeeded by reason, for a page. It reads the first ten thousand of them;
// whole reports whether these are all. Summarise reads all, in the time that it takes.
func Reasons(ctx context.Context, l *ledger.Ledger, imp ledger.Import) (list []ReasonGroup, whole bool, err error) {
	var g groups
	read := 0
	whole = true
	s := scan{ledger: l, imp: imp, wanted: explained}
	err = s.each(ctx, 1, func(batch []Row) bool {
		for _, row := range batch {
			g.add(row.Byte.State(), row.Reason, row.Row)
		}
		read += len(batch)
		whole = read < maxReasonsRead
		return whole
	})
	return g.list(), whole || read == explainedOf(imp.Counts), err
}

// Complete adds to groups of reasons what they lack to be all of an import's rows: a page reads the first reasons only,
// and rows move while it reads. So a table adds up to the counts beside it, state by state.
func Complete(list []ReasonGroup, c ledger.Counts) []ReasonGroup {
	var counted ledger.Counts
	for _, g := range list {
		counted[g.State] += g.Rows
	}
	full := make([]ReasonGroup, 0, len(list)+1)
	for _, g := range list {
		if over := counted[g.State] - c[g.State]; over > 0 { // they have moved on since
			less := min(over, g.Rows)
			g.Rows, counted[g.State] = g.Rows-less, counted[g.State]-less
		}
		if g.Rows > 0 {
			full = append(full, g)
		}
	}
	for _, s := range ledger.AllStates() {
		if more := c[s] - counted[s]; more > 0 && explained(s) {
			full = append(full, ReasonGroup{State: s, Text: "more rows, not sorted by reason here", Rows: more})
		}
	}
	return full
}

// explained reports whether rows in a state have a reason worth showing. Rows that still move by themselves have
// none, unless they wait; what is filtered has one for all, the rule of its import.
func explained(s ledger.State) bool {
	return !s.Succeeded() && s != ledger.Filtered &&
		(s.Class() != ledger.Open || s == ledger.Parked || s == ledger.ParkedTried)
}

func explainedOf(c ledger.Counts) (rows int) {
	for s, n := range c {
		if explained(ledger.State(s)) {
			rows += n
		}
	}
	return rows
}

// scan reads the rows of an import that are in some states, with their reasons.
type scan struct {
	ledger *ledger.Ledger
	imp    ledger.Import
	wanted func(ledger.State) bool
}

// each reads from a row on, until do returns false.
func (s scan) each(ctx context.Context, from int, do func([]Row) bool) error {
	var batch []Row
	for first := from; first <= s.imp.Rows; first += rowWindow {
		bytes, err := s.ledger.RowBytes(ctx, s.imp.ID, first, min(first+rowWindow-1, s.imp.Rows))
		if err != nil {
			return err
		}
		for i, b := range bytes {
			if !s.wanted(b.State()) {
				continue
			}
			if batch = append(batch, Row{Row: first + i, Byte: b}); len(batch) < reasonWindow {
				continue
			}
			if err := s.explain(ctx, batch); err != nil || !do(batch) {
				return err
			}
			batch = batch[:0]
		}
	}
	if len(batch) == 0 {
		return nil
	}
	err := s.explain(ctx, batch)
	if err == nil {
		do(batch)
	}
	return err
}

// explain reads the reasons of some rows.
func (s scan) explain(ctx context.Context, batch []Row) error {
	rows := make([]int, len(batch))
	for i, row := range batch {
		rows[i] = row.Row
	}
	reasons, err := s.ledger.Reasons(ctx, s.imp.ID, rows)
	if err != nil {
		return err
	}
	for i := range batch {
		batch[i].Reason = s.imp.Reason(batch[i].Byte.State(), reasons[i])
	}
	return nil
}
