// Package inbox imports files that people drop into a folder. A file is taken when it has been still for a while, by renaming
// it into a folder beside it: a rename succeeds for one process only, so any number of them may watch one folder.
//
// It polls instead of listening for file events: those do not exist on network shares, and none says "the copy is complete".
// The price is a few seconds, and one listing of a small folder every two.
//
//	inbox/list.csv              dropped
//	inbox/processing/T--list.csv    taken at time T, being imported
//	inbox/done/T--list.csv          every row is enqueued
//	inbox/failed/T--list.csv        not imported, with T--list.csv.txt that says why
//
// No step loses a file: it is in exactly one of these folders at any moment. A file whose process was killed stops being
// touched, and is taken over after a minute; importing it twice is harmless, since an import is known by its content.
package inbox

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"guestflow/importer"
)

const (
	pollEvery = 2 * time.Second
	touch     = 15 * time.Second // how often a file in hand is touched
	abandoned = time.Minute      // untouched for this long: its process is gone
	atOnce    = 4                // files in hand; a large one does not hold up the others

	processing = "processing"
	done       = "done"
	failed     = "failed"
)

// Taken is what became of a file that was imported.
type Taken struct {
	Import   string
	Rows     int
	Rejected int
	Known    bool                    // the same content was imported before; nothing was done
	Moved    func(path string) error // is told where the file is now
}

// Import imports one file. A *importer.FileError means that the file is at fault and moves to failed; after any other error
// it stays and is tried again.
type Import func(ctx context.Context, path string, s importer.Settings) (Taken, error)

// Inbox watches one folder and a subfolder per profile.
type Inbox struct {
	folders map[string]importer.Settings // path to the settings of its files
	settle  time.Duration
	take    Import
	log     *slog.Logger
	seen    map[string]sight // files that are not yet still
	slots   chan struct{}
	inHand  sync.WaitGroup
}

type sight struct {
	size    int64
	changed time.Time
	since   time.Time
}

// New makes the folders. Settings are by profile; "" is the folder itself.
func New(dir string, settle time.Duration, settings map[string]importer.Settings, take Import, log *slog.Logger) (*Inbox, error) {
	b := &Inbox{folders: map[string]importer.Settings{}, settle: settle, take: take, log: log, seen: map[string]sight{}, slots: make(chan struct{}, atOnce)}
	for profile, s := range settings {
		if profile != filepath.Base(profile) && profile != "" || slices.Contains([]string{processing, done, failed}, profile) {
			return nil, fmt.Errorf("the profile %q cannot be a folder's name", profile)
		}
		folder := filepath.Join(dir, profile)
		for _, sub := range []string{processing, done, failed} {
			if err := os.MkdirAll(filepath.Join(folder, sub), 0o700); err != nil {
				return nil, fmt.Errorf("make the inbox: %w", err)
			}
		}
		b.folders[folder] = s
	}
	return b, nil
}

