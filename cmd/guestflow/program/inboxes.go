package program

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"

	"guestflow/cmd/guestflow/config"
	"guestflow/importer"
	"guestflow/importer/inbox"
	"guestflow/importer/ledger"
	"guestflow/importer/notify"
	"guestflow/importer/spool"
)

// wire gives an inbox what it needs of the accounts that it imports for.
func wire(box *inbox.Inbox, apps []*Account) {
	box.Report, box.Failed = reportFor(apps), failedFor(apps)
	box.Keep = apps[0].Settings.KeepFiles
	for name := range apps[0].Settings.Profiles { // also those of accounts that this process does not serve
		box.Others = append(box.Others, name)
	}
}

// failedFor tells of files that were not imported: those of no account's folder on behalf of the first account.
func failedFor(apps []*Account) func(context.Context, spool.Failure) error {
	first := apps[0].notifier()
	by := map[string]*notify.Notifier{}
	for _, a := range apps {
		by[a.Settings.AccountName()] = a.notifier()
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

// leftovers tidy up after sources that nobody looks at any more, whose files would stay for ever.
func leftovers(apps []*Account, log *slog.Logger) ([]func(context.Context), error) {
	s := apps[0].Settings
	box, err := inbox.New(filepath.Join(s.StateDir, sourcesDir), 0, nil, takeFor(apps), log)
	if err != nil {
		return nil, fmt.Errorf("tidy up after former sources: %w", err)
	}
	wire(box, apps)
	box.Others = nil
	for name, p := range s.Profiles {
		if p.Source != "" && p.Cron == "" { // it is polled, and has an inbox of its own here
			box.Others = append(box.Others, name)
		}
	}
	return []func(context.Context){box.Run}, nil
}

// inboxes are the drop folder, and one for each source that is polled.
func (p *Program) inboxes() (parts []func(context.Context), err error) {
	apps, log := p.accounts, p.log
	if !p.flags.Has("inbox") {
		return nil, nil
	}
	if p.flags.Inbox != "" {
		to, err := p.profiles()
		if err != nil {
			return nil, err
		}
		box, err := inbox.New(p.flags.Inbox, p.flags.Settle, to, takeFor(apps), log)
		if err != nil {
			return nil, config.Usagef("--inbox: %v", err)
		}
		wire(box, apps)
		parts = append(parts, box.Run)
	}
	tidying, err := leftovers(apps, log)
	if err != nil {
		return nil, err
	}
	parts = append(parts, tidying...)
	for _, a := range apps {
		feeds, err := a.feeds(p.lists)
		if err != nil {
			return nil, err
		}
		for _, f := range polled(feeds) {
			box, err := f.box()
			if err != nil {
				return nil, err
			}
			parts = append(parts, box.Run, func(ctx context.Context) { f.poll(ctx, p.flags.SourceEvery) })
		}
	}
	return parts, nil
}

// takeFor imports a file for the account of its profile.
func takeFor(apps []*Account) spool.Import {
	by := map[string]*Account{}
	for _, a := range apps {
		by[a.Settings.AccountName()] = a
	}
	return func(ctx context.Context, path string, to importer.Settings) (spool.Result, error) {
		a, known := by[to.Account]
		if !known {
			return spool.Result{}, &importer.FileError{
				Path: path, Problem: "there are several accounts, and nothing says for which it is", Advice: "drop it into the folder of a profile that names its account",
			}
		}
		return a.take(ctx, path, to)
	}
}

// reportFor writes the report of an import, whose account a file in an inbox does not tell.
func reportFor(apps []*Account) spool.Report {
	return func(ctx context.Context, id, source, folder string) (err error) {
		for _, a := range apps {
			if err = a.reportBeside(ctx, id, source, folder); !errors.Is(err, ledger.ErrNotFound) {
				break
			}
		}
		return err
	}
}

// profiles gives the settings of what is dropped into each profile's folder, and under "" into the inbox itself. A profile of
// an account that this process does not serve is left to those that do. A profile takes no event, template and key from outside,
// nor a mapping of them: whom it mails, and who is the same guest, stands in it or nowhere. How lists are read may stand outside.
func (p *Program) profiles() (map[string]importer.Settings, error) {
	apps, how := p.accounts, p.lists
	to := map[string]importer.Settings{}
	for _, a := range apps {
		for name, profile := range a.Settings.Profiles {
			if profile.Account != "" && profile.Account != a.Settings.AccountName() {
				continue
			}
			s, err := a.Settings.ImportSpec(name, config.Lists{Ways: how})
			if err != nil {
				return nil, err
			}
			if profile.Account == "" && len(apps) > 1 {
				s.Account = ""
			}
			to[name] = importer.Settings{Spec: s}
		}
	}
	s, err := apps[0].Settings.ImportSpec("", config.Lists{Event: p.flags.Event, Template: p.flags.Template, Key: p.flags.Key, Ways: how})
	if len(apps) > 1 {
		s.Account = ""
	}
	to[""] = importer.Settings{Spec: s}
	return to, err
}

// take imports a file of an inbox or a source. The file moves to done before the import is over, so its new place is written down.
func (a *Account) take(ctx context.Context, path string, to importer.Settings) (spool.Result, error) {
	plan, err := importer.MakePlan(ctx, path, to)
	if err == nil {
		err = plan.Refused()
	}
	if rejects, held := errors.AsType[*importer.RejectsError](err); held { // for a person to decide
		err = &importer.FileError{Path: path, Problem: rejects.Problem(), Advice: rejects.Advice()}
	}
	if err != nil {
		return spool.Result{}, err
	}
	imp, created, err := a.Importer.Begin(ctx, plan)
	if err != nil {
		return spool.Result{}, err
	}
	err = a.Importer.Run(ctx, plan, imp)
	cancelled := errors.Is(err, importer.ErrCancelled)
	if err != nil && !cancelled {
		return spool.Result{}, err
	}
	resumed := !created && !cancelled && imp.Enqueued*imp.Chunk < imp.Rows
	return spool.Result{
		Import: imp.ID, Rows: plan.Rows, Rejected: plan.Rejected, Known: !created, Resumed: resumed,
		Cancelled: cancelled || imp.Stopped == ledger.StoppedCancelled, Source: imp.Source,
		SetSource: func(to string) error { return a.Ledger.SetSource(ctx, imp.ID, to) },
	}, nil
}
