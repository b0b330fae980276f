package operate

import (
	"cmp"
	"context"
	"fmt"

	"guestflow/importer/sendwindow"
)

// chooseWindow sets when the emails of a resend leave: in the hours that are typed for it; or else in those that
// guestflow.yaml has by now for the import's profile, as those are the hours that are meant today; or else in those of
// the import. A window that was removed from the file does not open the import's: a resend never leaves at an hour that
// neither allows and no person has typed. The zone stays, since the dates of rows go by it, and so the hours name theirs.
func (a *Account) chooseWindow(ctx context.Context, p *Resend, typed string) error {
	own, err := sendwindow.Parse(p.Import.SendWindow, p.Import.Zone)
	if err != nil {
		return nil // it is of a later version: the workers report it
	}
	hours := own
	switch standing, known := a.standingWindow(p.Import.Profile); {
	case typed != "":
		if hours, err = sendwindow.Parse(typed, cmp.Or(own.Zone(), p.Import.Zone)); err != nil {
			return refuse("--send-window: %v", err)
		}
		p.windowBy = "as typed"
	case known && standing.String() != own.String():
		hours, p.windowBy = standing, "by guestflow.yaml as it is now"
	}
	if p.windowBy != "" && hours.String() != own.String() {
		p.windowBy += "; those of import " + p.Import.ID + " left " + hoursText(own)
	}
	if p.Spec.SendWindow = ""; !hours.IsZero() {
		p.Spec.SendWindow = hours.String()
	}
	now, err := a.Ledger.Now(ctx)
	p.Window = WindowOfSpec(p.Spec, now)
	return err
}

// standingWindow returns the window that guestflow.yaml has by now for lists of a profile, and whether it has one.
func (a *Account) standingWindow(profile string) (sendwindow.Window, bool) {
	to := a.StandingOf(profile)
	if to == nil {
		return sendwindow.Window{}, false
	}
	w, err := sendwindow.Parse(to.SendWindow, to.Zone)
	return w, err == nil && !w.IsZero()
}

func hoursText(w sendwindow.Window) string {
	if w.IsZero() {
		return "at any time"
	}
	return w.String()
}

// WindowText says when the emails leave, and by what; "" where no window was ever meant.
func (p Resend) WindowText() string {
	switch {
	case p.Window == nil && p.windowBy == "":
		return ""
	case p.Window == nil:
		return fmt.Sprintf("emails leave at any time, %s", p.windowBy)
	case p.windowBy == "":
		return fmt.Sprintf("emails leave %s, as those of import %s", p.Window.Text(), p.Import.ID)
	}
	return fmt.Sprintf("emails leave %s, %s", p.Window.Text(), p.windowBy)
}
