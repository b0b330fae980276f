package spool

import (
	"context"
	"errors"
	"fmt"
	"os"
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
}

// Plan is what an import would do, as it was found when its item began to wait.
type Plan struct {
	Import   string             `json:"import"`
	SHA256   string             `json:"sha256"`
	Rows     int                `json:"rows"`
	Rejected int                `json:"rejected"`
	Guests   int                `json:"guests"`
	Emails   int                `json:"emails"`
	Calls    int                `json:"calls"`
	Compared *importer.Compared `json:"compared,omitempty"`
}

// PlanOf is a plan as a record keeps it.
func PlanOf(p importer.Plan) *Plan {
	return &Plan{
		Import: p.Import, SHA256: p.SHA256, Rows: p.Rows, Rejected: p.Rejected, Guests: p.Guests, Emails: p.Emails,
		Calls: p.Calls, Compared: p.Compared,
	}
}

// Scheduled reports whether an item waits for nothing but its start time.
func (r Record) Scheduled() bool {
	return r.Question == "" && r.Gate.Approval == "" && !r.Gate.Start.IsZero()
}

// Why says what a waiting item waits for.
func (r Record) Why() string {
	switch {
	case r.Question != "":
		return "waits for an answer: " + r.Question
	case r.Gate.Approval != "":
		return "waits for approval: " + r.Gate.Approval
	case r.Scheduled():
		return "starts at " + r.Gate.Start.UTC().Format("2006-01-02 15:04:05 MST") + "; nothing of it leaves before"
	}
	return "waits to be started in the console"
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
	return a.SHA256 != "" || h.record.Gate.HeldBy != "" || !h.rules().None()
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
	gate.Rules, gate.Start = h.rules(), time.Time{}
	var err error
	if gate.Approval, err = h.approval(p, first); err != nil {
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
func (h *claimed) approval(p importer.Plan, first func() (bool, error)) (string, error) {
	switch {
	case h.record.Approved.SHA256 != "":
		return "the file was changed after it was approved", nil
	case h.record.Gate.HeldBy != "":
		return heldBy(h.record.Gate.HeldBy), nil
	}
	return h.rules().Reason(hold.Facts{Guests: p.Affected(), First: first})
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

// openDue has items imported whose start time has come. A dropped file that was written to since is read again instead.
func (c *Consumer) openDue(ctx context.Context, s *Spool) {
	for _, i := range s.active(waiting) {
		r := readRecord(ctx, s.record(waiting, i))
		if !r.Scheduled() || !s.Clock.reached(ctx, r.Gate, c.ServerTime) {
			continue
		}
		if info, err := os.Lstat(s.sub(waiting, i.active())); err != nil || r.Origin.Door == Inbox && !r.Held.matches(info) {
			continue
		}
		c.Log.Info("the start time of a file has come", "file", s.sub(waiting, i.active()), "id", i.id, "start", r.Gate.Start)
		if err := s.open(i, r); err != nil && !errors.Is(err, ErrNotWaiting) {
			c.Log.Error("a file whose start time has come cannot be imported; it is tried again", "id", i.id, "error", err)
		}
	}
}

// open has an item imported whose start time has come.
func (s *Spool) open(i item, r Record) error {
	if r.Plan != nil {
		r.Gate.Opened = r.Plan.SHA256
	}
	r.Gate.Start = time.Time{}
	return s.toProcessing(i, r)
}

// toProcessing moves an item that waits to those that are imported. A person may hold it at the same moment: who claims
// it looks at that (heldMeanwhile).
func (s *Spool) toProcessing(i item, r Record) error {
	if err := r.write(s.record(processing, i)); err != nil {
		return fmt.Errorf("write an item's record: %w", err)
	}
	s.at("it is about to be opened")
	if err := os.Rename(s.sub(waiting, i.active()), s.sub(processing, i.active())); err != nil {
		_ = os.Remove(s.record(processing, i))
		return s.gone(err)
	}
	s.at("it is opened")
	s.forgetUnlessHeld(i, r)
	return nil
}
