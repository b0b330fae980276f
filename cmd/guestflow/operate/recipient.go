package operate

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"guestflow/importer/chunk"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/reread"
	"guestflow/importer/spool"
	"guestflow/importer/suppression"
	"guestflow/qflow"
)

// Recipient is whom an email that is sent again goes to: the guest as Qflow has him by now, which may be by a later
// import than the row's.
type Recipient struct {
	Guest qflow.Guest  // whose data it is; zero where it cannot be read any more
	By    ledger.Owner // the row that has written him since; zero if he is as the row has him
}

// Text is the recipient's name and address, or what is known in their place.
func (r Recipient) Text() string {
	if r.By.Import == "" {
		return nameAndAddress(r.Guest)
	}
	text := "the guest, at the address that"
	if r.Guest.Email != "" {
		text = nameAndAddress(r.Guest) + ", as"
	}
	text += fmt.Sprintf(" row %d of import %s has had him since", r.By.Row, r.By.Import)
	if r.Guest.Email == "" {
		text += ", whose file is gone"
	}
	return text
}

func nameAndAddress(g qflow.Guest) string {
	return strings.TrimSpace(strings.TrimSpace(g.FirstName+" "+g.LastName) + " <" + g.Email + ">")
}

// recipient finds whom the email of a row goes to. A later import that has come to nothing with the guest has written
// nothing: he is as it found him, or is written as the row has him, unless another import has written him in between.
func (a *Account) recipient(ctx context.Context, imp ledger.Import, x reread.ExtractedRow) (Recipient, error) {
	own := Recipient{Guest: x.Guest}
	known, _, err := a.index().Latest(ctx, x.Index)
	if err != nil || known.Content == x.Index.Content || known.Owner.Import == imp.ID {
		return own, err
	}
	by, err := a.Ledger.Import(ctx, known.Owner.Import)
	if errors.Is(err, ledger.ErrNotFound) || err == nil && !by.Started.After(imp.Started) {
		return own, nil
	}
	if err != nil {
		return own, err
	}
	state, err := a.Ledger.RowBytes(ctx, by.ID, known.Owner.Row, known.Owner.Row)
	if err != nil {
		return own, err
	}
	if state[0].State().Class() == ledger.Released && !known.IsAsWanted() {
		return own, a.refuseWrittenSince(ctx, imp, x.Row, known)
	}
	g, err := a.guestOf(ctx, by, known.Owner.Row)
	return Recipient{Guest: g, By: known.Owner}, err
}

// searchImports is for how long the rows of later imports are looked through for a guest.
const searchImports = 5 * time.Second

// refuseWrittenSince refuses to send the email of a row to a guest whom a later import has written, where the latest one has come
// to nothing with him: the index knows that one alone, so he would be written as the row has him.
func (a *Account) refuseWrittenSince(ctx context.Context, imp ledger.Import, row int, known guestindex.Known) error {
	imports, err := a.Ledger.Imports(ctx, 0)
	if err != nil {
		return err
	}
	within, cancel := context.WithTimeout(ctx, searchImports)
	defer cancel()
	for _, since := range imports {
		if since.ID == known.Owner.Import || !since.Started.After(imp.Started) {
			continue
		}
		at, err := a.writtenBy(within, since, known.Key)
		switch {
		case err != nil && within.Err() != nil && ctx.Err() == nil:
			return refuse("nothing was sent: it could not be found out in %s who has the guest of row %d by now; import a list "+
				"with the guest", searchImports, row)
		case err != nil:
			return err
		case at > 0:
			return refuse("nothing was sent: row %d of import %s has had the guest of row %d since; to send it to the address "+
				"that he has there: guestflow resend %s %d", at, since.ID, row, since.ID, at)
		}
	}
	return nil
}

// writtenBy returns the row of an import that has written a guest; 0 where none has.
func (a *Account) writtenBy(ctx context.Context, imp ledger.Import, k guestindex.GuestKey) (int, error) {
	row, err := a.Ledger.Members.RowOf(ctx, imp, k.Member())
	if row == 0 || err != nil {
		return 0, err
	}
	state, err := a.Ledger.RowBytes(ctx, imp.ID, row, row)
	if err != nil || state[0].State().Class() != ledger.Settled {
		return 0, err
	}
	return row, nil
}

// Had is the row of another import by which a guest has had an email, or may have.
type Had struct {
	ledger.Owner

	State ledger.State
}

// Text says so.
func (h Had) Text() string {
	if h.State == ledger.Unknown {
		return fmt.Sprintf("the guest may have had this email, by row %d of import %s", h.Row, h.Import)
	}
	return fmt.Sprintf("the guest has had this email, by row %d of import %s", h.Row, h.Import)
}

