package operate

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"guestflow/importer/ledger"
	"guestflow/importer/plural"
	"guestflow/qflow"
)

// This file answers the operator's question "why is nothing moving?": one sentence an import, from a snapshot of its
// surroundings. Each possible reason is a method that returns its sentence, or "" if it does not apply; their order,
// the most likely first, is stated once, in stall and queueStall.

// Stall returns why an import does not move, the most likely reason first; "" if it moves, or if Redis cannot be read,
// which the caller reports by itself.
func (a *Account) Stall(ctx context.Context, imp ledger.Import) string {
	s, err := a.snapshotOf(ctx, imp)
	if err != nil {
		return ""
	}
	return s.stall(imp)
}

// QueueStall is the part of Stall about queued rows, for a caller that is the importer itself.
func (a *Account) QueueStall(ctx context.Context, imp ledger.Import) string {
	s, err := a.snapshotOf(ctx, imp)
	if err != nil {
		return ""
	}
	return s.queueStall(imp)
}

// Interrupted returns, by import, why rows were never queued and what to do, for imports whose importer is gone.
func (a *Account) Interrupted(ctx context.Context, imports []ledger.Import) (map[string]string, error) {
	live, err := a.Ledger.Importers.Live(ctx)
	if err != nil {
		return nil, err
	}
	why := map[string]string{}
	for _, imp := range imports {
		if text := interruption(imp, live); text != "" {
			why[imp.ID] = text
		}
	}
	return why, nil
}

func (s snapshot) stall(imp ledger.Import) string {
	text := joinReasons(interruption(imp, s.liveImporters), s.queueStall(imp), s.importerPause(imp))
	return cmp.Or(text, s.idleReason(imp))
}

func joinReasons(why ...string) string {
	return strings.Join(slices.DeleteFunc(why, func(s string) bool { return s == "" }), "; ")
}

// besideGate returns the closed gate that stall speaks of, and the rest of it; all of it where it speaks of none.
func (s snapshot) besideGate(imp ledger.Import) (qflow.Gate, string) {
	text := s.gateClosed(imp)
	if text == "" || s.queueStall(imp) != text {
		return "", s.stall(imp)
	}
	return s.gateOf(imp).Gate, joinReasons(interruption(imp, s.liveImporters), s.importerPause(imp))
}

// queueStall returns why the queued rows do not move. All reasons are looked up in memory, so none is skipped for its
// cost.
func (s snapshot) queueStall(imp ledger.Import) string {
	why := cmp.Or(s.redisFull(imp), importPaused(imp), s.gateClosed(imp))
	if why != "" || imp.Counts.Open() == 0 {
		return why
	}
	return cmp.Or(s.windowClosed(imp), s.noWorker(imp), s.tokenTrouble, s.clock.SlowdownText(s.budget),
		s.blockedByImport(imp), s.rowsExpired(imp), s.queueTrouble(imp))
}

// interruption is about an import whose importer is gone. Rows that it has enqueued are the workers' business.
func interruption(imp ledger.Import, live map[string]bool) string {
	left := imp.Counts[ledger.New]
	if left == 0 || live[imp.ID] || imp.Done() {
		return ""
	}
	text := "its importer stopped half-way, " + plural.Of(left, "row was", "rows were") + " never queued"
	switch {
	// the process that cancelled it died before all rows were settled
	case imp.Stopped == ledger.StoppedCancelled || imp.GivenUp:
		return fmt.Sprintf("%s: cancel it again to settle them: guestflow cancel %s", text, imp.ID)
	case imp.Successor != "":
		return fmt.Sprintf("%s, and its file has changed since, which is import %s: a worker cancels the rest within "+
			"two minutes",
			text, imp.Successor)
	}
	return fmt.Sprintf("%s: a guestflow run on the host with the file goes on by itself; or run the same command "+
		"again with the same file, "+
		"or cancel it: guestflow cancel %s", text, imp.ID)
}

func (s snapshot) redisFull(imp ledger.Import) string {
	if imp.Counts.Open() == 0 {
		return ""
	}
	return s.fleet.full
}

func importPaused(imp ledger.Import) string {
	if imp.Stopped != ledger.StoppedPaused {
		return ""
	}
	return "it is paused: resume it with guestflow resume " + imp.ID
}

