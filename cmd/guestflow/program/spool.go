package program

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"guestflow/cmd/guestflow/config"
	"guestflow/importer"
	"guestflow/importer/inbox"
	"guestflow/importer/spec"
	"guestflow/importer/spool"
)

// spoolDir is a folder of the state folder: ACCOUNT/ is the spool of an account, in which lies all that does not come
// by a watched folder. What is in it holds guests' data and is removed in time.
const spoolDir = "spool"

// OpenSpool opens the account's spool, and prepares to import what is in it.
func (a *Account) OpenSpool(apps []*Account) error {
	s, err := openSpool(a.Settings)
	if err != nil {
		return err
	}
	a.Spool, a.consumer = s, spool.NewConsumer(a.Operate().Consume, a.Log, s)
	wire(a.consumer, apps)
	a.consumer.Beside = func() []*spool.Spool { return a.Watched(a.inbox) }
	return nil
}

func openSpool(s *config.Settings) (*spool.Spool, error) {
	to := importer.Settings{Spec: spec.Spec{Account: s.AccountName()}}
	return spool.Open(filepath.Join(s.StateDir, spoolDir, s.AccountName()), to)
}

// spools are those of the account in which files may wait: its own, and those of the watched folder.
func (a *Account) spools() spool.Spools {
	list := a.Watched(a.inbox)
	own := a.Spool
	if own == nil {
		var err error
		if own, err = openSpool(a.Settings); err != nil { // there is no working directory
			return list
		}
	}
	return append(spool.Spools{own}, list...)
}

// Watched are the spools of the account's folders in a watched folder, "" is none.
func (a *Account) Watched(inbox string) (list spool.Spools) {
	if inbox == "" {
		return nil
	}
	dirs := []string{inbox}
	for name, p := range a.Settings.Profiles {
		if p.Account == "" || p.Account == a.Settings.AccountName() {
			dirs = append(dirs, filepath.Join(inbox, name))
		}
	}
	for _, dir := range dirs {
		if s, err := spool.Open(dir, importer.Settings{}); err == nil { // else there is no working directory
			list = append(list, s)
		}
	}
	return list
}

// watch looks at the watched folder for the console.
func (a *Account) watch() *spool.Watch {
	profiles := slices.Sorted(maps.Keys(a.Settings.Profiles))
	return &spool.Watch{Settle: a.settle, Log: a.Log, Ignore: func(name string) bool {
		return inbox.Own(name, profiles)
	}}
}

// Incoming makes the folder for files on their way into the account's spool.
func Incoming(s *config.Settings) (string, error) {
	opened, err := openSpool(s)
	if err != nil {
		return "", err
	}
	return opened.Incoming()
}

// ImportFetched puts a file of Incoming into the spool and has it imported by work, in this call.
func (a *Account) ImportFetched(ctx context.Context, path string, r spool.Record, work spool.Import) error {
	if err := a.OpenSpool([]*Account{a}); err != nil {
		return err
	}
	a.consumer.Import = work
	_, err := a.consumer.ImportNow(ctx, a.Spool, path, r)
	a.consumer.Tidy(ctx)
	return err
}

// wire gives a consumer what it needs of the accounts that it imports for.
func wire(c *spool.Consumer, apps []*Account) {
	c.Report, c.Failed, c.Keep = reportFor(apps), failedFor(apps), apps[0].Settings.KeepFiles
	c.Standing = apps[0].Settings.Standing
	c.ServerTime = func(ctx context.Context) (time.Time, error) { return apps[0].Store.Client.Time(ctx).Result() }
}

// Consume imports what comes into the spool, until ctx ends.
func (a *Account) Consume(ctx context.Context) { a.consumer.Run(ctx) }
