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
	gates   []gate.Closed
	workers int
	budget  budget.State
	depths  map[string]chunk.Depth
}

func (a *Account) around(ctx context.Context) (now around, err error) {
	if now.gates, err = a.Gates.Closed(ctx); err != nil {
		return now, err
	}
	if now.workers, err = a.Workers(); err != nil {
		return now, err
	}
	if now.budget, err = a.Budget.State(ctx); err != nil {
		return now, err
	}
	now.depths, err = a.Queues.Look(ctx)
	return now, err
}

// Waiting is the sentence for "why is nothing moving", the most likely reason first; "" when something moves.
func (a *Account) Waiting(ctx context.Context, imp ledger.Import) string {
	now, err := a.around(ctx)
	if err != nil {
		return "" // whoever asks hears by other ways that Redis is away
	}
	return now.waiting(imp)
}

func (now around) waiting(imp ledger.Import) string {
	switch {
	case imp.Stopped == ledger.StoppedPaused:
		return "it is paused: go on with guestflow resume " + imp.ID
	case len(now.gates) > 0 && imp.Counts.Parked() > 0:
		c := now.gates[0]
		return fmt.Sprintf("the %s gate is closed since %s, next probe %s; %s",
			c.Gate, c.Since.Local().Format(time.TimeOnly), c.Next.Local().Format(time.TimeOnly), gate.Meaning(c.Gate))
	case imp.Counts.Open() == 0:
		return ""
	case now.workers == 0:
		return "no worker is running: start one with guestflow run"
	case now.budget.Paused > 0 || now.budget.Braking():
		return Slowed(now.budget)
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

// Pace says how fast the fleet may go now.
func Pace(s budget.State) string {
	text := "full"
	if s.Pace < 1 {
		text = fmt.Sprintf("%.0f %% of the limits after Qflow asked for fewer requests; it recovers by itself", 100*s.Pace)
	}
	if s.Paused > 0 {
		return fmt.Sprintf("none for another %s, until %s: Qflow asked for fewer requests; then %s",
			s.Paused.Round(time.Second), s.PausedUntil.Local().Format(time.TimeOnly), text)
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
func Slowed(s budget.State) string {
	switch {
	case s.Paused > 0:
		return "the whole fleet's pace is " + strings.TrimSuffix(Pace(s), "; then full")
	case s.Braking():
		return Health(s.Accounts[0])
	}
	return ""
}
