package inbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"guestflow/importer"
	"guestflow/importer/listfile"
	"guestflow/importer/visible"
)

// hand is a file in hand.
type hand struct {
	drop
	folder folder
	path   string
	seen   sight // before it was taken
	deaths int   // of processes that were reading it
}

// orphaned tells whether nobody has a file of processing in hand any more. Without a sign, which an earlier version did not
// have, the file itself was touched.
func (b *Inbox) orphaned(f folder, name string, d drop) bool {
	if info, err := os.Lstat(f.sign(d)); err == nil {
		return !b.recent(info.ModTime())
	}
	return !b.recent(b.seen[f.sub(processing)][name].changed) && !b.recent(d.taken())
}

// recent takes a time in the far future for a wrong clock, not for a sign of life.
func (b *Inbox) recent(at time.Time) bool { return time.Since(at).Abs() <= b.abandoned }

// claim renames a file into processing; whoever succeeds has it. Its sign is there before it is.
func (b *Inbox) claim(ctx context.Context, f folder, from, name string, d drop) {
	slots := b.slots
	if b.seen[from][name].size <= small {
		slots = b.smalls
	}
	select {
	case slots <- struct{}{}:
	default:
		return
	}
	if !b.readable(ctx, from, name) {
		<-slots
		return
	}
	h := hand{drop: d, folder: f, path: f.sub(processing, d.inHand()), seen: b.seen[from][name], deaths: f.deaths(ctx, d)}
	if !b.suspects.admit(h) {
		<-slots
		return
	}
	err := touchSign(f.sign(d))
	if err == nil {
		err = os.Rename(filepath.Join(from, name), h.path)
	}
	if err == nil {
		b.inHand.Go(func() {
			defer b.letGo(slots)
			defer b.suspects.clear(h)
			b.work(ctx, h)
		})
		return
	}
	b.suspects.clear(h)
	<-slots
	if d.turn == 1 {
		_ = os.Remove(f.sign(d)) // nobody else can have this one
	}
	if _, gone := os.Lstat(filepath.Join(from, name)); gone != nil { // somebody was faster
		return
	}
	b.complain(from, name, "a dropped file cannot be taken; may this user write to the folder? It is tried again", err)
}

// readable tells whether this user may read a file. One that may not be read is not at fault, and stays where whoever dropped it
// looks for it.
func (b *Inbox) readable(ctx context.Context, dir, name string) bool {
	file, err := listfile.Open(ctx, filepath.Join(dir, name))
	if err == nil {
		_ = file.Close()
		return true
	}
	if !errors.Is(err, fs.ErrPermission) {
		return true // whoever takes it will see
	}
	b.complain(dir, name, "a dropped file may not be read by this user; give it the right, such as by chmod g+r. It is taken as soon as it can be read", err)
	return false
}

// complain says once about a file what keeps it from being taken.
func (b *Inbox) complain(dir, name, what string, err error) {
	s := b.seen[dir][name]
	if !s.told {
		b.log.Error(what, "file", filepath.Join(dir, name), "error", err)
	}
	s.told = true
	b.seen[dir][name] = s
}

// letGo has the next file looked for at once: a thousand small files do not wait for a thousand polls.
func (b *Inbox) letGo(slots chan struct{}) {
	<-slots
	select {
	case b.free <- struct{}{}:
	default:
	}
}

// touchSign makes the sign with the folder around it, which somebody may have cleared away.
func touchSign(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		if err := listfile.Write(path, nil, aside); err != nil {
			return err
		}
	}
	now := time.Now()
	return os.Chtimes(path, now, now)
}

// keepTouching shows other processes that a file is in somebody's hands.
func keepTouching(sign string) (stop func()) {
	quit := make(chan struct{})
	go func() {
		tick := time.NewTicker(touch)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				return
			case now := <-tick.C:
				_ = os.Chtimes(sign, now, now) // if it cannot be touched the file is taken over, which is harmless
			}
		}
	}()
	return sync.OnceFunc(func() { close(quit) })
}

// work imports the file and puts it where it belongs. What cannot be put anywhere stays, and is taken over once its sign is
// old enough.
func (b *Inbox) work(ctx context.Context, h hand) {
	stop := keepTouching(h.folder.sign(h.drop))
	defer stop()
	if !b.still(h) {
		return
	}
	taken, err := b.try(ctx, h)
	if !b.still(h) {
		return
	}
	fault, is := errors.AsType[*importer.FileError](err)
	switch {
	case ctx.Err() != nil: // whatever was said of the file, it was not read to its end
	case is && !errors.Is(err, fs.ErrPermission):
		err = b.fail(ctx, h, *fault)
	case err == nil:
		err = b.finish(ctx, h, taken)
	}
	if err != nil && ctx.Err() == nil {
		b.log.Error("a dropped file could not be imported; it is tried again in a minute", "file", h.path, "error", err)
	}
}

