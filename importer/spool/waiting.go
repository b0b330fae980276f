package spool

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"
)

// Errors of items that are asked for by their id.
var (
	ErrNotFound   = errors.New("no such item")
	ErrNotWaiting = errors.New("the item no longer waits")
)

// Item is an item as it is now.
type Item struct {
	ID    string
	State State
	Spool *Spool // where it is
	Path  string // of its file
	Size  int64
	Since time.Time // when its record was last written, or its file put away
	Record
}

// Came is when it came.
func (i Item) Came() time.Time { return item{id: i.ID}.came() }

// Find returns an item by its id, or ErrNotFound.
func (s *Spool) Find(ctx context.Context, id string) (Item, error) {
	if !anID.MatchString(id) {
		return Item{}, ErrNotFound
	}
	for _, folder := range []string{waiting, processing} {
		for _, i := range s.active(folder) {
			if i.id == id {
				return s.look(ctx, folder, i)
			}
		}
	}
	for _, folder := range []string{done, failed} {
		for _, a := range listArchived(s.sub(folder)) {
			if a.id == id && a.path != "" {
				found := a.shown(ctx, State(folder))
				found.Spool = s
				return found, nil
			}
		}
	}
	return Item{}, ErrNotFound
}

// Waiting lists the items that wait for approval, the newest first.
func (s *Spool) Waiting(ctx context.Context) []Item {
	var list []Item
	for _, i := range s.active(waiting) {
		if found, err := s.look(ctx, waiting, i); err == nil {
			list = append(list, found)
		}
	}
	slices.SortFunc(list, func(a, b Item) int { return b.Came().Compare(a.Came()) })
	return list
}

// Spools are several spools, in which an item is looked for.
type Spools []*Spool

// Find is Spool.Find in all of them.
func (all Spools) Find(ctx context.Context, id string) (Item, error) {
	for _, s := range all {
		if found, err := s.Find(ctx, id); !errors.Is(err, ErrNotFound) {
			return found, err
		}
	}
	return Item{}, ErrNotFound
}

// Waiting is Spool.Waiting of all of them.
func (all Spools) Waiting(ctx context.Context) (list []Item) {
	for _, s := range all {
		list = append(list, s.Waiting(ctx)...)
	}
	slices.SortStableFunc(list, func(a, b Item) int { return b.Came().Compare(a.Came()) })
	return list
}

// active lists the items of waiting or processing. A folder that cannot be read has none.
func (s *Spool) active(folder string) (list []item) {
	entries, _ := os.ReadDir(s.sub(folder))
	for _, e := range entries {
		if i, ours := parseItem(e.Name()); ours && i.turn != noTurn { // else it is a text
			list = append(list, i)
		}
	}
	return list
}

func (s *Spool) look(ctx context.Context, folder string, i item) (Item, error) {
	found := Item{ID: i.id, State: Waiting, Spool: s, Path: s.sub(folder, i.active())}
	found.Record = s.readWaiting(ctx, i)
	if folder == processing {
		found.Record = s.readApproved(ctx, i, func(Gate) bool { return true })
		found.State = Importing
		if i.turn == 0 {
			found.State = Approved
		}
	}
	if found.Name == "" {
		found.Name = i.name
	}
	info, err := os.Lstat(found.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return found, ErrNotFound // it has moved this moment
	}
	if err != nil {
		return found, fmt.Errorf("look at an item: %w", err)
	}
	found.Size, found.Since = info.Size(), i.came()
	if info, err := os.Lstat(s.record(folder, i)); err == nil {
		found.Since = info.ModTime()
	}
	return found, nil
}

func (a *archived) shown(ctx context.Context, st State) Item {
	f, _ := a.fingerprint(ctx)
	found := Item{ID: a.id, State: st, Path: a.path, Size: f.Size, Since: a.since, Record: f.Record}
	found.Import = a.about
	if found.Name == "" {
		found.Name = a.name
	}
	return found
}

// Amend changes the record of an item that waits, or returns ErrNotWaiting. One that was approved already waits for
// approval again: that was of other settings.
func (s *Spool) Amend(ctx context.Context, id string, change func(*Record)) error {
	defer s.lock(id)()
	i, err := s.waits(id)
	if err != nil {
		return err
	}
	was, r := s.readWaiting(ctx, i), s.readWaiting(ctx, i)
	change(&r)
	if !was.ByItself() {
		return s.keepWaiting(i, r)
	}
	if r.ByItself() {
		r.Approved, r.Gate.Start, r.Gate.Behind = Approval{}, time.Time{}, nil
		r.Gate.Approval = "its settings were changed after it was started"
	}
	_, err = s.publish(i, &r)
	return err
}

// lock keeps this process from changing one item twice at the same time. Items whose ids end alike wait for each other.
func (s *Spool) lock(id string) (unlock func()) {
	mu := &s.changing[0]
	if id != "" {
		mu = &s.changing[int(id[len(id)-1])%len(s.changing)]
	}
	mu.Lock()
	return mu.Unlock
}

func (s *Spool) waits(id string) (item, error) {
	for _, i := range s.active(waiting) {
		if i.id == id {
			return i, nil
		}
	}
	return item{}, ErrNotWaiting
}

// gone is what a file that has gone meanwhile means: another process was faster.
func (s *Spool) gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNotWaiting
	}
	return fmt.Errorf("move an item that waits: %w", err)
}

// forgetText removes the text about an item that no longer waits. Its record stays for who claims it; Tidy clears it
// away.
func (s *Spool) forgetText(i item) { _ = os.Remove(s.sub(waiting, i.text())) }

// forget removes what lies beside a file that waited; else Tidy clears it away.
func (s *Spool) forget(i item) {
	_ = os.Remove(s.record(waiting, i))
	_ = os.Remove(s.sub(waiting, i.text()))
}
