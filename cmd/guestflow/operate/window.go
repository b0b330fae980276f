package operate

import (
	"context"
	"fmt"
	"time"

	"guestflow/importer/chunk"
	"guestflow/importer/ledger"
	"guestflow/importer/sendwindow"
	"guestflow/importer/spec"
)

// Window is when emails of an import leave, and how that is now.
type Window struct {
	Hours string    `json:"hours"`
	Open  bool      `json:"open"`
	Opens time.Time `json:"opens,omitzero"` // when it is closed

	window sendwindow.Window
}

// WindowOf returns the window of an import at a time of Redis' clock; nil if it has none.
func WindowOf(imp ledger.Import, now time.Time) *Window { return WindowOfSpec(imp.Spec, now) }

// WindowOfSpec returns the window of an import that is not begun yet.
func WindowOfSpec(s spec.Spec, now time.Time) *Window {
	w, err := sendwindow.Parse(s.SendWindow, s.Zone)
	if err != nil || w.IsZero() { // one that cannot be read is of a later version: the workers report it
		return nil
	}
	at := ledger.WindowAt(w, now)
	shown := &Window{Hours: w.String(), Open: !at.IsClosed(), window: w}
	if !shown.Open {
		shown.Opens = at.Opens
	}
	return shown
}

// Text says what the window is and how it is now.
func (w *Window) Text() string {
	if w.Open {
		return w.Hours + " (open)"
	}
	return w.Hours + " (closed, opens " + w.OpensText() + ")"
}

// OpensText is when it opens, by the clocks of its own time zone.
func (w *Window) OpensText() string {
	if w.Opens.IsZero() {
		return "now"
	}
	return w.window.Local(w.Opens).Format("Mon 2 Jan 15:04") + " (" + w.window.Zone() + ")"
}

// remaining is how long something takes that is worked on while the window is open.
func (w *Window) remaining(now time.Time, takes time.Duration) time.Duration {
	if w == nil || takes == 0 {
		return takes
	}
	return w.window.After(now, takes).Sub(now).Round(time.Second)
}

// windowClosed is about an import whose emails wait for their window. Rows without one do not.
func (s snapshot) windowClosed(imp ledger.Import) string {
	w := WindowOf(imp, s.at)
	if w == nil || w.Open || imp.Template == "" && s.ownDepth(imp).Retry == 0 {
		return ""
	}
	return "its emails wait for their window, which opens " + w.OpensText()
}

// SetWindow changes when the emails of an import leave; the zone is for hours that name none. What waits goes out at
// once if it may now.
func (a *Account) SetWindow(ctx context.Context, who Actor, id, hours string) (*Window, error) {
	imp, err := a.Ledger.Import(ctx, id)
	if err != nil {
		return nil, err
	}
	before := WindowOf(imp, time.Time{})
	zone := imp.Zone
	if before != nil {
		zone = before.window.Zone()
	}
	w, err := sendwindow.Parse(hours, zone)
	switch {
	case err != nil:
		return nil, refuse("%v", err)
	case imp.Done():
		return nil, refuse("import %s is finished; none of its emails waits", id)
	}
	err = a.Audited(ctx, who, "window", id, before.HoursText(), func() (string, error) {
		return w.String(), a.setWindow(ctx, imp, w)
	})
	if err != nil {
		return nil, err
	}
	now, err := a.Ledger.Now(ctx)
	imp.SendWindow = w.String()
	return WindowOf(imp, now), err
}

func (a *Account) setWindow(ctx context.Context, imp ledger.Import, w sendwindow.Window) error {
	if w.String() == imp.SendWindow || w.IsZero() && imp.SendWindow == "" {
		return errUnchanged
	}
	if err := a.Ledger.Windows.Set(ctx, imp.ID, w); err != nil {
		return err
	}
	if err := a.Queues.RetryNow(ctx, chunk.Lane(imp.Lane), imp.ID); err != nil {
		return fmt.Errorf("the window is changed, and what waits follows within minutes: %w", err)
	}
	return nil
}

// HoursText is the window as it can be set.
func (w *Window) HoursText() string {
	if w == nil {
		return sendwindow.None
	}
	return w.Hours
}
