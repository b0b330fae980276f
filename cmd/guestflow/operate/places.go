package operate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"guestflow/importer"
	"guestflow/importer/plural"
	"guestflow/importer/spool"
	"guestflow/importer/spoolregistry"
)

// Places are where files of an account wait.
type Places struct {
	Spools    spool.Spools // those that this process can read
	Elsewhere []Elsewhere  // those that it cannot, of which a running process has noted that files wait there
}

// Elsewhere is a folder with files that wait, which cannot be read here.
type Elsewhere struct {
	spoolregistry.Place
	Why string
}

// Text says how many files wait there, and how they are seen.
func (e Elsewhere) Text() string {
	folder, see := e.Dir, "run the command there, with the same --state-dir and as the same user"
	if e.Inbox != "" {
		folder, see = e.Inbox, "run the command there, or give that folder as it is called here: --inbox FOLDER"
	}
	return fmt.Sprintf("on host %s %s in %s, %s; %s", e.Host, filesWait(e.Waiting+e.Timed), folder, e.Why, see)
}

func filesWait(n int) string { return plural.Of(n, "file waits", "files wait") }

// Places returns where files of the account wait: in its own spool and the folders that are named, and in those that
// processes of this host have noted. own are looked at in any case.
func (a *Account) Places(ctx context.Context, own spool.Spools) (Places, error) {
	found, here := Places{}, map[string]bool{}
	for _, s := range own {
		if dir := realPath(s.Dir()); !here[dir] {
			here[dir] = true
			found.Spools = append(found.Spools, s)
		}
	}
	noted, err := spoolregistry.For(a.Ledger).List(ctx)
	if err != nil {
		return found, err
	}
	for _, p := range noted {
		if err := found.add(p, a.Host, here); err != nil {
			return found, err
		}
	}
	return found, nil
}

// add takes a place that was noted, unless it is one that is looked at.
func (f *Places) add(p spoolregistry.Place, host string, here map[string]bool) error {
	why := "which this command does not run on"
	if p.Host == host {
		dir := realPath(p.Dir)
		unreadable := readable(dir)
		switch {
		case unreadable == nil && here[dir]:
			return nil
		case unreadable == nil:
			s, err := spool.Open(p.Dir, importer.Settings{})
			here[dir], f.Spools = true, append(f.Spools, s)
			return err
		}
		why = "which cannot be read here: " + unreadable.Error()
	}
	if p.Fresh() && p.Waiting+p.Timed > 0 {
		f.Elsewhere = append(f.Elsewhere, Elsewhere{p, why})
	}
	return nil
}

// readable returns why what waits in a folder cannot be listed. Of one that is gone nothing waits, and one in which
// nothing has waited yet has no folder for it.
func readable(dir string) error {
	_, err := os.ReadDir(spool.WaitingIn(dir))
	if errors.Is(err, fs.ErrNotExist) {
		_, err = os.ReadDir(dir)
	}
	return err
}

// realPath is a path by which two names of one folder are the same.
func realPath(dir string) string {
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		return real
	}
	return dir
}

// WaitingFiles counts the files of an account that wait.
type WaitingFiles struct {
	ForPerson int `json:"for_person"` // for an answer, for approval, or to be started
	ForTime   int `json:"for_time"`   // for their start time, or for a later list
}

// Text says how many wait and how they are seen; "" for none.
func (w WaitingFiles) Text() string {
	switch {
	case w.ForPerson > 0 && w.ForTime > 0:
		return fmt.Sprintf("%s for a person, %d for a start time: see guestflow waiting", filesWait(w.ForPerson), w.ForTime)
	case w.ForPerson > 0:
		return filesWait(w.ForPerson) + " for a person: see guestflow waiting"
	case w.ForTime > 0:
		return filesWait(w.ForTime) + " for a start time: see guestflow waiting"
	}
	return ""
}

// WaitingFiles counts the files that wait, here and on other hosts.
func (a *Account) WaitingFiles(ctx context.Context) (w WaitingFiles, err error) {
	found, err := a.Places(ctx, a.Spools)
	for _, s := range found.Spools {
		for _, i := range s.Waiting(ctx) {
			if i.ByItself() {
				w.ForTime++
			} else {
				w.ForPerson++
			}
		}
	}
	for _, e := range found.Elsewhere {
		w.ForPerson, w.ForTime = w.ForPerson+e.Waiting, w.ForTime+e.Timed
	}
	return w, err
}

// NoteSpools notes how many files wait in the account's spools, until ctx ends: other hosts can only be told by that.
func (a *Account) NoteSpools(ctx context.Context, inbox string) {
	tick := time.NewTicker(spoolregistry.NoteEvery)
	defer tick.Stop()
	for {
		if err := a.noteSpools(ctx, inbox); err != nil && ctx.Err() == nil {
			a.Log.Debug("it cannot be noted in Redis where files wait", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (a *Account) noteSpools(ctx context.Context, inbox string) error {
	var places []spoolregistry.Place
	for _, s := range a.Spools {
		p := spoolregistry.Place{Host: a.Host, Dir: s.Dir()}
		if rel, err := filepath.Rel(inbox, p.Dir); inbox != "" && err == nil && filepath.IsLocal(rel) {
			p.Inbox = inbox
		}
		for _, i := range s.Waiting(ctx) {
			if i.ByItself() {
				p.Timed++
			} else {
				p.Waiting++
			}
		}
		places = append(places, p)
	}
	return spoolregistry.For(a.Ledger).Note(ctx, places)
}
