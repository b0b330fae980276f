// Package inbox imports files that people drop into a folder. A file is taken by renaming it into a folder beside it: a
// rename succeeds for one process only, so any number of them may watch one folder, also on a network share.
//
//	inbox/list.csv                          dropped; a folder below with the name of a profile is that profile's
//	inbox/processing/ID.1--list.csv         in hand; processing/.ID is touched meanwhile, and counts who died over it
//	inbox/done/ID-IMPORT--list.csv          every row is enqueued
//	inbox/done/ID-IMPORT--list.csv.report/  result.csv, rejects.csv and a summary, once the import is over
//	inbox/done/ID--list.csv.txt             list.csv was imported before and nothing was done, or went on growing
//	inbox/failed/ID--list.csv               not imported, and ID--list.csv.txt says why, or that it went on growing
//	inbox/done/.ID.read                     how long the file was, and its hash, when it was read; also in failed
//
// A file is complete when it was renamed into the folder, which the kernel tells where it can, or when its size and time have
// been still for a while, which polling finds everywhere. Polling alone would do: events do not exist on network shares and
// may be lost. They save a renamed file the wait.
//
// No step loses a file: it is in exactly one of these folders at any moment, and every text is written before the file it is
// about moves beside it. A file whose process was killed is no longer marked as in hand, and is taken over after a minute, by
// the same ID. Importing it twice is harmless, since an import is known by its content. A file over whose reading three processes
// have died goes to failed, or it would kill for ever; a kill once it has been read says nothing of the file.
//
// Whoever may write to these folders may exchange a file for a FIFO, a device or a link at any moment. So everything in them is
// opened by package listfile, which waits for nothing and follows no link, and what we write takes the place of what lies there.
//
// A copy may pause for longer than any settling time, and then a part of the file is imported, or refused. So a file in done or
// failed is compared with what was read of it, and goes back to processing under a new ID when it has grown: the guests of the
// first part are recognised, and only the others go out. Nobody else can tell: locks are advisory, and do not exist on network
// shares. Growth counts for an hour, and in done until the report is written, whichever is later; only what begins with what was
// read has grown. Whatever else people do to a file there is left alone.
//
// Files and reports hold guests' data, so they are removed after Keep, also in folders of profiles that are no more.
package inbox

import (
	"context"
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
	tidyEvery = 15 * time.Second // a report is that late at most, for one look at the ledger per open import
	touch     = 15 * time.Second // how often the sign of a file in hand is touched
	abandoned = time.Minute      // untouched for this long: its process is gone
	atOnce    = 4                // files in hand, and as many small ones: an importer with a large one may hold back for hours
	small     = 128 << 10        // bytes of a list with as many guests as go by the short lane, and as much again

	// DefaultKeep is how long files and reports stay. A report is asked about for some weeks after an event; after that the
	// files are only a risk.
	DefaultKeep = 30 * 24 * time.Hour

	processing = "processing"
	done       = "done"
	failed     = "failed"
)

// Taken is what became of a file that was imported.
type Taken struct {
	Import    string // letters and digits
	Rows      int
	Rejected  int
	Known     bool                    // the import was there before; nothing was begun anew
	Resumed   bool                    // it was there in part, and its other rows were enqueued now
	Cancelled bool                    // a person has cancelled it
	Source    string                  // where the import had its file before, by which a resumed import is told from a repeated one
	Moved     func(path string) error // is told where the file goes, just before; nil if nobody wants to know
}

// Import imports one file. A *importer.FileError means that the file is at fault and moves to failed; after any other error
// it stays and is tried again.
type Import func(ctx context.Context, path string, s importer.Settings) (Taken, error)

// Report writes the reports of an import into an empty folder, given the place of its file. ErrOpen says that the import
// still has rows on their way, so that it is asked again later.
type Report func(ctx context.Context, id, source, folder string) error

// Failure is a dropped file that was not imported.
type Failure struct {
	ID      string    // of the drop, the same for every process
	Account string    // of its folder's profile; may be empty
	Name    string    // of the file
	Reason  string    // and what to do, without guests' data
	At      time.Time // when it was put into failed
}

// ErrOpen is what a Report gives for an import that is not over.
var ErrOpen = errors.New("the import still has open rows")

// Inbox watches one folder and a subfolder per profile. The exported fields are set before Run.
type Inbox struct {
	Keep   time.Duration // how long files and reports stay once they are complete; 0 is for ever
	Report Report        // nil writes none

	// Failed is told of every file in failed, by every process and after every start: an error has it told again. nil tells nobody.
	Failed func(ctx context.Context, f Failure) error

	// Others are profiles whose folders are no business of this process. All other folders are taken for those of profiles that
	// are no more, whose old files are removed; so processes on one folder must know each other's profiles.
	Others []string

	dir       string
	folders   []folder
	profiles  []string
	settle    time.Duration
	take      Import
	log       *slog.Logger
	every     time.Duration
	abandoned time.Duration
	seen      map[string]map[string]sight // by folder and name: what stood there at the last look
	silent    map[string]bool             // folders that could not be read at the last look
	slots     chan struct{}
	smalls    chan struct{} // slots of small files
	free      chan struct{} // a hand has become free
	suspects  suspects
	inHand    sync.WaitGroup
	told      map[string]bool    // paths of which was told what there is to tell
	verdicts  map[string]verdict // by path of a resting file
}

// folder is one profile's.
type folder struct {
	path     string
	settings importer.Settings
	former   bool // of a profile that is no more: nothing is taken from it
}

func (f folder) sub(parts ...string) string {
	return filepath.Join(append([]string{f.path}, parts...)...)
}

