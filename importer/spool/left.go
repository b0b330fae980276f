package spool

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"guestflow/importer/listfile"
	"guestflow/importer/visible"
)

// What a watched folder does not take stays where it is, and a note beside it says why: people look into the folder,
// and not into the log.

const (
	// noteEnd ends the name of a note. It is a list's suffix too, since people can open it by a click: Watch leaves it
	// out.
	noteEnd = ".not-imported.txt"

	// noteBegins begins a note. Only a file that begins so is written over or removed: another of its name is a person's.
	noteBegins = "guestflow leaves this where it is: "

	// mostNotes is how many notes a folder gets. Who drops hundreds of pictures needs no note beside each.
	mostNotes = 200
)

// IsNote reports whether a name is that of a note.
func IsNote(name string) bool { return strings.HasSuffix(name, noteEnd) }

// noteName is the name of the note beside a file.
func noteName(name string) string { return shorten(name) + noteEnd }

// isOurNote reports whether a note is ours, and not a file of a person that is called so.
func isOurNote(path string) bool {
	text, err := listfile.ReadSmall(context.Background(), path, mostText)
	return err == nil && strings.HasPrefix(string(text), noteBegins)
}

// writeNote writes the note beside what is left, unless something else has its name. A folder that cannot be written to
// has none: its files could not be taken either, which is an error of its own.
func (w *Watch) writeNote(path, why string) {
	dir, name := filepath.Split(path)
	note := filepath.Join(dir, noteName(name))
	if _, err := os.Lstat(note); err == nil && !isOurNote(note) {
		return
	}
	text := fmt.Sprintf("%s%s\n\nWhy: %s.\n\nNothing of it was imported, and no email was sent. This note goes when the file "+
		"goes.\n", noteBegins, visible.Line(name), why)
	if err := listfile.Write(note, []byte(text), aside); err != nil {
		w.Log.Debug("no note can be written beside what is left alone", "file", path, "error", err)
	}
}

// tidyNotes removes the notes whose files are gone or taken.
func tidyNotes(dir string, entries []fs.DirEntry, left map[string]bool) {
	for _, e := range entries {
		if !IsNote(e.Name()) || !e.Type().IsRegular() {
			continue
		}
		if path := filepath.Join(dir, e.Name()); !left[e.Name()] && isOurNote(path) {
			_ = os.Remove(path) // else at the next look
		}
	}
}

// Left is what lies in a watched folder and is not taken, or not yet.
type Left struct {
	Name   string
	Why    string
	Since  time.Time // it was last changed
	Size   int64
	Folder bool
	Quiet  bool // a name that programs give while they copy: it is no surprise
	Soon   bool // it is taken once it is complete
}

// Left lists what a folder holds that is not taken, the newest first and at most so many, and how many there are. It
// reads the folder anew, so any process on the host can ask.
func (w *Watch) Left(dir string, most int) (list []Left, all int, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, 0, fmt.Errorf("read the watched folder: %w", err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || IsNote(e.Name()) || w.Ignore != nil && w.Ignore(e.Name()) {
			continue
		}
		l := Left{Name: e.Name(), Since: info.ModTime(), Size: info.Size(), Folder: e.IsDir()}
		why, level := unwanted(e)
		l.Why, l.Quiet = why, level == slog.LevelDebug
		if why == "" {
			l.Soon, l.Quiet = true, false
			l.Why = fmt.Sprintf("it is taken once it has been unchanged for %s", w.Settle)
		}
		list = append(list, l)
	}
	slices.SortStableFunc(list, func(a, b Left) int { return b.Since.Compare(a.Since) })
	return list[:min(len(list), most)], len(list), nil
}