// still tells whether the file is there as it was when it was taken. Whoever still has it open writes to it wherever it is,
// and then neither its import nor its fault is worth a word: it is taken again once it has come to rest.
func (b *Inbox) still(h hand) bool {
	info, err := os.Lstat(h.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		b.log.Warn("another process has taken this file over; do the clocks of the hosts differ?", "file", h.path)
		return false
	case err == nil && h.seen.of(info):
		return true
	}
	b.log.Info("a file was written to after it had been still; it is taken again in a minute. A longer --settle avoids this", "file", h.path)
	return false
}

// finish moves an imported file to done. Its new place is written down first: a kill in between leaves a file that is taken
// once more, which is harmless, and a kill after it nothing to do. The other way round, the report would not find its file.
func (b *Inbox) finish(ctx context.Context, h hand, t Taken) error {
	h.about = t.Import
	if t.Known && !t.Resumed && !h.is(t.Source) {
		return b.repeated(ctx, h, t)
	}
	to := h.folder.sub(done, h.atRest())
	if t.Moved != nil {
		if err := t.Moved(to); err != nil {
			return fmt.Errorf("write down the file's new place: %w", err)
		}
	}
	if !b.still(h) { // what is written to later than this is found in done
		return nil
	}
	if err := h.move(ctx, to); err != nil {
		return fmt.Errorf("move the imported file: %w", err)
	}
	said := "file imported"
	if t.Cancelled {
		said = "a person has cancelled the import of a file while it was read"
	}
	b.log.Info(said, "file", to, "import", t.Import, "rows", t.Rows, "rejected", t.Rejected)
	return nil
}

// repeated reports a file with the content of one that was imported before.
func (b *Inbox) repeated(ctx context.Context, h hand, t Taken) error {
	first := ""
	if t.Source != "" {
		first = ", from " + visible.Line(filepath.Base(t.Source))
	}
	text := fmt.Sprintf("%s: it holds exactly what was imported before as import %s%s. Nothing was imported again and nobody was mailed.\n\n"+
		"What became of its rows: guestflow report %s\n"+
		"To import it again on purpose, drop it as %s. Guests that are unchanged stay untouched.\n",
		visible.Line(h.name), t.Import, first, t.Import, visible.Line(againName(h.name)))
	said := "this file was imported before; nothing was done"
	if t.Cancelled {
		text = fmt.Sprintf("%s: it holds exactly what import %s%s was to import, and somebody has cancelled that import. "+
			"Nothing was imported now, and nobody was mailed.\n\n"+
			"What had become of its rows before it was cancelled: guestflow report %s\n"+
			"To import it anew, drop it as %s. Guests who were created before stay untouched.\n",
			visible.Line(h.name), t.Import, first, t.Import, visible.Line(againName(h.name)))
		said = "the import of this file's content was cancelled; nothing was done"
	}
	to := h.folder.sub(done, h.atRest())
	if err := h.put(ctx, to, text); err != nil {
		return fmt.Errorf("put a repeated file away: %w", err)
	}
	b.log.Info(said, "file", to, "import", t.Import)
	return nil
}

func (b *Inbox) fail(ctx context.Context, h hand, fault importer.FileError) error {
	fault.Path = h.name
	to := h.folder.sub(failed, h.atRest())
	if err := h.put(ctx, to, fault.Error()+"\n"); err != nil {
		return fmt.Errorf("put a failed file away: %w", err)
	}
	b.log.Error("a dropped file cannot be imported", "file", to, "reason", fault.Error())
	return nil
}

// put moves the file with a text beside it, the text first. The text has the same name at every turn, so that a kill in
// between leaves none behind.
func (h hand) put(ctx context.Context, to, text string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	if err := listfile.Write(filepath.Join(filepath.Dir(to), h.text()), []byte(visible.Text(text)), aside); err != nil {
		return err
	}
	return h.move(ctx, to)
}

func (h hand) move(ctx context.Context, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	if err := h.mark(ctx, to); err != nil {
		return err
	}
	if err := os.Rename(h.path, to); err != nil {
		return err
	}
	_ = os.Remove(h.folder.sign(h.drop)) // else remove clears it away
	return nil
}
