package spec

import (
	"strings"
)

// Resends says of an import that it sends the emails of some rows of an earlier import again, and nothing else: its own rows are
// those, with their cells as they stand there.
type Resends struct {
	Import   string `json:"import"`
	Rows     []int  `json:"rows"` // their numbers there, in order
	Decision string `json:"decision,omitempty"`
}

// Mark is what all emails of one decision have in common: a row goes out once by it, whatever rows are named beside it.
func (r Resends) Mark() string { return strings.TrimSpace("again " + r.Import + " " + r.Decision) }

// Resending returns the spec by which rows of an import with this spec are sent again. They stand in a file of guestflow's own, so how
// the first file was found to be a table is left out; what its columns mean stays, and so does what makes a guest of a row.
func (s Spec) Resending(r Resends) Spec {
	s.Again, s.Resend, s.Resends = r.Mark(), true, &r
	s.ResendUnsent, s.AnySheet, s.BlankRows = false, false, false
	s.Sheet, s.Encoding, s.Hidden, s.HeaderRow = "", "utf-8", "", "1"
	s.Strict, s.MaxRejects, s.NoteRows = nil, "", "read" // which are guests
	return s
}
