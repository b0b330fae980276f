package program

import (
	"context"
	"path/filepath"

	"guestflow/importer"
	"guestflow/importer/spec"
	"guestflow/importer/spool"
)

// spoolDir is a folder of the state folder: ACCOUNT/ is the spool of an account, in which lies all that does not come by a watched
// folder. What is in it holds guests' data and is removed in time.
const spoolDir = "spool"

// OpenSpool opens the account's spool, and prepares to import what is in it.
func (a *Account) OpenSpool(apps []*Account) error {
	s, err := spool.Open(filepath.Join(a.Settings.StateDir, spoolDir, a.Settings.AccountName()), importer.Settings{Spec: spec.Spec{Account: a.Settings.AccountName()}})
	if err != nil {
		return err
	}
	a.Spool, a.consumer = s, spool.NewConsumer(a.Operate().Consume, a.Log, s)
	wire(a.consumer, apps)
	return nil
}

// wire gives a consumer what it needs of the accounts that it imports for.
func wire(c *spool.Consumer, apps []*Account) {
	c.Report, c.Failed, c.Keep = reportFor(apps), failedFor(apps), apps[0].Settings.KeepFiles
}

// Consume imports what comes into the spool, until ctx ends.
func (a *Account) Consume(ctx context.Context) { a.consumer.Run(ctx) }
