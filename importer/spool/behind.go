package spool

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"guestflow/importer"
	"guestflow/importer/listfile"
	"guestflow/importer/spec"
	"guestflow/importer/visible"
)

// Two lists may wait at the same time: for their approval, a start time, in their undo time, or lie in a folder
// together. If the later one has some guests of the earlier one with another address or name, the earlier one waits
// until the later one is imported or discarded, and is imported then as what it is, the older of both (ledger): so no
// email leaves to an address that was corrected by then. A person may let it go before.
//
// Rejected: to import them in the order in which they came, and the later one at once. Workers would send emails of the
// first one in between.

// Behind is the later list for which an item waits.
type Behind struct {
	ID   string `json:"id,omitempty"`   // of its item
	File string `json:"file,omitempty"` // of one that lies in a watched folder, and is not taken yet
	Name string `json:"name"`
	Rows int    `json:"rows"` // guests of the item whom it has otherwise
}

func (b Behind) key() string { return cmp.Or(b.ID, b.File) }

// Behind reports whether an item waits for nothing but a later list.
func (r Record) Behind() bool {
	return r.Question == "" && r.Gate.Approval == "" && r.Gate.Behind != nil
}

// ByItself reports whether an item that waits is imported without a person: at its start time, or after a later list.
func (r Record) ByItself() bool { return r.Scheduled() || r.Behind() }

// Why says for what an item waits.
func (b Behind) Why() string {
	which := visible.Line(b.Name)
	if b.ID != "" {
		which += " (" + b.ID + ")"
	}
	return fmt.Sprintf("waits for %s, which came later and has %d of its guests with another address or name: it is imported "+
		"once that one is imported or discarded", which, b.Rows)
}

// behindError keeps a file from being imported before a later one.
type behindError struct {
	behind Behind
	plan   *Plan
}

func (e *behindError) Error() string { return e.behind.Why() }

// waitBehind has a claimed item wait for a later list.
func (c *Consumer) waitBehind(h *claimed, why *behindError) error {
	to := h.settings().Spec
	h.record.Spec, h.record.Plan, h.record.Gate.Behind = &to, why.plan, &why.behind
	h.record.Gate.Rules = h.rules()
	return c.wait(h)
}

// giveWay returns what keeps an item from being imported before a later list.
func (c *Consumer) giveWay(h *claimed) func(context.Context, importer.Plan) error {
	return func(ctx context.Context, p importer.Plan) error {
		behind := h.behind(ctx, p, c.beside(), &c.lists)
		if behind != nil {
			return &behindError{*behind, PlanOf(p)}
		}
		return ctx.Err()
	}
}

// LaterThan returns the later list in some spools for which an item would wait that is imported now; nil for none.
func (all Spools) LaterThan(ctx context.Context, i Item, p importer.Plan) *Behind {
	h := &claimed{item: item{id: i.ID, name: i.Name}, path: i.Path, record: i.Record}
	if h.record.Given.IsZero() { // it comes now, as it is started
		h.record.Given = time.Now()
	}
	if b := i.Gate.Behind; b != nil { // of which a person knows
		h.record.Ahead = append(slices.Clone(h.record.Ahead), b.key())
	}
	return h.behind(ctx, p, all, &listsRead{})
}

// looksAgain is how often lists are looked for again of which one has moved on meanwhile.
const looksAgain = 20

func (h *claimed) behind(ctx context.Context, p importer.Plan, in []*Spool, lists *listsRead) *Behind {
	for range looksAgain {
		if behind, moved := h.behindOf(ctx, p, h.later(ctx, p, in), lists); !moved {
			return behind
		}
	}
	return nil
}

// behindOf returns the first of some later lists that has guests of an item otherwise, nil for none, and whether some
// could not be read since they have moved on.
func (h *claimed) behindOf(
	ctx context.Context, p importer.Plan, later []laterList, lists *listsRead,
) (first *Behind, moved bool) {
	if len(later) == 0 {
		return nil, false
	}
	own, err := p.Listed(ctx)
	if err != nil { // it is written to, say, which shows when it is imported
		return nil, false
	}
	for _, l := range later {
		theirs, err := lists.of(ctx, l.path, l.settings)
		if err != nil { // one that cannot be imported as it is waits for a person, and nothing waits for it
			_, gone := os.Lstat(l.path)
			moved = moved || errors.Is(gone, fs.ErrNotExist)
			continue
		}
		if n := theirs.Corrects(own); n > 0 {
			l.behind.Rows = n
			return &l.behind, false
		}
	}
	return nil, moved
}

// laterList is one that came later than an item and is not imported yet.
type laterList struct {
	behind   Behind
	path     string
	settings importer.Settings
	came     time.Time
}

// mostLater is with how many later lists an item is compared, the first ones.
const mostLater = 100

// later lists what came later than an item for the same account and event, and waits or lies in a watched folder.
func (h *claimed) later(ctx context.Context, p importer.Plan, in []*Spool) (list []laterList) {
	for _, s := range in {
		list = append(list, s.later(ctx, h)...)
	}
	list = slices.DeleteFunc(list, func(l laterList) bool {
		return !l.meets(p) || slices.Contains(h.record.Ahead, l.behind.key())
	})
	slices.SortFunc(list, func(a, b laterList) int { return a.came.Compare(b.came) })
	return list[:min(len(list), mostLater)]
}

