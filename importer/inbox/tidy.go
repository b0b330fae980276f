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

	"guestflow/importer/ledger"
)

const (
	reportEnd = ".report"

	// leftover is when what a killed process left behind is cleared away: no report takes that long to write.
	leftover = time.Hour
)

// tidy writes the reports of imports that are over beside their files, and removes what is older than Keep. It goes by what
// stands in the folders, so it may be killed, repeated, and done by many processes: a report appears whole, by one rename,
// and the first one stays. A file whose import is still open is kept however old it is, since its report needs it.
func (b *Inbox) tidy(ctx context.Context) {
	for _, f := range b.folders {
		removed := 0
		for _, sub := range []string{done, failed} {
			for _, r := range resting(f.sub(sub)) {
				if ctx.Err() != nil {
					return
				}
				if b.report(ctx, r) && b.Keep > 0 && time.Since(r.last) > b.Keep {
					removed += r.remove()
				}
			}
			clearAway(f.sub(sub), unfinished)
		}
		clearAway(f.sub(processing), leftSign)
		if removed > 0 {
			b.log.Info("old files were removed, as guests' data is not kept for ever", "inbox", f.path, "removed", removed, "kept", b.Keep)
		}
	}
}

// rest is a dropped file in done or failed, with what stands beside it.
type rest struct {
	drop
	path     string
	beside   []string
	reported bool
	last     time.Time // when the last of all this came
}

// resting lists a folder by drop. Files that the inbox did not put there are none of its business.
func resting(dir string) []*rest {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil // whoever puts a file there says so
	}
	var list []*rest
	for _, e := range entries { // by name, so a file comes right before what is named after it
		d, ours := parseDrop(e.Name())
		info, err := e.Info()
		if !ours || err != nil {
			continue
		}
		if n := len(list); n == 0 || list[n-1].id != d.id {
			// The time of the dropped file itself says when somebody last wrote to it, which may be years ago or to come.
			list = append(list, &rest{drop: d, path: filepath.Join(dir, e.Name()), last: d.taken(), reported: isReport(info)})
			continue
		}
		list[len(list)-1].add(filepath.Join(dir, e.Name()), info)
	}
	return list
}

func (r *rest) add(path string, info fs.FileInfo) {
	r.beside = append(r.beside, path)
	r.reported = r.reported || isReport(info)
	if at := info.ModTime(); at.After(r.last) {
		r.last = at
	}
}

func isReport(info fs.FileInfo) bool {
	return info.IsDir() && strings.HasSuffix(info.Name(), reportEnd)
}

// remove gives how many files and folders it has removed.
func (r *rest) remove() (n int) {
	for _, path := range append(r.beside, r.path) {
		if os.RemoveAll(path) == nil {
			n++
		}
	}
	return n
}

// report writes the report that a file waits for, and tells whether it waits no longer.
func (b *Inbox) report(ctx context.Context, r *rest) (settled bool) {
	if b.Report == nil || r.about == "" || r.reported {
		return true
	}
	switch err := b.write(ctx, r, r.path+reportEnd); {
	case err == nil:
		b.log.Info("report written", "import", r.about, "folder", r.path+reportEnd)
		r.last = time.Now()
		return true
	case errors.Is(err, ledger.ErrNotFound): // the ledger keeps imports for long, but not for ever
		return true
	case errors.Is(err, ErrOpen), ctx.Err() != nil, b.told[r.path]:
	default:
		b.told[r.path] = true
		b.log.Error("the report of an import cannot be written; it is tried again and again", "import", r.about, "file", r.path, "error", err)
	}
	return false
}

// write makes the report in a folder aside. It holds guests' data, so the folder is for its owner only.
func (b *Inbox) write(ctx context.Context, r *rest, to string) error {
	aside, err := os.MkdirTemp(filepath.Dir(to), ".report-*")
	if err != nil {
		return fmt.Errorf("make a folder for the report: %w", err)
	}
	defer os.RemoveAll(aside) //nolint:errcheck // gone by then if all is well, and else cleared away later
	if err := b.Report(ctx, r.about, r.path, aside); err != nil {
		return err
	}
	if err := os.Rename(aside, to); err != nil && !errors.Is(err, fs.ErrExist) { // else another process was faster
		return fmt.Errorf("put the report beside its file: %w", err)
	}
	return nil
}

var (
	unfinished = regexp.MustCompile(`^\.report-\d+$`)
	leftSign   = regexp.MustCompile(`^\.\d{8}T\d{6}-[A-Z2-7]{6}$`)
)

// clearAway removes what killed processes have left behind.
func clearAway(dir string, names *regexp.Regexp) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if info, err := e.Info(); err == nil && names.MatchString(e.Name()) && time.Since(info.ModTime()) > leftover {
			_ = os.RemoveAll(filepath.Join(dir, e.Name()))
		}
	}
}