// had returns the row other than this one by which its guest has had its email; nil without one.
func (a *Account) had(ctx context.Context, row ledger.Owner, g guestindex.Guest) (*Had, error) {
	owner, found, err := a.index().EmailOf(ctx, g)
	if err != nil || !found || owner == row {
		return nil, err
	}
	states, err := a.Ledger.RowBytes(ctx, owner.Import, owner.Row, owner.Row)
	if err != nil || len(states) == 0 {
		return nil, err
	}
	switch s := states[0].State(); s {
	case ledger.Accepted, ledger.Delivered, ledger.Undeliverable, ledger.Unknown, ledger.Sending:
		return &Had{owner, s}, nil
	default:
		return nil, nil
	}
}

// guestOf returns the guest of a row as it is stored, or as it stands in the file of its import; the zero guest where
// neither is there any more.
func (a *Account) guestOf(ctx context.Context, imp ledger.Import, row int) (qflow.Guest, error) {
	stored, err := a.storedGuest(ctx, imp, row)
	if err != nil || stored.Email != "" {
		return stored, err
	}
	found, err := reread.ReadRows(ctx, spool.Locate(imp.Source), imp.SHA256, imp.Spec,
		[]int{row})
	if err != nil || len(found.Rows) == 0 {
		return qflow.Guest{}, ctx.Err() // the file is gone, or was changed
	}
	return found.Rows[0].Guest, nil
}

func (a *Account) storedGuest(ctx context.Context, imp ledger.Import, row int) (qflow.Guest, error) {
	if imp.Chunk < 1 {
		return qflow.Guest{}, nil
	}
	data, err := a.Ledger.Chunks.Get(ctx, imp.ID, (row-1)/imp.Chunk)
	if errors.Is(err, ledger.ErrNoChunk) {
		return qflow.Guest{}, nil
	}
	if err != nil {
		return qflow.Guest{}, err
	}
	rows, err := chunk.Decode(data)
	for i := range rows {
		if rows[i].Row == row {
			return rows[i].Guest, nil
		}
	}
	return qflow.Guest{}, err
}

// refuseSuppressed refuses rows whose emails would go to an address that is not mailed any more: a person lifts that
// first. Where it is not known which address that is, it is not known whether it is mailed either.
func (a *Account) refuseSuppressed(ctx context.Context, imp string, list []ResendRow) error {
	set := suppression.For(a.Ledger)
	var refused []string
	for _, r := range list {
		e, known, err := addressEntry(ctx, set, r.To)
		switch {
		case err != nil:
			return err
		case !known:
			return refuse("nothing was sent: row %d of import %s has had the guest of row %d since, and its file is gone, so it "+
				"cannot be known whether his address is mailed; import a list with the guest first", r.To.By.Row, r.To.By.Import,
				r.Row)
		case !e.Suppressed():
			why, err := a.declined(ctx, set, imp, r)
			if err != nil {
				return err
			}
			switch why {
			case "":
			case suppression.ByHand:
				refused = append(refused,
					fmt.Sprintf("an operator has had an address that the guest of row %d had before not mailed any more", r.Row))
			default:
				refused = append(refused,
					fmt.Sprintf("the guest of row %d has said at the address before that no email is wanted (%s)", r.Row, why))
			}
		case r.To.By.Import != "":
			refused = append(refused,
				fmt.Sprintf("the address that the guest of row %d has by row %d of import %s is not mailed any more (%s)",
					r.Row, r.To.By.Row, r.To.By.Import, e.Reason))
		default:
			refused = append(refused, fmt.Sprintf("the address of row %d is not mailed any more (%s)", r.Row, e.Reason))
		}
	}
	if len(refused) > 0 {
		return refuse("nothing was sent: %s; a person has to lift that first: guestflow suppress lift ADDRESS",
			strings.Join(refused, "; "))
	}
	return nil
}

// declined returns what the guest of a row has said of emails at an address that he had before: unsubscribed or
// complained, or an operator has for him; "" is none of these. A person who lifts that address has it forgotten.
func (a *Account) declined(
	ctx context.Context, set *suppression.Set, imp string, r ResendRow,
) (suppression.Reason, error) {
	rows, err := a.index().Rows(ctx, r.Index)
	if err != nil {
		return "", err
	}
	rows[0] = append(rows[0], ledger.Owner{Import: imp, Row: r.Row})
	why, err := set.Declined(ctx, rows)
	return why[0].Said(), err
}

// addressEntry returns what is kept of a recipient's address, and whether the address is known.
func addressEntry(ctx context.Context, set *suppression.Set, to Recipient) (suppression.Entry, bool, error) {
	if to.Guest.Email == "" && to.By.Import != "" {
		return set.CheckRow(ctx, to.By)
	}
	found, err := set.Check(ctx, to.Guest.Email)
	if err != nil {
		return suppression.Entry{}, false, err
	}
	return found[0], true, nil
}
