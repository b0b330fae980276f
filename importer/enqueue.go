package importer

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"guestflow/importer/chunk"
	"guestflow/importer/guest"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/rows"
	"guestflow/importer/suppression"
)

const (
	// batchRows and stretchChunks are how much goes together: a round trip costs as much as several rows, and a script that
	// takes less than a millisecond delays no other client.
	batchRows   = 200
	batchChunks = 4
	// inFlight is how many stretches are on their way at once, so that reading, Redis and the way between them overlap.
	inFlight = 8
	// checkEvery is how many stretches are sent between two looks at the rest of the world: 3,200 rows.
	checkEvery = 16
)

// enqueue takes what is not enqueued yet from a file to its tasks, in stretches of some chunks that go side by side.
func (im *Importer) enqueue(ctx context.Context, p Plan, r rows.Source, imp ledger.Import) error {
	c := inflightWindow{done: imp.Enqueued}
	defer c.abandon()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	guests, err := im.claimer(ctx, p, imp)
	if err == nil {
		err = im.ledger.Members.Reserve(ctx, imp.ID, imp.Rows)
	}
	if err != nil {
		return err
	}
	sent := 0
	for s, err := range batches(ctx, r, p.Path, imp) {
		if err == nil && sent%checkEvery == 0 {
			err = im.check(ctx, imp, c.done)
		}
		if err == nil {
			err = c.send(s.end(), func() error {
				err := im.commit(ctx, imp, guests, s)
				s.release()
				return err
			})
		}
		if err != nil {
			return err
		}
		sent++
	}
	if err := c.drain(); err != nil {
		return err
	}
	if err := im.saveProgress(ctx, imp, c.done); err != nil {
		return err
	}
	if _, err := im.stillWanted(ctx, imp.ID); err != nil {
		return err
	}
	return guests.finish(ctx)
}

// batch is some chunks as they were read.
type batch []chunkRows

type chunkRows struct {
	chunk int
	rows  []*rows.Row
}

func (s batch) end() int { return s[len(s)-1].chunk + 1 }

// release says that no row of it is in use any more.
func (s batch) release() {
	for _, p := range s {
		for _, r := range p.rows {
			r.Release()
		}
	}
}

