package ledger

import (
	"context"
	"fmt"
	"time"

	"guestflow/importer/sendwindow"
)

// Windows are the hours in which imports' emails may leave. A record has its window as text, and beside it between
// which moments it is open now, by Redis' clock: begin.lua, which knows no time zones, lets no email begin outside of
// them. When they are over, Look works out the next ones.
type Windows struct{ store }

// MarkLasts is how much later than its mark a call may leave. So the last moment for a mark is so long before a window
// closes.
const MarkLasts = 5 * time.Second

// WindowState is how the window of an import is at a moment.
type WindowState struct {
	Window      sendwindow.Window // zero if it has none
	CreateFirst bool              // guests are created while emails wait
	Now         time.Time         // by Redis' clock
	Opens       time.Time         // when an email may begin, Now at the earliest
}

// IsClosed reports whether emails have to wait.
func (s WindowState) IsClosed() bool { return s.Opens.After(s.Now) }

// WindowAt returns how a window is at a moment.
func WindowAt(w sendwindow.Window, now time.Time) WindowState {
	s := WindowState{Window: w, Now: now, Opens: w.Opens(now)}
	if closes := w.Changes(now); !w.IsZero() && !s.IsClosed() && closes.Sub(now) <= MarkLasts {
		s.Opens = w.Opens(closes)
	}
	return s
}

// Look returns the window of an import as it is now. If it is open, emails may begin from now on.
func (x Windows) Look(ctx context.Context, id string) (WindowState, error) {
	text, s, err := x.read(ctx, id)
	if err != nil || s.Window.IsZero() || s.IsClosed() {
		return s, err
	}
	until := s.Window.Changes(s.Now).Add(-MarkLasts)
	err = windowOpenScript.Run(ctx, x.redis, []string{x.keys.Import(id)}, text, s.Now.UnixMilli(), until.UnixMilli()).Err()
	if err != nil {
		err = fmt.Errorf("note the open hours of import %s: %w", id, err)
	}
	return s, err
}

func (x Windows) read(ctx context.Context, id string) (text string, s WindowState, err error) {
	pipe := x.redis.Pipeline()
	fields, now := pipe.HMGet(ctx, x.keys.Import(id), "window", "outside_window"), pipe.Time(ctx)
	if _, err := pipe.Exec(ctx); err != nil {
		return "", s, fmt.Errorf("read the send window of import %s: %w", id, err)
	}
	text, _ = fields.Val()[0].(string)
	outside, _ := fields.Val()[1].(string)
	w, err := sendwindow.Parse(text, "")
	if err != nil {
		return "", s, fmt.Errorf("import %s: %w", id, err)
	}
	s = WindowAt(w, now.Val())
	s.CreateFirst = outside == sendwindow.Create
	return text, s, nil
}

var windowOpenScript, windowScript = script("windowopen"), script("window")

// Set gives an import another window, the zero one for none. Emails whose calls have begun go out.
func (x Windows) Set(ctx context.Context, id string, w sendwindow.Window) error {
	text := ""
	if !w.IsZero() {
		text = w.String()
	}
	there, err := windowScript.Run(ctx, x.redis, []string{x.keys.Import(id)}, text).Int()
	if err == nil && there == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("set the send window of import %s: %w", id, err)
	}
	return nil
}

// windowFields are those of a new record. It is closed until it is looked up.
func (i Import) windowFields() ([]any, error) {
	w, err := sendwindow.Parse(i.SendWindow, i.Zone)
	if err != nil || w.IsZero() {
		return nil, err
	}
	return []any{"window", w.String(), "outside_window", i.OutsideWindow, "mail_from", 0, "mail_until", 0}, nil
}
