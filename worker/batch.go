package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/qflow"
)

// job is one row in a worker's hands.
type job struct {
	chunk.Row
	mark    ledger.RowByte
	verdict ledger.Verdict
	tries   int
	settled bool // nothing more to do in this run
	storied bool // a call of this run is in its history

	shut       bool // a gate that hides lost emails has closed since the attempt whose answer was lost
	turnedAway bool // by a closed gate, in this run
	written    bool // by a bulk call, in this run
	found      bool // an atomic call has given back a guest that another call made: its content is to be written

	way      string // of its last call, in this run
	answered bool   // clearly by /comms/send, in this run

	doubtful ledger.Owner // of the guest's email, which rests in unknown there
}

// viaSend tells which way a row's email goes. A guest that may exist gets its first email by /comms/send; but not if an
// email may have been queued already: that one goes by the atomic call again, which Qflow does not repeat.
func (j *job) viaSend() bool {
	return j.mark.HasFlag(ledger.Tried) && !j.mark.HasFlag(ledger.MaybeSent)
}

func (j *job) situation(refusals int) situation {
	return situation{before: j.mark, shut: j.shut, tries: j.tries, refusals: refusals, doubtful: j.doubtful.Import != ""}
}

// unsettled is why a row rests in unknown with another: only the owner of an email may send it.
func unsettled(by ledger.Owner) ledger.Reason {
	return ledger.Reason{
		Code: ledger.ReasonUnknownElsewhere,
		Text: fmt.Sprintf("the guest's email belongs to row %d of import %s, which rests in unknown: settle that one", by.Row, by.Import),
	}
}

// work is a chunk in a worker's hands: the rows that are left to do, and why some of them have to wait.
type work struct {
	ref    chunk.Ref
	salt   string // of the import's correlation ids
	jobs   []*job
	turn   string        // whose turn at the budget its calls take: the import's
	parked qflow.Gate    // a row waits for this gate, or part of one
	wait   time.Duration // some rows come back after this
	why    string
	halted bool // no further call in this run

	noToken   qflow.Outcome // why there was no token to call with, if there was none
	cancelled bool          // the import is, and its rows are settled
}

// postpone sends what is left of the chunk back for a while. The shortest wait wins: each row is asked again then.
func (w *work) postpone(d time.Duration, why string) {
	if w.wait == 0 || d < w.wait {
		w.wait, w.why = d, why
	}
}

// parkedAt says that a row waits for a gate. The first gate has the chunk; if another blocks it too, it goes there next.
func (w *work) parkedAt(g qflow.Gate) {
	if w.parked == "" {
		w.parked = g
	}
}

func (w *work) left(which func(*job) bool) []*job {
	var list []*job
	for _, j := range w.jobs {
		if !j.settled && which(j) {
			list = append(list, j)
		}
	}
	return list
}

func wantsWrite(j *job) bool {
	return j.Guest.TemplateID == "" || j.verdict == ledger.Update || j.verdict == ledger.Both
}

func wantsEmail(j *job) bool { return j.Guest.TemplateID != "" && j.verdict != ledger.Update }

// ownsContent: no import that was begun later has written the guest.
func ownsContent(j *job) bool { return j.verdict != ledger.Email }

// wantsOnlyEmail leaves out the rows whose content has to be written first, and was not: their email would settle them.
func wantsOnlyEmail(j *job) bool { return wantsEmail(j) && j.verdict != ledger.Both }

func anyJob(*job) bool { return true }

// waitForOther is how long a row waits before it asks again for another import that has its guest in its hands: a few round
// trips per chunk, every ten seconds.
const waitForOther = 10 * time.Second

// open loads a chunk for a run of its task. A row in Sending was left there by an earlier run, unless its call is still under way: a
// chunk has two tasks after a retry, or when a lease has ended that should not have.
func (h *handler) open(ctx context.Context, ref chunk.Ref) (*work, error) {
	w, sending, err := h.load(ctx, ref)
	if err != nil {
		return nil, err
	}
	rows := make([]int, len(sending))
	for i, j := range sending {
		rows[i] = j.Row.Row
	}
	inHand, err := h.ledger.CallsInFlight(ctx, ref.Import, rows)
	if err != nil {
		return nil, err
	}
	var moves []ledger.Move
	for _, j := range sending {
		if inHand[j.Row.Row] {
			w.postpone(waitForOther, "another worker has a row in its hands")
			continue
		}
		m := j.move(ledger.Unknown, ledger.Reason{
			Code: "interrupted", Text: "a worker was stopped while this email was on its way to Qflow"})
		m.Call = ledger.BySend + ": interrupted"
		moves = append(moves, m)
	}
	return w, h.record(ctx, ref, moves)
}