// sign is the file that shows that a drop is in somebody's hands. It is a file of our own because only its owner may touch
// a file, and because the time of the dropped one tells whether somebody still writes to it.
func (f folder) sign(d drop) string { return f.sub(processing, "."+d.id) }

// New makes the folders. Settings are by profile; "" is the folder itself.
func New(dir string, settle time.Duration, settings map[string]importer.Settings, take Import, log *slog.Logger) (*Inbox, error) {
	b := &Inbox{
		Keep: DefaultKeep, dir: dir, settle: settle, take: take, log: log, every: pollEvery, abandoned: abandoned,
		seen: map[string]map[string]sight{}, silent: map[string]bool{}, told: map[string]bool{},
		slots: make(chan struct{}, atOnce), smalls: make(chan struct{}, atOnce), free: make(chan struct{}, 1),
	}
	for profile, s := range settings {
		if profile != filepath.Base(profile) && profile != "" || strings.HasPrefix(profile, ".") ||
			slices.Contains([]string{processing, done, failed}, profile) {
			return nil, fmt.Errorf("the profile %q cannot be a folder's name", profile)
		}
		f := folder{path: filepath.Join(dir, profile), settings: s}
		for _, sub := range []string{processing, done, failed} {
			if err := os.MkdirAll(f.sub(sub), 0o700); err != nil {
				return nil, fmt.Errorf("make the inbox: %w", err)
			}
		}
		b.folders = append(b.folders, f)
		b.profiles = append(b.profiles, profile)
	}
	return b, nil
}

// Run watches until ctx ends, then waits for the files in hand to be put down.
func (b *Inbox) Run(ctx context.Context) {
	defer b.inHand.Wait()
	b.inHand.Go(func() { b.keepTidy(ctx) })
	arrivals := b.arrivals(ctx)
	tick := time.NewTicker(b.every)
	defer tick.Stop()
	for {
		b.look(ctx)
		select {
		case <-ctx.Done():
			return
		case path := <-arrivals:
			b.arrived(path)
		case <-b.free:
		case <-tick.C:
		}
	}
}

// keepTidy has a loop of its own, so that the report of a long list holds up no dropped file.
func (b *Inbox) keepTidy(ctx context.Context) {
	tick := time.NewTicker(tidyEvery)
	defer tick.Stop()
	for {
		b.tidy(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// arrivals gives the paths of files that are renamed into the folders, or nil where nobody tells.
func (b *Inbox) arrivals(ctx context.Context) <-chan string {
	var paths []string
	for _, f := range b.folders {
		paths = append(paths, f.path)
	}
	moved, err := movedInto(ctx, paths, b.inHand.Go)
	if err != nil {
		b.log.Info("renamed files wait for the next look like all others: this system does not tell of them", "reason", err)
	}
	return moved
}

// arrived marks a file as complete as it is now. If it changes after all, it has to be still like any other.
func (b *Inbox) arrived(path string) {
	info, err := os.Lstat(path)
	if err != nil {
		return // taken by another process
	}
	dir, name := filepath.Split(path)
	dir = filepath.Clean(dir)
	if b.seen[dir] == nil {
		b.seen[dir] = map[string]sight{}
	}
	b.seen[dir][name] = sight{size: info.Size(), changed: info.ModTime(), since: time.Now(), complete: true}
}

// look takes what is ready in every folder, as far as there are hands free. What is left stays where it is, so that another
// process may take it.
func (b *Inbox) look(ctx context.Context) {
	for _, f := range b.folders {
		for _, name := range b.ready(f.path) {
			b.claim(ctx, f, f.path, name, newDrop(name))
		}
		for _, name := range b.ready(f.sub(processing)) {
			if d, ours := parseDrop(name); !ours { // put there by hand
				b.claim(ctx, f, f.sub(processing), name, newDrop(name))
			} else if b.orphaned(f, name, d) {
				d.turn++
				b.claim(ctx, f, f.sub(processing), name, d)
			}
		}
	}
}

// sight is how a file was last seen.
type sight struct {
	size     int64
	changed  time.Time
	since    time.Time
	complete bool // it was renamed into the folder
	told     bool // somebody was told why it is not taken
}

// of tells whether the file is as it was seen.
func (s sight) of(info fs.FileInfo) bool {
	return info.Mode().IsRegular() && s.size == info.Size() && s.changed.Equal(info.ModTime())
}

// ready lists the files of a folder that are wanted and complete, and says once of every other that it is left alone.
func (b *Inbox) ready(dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		if !b.silent[dir] {
			b.log.Error("a folder of the inbox cannot be read; it is tried again and again", "folder", dir, "error", err)
		}
		b.silent[dir] = true
		return nil
	}
	b.silent[dir] = false
	var names []string
	was, now := b.seen[dir], map[string]sight{}
	for _, e := range entries {
		name := e.Name()
		if b.own(name) {
			continue
		}
		info, err := e.Info()
		if err != nil {
			continue // it was taken this moment
		}
		s := sight{size: info.Size(), changed: info.ModTime(), since: time.Now()}
		if before, known := was[name]; known && before.size == s.size && before.changed.Equal(s.changed) {
			s = before
			if why, level := unwanted(e); why != "" {
				b.leave(filepath.Join(dir, name), why, level, &s)
			} else if s.complete || time.Since(s.since) >= b.settle {
				names = append(names, name)
			}
		}
		now[name] = s
	}
	b.seen[dir] = now
	return names
}

// leave says once, after the settling time, why a file stays where it is: until then it may be somebody's temporary name.
func (b *Inbox) leave(path, why string, level slog.Level, s *sight) {
	if !s.told && time.Since(s.since) >= b.settle {
		s.told = true
		b.log.Log(context.Background(), level, "this is left alone in the inbox: "+why, "file", path)
	}
}
