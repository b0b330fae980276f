package worker

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
)

// A chunk with open rows always has a task in some queue: its next one is there before the last one ends. But Asynq's own tools delete
// tasks, and then nobody comes for the rows. So one process of the fleet looks whether an import stands still, and if it does, whether
// each of its chunks is in some queue. One that was in none twice, while nothing moved in between, is enqueued again. Should its task
// be there after all, it is worked on twice, and the second time there is nothing to do. Tasks that Asynq holds as active although no
// worker has them are in a queue, and yet nobody comes: those it is made to take back first.

const (
	// straysEvery is how often it looks: one or two round trips where every import moves. An import is looked through from the second
	// time on that it stands as it stood, so a chunk comes back in about two minutes, and in less than four if the process has just died
	// whose turn it was.
	straysEvery = 30 * time.Second

	// mostRest is how many looks an import is left alone at most that a person has stopped, or that may wait for a gate for days, and
	// that lacks nothing. To look through a million rows and their tasks takes about 25 ms.
	mostRest = 60
)

// strays looks for chunks that are in no queue.
type strays struct {
	*handler
	name  string // whose turn it is
	still map[string]*standstill
}

func (h *handler) strays() *strays { return &strays{handler: h, name: uuid.NewString()} }

// standstill is an import that may have come to one.
type standstill struct {
	ledger.Import
	missing map[int]bool // chunks that were in no queue at the last look
	rest    int          // looks that it is left alone for after the next one that finds nothing
	left    int          // looks that it is still left alone for
	again   int          // how often its chunks were enqueued again while it stood still
}

func (s *strays) look(ctx context.Context) error {
	mine, err := s.ledger.TryLead(ctx, "strays", s.name, 2*straysEvery+straysEvery/2) // it may fail once
	if err != nil || !mine {
		s.still = nil
		return err
	}
	if err := s.recoverOrphans(ctx); err != nil {
		return err
	}
	if err := s.bringNearer(ctx); err != nil {
		return err
	}
	running, err := s.ledger.Running(ctx)
	if err != nil {
		return err
	}
	open, err := s.stands(ctx, running)
	if err != nil || len(open) == 0 {
		return err
	}
	lanes := map[chunk.Lane]bool{}
	for id := range open {
		lanes[chunk.Lane(s.still[id].Lane)] = true
	}
	if err := s.queues.Strike(ctx, lanes, open); err != nil {
		return err
	}
	for id, missing := range open {
		if err := s.found(ctx, s.still[id], missing); err != nil {
			return err
		}
	}
	return nil
}

// stands gives the chunks with open rows of the imports that stand where they stood at the last look.
func (s *strays) stands(ctx context.Context, running []ledger.Import) (map[string]map[int]bool, error) {
	still, open := map[string]*standstill{}, map[string]map[int]bool{}
	closed, err := s.gates.Closed(ctx)
	if err != nil {
		return nil, err
	}
	for _, imp := range running {
		was := s.still[imp.ID]
		if was == nil || !was.Updated.Equal(imp.Updated) {
			still[imp.ID] = &standstill{Import: imp}
			continue
		}
		was.Import, still[imp.ID] = imp, was
		if rests := imp.Stopped != "" || len(closed) > 0; rests && was.left > 0 {
			was.left--
			continue
		}
		chunks, err := s.ledger.OpenChunks(ctx, imp)
		if err != nil {
			return nil, err
		}
		open[imp.ID] = chunks
	}
	s.still = still
	return open, nil
}

// found enqueues the chunks that were missing before, too.
func (s *strays) found(ctx context.Context, of *standstill, missing map[int]bool) error {
	before := of.missing
	of.missing = missing
	if len(missing) == 0 {
		of.rest = min(max(2*of.rest, 1), mostRest)
		of.left = of.rest
		return nil
	}
	var lost []int
	for n := range missing {
		if before[n] {
			lost = append(lost, n)
		}
	}
	if len(lost) == 0 {
		return nil
	}
	of.missing = nil
	now, err := s.ledger.Import(ctx, of.ID)
	if errors.Is(err, ledger.ErrNotFound) || err == nil && !now.Updated.Equal(of.Updated) {
		return nil
	}
	if err != nil {
		return err
	}
	err = s.enqueue(ctx, now, lost, of.again)
	of.again++
	return err
}

// enqueue leaves out the chunks whose rows are not kept, for which a task could do nothing. The generation is the time of the import's last
// change: whoever else enqueues them for the same standstill makes the same tasks, and it is above any that workers count up to. It
// goes up with each time: what Asynq has left of a task that is in no queue keeps its id for ever.
func (s *strays) enqueue(ctx context.Context, imp ledger.Import, lost []int, again int) error {
	kept, err := s.ledger.HasChunks(ctx, imp.ID, lost)
	if err != nil {
		return err
	}
	maps.DeleteFunc(kept, func(_ int, is bool) bool { return !is })
	if gone := len(lost) - len(kept); gone > 0 {
		if err := s.ledger.SetLostChunks(ctx, imp.ID, gone); err != nil {
			return err
		}
		if again == 0 {
			s.log.WarnContext(ctx, "rows in line are no longer kept in Redis, and no worker can go on with them: cancel the import, then import its file again with --again",
				"import", imp.ID, "chunks", gone)
		}
	}
	if len(kept) == 0 {
		return nil
	}
	for _, n := range slices.Sorted(maps.Keys(kept)) {
		ref := chunk.Ref{Account: s.ledger.Account(), Import: imp.ID, Chunk: n, Lane: chunk.Lane(imp.Lane), Generation: int(imp.Updated.Unix()) + again}
		if err := s.queues.Put(ctx, ref); err != nil {
			return err
		}
	}
	s.observer.strayed(len(kept))
	s.log.WarnContext(ctx, "tasks were missing for rows in line, deleted by Asynq's tools perhaps; they are enqueued again", "import", imp.ID, "tasks", len(kept))
	return s.queues.Call(ctx, chunk.Lane(imp.Lane).Queue(s.ledger.Account()))
}

// recoverOrphans has Asynq take back what it would hold for ever. Any number of processes may do so at once.
func (h *handler) recoverOrphans(ctx context.Context) error {
	orphans, err := h.queues.RecoverOrphans(ctx)
	if n := orphans.Leased + orphans.Dropped; n > 0 {
		h.log.WarnContext(ctx, "Asynq held tasks as active that no worker had; they come back within two minutes", "tasks", orphans.Leased, "without_content", orphans.Dropped)
	}
	if orphans.Early > 0 {
		h.log.WarnContext(ctx, "tasks were to come back only much later; they come back now: the clock of some worker's host is or was ahead, run NTP there", "tasks", orphans.Early)
	}
	return err
}

// bringNearer has tasks come back that a host whose clock was ahead has put off into its own time: nobody would come for them.
func (h *handler) bringNearer(ctx context.Context) error {
	tasks, leases, err := h.queues.BringNearer(ctx, maxPause+time.Minute)
	if tasks+leases > 0 {
		h.log.WarnContext(ctx, "tasks were put off for longer than anybody does, by a host whose clock is ahead or before Redis' clock went back; they come earlier. "+
			"Keep the clocks of all hosts right by NTP", "tasks", tasks, "leases", leases)
	}
	return err
}
