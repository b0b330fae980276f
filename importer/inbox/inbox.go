// Package inbox is the watched folder: the door for lists that people and programs drop.
//
//	inbox/list.csv       dropped; a folder below with the name of a profile is that profile's
//	inbox/list.again.csv asks for a further import of content that was imported before
//
// A file is complete when it was renamed into the folder, of which the kernel notifies where it can, or when its size
// and time have been unchanged for a while, which polling finds everywhere. Polling alone would do: events do not exist
// on network shares and may be lost. They save a renamed file the wait.
//
// Each of the folders is a spool too (package spool): what is taken moves into its folder processing, and from there to
// done or failed. So a file never leaves the share that it was dropped on, and any number of hosts may watch one
// folder.
package inbox

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"guestflow/importer"
	"guestflow/importer/listfile"
	"guestflow/importer/spool"
)

// Inbox watches one folder and a subfolder per profile.
type Inbox struct {
	*spool.Consumer // of the folders

	// Others are profiles whose folders are served by other processes. All other folders are taken for those of
	// profiles that are no more, whose old files are removed; so processes on one folder must know each other's
	// profiles.
	Others []string

	// Arrived is called with the profile of a dropped file that was taken, "" for the folder itself; nil is nothing.
	Arrived func(ctx context.Context, profile string)

	dir      string
	folders  []folder
	profiles []string
}

// folder is one profile's.
type folder struct {
	path    string
	profile string
	spool   *spool.Spool
}

// New makes the folders. Settings are by profile; "" is the folder itself.
func New(
	dir string, settle time.Duration, settings map[string]importer.Settings, take spool.Import, log *slog.Logger,
) (*Inbox, error) {
	b := &Inbox{dir: dir}
	var spools []*spool.Spool
	for profile, to := range settings {
		if profile != filepath.Base(profile) && profile != "" || strings.HasPrefix(profile, ".") || spool.Reserved(profile) {
			return nil, fmt.Errorf("the profile %q cannot be a folder's name", profile)
		}
		f := folder{path: filepath.Join(dir, profile), profile: profile}
		var err error
		if f.spool, err = spool.Open(f.path, to); err == nil {
			err = f.spool.Make()
		}
		if err != nil {
			return nil, fmt.Errorf("make the inbox: %w", err)
		}
		f.spool.Again, f.spool.Anew = again, func(name string) string {
			return "To import it again on purpose, drop it as " + againName(name) + "."
		}
		b.folders, b.profiles, spools = append(b.folders, f), append(b.profiles, profile), append(spools, f.spool)
	}
	b.Consumer = spool.NewConsumer(take, log, spools...)
	b.Watch.Settle, b.Watch.Ignore = settle, b.own
	b.Doors, b.Archives = b.take, b.former
	return b, nil
}

// Run watches until ctx ends, then waits until the claimed files are put down.
func (b *Inbox) Run(ctx context.Context) {
	b.notice(ctx)
	b.Consumer.Run(ctx)
}

// notice has files taken at once that are renamed into the folders, where the system notifies of them.
func (b *Inbox) notice(ctx context.Context) {
	var paths []string
	for _, f := range b.folders {
		paths = append(paths, f.path)
	}
	moved, err := movedInto(ctx, paths, b.Go)
	if err != nil {
		b.Log.Info("renamed files wait for the next look like all others: this system does not notify of them", "reason", err)
		return
	}
	b.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case path := <-moved:
				b.Watch.Arrived(path)
				b.Wake()
			}
		}
	})
}

// take has every dropped file claimed that is complete.
func (b *Inbox) take(ctx context.Context) {
	for _, f := range b.folders {
		for _, name := range b.Watch.Ready(f.path) {
			taken := b.Take(ctx, f.spool, filepath.Join(f.path, name), spool.Record{Origin: spool.Origin{Door: spool.Inbox}})
			if taken && b.Arrived != nil {
				b.Arrived(ctx, f.profile)
			}
		}
	}
}

// own reports whether a name is one of the inbox's folders or records.
func (b *Inbox) own(name string) bool {
	return Own(name, b.profiles) || slices.Contains(b.Others, name)
}

// Own reports whether a name in a watched folder is a spool's, or the folder of a profile.
func Own(name string, profiles []string) bool {
	return spool.Reserved(name) || spool.IsRecord(name) || slices.Contains(profiles, name)
}

// former are the folders that no profile has. Most are those of profiles that are no more; of others, nothing has such
// names as a spool gives.
func (b *Inbox) former() (list []*spool.Spool) {
	entries, _ := os.ReadDir(b.dir) // what takes files from it logs it
	for _, e := range entries {
		if e.IsDir() && !b.own(e.Name()) {
			list = append(list, spool.Archive(filepath.Join(b.dir, e.Name())))
		}
	}
	return list
}

// againMark in a name, as in list.again.csv, asks for a further import of content that was imported before. A name is
// the one thing that can be said along with a dropped file on any system.
const againMark = ".again"

func again(name string) bool {
	stem, _ := strings.CutSuffix(name, listfile.Suffix(name))
	return strings.HasSuffix(strings.ToLower(stem), againMark)
}

// againName is how a file is to be named to be imported again.
func againName(name string) string {
	end := listfile.Suffix(name)
	return name[:len(name)-len(end)] + againMark + end
}
