package rows

import (
	"github.com/google/uuid"

	"guestflow/importer/chunk"
	"guestflow/importer/columns"
	"guestflow/importer/correction"
	"guestflow/importer/guest"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/personname"
	"guestflow/importer/rowstatus"
	"guestflow/importer/seen"
)

// Row is a record that has been decoded, checked and identified.
type Row struct {
	*chunk.Row
	ID       uuid.UUID
	LegacyID uuid.UUID // the id that versions before gave the guest, or zero
	Contact  guestindex.Contact
	Spelled  string          // how else its address and name may be written
	ByColumn bool            // a chosen column tells the guest apart
	barcode  seen.Hash       // zero when it has none
	other    uuid.UUID       // of a row that is not imported and says that its guest is not meant
	Twin     int             // the imported row of the guest of one that is not
	NotMeant int             // a row before that is not imported, and says that the guest of this one is not meant
	Findings []guest.Finding // any: the row is rejected
	Warnings []guest.Finding // what a person should look at, and what is imported all the same

	Filtered  bool               // the rule of the rows that are meant leaves it out; nothing more is known of it
	Statuses  []rowstatus.Status // what cells that nothing is taken from say of whether the row is meant
	Dates     guest.DateOrders   // in which its dates can be read that have no order of their own
	NameDoubt personname.Doubt   // what is in doubt of its name
	Colour    string             // of the row in a workbook
	Beside    columns.Beside     // other people and addresses that it has
	Letters   Letters            // of one without findings

	space *rowSpace // that it is in

	Cells  []string      // the cells as they stand in the file, where a preview shows them
	Record *guest.Record // nil when the row could not be taken apart
}

// IsGuest reports whether a row becomes a guest: it is neither left out nor rejected.
func (r *Row) IsGuest() bool { return !r.Filtered && len(r.Findings) == 0 }

// Indexed is what the guest index needs of a row.
func (r *Row) Indexed() guestindex.Guest {
	return guestindex.Guest{
		Row: r.Row.Row, ID: r.ID, Former: r.LegacyID, Event: r.Guest.EventID, Content: r.Content, Template: r.Guest.TemplateID,
		Contact: r.Contact, Spelled: r.Spelled, ByColumn: r.ByColumn,
		Person: correction.Person(&r.Guest),
	}
}

// Reason is what the ledger keeps of the findings: the first one's code and place, and the texts of all.
func (r *Row) Reason() ledger.Reason {
	first := r.Findings[0]
	return ledger.Reason{Code: string(first.Code), Text: guest.Texts(r.Findings), Line: r.Line, Column: first.Column}
}

// ContactHash stands for an address and a name.
func ContactHash(c guestindex.Contact) (h seen.Hash) {
	for i, b := range c.Address {
		h[i] = b ^ c.Name[i]
	}
	copy(h[len(h)-len(c.Name):], c.Name[:])
	return h
}
