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

// Waiting is the sentence for "why is nothing moving", the most likely reason first; "" when something moves. What cannot be
// looked at is left out: the sentence is a help, and its caller has said already that Redis is away.
func (a *Account) Waiting(ctx context.Context, imp ledger.Import) string {
	if imp.Stopped == ledger.StoppedPaused {
		return "it is paused: go on with guestflow resume " + imp.ID
	}
	closed, err := a.Gates.Closed(ctx)
	if err == nil && len(closed) > 0 && imp.Counts.Parked() > 0 {
		c := closed[0]
		return fmt.Sprintf("the %s gate is closed since %s, next probe %s; %s",
			c.Gate, c.Since.Local().Format(time.TimeOnly), c.Next.Local().Format(time.TimeOnly), gate.Meaning(c.Gate))
	}
	if imp.Counts.Open() == 0 {
		return ""
	}
	workers, err := a.Workers()
	if err == nil && workers == 0 {
		return "no worker is running: start one with guestflow run"
	}
	if state, err := a.Budget.State(ctx); err == nil && (state.Paused > 0 || state.Braking()) {
		return Slowed(state)
	}
	if depths, looked := a.Queues.Look(ctx); err == nil && looked == nil {
		return heldUp(depths)
	}
	return ""
}

// heldUp says what the queues tell of work that does not move. Asynq gives the work of a process that was killed back only
// when its lease is long over.
func heldUp(depths map[string]chunk.Depth) string {
	active, lost, retry := 0, 0, 0
	for _, d := range depths {
		active += d.Active
		lost += d.Lost
		retry += d.Retry
	}
	switch {
	case lost > 0:
		return fmt.Sprintf("%d chunks are in the hands of a worker that is gone; they come back within two minutes", lost)
	case active == 0 && retry > 0:
		return fmt.Sprintf("%d chunks wait to be tried again: a call failed, or another import has the same guests in its hands", retry)
	}
	return ""
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