// later lists those of one spool. A list moves on while the folders are read, so that they are read in the order in
// which it does.
func (s *Spool) later(ctx context.Context, h *claimed) (list []laterList) {
	list = s.lying(h)
	seen := map[string]bool{}
	for _, folder := range []string{waiting, processing, waiting} {
		for _, i := range s.active(folder) {
			if l, is := s.laterItem(ctx, folder, i, h); is && !seen[i.id] {
				list, seen[i.id] = append(list, l), true
			}
		}
	}
	return list
}

// beside are the spools in which lists of the same accounts may wait.
func (c *Consumer) beside() []*Spool {
	if c.Beside == nil {
		return c.spools
	}
	return append(slices.Clone(c.spools), c.Beside()...)
}

// meets reports whether a list may have guests of a plan's event.
func (l laterList) meets(p importer.Plan) bool {
	to := l.settings
	return to.Account == p.Settings.Account && (to.Event == "" || p.Settings.Event == "" || to.Event == p.Settings.Event)
}

// laterItem returns an item as a later list, if it is one: not a draft in the console, and not what is left of an item
// whose other rows are imported.
func (s *Spool) laterItem(ctx context.Context, folder string, i item, h *claimed) (l laterList, is bool) {
	r := s.readWaiting(ctx, i)
	if folder == processing {
		r = s.readApproved(ctx, i, func(Gate) bool { return true })
	}
	draft := folder == waiting && r.Origin.Door == Console && r.Question == "" && r.Gate.Approval == "" && !r.ByItself()
	if i.id == h.id || draft || r.HasPart() || r.came(i).Compare(h.record.came(h.item)) < 0 {
		return l, false
	}
	if r.came(i).Equal(h.record.came(h.item)) && i.id < h.id {
		return l, false
	}
	l = laterList{behind: Behind{ID: i.id, Name: i.name}, path: s.sub(folder, i.active()), settings: s.settings, came: r.came(i)}
	if r.Spec != nil {
		l.settings.Spec = *r.Spec
	}
	return l, l.settings.Account != ""
}

// lying are the lists that lie in a watched folder and are not taken yet, as far as they are later than an item.
func (s *Spool) lying(h *claimed) (list []laterList) {
	if !s.made {
		return nil
	}
	entries, _ := os.ReadDir(s.dir)
	for _, e := range entries {
		if why, _ := unwanted(e); why != "" || listfile.Suffix(e.Name()) == "" {
			continue
		}
		info, err := e.Info()
		if err != nil || h.record.Origin.Door == Inbox && isBefore(info.ModTime(), e.Name(), h.seen.changed, h.name) {
			continue
		}
		path := filepath.Join(s.dir, e.Name())
		list = append(list, laterList{
			behind: Behind{File: path, Name: e.Name()}, path: path, settings: s.settings, came: time.Now(),
		})
	}
	return list
}

// isBefore orders files that lie in a folder: by when they were written, then by name.
func isBefore(at time.Time, name string, than time.Time, other string) bool {
	return cmp.Or(at.Compare(than), cmp.Compare(name, other)) < 0
}

// came is when an item came.
func (r Record) came(i item) time.Time {
	if r.Given.IsZero() {
		return i.came()
	}
	return r.Given
}

// pending returns the ids of the items of the spools that wait, or are imported.
func (c *Consumer) pending(ctx context.Context) map[string]bool {
	ids := map[string]bool{}
	for _, s := range c.beside() {
		for _, folder := range []string{waiting, processing, waiting} { // as they move on meanwhile
			for _, i := range s.active(folder) {
				if !ids[i.id] {
					ids[i.id] = folder == processing || !s.readWaiting(ctx, i).HasPart()
				}
			}
		}
	}
	return ids
}

// isPending reports whether a later list is one of those that are pending, or lies in its folder.
func (b Behind) isPending(ids map[string]bool) bool {
	if b.ID != "" {
		return ids[b.ID]
	}
	_, err := os.Lstat(b.File)
	return !errors.Is(err, fs.ErrNotExist)
}

// listsRead are the guests of lists that wait, as they were read last: a list is not read anew for each that came
// before it.
type listsRead struct {
	mu     sync.Mutex
	read   map[string]*importer.ListedGuests
	guests int
}

// mostRead is of how many guests they are kept.
const mostRead = 500_000

// of reads the guests of a list. Spec.ImportID has all that decides how it is read.
func (l *listsRead) of(ctx context.Context, path string, to importer.Settings) (*importer.ListedGuests, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	key := spec.ID(filepath.Base(path), info.ModTime().String(), fmt.Sprint(info.Size()), to.Spec.ImportID(""))
	l.mu.Lock()
	g := l.read[key]
	l.mu.Unlock()
	if g != nil {
		return g, nil
	}
	if g, err = importer.GuestsOf(ctx, path, to); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.guests += g.Len(); l.read == nil || l.guests > mostRead {
		l.read, l.guests = map[string]*importer.ListedGuests{}, g.Len()
	}
	l.read[key] = g
	return g, nil
}
