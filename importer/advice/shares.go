package advice

import "guestflow/importer/ledger"

// Share is how many rows of an import have come to the same. Every text, page, report and notification shows these, so
// that no two of them differ.
type Share struct {
	State ledger.State
	Name  string // the state's, or Releasing
	Rows  int
}

// Releasing is the name of parked rows whose gate is open again: nothing that goes out is called parked.
const Releasing = "being released"

// Class is a share's name as a page's style and a program know it.
func (s Share) Class() string {
	if s.Name == Releasing {
		return "released"
	}
	return s.State.String()
}

// Shares are the states that have rows, in the order of all faces. Where the parked rows are being released they are
// one share.
func Shares(c ledger.Counts, releasing bool) (list []Share) {
	released := -1 // where
	for _, s := range ledger.AllStates() {
		parked := s == ledger.Parked || s == ledger.ParkedTried
		switch {
		case c[s] == 0:
		case !releasing || !parked:
			list = append(list, Share{s, s.String(), c[s]})
		case released < 0:
			released = len(list)
			list = append(list, Share{s, Releasing, c[s]})
		default:
			list[released].Rows += c[s]
		}
	}
	return list
}
