package spool

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"guestflow/importer"
	"guestflow/importer/ledger"
	"guestflow/importer/listfile"
	"guestflow/importer/visible"
)

const (
	reportEnd = ".report"

	// leftover is when what a killed process left behind is cleared away: no report takes that long to write.
	leftover = time.Hour
)

// Tidy writes the reports of finished imports beside their files, has files that were appended to taken again, notifies
// of files that failed, and removes what is older than Keep. It goes by what is in the folders, so it may be killed,
// repeated, and done by many processes: a report appears whole, by one rename, and the first one stays. A file whose
// import is still open is kept however old it is, since its report needs it.
func (c *Consumer) Tidy(ctx context.Context) {
	c.tidying.Lock()
	defer c.tidying.Unlock()
	verdicts := map[string]verdict{}
	spools := c.spools
	if c.Archives != nil {
		spools = append(c.Archives(), spools...)
	}
	for _, s := range spools {
		removed := 0
		for _, sub := range []string{done, failed} {
			for _, a := range listArchived(s.sub(sub)) {
				if ctx.Err() != nil {
					return
				}
				removed += c.tidyItem(ctx, s, sub, a, verdicts)
			}
			clearAway(s.sub(sub), unfinished)
		}
		clearAway(s.sub(processing), unfinished)
		s.clearRecords(processing)
		s.clearRecords(waiting)
		s.clearIncoming()
		removed += c.tidyWaiting(ctx, s)
		if removed > 0 {
			c.Log.Info("old files were removed, as guests' data is not kept for ever",
				"folder", s.dir, "removed", removed, "kept", c.Keep)
		}
	}
	c.verdicts = verdicts
}

// tidyItem returns how many files and folders it has removed.
func (c *Consumer) tidyItem(ctx context.Context, s *Spool, sub string, a *archived, verdicts map[string]verdict) int {
	if !c.rests(ctx, s, a, verdicts) {
		return 0
	}
	if sub == failed {
		c.notify(ctx, s, a)
	}
	if c.report(ctx, a) && c.Keep > 0 && time.Since(a.last) > c.Keep {
		return a.remove()
	}
	return 0
}

// unwantedAfter is when a file goes that came by the browser and was not started, with no part of it. Others wait for
// as long as any file is kept, and those with a start time until then.
const unwantedAfter = 24 * time.Hour

// tidyWaiting removes what has waited for too long, and returns how many files it has removed.
func (c *Consumer) tidyWaiting(ctx context.Context, s *Spool) (removed int) {
	for _, i := range s.Waiting(ctx) {
		keep := c.Keep
		switch {
		case i.ByItself():
			keep = 0
		case i.Origin.Door == Console && i.Gate.Approval == "" && !i.HasPart():
			keep = unwantedAfter
		}
		c.notifyHeld(ctx, s, i)
		if keep > 0 && time.Since(i.Since) > keep && s.Discard(i.ID) == nil {
			removed++
		}
	}
	return removed
}

// notify calls Failed for a failed file.
func (c *Consumer) notify(ctx context.Context, s *Spool, a *archived) {
	if c.Failed == nil || s.archive || a.path == "" || c.announced[a.path] {
		return
	}
	reason, err := listfile.ReadSmall(ctx, filepath.Join(filepath.Dir(a.path), a.text()), mostText)
	if err != nil {
		return // it is being removed
	}
	failure := Failure{
		ID: a.id, Account: s.settings.Account, Name: a.name, Folder: filepath.Dir(a.path),
		Reason: strings.TrimSpace(string(reason)), At: a.last,
	}
	c.announced[a.path] = c.Failed(ctx, failure) == nil // which logs why not
}

// notifyHeld calls Failed for an item that waits for a person.
func (c *Consumer) notifyHeld(ctx context.Context, s *Spool, i Item) {
	written := i.Origin.Door == Inbox && i.Size != i.Held.Size // so that it is read again, and is no news yet
	if c.Failed == nil || i.Question == "" && i.Gate.Approval == "" || written || c.announced[i.ID+i.Why()] {
		return
	}
	c.announced[i.ID+i.Why()] = c.Failed(ctx, Failure{
		ID: i.ID, Account: s.settings.Account, Name: i.Name, Folder: s.sub(waiting),
		Reason: cmp.Or(i.Question, i.Gate.Approval), At: i.Since, Held: true, SoFar: i.SoFar(), Part: i.HasPart(),
		Turn: i.Turn, Approval: i.Question == "", Plan: i.Plan,
	}) == nil
}

// archived is an item in done or failed, with what lies beside its file.
type archived struct {
	item
	path      string // of the file; empty when only its report is left
	all       []string
	reported  bool
	explained bool      // a text says what became of it
	last      time.Time // when the last of all this came
	marked    string    // the path of its fingerprint; empty if it has none
	since     time.Time // when it was put there
}

// listArchived lists a folder by item. Files that no spool put there are left out.
func listArchived(dir string) []*archived {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil // who puts a file there logs it
	}
	var list []*archived
	by := map[string]*archived{}
	for _, e := range entries {
		i, ours := parseItem(e.Name())
		m := fingerprintName.FindStringSubmatch(e.Name())
		if m != nil {
			i.id = m[1]
		}
		info, err := e.Info()
		if !ours && m == nil || err != nil {
			continue
		}
		a := by[i.id]
		if a == nil {
			a = &archived{item: item{id: i.id}, last: i.came()}
			by[i.id] = a
			list = append(list, a)
		}
		if path := filepath.Join(dir, e.Name()); m != nil {
			a.all, a.marked, a.since = append(a.all, path), path, info.ModTime()
		} else {
			a.add(i, path, info)
		}
	}
	return list
}

