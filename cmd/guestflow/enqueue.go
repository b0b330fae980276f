package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"guestflow/cmd/guestflow/exit"
	"guestflow/cmd/guestflow/operate"
	"guestflow/cmd/guestflow/program"
	"guestflow/cmd/guestflow/store"
	"guestflow/cmd/guestflow/terminal"
	"guestflow/importer"
	"guestflow/importer/ledger"
	"guestflow/importer/plural"
	"guestflow/importer/spec"
)

// cancelledError ends a command whose import was cancelled by an operator.
type cancelledError struct {
	id, path, story string
	of              spec.Spec
}

func (e *cancelledError) Error() string {
	return fmt.Sprintf("import %s of %s was cancelled %s. %s", e.id, e.path, e.story, anew(e.id, e.path, e.of))
}

func (e *cancelledError) Unwrap() error { return importer.ErrCancelled }

// enqueue enqueues a file's rows, and prints what holds that up or ends it.
func enqueue(ctx context.Context, a *program.Account, plan importer.Plan, imp ledger.Import,
	std terminal.Output) error {
	a.Importer.OnBackpressure = func(h importer.Backpressure) { printBackpressure(ctx, a, h, std) }
	err := a.Importer.Run(ctx, plan, imp)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, importer.ErrCancelled):
		return cancelledMeanwhile(ctx, a, plan, imp.ID)
	case ctx.Err() != nil:
		terminal.Printf(std.Err, "guestflow: import %s of %s is not complete: %s\n", imp.ID, plan.Path, rest(a, imp.ID))
		return err
	}
	return fmt.Errorf("import %s is not complete; %s: %w", imp.ID, goesOn(imp.ID), err)
}

// printBackpressure prints what an import waits for before its file is read to the end.
func printBackpressure(ctx context.Context, a *program.Account, h importer.Backpressure, std terminal.Output) {
	to := std.Aside()
	at := time.Now().Format(time.TimeOnly)
	if h.Ended {
		terminal.Printf(to, "%s  import %s goes on: %s.\n", at, h.Import, h.Room())
		return
	}
	imp, err := a.Ledger.Import(ctx, h.Import)
	why := ""
	if err == nil {
		why = a.Operate().QueueStall(ctx, imp)
	}
	terminal.Printf(to, "%s  import %s waits: %s: %s.\n",
		at, h.Import, h.Why(), cmp.Or(why, "workers are processing them"))
}

// restWithin is how long an interrupted command may still read the ledger.
const restWithin = 2 * time.Second

// rest says what is left of an interrupted import, and what continues it.
func rest(a *program.Account, id string) string {
	if a.Store.Kind == store.Embedded {
		return "its ledger was in this process's memory. Run the same command to start anew."
	}
	ctx, cancel := context.WithTimeout(context.Background(), restWithin)
	defer cancel()
	imp, err := a.Ledger.Import(ctx, id)
	if err != nil {
		return goesOn(id) + "."
	}
	return fmt.Sprintf("%d of its %s %s enqueued; %s.", imp.Rows-imp.Counts[ledger.New], plural.Of(imp.Rows, "row"),
		plural.Word(imp.Rows-imp.Counts[ledger.New], "is", "are"), goesOn(id))
}

// goesOn says what continues an import whose command has ended.
func goesOn(id string) string {
	return fmt.Sprintf("a running guestflow run on this host goes on with the others within two minutes, or the same command does at once; "+
		"follow it with: guestflow status %[1]s --watch; stop it with: guestflow cancel %[1]s", id)
}

// cancelledMeanwhile waits a moment until all rows are cancelled, so that its counts are those of the cancel command.
func cancelledMeanwhile(ctx context.Context, a *program.Account, plan importer.Plan, id string) error {
	ctx, cancel := context.WithTimeout(ctx, restWithin)
	defer cancel()
	cancelled := &cancelledError{id: id, path: plan.Path, of: plan.Settings.Spec,
		story: "while its file was being read; the other rows are not queued any more"}
	for {
		imp, err := a.Ledger.Import(ctx, id)
		if err != nil {
			return cancelled
		}
		if imp.Counts[ledger.New] == 0 {
			cancelled.story += fmt.Sprintf("; of %s: %s", plural.Of(imp.Rows, "row"), terminal.Counts(imp.Counts))
			return cancelled
		}
		select {
		case <-ctx.Done():
			return cancelled
		case <-time.After(terminal.LookEvery):
		}
	}
}

// settle waits until every row is settled.
func settle(ctx context.Context, a *program.Account, plan importer.Plan, imp ledger.Import, std terminal.Output) error {
	imp, err := terminal.Follow(ctx, a.Operate(), imp.ID, std)
	if err != nil {
		if ctx.Err() != nil {
			terminal.Printf(std.Err,
				"guestflow: import %s of %s is enqueued: %d of its %s %s for workers, which go on without this command; follow it with: guestflow status %s --watch\n",
				imp.ID, plan.Path, imp.Counts.Open(), plural.Of(imp.Rows, "row"), plural.Word(imp.Counts.Open(), "waits", "wait"),
				imp.ID)
		}
		return err
	}
	if err := conclude(imp, std); err != nil || imp.Stopped != ledger.StoppedCancelled {
		return err
	}
	return &cancelledError{id: imp.ID, path: plan.Path, of: plan.Settings.Spec,
		story: fmt.Sprintf("with %d of its %s waiting", imp.Counts[ledger.Cancelled], plural.Of(imp.Rows, "row"))}
}

// beginning says what the command does with a file.
func beginning(plan importer.Plan, imp ledger.Import, created bool) string {
	switch {
	case created && plan.Import != imp.ID:
		return fmt.Sprintf("Import %s of %s: %s. Import %s of the same file was given up, as the file had other content then, or is no longer kept; this one does what it has not done.",
			imp.ID, plan.Path, plural.Of(imp.Rows, "row"), plan.Import)
	case created:
		return fmt.Sprintf("Import %s of %s: %s", imp.ID, plan.Path, plural.Of(imp.Rows, "row"))
	case imp.Done():
		return fmt.Sprintf("Import %s of the same file was finished %s; --again imports it again.", imp.ID,
			imp.Finished.Local().Format(time.DateTime))
	case plan.Settings.Again != "":
		return fmt.Sprintf("Import %s of %s is not finished: it goes on where it was, and no further one is started.", imp.ID,
			plan.Path)
	}
	text := fmt.Sprintf("Import %s of %s goes on where it was.", imp.ID, plan.Path)
	asked, now := operate.WindowOfSpec(plan.Settings.Spec, time.Now()), operate.WindowOf(imp, time.Now())
	if asked.HoursText() != now.HoursText() {
		text += fmt.Sprintf(" Its emails leave as it was begun: %s; to change that: guestflow window %s '%s'",
			now.HoursText(), imp.ID,
			asked.HoursText())
	}
	return text
}

// conclude prints how an import ended. Rows that need attention make an error.
func conclude(imp ledger.Import, std terminal.Output) error {
	if std.JSON {
		if err := std.Encode(imp); err != nil {
			return err
		}
	} else {
		how := "finished"
		if imp.Stopped == ledger.StoppedCancelled {
			how = "cancelled"
		}
		terminal.Printf(std.Out, "Import %s is %s: %s; %s in all.\n", imp.ID, how, terminal.Counts(imp.Counts),
			plural.Of(imp.Counts.Total(), "row"))
	}
	if n := imp.Counts.Attention(); n > 0 {
		return &exit.AttentionError{Rows: n, Import: imp.ID}
	}
	return nil
}
