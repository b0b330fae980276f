package spool

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"guestflow/importer"
	"guestflow/importer/listfile"
	"guestflow/importer/visible"
)

// work imports the file and puts it where it belongs. What cannot be put anywhere stays, and is claimed again once its
// lease is over.
func (c *Consumer) work(ctx context.Context, h *claimed) (Result, error) {
	stop := h.renew()
	defer stop()
	if err := c.still(h); err != nil {
		return Result{}, err
	}
	r, err := c.try(ctx, h)
	if still := c.still(h); still != nil {
		return r, still
	}
	if shut, is := errors.AsType[*shutError](err); is && ctx.Err() == nil {
		return r, c.shut(h, shut)
	}
	if behind, is := errors.AsType[*behindError](err); is && ctx.Err() == nil {
		return r, c.waitBehind(h, behind)
	}
	fault, is := errors.AsType[*importer.FileError](err)
	if is && !errors.Is(err, fs.ErrPermission) && ctx.Err() == nil {
		if fault.NeedsAnswer {
			err = c.ask(h, *fault, r.Plan)
		} else if failed := c.fail(ctx, h, *fault); failed != nil {
			err = failed
		}
	}
	if err == nil && ctx.Err() == nil && r.Question != nil {
		return r, c.askAboutRows(h, r)
	}
	if err == nil && ctx.Err() == nil { // else, whatever was said of the file, it was not read to its end
		err = c.finish(ctx, h, r)
	}
	return r, err
}

// Errors of a file that has moved or changed after it was claimed. Neither its import nor its fault counts then.
var (
	errTaken   = errors.New("another process has taken this file over; do the clocks of the hosts differ?")
	errWritten = errors.New("it was written to after it had been still; it is taken again in a minute. " +
		"A longer --settle avoids this")
)

// still returns an error unless the file is there as it was when it was claimed. A program that has it open writes to
// it wherever it is: it is claimed again once it has come to rest.
func (c *Consumer) still(h *claimed) error {
	info, err := os.Lstat(h.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errTaken
	case err == nil && h.seen.matches(info):
		return nil
	}
	return errWritten
}

// log says of a dropped file what kept it from being imported. A fault of the file was logged when it was put away.
func (c *Consumer) log(ctx context.Context, h *claimed, err error) {
	_, fault := errors.AsType[*importer.FileError](err)
	_, held := errors.AsType[*HeldError](err)
	switch {
	case err == nil, ctx.Err() != nil, held, fault && !errors.Is(err, fs.ErrPermission):
	case errors.Is(err, errTaken):
		c.Log.Warn(err.Error(), "file", h.path)
	case errors.Is(err, errWritten):
		c.Log.Info("a file is not imported now: "+err.Error(), "file", h.path)
	default:
		c.Log.Error("a dropped file could not be imported; it is tried again in a minute", "file", h.path, "error", err)
	}
}

// finish moves an imported file to done. Its new place is written down first: a kill in between leaves a file that is
// claimed once more, which is harmless, and a kill after it nothing to do. The other way round, the report would not
// find its file.
func (c *Consumer) finish(ctx context.Context, h *claimed, r Result) error {
	h.about = r.Import
	if r.Known && !r.Resumed && !h.is(r.Source) && !h.replaces(r) {
		if h.record.AtOrigin {
			return h.discard()
		}
		return c.repeated(ctx, h, r)
	}
	h.record.Plan = r.Plan // for the text beside its report
	to := h.spool.sub(done, h.archived())
	if err := h.setSource(r, to); err != nil {
		return err
	}
	if err := c.still(h); err != nil { // what is written to later than this is found in done
		return err
	}
	if err := h.move(ctx, to); err != nil {
		return fmt.Errorf("move the imported file: %w", err)
	}
	said := "file imported"
	if r.Cancelled {
		said = "the import of a file was cancelled while it was read"
	}
	c.Log.Info(said, "file", to, "import", r.Import, "rows", r.Rows, "rejected", r.Rejected, "filtered", r.Filtered)
	return nil
}

// replaces reports whether the import gets this file in place of one that is gone. A dropped file never does: another
// host may have the folder in another place.
func (h *claimed) replaces(r Result) bool {
	if h.record.Origin.Door == Inbox {
		return false
	}
	_, err := os.Stat(r.Source)
	return errors.Is(err, fs.ErrNotExist)
}

// repeated puts a file away with the content of one that was imported before.
func (c *Consumer) repeated(ctx context.Context, h *claimed, r Result) error {
	said := "this file was imported before; nothing was done"
	if r.Cancelled {
		said = "the import of this file's content was cancelled; nothing was done"
	}
	to := h.spool.sub(done, h.archived())
	if err := h.put(ctx, to, h.repeatedText(r)); err != nil {
		return fmt.Errorf("put a repeated file away: %w", err)
	}
	c.Log.Info(said, "file", to, "import", r.Import)
	return nil
}

func (h *claimed) repeatedText(r Result) string {
	name, first := visible.Line(h.name), ""
	if r.Source != "" {
		first = ", from " + visible.Line(filepath.Base(r.Source))
	}
	anew := h.spool.Anew(visible.Line(h.name))
	if r.Cancelled {
		return fmt.Sprintf("%s: it holds exactly what import %s%s was to import, and that import was cancelled. "+
			"Nothing was imported now, and no email was sent.\n\n"+
			"What had become of its rows before it was cancelled: guestflow report %s\n"+
			"%s Guests who were created before stay untouched.\n", name, r.Import, first, r.Import, anew)
	}
	return fmt.Sprintf("%s: it holds exactly what was imported before as import %s%s. "+
		"Nothing was imported again and no email was sent.\n\n"+
		"What became of its rows: guestflow report %s\n"+
		"%s Guests that are unchanged stay untouched.\n", name, r.Import, first, r.Import, anew)
}

func (c *Consumer) fail(ctx context.Context, h *claimed, fault importer.FileError) error {
	fault.Path = h.name
	if h.record.AtOrigin {
		return h.discard()
	}
	to := h.spool.sub(failed, h.archived())
	if err := h.put(ctx, to, fault.Error()+"\n"); err != nil {
		return fmt.Errorf("put a failed file away: %w", err)
	}
	c.Log.Error("a dropped file cannot be imported", "file", to, "reason", fault.Error())
	return nil
}

// put moves the file with a text beside it, the text first. The text has the same name at every turn, so that a kill in
// between leaves none behind.
func (h *claimed) put(ctx context.Context, to, text string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	if err := listfile.Write(filepath.Join(filepath.Dir(to), h.text()), []byte(visible.Text(text)), aside); err != nil {
		return err
	}
	return h.move(ctx, to)
}

// discard removes the item.
func (h *claimed) discard() error {
	if err := os.Remove(h.path); err != nil {
		return fmt.Errorf("remove a file that stays at its source: %w", err)
	}
	_ = os.Remove(h.recordPath()) // else Tidy clears it away
	return nil
}

func (h *claimed) move(ctx context.Context, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	if err := h.mark(ctx, to); err != nil {
		return err
	}
	if err := os.Rename(h.path, to); err != nil {
		return err
	}
	_ = os.Remove(h.recordPath()) // else Tidy clears it away
	return nil
}
