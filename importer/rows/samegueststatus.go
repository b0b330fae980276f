package rows

import (
	"github.com/google/uuid"

	"guestflow/importer/guest"
	"guestflow/importer/rowstatus"
	"guestflow/importer/seen"
	"guestflow/qflow"
)

// This file finds the rows of one guest of which one would be imported, and another says that he is not meant: a later
// answer, a refund. The other may be rejected, or left out by the rule of the rows that are meant.

// otherID is the id of the guest of a row that is not imported, and that says that he is not meant; zero for other rows.
func otherID(o *Row, valid *guest.Validator, ids *guest.Identifier) (id uuid.UUID) {
	if !rowstatus.SaysNotMeant(o.Statuses) {
		return id
	}
	var g qflow.Guest
	v := *valid // which remembers the rows that it has checked
	v.Check(o.Record, &g)
	if g.Email == "" && g.FirstName == "" && g.LastName == "" {
		return id
	}
	id, _ = ids.ID(o.Record, &g)
	return id
}

// meetOther finds the imported row of the guest of one that is not, and keeps the latter for rows that follow.
func (r *Reader) meetOther(out *Row) error {
	if out.other == uuid.Nil {
		return nil
	}
	first, found, err := r.Seen.Find(seen.Hash(out.other))
	if err != nil || found {
		out.Twin = first
		return err
	}
	if r.others == nil {
		r.others = seen.New()
	}
	_, _, err = r.others.Add(seen.Hash(out.other), out.Row.Row)
	return err
}

// meetGuest finds the row that is not imported of the guest of one that is.
func (r *Reader) meetGuest(out *Row) (err error) {
	if r.others != nil {
		out.NotMeant, _, err = r.others.Find(seen.Hash(out.ID))
	}
	return err
}
