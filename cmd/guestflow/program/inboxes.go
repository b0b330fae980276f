package program

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"guestflow/cmd/guestflow/config"
	"guestflow/importer"
	"guestflow/importer/inbox"
	"guestflow/importer/ledger"
	"guestflow/importer/notify"
	"guestflow/importer/spool"
	"guestflow/qflow"
)

// failedFor notifies of files that were not imported or wait for a person: those of no account's folder on behalf of
// the first account.
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
		if f.Approval {
			return n.PublishWaiting(ctx, waitingFile(apps[0].Settings, f))
		}
		id, where := f.ID, "It lies in the folder "+f.Folder+", with this text beside it."
		if f.Held {
			id += "-held"   // it may fail after its answer
			if f.Turn > 1 { // another question
				id += "-" + strconv.Itoa(f.Turn)
			}
			where = fmt.Sprintf("It waits in the folder %s for an answer: guestflow approve %s with the option that is right, "+
				"or the page New import of the console.", f.Folder, f.ID)
		}
		return n.PublishFailure(ctx, notify.FileFailure{
			ID: id, Name: f.Name, Reason: f.Reason, At: f.At, Where: where, SoFar: f.SoFar, Part: f.Part,
		})
	}
}

// waitingFile is what is published of a file that waits for approval. One that waits again, since it was changed, is
// published again.
func waitingFile(s *config.Settings, f spool.Failure) notify.WaitingFile {
	w := notify.WaitingFile{
		ID: f.ID, Item: f.ID, Name: f.Name, Why: f.Reason, At: f.At,
		URL: s.WaitingURL(cmp.Or(f.Account, s.AccountName())), SoFar: f.SoFar,
	}
	if p := f.Plan; p != nil {
		w.ID += "-" + p.SHA256[:min(len(p.SHA256), 8)]
		w.Event, w.Template = p.Event, qflow.Named(p.TemplateName, p.Template)
		w.Guests, w.Emails, w.Differences = p.Guests, p.Emails, p.Differences()
	}
	return w
}

// formerSources serve the inboxes that an earlier version had for polled sources: what lies in them is imported, and
// removed in time.
func (p *Program) formerSources(served map[string]*feed) ([]func(context.Context), error) {
	s := p.accounts[0].Settings
	root := filepath.Join(s.StateDir, sourcesDir)
	if _, err := os.Stat(root); err != nil {
		return nil, nil // there are none
	}
	to := map[string]importer.Settings{}
	for name, f := range served {
		if _, err := os.Stat(filepath.Join(root, name)); err == nil {
			to[name] = f.to
		}
	}
	box, err := inbox.New(root, 0, to, takeFor(p.accounts), p.log)
	if err != nil {
		return nil, fmt.Errorf("open the inboxes of former sources: %w", err)
	}
	wire(box.Consumer, p.accounts)
	for name, profile := range s.Profiles {
		if profile.Source != "" && profile.Cron == "" { // perhaps of an account that this process does not serve
			box.Others = append(box.Others, name)
		}
	}
	return []func(context.Context){box.Run}, nil
}

// inboxes are the watched folder, and the sources that are polled.
func (p *Program) inboxes() (parts []func(context.Context), err error) {
	apps, log := p.accounts, p.log
	if !p.flags.Has("inbox") {
		return nil, nil
	}
	if p.flags.Inbox != "" {
		if err := checkInbox(p.flags.Inbox); err != nil {
			return nil, err
		}
		to, err := p.profiles()
		if err != nil {
			return nil, err
		}
		box, err := inbox.New(p.flags.Inbox, p.flags.Settle, to, takeFor(apps), log)
		if err != nil {
			return nil, config.Usagef("--inbox: %v", err)
		}
		wire(box.Consumer, apps)
		box.Beside = func() (own []*spool.Spool) {
			for _, a := range apps {
				if a.Spool != nil {
					own = append(own, a.Spool)
				}
			}
			return own
		}
		box.Others = slices.Sorted(maps.Keys(apps[0].Settings.Profiles)) // also of accounts that are served elsewhere
		box.Arrived = p.noteDrop
		parts = append(parts, func(ctx context.Context) {
			p.expectDrops(ctx, slices.Sorted(maps.Keys(to)))
			box.Run(ctx)
		})
	}
	served := map[string]*feed{}
	for _, a := range apps {
		feeds, err := a.feeds(p.lists)
		if err != nil {
			return nil, err
		}
		for _, f := range polled(feeds) {
			served[f.name] = f
			parts = append(parts, func(ctx context.Context) { f.poll(ctx, p.flags.SourceEvery) })
		}
	}
	former, err := p.formerSources(served)
	return append(parts, former...), err
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
				Path: path, Problem: "there are several accounts, and nothing says for which it is",
				Advice: "drop it into the folder of a profile that names its account",
			}
		}
		return a.Operate().Consume(ctx, path, to)
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

// profiles returns the settings of what is dropped into each profile's folder, and under "" into the inbox itself. A
// profile of an account that this process does not serve is left to those that do. A profile takes no event, template
// and key from outside, nor a mapping of them: whom it mails, and who is the same guest, stands in it or nowhere. How
// lists are read may stand outside.
func (p *Program) profiles() (map[string]importer.Settings, error) {
	apps, how := p.accounts, p.lists
	to := map[string]importer.Settings{}
	for _, a := range apps {
		for name, profile := range a.Settings.Profiles {
			if profile.Account != "" && profile.Account != a.Settings.AccountName() {
				continue
			}
			s, err := a.Settings.ImportSettings(name, config.Lists{Ways: how})
			if err != nil {
				return nil, err
			}
			if profile.Account == "" && len(apps) > 1 {
				s.Account = ""
			}
			to[name] = s
		}
	}
	said := config.Lists{Event: p.flags.Event, Template: p.flags.Template, Key: p.flags.Key, Ways: how}
	s, err := apps[0].Settings.ImportSettings("", said)
	if len(apps) > 1 {
		s.Account = ""
	}
	to[""] = s
	return to, err
}
