package worker

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"time"

	"guestflow/importer/chunk"
	"guestflow/importer/lease"
	"guestflow/importer/ledger"
	"guestflow/importer/queue"
	"guestflow/worker/gate"
)

// maxQuiet is how many looks a stalled import is left alone at most that lacks nothing, and that an operator has
// stopped or that may wait for a gate for days. To look through a million rows and their tasks takes about 25 ms.
const maxQuiet = 60

// taskRescuer enqueues chunks again that are in no queue. A chunk with open rows always has a task in some queue: its
// next one is there before the last one ends. But Asynq's own tools delete tasks, and then no worker comes for the
// rows. So one process of the fleet finds imports that stand still, and whether each of their chunks is in some queue.
// One that was in none twice, while nothing moved in between, is enqueued again. Should its task be there after all, it
// is worked on twice, and the second time there is nothing to do. Tasks that Asynq holds as active although no worker
// has them are in a queue, and yet never run: those it is made to take back first.
type taskRescuer struct {
	ledger   *ledger.Ledger
	gates    *gate.Gates
	queues   *queue.Queues
	log      *slog.Logger
	observer Observer
	interval time.Duration

	lead    *lease.Lease // one process of the fleet rescues
	stalled map[string]*stalledImport
}

func newTaskRescuer(c Config, queues *queue.Queues) *taskRescuer {
	interval := c.intervals.rescue
	return &taskRescuer{
		ledger: c.Ledger, gates: c.Gates, queues: queues, log: c.Log, observer: c.Observer, interval: interval,
		lead: lease.New(c.Redis, c.Ledger.Prefix()+"turn:strays", 2*interval+interval/2), // a renewal may fail once
	}
}

// stalledImport is an import that stands where it stood at the last look.
type stalledImport struct {
	ledger.Import
	missing  map[int]bool // chunks that were in no queue at the last look
	quiet    int          // looks that it is left alone for after the next one that finds nothing
	skip     int          // looks that it is still left alone for
	enqueued int          // how often its chunks were enqueued again while it stood still
}

// Run rescues until ctx ends.
func (r *taskRescuer) Run(ctx context.Context) {
	defer func() { _ = r.lead.Release(ctx) }() // or it lapses
	longest, err := r.longestDelays(ctx)
	if err == nil {
		err = r.recoverOrphans(ctx, longest)
	}
	warn(ctx, r.log, "cannot recover tasks that no worker has", err)
	every(ctx, r.interval, func(ctx context.Context) {
		warn(ctx, r.log, "cannot look for queued rows without a task",
			r.look(ctx))
	})
}

func (r *taskRescuer) look(ctx context.Context) error {
	leads, err := r.lead.Acquire(ctx)
	if err != nil || !leads {
		r.stalled = nil
		return err
	}
	longest, err := r.longestDelays(ctx)
	if err != nil {
		return err
	}
	if err := r.recoverOrphans(ctx, longest); err != nil {
		return err
	}
	if err := r.bringNearer(ctx, longest); err != nil {
		return err
	}
	open, err := r.stalledChunks(ctx)
	if err != nil || len(open) == 0 {
		return err
	}
	if err := r.removeQueued(ctx, open); err != nil {
		return err
	}
	for id, missing := range open {
		if err := r.rescue(ctx, r.stalled[id], missing); err != nil {
			return err
		}
	}
	return nil
}

// stalledChunks returns the chunks with open rows, by import, of imports that stand where they stood at the last look.
func (r *taskRescuer) stalledChunks(ctx context.Context) (map[string]map[int]bool, error) {
	running, err := r.ledger.Running(ctx)
	if err != nil {
		return nil, err
	}
	closed, err := r.gates.Closed(ctx)
	if err != nil {
		return nil, err
	}
	stalled, open := map[string]*stalledImport{}, map[string]map[int]bool{}
	for _, imp := range running {
		s := r.stalled[imp.ID]
		if s == nil || !s.Updated.Equal(imp.Updated) {
			stalled[imp.ID] = &stalledImport{Import: imp}
			continue
		}
		s.Import, stalled[imp.ID] = imp, s
		if mayRest := imp.Stopped != "" || imp.SendWindow != "" || len(closed) > 0; mayRest && s.skip > 0 {
			s.skip--
			continue
		}
		if open[imp.ID], err = r.ledger.Chunks.Open(ctx, imp); err != nil {
			return nil, err
		}
	}
	r.stalled = stalled
	return open, nil
}

