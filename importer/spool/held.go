package spool

import (
	"context"
	"fmt"
	"os"

	"guestflow/importer"
	"guestflow/importer/listfile"
	"guestflow/importer/visible"
)

// HeldError says that an item waits for an answer that only a person has.
type HeldError struct {
	ID       string
	Question string // and how it is answered
}

func (e *HeldError) Error() string { return e.Question }

// hold has a claimed item wait for an answer: to go on would be a guess, and a guess mails the wrong people.
func (c *Consumer) hold(h *claimed, fault importer.FileError) error {
	fault.Path = h.name
	i := item{id: h.id, name: h.name}
	to := h.settings().Spec
	h.record.Question, h.record.Spec = fault.Error(), &to
	h.record.AtOrigin = false // it is not fetched again from now on
	h.record.Held = Held{Size: h.seen.size, Changed: h.seen.changed}
	if err := h.record.write(h.spool.record(waiting, i)); err != nil {
		return fmt.Errorf("write the record of an item that waits: %w", err)
	}
	text := visible.Text(fmt.Sprintf("%s\n\nNothing of it was imported yet, and no email was sent. It waits for an answer:\n"+
		"guestflow approve %[2]s, with the option that is right, or the page New import of the console.\n"+
		"To remove it instead: guestflow discard %[2]s\n", fault.Error(), h.id))
	if err := listfile.Write(h.spool.sub(waiting, i.text()), []byte(text), aside); err != nil {
		return fmt.Errorf("write the question about an item: %w", err)
	}
	path := h.spool.sub(waiting, i.active())
	if err := os.Rename(h.path, path); err != nil {
		return fmt.Errorf("have an item wait: %w", err)
	}
	_ = os.Remove(h.recordPath()) // else Tidy clears it away
	c.Log.Warn("a file waits for an answer; see guestflow waiting", "file", path, "id", h.id, "question", fault.Error())
	return &HeldError{ID: h.id, Question: fault.Error()}
}

// readAgain approves dropped files that wait for an answer and have been written to since: they were only a part of a
// copy, or were corrected. They have to come to rest first, like any dropped file.
func (c *Consumer) readAgain(ctx context.Context, s *Spool) {
	if len(s.active(waiting)) == 0 {
		return
	}
	for _, name := range c.Watch.Ready(s.sub(waiting)) {
		i, ours := parseItem(name)
		if !ours || i.turn == noTurn {
			continue
		}
		seen, r := c.Watch.at(s.sub(waiting, name)), readRecord(ctx, s.record(waiting, i))
		if r.Question == "" || r.Origin.Door != Inbox || seen.size == r.Held.Size && seen.changed.Equal(r.Held.Changed) {
			continue
		}
		c.Log.Info("a file that waits for an answer was written to; it is read again", "file", s.sub(waiting, name))
		if err := s.release(i, r); err != nil {
			c.Log.Error("a file that waits cannot be read again; it is tried again", "file", s.sub(waiting, name), "error", err)
		}
	}
}

// release has an item read again, whose record is the spool's own again.
func (s *Spool) release(i item, r Record) error {
	r.Question, r.Held, r.Spec = "", Held{}, nil
	if err := r.write(s.record(processing, i)); err != nil {
		return fmt.Errorf("write an item's record: %w", err)
	}
	if err := os.Rename(s.sub(waiting, i.active()), s.sub(processing, i.active())); err != nil {
		_ = os.Remove(s.record(processing, i))
		return s.gone(err)
	}
	s.forget(i)
	return nil
}