// gateClosed also covers an importer that is paused while a gate is closed: the parked rows are its backlog.
func (s snapshot) gateClosed(imp ledger.Import) string {
	if len(s.gates) == 0 || imp.Counts.Parked() == 0 && s.importerPause(imp) == "" {
		return ""
	}
	c := s.gateOf(imp)
	return fmt.Sprintf("the %s is closed since %s, next probe %s; %s",
		c.Name().Title(s.events), s.clock(c.Since), s.clock(c.NextProbe), c.Meaning())
}

func (s snapshot) noWorker(imp ledger.Import) string {
	switch {
	case s.fleet.workers == 0:
		return "no worker is running: start one with guestflow run"
	case !s.fleet.serves(s.queue(imp)):
		return fmt.Sprintf("no running worker serves the queue %s: they are of an older version; restart them with "+
			"this one", s.queue(imp))
	}
	return ""
}

func (s snapshot) blockedByImport(imp ledger.Import) string {
	other := s.blockedBy[imp.ID]
	if other == "" {
		return ""
	}
	return fmt.Sprintf("import %s is processing the same guests; these rows go on when it has finished; see "+
		"guestflow status %s",
		other, other)
}

func (s snapshot) rowsExpired(imp ledger.Import) string {
	n := s.rowsGone[imp.ID]
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%s no longer kept in Redis, so no worker can process them: guestflow cancel %s, then import "+
		"the file again with --again, which sends no email twice", plural.Of(n, "chunk of its rows is", "chunks of its rows are"), imp.ID)
}

// queueTrouble is what the queues say about work that does not move. Asynq queues the work of a killed process again
// only when its lease is long over. Queues are paused, and tasks archived, only with Asynq's own tools.
func (s snapshot) queueTrouble(imp ledger.Import) string {
	var why []string
	own, lane := s.ownDepth(imp), s.depths[s.queue(imp)]
	if lane.Paused && lane.Pending > 0 {
		why = append(why, fmt.Sprintf("the queue %s was paused with Asynq's tools: resume it in Asynqmon, or by "+
			"asynq queue unpause",
			s.queue(imp)))
	}
	switch {
	case own.Lost > 0:
		why = append(why, plural.Of(own.Lost, "chunk was", "chunks were")+" being processed by a worker that is gone; "+
			"queued again within two minutes")
	case own.Active == 0 && own.Retry > 0:
		why = append(why, plural.Of(own.Retry, "chunk waits", "chunks wait")+
			" to be retried: a call failed, or another import is processing the same guests")
	}
	if own.Archived > 0 {
		why = append(why, plural.Of(own.Archived, "task is", "tasks are")+
			" in Asynq's archive, which no worker processes: run them in Asynqmon, or by asynq task run")
	}
	return strings.Join(why, "; ")
}

// idleAfter is how long an import may be without progress before that alone is reported. A fleet at the pace of one
// call a minute makes progress more often.
const idleAfter = 2 * time.Minute

func (s snapshot) isIdle(imp ledger.Import) bool {
	return !imp.Done() && s.at.Sub(imp.Updated) >= idleAfter
}

// idleReason is what is known about an import that makes no progress for none of the usual reasons. It is never "" for
// an idle import: none stands still without a sentence.
func (s snapshot) idleReason(imp ledger.Import) string {
	if !s.isIdle(imp) {
		return ""
	}
	text := "no row has moved since " + s.clock(imp.Updated)
	switch own := s.ownDepth(imp); {
	case s.unreadRows(imp) > 0 && imp.QueuedChunks() == 0:
		return fmt.Sprintf("%s: its importer runs and queues nothing; is the disk or share slow that holds %s, or "+
			"its process paused?",
			text, imp.Source)
	case own.Tasks()+own.Archived == 0:
		return text + ": its tasks are gone from the queues; the workers queue them again within three minutes"
	case s.laneBlocker(imp) != "":
		return fmt.Sprintf("%s: it shares the queue %s with import %s, started earlier, whose tasks go first: there "+
			"are more open imports than queues; cancel those that are no longer wanted", text, s.queue(imp), s.laneBlocker(imp))
	default:
		return fmt.Sprintf("%s: the queue %s and the parked ones hold %s, of this import and of others; if that "+
			"lasts for five minutes, see the workers' logs", text, s.queue(imp), own)
	}
}
