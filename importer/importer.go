// Package importer turns a file of guests into chunks of work: decode, map, validate, identify, claim, enqueue. It reads a
// file twice, first to say what would happen (MakePlan), then to do it (Importer.Run). Each pass holds one chunk of rows, and
// some 40 bytes for each guest, to find those who are in the file twice.
//
// Everything an import makes has a name derived from its content: the import from the file's hash, a guest from account,
// event and key, a task from import and chunk. So a killed import is repaired by running it again, a file dropped twice is
// one import, and two processes that import the same file do each other no harm.
package importer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/redis/go-redis/v9"

	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
)

// highWater is how many rows may wait, in chunks of one import's size, before the importer holds back: 100,000 are about
// 40 MB of Redis, and hours of work for the budget. At most 2000 chunks of them, since a task costs something too.
func highWater(chunkSize int) int { return min(100_000/chunkSize, 2000) }

// Importer enqueues files for one account.
type Importer struct {
	ledger *ledger.Ledger
	queues *chunk.Queues
	log    *slog.Logger
}

// New gives an importer that enqueues on a Redis.
func New(client redis.UniversalClient, l *ledger.Ledger, log *slog.Logger) *Importer {
	return &Importer{ledger: l, queues: chunk.NewQueues(client, l.Account()), log: log}
}

// Begin writes the import's record, or finds the one that an earlier run of the same plan left. A file that is no longer
// the one that was planned gets no record, so that none waits for rows that will never come.
func (im *Importer) Begin(ctx context.Context, p Plan) (imp ledger.Import, created bool, err error) {
	path, err := filepath.Abs(p.Path)
	if err != nil {
		return ledger.Import{}, false, fmt.Errorf("find the place of %s: %w", p.Path, err)
	}
	if err := p.unchanged(); err != nil {
		return ledger.Import{}, false, err
	}
	lane, err := im.queues.Lane(ctx, p.Rows)
	if err != nil {
		return ledger.Import{}, false, err
	}
	s := p.Settings
	return im.ledger.Create(ctx, ledger.Import{
		ID: p.Import, Event: s.Event, Template: s.Template, Profile: s.Profile, Key: s.Key, Sheet: s.Sheet,
		Source: path, SHA256: p.SHA256, Rows: p.Rows, Chunk: p.chunkSize(), Lane: int(lane),
	})
}

// Run reads the file once more and enqueues what is not enqueued yet. It may be killed at any point and run again.
func (im *Importer) Run(ctx context.Context, p Plan, imp ledger.Import) error {
	if imp.Chunk < 1 {
		return fmt.Errorf("import %s: its record says %d rows to a chunk", imp.ID, imp.Chunk)
	}
	f, err := openFile(p.Path)
	if err != nil {
		return err
	}
	defer f.Close()
	hash := sha256.New()
	r, err := p.Settings.rows(p.Path, io.TeeReader(f, hash))
	if err != nil {
		return err
	}
	for n, more := 0, true; more; n++ {
		var rows []row
		if rows, more, err = r.take(ctx, imp.Chunk); err != nil {
			return err
		}
		if n < imp.Enqueued || len(rows) == 0 {
			continue
		}
		if rows[len(rows)-1].Row.Row > imp.Rows { // the ledger has no place for more rows than were planned
			return changed(p.Path)
		}
		if err := im.put(ctx, imp, n, rows); err != nil {
			return err
		}
	}
	if sum := hex.EncodeToString(hash.Sum(nil)); sum != p.SHA256 {
		return changed(p.Path)
	}
	return nil
}

func changed(path string) error {
	return &FileError{Path: path, Problem: "it was changed while it was being imported", Advice: "drop the finished file again: no guest is made twice"}
}

// take reads up to n rows; more is false at the end of the file.
func (r *rows) take(ctx context.Context, n int) (taken []row, more bool, err error) {
	for len(taken) < n {
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
		row, err := r.next()
		if errors.Is(err, io.EOF) {
			return taken, false, nil
		}
		if err != nil {
			return nil, false, err
		}
		taken = append(taken, row)
	}
	return taken, true, nil
}

// put takes one chunk all the way: claim its guests, keep its rows, write down their states, enqueue its task. In this
// order a kill between any two leaves a chunk that the next run completes.
func (im *Importer) put(ctx context.Context, imp ledger.Import, n int, rows []row) error {
	if n%50 == 0 {
		if err := im.holdBack(ctx, imp.ID, highWater(imp.Chunk)); err != nil {
			return err
		}
	}
	moves, work, err := im.sort(ctx, imp.ID, rows)
	if err != nil {
		return err
	}
	if len(work) > 0 {
		data, err := chunk.Encode(work)
		if err != nil {
			return err
		}
		if err := im.ledger.PutChunk(ctx, imp.ID, n, data); err != nil {
			return err
		}
	}
	if _, _, err := im.ledger.Move(ctx, imp.ID, moves); err != nil {
		return err
	}
	if len(work) > 0 {
		ref := chunk.Ref{Account: im.ledger.Account(), Import: imp.ID, Chunk: n, Lane: chunk.Lane(imp.Lane)}
		if err := im.queues.Enqueue(ctx, ref); err != nil {
			return err
		}
	}
	return im.ledger.SetEnqueued(ctx, imp.ID, n+1)
}

// sort decides each row's first state: rejected, nothing to do, or work.
func (im *Importer) sort(ctx context.Context, id string, rows []row) (moves []ledger.Move, work []chunk.Row, err error) {
	var good []row
	var guests []ledger.Guest
	for _, r := range rows {
		if len(r.findings) > 0 {
			moves = append(moves, ledger.Move{Row: r.Row.Row, To: ledger.Rejected, Reason: r.reason()})
			continue
		}
		good = append(good, r)
		guests = append(guests, r.indexed())
	}
	claimed, err := im.ledger.Claim(ctx, id, guests)
	if err != nil {
		return nil, nil, err
	}
	for i, r := range good {
		m := firstMove(r, claimed[i])
		if m.To == ledger.Queued {
			work = append(work, r.Row)
		}
		moves = append(moves, m)
	}
	return moves, work, nil
}

func firstMove(r row, c ledger.Claimed) ledger.Move {
	m := ledger.Move{Row: r.Row.Row, To: ledger.Queued}
	switch c.Verdict {
	case ledger.Same:
		m.To = ledger.Unchanged
	case ledger.Duplicate:
		m.To = ledger.Rejected
		m.Reason = ledger.Reason{Code: string(DuplicateRow), Line: r.Line, Text: sameGuest(c.Owner.Row)}
	case ledger.Go, ledger.Update, ledger.Both, ledger.Wait:
	}
	return m
}

func sameGuest(row int) string { return fmt.Sprintf("row %d is the same guest", row) }

// ErrCancelled says that a person has cancelled the import while its file was still being read.
var ErrCancelled = errors.New("the import was cancelled")

// holdBack waits while too much work is pending, so that Redis' memory stays bounded however long the file is. With
// noeviction a full Redis would stop the workers too, who alone can empty it.
func (im *Importer) holdBack(ctx context.Context, id string, most int) error {
	for told := false; ; told = true {
		imp, err := im.ledger.Import(ctx, id)
		if err != nil {
			return err
		}
		if imp.Stopped == ledger.StoppedCancelled {
			return fmt.Errorf("import %s: %w", id, ErrCancelled)
		}
		waiting, err := im.queues.Waiting(ctx)
		if err != nil || waiting < most {
			return err
		}
		if !told {
			im.log.Info("the importer waits for the workers: enough work is enqueued", "chunks", waiting)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
}
