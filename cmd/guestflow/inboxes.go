package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"guestflow/importer/inbox"
	"guestflow/importer/notify"
	"guestflow/importer/spool"
)

// wire gives an inbox what it needs of the accounts that it imports for.
func wire(box *inbox.Inbox, apps []*app) {
	box.Report, box.Failed = reportFor(apps), failedFor(apps)
	box.Keep = apps[0].settings.KeepFiles
	for name := range apps[0].settings.profiles { // also those of accounts that this process does not serve
		box.Others = append(box.Others, name)
	}
}

// failedFor tells of files that were not imported: those of no account's folder on behalf of the first account.
func failedFor(apps []*app) func(context.Context, spool.Failure) error {
	first := apps[0].notifier()
	by := map[string]*notify.Notifier{}
	for _, a := range apps {
		by[a.settings.account()] = a.notifier()
	}
	return func(ctx context.Context, f spool.Failure) error {
		n, known := by[f.Account]
		if !known {
			n = first
		}
		return n.PublishFailure(ctx, notify.FileFailure{
			ID: f.ID, Name: f.Name, Reason: f.Reason, At: f.At, Where: "It lies in the folder failed of the inbox, with this text beside it.",
		})
	}
}

// forgetEvery is soon enough for what stays for days.
const forgetEvery = time.Hour

// leftovers tidy up after sources that nobody looks at any more, whose files would stay for ever.
func leftovers(apps []*app, log *slog.Logger) ([]func(context.Context), error) {
	s := apps[0].settings
	box, err := inbox.New(filepath.Join(s.StateDir, sourcesDir), 0, nil, takeFor(apps), log)
	if err != nil {
		return nil, fmt.Errorf("tidy up after former sources: %w", err)
	}
	wire(box, apps)
	box.Others = nil
	for name, p := range s.profiles {
		if p.Source != "" && p.Cron == "" { // it is polled, and has an inbox of its own here
			box.Others = append(box.Others, name)
		}
	}
	return []func(context.Context){box.Run}, nil
}

// forgetOld removes fetched files, and what Redis has of guests, again and again. Whatever its roles are, each process does: it is the
// same for all of them.
func forgetOld(ctx context.Context, apps []*app) {
	tick := time.NewTicker(forgetEvery)
	defer tick.Stop()
	for {
		for _, a := range apps {
			a.forgetFetched(ctx)
			a.forgetGuests(ctx)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// forgetGuests removes what Redis has of the guests of imports whose files are gone by now.
func (a *app) forgetGuests(ctx context.Context) {
	if a.settings.KeepFiles == 0 {
		return
	}
	imports, err := a.ledger.ForgetGuests(ctx, a.settings.KeepFiles)
	for _, i := range imports {
		a.log.Info("what Redis had of an import's guests was removed, as it is not kept for ever; its rows can no longer be retried", "import", i.ID)
	}
	if err != nil && ctx.Err() == nil {
		a.log.Warn("what Redis has of guests could not be removed; it is tried again within the hour", "error", err)
	}
}
