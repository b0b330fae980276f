package spool

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"guestflow/importer"
	"guestflow/importer/listfile"
	"guestflow/importer/visible"
)

// HeldError says that an item waits: for an answer that only a person has, for approval, or for its start time.
type HeldError struct {
	ID  string
	Why string // and how it is answered
}

func (e *HeldError) Error() string { return e.Why }

func (h Held) matches(info fs.FileInfo) bool {
	return h.Size == info.Size() && h.Changed.Equal(info.ModTime())
}

// askAboutRows has an imported item wait for an answer about some of its rows. Its import keeps them as left out; with
// the answer the item is another import, to which all other rows are known.
func (c *Consumer) askAboutRows(h *claimed, r Result) error {
	h.record.Import = r.Import
	before := h.record.imports(r.Import)
	h.record.Part = &Part{Import: r.Import, Rows: r.Rows, Held: r.Held, Before: before[max(0, len(before)-mostBefore):]}
	i := item{id: h.id, name: h.name}
	if err := h.setSource(r, h.spool.sub(waiting, i.active())); err != nil {
		return err
	}
	return c.ask(h, *r.Question, r.Plan.ofHeld(r.Held))
}

// mostBefore is of how many imports of one file it is noted that it is theirs.
const mostBefore = 20

// imports are those that were made of parts of the item, but for one.
func (r Record) imports(but string) []string {
	if r.Part == nil {
		return nil
	}
	return slices.DeleteFunc(append(slices.Clone(r.Part.Before), r.Part.Import), func(id string) bool { return id == but })
}

// setSource notes where the file is moved to, with the import and with those of its parts.
func (h *claimed) setSource(r Result, to string) error {
	if r.SetSource == nil {
		return nil
	}
	for _, id := range append(h.record.imports(r.Import), r.Import) {
		if err := r.SetSource(id, to); err != nil {
			return fmt.Errorf("write down the file's new place: %w", err)
		}
	}
	return nil
}

// ask has a claimed item wait for an answer: to go on would be a guess, and a guess mails the wrong people.
func (c *Consumer) ask(h *claimed, fault importer.FileError, plan *Plan) error {
	fault.Path = h.name
	h.record.Plan = plan
	to := h.settings().Spec
	h.record.Question, h.record.Spec = fault.Error(), &to
	h.record.Gate.Rules = h.rules()
	return c.wait(h)
}

// wait has a claimed item wait, as its record says.
func (c *Consumer) wait(h *claimed) error {
	h.record.Turn++
	i := item{id: h.id, name: h.name, turn: h.record.Turn}
	h.record.Standing = c.standing(h)
	h.record.AtOrigin = false // it is not fetched again from now on
	h.record.Held = Held{Size: h.seen.size, Changed: h.seen.changed}
	if h.record.Origin.Door == Inbox && h.record.Origin.By == "" {
		h.record.Origin.By = ownerOf(h.path)
	}
	if err := h.record.write(h.spool.record(waiting, i)); err != nil {
		return fmt.Errorf("write the record of an item that waits: %w", err)
	}
	h.spool.at("its waiting record is written")
	if err := h.spool.explain(i, h.record); err != nil {
		return err
	}
	h.spool.at("its text is written")
	path := h.spool.sub(waiting, i.active())
	if err := os.Rename(h.path, path); err != nil {
		return fmt.Errorf("have an item wait: %w", err)
	}
	h.spool.at("it waits")
	_ = os.Remove(h.recordPath()) // else Tidy clears it away
	c.Log.Warn("a file waits; see guestflow waiting", "file", path, "id", h.id, "why", h.record.Why())
	return &HeldError{ID: h.id, Why: h.record.Why()}
}

// explain writes the text about an item that waits.
func (s *Spool) explain(i item, r Record) error {
	text := visible.Text(r.text(i))
	if err := listfile.Write(s.sub(waiting, i.text()), []byte(text), aside); err != nil {
		return fmt.Errorf("write the text about an item that waits: %w", err)
	}
	return nil
}

func (r Record) text(i item) string {
	about := r.SoFar() + "\n"
	if p := r.Plan; p != nil {
		about += strings.Join(append([]string{p.Text()}, p.Differences()...), ".\n") + ".\n"
	}
	remove := fmt.Sprintf("\nTo remove it instead: guestflow discard %s\n", i.id)
	if r.PartOf() != "" {
		remove = fmt.Sprintf("\nTo leave these rows out for good: guestflow discard %s\n", i.id)
	}
	switch {
	case r.Question != "":
		return fmt.Sprintf("%s\n\n%s\nIt waits for an answer: guestflow approve %s, with the option that is right, "+
			"or the page New import of the console."+remove, r.Question, about, i.id)
	case r.Behind():
		return fmt.Sprintf("%s %s.\n\n%s\nTo import it before that one all the same: guestflow approve %s --now"+remove,
			i.name, r.Why(), about, i.id)
	case r.Scheduled():
		return fmt.Sprintf("%s %s.\n\n%s\nTo start it at once: guestflow approve %s --now\n"+
			"To have it wait for approval: guestflow hold %s"+remove, i.name, r.Why(), about, i.id, i.id)
	}
	return fmt.Sprintf("%s %s.\n\n%s\nTo approve it: guestflow approve %s, or the page Waiting of the console."+remove,
		i.name, r.Why(), about, i.id)
}

// readAgain has dropped files read again that wait and have been written to since: they were only a part of a
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
		seen, r := c.Watch.at(s.sub(waiting, name)), s.readWaiting(ctx, i)
		unchanged := seen.size == r.Held.Size && seen.changed.Equal(r.Held.Changed)
		if r.Held == (Held{}) || r.Origin.Door != Inbox || unchanged {
			continue
		}
		c.Log.Info("a file that waits was written to; it is read again", "file", s.sub(waiting, name))
		if err := s.release(i, r); err != nil && !errors.Is(err, errMet) {
			c.Log.Error("a file that waits cannot be read again; it is tried again", "file", s.sub(waiting, name), "error", err)
		}
	}
}

// release has an item read again, whose record is the spool's own again: what was decided before was about another
// file, but that it is held.
func (s *Spool) release(i item, was Record) error {
	r := was
	r.Question, r.Held, r.Spec, r.Plan, r.Standing = "", Held{}, nil, nil, nil
	if r.Part = was.part(); r.Part != nil {
		r.Part = &Part{Import: r.Part.Import, Former: true}
	}
	r.Import = ""
	r.Gate = Gate{HeldBy: was.Gate.HeldBy}
	if r.Approved.SHA256 != "" { // perhaps of this content
		r.Gate.Start, r.Gate.Noted = was.Gate.Start, was.Gate.Noted
	}
	return s.readOnceMore(i, r)
}

// readOnceMore has an item read again that waits, by a record.
func (s *Spool) readOnceMore(i item, r Record) error {
	r.Turn = i.turn + 1 // newer than the one with which it waited
	if err := r.write(s.record(processing, i)); err != nil {
		return fmt.Errorf("write an item's record: %w", err)
	}
	return s.open(i)
}
