package console

import (
	"context"
	"errors"
	"fmt"
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
	Which  ledger.RowFilter
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
	shown := rowsShown{Import: imp, Which: ledger.RowFilter{State: state, Code: q.Get("code"), Column: q.Get("column")}}
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
	for _, s := range ledger.AllStates() {
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

// rowPage is one row's whole life. What stands in the file follows when it is found.
func (s *Site) rowPage(ctx context.Context, r *request) (page, error) {
	row, err := strconv.Atoi(r.PathValue("row"))
	if err != nil {
		return page{}, errNoPage
	}
	shown := rowShown{}
	if shown.Life, err = r.Life(ctx, r.PathValue("id"), row); err != nil {
		return page{}, err
	}
	if shown.Freed, err = r.freed(ctx, shown.Mark.State()); err != nil {
		return page{}, err
	}
	shown.Line = shown.Reason.Line
	shown.Reason = r.public(shown.Mark.State(), shown.Reason)
	p := page{Template: "row", Title: "Row " + english.Sprint(row) + " of " + shown.Import.FileName()}
	if r.User.Guests {
		if err := s.place(ctx, r, &shown); err != nil {
			return page{}, err
		}
		p.follows(r, !shown.Reading)
	}
	p.Data = shown
	return p, nil
}

// freed tells whether a row that is parked waits for no gate any more.
func (r *request) freed(ctx context.Context, s ledger.State) (bool, error) {
	if s != ledger.Parked && s != ledger.ParkedTried {
		return false, nil
	}
	closed, err := r.Gates.Closed(ctx)
	return len(closed) == 0, err
}

// rowShown is a row's life, and who the guest is.
type rowShown struct {
	operate.Life
	operate.Place

	Freed   bool         // it is parked still, and no gate is closed any more
	Reading bool         // the row is being looked for in its file
	Guest   string       // id at Qflow; "" where it cannot be told
	Owner   ledger.Owner // the row that has the guest
	Own     bool         // it is this one
	Gone    bool         // its import has expired
}

// placed is a row as it was found in its file, and whose it is.
type placed struct {
	operate.Place

	guest ledger.Guest
	known bool
}

// place looks a row up in its file, which takes a second for the last of a million.
func (s *Site) place(ctx context.Context, r *request, shown *rowShown) error {
	imp, row := shown.Import, shown.Row
	k, err := s.looks.rows.begin(fmt.Sprintf("%s %s %d", r.Name(), imp.ID, row), placed{}, func(ctx context.Context, tell func(placed)) (err error) {
		var p placed
		if p.Place, err = operate.FindRow(ctx, imp, row); err == nil && p.Unread == "" {
			p.guest, p.known = r.identify(ctx, imp, row)
		}
		tell(p)
		return err
	})
	if err != nil {
		return err
	}
	found, err := s.looks.rows.look(ctx, k, glance)
	if err != nil || !found.Over {
		shown.Reading = true
		return err
	}
	if shown.Place = found.SoFar.Place; found.SoFar.known && shown.Sent() {
		return r.keeper(ctx, shown, found.SoFar.guest)
	}
	return nil
}

// identify finds the guest by reading the row once more. The settings of the import may have changed since: only an id that the
// guest index knows is one.
func (r *request) identify(ctx context.Context, imp ledger.Import, row int) (ledger.Guest, bool) {
	to, err := r.Settings(Wish{Profile: imp.Profile, Event: imp.Event, Template: imp.Template, Key: imp.Key, Sheet: imp.Sheet})
	if err != nil {
		return ledger.Guest{}, false // such as a profile that is gone: then nobody can tell
	}
	guest, is, err := importer.Identify(ctx, imp.Source, to, row)
	return guest, is && err == nil // the page says already what became of the file
}

// keeper tells which row has the guest.
func (r *request) keeper(ctx context.Context, shown *rowShown, guest ledger.Guest) error {
	owner, there, err := r.Ledger.GuestOwner(ctx, guest.Event, guest.ID)
	if err != nil || !there {
		return err
	}
	shown.Guest, shown.Owner = guest.ID.String(), owner
	shown.Own = owner == ledger.Owner{Import: shown.Import.ID, Row: shown.Row}
	if !shown.Own {
		if _, err = r.Ledger.Import(ctx, owner.Import); errors.Is(err, ledger.ErrNotFound) { // the guest index may be kept for longer
			shown.Gone, err = true, nil
		}
	}
	return err
}
