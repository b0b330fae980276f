package console

import (
	"context"
	"errors"
	"net/url"
	"strconv"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer"
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
	for i := range lines {
		lines[i].Reason = r.public(state, lines[i].Reason)
	}
	if shown.Lines = lines; next > 0 {
		q.Set("from", strconv.Itoa(next))
		shown.Next = r.URL.Path + "?" + q.Encode()
	}
	return page{Template: "rows", Title: "Rows that are " + state.String(), Data: shown}, err
}

// public hides what could be a guest's from whom guests' data may not be shown.
func (r *request) public(s ledger.State, why ledger.Reason) ledger.Reason {
	if !r.User.Guests {
		why.Code, why.Column = ledger.Code(s, why.Code), operate.Column(why.Column)
	}
	return why
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
	shown := rowShown{}
	if shown.Life, err = r.Life(ctx, r.PathValue("id"), row, r.User.Guests); err != nil {
		return page{}, err
	}
	shown.Reason = r.public(shown.Mark.State(), shown.Reason)
	if r.User.Guests && shown.Sent() && shown.Unread == "" {
		if err := r.identify(ctx, &shown); err != nil {
			return page{}, err
		}
	}
	return page{Template: "row", Title: "Row " + english.Sprint(row) + " of " + shown.Import.FileName(), Data: shown}, nil
}

// rowShown is a row's life, and who the guest is.
type rowShown struct {
	operate.Life
	Guest string       // id at Qflow; "" where it cannot be told
	Owner ledger.Owner // the row that has the guest
	Own   bool         // it is this one
	Gone  bool         // its import has expired
}

// identify finds the guest's id by reading the row once more. The settings of the import may have changed since: only an id
// that the guest index knows is one.
func (r *request) identify(ctx context.Context, shown *rowShown) error {
	imp := shown.Import
	to, err := r.Settings(Wish{Profile: imp.Profile, Event: imp.Event, Template: imp.Template, Key: imp.Key, Sheet: imp.Sheet})
	if err != nil {
		return nil //nolint:nilerr // such as a profile that is gone: then nobody can tell
	}
	guest, is, err := importer.Identify(imp.Source, to, shown.Row)
	if err != nil || !is {
		return nil //nolint:nilerr // the page says already what became of the file
	}
	owner, there, err := r.Ledger.Keeper(ctx, guest.Event, guest.ID)
	if err != nil || !there {
		return err
	}
	shown.Guest, shown.Owner = guest.ID.String(), owner
	shown.Own = owner == ledger.Owner{Import: imp.ID, Row: shown.Row}
	if !shown.Own {
		if _, err = r.Ledger.Import(ctx, owner.Import); errors.Is(err, ledger.ErrNotFound) { // the guest index may be kept for longer
			shown.Gone, err = true, nil
		}
	}
	return err
}
