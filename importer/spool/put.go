package spool

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"guestflow/importer/listfile"
)

// State is how far an item is.
type State string

// The states. What may follow is the next one, but for Waiting, which may also be discarded, and Importing, which may
// also end in Failed or back in Waiting.
const (
	Waiting   State = "waiting"   // for a person's approval
	Approved  State = "approved"  // not claimed yet
	Importing State = "importing" // claimed, perhaps by a process that is gone by now
	Done      State = "done"      // every row is enqueued, or nothing was to be done
	Failed    State = "failed"    // the file is at fault
)

// Incoming makes the folder for files on their way into the spool, from which Put moves them by a rename.
func (s *Spool) Incoming() (string, error) {
	dir := s.sub(incoming)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("make a folder for incoming files: %w", err)
	}
	return dir, nil
}

// Put moves a file of Incoming into the spool as an item that waits or is approved, and returns its id. In this order a
// kill leaves the file where it was, or an item.
func (s *Spool) Put(path string, r Record, to State) (id string, err error) {
	folder := waiting
	if to == Approved {
		folder = processing
	}
	i := item{id: NewID(), name: shorten(listfile.ListName(filepath.Base(r.Name)))}
	if r.Given.IsZero() && r.Origin.Door != Console { // there it comes once it is started
		r.Given = s.Clock.Wall().UTC().Truncate(time.Microsecond)
	}
	if err := r.write(s.record(folder, i)); err != nil {
		return "", fmt.Errorf("write an item's record: %w", err)
	}
	if err := os.Rename(path, s.sub(folder, i.active())); err != nil {
		_ = os.Remove(s.record(folder, i))
		return "", fmt.Errorf("move a file into the spool: %w", err)
	}
	return i.id, nil
}

// ImportNow moves a file of Incoming into the spool and imports it in this call, for a door that waits for the outcome.
// After an error that is not the file's fault the item stays, and is imported later by any process.
func (c *Consumer) ImportNow(ctx context.Context, s *Spool, path string, r Record) (Result, error) {
	i := newItem(listfile.ListName(filepath.Base(r.Name)))
	h := &claimed{item: i, spool: s, path: s.sub(processing, i.active()), record: r}
	info, err := os.Lstat(path)
	if err != nil {
		return Result{}, fmt.Errorf("look at an incoming file: %w", err)
	}
	h.seen = snapshotOf(info)
	h.record.Given = c.came(ctx, h)
	if err := h.record.write(h.recordPath()); err != nil {
		return Result{}, fmt.Errorf("write an item's record: %w", err)
	}
	if err := os.Rename(path, h.path); err != nil {
		_ = os.Remove(h.recordPath())
		return Result{}, fmt.Errorf("move a file into the spool: %w", err)
	}
	return c.work(ctx, h)
}

// Adopt writes the record of a file that an earlier version kept elsewhere, which came at a time under an id of six
// letters, and returns where the file is to be moved to. It returns the same every time.
func (s *Spool) Adopt(at time.Time, letters string, r Record, st State) (path string, err error) {
	i := item{id: at.UTC().Format(timeLayout) + "-" + letters, name: shorten(listfile.ListName(filepath.Base(r.Name)))}
	folder := waiting
	switch st {
	case Done:
		i.about = r.Import
		return s.sub(done, i.archived()), nil
	case Approved:
		folder = processing
	case Waiting, Importing, Failed:
	}
	if err := r.write(s.record(folder, i)); err != nil {
		return "", fmt.Errorf("write an item's record: %w", err)
	}
	return s.sub(folder, i.active()), nil
}
