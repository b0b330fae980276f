package console

import (
	"context"
	"net/url"
	"strconv"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/ledger"
	"guestflow/importer/report"
)

// rowsOnPage is how many rows a list shows: as many as are read at once.
const rowsOnPage = 200

// rowsShown is a page of the rows with one state and reason.
type rowsShown struct {
	Import ledger.Import
	Which  report.Filter
	Lines  []report.Row
	Next   string // address of the next page; "" if there is none
}

// rowsPage lists rows in a state, of one reason or all.
func rowsPage(ctx context.Context, r *request) (page, error) {
	imp, err := r.Ledger.Import(ctx, r.PathValue("id"))
	if err != nil {
		return page{}, err
	}
	q := r.URL.Query()
	state, err := stateOf(q.Get("state"))
	if err != nil {
		return page{}, err
	}
	from, _ := strconv.Atoi(q.Get("from")) // 1 without a number
	shown := rowsShown{Import: imp, Which: report.Filter{State: state, Code: q.Get("code"), Column: q.Get("column")}}
	lines, next, err := report.Rows(ctx, r.Ledger, imp, shown.Which, from, rowsOnPage)
	for i := range lines {
		lines[i].Reason = operate.PublicReason(state, lines[i].Reason, r.User.Guests)
	}
	if shown.Lines = lines; next > 0 {
		q.Set("from", strconv.Itoa(next))
		shown.Next = r.URL.Path + "?" + q.Encode()
	}
	return page{Template: "rows", Title: "Rows that are " + state.String(), Data: shown}, err
}

func stateOf(name string) (ledger.State, error) {
	for _, s := range ledger.AllStates() {
		if s.String() == name {
			return s, nil
		}
	}
	return 0, errNoPage
}

// RowsOf is the address of the list of rows with a state and reason.
func (d templateData) RowsOf(id string, s ledger.State, code, column string) string {
	q := url.Values{"state": {s.String()}}
	if code != "" {
		q.Set("code", code)
		q.Set("column", column)
	}
	return d.At("imports", id, "rows") + "?" + q.Encode()
}
