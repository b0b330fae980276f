package inbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"guestflow/importer/listfile"
	"guestflow/importer/visible"
)

// goesOn is how long after a file was put away its copy is still believed in. Nobody waits longer than an hour for a copy that
// stands still, and by then the folders are an archive: who edits a list in it does not mean to mail anybody.
const goesOn = time.Hour

// verdict is what was found out about a resting file that looks like this.
type verdict struct {
	sight
	final bool
}

// rests tells whether a file in done or failed stays as it is. One that has grown since it was read is taken again, once it has
// been still for as long as any dropped file. A file is read for that only when its size or time has changed.
func (b *Inbox) rests(ctx context.Context, f folder, r *rest, verdicts map[string]verdict) bool {
	m, marked := r.mark(ctx)
	if f.former || !marked {
		return true
	}
	info, err := os.Lstat(r.path)
	if err != nil {
		return false // another process has just moved it
	}
	v := b.verdicts[r.path]
	if !v.of(info) {
		v = verdict{sight: sight{size: info.Size(), changed: info.ModTime(), since: time.Now()}}
	}
	if !v.final {
		v.final, err = b.judge(ctx, f, r, m, info, v.since)
	}
	verdicts[r.path] = v
	if err != nil && ctx.Err() == nil && !errors.Is(err, fs.ErrNotExist) && !b.told[r.path] {
		b.told[r.path] = true
		b.log.Error("a file cannot be compared with what was read of it, so it is not known whether it has grown since; it is tried again and again",
			"file", r.path, "error", err)
	}
	return v.final
}

// judge tells whether nothing is to be done about a file as long as it looks like this.
func (b *Inbox) judge(ctx context.Context, f folder, r *rest, m mark, info fs.FileInfo, since time.Time) (final bool, err error) {
	became, err := m.change(ctx, r.path, info)
	switch {
	case err != nil:
		return false, err
	case became == none:
		return true, nil
	case became == edit || b.late(r):
		b.log.Warn("a file was changed long after it was "+r.was()+", or other than by a copy that goes on: it is left alone. "+
			"To have it imported as it is now, move a copy into the inbox", "file", r.path, "import", r.about)
		return true, nil
	case time.Since(since) < b.settle:
		return false, nil
	}
	return false, b.takeAgain(f, r)
}

// late tells whether a file has rested for too long for its copy to go on. While its report is not written, its rows are under
// way, and then nobody has been told of a part as if it were the whole.
func (b *Inbox) late(r *rest) bool {
	waits := b.Report != nil && r.about != "" && !r.reported && !r.explained
	return !waits && time.Since(r.rested) > goesOn
}

func (r *rest) was() string {
	if r.about != "" {
		return "imported"
	}
	return "refused"
}

// takeAgain puts a file that has grown into processing as if its process had been killed: it is taken over when nobody has
// written to it for a minute. The text stays behind in its place. A kill in between has both done again.
func (b *Inbox) takeAgain(f folder, r *rest) error {
	d := newDrop(r.name)
	if err := listfile.Write(filepath.Join(filepath.Dir(r.path), r.text()), []byte(r.story()), aside); err != nil {
		return fmt.Errorf("write a text beside a file that has grown: %w", err)
	}
	if err := os.Rename(r.path, f.sub(processing, d.inHand())); err != nil {
		return fmt.Errorf("take a file again that has grown: %w", err)
	}
	_ = os.Remove(r.marked) // else it goes with the text
	b.log.Warn("a file was written to after it was "+r.was()+", so only a part of it was read; all of it is taken again in a minute. A longer --settle avoids this",
		"file", r.path, "import", r.about, "again", d.id)
	return nil
}

// story is the text about a file that is taken again.
func (r *rest) story() string {
	name := visible.Line(r.name)
	const avoid = "To avoid this, copy under another name and rename the file when it is whole, or set a longer --settle.\n"
	if r.about == "" {
		return fmt.Sprintf("%s: somebody went on writing to it after it was refused, so what was refused was a part of it. "+
			"All of it is taken again, once it has been still for a minute, under the same name with a later time: look there for what became of it.\n\n"+
			"Nothing of the part was imported, and nobody was mailed.\n%s", name, avoid)
	}
	return fmt.Sprintf("%s: somebody went on writing to it after it was imported as import %s, so that import has a part of it. "+
		"All of it is taken again, once it has been still for a minute, under the same name with a later time. Look there for the report of every row: "+
		"guests of the first part are recognised and stay unchanged.\n\n"+
		"The last row of import %s may have been read when only half of it was written; if its guest looks wrong, correct it in Qflow.\n%s",
		name, r.about, r.about, avoid)
}
