package operate

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/worker/budget"
	"guestflow/worker/gate"
)

// snapshot is what surrounds all imports of an account.
type snapshot struct {
	account       string
	clock         Clock
	at            time.Time // by Redis' clock, as the times of imports are
	imports       []ledger.Import
	gates         []gate.Closed
	fleet         fleet
	budget        budget.State
	depths        map[string]chunk.Depth
	liveImporters map[string]bool   // imports that an importer is at
	blockedBy     map[string]string // imports that others wait for, by who waits
	backpressure  map[string]string // why importers hold back, by import
	rowsGone      map[string]int    // tasks whose rows are no longer kept, by import
	tokenTrouble  string            // why there is none for now
}

// snapshot looks at what surrounds some imports.
func (a *Account) snapshot(ctx context.Context, imports ...ledger.Import) (now snapshot, err error) {
	now.account, now.clock, now.imports = a.Name(), LocalClock, imports
	if now.at, err = a.Redis.Time(ctx).Result(); err != nil {
		return now, fmt.Errorf("ask Redis for its time: %w", err)
	}
	if now.gates, err = a.Gates.Closed(ctx); err != nil {
		return now, err
	}
	if now.fleet, err = a.fleet(ctx); err != nil {
		return now, err
	}
	if now.budget, err = a.Budget.State(ctx); err != nil {
		return now, err
	}
	if now.liveImporters, err = a.Ledger.LiveImporters(ctx); err != nil {
		return now, err
	}
	if now.blockedBy, err = a.Ledger.WaitsFor(ctx, imports...); err != nil {
		return now, err
	}
	if now.backpressure, err = a.Ledger.Backpressure(ctx, imports...); err != nil {
		return now, err
	}
	if now.rowsGone, err = a.Ledger.LostChunks(ctx, imports...); err != nil {
		return now, err
	}
	if a.Tokens != nil {
		if now.tokenTrouble, err = a.tokenTrouble(ctx); err != nil {
			return now, err
		}
	}
	now.depths, err = a.Queues.Look(ctx)
	return now, err
}

// tokenTrouble says why no call is made for want of an access token that Qflow takes, and what to do; "" when there is one, or
// nobody has failed to get it.
func (a *Account) tokenTrouble(ctx context.Context) (string, error) {
	info, err := a.Tokens.Inspect(ctx)
	if err != nil || info.State == "fresh" && info.RenewedAfter.IsZero() {
		return "", err
	}
	return info.Trouble(), nil
}

// snapshotOf looks at what surrounds one import: the others that are open are part of it.
func (a *Account) snapshotOf(ctx context.Context, imp ledger.Import) (snapshot, error) {
	running, err := a.Ledger.Running(ctx)
	if err != nil {
		return snapshot{}, err
	}
	others := slices.DeleteFunc(running, func(i ledger.Import) bool { return i.ID == imp.ID })
	return a.snapshot(ctx, append(others, imp)...)
}

// Stall is the sentence for "why is nothing moving", the most likely reason first; "" when something moves.
func (a *Account) Stall(ctx context.Context, imp ledger.Import) string {
	now, err := a.snapshotOf(ctx, imp)
	if err != nil {
		return "" // whoever asks hears by other ways that Redis is away
	}
	return now.stall(imp)
}

// QueueStall is the part of Waiting that is about rows in line, for whoever knows how an import's importer fares.
func (a *Account) QueueStall(ctx context.Context, imp ledger.Import) string {
	now, err := a.snapshotOf(ctx, imp)
	if err != nil {
		return ""
	}
	return now.queueStall(imp)
}

// Interrupted says of which imports nobody reads the file any more, though rows were never enqueued, and what to do; by import.
func (a *Account) Interrupted(ctx context.Context, imports []ledger.Import) (map[string]string, error) {
	living, err := a.Ledger.LiveImporters(ctx)
	if err != nil {
		return nil, err
	}
	why := map[string]string{}
	for _, imp := range imports {
		if text := interruption(imp, living); text != "" {
			why[imp.ID] = text
		}
	}
	return why, nil
}

// interruption is a sentence for an import whose importer is gone, or nothing. What was placed and never enqueued the workers see to.
func interruption(imp ledger.Import, living map[string]bool) string {
	left := imp.Counts[ledger.New]
	if left == 0 || living[imp.ID] || imp.Done() {
		return ""
	}
	text := fmt.Sprintf("its importer stopped half-way, %s never enqueued", count(left, "row was", "rows were"))
	switch {
	case imp.Stopped == ledger.StoppedCancelled || imp.GivenUp: // whoever did that was killed before all rows were settled
		return fmt.Sprintf("%s, and never will be: cancel it once more to settle them: guestflow cancel %s", text, imp.ID)
	case imp.Successor != "":
		return fmt.Sprintf("%s, and its file has other content by now, which is import %s: a worker cancels what was not enqueued within two minutes", text, imp.Successor)
	}
	return fmt.Sprintf("%s; run the same command again with the same file (an inbox and the console do that by themselves), or cancel it: guestflow cancel %s", text, imp.ID)
}