// batches reads the chunks that are not enqueued yet.
func batches(ctx context.Context, r rows.Source, path string, imp ledger.Import) iter.Seq2[batch, error] {
	return func(yield func(batch, error) bool) {
		var s batch
		for n, more := 0, true; more; n++ {
			var p chunkRows
			var err error
			if p.rows, more, err = rows.Take(ctx, r, imp.Chunk); err == nil && len(p.rows) > 0 && p.rows[len(p.rows)-1].Row.Row > imp.Rows {
				err = changedError(path) // the ledger has no place for more rows than were planned
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if p.chunk = n; n >= imp.Enqueued && len(p.rows) > 0 {
				s = append(s, p)
			}
			if full := len(s) == batchChunks || len(s)*imp.Chunk >= batchRows; full || !more && len(s) > 0 {
				if !yield(s, nil) {
					return
				}
				s = nil
			}
		}
	}
}

// inflightWindow is the stretches that are on their way, the oldest first. They go side by side and are waited for in their order, so
// that all before the latest that has arrived has arrived too: a resumed import may go on there.
type inflightWindow struct {
	pending []*pendingBatch
	done    int // chunks that are enqueued for certain
}

type pendingBatch struct {
	end  int // the chunk after its last
	done chan struct{}
	err  error // once it is done
}

// send sets one more out, once there is room for it.
func (c *inflightWindow) send(end int, put func() error) error {
	if len(c.pending) == inFlight {
		if err := c.waitOldest(); err != nil {
			return err
		}
	}
	f := &pendingBatch{end: end, done: make(chan struct{})}
	c.pending = append(c.pending, f)
	go func() {
		defer close(f.done)
		f.err = put()
	}()
	return nil
}

// waitOldest waits for the oldest.
func (c *inflightWindow) waitOldest() error {
	f := c.pending[0]
	c.pending = c.pending[1:]
	if <-f.done; f.err != nil {
		return f.err
	}
	c.done = f.end
	return nil
}

// drain waits for all, until one has failed.
func (c *inflightWindow) drain() error {
	for len(c.pending) > 0 {
		if err := c.waitOldest(); err != nil {
			return err
		}
	}
	return nil
}

// abandon waits for the commits that are under way, whatever comes of them.
func (c *inflightWindow) abandon() {
	for _, f := range c.pending {
		<-f.done
	}
}

// commit takes a stretch all the way: claim its guests, keep its rows and write down their states, enqueue its tasks,
// take the emails over that earlier imports have not sent. In this order a kill between any two leaves chunks that the
// next run completes, or a worker.
func (im *Importer) commit(ctx context.Context, imp ledger.Import, guests *claimer, s batch) error {
	claimed, err := guests.claim(ctx, s)
	if err != nil {
		return err
	}
	all, moves := claimed, make([]ledger.Move, 0, len(s)*len(s[0].rows))
	work := make([]chunk.Row, 0, len(s[0].rows))
	var kept []ledger.StoredChunk
	var addresses []suppression.Row
	members := s.members()
	for _, p := range s {
		work = work[:0]
		for _, r := range p.rows {
			var m ledger.Move
			claims := claimed
			if m, claimed = firstMove(r, guests.near, claimed); m.To == ledger.Queued {
				work = append(work, *r.Row)
			}
			if len(claims) > len(claimed) {
				members.add(m.Row, claims[0])
			}
			if hasSay(m) && r.Guest.Email != "" {
				addresses = append(addresses, suppression.Row{Row: m.Row, Address: r.Guest.Email})
			}
			moves = append(moves, m)
		}
		if len(work) == 0 {
			continue
		}
		data, err := chunk.Encode(work)
		if err != nil {
			return err
		}
		kept = append(kept, ledger.StoredChunk{N: p.chunk, Data: data})
	}
	if err := im.ledger.Members.Put(ctx, imp.ID, members.first, members.keys); err != nil {
		return err
	}
	// The rows have the say about their guests from now on, so these' addresses are looked for by them, whatever becomes of the
	// rows: of one that is unchanged, or that a later list corrects before its turn, no worker sees it.
	if err := im.suppressed.Note(ctx, imp.ID, addresses); err != nil {
		return err
	}
	if err := im.ledger.Chunks.Commit(ctx, imp.ID, kept, moves); err != nil {
		return err
	}
	for _, k := range kept {
		ref := chunk.Ref{Account: im.ledger.Account(), Import: imp.ID, Chunk: k.N, Lane: chunk.Lane(imp.Lane)}
		if err := im.queues.Put(ctx, ref); err != nil {
			return err
		}
	}
	return guests.replace(ctx, im.ledger, s, all)
}

// hasSay reports whether a row has the say about its guest.
func hasSay(m ledger.Move) bool { return m.To == ledger.Queued || m.To == ledger.Unchanged }

// firstMove decides a row's first state: left out, rejected, nothing to do, or work. It takes the row's claim off the rest, if it
// has one, and gives the row the id by which its guest is known.
func firstMove(r *rows.Row, near decisions, claimed []guestindex.Claimed) (m ledger.Move, rest []guestindex.Claimed) {
	m = ledger.Move{Row: r.Row.Row, To: ledger.Queued}
	if r.Filtered {
		m.To = ledger.Filtered // its reason is the rule, which the import's record has
		return m, claimed
	}
	if len(r.Findings) > 0 {
		m.To, m.Reason = ledger.Rejected, r.Reason()
		return m, claimed
	}
	c := claimed[0]
	if c.ID != r.ID {
		r.Guest.ID = c.ID.String()
	}
	switch c.Verdict {
	case guestindex.Unchanged:
		if !c.EmailUnknown { // else a worker says whose email it is
			m.To = ledger.Unchanged
		}
	case guestindex.Duplicate:
		m.To = ledger.Rejected
		m.Reason = ledger.Reason{Code: string(guest.DuplicateRow), Line: r.Line, Text: guest.SameGuest(c.Owner.Row)}
	case guestindex.Near:
		m.To, m.Reason = ledger.Filtered, near.held(r, c.Alike)
	case guestindex.Create, guestindex.Update, guestindex.UpdateAndSend, guestindex.Send, guestindex.SendFirst,
		guestindex.Wait, guestindex.Replace, guestindex.WaitUnsent, guestindex.WaitWritten:
	}
	return m, claimed[1:]
}

// check notes what has arrived, and waits while it is too much or is not wanted any more.
func (im *Importer) check(ctx context.Context, imp ledger.Import, arrived int) error {
	if err := im.saveProgress(ctx, imp, arrived); err != nil {
		return err
	}
	return im.waitForRoom(ctx, imp)
}

// saveProgress writes down how far the import is, and wakes the workers. It returns errLost if Redis knows of less.
func (im *Importer) saveProgress(ctx context.Context, imp ledger.Import, arrived int) error {
	enqueued, err := im.ledger.Chunks.SetEnqueued(ctx, imp.ID, arrived)
	if err != nil || arrived == imp.Enqueued && enqueued >= arrived {
		return err
	}
	if enqueued < arrived {
		return fmt.Errorf("import %s: %w", imp.ID, errRowsLost)
	}
	return im.queues.Notify(ctx, chunk.Lane(imp.Lane).Queue(im.ledger.Account()))
}

// ErrCancelled says that a person has cancelled the import while its file was still being read.
var ErrCancelled = errors.New("the import was cancelled")

// stillWanted returns an import as it is now, or ErrCancelled if a person has cancelled it. One that was given up while this process was
// frozen has another file by now.
func (im *Importer) stillWanted(ctx context.Context, id string) (ledger.Import, error) {
	imp, err := im.ledger.Import(ctx, id)
	if err == nil && imp.Stopped == ledger.StoppedCancelled {
		err = fmt.Errorf("import %s: %w", id, ErrCancelled)
	}
	if err == nil && imp.GivenUp {
		err = changedError(imp.Source)
	}
	return imp, err
}
