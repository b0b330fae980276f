package spool

import (
	"cmp"
	"context"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"guestflow/importer/listfile"
)

// Watch finds the files of folders that are lists and complete: whose size and time have been unchanged for a while, or
// which were renamed into the folder. Of every other it says once that it is left alone. Each look is one read of a
// folder.
type Watch struct {
	Settle time.Duration          // how long a file must be unchanged
	Ignore func(name string) bool // names of which nothing is said
	Log    *slog.Logger

	mu         sync.Mutex
	seen       map[string]map[string]snapshot // by folder and name: what was there at the last look
	unreadable map[string]bool                // folders that could not be read at the last look
}

// snapshot is how a file was last seen.
type snapshot struct {
	size     int64
	changed  time.Time
	since    time.Time
	complete bool // it was renamed into the folder
	told     bool // it was logged why it is not taken
}

func snapshotOf(info fs.FileInfo) snapshot {
	return snapshot{size: info.Size(), changed: info.ModTime(), since: time.Now()}
}

// matches reports whether the file is as it was seen.
func (s snapshot) matches(info fs.FileInfo) bool {
	return info.Mode().IsRegular() && s.size == info.Size() && s.changed.Equal(info.ModTime())
}

// Arrived marks a file as complete as it is now. If it changes after all, it has to settle like any other.
func (w *Watch) Arrived(path string) {
	info, err := os.Lstat(path)
	if err != nil {
		return // claimed by another process
	}
	s := snapshotOf(info)
	s.complete = true
	w.put(path, s)
}

func (w *Watch) put(path string, s snapshot) {
	w.mu.Lock()
	defer w.mu.Unlock()
	dir, name := filepath.Split(path)
	dir = filepath.Clean(dir)
	if w.seen == nil {
		w.seen = map[string]map[string]snapshot{}
	}
	if w.seen[dir] == nil {
		w.seen[dir] = map[string]snapshot{}
	}
	w.seen[dir][name] = s
}

// at returns how a file was seen at the last look.
func (w *Watch) at(path string) snapshot {
	w.mu.Lock()
	defer w.mu.Unlock()
	dir, name := filepath.Split(path)
	return w.seen[filepath.Clean(dir)][name]
}

// Ready lists the files of a folder that are lists and complete.
func (w *Watch) Ready(dir string) []string {
	entries, err := os.ReadDir(dir)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.note(dir, err); err != nil {
		return nil
	}
	var names []string
	was, now := w.seen[dir], map[string]snapshot{}
	notes := map[string]bool{} // of what is left alone
	for n, f := range w.oldestFirst(entries) {
		e, info := f.entry, f.info
		s := snapshotOf(info)
		s.since = s.since.Add(time.Duration(n) * apart)
		if before, known := was[e.Name()]; known && before.size == s.size && before.changed.Equal(s.changed) {
			s = before
			if why, level := unwanted(e); why != "" {
				notes[noteName(e.Name())] = true
				w.leave(filepath.Join(dir, e.Name()), why, level, len(notes) <= mostNotes, &s)
			} else if s.complete || time.Since(s.since) >= w.Settle {
				names = append(names, e.Name())
			}
		}
		now[e.Name()] = s
	}
	if w.seen == nil {
		w.seen = map[string]map[string]snapshot{}
	}
	w.seen[dir] = now
	tidyNotes(dir, entries, notes)
	return names
}

// apart is how far the times are from each other at which files of one look are said to have come: as imports keep them,
// they are to the microsecond.
const apart = 10 * time.Microsecond

// lyingFile is what a folder has.
type lyingFile struct {
	entry fs.DirEntry
	info  fs.FileInfo
}

// oldestFirst are the entries of a folder that are not left out, by when they were written, then by name: files that
// are found together come in this order.
func (w *Watch) oldestFirst(entries []fs.DirEntry) []lyingFile {
	list := make([]lyingFile, 0, len(entries))
	for _, e := range entries {
		if IsNote(e.Name()) || w.Ignore != nil && w.Ignore(e.Name()) {
			continue
		}
		if info, err := e.Info(); err == nil { // else it was claimed this moment
			list = append(list, lyingFile{e, info})
		}
	}
	slices.SortFunc(list, func(a, b lyingFile) int {
		return cmp.Or(a.info.ModTime().Compare(b.info.ModTime()), cmp.Compare(a.entry.Name(), b.entry.Name()))
	})
	return list
}

// note logs once that a folder cannot be read.
func (w *Watch) note(dir string, err error) {
	if err != nil && !w.unreadable[dir] {
		w.Log.Error("a folder of the inbox cannot be read; it is tried again and again", "folder", dir, "error", err)
	}
	if w.unreadable == nil {
		w.unreadable = map[string]bool{}
	}
	w.unreadable[dir] = err != nil
}

// leave says once, after the settling time, why a file stays where it is: until then it may be a temporary name.
func (w *Watch) leave(path, why string, level slog.Level, note bool, s *snapshot) {
	if s.told || time.Since(s.since) < w.Settle {
		return
	}
	s.told = true
	w.Log.Log(context.Background(), level, "this is left alone in the inbox: "+why, "file", path)
	if note && level > slog.LevelDebug {
		w.writeNote(path, why)
	}
}

// complain logs once about a file what keeps it from being claimed.
func (w *Watch) complain(path, what string, err error) {
	s := w.at(path)
	if !s.told {
		w.Log.Error(what, "file", path, "error", err)
	}
	s.told = true
	w.put(path, s)
}

// otherSheets are the suffixes of spreadsheets that are not read.
var otherSheets = []string{".xls", ".xlsb", ".xlsm", ".ods", ".numbers"}

// unwanted returns why a file is not taken, or "", and how loudly that is to be logged. Links could lead anywhere.
func unwanted(e fs.DirEntry) (why string, level slog.Level) {
	name := e.Name()
	switch {
	case listfile.Hidden(name), listfile.Temporary(name):
		return "it is hidden, or a temporary file", slog.LevelDebug
	case listfile.PossiblyTemporary(name):
		return "names that begin with " + name[:1] + " are those of temporary files; rename it to have it imported",
			slog.LevelInfo
	case e.Type()&fs.ModeSymlink != 0:
		return "it is a link; drop the file itself", slog.LevelWarn
	case e.IsDir():
		return "there is no profile of this folder's name, so nothing in it is imported; drop lists into the inbox itself, or " +
			"into the folder of a profile", slog.LevelWarn
	case !e.Type().IsRegular():
		return "it is not a file", slog.LevelWarn
	case listfile.Suffix(name) == "" && slices.Contains(otherSheets, strings.ToLower(filepath.Ext(name))):
		return "spreadsheets of the kind " + strings.ToLower(filepath.Ext(name)) +
				" are not read; save it as .xlsx or .csv and drop that",
			slog.LevelWarn
	case listfile.Suffix(name) == "":
		return "its name ends in none of " + strings.Join(listfile.Suffixes(), " "), slog.LevelWarn
	}
	return "", 0
}
