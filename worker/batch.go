package worker

import (
	"sync"
	"time"

	"guestflow/importer/chunk"
	"guestflow/importer/suppression"
	"guestflow/qflow"
	"guestflow/worker/budget"
)

// batch is a chunk in a run of its task: the rows that are left to do, and why some of them have to wait. Its emails may
// go side by side (emailRun), and hold mu except while they wait (aside).
type batch struct {
	mu sync.Mutex

	ref         chunk.Ref
	first, last int    // rows of the chunk; 0 if it is not there
	salt        string // of the import's correlation ids
	jobs        []*job
	fairnessKey string        // under which its calls take turns at the budget: the import's
	parked      qflow.Gate    // a row waits for this gate, or part of one
	wait        time.Duration // some rows come back after this
	why         string
	halted      bool // no further call in this run

	addresses []suppression.Row // of the chunk's rows
	screened  time.Time         // when it was last asked which of them are suppressed

	windowClosed bool // the import's send window is, or its hours are to be looked up

	overlaps bool // outcomes of emails may be written beside the next call

	noToken   qflow.Outcome // why there was no token to call with, if there was none
	cancelled bool          // the import is, and its rows are settled
}

// probeOf returns a batch of one row, for a probe: a gate that it finds closed parks no other row of the chunk.
func (b *batch) probeOf(j *job) *batch {
	return &batch{ref: b.ref, salt: b.salt, jobs: []*job{j}, fairnessKey: budget.ProbeKey,
		addresses: b.addresses, screened: b.screened}
}

// postpone sends what is left of the chunk back for a while. The shortest wait wins: each row is asked again then.
func (b *batch) postpone(d time.Duration, why string) {
	if b.wait == 0 || d < b.wait {
		b.wait, b.why = d, why
	}
}

// halt ends the run: no further call is made, and the rest comes back after a while.
func (b *batch) halt(d time.Duration, why string) {
	b.halted = true
	b.postpone(d, why)
}

// waitFor notes that a row waits for a gate. The chunk goes to the first one; if another blocks it too, it goes there
// next.
func (b *batch) waitFor(g qflow.Gate) {
	if b.parked == "" {
		b.parked = g
	}
}

// aside runs what waits for others, with the batch left to its other rows, and the row left to its own goroutine.
func (b *batch) aside(j *job, wait func()) {
	j.busy = true
	b.mu.Unlock()
	defer func() {
		b.mu.Lock()
		j.busy = false
	}()
	wait()
}

// unsettled returns the rows with something to do that are as wanted. A row that is being called speaks for itself.
func (b *batch) unsettled(wanted func(*job) bool) []*job {
	var list []*job
	for _, j := range b.jobs {
		if !j.busy && !j.isSettled() && wanted(j) {
			list = append(list, j)
		}
	}
	return list
}
