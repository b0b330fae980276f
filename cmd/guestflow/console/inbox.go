package console

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"guestflow/importer/spool"
	"guestflow/importer/visible"
)

// Inbox is the watched folder of this process, as one account sees it.
type Inbox struct {
	Dir     string
	Folders spool.Spools // the folder itself, and those of the account's profiles
	Watch   *spool.Watch // says what of them is not taken
}

// mostListed is how many files a section of the page lists, the newest first. The others are counted.
const mostListed = 50

// inboxShown is what became of what was dropped.
type inboxShown struct {
	Dir      string
	Settle   time.Duration
	Troubles []string // folders that cannot be read
	Sections []inboxSection
	Quiet    []inboxFile // names that programs give while they copy
	More     int         // of them
}

// inboxSection are files of which the same became.
type inboxSection struct {
	ID, Title, None string
	Files           []inboxFile
	More            int
}

// inboxFile is a dropped file and what became of it.
type inboxFile struct {
	Name, Folder string
	Why          string
	At           time.Time
	Import       string // that it was taken by, or that has its content
	Waits        bool
}

func inboxPage(ctx context.Context, r *request) (page, error) {
	shown := inboxShown{Dir: r.Inbox.Dir}
	if r.Inbox.Dir == "" {
		return page{Template: "inbox", Title: "Inbox", Data: shown}, nil
	}
	shown.Settle = r.Inbox.Watch.Settle
	left := inboxSection{ID: "left", Title: "Left where it is", None: "Nothing is left alone that looks like a list."}
	soon := inboxSection{ID: "soon", Title: "On its way", None: "No file is arriving or being read."}
	failed := inboxSection{ID: "refused", Title: "Refused", None: "No file was refused."}
	waits := inboxSection{ID: "waits", Title: "Waiting", None: "No dropped file waits."}
	taken := inboxSection{ID: "taken", Title: "Taken", None: "No file was taken yet."}
	for _, s := range r.Inbox.Folders {
		folder := shown.folder(s)
		shown.look(r.Inbox.Watch, s.Dir(), folder, &left, &soon)
		for _, i := range s.Importing(ctx) {
			soon.add(inboxFile{Name: i.Name, Folder: folder, At: i.Came(), Why: "it is being read"})
		}
		for _, i := range s.Waiting(ctx) {
			waits.add(inboxFile{Name: i.Name, Folder: folder, At: i.Came(), Waits: true,
				Why: waitingItem{upload: upload{Item: i}}.Waits()})
		}
		failed.ended(ctx, s, spool.Failed, folder)
		taken.ended(ctx, s, spool.Done, folder)
	}
	shown.Sections = []inboxSection{left, failed, waits, soon, taken}
	return page{Template: "inbox", Title: "Inbox", Live: true, Data: shown}, nil
}

// folder is the name of a profile's folder, "" for the inbox itself.
func (s *inboxShown) folder(of *spool.Spool) string {
	name, err := filepath.Rel(s.Dir, of.Dir())
	if err != nil || name == "." {
		return ""
	}
	return name
}

// look adds what lies in a folder and was not taken.
func (s *inboxShown) look(w *spool.Watch, dir, folder string, left, soon *inboxSection) {
	list, all, err := w.Left(dir, 10*mostListed)
	if err != nil {
		s.Troubles = append(s.Troubles,
			fmt.Sprintf("The folder %s cannot be read: nothing in it is taken until it can be.", visible.Line(dir)))
		return
	}
	left.More += all - len(list)
	for _, l := range list {
		f := inboxFile{Name: l.Name, Folder: folder, Why: l.Why, At: l.Since}
		switch {
		case l.Soon:
			soon.add(f)
		case !l.Quiet:
			left.add(f)
		case len(s.Quiet) < mostListed:
			s.Quiet = append(s.Quiet, f)
		default:
			s.More++
		}
	}
}

func (s *inboxSection) add(f inboxFile) {
	if len(s.Files) >= mostListed {
		s.More++
		return
	}
	f.Name = visible.Line(f.Name)
	s.Files = append(s.Files, f)
}

// ended adds what was put away: imported, imported before, or refused.
func (s *inboxSection) ended(ctx context.Context, of *spool.Spool, st spool.State, folder string) {
	list, all := of.Ended(ctx, st, mostListed)
	s.More += all - len(list)
	for _, e := range list {
		f := inboxFile{Name: e.Name, Folder: folder, At: e.Came(), Import: e.Import,
			Why: strings.TrimPrefix(e.Text, e.Name+": ")}
		s.add(f)
	}
}