// add, by name, takes the first for the file, or the one with an import: a text comes before that and after any other.
// The time of the file itself says when it was last written to, which may be years ago or to come.
func (a *archived) add(i item, path string, info fs.FileInfo) {
	a.all = append(a.all, path)
	if !isReport(info) && (a.path == "" || i.about != "") {
		a.explained = a.path != ""
		a.item, a.path = i, path
		return
	}
	a.reported = a.reported || isReport(info)
	a.explained = a.explained || !isReport(info)
	if at := info.ModTime(); at.After(a.last) {
		a.last = at
	}
}

func isReport(info fs.FileInfo) bool {
	return info.IsDir() && strings.HasSuffix(info.Name(), reportEnd)
}

// remove returns how many files and folders it has removed.
func (a *archived) remove() (n int) {
	for _, path := range a.all {
		if os.RemoveAll(path) == nil {
			n++
		}
	}
	return n
}

// report writes the report that a file waits for, and reports whether it waits no longer.
func (c *Consumer) report(ctx context.Context, a *archived) (settled bool) {
	if c.Report == nil || a.about == "" || a.reported || a.explained {
		return true
	}
	wrote, err := c.writeReport(ctx, a, a.path+reportEnd)
	switch {
	case wrote:
		c.Log.Info("report written", "import", a.about, "folder", a.path+reportEnd)
		fallthrough
	case err == nil: // another process did
		a.last = time.Now()
		return true
	case errors.Is(err, ledger.ErrNotFound): // the ledger keeps imports for long, but not for ever
		return true
	case errors.Is(err, ErrOpen), ctx.Err() != nil:
		return false
	}
	if !c.announced[a.path] {
		c.announced[a.path] = true
		c.Log.Error("the report of an import cannot be written; it is tried again and again",
			"import", a.about, "file", a.path, "error", err)
	}
	_, permanent := errors.AsType[*importer.FileError](err) // so the file need not stay for it
	return permanent
}

// writeReport makes the report in a folder aside. It holds guests' data, so the folder is for its owner only.
func (c *Consumer) writeReport(ctx context.Context, a *archived, to string) (wrote bool, err error) {
	aside, err := os.MkdirTemp(filepath.Dir(to), ".report-*")
	if err != nil {
		return false, fmt.Errorf("make a folder for the report: %w", err)
	}
	defer os.RemoveAll(aside) //nolint:errcheck // gone by then if all is well, and else cleared away later
	if err := c.Report(ctx, a.about, a.path, aside); err != nil {
		return false, err
	}
	if err := a.nameUndecided(ctx, aside); err != nil {
		return false, err
	}
	if err := os.Rename(aside, to); errors.Is(err, fs.ErrExist) { // another process was faster
		return false, nil
	} else if err != nil {
		return false, fmt.Errorf("put the report beside its file: %w", err)
	}
	return true, nil
}

// nameUndecided writes into the folder of a report which columns of the list decided nothing, where there are any: a list
// that was imported by itself has been shown to no one.
func (a *archived) nameUndecided(ctx context.Context, folder string) error {
	f, _ := a.fingerprint(ctx)
	if f.Record.Plan == nil || len(f.Record.Plan.Undecided) == 0 {
		return nil
	}
	text := strings.Join(f.Record.Plan.Undecided, ".\n") + ".\n"
	if err := os.WriteFile(filepath.Join(folder, undecidedFile), []byte(visible.Text(text)), 0o600); err != nil {
		return fmt.Errorf("write which columns decided nothing: %w", err)
	}
	return nil
}

// undecidedFile is its name.
const undecidedFile = "columns.txt"

var unfinished = regexp.MustCompile(`^\.(report|aside)-\d+$`)

// clearAway removes what killed processes have left behind.
func clearAway(dir string, names *regexp.Regexp) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if names.MatchString(e.Name()) {
			removeLeftover(dir, e)
		}
	}
}

func removeLeftover(dir string, e fs.DirEntry) {
	if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > leftover {
		_ = os.RemoveAll(filepath.Join(dir, e.Name()))
	}
}

// clearIncoming removes files that never came into the spool. None is on its way for a day.
func (s *Spool) clearIncoming() {
	entries, _ := os.ReadDir(s.sub(incoming))
	for _, e := range entries {
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > 24*time.Hour {
			_ = os.Remove(s.sub(incoming, e.Name()))
		}
	}
}

// clearRecords removes those of files that are no longer in a folder: those of others say how many processes have died
// over them.
func (s *Spool) clearRecords(folder string) {
	entries, _ := os.ReadDir(s.sub(folder))
	there := map[string]bool{}
	for _, e := range entries {
		if i, ours := parseItem(e.Name()); ours {
			there[i.id] = true
		}
	}
	for _, i := range s.active(processing) { // after the folder: an item may just have left it, and not be claimed yet
		there[i.id] = true
	}
	for _, e := range entries {
		if m := recordName.FindStringSubmatch(e.Name()); len(m) == 2 && !there[m[1]] {
			removeLeftover(s.sub(folder), e)
		}
	}
}