// busy tells whether some chunk is in the hands of a worker that is there.
func (now snapshot) busy() bool {
	for _, d := range now.depths {
		if d.Active > d.Lost {
			return true
		}
	}
	return false
}

func (now snapshot) stall(imp ledger.Import) string {
	why := []string{interruption(imp, now.liveImporters), now.queueStall(imp), now.importerPause(imp)}
	text := strings.Join(slices.DeleteFunc(why, func(s string) bool { return s == "" }), "; ")
	return cmp.Or(text, now.idleReason(imp))
}

// idleAfter is how long nothing of an import may move before that alone is worth a sentence. A fleet at the pace of one call a minute
// moves more often.
const idleAfter = 2 * time.Minute

func (now snapshot) isIdle(imp ledger.Import) bool {
	return !imp.Done() && now.at.Sub(imp.Updated) >= idleAfter
}

// idleReason is what is known of an import that does not move for none of the usual reasons. There is always something: nothing stands still
// in silence.
func (now snapshot) idleReason(imp ledger.Import) string {
	if !now.isIdle(imp) {
		return ""
	}
	text := "no row has moved since " + now.clock(imp.Updated)
	switch own := now.ownDepth(imp); {
	case now.unreadRows(imp) > 0 && imp.QueuedChunks() == 0:
		return fmt.Sprintf("%s: its importer runs and enqueues nothing; is the disk or share slow that holds %s, or its process paused?", text, imp.Source)
	case own.Tasks()+own.Archived == 0:
		return text + ": its tasks are gone from the queues; the workers enqueue them again within three minutes"
	case now.laneBlocker(imp) != "":
		return fmt.Sprintf("%s: it shares the queue %s with import %s, begun earlier, whose tasks go first: there are more open imports than queues; cancel those that nobody wants any more",
			text, now.queue(imp), now.laneBlocker(imp))
	default:
		return fmt.Sprintf("%s: the queue %s and the parked ones hold %s, of this import and of others; if that stays so for five minutes, see what the workers log",
			text, now.queue(imp), own)
	}
}

// laneBlocker is an import that was begun before another one in the same lane, and may move.
func (now snapshot) laneBlocker(imp ledger.Import) string {
	for _, i := range now.imports {
		if i.Lane == imp.Lane && i.Started.Before(imp.Started) && i.Stopped == "" && i.Counts.Open() > i.Counts.Parked() {
			return i.ID
		}
	}
	return ""
}

func (now snapshot) queue(imp ledger.Import) string { return chunk.Lane(imp.Lane).Queue(now.account) }

// ownDepth is what the queues hold where an import's tasks can be: in its lane, or where tasks wait for a gate.
func (now snapshot) ownDepth(imp ledger.Import) chunk.Depth {
	sum := now.depths[now.queue(imp)]
	for name, d := range now.depths {
		if chunk.IsParked(name) {
			sum.Pending, sum.Active, sum.Lost = sum.Pending+d.Pending, sum.Active+d.Active, sum.Lost+d.Lost
			sum.Retry, sum.Scheduled, sum.Archived = sum.Retry+d.Retry, sum.Scheduled+d.Scheduled, sum.Archived+d.Archived
		}
	}
	return sum
}

// importerPause says why an importer that lives enqueues nothing for now; "" when it does, or when what it has enqueued is being worked on.
func (now snapshot) importerPause(imp ledger.Import) string {
	why := now.backpressure[imp.ID]
	if why == "" || !now.liveImporters[imp.ID] || imp.Stopped != "" || imp.QueuedChunks() > 0 && now.busy() {
		return ""
	}
	return "its importer holds back: " + why
}

// unreadRows is how many rows a living importer is yet to enqueue.
func (now snapshot) unreadRows(imp ledger.Import) int {
	if !now.liveImporters[imp.ID] {
		return 0
	}
	return imp.Counts[ledger.New]
}

