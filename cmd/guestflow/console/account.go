package console

import (
	"context"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer"
	"guestflow/importer/erasure"
	"guestflow/importer/ledger"
	"guestflow/importer/schedule"
	"guestflow/importer/spec"
	"guestflow/importer/spool"
)

// Account is one account of the console. What depends on flags and the configuration file is passed as functions.
type Account struct {
	*operate.Watcher

	Profiles []string
	Spool    *spool.Spool // of uploaded files
	// of dropped files, some of which wait
	Watched spool.Spools
	Inbox   Inbox // its Dir is "" where this process watches none
	// is called once an item may be imported
	Approved func()
	// of a request, as the command line makes them
	Settings  func(spec.Spec) (importer.Settings, error)
	Report    func(ctx context.Context, imp ledger.Import, folder string) (Report, error) // writes an import's report
	Schedules func(ctx context.Context) ([]Schedule, error)
	Look      func(ctx context.Context, profile string) (taken int, err error) // takes what is new at a profile's source
	Config    func() map[string]any                                            // secrets redact themselves
	Folders   func() []erasure.Folder                                          // that hold lists and reports

	Callback string // path of the console at which a sign-in at Qflow ends; "" if none is registered

	MaxUpload int64 // bytes of one uploaded file; 0 is 256 MiB

	incoming incoming
}

// Report are the paths of an import's report files.
type Report struct{ Result, Rejects, Gone string } // Gone is "" without such guests

// Schedule is the state of a schedule.
type Schedule struct {
	schedule.Status
	Source  string
	Imports []string // started by the last run
}
