// Package report shows what an import has come to: the file with each row's state (Write), a page of counts and
// reasons (Summarise), and parts of both for a screen (Rows, Reasons).
//
// It reads the ledger and keeps nothing: a report of a running import is of the moment it is asked for, and costs a
// reading of all rows each time. It is in constant memory, however long the import is.
package report

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"guestflow/importer/advice"
	"guestflow/importer/ledger"
	"guestflow/importer/plural"
)

const (
	// firstPlaces is how many rows a reason shows: enough to see what they have in common. All are in result.csv.
	firstPlaces = 5

	// mostReasons bounds the summary. Our own codes are fewer by far, but Qflow may say anything.
	mostReasons = 200
)

// Summary is an import on one page, for people: counts, and reasons with their first rows. It holds nothing of a
// guest, so it may be passed on. What Qflow said in its own words may quote a guest and is left out; result.csv has
// it.
type Summary struct {
	Import  ledger.Import
	At      time.Time
	States  []StateCount
	Reasons []ReasonGroup
	Other   int // rows whose reasons were too many to list
}

// StateCount is the rows in one state.
type StateCount struct {
	State   ledger.State
	Rows    int
	Percent float64
}

// ReasonGroup is the rows with one reason.
type ReasonGroup struct {
	State  ledger.State
	Code   string
	Column string
	Text   string // of the first of them, where the words are ours
	Rows   int
	First  []RowLocation
}

// RowLocation is where a row stands in the file; Line is 0 where it is not known.
type RowLocation struct{ Row, Line int }

// Summarise reads an import and the reasons of the rows that have not succeeded, in constant memory.
func Summarise(ctx context.Context, l *ledger.Ledger, id string, now time.Time) (Summary, error) {
	imp, err := l.Import(ctx, id)
	if err != nil {
		return Summary{}, err
	}
	s := Summary{Import: imp, At: now.UTC()}
	for _, state := range ledger.AllStates() {
		if n := imp.Counts[state]; n > 0 {
			share := 100 * float64(n) / float64(imp.Counts.Total())
			s.States = append(s.States, StateCount{State: state, Rows: n, Percent: share})
		}
	}
	groups := groups{}
	err = l.EachWindow(ctx, id, func(first int, bytes []ledger.RowByte) error {
		return groups.read(ctx, l, id, first, bytes)
	})
	if err != nil {
		return Summary{}, err
	}
	s.Reasons, s.Other = groups.list(), groups.other
	return s, nil
}

// read adds the rows of a window.
func (g *groups) read(ctx context.Context, l *ledger.Ledger, id string, first int, bytes []ledger.RowByte) error {
	var rows []int
	for i, m := range bytes {
		if explained(m.State()) {
			rows = append(rows, first+i)
		}
	}
	reasons, err := l.Reasons(ctx, id, rows)
	if err != nil {
		return err
	}
	for i, row := range rows {
		g.add(bytes[row-first].State(), reasons[i], row)
	}
	return nil
}

type groups struct {
	all   map[groupKey]*ReasonGroup
	other int
}

type groupKey struct {
	state        ledger.State
	code, column string
}

func (g *groups) add(s ledger.State, why ledger.Reason, row int) {
	key := groupKey{s, why.Code, why.Column}
	line := g.all[key]
	if line == nil {
		if len(g.all) == mostReasons {
			g.other++
			return
		}
		line = &ReasonGroup{State: s, Code: why.Code, Column: why.Column}
		if s == ledger.Rejected { // only then are the words ours
			line.Text = why.Text
		}
		if g.all == nil {
			g.all = map[groupKey]*ReasonGroup{}
		}
		g.all[key] = line
	}
	line.Rows++
	if len(line.First) < firstPlaces {
		line.First = append(line.First, RowLocation{Row: row, Line: why.Line})
	}
}

// list is in the order of the states, the most frequent reason first.
func (g *groups) list() []ReasonGroup {
	var lines []ReasonGroup
	for _, line := range g.all {
		lines = append(lines, *line)
	}
	order := ledger.AllStates()
	slices.SortFunc(lines, func(a, b ReasonGroup) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.State), slices.Index(order, b.State)), cmp.Compare(b.Rows, a.Rows),
			cmp.Compare(a.First[0].Row, b.First[0].Row))
	})
	return lines
}

//go:embed summary.html
var summaryPage string

var summaryTemplate = template.Must(template.New("summary").Funcs(template.FuncMap{
	"number":  message.NewPrinter(language.English).Sprint,
	"meaning": advice.Meaning,
	"todo":    advice.ToDo,
	"clock":   func(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 MST") },
	"word":    func(n int, one string) string { return plural.Word(n, one) },
	"percent": func(p float64) string {
		if p > 0 && p < 0.1 {
			return "< 0.1 %"
		}
		return fmt.Sprintf("%.1f %%", p)
	},
	"took": func(i ledger.Import) time.Duration { return i.Finished.Sub(i.Started).Round(time.Second) },
}).Parse(summaryPage))

// HTML writes the summary as one page that needs nothing from anywhere.
func (s Summary) HTML(w io.Writer) error {
	if err := summaryTemplate.Execute(w, s); err != nil {
		return fmt.Errorf("write the summary of import %s: %w", s.Import.ID, err)
	}
	return nil
}