// queueStall says why the rows that are enqueued do not move.
func (now snapshot) queueStall(imp ledger.Import) string {
	switch {
	case now.fleet.full != "" && imp.Counts.Open() > 0:
		return now.fleet.full
	case imp.Stopped == ledger.StoppedPaused:
		return "it is paused: go on with guestflow resume " + imp.ID
	case len(now.gates) > 0 && (imp.Counts.Parked() > 0 || now.importerPause(imp) != ""): // what is parked is in its way, then
		c := now.gateOf(imp)
		return fmt.Sprintf("the %s is closed since %s, next probe %s; %s",
			c.Name().Title(), now.clock(c.Since), now.clock(c.NextProbe), c.Meaning())
	case imp.Counts.Open() == 0:
		return ""
	case now.fleet.workers == 0:
		return "no worker is running: start one with guestflow run"
	case !now.fleet.serves(now.queue(imp)):
		return fmt.Sprintf("no worker that runs serves the queue %s: they are of an older version; restart them with this one", now.queue(imp))
	case now.tokenTrouble != "":
		return now.tokenTrouble
	case now.budget.Paused > 0 || now.budget.CircuitOpen():
		return now.clock.SlowdownText(now.budget)
	case now.blockedBy[imp.ID] != "":
		other := now.blockedBy[imp.ID]
		return fmt.Sprintf("import %s has the same guests in its hands: these rows go on when it is done with them; see guestflow status %s", other, other)
	case now.rowsGone[imp.ID] > 0:
		return fmt.Sprintf("%s no longer kept in Redis, so no worker can go on with them: guestflow cancel %s, then import the file again with --again, which sends no email twice",
			count(now.rowsGone[imp.ID], "chunk of its rows is", "chunks of its rows are"), imp.ID)
	}
	return now.queueTrouble(imp)
}

// gateOf gives the closed gate that an import's rows wait for, as far as can be told without a look at each: not one that is
// closed for another event.
func (now snapshot) gateOf(imp ledger.Import) gate.Closed {
	for _, c := range now.gates {
		if c.Event == "" || strings.EqualFold(c.Event, imp.Event) {
			return c
		}
	}
	return now.gates[0]
}

// queueTrouble says what the queues tell of work that does not move. Asynq gives the work of a process that was killed back only
// when its lease is long over. A queue is paused, and a task archived, by a person with one of Asynq's own tools.
func (now snapshot) queueTrouble(imp ledger.Import) string {
	var why []string
	own, lane := now.ownDepth(imp), now.depths[now.queue(imp)]
	if lane.Paused && lane.Pending > 0 {
		why = append(why, fmt.Sprintf("somebody has paused the queue %s: resume it in Asynqmon, or by asynq queue unpause", now.queue(imp)))
	}
	switch {
	case own.Lost > 0:
		why = append(why, fmt.Sprintf("%s in the hands of a worker that is gone; they come back within two minutes", count(own.Lost, "chunk is", "chunks are")))
	case own.Active == 0 && own.Retry > 0:
		why = append(why, count(own.Retry, "chunk waits", "chunks wait")+" to be tried again: a call failed, or another import has the same guests in its hands")
	}
	if own.Archived > 0 {
		why = append(why, count(own.Archived, "task is", "tasks are")+" in Asynq's archive, where nobody works on them: have them run in Asynqmon, or by asynq task run")
	}
	return strings.Join(why, "; ")
}

// Clock writes a moment into a sentence, in the zone of whoever reads it.
type Clock func(time.Time) string

// LocalClock is the clock of this process, for what it prints itself. A page is read elsewhere.
var LocalClock Clock = func(at time.Time) string { return at.Local().Format(time.TimeOnly) }

// PaceText says how fast the fleet may go now.
func PaceText(s budget.State) string { return LocalClock.PaceText(s) }

// SlowdownText says what keeps an account's fleet from calling; "" when nothing does.
func SlowdownText(s budget.State) string { return LocalClock.SlowdownText(s) }

// PaceText says how fast the fleet may go now.
func (c Clock) PaceText(s budget.State) string {
	text := "full"
	if s.Throttle < 1 {
		text = fmt.Sprintf("%.0f %% of the limits after Qflow asked for fewer requests; it recovers by itself", 100*s.Throttle)
	}
	if s.Paused > 0 {
		return fmt.Sprintf("none for another %s, until %s: Qflow asked for fewer requests; then %s",
			s.Paused.Round(time.Second), c(*s.PausedUntil), text)
	}
	return text
}

// HealthText says how an account's calls fare.
func HealthText(h budget.RetryBudget) string {
	if h.CircuitOpen {
		return "too many calls have failed; they are made at a trickle until they succeed again"
	}
	return fmt.Sprintf("not held back; %.0f of 100 failures left", h.Tokens)
}

// SlowdownText says what keeps an account's fleet from calling; "" when nothing does.
func (c Clock) SlowdownText(s budget.State) string {
	switch {
	case s.Paused > 0:
		return "the whole fleet's pace is " + strings.TrimSuffix(c.PaceText(s), "; then full")
	case s.CircuitOpen():
		return HealthText(s.Accounts[0])
	}
	return ""
}
