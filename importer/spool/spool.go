// Package spool keeps the files of lists from the moment that they come until they are no longer needed. A list comes
// in by one of four doors (a watched folder, a source that is fetched, the console, the command line), and each of them
// only puts an item into a spool: a file with its record. One Consumer imports the items of some spools, puts them
// away, writes their reports and removes them in time.
//
//	waiting/ID.0--list.csv            waits for a person's approval, or for its start time; waiting/.ID is its record
//	waiting/ID--list.csv.txt          its question, if it leaves a doubt, or why it waits
//	processing/ID.0--list.csv         approved; processing/.ID is its record
//	processing/ID.1--list.csv         claimed: its record is touched meanwhile, and counts processes that died over it
//	done/ID-IMPORT--list.csv          every row is enqueued
//	done/ID-IMPORT--list.csv.report/  result.csv, rejects.csv and a summary, once the import has finished
//	                                  columns.txt there names the columns that decided nothing, where there are any
//	done/ID--list.csv.txt             list.csv was imported before, or it was appended to afterwards
//	failed/ID--list.csv               not imported, and ID--list.csv.txt says why
//	done/.ID.read                     the length and hash of the file when it was read, with its record; also in failed
//	incoming/                         files on their way into the spool
//
// The folder that a file lies in is its state, and a rename is every change of it: a rename succeeds for one process
// only, so any number of them may share a spool, also on a network share. A database would have been the other choice;
// but a watched folder may be shared by hosts that share no database, and an operator can look into folders.
//
// No step loses a file: it is in exactly one of these folders at any moment, and every record and text is written
// before the file that it is about moves beside it. A claim is a lease: a record that was not touched for a minute is
// that of a process that is gone, and its file is claimed by another, under the same ID. Importing it twice is
// harmless, since an import is known by its content. A file over whose reading three processes have died goes to
// failed, or it would kill for ever; a kill once it has been read says nothing of the file.
//
// Other users may write to these folders, and may exchange a file for a FIFO, a device or a link at any moment. So
// everything in them is opened by package listfile, which waits for nothing and follows no link, and what we write
// takes the place of what lies there.
//
// A copy into a watched folder may pause for longer than any settling time, and then a part of the file is imported, or
// refused. So a file in done or failed is compared with what was read of it, and goes back to processing under a new ID
// when it was appended to: the guests of the first part are recognised, and only the others go out. Nothing else can
// detect that: locks are advisory, and do not exist on network shares. It counts for an hour, and in done until the
// report is written, whichever is later; only what begins with what was read was appended to. Whatever else people do
// to a file there is left alone.
//
// Files and reports hold guests' data, so they are removed after Consumer.Keep.
package spool

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"guestflow/importer"
)

// The folders of a spool.
const (
	waiting    = "waiting"
	processing = "processing"
	done       = "done"
	failed     = "failed"
	incoming   = "incoming"
)

// Spool is a folder of items. Its methods may be called by many goroutines and processes at once.
type Spool struct {
	// Again reports whether a file's name asks for a further import of content that was imported before, and Anew is
	// the sentence by which a text says how that is asked for. Again may be nil.
	Again func(name string) bool
	Anew  func(name string) string

	Clock Clock // by which start times come

	dir      string
	settings importer.Settings
	archive  bool
	made     bool // so that it is an error if a folder is not there

	changing [32]sync.Mutex // items that wait, by this process
	testHook func(step string)
}

// Open returns the spool in a folder, whose own folders are made as they are needed. Settings are those of items whose
// record has none.
func Open(dir string, settings importer.Settings) (*Spool, error) {
	dir, err := filepath.Abs(dir) // an import's record names its file by it
	if err != nil {
		return nil, fmt.Errorf("find the folder of a spool: %w", err)
	}
	return &Spool{dir: dir, settings: settings, Anew: anewByCommand, Clock: hostClock()}, nil
}

// Dir is the folder of the spool.
func (s *Spool) Dir() string { return s.dir }

// WaitingIn is where files wait in the folder of a spool.
func WaitingIn(dir string) string { return filepath.Join(dir, waiting) }

// Make makes the folders now, for a folder that people look into.
func (s *Spool) Make() error {
	s.made = true
	for _, sub := range []string{waiting, processing, done, failed} {
		if err := os.MkdirAll(s.sub(sub), 0o700); err != nil {
			return fmt.Errorf("make the folders of a spool: %w", err)
		}
	}
	return nil
}

// Archive is a spool of which nothing is imported any more. What is old is still removed.
func Archive(dir string) *Spool {
	return &Spool{dir: dir, archive: true, Anew: anewByCommand, Clock: hostClock()}
}

func anewByCommand(string) string {
	return "To import it again on purpose: guestflow import --again, or say so on the page of its preview."
}

// Reserved reports whether a folder in a watched folder cannot be called so, since it is one of a spool's.
func Reserved(name string) bool {
	return slices.Contains([]string{waiting, processing, done, failed}, strings.ToLower(name))
}

// at is where a test may end the process.
func (s *Spool) at(step string) {
	if s.testHook != nil {
		s.testHook(step)
	}
}

func (s *Spool) sub(parts ...string) string {
	return filepath.Join(append([]string{s.dir}, parts...)...)
}

// Active reports whether a path is that of an item that waits to be claimed, or is claimed.
func Active(path string) bool {
	i, ours := parseItem(filepath.Base(path))
	return ours && i.about == "" && filepath.Base(filepath.Dir(path)) == processing
}
