package spool

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"guestflow/importer"
	"guestflow/importer/spec"
)

const (
	pollEvery      = 2 * time.Second
	tidyEvery      = 15 * time.Second // a report is that late at most, for one look at the ledger per open import
	touchEvery     = 15 * time.Second // how often the record of a claimed file is touched
	abandonedAfter = time.Minute      // untouched for this long: its process is gone

	// AtOnce is how many files a consumer imports at a time, and as many small ones: an importer with a large one may
	// hold back for hours.
	AtOnce = 4

	// Small is the size of a list with as many guests as go by the short lane, and as much again.
	Small = 128 << 10

	// DefaultKeep is how long files and reports stay. A report is asked about for some weeks after an event; after that
	// the files are only a risk.
	DefaultKeep = 30 * 24 * time.Hour
)

// Result is what became of a file that was imported.
type Result struct {
	Import    string // letters and digits
	Rows      int
	Rejected  int
	Filtered  int                         // rows that the rule of the import leaves out
	Known     bool                        // the import was there before; nothing was begun anew
	Resumed   bool                        // it was there in part, and its other rows were enqueued now
	Cancelled bool                        // it was cancelled by a person
	Source    string                      // where the import had its file before: of a repeated one it is another
	SetSource func(id, path string) error // notes where the file of an import is moved to, just before; nil notes nothing

	// Question is about rows that are held while the others are imported, so many: the file waits for its answer, by which
	// it is imported once more. Nil is none.
	Question *importer.FileError
	Held     int

	// Plan is what the import would do, as far as it is known, also of a file that is not imported. It may be nil.
	Plan *Plan
}

// Import imports one file. A *importer.FileError means that the file is at fault and moves to failed; after any other
// error it stays and is tried again.
type Import func(ctx context.Context, path string, s importer.Settings) (Result, error)

// Report writes the reports of an import into an empty folder, given the path of its file. ErrOpen says that the import
// still has rows on their way, so that it is asked again later.
type Report func(ctx context.Context, id, source, folder string) error

// ErrOpen is what a Report returns for an import that has not finished.
var ErrOpen = errors.New("the import still has open rows")

// Failure is a file that was not imported, or waits for a person.
type Failure struct {
	ID      string // of the item, the same for every process
	Account string // of its spool; may be empty
	Name    string // of the file
	Folder  string // where it lies
	Reason  string // and what to do, without guests' data
	At      time.Time
	Held    bool // it waits for an answer, or for approval

	// Of one that waits:
	SoFar string // what of it was imported
	Part  bool   // a part of it was
	Turn  int    // each further question or decision has a higher one

	Approval bool  // it waits for approval
	Plan     *Plan // of one that waits for approval; may be nil
}

// Consumer imports the approved items of some spools, a few at a time, and keeps the spools tidy. The exported fields
// are set before Run.
type Consumer struct {
	Import Import
	Log    *slog.Logger
	Keep   time.Duration // how long files and reports stay once they are complete; 0 is for ever
	Report Report        // nil writes none
	Watch  Watch         // of processing folders, and of those of the doors

	// Failed is called for every file in failed, by every process and after every start; after an error it is called
	// again. It may be nil.
	Failed func(ctx context.Context, f Failure) error

	// ServerTime is the clock of Redis, which start times go by too. It may be nil.
	ServerTime func(ctx context.Context) (time.Time, error)

	// Standing is what a profile says of lists, "" is none, and whether it is known. It may be nil.
	Standing func(profile string) (spec.Spec, bool)

	// Doors put items into the spools at each look. They may be nil.
	Doors func(ctx context.Context)

	// Beside returns further spools in which lists of the same accounts may wait. It may be nil.
	Beside func() []*Spool

	// Archives returns more spools to keep tidy. It may be nil.
	Archives func() []*Spool

	Every     time.Duration // between two looks
	Abandoned time.Duration // after which a claim that is not renewed is void

	spools    []*Spool
	slots     chan struct{}
	smalls    chan struct{} // slots of small files
	wake      chan struct{} // look again at once
	suspects  suspects
	lists     listsRead
	clocks    sync.Mutex    // guards the following
	far       time.Duration // that the clock of Redis is ahead
	running   sync.WaitGroup
	replanned bool               // what waited when it began to look was compared with the settings of now
	tidying   sync.Mutex         // guards the following
	announced map[string]bool    // paths of which all was logged and notified
	verdicts  map[string]verdict // by path of an archived file
}

// NewConsumer returns a consumer of some spools.
func NewConsumer(take Import, log *slog.Logger, spools ...*Spool) *Consumer {
	return &Consumer{
		Import: take, Log: log, Keep: DefaultKeep, Watch: Watch{Log: log}, Every: pollEvery, Abandoned: abandonedAfter,
		spools: spools, slots: make(chan struct{}, AtOnce), smalls: make(chan struct{}, AtOnce), wake: make(chan struct{}, 1),
		announced: map[string]bool{},
	}
}

// Run imports until ctx ends, then waits until the claimed files are put down.
func (c *Consumer) Run(ctx context.Context) {
	defer c.running.Wait()
	c.running.Go(func() { c.keepTidy(ctx) })
	tick := time.NewTicker(c.Every)
	defer tick.Stop()
	for {
		c.look(ctx)
		select {
		case <-ctx.Done():
			return
		case <-c.wake:
		case <-tick.C:
		}
	}
}

// keepTidy has a loop of its own, so that the report of a long list holds up no other file.
func (c *Consumer) keepTidy(ctx context.Context) {
	tick := time.NewTicker(tidyEvery)
	defer tick.Stop()
	for {
		c.Tidy(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Go runs a function that Run waits for.
func (c *Consumer) Go(f func()) { c.running.Go(f) }

// Wake has the spools looked at at once.
func (c *Consumer) Wake() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// Look looks once, and waits until what it claimed is put down.
func (c *Consumer) Look(ctx context.Context) {
	c.look(ctx)
	c.running.Wait()
}

// look claims what is ready, as far as there are free slots. What is left stays where it is, so that another process
// may claim it.
func (c *Consumer) look(ctx context.Context) {
	if c.Doors != nil {
		c.Doors(ctx)
	}
	c.replan(ctx)
	for _, s := range c.spools {
		c.readAgain(ctx, s)
		c.openDue(ctx, s)
		for _, name := range c.ready(s) {
			path := s.sub(processing, name)
			if i, ours := parseItem(name); !ours { // put there by hand
				c.claim(ctx, s, path, newItem(name), Record{Origin: Origin{Door: Inbox}})
			} else if c.orphaned(s, path, i) {
				c.claim(ctx, s, path, i.next(), s.readApproved(ctx, i, c.due(ctx, s)))
			}
		}
	}
}

// ready lists the files of a spool that may be claimed, as far as it shows in them. What was approved came whole.
func (c *Consumer) ready(s *Spool) []string {
	for _, i := range s.active(processing) {
		if path := s.sub(processing, i.active()); i.turn == 0 && c.Watch.at(path).since.IsZero() {
			c.Watch.Arrived(path)
		}
	}
	if _, err := os.Stat(s.sub(processing)); !s.made && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return c.Watch.Ready(s.sub(processing))
}

// Take claims a file that was put into the folder of a door, has it imported, and reports whether it was free to be
// claimed.
func (c *Consumer) Take(ctx context.Context, s *Spool, path string, r Record) (taken bool) {
	return c.claim(ctx, s, path, newItem(filepath.Base(path)), r)
}
