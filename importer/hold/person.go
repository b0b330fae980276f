package hold

import "strings"

// unnamed are the names of those of whom nothing is known: of a process whose user has no name, and of the users of a
// console without logins.
var unnamed = map[string]bool{"": true, "unknown": true, "local": true}

// MayApprove reports whether a user may approve a list that another has brought, under approve_by: other. login says
// that the user has logged in to the console. A list whose bringer is unknown, such as one that was fetched, may
// be approved by any user who has.
func MayApprove(brought, approver string, login bool) bool {
	switch {
	case unnamed[plain(approver)]:
		return false
	case unnamed[plain(brought)]:
		return login
	}
	return !samePerson(brought, approver)
}

// samePerson errs on the side of yes: the user anna of a host may be anna@example.com of the console, or EXAMPLE\anna.
func samePerson(a, b string) bool {
	a, b = plain(a), plain(b)
	if strings.Contains(a, "@") && strings.Contains(b, "@") {
		return a == b
	}
	return account(a) == account(b)
}

// account is a name without its domain.
func account(name string) string {
	name = name[strings.LastIndex(name, `\`)+1:]
	name, _, _ = strings.Cut(name, "@")
	return name
}
