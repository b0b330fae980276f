package operate

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/importer/queue"
	"guestflow/qflow"
	"guestflow/worker/budget"
	"guestflow/worker/gate"
)

// snapshot is everything outside an import that decides whether its rows move.
type snapshot struct {
	account       string
	events        qflow.EventNames
	clock         Clock
	at            time.Time // by Redis' clock, as the times of imports are
	imports       []ledger.Import
	gates         []gate.Closed
	fleet         fleet
	budget        budget.State
	depths        map[string]queue.Depth
	liveImporters map[string]bool   // imports whose importer is running
	blockedBy     map[string]string // the import that each one waits for
	backpressure  map[string]string // why an importer is paused, by import
	rowsGone      map[string]int    // tasks whose rows are no longer kept, by import
	tokenTrouble  string            // why there is no usable access token
}

// snapshot reads the surroundings of some imports.
func (a *Account) snapshot(ctx context.Context, imports ...ledger.Import) (s snapshot, err error) {
	s.account, s.events, s.clock, s.imports = a.Name(), a.Events, localClock, imports
	if s.at, err = a.Redis.Time(ctx).Result(); err != nil {
		return s, fmt.Errorf("ask Redis for its time: %w", err)
	}
	if s.gates, err = a.Gates.Closed(ctx); err != nil {
		return s, err
	}
	if s.fleet, err = a.fleet(ctx); err != nil {
		return s, err
	}
	if s.budget, err = a.Budget.State(ctx); err != nil {
		return s, err
	}
	if s.tokenTrouble, err = a.tokenTrouble(ctx); err != nil {
		return s, err
	}
	if s.depths, err = a.Queues.Stats(ctx); err != nil {
		return s, err
	}
	err = s.readLedger(ctx, a.Ledger)
	return s, err
}

// readLedger reads what the ledger knows of the imports' importers.
func (s *snapshot) readLedger(ctx context.Context, l *ledger.Ledger) (err error) {
	if s.liveImporters, err = l.Importers.Live(ctx); err != nil {
		return err
	}
	if s.blockedBy, err = l.Notes.WaitsFor(ctx, s.imports...); err != nil {
		return err
	}
	if s.backpressure, err = l.Notes.Backpressure(ctx, s.imports...); err != nil {
		return err
	}
	s.rowsGone, err = l.Notes.LostChunks(ctx, s.imports...)
	return err
}

// tokenTrouble returns why there is no access token that Qflow takes, and what to do; "" if there is one or none was
// needed yet.
func (a *Account) tokenTrouble(ctx context.Context) (string, error) {
	if a.Tokens == nil {
		return "", nil
	}
	info, err := a.Tokens.Inspect(ctx)
	if err != nil || info.State == "fresh" && info.RenewedAfter.IsZero() {
		return "", err
	}
	return info.Trouble(), nil
}

// snapshotOf reads the surroundings of one import. The other open imports are part of them.
func (a *Account) snapshotOf(ctx context.Context, imp ledger.Import) (snapshot, error) {
	running, err := a.Ledger.Running(ctx)
	if err != nil {
		return snapshot{}, err
	}
	others := slices.DeleteFunc(running, func(i ledger.Import) bool { return i.ID == imp.ID })
	return a.snapshot(ctx, append(others, imp)...)
}

// busy reports whether a live worker is processing a chunk.
func (s snapshot) busy() bool {
	for _, d := range s.depths {
		if d.Active > d.Lost {
			return true
		}
	}
	return false
}

func (s snapshot) queue(imp ledger.Import) string { return chunk.Lane(imp.Lane).Queue(s.account) }

// ownDepth adds up the queues that an import's tasks can be in: its lane, and those of rows parked for a gate.
func (s snapshot) ownDepth(imp ledger.Import) queue.Depth {
	sum := s.depths[s.queue(imp)]
	for name, d := range s.depths {
		if queue.IsParked(name) {
			sum.Pending, sum.Active, sum.Lost = sum.Pending+d.Pending, sum.Active+d.Active, sum.Lost+d.Lost
			sum.Retry, sum.Scheduled, sum.Archived = sum.Retry+d.Retry, sum.Scheduled+d.Scheduled,
				sum.Archived+d.Archived
		}
	}
	return sum
}

// laneBlocker returns the id of an import that was started earlier in the same lane and can move; "" if there is none.
func (s snapshot) laneBlocker(imp ledger.Import) string {
	for _, i := range s.imports {
		if i.Lane == imp.Lane && i.Started.Before(imp.Started) && i.Stopped == "" &&
			i.Counts.Open() > i.Counts.Parked() {
			return i.ID
		}
	}
	return ""
}

// gateOf returns the closed gate that an import's rows most likely wait for: not one that is closed for another event
// only.
func (s snapshot) gateOf(imp ledger.Import) gate.Closed {
	for _, c := range s.gates {
		if c.Event == "" || strings.EqualFold(c.Event, imp.Event) {
			return c
		}
	}
	return s.gates[0]
}

// unreadRows is how many rows a live importer has yet to enqueue.
func (s snapshot) unreadRows(imp ledger.Import) int {
	if !s.liveImporters[imp.ID] {
		return 0
	}
	return imp.Counts[ledger.New]
}

// importerPause returns why a live importer enqueues nothing now; "" if it does, or if what it has enqueued is being
// processed.
func (s snapshot) importerPause(imp ledger.Import) string {
	why := s.backpressure[imp.ID]
	if why == "" || !s.liveImporters[imp.ID] || imp.Stopped != "" || imp.QueuedChunks() > 0 && s.busy() {
		return ""
	}
	return "its importer is paused (backlog): " + why
}
