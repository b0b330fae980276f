package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/hibiken/asynq"

	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/worker/gate"
)

// waiting is the sentence for "why is nothing moving", the most likely reason first; "" when something moves. What cannot be
// looked at is left out: the sentence is a help, and its caller has said already that Redis is away.
func (a *app) waiting(ctx context.Context, imp ledger.Import) string {
	if imp.Stopped == ledger.StoppedPaused {
		return "it is paused: go on with guestflow resume " + imp.ID
	}
	closed, err := a.gates.Closed(ctx)
	if err == nil && len(closed) > 0 && imp.Counts.Parked() > 0 {
		c := closed[0]
		return fmt.Sprintf("the %s gate is closed since %s, next probe %s; %s",
			c.Gate, c.Since.Local().Format(time.TimeOnly), c.Next.Local().Format(time.TimeOnly), gate.Meaning(c.Gate))
	}
	if imp.Counts.Open() == 0 {
		return ""
	}
	workers, err := a.workers()
	if err == nil && workers == 0 {
		return "no worker is running: start one with guestflow run"
	}
	if state, err := a.budget.State(ctx); err == nil && (state.Paused > 0 || state.Braking()) {
		return slowed(state)
	}
	if depths, looked := a.queues.Look(ctx); err == nil && looked == nil {
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

// workers counts the processes that work for this account.
func (a *app) workers() (int, error) {
	servers, err := asynq.NewInspectorFromRedisClient(a.store.Client).Servers()
	if err != nil {
		return 0, fmt.Errorf("list the workers: %w", err)
	}
	mine := slices.DeleteFunc(servers, func(s *asynq.ServerInfo) bool {
		_, works := s.Queues[chunk.Short.Queue(a.ledger.Account())] // each process has one server for it
		return !works
	})
	return len(mine), nil
}
