// Package sendwindow says when an import's emails may leave: hours of the day on days of the week, as the clocks of a
// time zone show them.
//
// A window is open whenever a clock on the wall there shows a time in it. So nothing has to be decided where clocks are
// changed: an hour that is skipped has no time in the window, and an hour that comes twice is open twice. Rejected: to
// turn the beginning and end of each day's range into moments, where a range that begins in a skipped hour has none.
package sendwindow

import (
	"cmp"
	"slices"
	"time"
)

// Window is when emails may leave. The zero Window is no window: they may leave at any time.
type Window struct {
	groups []group
	zone   *time.Location
	week   []span // the open parts of a week, in order, neither touching nor overlapping
}

// span is a part of a week, in seconds since Monday 00:00.
type span struct{ from, to int64 }

const (
	day  = 24 * 60 * 60
	week = 7 * day
	// firstMonday is the seconds from the beginning of Unix' time, a Thursday, to the first Monday.
	firstMonday = 4 * day
)

// horizon is how far a change is looked for. Every window is open once a week, unless clocks skip it that week.
const horizon = 60 * 24 * time.Hour

// IsZero reports whether there is no window.
func (w Window) IsZero() bool { return len(w.groups) == 0 }

// Zone returns the name of its time zone.
func (w Window) Zone() string {
	if w.zone == nil {
		return ""
	}
	return w.zone.String()
}

// Local returns a moment as the clocks of its time zone show it.
func (w Window) Local(t time.Time) time.Time {
	if w.zone == nil {
		return t
	}
	return t.In(w.zone)
}

// IsOpen reports whether emails may leave at a moment.
func (w Window) IsOpen(t time.Time) bool {
	if w.IsZero() {
		return true
	}
	_, open := w.at(w.clock(t))
	return open
}

// Changes returns when it opens or closes next after a moment; two months later, if it does not.
func (w Window) Changes(t time.Time) time.Time {
	open, end := w.IsOpen(t), t.Add(horizon)
	if w.IsZero() {
		return end
	}
	for at := t; at.Before(end); {
		change := w.changeBySpans(at)
		if _, until := at.In(w.zone).ZoneBounds(); !until.IsZero() && !change.Before(until) {
			change = until // clocks are changed before
		}
		if at = change; w.IsOpen(at) != open {
			return at
		}
	}
	return end
}

// Opens returns the first moment from t on at which it is open.
func (w Window) Opens(t time.Time) time.Time {
	if w.IsOpen(t) {
		return t
	}
	return w.Changes(t)
}

// After returns when something has ended that begins at t and takes so long while the window is open.
func (w Window) After(t time.Time, takes time.Duration) time.Time {
	if w.IsZero() {
		return t.Add(takes)
	}
	if a := w.openAWeek(); takes > 2*a { // whole weeks at once, but for the last
		weeks := takes/a - 1
		t, takes = t.AddDate(0, 0, 7*int(min(weeks, 52000))), takes-weeks*a
	}
	for range 1000 { // an import of two weeks in a window of minutes
		t = w.Opens(t)
		change := w.Changes(t)
		if left := change.Sub(t); left >= takes {
			break
		} else {
			takes -= left
		}
		t = change
	}
	return t.Add(takes)
}

func (w Window) openAWeek() (sum time.Duration) {
	for _, s := range w.week {
		sum += time.Duration(s.to-s.from) * time.Second
	}
	return sum
}

// clock returns what a clock on the wall shows at a moment, as seconds since Monday 00:00.
func (w Window) clock(t time.Time) int64 {
	_, offset := t.In(w.zone).Zone()
	return ((t.Unix()+int64(offset)-firstMonday)%week + week) % week
}

// at returns the first span that ends after a time of the week, if any, and whether that time is in it.
func (w Window) at(clock int64) (n int, open bool) {
	n, _ = slices.BinarySearchFunc(w.week, clock, func(s span, c int64) int { return cmp.Compare(s.to, c+1) })
	return n, n < len(w.week) && w.week[n].from <= clock
}

// changeBySpans returns when the clock next comes to where a span begins or ends, unless it is changed before.
func (w Window) changeBySpans(t time.Time) time.Time {
	clock := w.clock(t)
	next := int64(week) // the week begins anew
	if n, open := w.at(clock); open {
		next = w.week[n].to
	} else if n < len(w.week) {
		next = w.week[n].from
	}
	return t.Truncate(time.Second).Add(time.Duration(next-clock) * time.Second)
}

// merged puts spans in order, and joins those that touch.
func merged(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	var list []span
	for _, s := range spans {
		if last := len(list) - 1; last >= 0 && s.from <= list[last].to {
			list[last].to = max(list[last].to, s.to)
			continue
		}
		list = append(list, s)
	}
	return list
}
