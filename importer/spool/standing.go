package spool

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"guestflow/importer/spec"
)

// A list that waits was looked at by the settings that its profile had then. When they are changed, nothing of it goes
// out by either unseen: a process that starts has it planned anew by those of now, and it waits for approval. Until
// then who approves it is asked which are meant. What was answered for the list itself stays.

// ChangedError says that the settings of an item's profile were changed since it was looked at.
type ChangedError struct {
	Settings []string // their names
}

func (e *ChangedError) Error() string {
	return "the settings of its profile were changed since it was looked at: " + strings.Join(e.Settings, ", ")
}

func changedSettings(names []string) string {
	return fmt.Sprintf("settings of its profile were changed while it waited: %s; its plan is by those of now",
		strings.Join(names, ", "))
}

// Changed returns which settings of an item's profile are others by now. Rows that wait alone go as the others of their
// list went, so that of those only the times of emails count.
func (r Record) Changed(now spec.Spec) []string {
	switch {
	case r.Standing == nil || r.Spec == nil || r.Spec.Resends != nil:
		return nil
	case r.PartOf() != "":
		return spec.ChangedTimes(*r.Standing, now)
	}
	return spec.Changed(*r.Standing, now)
}

// By is the record with the settings that its profile has by now, and what was answered for its list.
func (r Record) By(now spec.Spec) Record {
	if r.Standing == nil || r.Spec == nil {
		return r
	}
	to := r.Spec.Rebase(*r.Standing, now)
	if r.PartOf() != "" {
		to = r.Spec.RebaseTimes(*r.Standing, now)
	}
	r.Spec, r.Standing = &to, &now
	return r
}

// standing is what the profile of a claimed item says of lists, as the item is read by it.
func (c *Consumer) standing(h *claimed) *spec.Spec {
	if h.record.Standing != nil || c.Standing == nil {
		return h.record.Standing
	}
	now, known := c.Standing(h.settings().Profile)
	if !known {
		return nil
	}
	return &now
}

// replan compares what waits with the settings of now, once for a process: they do not change while it runs, and two
// processes with different ones do not read a list again and again in turn.
func (c *Consumer) replan(ctx context.Context) {
	if c.replanned || c.Standing == nil {
		return
	}
	c.replanned = true
	for _, s := range c.spools {
		for _, i := range s.active(waiting) {
			if err := c.replanItem(ctx, s, i); err != nil && !errors.Is(err, errMet) {
				c.Log.Error("a file that waits cannot be read by the settings of now", "id", i.id, "error", err)
			}
		}
	}
}

func (c *Consumer) replanItem(ctx context.Context, s *Spool, i item) error {
	was := s.readWaiting(ctx, i)
	if was.Standing == nil || was.Spec == nil {
		return nil
	}
	now, known := c.Standing(was.Spec.Profile)
	changed := was.Changed(now)
	if !known || len(changed) == 0 {
		return nil
	}
	r := was.By(now)
	if was.PartOf() != "" {
		return s.amendPart(i, r)
	}
	c.Log.Warn("settings of its profile were changed while a file waited; it is planned anew and waits again",
		"id", i.id, "settings", strings.Join(changed, ", "))
	r.Question, r.Import, r.Held, r.Plan, r.Approved = "", "", Held{}, nil, Approval{}
	r.Gate = Gate{Rules: was.Gate.Rules, HeldBy: was.Gate.HeldBy, Changed: changed}
	return s.readOnceMore(i, r)
}

// amendPart has rows that wait alone leave at the times of now.
func (s *Spool) amendPart(i item, r Record) error {
	defer s.lock(i.id)()
	_, err := s.publish(i, &r)
	return err
}
