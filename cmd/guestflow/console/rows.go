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
		why.Code, why.Column = ledger.Code(s, why.Code), operate.PublicColumn(why.Column)
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
func (d templateData) RowsOf(id string, s ledger.State, code, column string) string {
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
	if shown.RowHistory, err = r.RowHistory(ctx, r.PathValue("id"), row); err != nil {
		return page{}, err
	}
	if shown.Releasing, err = r.beingReleased(ctx, shown.Mark.State()); err != nil {
		return page{}, err
	}
	shown.Line = shown.Reason.Line
	shown.Reason = r.public(shown.Mark.State(), shown.Reason)
	p := page{Template: "row", Title: "Row " + english.Sprint(row) + " of " + shown.Import.FileName()}
	if r.User.Guests {
		if err := s.locate(ctx, r, &shown); err != nil {
			return page{}, err
		}
		p.follows(r, !shown.Reading)
	}
	p.Data = shown
	return p, nil
}

// beingReleased tells whether a row that is parked waits for no gate any more.
func (r *request) beingReleased(ctx context.Context, s ledger.State) (bool, error) {
	if s != ledger.Parked && s != ledger.ParkedTried {
		return false, nil
	}
	closed, err := r.Gates.Closed(ctx)
	return len(closed) == 0, err
}

// rowShown is a row's life, and who the guest is.
type rowShown struct {
	operate.RowHistory
	operate.FileRow

	Releasing    bool         // it is parked still, and no gate is closed any more
	Reading      bool         // the row is being looked for in its file
	Guest        string       // id at Qflow; "" where it cannot be told
	Owner        ledger.Owner // the row that has the guest
	IsOwner      bool         // it is this one
	OwnerExpired bool         // its import has expired
}

// locatedRow is a row as it was found in its file, and whose it is.
type locatedRow struct {
	operate.FileRow

	guest ledger.Guest
	known bool
}

// locate looks a row up in its file, which takes a second for the last of a million.
func (s *Site) locate(ctx context.Context, r *request, shown *rowShown) error {
	imp, row := shown.Import, shown.Row
	k, err := s.previews.rows.start(fmt.Sprintf("%s %s %d", r.Name(), imp.ID, row), locatedRow{}, func(ctx context.Context, tell func(locatedRow)) (err error) {
		var p locatedRow
		if p.FileRow, err = operate.FindRow(ctx, imp, row); err == nil && p.Unreadable == "" {
			p.guest, p.known = r.identify(ctx, imp, row)
		}
		tell(p)
		return err
	})
	if err != nil {
		return err
	}
	found, err := s.previews.rows.wait(ctx, k, pageWait)
	if err != nil || !found.Done {
		shown.Reading = true
		return err
	}
	if shown.FileRow = found.SoFar.FileRow; found.SoFar.known && shown.Enqueued() {
		return r.setOwner(ctx, shown, found.SoFar.guest)
	}
	return nil
}

// identify finds the guest by reading the row once more, as the import did. What the record of an older import does not keep of that is
// taken from its profile as it is by now: so only an id that the guest index knows is shown as one.
func (r *request) identify(ctx context.Context, imp ledger.Import, row int) (ledger.Guest, bool) {
	to := importer.Settings{Spec: imp.Spec}
	if imp.Partial {
		var err error
		to, err = r.Settings(ImportRequest{Profile: imp.Profile, Event: imp.Event, Template: imp.Template, Key: imp.Key, Sheet: imp.Sheet})
		if err != nil {
			return ledger.Guest{}, false // such as a profile that is gone
		}
	}
	guest, is, err := importer.Identify(ctx, imp.Source, to, row)
	return guest, is && err == nil // the page says already what became of the file
}

// setOwner tells which row has the guest.
func (r *request) setOwner(ctx context.Context, shown *rowShown, guest ledger.Guest) error {
	owner, there, err := r.Ledger.GuestOwner(ctx, guest.Event, guest.ID)
	if err != nil || !there {
		return err
	}
	shown.Guest, shown.Owner = guest.ID.String(), owner
	shown.IsOwner = owner == ledger.Owner{Import: shown.Import.ID, Row: shown.Row}
	if !shown.IsOwner {
		if _, err = r.Ledger.Import(ctx, owner.Import); errors.Is(err, ledger.ErrNotFound) { // the guest index may be kept for longer
			shown.OwnerExpired, err = true, nil
		}
	}
	return err
}
