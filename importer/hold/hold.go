// Package hold says what keeps a list from being imported as soon as it comes: a person's approval, a start time, and
// the time in which it can be taken back. It knows the rules and neither files nor imports: package spool keeps what
// waits, and package operate asks what a rule depends on.
package hold

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Rules say what an import waits for. They stand in a profile, or for all lists in flags, the environment or the
// configuration file; an empty field says nothing.
type Rules struct {
	Hold      string `json:"hold,omitempty" koanf:"hold" help:"When a list waits for a person's approval: always, above 500 (guests to create or change), first import of a profile, never, or several of them with commas between; never by default." group:"Holding"`
	ApproveBy string `json:"approve_by,omitempty" koanf:"approve_by" help:"Who may approve a list: anyone, or other for an operator other than the one who brought it. With other, a list waits always." group:"Holding"`
	Undo      string `json:"undo,omitempty" koanf:"undo" help:"How long an import can be taken back after it was started or approved, such as 10m; nothing of it leaves before." group:"Holding"`
	StartAt   string `json:"start_at,omitempty" koanf:"start_at" kong:"-" help:"When its lists start: a time of day such as 09:00, or a date and time, in the profile's timezone."`

	// Guarded are the events, with commas between, of other profiles whose lists another operator approves. See For.
	Guarded string `json:"guarded,omitempty" koanf:"-" kong:"-"`
}

const (
	never  = "never"
	always = "always"
	anyone = "anyone"
	other  = "other"

	// MaxUndo bounds the time to take an import back: what is to wait for longer has a start time.
	MaxUndo = 7 * 24 * time.Hour

	// mostText bounds a rule, which is read from outside.
	mostText = 200
)

// Over returns rules with this one's fields laid over another's.
func (r Rules) Over(under Rules) Rules {
	return Rules{
		Hold: cmp.Or(r.Hold, under.Hold), ApproveBy: cmp.Or(r.ApproveBy, under.ApproveBy),
		Undo: cmp.Or(r.Undo, under.Undo), StartAt: cmp.Or(r.StartAt, under.StartAt),
		Guarded: cmp.Or(r.Guarded, under.Guarded),
	}
}

// For returns the rules for a list with guests of some events. Where a profile has another operator approve the lists
// of its event, that holds for every list for the event: else the same rows would go out from another folder.
func (r Rules) For(events []string) Rules {
	for guarded := range strings.SplitSeq(r.Guarded, ",") {
		if guarded = plain(guarded); guarded != "" &&
			slices.ContainsFunc(events, func(e string) bool { return plain(e) == guarded }) {
			r.ApproveBy = other
		}
	}
	r.Guarded = ""
	return r
}

// Check returns what is wrong with the rules. The zone is that of StartAt, or nil.
func (r Rules) Check(zone *time.Location) error {
	_, held := r.conditions()
	_, undo := r.UndoFor()
	var by, start error
	if said := plain(r.ApproveBy); said != "" && said != anyone && said != other {
		by = errors.New("approve_by is neither other nor anyone")
	}
	if r.StartAt != "" {
		_, start = StartTime(r.StartAt, zone, time.Unix(0, 0))
	}
	return errors.Join(held, by, undo, start)
}

// None reports whether the rules let every import begin at once.
func (r Rules) None() bool {
	list, err := r.conditions()
	return err == nil && len(list) == 0 && !r.ByOther() && r.StartAt == "" && r.undo() == 0 && r.Guarded == ""
}

// ByOther reports whether only another operator than the one who brought a list may approve it.
func (r Rules) ByOther() bool { return plain(r.ApproveBy) == other }

// UndoFor is how long an import can be taken back.
func (r Rules) UndoFor() (time.Duration, error) {
	text := strings.TrimSpace(r.Undo)
	if text == "" || text == "0" {
		return 0, nil
	}
	undo, err := time.ParseDuration(text)
	if len(text) > mostText || err != nil || undo < 0 || undo > MaxUndo {
		return 0, fmt.Errorf("undo is not a time such as 10m or 1h, of at most %d days", int(MaxUndo.Hours()/24))
	}
	return undo, nil
}

func (r Rules) undo() time.Duration {
	undo, _ := r.UndoFor() // checked when it was read
	return undo
}

// Facts are what a rule depends on.
type Facts struct {
	Guests int                  // to create or change
	First  func() (bool, error) // whether nothing was imported under the profile before
}

// Reason returns why a list waits for approval, or "". An import under no profile is never the first one of a profile.
func (r Rules) Reason(f Facts) (string, error) {
	list, err := r.conditions()
	if err != nil {
		return "", err
	}
	if r.ByOther() {
		return "every list is approved by an operator other than the one who brought it (approve_by: other)", nil
	}
	for _, c := range list {
		reason, err := c.reason(f)
		if reason != "" || err != nil {
			return reason, err
		}
	}
	return "", nil
}

// condition is one of those under which a list waits.
type condition struct {
	above int // guests; -1 is no condition of their number
	first bool
}

func (c condition) reason(f Facts) (string, error) {
	switch {
	case c.first:
		if first, err := f.First(); !first || err != nil {
			return "", err
		}
		return "it is the first import of its profile (hold: first import of a profile)", nil
	case c.above < 0:
		return "every list is looked at first (hold: always)", nil
	case f.Guests > c.above:
		return fmt.Sprintf("more guests than %d would be created or changed, %d (hold: above %d)", c.above, f.Guests,
			c.above), nil
	}
	return "", nil
}

var errHold = errors.New("hold is none of always, above 500, first import of a profile and never")

// conditions are those of Hold; none is never.
func (r Rules) conditions() (list []condition, err error) {
	if len(r.Hold) > mostText {
		return nil, errHold
	}
	parts := strings.Split(plain(r.Hold), ",")
	for _, part := range parts {
		switch part = strings.TrimSpace(part); part {
		case never, "":
			if len(parts) > 1 {
				return nil, errHold
			}
		case always:
			list = append(list, condition{above: -1})
		case "first", "first import", "first import of a profile", "first import of the profile":
			list = append(list, condition{first: true})
		default:
			text, is := strings.CutPrefix(part, "above ")
			above, err := strconv.Atoi(strings.TrimSuffix(text, " guests"))
			if !is || err != nil || above < 0 {
				return nil, errHold // without the text, which may be a secret that slipped into the wrong line
			}
			list = append(list, condition{above: above})
		}
	}
	return list, nil
}

// plain is a rule in small letters with single spaces.
func plain(text string) string { return strings.Join(strings.Fields(strings.ToLower(text)), " ") }
