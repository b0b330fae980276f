package inbox

import (
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
)

const (
	reportEnd = ".report"

	// leftover is when what a killed process left behind is cleared away: no report takes that long to write.
	leftover = time.Hour
)

// tidy writes the reports of imports that are over beside their files, has files that have grown taken again, tells of files
// that failed, and removes what is older than Keep. It goes by what stands in the folders, so it may be killed, repeated, and
// done by many processes: a report appears whole, by one rename, and the first one stays. A file whose import is still open is
// kept however old it is, since its report needs it.
func (b *Inbox) tidy(ctx context.Context) {
	verdicts := map[string]verdict{}
	for _, f := range append(b.former(), b.folders...) {
		removed := 0
		for _, sub := range []string{done, failed} {
			for _, r := range resting(f.sub(sub)) {
				if ctx.Err() != nil {
					return
				}
				if !b.rests(ctx, f, r, verdicts) {
					continue
				}
				if sub == failed {
					b.tell(ctx, f, r)
				}
				if b.report(ctx, r) && b.Keep > 0 && time.Since(r.last) > b.Keep {
					removed += r.remove()
				}
			}
			clearAway(f.sub(sub), unfinished)
		}
		clearAway(f.sub(processing), unfinished)
		f.clearSigns()
		if removed > 0 {
			b.log.Info("old files were removed, as guests' data is not kept for ever", "inbox", f.path, "removed", removed, "kept", b.Keep)
		}
	}
	b.verdicts = verdicts
}

// former are the folders that no profile has. Most are those of profiles that are no more; of others, nothing has such names as
// an inbox gives.
func (b *Inbox) former() (list []folder) {
	entries, _ := os.ReadDir(b.dir) // whoever takes files from it says so
	for _, e := range entries {
		if e.IsDir() && !b.own(e.Name()) {
			list = append(list, folder{path: filepath.Join(b.dir, e.Name()), former: true})
		}
	}
	return list
}

// tell has somebody told of a failed file.
func (b *Inbox) tell(ctx context.Context, f folder, r *rest) {
	if b.Failed == nil || f.former || r.path == "" || b.told[r.path] {
		return
	}
	reason, err := listfile.ReadSmall(ctx, filepath.Join(filepath.Dir(r.path), r.text()), mostText)
	if err != nil {
		return // it is being removed
	}
	failure := Failure{ID: r.id, Account: f.settings.Account, Name: r.name, Reason: strings.TrimSpace(string(reason)), At: r.last}
	b.told[r.path] = b.Failed(ctx, failure) == nil // whoever tells says why not
}

// rest is a dropped file in done or failed, with what stands beside it.
type rest struct {
	drop
	path      string // of the file; empty when only its report is left
	all       []string
	reported  bool
	explained bool      // a text says what became of it
	last      time.Time // when the last of all this came
	marked    string    // where its mark is; empty if it has none
	rested    time.Time // when it was put there
}

// resting lists a folder by drop. Files that the inbox did not put there are none of its business.
func resting(dir string) []*rest {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil // whoever puts a file there says so
	}
	var list []*rest
	by := map[string]*rest{}
	for _, e := range entries {
		d, ours := parseDrop(e.Name())
		m := markName.FindStringSubmatch(e.Name())
		if m != nil {
			d.id = m[1]
		}
		info, err := e.Info()
		if !ours && m == nil || err != nil {
			continue
		}
		r := by[d.id]
		if r == nil {
			r = &rest{drop: drop{id: d.id}, last: d.taken()}
			by[d.id] = r
			list = append(list, r)
		}
		if path := filepath.Join(dir, e.Name()); m != nil {
			r.all, r.marked, r.rested = append(r.all, path), path, info.ModTime()
		} else {
			r.add(d, path, info)
		}
	}
	return list
}

// add, by name, takes the first for the file, or the one with an import: a text comes before that and after any other. The time of the
// file itself says when somebody last wrote to it, which may be years ago or to come.
func (r *rest) add(d drop, path string, info fs.FileInfo) {
	r.all = append(r.all, path)
	if !isReport(info) && (r.path == "" || d.about != "") {
		r.explained = r.path != ""
		r.drop, r.path = d, path
		return
	}
	r.reported = r.reported || isReport(info)
	r.explained = r.explained || !isReport(info)
	if at := info.ModTime(); at.After(r.last) {
		r.last = at
	}
}

func isReport(info fs.FileInfo) bool {
	return info.IsDir() && strings.HasSuffix(info.Name(), reportEnd)
}

// remove gives how many files and folders it has removed.
func (r *rest) remove() (n int) {
	for _, path := range r.all {
		if os.RemoveAll(path) == nil {
			n++
		}
	}
	return n
}

// report writes the report that a file waits for, and tells whether it waits no longer.
func (b *Inbox) report(ctx context.Context, r *rest) (settled bool) {
	if b.Report == nil || r.about == "" || r.reported || r.explained {
		return true
	}
	wrote, err := b.write(ctx, r, r.path+reportEnd)
	switch {
	case wrote:
		b.log.Info("report written", "import", r.about, "folder", r.path+reportEnd)
		fallthrough
	case err == nil: // another process did
		r.last = time.Now()
		return true
	case errors.Is(err, ledger.ErrNotFound): // the ledger keeps imports for long, but not for ever
		return true
	case errors.Is(err, ErrOpen), ctx.Err() != nil:
		return false
	}
	if !b.told[r.path] {
		b.told[r.path] = true
		b.log.Error("the report of an import cannot be written; it is tried again and again", "import", r.about, "file", r.path, "error", err)
	}
	_, hopeless := errors.AsType[*importer.FileError](err) // so the file need not stay for it
	return hopeless
}

// write makes the report in a folder aside. It holds guests' data, so the folder is for its owner only.
func (b *Inbox) write(ctx context.Context, r *rest, to string) (wrote bool, err error) {
	aside, err := os.MkdirTemp(filepath.Dir(to), ".report-*")
	if err != nil {
		return false, fmt.Errorf("make a folder for the report: %w", err)
	}
	defer os.RemoveAll(aside) //nolint:errcheck // gone by then if all is well, and else cleared away later
	if err := b.Report(ctx, r.about, r.path, aside); err != nil {
		return false, err
	}
	if err := os.Rename(aside, to); errors.Is(err, fs.ErrExist) { // another process was faster
		return false, nil
	} else if err != nil {
		return false, fmt.Errorf("put the report beside its file: %w", err)
	}
	return true, nil
}

var (
	unfinished = regexp.MustCompile(`^\.(report|aside)-\d+$`)
	signName   = regexp.MustCompile(`^\.(\d{8}T\d{6}-[A-Z2-7]{6})$`)
)

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

// clearSigns removes those of files that are no longer in processing: those of others say how many processes have died over them.
func (f folder) clearSigns() {
	entries, _ := os.ReadDir(f.sub(processing))
	there := map[string]bool{}
	for _, e := range entries {
		if d, ours := parseDrop(e.Name()); ours {
			there[d.id] = true
		}
	}
	for _, e := range entries {
		if m := signName.FindStringSubmatch(e.Name()); len(m) == 2 && !there[m[1]] {
			removeLeftover(f.sub(processing), e)
		}
	}
}