// Run watches until ctx ends, then waits for the files in hand to be put down.
func (b *Inbox) Run(ctx context.Context) {
	defer b.inHand.Wait()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		for folder, s := range b.folders {
			b.look(ctx, folder, s)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// look takes what is ready in one folder.
func (b *Inbox) look(ctx context.Context, folder string, s importer.Settings) {
	for _, name := range b.ready(folder) {
		b.claim(ctx, filepath.Join(folder, name), folder, name, s)
	}
	for _, name := range b.orphans(filepath.Join(folder, processing)) {
		_, original, _ := strings.Cut(name, "--")
		b.claim(ctx, filepath.Join(folder, processing, name), folder, original, s)
	}
}

// ready lists files that have kept their size and time for the settling time.
func (b *Inbox) ready(folder string) []string {
	var names []string
	for name, info := range b.files(folder) {
		path := filepath.Join(folder, name)
		now := sight{size: info.Size(), changed: info.ModTime(), since: time.Now()}
		was, known := b.seen[path]
		if !known || was.size != now.size || !was.changed.Equal(now.changed) {
			b.seen[path] = now
			continue
		}
		if time.Since(was.since) >= b.settle {
			delete(b.seen, path)
			names = append(names, name)
		}
	}
	return names
}

func (b *Inbox) orphans(folder string) []string {
	var names []string
	for name, info := range b.files(folder) {
		if time.Since(info.ModTime()) > abandoned {
			names = append(names, name)
		}
	}
	return names
}

// files lists the regular, visible CSV files of a folder. Links are left alone: they could lead anywhere.
func (b *Inbox) files(folder string) map[string]fs.FileInfo {
	entries, err := os.ReadDir(folder)
	if err != nil {
		b.log.Error("the inbox cannot be read; it is tried again", "folder", folder, "error", err)
		return nil
	}
	files := map[string]fs.FileInfo{}
	for _, e := range entries {
		if !e.Type().IsRegular() || !wanted(e.Name()) {
			continue
		}
		if info, err := e.Info(); err == nil { // else it was taken this moment
			files[e.Name()] = info
		}
	}
	return files
}

// wanted leaves hidden and temporary files alone. Files of other kinds stay where they are.
func wanted(name string) bool {
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~") {
		return false
	}
	return slices.Contains([]string{".csv", ".tsv", ".txt"}, strings.ToLower(filepath.Ext(name)))
}

// claim renames a file into processing; whoever succeeds has it. It is touched first, so that a file with an old date is
// not at once taken for abandoned.
func (b *Inbox) claim(ctx context.Context, path, folder, name string, s importer.Settings) {
	now := time.Now()
	if err := os.Chtimes(path, now, now); err != nil {
		return // somebody else was faster
	}
	mine := filepath.Join(folder, processing, now.UTC().Format("20060102T150405")+"-"+rand.Text()[:6]+"--"+name)
	if err := os.Rename(path, mine); err != nil {
		if !errors.Is(err, os.ErrNotExist) {
			b.log.Error("a dropped file cannot be taken; it is tried again", "file", path, "error", err)
		}
		return
	}
	b.inHand.Go(func() { b.work(ctx, mine, folder, s) })
}

func (b *Inbox) work(ctx context.Context, path, folder string, s importer.Settings) {
	stop := keepTouching(path)
	defer stop()
	select {
	case b.slots <- struct{}{}:
		defer func() { <-b.slots }()
	case <-ctx.Done():
		return
	}
	taken, err := b.take(ctx, path, s)
	stop()
	if fault, is := errors.AsType[*importer.FileError](err); is {
		b.fail(path, folder, fault)
		return
	}
	if err != nil {
		if ctx.Err() == nil {
			b.log.Error("a dropped file could not be imported; it is tried again in a minute", "file", path, "error", err)
		}
		return
	}
	b.finish(path, folder, taken)
}

// keepTouching shows other processes that a file is in somebody's hands.
func keepTouching(path string) (stop func()) {
	quit := make(chan struct{})
	go func() {
		tick := time.NewTicker(touch)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				return
			case now := <-tick.C:
				_ = os.Chtimes(path, now, now) // if it cannot be touched it is taken over, which is harmless
			}
		}
	}()
	return sync.OnceFunc(func() { close(quit) })
}

func (b *Inbox) finish(path, folder string, t Taken) {
	to := filepath.Join(folder, done, filepath.Base(path))
	if err := os.Rename(path, to); err != nil {
		b.log.Error("an imported file cannot be moved", "file", path, "error", err)
		return
	}
	if err := t.Moved(to); err != nil {
		b.log.Error("the new place of an imported file could not be written down", "file", to, "error", err)
	}
	if t.Known {
		b.log.Info("this file was imported before; nothing was done", "file", to, "import", t.Import)
		return
	}
	b.log.Info("file imported", "file", to, "import", t.Import, "rows", t.Rows, "rejected", t.Rejected)
}

func (b *Inbox) fail(path, folder string, fault *importer.FileError) {
	to := filepath.Join(folder, failed, filepath.Base(path))
	fault.Path = filepath.Base(path)
	if err := os.WriteFile(to+".txt", []byte(fault.Error()+"\n"), 0o600); err != nil {
		b.log.Error("the reason of a failed file cannot be written", "file", to, "error", err)
	}
	if err := os.Rename(path, to); err != nil {
		b.log.Error("a failed file cannot be moved", "file", path, "error", err)
	}
	b.log.Error("a dropped file cannot be imported", "file", to, "reason", fault.Error())
}
