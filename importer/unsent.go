package importer

import (
	"fmt"
	"slices"
	"strings"

	"guestflow/importer/guestindex"
)

// Unsent is what becomes of emails of earlier imports that have not left, of guests whom a list has otherwise.
type Unsent struct {
	// Corrected go by the list's import, as the list has the guests; Kept by the import before, as that has them: the list
	// has another email, or none.
	Corrected int      `json:"corrected,omitempty"`
	Written   int      `json:"written,omitempty"` // as Corrected, unless it leaves while the guest is being written
	Kept      int      `json:"kept,omitempty"`
	KeptBy    []string `json:"kept_by,omitempty"` // the first of these imports
	Leaving   int      `json:"leaving,omitempty"` // may have left or be leaving, as the import before has the guests

	ifUpdated bool // some of these wait for a decision
}

// maxKeptBy is how many imports are named that have emails which have not left.
const maxKeptBy = 3

// add counts a guest by a look; email is whether the row's own is to leave.
func (u *Unsent) add(c guestindex.Claimed, email bool) {
	switch v := c.Verdict; {
	case v == guestindex.Replace && email:
		u.Corrected++
	case v == guestindex.WaitWritten && email:
		u.Written++
	case v == guestindex.WaitUnsent:
		u.keep(c.Owner.Import)
	case v == guestindex.Wait && c.Otherwise:
		u.Leaving++
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
	add := func(n int, format, ifUpdated string) {
		if u.ifUpdated {
			format = ifUpdated
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf(format, n))
		}
	}
	add(u.Corrected, "the email of %d of these guests has not left yet: it goes to the address and name in this "+
		"list, and not to those of before",
		"the email of %d of these guests has not left yet: by update, before it leaves, it goes to the address "+
			"and name in this list, and not to "+
			"those of before")
	add(u.Written, "the email of %d of these guests, who were written within the last minute, has not left yet: it "+
		"goes once, to the address and name in this list, or to those of before if it leaves before that minute is "+
		"over",
		"the email of %d of these guests, who were written within the last minute, has not left yet: by update it "+
			"goes once, to the address and name in this list, or to those of before if it leaves before that minute "+
			"is over")
	const leaving = "the email of %d of these guests may have left, or be leaving at this moment: it goes once, to the " +
		"address and name of before if it does"
	add(u.Leaving, leaving, leaving)
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
