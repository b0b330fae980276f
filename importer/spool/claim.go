package spool

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"sync"
	"time"

	"guestflow/importer"
	"guestflow/importer/listfile"
)

// claimed is an item that this process imports.
type claimed struct {
	item
	spool  *Spool
	path   string
	seen   snapshot // before it was claimed
	record Record
}

func (h *claimed) recordPath() string { return h.spool.record(processing, h.item) }

// settings are those by which it is imported: those of its record, whatever the spool's are by now.
func (h *claimed) settings() importer.Settings {
	to := h.spool.settings
	if h.record.Spec != nil {
		to.Spec = *h.record.Spec
	}
	if h.spool.Again != nil && h.spool.Again(h.name) {
		to.Again = h.id
	}
	if h.gated() {
		to.Admit = h.admit
	}
	to.Given = h.record.Given
	return to
}

// orphaned reports whether no process imports a file of processing: it was just approved, or its claim is void. Without
// a record, which an earlier version did not have, the file itself was touched.
func (c *Consumer) orphaned(s *Spool, path string, i item) bool {
	if i.turn == 0 {
		return true
	}
	if info, err := os.Lstat(s.record(processing, i)); err == nil {
		return !c.recent(info.ModTime())
	}
	return !c.recent(c.Watch.at(path).changed) && !c.recent(i.came())
}

// recent takes a time in the far future for a wrong clock, not for a sign of life.
func (c *Consumer) recent(at time.Time) bool { return time.Since(at).Abs() <= c.Abandoned }

// claim renames a file into processing: the process that succeeds has it. Its record is there before it is.
func (c *Consumer) claim(ctx context.Context, s *Spool, from string, i item, r Record) (taken bool) {
	h := &claimed{item: i, spool: s, path: s.sub(processing, i.active()), seen: c.Watch.at(from), record: r}
	free, ok := c.slot(h.seen.size)
	if !ok {
		return false
	}
	if !c.readable(ctx, from) || !c.suspects.admit(h.id, r.Deaths) {
		free()
		return false
	}
	h.record.Given = c.came(ctx, h)
	err := touch(h.recordPath(), h.record)
	if err == nil {
		err = os.Rename(from, h.path)
	}
	if err == nil {
		c.running.Go(func() {
			defer c.Wake() // a thousand small files do not wait for a thousand polls
			defer free()
			defer c.suspects.clear(h.id)
			_, err := c.work(ctx, h)
			c.log(ctx, h, err)
		})
		return true
	}
	c.suspects.clear(h.id)
	free()
	if i.turn == 1 {
		_ = os.Remove(h.recordPath()) // no other process can have this one
	}
	if _, gone := os.Lstat(from); gone == nil { // else another process was faster
		c.Watch.complain(from, "a dropped file cannot be taken; may this user write to the folder? It is tried again", err)
	}
	return false
}

// came is when an item came, by the clock of Redis, which imports go by: when it was first seen in its folder.
func (c *Consumer) came(ctx context.Context, h *claimed) time.Time {
	at := h.record.Given
	if !at.IsZero() || h.turn > 1 { // of a version before
		return at
	}
	if at = h.seen.since; at.IsZero() {
		at = time.Now()
	}
	return at.Add(c.ahead(ctx)).UTC().Truncate(time.Microsecond)
}

// ahead is how far the clock of Redis is ahead of this host's. It is the same for all files of a look, whose order would
// be chance otherwise.
func (c *Consumer) ahead(ctx context.Context) time.Duration {
	if c.ServerTime == nil {
		return 0
	}
	now, err := c.ServerTime(ctx)
	c.clocks.Lock()
	defer c.clocks.Unlock()
	if ahead := time.Until(now); err == nil && (ahead-c.far).Abs() > time.Second {
		c.far = ahead
	}
	return c.far
}

// slot takes one for a file of this size, if one is free.
func (c *Consumer) slot(size int64) (free func(), ok bool) {
	slots := c.slots
	if size <= Small {
		slots = c.smalls
	}
	select {
	case slots <- struct{}{}:
		return func() { <-slots }, true
	default:
		return nil, false
	}
}

// readable reports whether this user may read a file. One that may not be read is not at fault, and stays where it was
// dropped.
func (c *Consumer) readable(ctx context.Context, path string) bool {
	file, err := listfile.Open(ctx, path)
	if err == nil {
		_ = file.Close()
		return true
	}
	if !errors.Is(err, fs.ErrPermission) {
		return true // it shows when it is imported
	}
	c.Watch.complain(path, "a dropped file may not be read by this user; give it the right, such as by chmod g+r. "+
		"It is taken as soon as it can be read", err)
	return false
}

// renew renews the lease on a claimed file until stop is called.
func (h *claimed) renew() (stop func()) {
	// found now, since what the item is called changes when it is put away
	quit, record := make(chan struct{}), h.recordPath()
	var renewing sync.WaitGroup
	renewing.Go(func() {
		tick := time.NewTicker(touchEvery)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				return
			case now := <-tick.C:
				_ = os.Chtimes(record, now, now) // else another process claims the file, which is harmless
			}
		}
	})
	return sync.OnceFunc(func() {
		close(quit)
		renewing.Wait()
	})
}
