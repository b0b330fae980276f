package operate

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hibiken/asynq"

	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/worker/budget"
	"guestflow/worker/gate"
)

// around is what surrounds all imports of an account.
type around struct {
	clock   Clock
	gates   []gate.Closed
	workers int
	budget  budget.State
	depths  map[string]chunk.Depth
	living  map[string]bool   // imports that an importer is at
	waits   map[string]string // imports that others wait for, by who waits
	held    map[string]string // why importers hold back, by import
}

// around looks at what surrounds some imports.
func (a *Account) around(ctx context.Context, imports ...ledger.Import) (now around, err error) {
	now.clock = Local
	if now.gates, err = a.Gates.Closed(ctx); err != nil {
		return now, err
	}
	if now.workers, err = a.Workers(); err != nil {
		return now, err
	}
	if now.budget, err = a.Budget.State(ctx); err != nil {
		return now, err
	}
	if now.living, err = a.Ledger.Living(ctx); err != nil {
		return now, err
	}
	if now.waits, err = a.Ledger.Waits(ctx, imports...); err != nil {
		return now, err
	}
	if now.held, err = a.Ledger.Held(ctx, imports...); err != nil {
		return now, err
	}
	now.depths, err = a.Queues.Look(ctx)
	return now, err
}

// Waiting is the sentence for "why is nothing moving", the most likely reason first; "" when something moves.
func (a *Account) Waiting(ctx context.Context, imp ledger.Import) string {
	now, err := a.around(ctx, imp)
	if err != nil {
		return "" // whoever asks hears by other ways that Redis is away
	}
	return now.waiting(imp)
}

// Standing is the part of Waiting that is about rows in line, for whoever knows how an import's importer fares.
func (a *Account) Standing(ctx context.Context, imp ledger.Import) string {
	now, err := a.around(ctx, imp)
	if err != nil {
		return ""
	}
	return now.standing(imp)
}

// HalfWay says of which imports nobody reads the file any more, though rows were never enqueued, and what to do; by import.
func (a *Account) HalfWay(ctx context.Context, imports []ledger.Import) (map[string]string, error) {
	living, err := a.Ledger.Living(ctx)
	if err != nil {
		return nil, err
	}
	why := map[string]string{}
	for _, imp := range imports {
		if text := halfWay(imp, living); text != "" {
			why[imp.ID] = text
		}
	}
	return why, nil
}

// halfWay is a sentence for an import whose importer is gone, or nothing. What was placed and never enqueued the workers see to.
func halfWay(imp ledger.Import, living map[string]bool) string {
	left := imp.Counts[ledger.New]
	if !imp.HalfWay() || left == 0 || living[imp.ID] {
		return ""
	}
	text := fmt.Sprintf("its importer stopped half-way, %s never enqueued", count(left, "row was", "rows were"))
	if imp.Successor != "" {
		return fmt.Sprintf("%s, and its file has other content by now, which is import %s: a worker cancels what was not enqueued within two minutes", text, imp.Successor)
	}
	return fmt.Sprintf("%s; run the same command again with the same file (an inbox and the console do that by themselves), or cancel it: guestflow cancel %s", text, imp.ID)
}

// busy tells whether some chunk is in the hands of a worker that is there.
func (now around) busy() bool {
	for _, d := range now.depths {
		if d.Active > d.Lost {
			return true
		}
	}
	return false
}

func (now around) waiting(imp ledger.Import) string {
	why := []string{halfWay(imp, now.living), now.standing(imp), now.heldBack(imp)}
	return strings.Join(slices.DeleteFunc(why, func(s string) bool { return s == "" }), "; ")
}

// heldBack says why an importer that lives enqueues nothing for now; "" when it does, or when what it has enqueued is being worked on.
func (now around) heldBack(imp ledger.Import) string {
	why := now.held[imp.ID]
	if why == "" || !now.living[imp.ID] || imp.Stopped != "" || imp.InLine() > 0 && now.busy() {
		return ""
	}
	return "its importer holds back: " + why
}

// toRead is how many rows a living importer is yet to enqueue.
func (now around) toRead(imp ledger.Import) int {
	if !now.living[imp.ID] {
		return 0
	}
	return imp.Counts[ledger.New]
}

