package console

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/reread"
	"guestflow/importer/spec"
	"guestflow/importer/spool"
)

// rowPage is the history of one row. Its cells follow once they are found in the file.
func (s *Site) rowPage(ctx context.Context, r *request) (page, error) {
	row, err := strconv.Atoi(r.PathValue("row"))
	if err != nil {
		return page{}, errNoPage
	}
	shown := rowShown{}
	if shown.RowHistory, err = r.RowHistory(ctx, r.PathValue("id"), row); err != nil {
		return page{}, err
	}
	if shown.Releasing, err = r.beingReleased(ctx, shown.State()); err != nil {
		return page{}, err
	}
	shown.Line = shown.Reason.Line
	shown.Reason = operate.PublicReason(shown.State(), shown.Reason, r.User.Guests)
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

// beingReleased reports whether a parked row does not wait for a gate any more.
func (r *request) beingReleased(ctx context.Context, s ledger.State) (bool, error) {
	if s != ledger.Parked && s != ledger.ParkedTried {
		return false, nil
	}
	closed, err := r.Gates.Closed(ctx)
	return len(closed) == 0, err
}

// rowShown is the history of a row, and its guest.
type rowShown struct {
	operate.RowHistory
	operate.FileRow

	Releasing    bool         // it is still parked, and no gate is closed any more
	Reading      bool         // the row is being searched for in its file
	Guest        string       // id in Qflow; "" if unknown
	Owner        ledger.Owner // the row that owns the guest
	IsOwner      bool         // the owner is this row
	OwnerExpired bool         // the owner's import is no longer kept

	Sent         []operate.SentAgain // by later decisions
	WithoutEmail bool                // its import has no template for it
}

// Resendable reports whether the row's email may be sent again.
func (s rowShown) Resendable() bool {
	return operate.ResendRefusal(s.State(), s.Import.ID) == "" && !s.WithoutEmail
}

// Cancellable reports whether the row may be cancelled by itself.
func (s rowShown) Cancellable() bool {
	return operate.MayCancelRow(s.State()) && operate.Cancel.Allowed(s.Import) == nil
}

// Of is the row that this one sends again; the zero owner if it is one of a list.
func (s rowShown) Of() ledger.Owner {
	if r := s.Import.Resends; r != nil && s.Row <= len(r.Rows) {
		return ledger.Owner{Import: r.Import, Row: r.Rows[s.Row-1]}
	}
	return ledger.Owner{}
}

// locatedRow is a row found in its file, and its guest.
type locatedRow struct {
	operate.FileRow

	guest guestindex.Guest
	known bool
}

// locate finds a row in its file, which takes a second for the last of a million.
func (s *Site) locate(ctx context.Context, r *request, shown *rowShown) error {
	imp, row := shown.Import, shown.Row
	k, err := s.previews.rows.start(fmt.Sprintf("%s %s %d", r.Name(), imp.ID, row), locatedRow{},
		func(ctx context.Context, report func(locatedRow)) (err error) {
			var p locatedRow
			if p.FileRow, err = operate.FindRow(ctx, imp, row); err == nil && p.Unreadable == "" {
				p.guest, p.known = r.identify(ctx, imp, row)
			}
			report(p)
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

// identify returns the guest of a row by reading it again, as the import did. What an older import's record lacks is
// taken from its profile as it is now, so only an id that is in the guest index counts.
func (r *request) identify(ctx context.Context, imp ledger.Import, row int) (guestindex.Guest, bool) {
	to := importer.Settings{Spec: imp.Spec}
	if imp.Partial {
		var err error
		to, err = r.Settings(spec.Spec{
			Profile: imp.Profile, Event: imp.Event, Template: imp.Template, Key: imp.Key,
			Reading: spec.Reading{Sheet: imp.Sheet},
		})
		if err != nil {
			return guestindex.Guest{}, false // such as a profile that is gone
		}
	}
	guest, is, err := reread.Identify(ctx, spool.Locate(imp.Source), to.Spec, row)
	return guest, is && err == nil // the page shows already what is wrong with the file
}

// setOwner adds the row that owns the guest.
func (r *request) setOwner(ctx context.Context, shown *rowShown, guest guestindex.Guest) error {
	owner, there, err := guestindex.For(r.Ledger).Owner(ctx, guest.Event, guest.ID)
	if err != nil || !there {
		return err
	}
	if shown.Sent, _, err = r.SentAgain(ctx, shown.Import.ID, guest); err != nil && !operate.IsRefused(err) {
		return err
	}
	shown.WithoutEmail = guest.Template == ""
	shown.Guest, shown.Owner = guest.ID.String(), owner
	shown.IsOwner = owner == ledger.Owner{Import: shown.Import.ID, Row: shown.Row}
	if !shown.IsOwner {
		// the guest index may be kept for longer
		if _, err = r.Ledger.Import(ctx, owner.Import); errors.Is(err, ledger.ErrNotFound) {
			shown.OwnerExpired, err = true, nil
		}
	}
	return err
}
