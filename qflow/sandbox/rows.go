package sandbox

import (
	"crypto/rand"
	"slices"
)

// The methods of this file expect the store to be locked.

// insert makes a new guest.
func (s *store) insert(by *account, eventID string, in *guestInput) *guestRow {
	row := &guestRow{owner: by}
	row.ID, row.EventID, row.CreatedBy = in.ID.Value, eventID, "API ("+by.ClientID+")"
	in.onto(&row.Guest, false, false)
	if row.Barcode == "" {
		row.Barcode = newBarcode()
	}
	s.guests[row.ID] = row
	s.claim(row)
	e := s.events[eventID]
	e.guests = append(e.guests, row)
	return row
}

// rewrite changes a stored guest.
func (s *store) rewrite(row *guestRow, in *guestInput, absentClears, nullClears bool, sw *Switches) {
	before := row.Guest
	in.onto(&row.Guest, absentClears, nullClears)
	if row.Barcode != before.Barcode {
		s.disclaim(&before)
		s.claim(row)
	}
	if row.Email != before.Email && sw.EmailChangeClears {
		s.forgiveBounces(row.ID)
	}
}

func (s *store) remove(row *guestRow) {
	delete(s.guests, row.ID)
	s.disclaim(&row.Guest)
	e := s.events[row.EventID]
	// From the end: only the row of the call in hand is ever removed, so it is the last or nearly so.
	for i, other := range slices.Backward(e.guests) {
		if other == row {
			e.guests = slices.Delete(e.guests, i, i+1)
			return
		}
	}
}

func (s *store) claim(row *guestRow) {
	key := barcodeKey{row.EventID, row.Barcode}
	if s.barcodes[key] == "" {
		s.barcodes[key] = row.ID
	}
}

func (s *store) disclaim(g *Guest) {
	key := barcodeKey{g.EventID, g.Barcode}
	if s.barcodes[key] == g.ID {
		delete(s.barcodes, key)
	}
}

const barcodeLetters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// newBarcode is 16 upper-case alphanumerics, as in docs/qflow-api.md section 4.1.
func newBarcode() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	for i := range b {
		b[i] = barcodeLetters[int(b[i])%len(barcodeLetters)]
	}
	return string(b[:])
}