// removeQueued removes the chunks that are in some queue from open.
func (r *taskRescuer) removeQueued(ctx context.Context, open map[string]map[int]bool) error {
	lanes := map[chunk.Lane]bool{}
	for id := range open {
		lanes[chunk.Lane(r.stalled[id].Lane)] = true
	}
	return r.queues.RemoveQueued(ctx, lanes, open)
}

// rescue enqueues the chunks of an import that are missing and were so at the last look, too.
func (r *taskRescuer) rescue(ctx context.Context, s *stalledImport, missing map[int]bool) error {
	before := s.missing
	s.missing = missing
	if len(missing) == 0 {
		s.quiet = min(max(2*s.quiet, 1), maxQuiet)
		s.skip = s.quiet
		return nil
	}
	maps.DeleteFunc(before, func(n int, _ bool) bool { return !missing[n] })
	if len(before) == 0 {
		return nil
	}
	s.missing = nil
	now, err := r.ledger.Import(ctx, s.ID)
	if errors.Is(err, ledger.ErrNotFound) || err == nil && !now.Updated.Equal(s.Updated) {
		return nil
	}
	if err != nil {
		return err
	}
	err = r.enqueue(ctx, now, slices.Sorted(maps.Keys(before)), s.enqueued)
	s.enqueued++
	return err
}

// enqueue leaves out the chunks whose rows are not kept, for which a task could do nothing. The generation is the time
// of the import's last change: another process that enqueues them for the same standstill makes the same tasks, and it
// is above any that workers count up to. It goes up with each time: what Asynq has left of a task that is in no queue
// keeps its id for ever.
func (r *taskRescuer) enqueue(ctx context.Context, imp ledger.Import, lost []int, times int) error {
	kept, err := r.keptChunks(ctx, imp, lost, times == 0)
	if err != nil || len(kept) == 0 {
		return err
	}
	for _, n := range kept {
		ref := chunk.Ref{Account: r.ledger.Account(), Import: imp.ID, Chunk: n, Lane: chunk.Lane(imp.Lane),
			Generation: int(imp.Updated.Unix()) + times}
		if err := r.queues.Put(ctx, ref); err != nil {
			return err
		}
	}
	r.observer.tasksRescued(len(kept))
	r.log.WarnContext(ctx, "tasks were missing for queued rows, deleted by Asynq's tools perhaps; they are enqueued again",
		"import", imp.ID, "tasks", len(kept))
	return r.queues.Notify(ctx, chunk.Lane(imp.Lane).Queue(r.ledger.Account()))
}

// keptChunks returns the chunks whose rows Redis still has, and notes how many are gone.
func (r *taskRescuer) keptChunks(ctx context.Context, imp ledger.Import, lost []int, first bool) ([]int, error) {
	has, err := r.ledger.Chunks.Has(ctx, imp.ID, lost)
	if err != nil {
		return nil, err
	}
	kept := slices.DeleteFunc(slices.Clone(lost), func(n int) bool { return !has[n] })
	gone := len(lost) - len(kept)
	if gone == 0 {
		return kept, nil
	}
	if first {
		r.log.WarnContext(ctx, "queued rows are no longer kept in Redis, and no worker can go on with them: "+
			"cancel the import, then import its file again with --again",
			"import", imp.ID, "chunks", gone)
	}
	return kept, r.ledger.Notes.SetLostChunks(ctx, imp.ID, gone)
}

// recoverOrphans has Asynq take back what it would hold for ever. Any number of processes may do so at once.
func (r *taskRescuer) recoverOrphans(ctx context.Context, longest queue.Longest) error {
	orphans, err := r.queues.RecoverOrphans(ctx, longest)
	if n := orphans.Leased + orphans.Dropped; n > 0 {
		r.log.WarnContext(ctx, "Asynq held tasks as active that no worker had; they come back within two minutes", "tasks",
			orphans.Leased, "without_content", orphans.Dropped)
	}
	if orphans.Early > 0 {
		r.log.WarnContext(ctx, "tasks were to come back only much later; they come back now: "+
			"the clock of some worker's host is or was ahead, run NTP there", "tasks", orphans.Early)
	}
	return err
}

// bringNearer has tasks come back that a host whose clock was ahead has put off into its own time.
func (r *taskRescuer) bringNearer(ctx context.Context, longest queue.Longest) error {
	tasks, leases, err := r.queues.CapDelays(ctx, longest)
	if tasks+leases > 0 {
		r.log.WarnContext(ctx, "tasks were put off for longer than any worker does, by a host whose clock is ahead or before "+
			"Redis' clock went back; they come earlier. Keep the clocks of all hosts right by NTP",
			"tasks", tasks, "leases", leases)
	}
	return err
}
