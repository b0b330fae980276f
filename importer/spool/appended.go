package spool

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

// appendsFor is how long after a file was put away its copy is still believed to go on. A copy that stands still for an
// hour is given up by who started it, and by then the folders are an archive: who edits a list in it does not mean to
// mail its guests.
const appendsFor = time.Hour

// verdict is what was found out about an archived file that looks like this.
type verdict struct {
	snapshot
	final bool
}

// rests reports whether a file in done or failed stays as it is. One that was appended to since it was read is taken
// again, once it has been still for as long as any dropped file. A file is read for that only when its size or time has
// changed.
func (c *Consumer) rests(ctx context.Context, s *Spool, a *archived, verdicts map[string]verdict) bool {
	f, known := a.fingerprint(ctx)
	if s.archive || !known {
		return true
	}
	info, err := os.Lstat(a.path)
	if err != nil {
		return false // another process has just moved it
	}
	v := c.verdicts[a.path]
	if !v.matches(info) {
		v = verdict{snapshot: snapshotOf(info)}
	}
	if !v.final {
		v.final, err = c.judge(ctx, s, a, f, info, v.since)
	}
	verdicts[a.path] = v
	if err != nil && ctx.Err() == nil && !errors.Is(err, fs.ErrNotExist) && !c.announced[a.path] {
		c.announced[a.path] = true
		c.Log.Error("a file cannot be compared with what was read of it, so an append may go unseen; it is tried again",
			"file", a.path, "error", err)
	}
	return v.final
}

// judge reports whether nothing is to be done about a file as long as it looks like this.
func (c *Consumer) judge(
	ctx context.Context, s *Spool, a *archived, f fingerprint, info fs.FileInfo, since time.Time,
) (final bool, err error) {
	became, err := f.compare(ctx, a.path, info)
	switch {
	case err != nil:
		return false, err
	case became == unchanged:
		return true, nil
	case became == edited || c.late(a):
		c.Log.Warn("a file was changed long after it was "+a.was()+", or other than by a copy that goes on: it is left "+
			"alone. To have it imported as it is now, move a copy into the inbox", "file", a.path, "import", a.about)
		return true, nil
	case time.Since(since) < c.Watch.Settle:
		return false, nil
	}
	return false, c.takeAgain(s, a, f)
}

// late reports whether a file has lain there for too long for its copy to go on. While its report is not written, its
// rows are on their way, and then a part has not been reported as the whole.
func (c *Consumer) late(a *archived) bool {
	waits := c.Report != nil && a.about != "" && !a.reported && !a.explained
	return !waits && time.Since(a.since) > appendsFor
}

func (a *archived) was() string {
	if a.about != "" {
		return "imported"
	}
	return "refused"
}

// takeAgain puts a file that was appended to into processing as if its process had been killed: it is claimed when
// nothing has been written to it for a minute. The text stays behind in its place. A kill in between has both done
// again.
func (c *Consumer) takeAgain(s *Spool, a *archived, f fingerprint) error {
	i := newItem(a.name)
	text := filepath.Join(filepath.Dir(a.path), a.text())
	if err := listfile.Write(text, []byte(a.appendedText()), aside); err != nil {
		return fmt.Errorf("write a text beside a file that was appended to: %w", err)
	}
	r := f.Record
	r.Deaths, r.Plan = 0, nil // those were of other content
	r.Gate, r.Turn = Gate{Rules: r.Gate.Rules}, 0
	if err := r.write(s.record(processing, i)); err != nil {
		return fmt.Errorf("write the record of a file that was appended to: %w", err)
	}
	if err := os.Rename(a.path, s.sub(processing, i.active())); err != nil {
		_ = os.Remove(s.record(processing, i)) // else Tidy clears it away
		return fmt.Errorf("take a file again that was appended to: %w", err)
	}
	_ = os.Remove(a.marked) // else it goes with the text
	c.Log.Warn("a file was written to after it was "+a.was()+", so only a part of it was read; all of it is "+
		"taken again in a minute. A longer --settle avoids this", "file", a.path, "import", a.about, "again", i.id)
	return nil
}

// appendedText is the text about a file that is taken again.
func (a *archived) appendedText() string {
	name := visible.Line(a.name)
	const (
		again = "All of it is taken again, once it has been still for a minute, under the same name with a later time"
		avoid = "To avoid this, copy under another name and rename the file when it is whole, or set a longer --settle.\n"
	)
	if a.about == "" {
		return fmt.Sprintf("%s: a program went on writing to it after it was refused, so what was refused was a part of it. "+
			again+": look there for what became of it.\n\n"+
			"Nothing of the part was imported, and no email was sent.\n"+avoid, name)
	}
	return fmt.Sprintf("%s: a program went on writing to it after it was imported as import %s, which has a part of it. "+
		again+". Look there for the report of every row: guests of the first part are recognised and stay unchanged.\n\n"+
		"The last row of import %s may have been read when only half of it was written; if its guest looks wrong, "+
		"correct it in Qflow.\n"+avoid, name, a.about, a.about)
}
