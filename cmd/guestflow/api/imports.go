package api

import (
	"cmp"
	"context"
	"net/http"
	"os"
	"strconv"
	"time"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/ledger"
	"guestflow/importer/report"
	"guestflow/importer/spec"
)

const (
	// importsOnPage is how many imports a page has where nothing is said, and maxOnPage at most; so with rows.
	importsOnPage, rowsOnPage = 50, 200
	maxOnPage                 = 500
)

// importView is an import as the API shows it.
type importView struct {
	ID       string        `json:"id"`
	Name     string        `json:"name"`
	State    string        `json:"state"` // running, paused, cancelled or finished
	Event    string        `json:"event,omitempty"`
	Template string        `json:"template,omitempty"`
	Profile  string        `json:"profile,omitempty"`
	Rows     int           `json:"rows"`
	Counts   ledger.Counts `json:"counts"`         // rows by state; they add up to rows
	Open     int           `json:"open"`           // rows that are not settled yet
	Failed   int           `json:"attention"`      // rows that a person should look at
	Held     int           `json:"held,omitempty"` // of the filtered ones, those that wait for a decision
	Started  time.Time     `json:"started"`
	Updated  time.Time     `json:"updated"`
	Finished time.Time     `json:"finished,omitzero"`

	Rate    float64 `json:"rows_per_second,omitempty"`
	Seconds int     `json:"seconds_left,omitempty"` // 0 if it is not known
	Waiting string  `json:"waiting,omitempty"`      // why it does not move
}

func viewOf(imp ledger.Import) importView {
	v := importView{
		ID: imp.ID, Name: imp.FileName(), State: "running", Event: imp.Event, Template: imp.Template, Profile: imp.Profile,
		Rows: imp.Rows, Counts: imp.Counts, Open: imp.Counts.Open(), Failed: imp.Counts.Attention(),
		Started: imp.Started, Updated: imp.Updated, Finished: imp.Finished,
	}
	switch {
	case imp.Stopped == ledger.StoppedCancelled, imp.Stopped == ledger.StoppedPaused:
		v.State = imp.Stopped
	case imp.Done():
		v.State = "finished"
	}
	return v
}

// importsView is a page of them, the newest first.
type importsView struct {
	Imports []importView `json:"imports"`
	Older   string       `json:"older,omitempty"` // what before is to be for the next page
}

func listImports(ctx context.Context, c *call) (*answer, error) {
	q := c.URL.Query()
	before := q.Get("before")
	if before != "" && !spec.IsID(before) {
		return nil, wrong("before", "It is an import's id.")
	}
	limit, err := numberOf(q.Get("limit"), importsOnPage, "limit", maxOnPage)
	if err != nil {
		return nil, err
	}
	page, err := c.Ledger.Page(ctx, "", before, limit)
	shown := importsView{Imports: make([]importView, len(page.Imports)), Older: page.Older}
	for n, imp := range page.Imports {
		shown.Imports[n] = viewOf(imp)
	}
	return &answer{body: shown}, err
}

// numberOf reads a number from 1 to a most.
func numberOf(text string, otherwise int, parameter string, most int) (int, error) {
	n, err := strconv.Atoi(cmp.Or(text, strconv.Itoa(otherwise)))
	if err != nil || n < 1 || n > most {
		return 0, wrong(parameter, "It is a number from 1 to "+strconv.Itoa(most)+".")
	}
	return n, nil
}

func showImport(ctx context.Context, c *call) (*answer, error) {
	p, err := c.Progress(ctx, c.PathValue("id"))
	if err != nil {
		return nil, err
	}
	left, err := c.CountLeftOut(ctx, p.Import)
	v := progressOf(p)
	v.Held = left.Held
	return &answer{body: v}, err
}

// progressOf is an import with how fast it goes.
func progressOf(p operate.Progress) importView {
	v := viewOf(p.Import)
	v.Rate, v.Seconds, v.Waiting = p.Rate, int(p.Remaining.Seconds()), p.Stall
	return v
}

// rowView is a row in a state.
type rowView struct {
	Row    int    `json:"row"`
	Line   int    `json:"line,omitempty"`
	Code   string `json:"code,omitempty"`
	Column string `json:"column,omitempty"`
	Text   string `json:"text,omitempty"`
}

// rowsView is a page of rows.
type rowsView struct {
	State string    `json:"state"`
	Rows  []rowView `json:"rows"`
	Next  int       `json:"next,omitempty"` // what from is to be for the next page
}

func listRows(ctx context.Context, c *call) (*answer, error) {
	imp, err := c.Ledger.Import(ctx, c.PathValue("id"))
	if err != nil {
		return nil, err
	}
	q := c.URL.Query()
	state, err := stateOf(q.Get("state"))
	if err != nil {
		return nil, err
	}
	from, err := numberOf(q.Get("from"), 1, "from", 1<<31-1)
	if err != nil {
		return nil, err
	}
	limit, err := numberOf(q.Get("limit"), rowsOnPage, "limit", maxOnPage)
	if err != nil {
		return nil, err
	}
	rows, next, err := report.Rows(ctx, c.Ledger, imp,
		report.Filter{State: state, Code: q.Get("code"), Column: q.Get("column")}, from, limit)
	shown := rowsView{State: state.String(), Rows: make([]rowView, len(rows)), Next: next}
	for n, row := range rows {
		why := operate.PublicReason(state, row.Reason, c.User.Guests)
		shown.Rows[n] = rowView{Row: row.Row, Line: why.Line, Code: why.Code, Column: why.Column, Text: why.Text}
	}
	return &answer{body: shown}, err
}

func stateOf(name string) (ledger.State, error) {
	for _, s := range ledger.AllStates() {
		if s.String() == name {
			return s, nil
		}
	}
	return 0, wrong("state", "It is a state of rows, such as rejected.")
}

// sendReport sends a file of an import's report, which holds guests' data.
func (a *API) sendReport(ctx context.Context, c *call) (*answer, error) {
	of, known := map[string]func(Files) string{
		"result.csv":  func(f Files) string { return f.Result },
		"rejects.csv": func(f Files) string { return f.Rejects },
	}[c.PathValue("file")]
	if !known {
		return nil, errNoPath
	}
	if !c.User.Guests {
		return nil, errGuests
	}
	if limited := a.guard.CountAction(c.Request, c.User); limited != nil {
		return nil, limited
	}
	imp, err := c.Ledger.Import(ctx, c.PathValue("id"))
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "guestflow")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	var files Files
	err = c.Audited(ctx, c.actor(), "download", imp.ID, "", func() (string, error) {
		files, err = c.Report(ctx, imp, folder)
		return c.PathValue("file"), err
	})
	if err != nil {
		return nil, err
	}
	file, err := os.Open(of(files))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	c.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	http.ServeContent(c.w, c.Request, "", imp.Updated, file)
	return nil, nil
}
