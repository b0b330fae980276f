// Package importer turns a file of guests into chunks of work: decode, map, validate, identify, claim, enqueue. It plans
// a file first, to say what would happen (MakePlan), then does it (Importer.Run), mostly from the rows that the plan has kept. Each
// pass holds some hundreds of rows, and some megabytes to find guests who are in the file twice, however long it is.
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

	"github.com/redis/go-redis/v9"

	"guestflow/importer/chunk"
	"guestflow/importer/guestindex"
	"guestflow/importer/ledger"
	"guestflow/importer/listfile"
	"guestflow/importer/plural"
	"guestflow/importer/queue"
	"guestflow/importer/rows"
	"guestflow/importer/suppression"
	"guestflow/importer/trace"
)

// Importer enqueues files for one account.
type Importer struct {
	// OnBackpressure is called when Run begins to wait for room, and when it goes on; nil only logs it.
	OnBackpressure func(Backpressure)
	// Replicas is how many replicas of Redis must have an import before Run says that it is enqueued; 0 asks none.
	Replicas int
	// EmailsPerMinute is how many guests the limits let workers send an email a minute, by which a task has more rows or fewer; 0
	// is no limit.
	EmailsPerMinute int

	redis      redis.UniversalClient
	ledger     *ledger.Ledger
	suppressed *suppression.Set
	queues     *queue.Queues
	memory     memoryGauge
	log        *slog.Logger
}

// New returns an importer that enqueues on a Redis.
func New(client redis.UniversalClient, l *ledger.Ledger, log *slog.Logger) *Importer {
	return &Importer{
		redis: client, ledger: l, suppressed: suppression.For(l), queues: queue.New(client, l.Account()),
		memory: memoryGauge{client: client}, log: log,
	}
}

// Begin writes the import's record, or finds the one that an earlier run of the same plan left. A file that is no longer
// the one that was planned gets no record, so that none waits for rows that will never come. If the earlier one was given up
// because the file had other content meanwhile, a further import does what that one has not done.
func (im *Importer) Begin(ctx context.Context, p Plan) (imp ledger.Import, created bool, err error) {
	path, err := filepath.Abs(p.Path)
	if err != nil {
		return ledger.Import{}, false, fmt.Errorf("find the place of %s: %w", p.Path, err)
	}
	if err := p.checkUnchanged(ctx); err != nil {
		return ledger.Import{}, false, err
	}
	mark := ""
	if p.Settings.Resend {
		mark = p.Settings.Again
	}
	for ; ; p = p.WithAgain(afterImport(p.Import)) { // the same for every repetition of the command
		imp, created, err = im.ledger.Create(ctx, ledger.Import{
			ID: p.Import, Spec: p.Settings.Spec, ResendMark: mark, Given: p.Settings.Given,
			Source: path, SHA256: p.SHA256, Rows: p.Rows, Chunk: p.chunkSize(im.EmailsPerMinute), Filled: p.filled.list(),
		}, chunk.LanesFor(p.Rows)...)
		switch {
		case errors.Is(err, ledger.ErrExpired):
		case err != nil:
			return ledger.Import{}, false, err
		case imp.GivenUp:
			mark = imp.ResendMark
		case !created && im.isAging(imp):
			return imp, false, errors.Join(im.ledger.Supersede(ctx, imp), im.renew(ctx, p, imp))
		default:
			return imp, created, im.ledger.Supersede(ctx, imp)
		}
	}
}

