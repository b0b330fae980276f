package console

import "guestflow/importer/spec"

// nearLabel says what becomes of rows that are like known guests by an answer for all of them.
func nearLabel(n spec.NearMisses) string {
	switch n.Any() {
	case spec.NearUpdate:
		return "They are the known guests: update them, and send no second email"
	case spec.NearNew:
		return "They are other guests: import them, and mail them"
	case spec.NearSkip:
		return "Leave them out"
	case spec.NearHold:
	}
	return string(n)
}
