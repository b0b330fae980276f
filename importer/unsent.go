package importer

import (
	"fmt"
	"slices"
	"strings"

	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
)

// Unsent is what becomes of emails of earlier imports that have not left, of guests whom a list has otherwise.
type Unsent struct {
	// Corrected go by the list's import, as the list has the guests; Kept by the import before, as that has them: the list
	// has another email, or none.
	Corrected int      `json:"corrected,omitempty"`
	Kept      int      `json:"kept,omitempty"`
	KeptBy    []string `json:"kept_by,omitempty"` // the first of these imports

	ifUpdated bool // some of these wait for a decision
}

// maxKeptBy is how many imports are named that have emails which have not left.
const maxKeptBy = 3

// add counts a guest by the verdict of a look; email is whether the row's own is to leave.
func (u *Unsent) add(v guestindex.Verdict, before ledger.Owner, email bool) {
	switch {
	case v == guestindex.Replace && email:
		u.Corrected++
	case v == guestindex.WaitUnsent:
		u.keep(before.Import)
	}
}

func (u *Unsent) keep(imp string) {
	u.Kept++
	if !slices.Contains(u.KeptBy, imp) && len(u.KeptBy) < maxKeptBy {
		u.KeptBy = append(u.KeptBy, imp)
	}
}

// Text says of how many guests the email is still to go, and how; "" without any.
func (u Unsent) Text() string {
	var parts []string
	switch {
	case u.Corrected > 0 && u.ifUpdated:
		parts = append(parts, fmt.Sprintf("the email of %d of these guests has not left yet: by update it goes to the address "+
			"and name in this list, and not to those of before", u.Corrected))
	case u.Corrected > 0:
		parts = append(parts, fmt.Sprintf("the email of %d of these guests has not left yet: it goes to the address "+
			"and name in this list, and not to those of before", u.Corrected))
	}
	if u.Kept > 0 {
		parts = append(parts, fmt.Sprintf("another email of %d of these guests, which this list does not send, has not left "+
			"yet: it goes to the address and name of before; to have it go as this list says: import this list with that "+
			"email (--template), or %s first, which stops all its emails that have not left", u.Kept, u.cancels()))
	}
	return strings.Join(parts, "; ")
}

// cancels names the commands that stop the emails that go as before.
func (u Unsent) cancels() string {
	commands := make([]string, len(u.KeptBy))
	for i, imp := range u.KeptBy {
		commands[i] = "guestflow cancel " + imp
	}
	return strings.Join(commands, ", ")
}