// load reads a chunk and keeps the rows that still need something, and apart from them those that are in Sending.
func (h *handler) load(ctx context.Context, ref chunk.Ref) (w *work, sending []*job, err error) {
	w = &work{ref: ref, turn: ref.Import}
	data, err := h.ledger.Chunk(ctx, ref.Import, ref.Chunk)
	if errors.Is(err, ledger.ErrNoChunk) {
		return w, nil, nil // every row is fine: this is an echo of a task that was done
	}
	if err != nil {
		return nil, nil, err
	}
	rows, err := chunk.Decode(data)
	if err != nil || len(rows) == 0 {
		return w, nil, err
	}
	marks, err := h.ledger.RowBytes(ctx, ref.Import, rows[0].Row, rows[len(rows)-1].Row)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range rows {
		j := &job{Row: r, mark: marks[r.Row-rows[0].Row]}
		switch j.mark.State() {
		case ledger.Queued, ledger.Parked, ledger.ParkedTried:
			w.jobs = append(w.jobs, j)
		case ledger.Sending:
			sending = append(sending, j)
		default: // done, or somebody else's business
		}
	}
	return w, sending, h.claim(ctx, w)
}

// move is what a run has to say of its row. A process that was frozen may say it late, when another has settled the row and
// ended the chunk's task: a row that it opened again then nobody would come for.
func (j *job) move(to ledger.State, why ledger.Reason) ledger.Move {
	if !why.IsZero() { // a row that is fine has no reason, hence no line in one
		why.Line = j.Line
	}
	return ledger.Move{Row: j.Row.Row, To: to, Reason: why, KeepSettled: true}
}

// claim asks the guest index once more: since the file was read, another import may have finished with a guest.
func (h *handler) claim(ctx context.Context, w *work) error {
	guests := make([]ledger.Guest, len(w.jobs))
	rows := make([]int, len(w.jobs))
	for i, j := range w.jobs {
		id, err := parseID(j.Guest.ID)
		if err != nil {
			return err
		}
		guests[i] = ledger.Guest{Row: j.Row.Row, ID: id, Event: j.Guest.EventID, Content: j.Content, Template: j.Guest.TemplateID}
		rows[i] = j.Row.Row
	}
	claimed, err := h.ledger.Claim(ctx, w.ref.Import, guests)
	if err != nil {
		return err
	}
	tries, err := h.ledger.Tries(ctx, w.ref.Import, rows)
	if err != nil {
		return err
	}
	var moves []ledger.Move
	other := ""
	for i, j := range w.jobs {
		j.mark, j.verdict, j.tries = claimed[i].Byte, claimed[i].Verdict, tries[i]
		switch j.verdict {
		case ledger.Same, ledger.Duplicate:
			j.settled = true
			if claimed[i].EmailUnknown {
				moves = append(moves, j.move(ledger.Unknown, unsettled(claimed[i].Owner)))
			} else {
				moves = append(moves, j.move(ledger.Unchanged, ledger.Reason{}))
			}
		case ledger.Wait:
			// Nothing is written down for it: the row may be in another worker's hands by now, on its way to Qflow.
			j.settled = true
			other = claimed[i].Owner.Import
			w.postpone(waitForOther, "import "+other+" has some of these guests in its hands")
		case ledger.Update:
			if claimed[i].EmailUnknown {
				j.doubtful = claimed[i].Owner
			}
		case ledger.Go, ledger.Both, ledger.Email:
		}
	}
	if other != "" { // for whoever asks why nothing moves
		if err := h.ledger.SetWaitsFor(ctx, w.ref.Import, other); err != nil {
			return err
		}
	}
	return h.record(ctx, w.ref, moves)
}

// close says what becomes of the chunk's task. An error sends it back to Asynq; nil ends it.
func (h *handler) close(ctx context.Context, w *work) error {
	if w.wait == 0 && len(w.left(anyJob)) > 0 {
		w.postpone(time.Second, "rows are left") // no row may end without a state that says why
	}
	if w.wait > 0 {
		return &laterError{after: w.wait, why: w.why}
	}
	if w.parked != "" {
		// The chunk goes on as a new task in the parked queue. A kill before this line runs the old task again, a kill
		// after it finds the new one's id taken; either way there is one.
		if err := h.queues.Park(ctx, w.parked.Kind(), w.ref.Next()); err != nil {
			return err
		}
		return h.missed(ctx, w.parked)
	}
	return h.dropIfFine(ctx, w.ref)
}

// dropIfFine forgets guests' data once no row of the chunk can need it any more. The rows of a chunk are consecutive.
func (h *handler) dropIfFine(ctx context.Context, ref chunk.Ref) error {
	imp, err := h.ledger.Import(ctx, ref.Import)
	if errors.Is(err, ledger.ErrNotFound) { // it has expired, and the chunk does too
		return nil
	}
	if err != nil {
		return err
	}
	first := ref.Chunk*imp.Chunk + 1
	marks, err := h.ledger.RowBytes(ctx, ref.Import, first, first+imp.Chunk-1)
	if err != nil {
		return err
	}
	for _, m := range marks {
		switch s := m.State(); {
		case s.Succeeded(), s == ledger.New, s == ledger.Rejected, s == ledger.Cancelled: // new: beyond the end of the file
		default:
			return nil
		}
	}
	return h.ledger.DropChunk(ctx, ref.Import, ref.Chunk)
}

// email and bulk calls are stopped by these gates.
var (
	emailGates = []qflow.Gate{qflow.GateAuth, qflow.GateComms, qflow.GateTrust, qflow.GatePlan}
	writeGates = []qflow.Gate{qflow.GateAuth, qflow.GatePlan}
)
