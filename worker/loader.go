package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"guestflow/importer/chunk"
	"guestflow/importer/correction"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/suppression"
)

// loader reads chunks, and asks what their rows still need.
type loader struct {
	ledger     *ledger.Ledger
	recorder   *recorder
	suppressed *suppression.Set
	claims     *guestindex.WorkerClaims
}

// waitForOther is how long a row waits before it asks again for another import that is processing its guest: a few
// round trips per chunk, every ten seconds.
const waitForOther = 10 * time.Second

const rowInUse = "another worker is processing a row"

// open loads a chunk for a run of its task. A row in Sending was left there by an earlier run, unless its call is still
// under way: a chunk has two tasks after a retry, or when a lease has ended that should not have.
func (l *loader) open(ctx context.Context, ref chunk.Ref) (*batch, error) {
	b, sending, err := l.load(ctx, ref)
	if err != nil {
		return nil, err
	}
	calling, err := l.ledger.Calls.InFlight(ctx, ref.Import, rowsOf(sending))
	if err != nil {
		return nil, err
	}
	var moves []ledger.Move
	for _, j := range sending {
		if calling[j.Row.Row] {
			b.postpone(waitForOther, rowInUse)
			continue
		}
		m := j.move(ledger.Unknown, ledger.Reason{
			Code: "interrupted", Text: "a worker was stopped while this email was on its way to Qflow"})
		m.Call = ledger.BySend + ": interrupted"
		moves = append(moves, m)
	}
	return b, l.recorder.commit(ctx, ref, moves)
}

// load reads a chunk and keeps the rows that still need something, and apart from them those that are in Sending.
func (l *loader) load(ctx context.Context, ref chunk.Ref) (b *batch, sending []*job, err error) {
	b = &batch{ref: ref, fairnessKey: ref.Import}
	rows, marks, tries, err := l.read(ctx, ref)
	if err != nil || len(rows) == 0 {
		return b, nil, err
	}
	b.first, b.last = rows[0].Row, rows[len(rows)-1].Row
	for n, r := range rows {
		j := &job{Row: r, mark: marks[n], tries: tries[n]}
		switch j.mark.State() {
		case ledger.Queued, ledger.Parked, ledger.ParkedTried:
			b.jobs = append(b.jobs, j)
		case ledger.Sending:
			sending = append(sending, j)
		default: // done, or nothing that a worker may change
		}
	}
	b.addresses = addressesOf(rows)
	if err := l.claim(ctx, b); err != nil {
		return b, sending, err
	}
	if err := l.addressed(ctx, b); err != nil {
		return b, sending, err
	}
	return b, sending, l.screen(ctx, b)
}

// read returns a chunk's rows, their marks and their tries; none if every row is done, as for a task that was done and
// runs again.
func (l *loader) read(ctx context.Context, ref chunk.Ref) ([]chunk.Row, []ledger.RowByte, []int, error) {
	data, err := l.ledger.Chunks.Get(ctx, ref.Import, ref.Chunk)
	if errors.Is(err, ledger.ErrNoChunk) {
		return nil, nil, nil, nil
	}
	if err != nil {
		return nil, nil, nil, err
	}
	rows, err := chunk.Decode(data)
	if err != nil || len(rows) == 0 {
		return nil, nil, nil, err
	}
	numbers := make([]int, len(rows))
	for n, r := range rows {
		numbers[n] = r.Row
	}
	marks, tries, err := l.ledger.BytesAndTries(ctx, ref.Import, numbers)
	return rows, marks, tries, err
}

// claim asks the guest index once more: since the file was read, another import may have finished with a guest.
func (l *loader) claim(ctx context.Context, b *batch) error {
	guests, err := indexed(b.jobs)
	if err != nil {
		return err
	}
	claims := l.claims.Of(b.ref.Import)
	claimed, err := claims.Claim(ctx, guests)
	if err == nil {
		claimed, err = correction.Replace(ctx, l.ledger, claims, b.ref.Import, guests, claimed)
	}
	if err != nil {
		return err
	}
	var moves []ledger.Move
	waitsFor := ""
	for i, j := range b.jobs {
		switch j.claimed(claimed[i]); j.verdict {
		case guestindex.Unchanged, guestindex.Duplicate:
			moves = append(moves, j.unchanged(claimed[i]))
		case guestindex.Wait: // nothing is recorded for it: another worker may be calling for the row by now
			waitsFor = claimed[i].Owner.Import
			b.postpone(waitForOther, "import "+waitsFor+" is processing some of these guests")
		case guestindex.Update, guestindex.Create, guestindex.UpdateAndSend, guestindex.Send, guestindex.SendFirst:
		case guestindex.Replace, guestindex.WaitUnsent, guestindex.WaitWritten: // not of a row for which package correction was asked
		case guestindex.Near: // never without a Contact, which the importer alone asks with
		}
	}
	if waitsFor != "" { // for operators who ask why nothing moves
		if err := l.ledger.Notes.SetWaitsFor(ctx, b.ref.Import, waitsFor); err != nil {
			return err
		}
	}
	return l.recorder.commit(ctx, b.ref, moves)
}

// indexed returns the guests of rows as the index knows them.
func indexed(jobs []*job) ([]guestindex.Guest, error) {
	guests := make([]guestindex.Guest, len(jobs))
	for i, j := range jobs {
		id, err := uuid.Parse(j.Guest.ID)
		if err != nil {
			return nil, fmt.Errorf("a chunk holds a guest without a proper id: %w", err)
		}
		guests[i] = guestindex.Guest{
			Row: j.Row.Row, ID: id, Event: j.Guest.EventID, Content: j.Content, Template: j.Guest.TemplateID,
			Person: correction.Person(&j.Guest),
		}
	}
	return guests, nil
}

// claimed takes what the index says of the row.
func (j *job) claimed(c guestindex.Claimed) {
	j.mark, j.verdict = c.Byte, c.Verdict
	switch c.Verdict {
	case guestindex.Unchanged, guestindex.Duplicate, guestindex.Wait:
		j.phase = settled
	case guestindex.Update:
		if c.EmailUnknown {
			j.unknownOwner = c.Owner
		}
	case guestindex.Send:
		j.writer = c.Owner
	case guestindex.Create, guestindex.UpdateAndSend, guestindex.SendFirst, guestindex.Near, guestindex.Replace,
		guestindex.WaitUnsent, guestindex.WaitWritten:
	}
}

// unchanged returns the move of a row that has nothing to do.
func (j *job) unchanged(c guestindex.Claimed) ledger.Move {
	if c.EmailUnknown {
		return j.move(ledger.Unknown, unknownElsewhere(c.Owner))
	}
	return j.move(ledger.Unchanged, ledger.Reason{})
}

func rowsOf(jobs []*job) []int {
	rows := make([]int, len(jobs))
	for i, j := range jobs {
		rows[i] = j.Row.Row
	}
	return rows
}