// Run enqueues what is not enqueued yet, from the rows that the plan has kept, or else from the file once more; it closes the plan. It may be killed at any point and run again. If Redis loses
// its last writes meanwhile, it goes back to the first row that is missing there: what counts is what Redis has, not what was
// written. It returns ErrCancelled if a person has cancelled the import meanwhile.
func (im *Importer) Run(ctx context.Context, p Plan, imp ledger.Import) (err error) {
	defer func() { err = listfile.PreferContext(ctx, err) }()
	ctx, end := trace.Import(ctx, im.ledger.Account(), imp.ID, imp.Rows)
	defer func() { end(err) }()
	if imp.Chunk < 1 {
		return fmt.Errorf("import %s: its record says %s to a chunk", imp.ID, plural.Of(imp.Chunk, "row"))
	}
	leave, err := im.beginHeartbeat(ctx, imp.ID)
	if err != nil {
		return err
	}
	defer func() { err = leave(err) }()
	if p, err = p.beside(ctx, im.ledger); err != nil {
		return err
	}
	defer p.Close()
	if len(p.Events) == 1 { // of a list of several it is not known how many guests each has
		if err := guestindex.For(im.ledger).Prepare(ctx, p.Events[0], p.Guests); err != nil {
			return err
		}
	}
	if err := im.noteGone(ctx, p, imp.ID); err != nil {
		return err
	}
	for passes := 1; ; passes++ {
		if imp, err = im.reload(ctx, imp); err == nil {
			err = im.pass(ctx, p, imp)
		}
		if err == nil {
			err = im.confirm(ctx, imp)
		}
		if passes == maxPasses || !errors.Is(err, errRowsLost) && !errors.Is(err, ledger.ErrNotFound) {
			return err
		}
		im.log.WarnContext(ctx, "Redis has lost its last writes, as after a crash or a failover; the rows that it no longer has are enqueued again",
			"import", imp.ID, "file", p.Path)
	}
}

// maxPasses bounds how often a file is read: a Redis that loses its writes so often keeps nothing.
const maxPasses = 10

// errRowsLost says that Redis no longer has rows that were written to it.
var errRowsLost = errors.New("Redis has lost rows of the import that were written to it; see that it keeps what it is given (appendonly), and run the same command again")

// reload returns how much of an import is enqueued by what Redis has, and writes its record anew where that is lost.
func (im *Importer) reload(ctx context.Context, imp ledger.Import) (ledger.Import, error) {
	enqueued, err := im.ledger.Chunks.SetEnqueued(ctx, imp.ID, 0)
	if errors.Is(err, ledger.ErrNotFound) {
		imp, _, err = im.ledger.Create(ctx, imp)
		return imp, err
	}
	imp.Enqueued = enqueued
	return imp, err
}

// pass takes the rows that the plan has kept, or else of the file, and enqueues what is not enqueued yet.
func (im *Importer) pass(ctx context.Context, p Plan, imp ledger.Import) error {
	f, err := rows.OpenFile(ctx, p.Path)
	if err != nil {
		return err
	}
	defer f.Close()
	hash := sha256.New()
	if kept := p.keptRows(imp); kept != nil {
		defer kept.Close()
		err = im.enqueue(ctx, p, kept, imp)
		if err == nil {
			_, err = io.Copy(hash, f)
		}
	} else {
		err = im.passOver(ctx, p, imp, io.TeeReader(f, hash))
	}
	if err != nil {
		return err
	}
	grown, err := f.Grown()
	if err != nil {
		return fmt.Errorf("look at %s once more: %w", p.Path, err)
	}
	if sum := hex.EncodeToString(hash.Sum(nil)); grown || sum != p.SHA256 {
		return changedError(p.Path)
	}
	return nil
}

// passOver enqueues the rows of the file itself.
func (im *Importer) passOver(ctx context.Context, p Plan, imp ledger.Import, file io.Reader) error {
	p.Settings.BlankRows = imp.BlankRows // its rows keep their numbers
	r, err := rows.Open(ctx, p.Path, file, rows.Options{Spec: p.Settings.Spec})
	if err != nil {
		return err
	}
	defer r.Close() //nolint:errcheck // only temporary files
	return im.enqueue(ctx, p, r, imp)
}

func changedError(path string) error {
	return &FileError{Path: path, Problem: "it was changed while it was being imported", Advice: "drop the finished file again: no guest is made twice"}
}
