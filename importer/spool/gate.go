package spool

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"guestflow/importer"
	"guestflow/importer/hold"
)

// Gate is what an item waits for, beside an answer: a person's approval, and then a start time. It is closed by the
// rules of its profile, or by a person; nothing of the item is imported before both have opened it.
type Gate struct {
	Rules    hold.Rules `json:"rules,omitzero"`
	Approval string     `json:"approval,omitempty"` // why a person has to approve it; empty if none has to
	HeldBy   string     `json:"held_by,omitempty"`  // the person who held it, whatever the rules
	Start    time.Time  `json:"start,omitzero"`     // not before; the zero time is at once
	Noted    ClockMark  `json:"noted,omitzero"`     // when Start was set
	Opened   string     `json:"opened,omitempty"`   // the SHA-256 of the file whose start time has come
	Behind   *Behind    `json:"behind,omitempty"`   // the later list for which it waits
	Changed  []string   `json:"changed,omitempty"`  // settings of its profile that were changed while it waited
}

// Scheduled reports whether an item waits for nothing but its start time.
func (r Record) Scheduled() bool {
	return r.Question == "" && r.Gate.Approval == "" && !r.Gate.Start.IsZero()
}

// Why says what a waiting item waits for.
func (r Record) Why() string {
	switch {
	case r.Question != "":
		return "waits for an answer: " + r.Question + r.Gate.Then()
	case r.Gate.Approval != "":
		return "waits for approval: " + r.Gate.Approval + r.Gate.Then()
	case r.Behind():
		return r.Gate.Behind.Why()
	case r.Scheduled():
		return "starts at " + r.Gate.Start.UTC().Format("2006-01-02 15:04:05 MST") + "; nothing of it leaves before"
	}
	return "waits to be started in the console"
}

// Then says what an item waits for once a person has decided, as the end of a sentence; "" for nothing.
func (g Gate) Then() string {
	start, undo := g.Rules.StartAt, g.Rules.Undo
	if at, err := time.Parse(time.RFC3339, start); err == nil {
		start = at.UTC().Format("2006-01-02 15:04:05 MST")
	}
	if back, err := g.Rules.UndoFor(); err != nil || back == 0 {
		undo = ""
	}
	switch {
	case start == "" && undo == "":
		return ""
	case undo == "":
		return "; then it starts at " + start
	case start == "":
		return "; then it can be taken back for " + undo
	}
	return "; then it starts at " + start + ", and can be taken back for " + undo + " at least"
}

// shutError is what keeps a file from being imported now.
type shutError struct {
	gate Gate
	plan *Plan
}

func (e *shutError) Error() string { return Record{Gate: e.gate}.Why() }

// rules are those of the folder for what is dropped there, and of the record for what came by another door.
func (h *claimed) rules() hold.Rules {
	if h.record.Origin.Door == Inbox {
		return h.spool.settings.Hold
	}
	return h.record.Gate.Rules
}

// gated reports whether anything may keep the file from being imported. An approval that an earlier version wrote is
// of whatever the file is.
func (h *claimed) gated() bool {
	a := h.record.Approved
	if a.By != "" && a.SHA256 == "" {
		return false
	}
	return a.SHA256 != "" || h.record.Gate.HeldBy != "" || len(h.record.Gate.Changed) > 0 || !h.rules().None()
}

// admit returns a *shutError for a file that is not to be imported yet.
func (h *claimed) admit(ctx context.Context, p importer.Plan, first func() (bool, error)) error {
	gate := h.record.Gate
	if h.record.Approved.SHA256 == p.SHA256 {
		if gate.Start.IsZero() {
			return nil
		}
		return &shutError{gate, PlanOf(p)} // it was touched while it waited
	}
	gate.Rules, gate.Start = h.rules().For(p.Events), time.Time{}
	var err error
	if gate.Approval, err = h.approval(gate.Rules, p, first); err != nil {
		return err
	}
	if gate.Approval == "" && gate.Opened != p.SHA256 {
		if err := h.spool.schedule(&gate, p.Settings); err != nil {
			return err
		}
	}
	if gate.Approval == "" && gate.Start.IsZero() {
		return nil
	}
	return &shutError{gate, PlanOf(p)}
}

