package console

import (
	"context"
	"net/url"
	"strconv"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer/ledger"
)

// rowsOnPage is how many rows a list shows: as many as a person reads.
const rowsOnPage = 200

// rowsShown is a part of the rows with one reason.
type rowsShown struct {
	Import ledger.Import
	Which  ledger.Which
	Lines  []ledger.Line
	Next   string // address of the next part; "" if there is none
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
	from, _ := strconv.Atoi(q.Get("from")) // 1 if it is no number
	shown := rowsShown{Import: imp, Which: ledger.Which{State: state, Code: q.Get("code"), Column: q.Get("column")}}
	lines, next, err := r.Ledger.Lines(ctx, imp, shown.Which, from, rowsOnPage)
	if shown.Lines = lines; next > 0 {
		q.Set("from", strconv.Itoa(next))
		shown.Next = r.URL.Path + "?" + q.Encode()
	}
	return page{Template: "rows", Title: "Rows that are " + state.String(), Data: shown}, err
}

func stateOf(name string) (ledger.State, error) {
	for _, s := range ledger.All() {
		if s.String() == name {
			return s, nil
		}
	}
	return 0, errNoPage
}

// rowsOf is the address of such a list.
func (d drawn) RowsOf(id string, s ledger.State, code, column string) string {
	q := url.Values{"state": {s.String()}}
	if code != "" {
		q.Set("code", code)
		q.Set("column", column)
	}
	return d.At("imports", id, "rows") + "?" + q.Encode()
}

// rowPage is one row's whole life.
func rowPage(ctx context.Context, r *request) (page, error) {
	row, err := strconv.Atoi(r.PathValue("row"))
	if err != nil {
		return page{}, errNoPage
	}
	life, err := r.Life(ctx, r.PathValue("id"), row, r.User.Guests)
	return page{Template: "row", Title: "Row " + english.Sprint(row) + " of " + life.Import.FileName(), Data: life}, err
}

// guestsShown is a search and what it found.
type guestsShown struct {
	Query string
	operate.Search
}

// guestsPage finds a guest. What is looked for is a guest's, so it comes by POST and stands in no address and no log of one.
func guestsPage(context.Context, *request) (page, error) {
	return page{Template: "guests", Title: "Find a guest", Data: guestsShown{}}, nil
}

// findGuest answers the search. It changes nothing, so it needs no operator.
func findGuest(ctx context.Context, r *request) (page, error) {
	if !r.User.Guests {
		return page{}, errGuests
	}
	shown := guestsShown{Query: r.PostFormValue("q")}
	var err error
	if shown.Search, err = r.FindGuest(ctx, shown.Query); operate.IsRefused(err) {
		return page{}, err
	}
	return page{Template: "guests", Title: "Find a guest", Data: shown}, err
}
