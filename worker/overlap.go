package worker

import (
	"guestflow/importer/ledger"
	"guestflow/qflow"
)

// The outcome of an email that was accepted is written while the next row is on its way: nothing that happens next
// depends on it. Each goroutine of a chunk has one such outcome at most, and a chunk's run ends when all are written.
// Until then the row is marked MaybeSent. If its process dies, it is called again by the same id, and its record says
// that its email was queued (docs/design.md section 4); so at a kill there may be two such rows for each place, not one.
//
// Outcomes of /comms/send are waited for, since a row that is found in Sending ends in unknown. So are all that say
// something about the rows to come: a closed gate, a pause, a failure.

// mayOverlap reports whether the next call may be made before the outcome is written.
func mayOverlap(way string, out qflow.Outcome, d decision) bool {
	return way == ledger.ByGuest && out.Kind == qflow.Accepted && d.to == ledger.Accepted && d.next == done
}

// written waits for the row's outcome, if it is being written. It may be called without a row.
func (j *job) written() error {
	if j == nil || j.writing == nil {
		return nil
	}
	wait := j.writing
	j.writing = nil
	return wait()
}