// approval returns why a person has to approve it, or "".
func (h *claimed) approval(rules hold.Rules, p importer.Plan, first func() (bool, error)) (string, error) {
	switch {
	case h.record.Approved.SHA256 != "":
		return "the file was changed after it was approved", nil
	case h.record.Gate.HeldBy != "":
		return heldBy(h.record.Gate.HeldBy), nil
	case len(h.record.Gate.Changed) > 0:
		return changedSettings(h.record.Gate.Changed), nil
	}
	return rules.Reason(hold.Facts{Guests: p.Affected(), First: first})
}

func heldBy(who string) string { return "it was held by " + who }

// schedule sets the start time of an item that is started or approved now.
func (s *Spool) schedule(gate *Gate, to importer.Settings) error {
	zone, err := to.Location()
	if err != nil {
		return err
	}
	gate.Noted = s.Clock.mark()
	gate.Start, err = gate.Rules.Start(zone, gate.Noted.Wall)
	return err
}

// shut has a claimed item wait for a person or for its start time.
func (c *Consumer) shut(h *claimed, why *shutError) error {
	to := h.settings().Spec
	h.record.Spec, h.record.Gate, h.record.Plan = &to, why.gate, why.plan
	if why.gate.Approval != "" {
		h.record.Approved = Approval{}
	}
	return c.wait(h)
}

// due reports whether a gate's start time has come.
func (c *Consumer) due(ctx context.Context, s *Spool) func(Gate) bool {
	return func(g Gate) bool { return s.Clock.reached(ctx, g, c.ServerTime) }
}

// openDue has items imported whose start time has come, and those that a process has approved and then died. A dropped
// file that was written to since is read again instead.
func (c *Consumer) openDue(ctx context.Context, s *Spool) {
	due := c.due(ctx, s)
	pending := sync.OnceValue(func() map[string]bool { return c.pending(ctx) })
	for _, i := range s.active(waiting) {
		r := s.readWaiting(ctx, i)
		opens := r.approved() || r.Scheduled() && due(r.Gate) || r.Behind() && !r.Gate.Behind.isPending(pending())
		if !opens {
			continue
		}
		path := s.sub(waiting, i.active())
		if info, err := os.Lstat(path); err != nil || r.Origin.Door == Inbox && !r.Held.matches(info) {
			continue
		}
		if err := s.open(i); err == nil {
			c.Log.Info("a file no longer waits for its time", "file", path, "id", i.id)
		} else if !errors.Is(err, errMet) { // else another process or a person was faster
			c.Log.Error("a file whose start time has come cannot be imported; it is tried again", "id", i.id, "error", err)
		}
	}
}

// approved reports whether a person has approved an item that is to be imported at once.
func (r Record) approved() bool {
	return r.Question == "" && r.Gate.Approval == "" && r.Gate.Start.IsZero() && r.Gate.Behind == nil && r.Approved.By != ""
}

// open moves an item that waits to those that are imported, as it was decided about. A person's approval that is under
// way in this process does it itself, and begins the import for the page that leads to it.
func (s *Spool) open(i item) error {
	defer s.lock(i.id)()
	s.at("it is about to be opened")
	if err := os.MkdirAll(s.sub(processing), 0o700); err != nil {
		return fmt.Errorf("make a folder of the spool: %w", err)
	}
	approved := item{id: i.id, name: i.name}
	if err := os.Rename(s.sub(waiting, i.active()), s.sub(processing, approved.active())); err != nil {
		return met(err)
	}
	s.at("it is opened")
	s.forgetText(i)
	return nil
}
