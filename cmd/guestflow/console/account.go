package console

import (
	"context"
	"time"

	"guestflow/cmd/guestflow/operate"
	"guestflow/importer"
	"guestflow/importer/ledger"
	"guestflow/importer/schedule"
)

// Account is one account of the console. What depends on flags and the configuration file is passed as functions.
type Account struct {
	*operate.Watcher

	Profiles  []string
	Uploads   string                                                                      // folder of uploaded files
	Settings  func(ImportRequest) (importer.Settings, error)                              // as the command line makes them
	Report    func(ctx context.Context, imp ledger.Import, folder string) (Report, error) // writes an import's report
	Schedules func(ctx context.Context) ([]Schedule, error)
	Config    func() map[string]any // secrets redact themselves

	MaxUpload int64         // bytes of one uploaded file; 0 is 256 MiB
	KeepFiles time.Duration // how long an uploaded file is kept after its import; 0 is for ever

	uploadLocks locks
	incoming    incoming
}

// ImportRequest are the settings of an import that a user has chosen.
type ImportRequest struct {
	Profile, Event, Template, Key string

	Mapping    map[string]string
	SplitNames bool
	Dates      string
	Sheet      string
	Encoding   string
	HeaderRow  string
	Hidden     string
	Again      bool
}

// Report are the paths of an import's report files.
type Report struct{ Result, Rejects string }

// Schedule is the state of a schedule.
type Schedule struct {
	schedule.Status
	Source  string
	Imports []string // started by the last run
}
