package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"guestflow/cmd/guestflow/store"
	"guestflow/importer"
	"guestflow/importer/ledger"
)

// cancelledError says that a person has cancelled an import whose command runs.
type cancelledError struct{ id, path, story string }

func (e *cancelledError) Error() string {
	return fmt.Sprintf("import %s of %s was cancelled %s. %s", e.id, e.path, e.story, anew(e.path))
}

func (e *cancelledError) Unwrap() error { return importer.ErrCancelled }

// enqueue takes a file's rows to the workers, and says what holds that up or ends it.
func (a *app) enqueue(ctx context.Context, plan importer.Plan, imp ledger.Import, std output) error {
	a.importer.OnHold = func(h importer.Hold) { a.tellHold(ctx, h, std) }
	err := a.importer.Run(ctx, plan, imp)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, importer.ErrCancelled):
		return a.cancelledAmid(ctx, plan, imp.ID)
	case ctx.Err() != nil:
		printf(std.err, "guestflow: import %s of %s is not complete: %s\n", imp.ID, plan.Path, a.rest(imp.ID))
		return err
	}
	return fmt.Errorf("import %s is not complete; run the same command again to go on: %w", imp.ID, err)
}

// tellHold says for what an import waits before its file is read to the end. With --json it stands beside what scripts read.
func (a *app) tellHold(ctx context.Context, h importer.Hold, std output) {
	to := std.out
	if a.settings.JSON {
		to = std.err
	}
	at := time.Now().Format(time.TimeOnly)
	if h.Over {
		printf(to, "%s  import %s goes on: %s.\n", at, h.Import, h.Room())
		return
	}
	imp, err := a.ledger.Import(ctx, h.Import)
	why := ""
	if err == nil {
		why = a.account().QueueStall(ctx, imp)
	}
	printf(to, "%s  import %s waits: %s: %s.\n",
		at, h.Import, h.Why(), first(why, "the workers are at them"))
}

// restFor is how long a command that was interrupted may still look at the ledger.
const restFor = 2 * time.Second

// rest says what is left of an interrupted import, and how it goes on.
func (a *app) rest(id string) string {
	if a.store.Kind == store.Embedded {
		return "its ledger was in this process's memory. Run the same command to begin anew."
	}
	ctx, cancel := context.WithTimeout(context.Background(), restFor)
	defer cancel()
	imp, err := a.ledger.Import(ctx, id)
	if err != nil {
		return "run the same command again to go on."
	}
	return fmt.Sprintf("%d of its %d rows are enqueued. Run the same command again to go on with the others.", imp.Rows-imp.Counts[ledger.New], imp.Rows)
}

// cancelledAmid waits a moment for the cancel to have been everywhere, so that it and this command count alike.
func (a *app) cancelledAmid(ctx context.Context, plan importer.Plan, id string) error {
	ctx, cancel := context.WithTimeout(ctx, restFor)
	defer cancel()
	told := &cancelledError{id: id, path: plan.Path, story: "while its file was being read; what had not been queued yet never will be"}
	for {
		imp, err := a.ledger.Import(ctx, id)
		if err != nil {
			return told
		}
		if imp.Counts[ledger.New] == 0 {
			told.story += fmt.Sprintf("; of %d rows: %s", imp.Rows, counts(imp.Counts))
			return told
		}
		select {
		case <-ctx.Done():
			return told
		case <-time.After(lookEvery):
		}
	}
}

// settle waits until every row is settled.
func (a *app) settle(ctx context.Context, plan importer.Plan, imp ledger.Import, std output) error {
	imp, err := a.await(ctx, imp.ID, std)
	if err != nil {
		if ctx.Err() != nil {
			printf(std.err, "guestflow: import %s of %s is enqueued and not over: %d of its %d rows wait for workers. Run the same command again to go on, or see: guestflow status %s\n",
				imp.ID, plan.Path, imp.Counts.Open(), imp.Rows, imp.ID)
		}
		return err
	}
	if err := a.conclude(imp, std); err != nil || imp.Stopped != ledger.StoppedCancelled {
		return err
	}
	return &cancelledError{id: imp.ID, path: plan.Path, story: fmt.Sprintf("with %d of its %d rows waiting", imp.Counts[ledger.Cancelled], imp.Rows)}
}
