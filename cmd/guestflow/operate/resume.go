package operate

import (
	"context"
	"errors"
	"os"
	"time"

	"guestflow/importer"
	"guestflow/importer/lease"
	"guestflow/importer/ledger"
	"guestflow/importer/spool"
)

// resumeEvery is how often half-way imports are looked for. Until its importer is known to be gone, an import is left
// to it for a minute (package ledger), so looking more often finds little.
const resumeEvery = 30 * time.Second

// resumeLease keeps other processes from reading the same file. Doing it twice would be harmless.
const resumeLease = time.Minute

// Resume goes on with imports whose importer is gone, until ctx ends: those whose file lies where their record says, on
// this host, and is as it was. Files in a spool are claimed from there and are not looked for here.
func (a *Account) Resume(ctx context.Context) {
	tick := time.NewTicker(resumeEvery)
	defer tick.Stop()
	for {
		if err := a.resumeAll(ctx); err != nil && ctx.Err() == nil {
			a.Log.Warn("half-way imports cannot be looked for; it is tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (a *Account) resumeAll(ctx context.Context) error {
	running, err := a.Ledger.Running(ctx)
	if err != nil {
		return err
	}
	live, err := a.Ledger.Importers.Live(ctx)
	if err != nil {
		return err
	}
	for _, imp := range running {
		if !imp.PartlyEnqueued() || live[imp.ID] || imp.Partial || spool.Active(imp.Source) {
			continue
		}
		if _, err := os.Stat(imp.Source); err != nil {
			continue // it is on another host, or gone
		}
		if err := a.resume(ctx, imp); err != nil && ctx.Err() == nil {
			a.Log.Warn("an import could not be gone on with; it is tried again",
				"import", imp.ID, "file", imp.Source, "error", err)
		}
	}
	return nil
}

// resume does what the same command does when it is run again. A file with other content is another import.
func (a *Account) resume(ctx context.Context, imp ledger.Import) error {
	alone := lease.New(a.Redis, a.Ledger.Prefix()+"resuming:"+imp.ID, resumeLease)
	if ours, err := alone.Acquire(ctx); err != nil || !ours {
		return err
	}
	ctx, release := alone.Hold(ctx)
	defer release()
	plan, err := a.Plan(ctx, imp.Source, importer.Settings{Spec: imp.Spec, Keep: true})
	defer func() { plan.Close() }()
	if _, fault := errors.AsType[*importer.FileError](err); fault || err == nil && plan.Import != imp.ID {
		return nil
	}
	if err != nil {
		return err
	}
	a.Log.Info("going on with an import whose importer is gone", "import", imp.ID, "file", imp.Source)
	imp, _, err = a.Importer.Begin(ctx, plan)
	if err == nil {
		err = a.Importer.Run(ctx, plan, imp)
	}
	if errors.Is(err, importer.ErrCancelled) {
		return nil
	}
	return err
}