// standing says why the rows that are enqueued do not move.
func (now around) standing(imp ledger.Import) string {
	switch {
	case imp.Stopped == ledger.StoppedPaused:
		return "it is paused: go on with guestflow resume " + imp.ID
	case len(now.gates) > 0 && (imp.Counts.Parked() > 0 || now.heldBack(imp) != ""): // what is parked is in its way, then
		c := now.gates[0]
		return fmt.Sprintf("the %s gate is closed since %s, next probe %s; %s",
			c.Gate, now.clock(c.Since), now.clock(c.Next), gate.Meaning(c.Gate))
	case imp.Counts.Open() == 0:
		return ""
	case now.workers == 0:
		return "no worker is running: start one with guestflow run"
	case now.budget.Paused > 0 || now.budget.Braking():
		return now.clock.Slowed(now.budget)
	case now.waits[imp.ID] != "":
		other := now.waits[imp.ID]
		return fmt.Sprintf("import %s has the same guests in its hands: these rows go on when it is done with them; see guestflow status %s", other, other)
	}
	return heldUp(now.depths)
}

// heldUp says what the queues tell of work that does not move. Asynq gives the work of a process that was killed back only
// when its lease is long over. A queue is paused, and a task archived, by a person with one of Asynq's own tools.
func heldUp(depths map[string]chunk.Depth) string {
	var all chunk.Depth
	var why, paused []string
	for name, d := range depths {
		all.Active += d.Active
		all.Lost += d.Lost
		all.Retry += d.Retry
		all.Archived += d.Archived
		if d.Paused && d.Pending > 0 && !chunk.IsParked(name) {
			paused = append(paused, name)
		}
	}
	if len(paused) > 0 {
		slices.Sort(paused)
		why = append(why, fmt.Sprintf("somebody has paused the queue %s: resume it in Asynqmon, or by asynq queue unpause", strings.Join(paused, ", ")))
	}
	switch {
	case all.Lost > 0:
		why = append(why, fmt.Sprintf("%d chunks are in the hands of a worker that is gone; they come back within two minutes", all.Lost))
	case all.Active == 0 && all.Retry > 0:
		why = append(why, fmt.Sprintf("%d chunks wait to be tried again: a call failed, or another import has the same guests in its hands", all.Retry))
	}
	if all.Archived > 0 {
		why = append(why, count(all.Archived, "task is", "tasks are")+" in Asynq's archive, where nobody works on them: have them run in Asynqmon, or by asynq task run")
	}
	return strings.Join(why, "; ")
}

// Workers counts the processes that work for this account.
func (a *Account) Workers() (int, error) {
	servers, err := asynq.NewInspectorFromRedisClient(a.Redis).Servers()
	if err != nil {
		return 0, fmt.Errorf("list the workers: %w", err)
	}
	mine := slices.DeleteFunc(servers, func(s *asynq.ServerInfo) bool {
		_, works := s.Queues[chunk.Short.Queue(a.Name())] // each process has one server for it
		return !works
	})
	return len(mine), nil
}

// Clock writes a moment into a sentence, in the zone of whoever reads it.
type Clock func(time.Time) string

// Local is the clock of this process, for what it prints itself. A page is read elsewhere.
var Local Clock = func(at time.Time) string { return at.Local().Format(time.TimeOnly) }

// Pace says how fast the fleet may go now.
func Pace(s budget.State) string { return Local.Pace(s) }

// Slowed says what keeps an account's fleet from calling; "" when nothing does.
func Slowed(s budget.State) string { return Local.Slowed(s) }

// Pace says how fast the fleet may go now.
func (c Clock) Pace(s budget.State) string {
	text := "full"
	if s.Pace < 1 {
		text = fmt.Sprintf("%.0f %% of the limits after Qflow asked for fewer requests; it recovers by itself", 100*s.Pace)
	}
	if s.Paused > 0 {
		return fmt.Sprintf("none for another %s, until %s: Qflow asked for fewer requests; then %s",
			s.Paused.Round(time.Second), c(*s.PausedUntil), text)
	}
	return text
}

// Health says how an account's calls fare.
func Health(h budget.Health) string {
	if h.Braking {
		return "too many calls have failed; they are made at a trickle until they succeed again"
	}
	return fmt.Sprintf("not held back; %.0f of 100 failures left", h.Tokens)
}

// Slowed says what keeps an account's fleet from calling; "" when nothing does.
func (c Clock) Slowed(s budget.State) string {
	switch {
	case s.Paused > 0:
		return "the whole fleet's pace is " + strings.TrimSuffix(c.Pace(s), "; then full")
	case s.Braking():
		return Health(s.Accounts[0])
	}
	return ""
}
