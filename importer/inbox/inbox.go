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
	"io"
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
	Moved    func(path string) error // is told where the file goes, just before; nil if nobody wants to know
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
	every   time.Duration
	seen    map[string]map[string]sight // by folder and name: the dropped files at the last look
	slots   chan struct{}
	inHand  sync.WaitGroup
}

type sight struct {
	size    int64
	changed time.Time
	since   time.Time
	told    bool // that it cannot be taken
}

// New makes the folders. Settings are by profile; "" is the folder itself.
func New(dir string, settle time.Duration, settings map[string]importer.Settings, take Import, log *slog.Logger) (*Inbox, error) {
	b := &Inbox{
		folders: map[string]importer.Settings{}, settle: settle, take: take, log: log, every: pollEvery,
		seen: map[string]map[string]sight{}, slots: make(chan struct{}, atOnce),
	}
	for profile, s := range settings {
		if profile != filepath.Base(profile) && profile != "" || strings.HasPrefix(profile, ".") ||
			slices.Contains([]string{processing, done, failed}, profile) {
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
	tick := time.NewTicker(b.every)
	defer tick.Stop()
	for {
		b.look(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// look takes what is ready in every folder, as far as there are hands free. What is left stays where it is, so that another
// process may take it.
func (b *Inbox) look(ctx context.Context) {
	for folder, s := range b.folders {
		for _, name := range b.ready(folder) {
			b.claim(ctx, filepath.Join(folder, name), folder, name, s)
		}
		for _, name := range b.orphans(filepath.Join(folder, processing)) {
			_, original, ours := strings.Cut(name, "--")
			if !ours { // put there by hand
				original = name
			}
			b.claim(ctx, filepath.Join(folder, processing, name), folder, original, s)
		}
	}
}

// ready lists files that have kept their size and time for the settling time.
func (b *Inbox) ready(folder string) []string {
	var names []string
	was, now := b.seen[folder], map[string]sight{}
	for name, info := range b.files(folder) {
		s := sight{size: info.Size(), changed: info.ModTime(), since: time.Now()}
		if before, known := was[name]; known && before.size == s.size && before.changed.Equal(s.changed) {
			s.since, s.told = before.since, before.told
			if time.Since(s.since) >= b.settle {
				names = append(names, name)
			}
		}
		now[name] = s
	}
	b.seen[folder] = now
	return names
}

func (b *Inbox) orphans(folder string) []string {
	var names []string
	for name, info := range b.files(folder) {
		if time.Since(info.ModTime()) > abandoned && time.Since(claimedAt(name)) > abandoned {
			names = append(names, name)
		}
	}
	return names
}

const claimLayout = "20060102T150405"

// claimedAt is when a file was taken, by its name: a file that was dropped with an old date is not at once abandoned.
func claimedAt(name string) time.Time {
	at, err := time.Parse(claimLayout, name[:min(len(name), len(claimLayout))])
	if err != nil {
		return time.Time{} // put there by hand
	}
	return at
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

// claim renames a file into processing; whoever succeeds has it.
func (b *Inbox) claim(ctx context.Context, path, folder, name string, s importer.Settings) {
	select {
	case b.slots <- struct{}{}:
	default:
		return
	}
	mine := filepath.Join(folder, processing, time.Now().UTC().Format(claimLayout)+"-"+rand.Text()[:6]+"--"+name)
	err := os.Rename(path, mine)
	if err == nil {
		b.inHand.Go(func() {
			defer func() { <-b.slots }()
			b.work(ctx, mine, folder, s)
		})
		return
	}
	<-b.slots
	if seen := b.seen[folder][name]; !errors.Is(err, fs.ErrNotExist) && !seen.told { // else somebody was faster
		seen.told = true
		b.seen[folder][name] = seen
		b.log.Error("a dropped file cannot be taken; may this user write to the folder? It is tried again", "file", path, "error", err)
	}
}

func (b *Inbox) work(ctx context.Context, path, folder string, s importer.Settings) {
	if err := own(path); err != nil {
		b.log.Warn("a dropped file belongs to another user and cannot be replaced by a copy of our own", "file", path, "error", err)
	}
	stop := keepTouching(path)
	defer stop()
	taken, err := b.take(ctx, path, s)
	stop()
	if _, gone := os.Lstat(path); errors.Is(gone, fs.ErrNotExist) {
		b.log.Warn("another process has taken this file over; do the clocks of the hosts differ?", "file", path)
		return
	}
	if fault, is := errors.AsType[*importer.FileError](err); is {
		b.fail(path, folder, fault)
		return
	}
	if err == nil {
		err = b.finish(path, folder, taken)
	}
	if err != nil && ctx.Err() == nil {
		b.log.Error("a dropped file could not be imported; it is tried again in a minute", "file", path, "error", err)
	}
}

// own makes sure that a file in hand can be touched, which only its owner may do: a file of another user is replaced by a
// copy. It is ours by then, so nobody else looks at it in between.
func own(path string) error {
	now := time.Now()
	if err := os.Chtimes(path, now, now); !errors.Is(err, fs.ErrPermission) {
		return err
	}
	content, err := os.Open(path)
	if err != nil {
		return err
	}
	defer content.Close()
	ours, err := os.CreateTemp(filepath.Dir(path), ".own-*")
	if err != nil {
		return err
	}
	defer os.Remove(ours.Name())
	if _, err := io.Copy(ours, content); err != nil {
		_ = ours.Close()
		return err
	}
	if err := ours.Close(); err != nil {
		return err
	}
	return os.Rename(ours.Name(), path)
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

// finish moves an imported file to done. Its new place is written down first: a kill in between leaves a file that is taken
// once more, which is harmless, and a kill after it nothing to do. The other way round, the report would not find its file.
func (b *Inbox) finish(path, folder string, t Taken) error {
	to := filepath.Join(folder, done, filepath.Base(path))
	if t.Moved != nil {
		if err := t.Moved(to); err != nil {
			return fmt.Errorf("write down the file's new place: %w", err)
		}
	}
	if err := os.Rename(path, to); err != nil {
		return fmt.Errorf("move the imported file: %w", err)
	}
	if t.Known {
		b.log.Info("this file was imported before; nothing was done", "file", to, "import", t.Import)
		return nil
	}
	b.log.Info("file imported", "file", to, "import", t.Import, "rows", t.Rows, "rejected", t.Rejected)
	return nil
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
