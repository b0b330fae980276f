package schedule

import (
	"fmt"
	"time"

	"github.com/robfig/cron/v3"
)

// Next returns the first tick after a time, in UTC; the zero time if there is none within five years.
//
// A cron expression is about the clock on the wall, and twice a year that clock is changed:
//
//   - A tick in the hour that is skipped in spring falls on the moment of the jump. Several of them, and a tick that is
//     due then anyway, are one.
//   - A tick in the hour that is repeated in autumn falls in its first pass only.
//   - An expression for every hour (an asterisk, or */1) means an interval, and goes by real time: nothing is added at
//     the jump, and both passes of the repeated hour have their ticks.
//
// These are the rules of Debian's cron. The parser's own Next drops what is skipped. Here it is only asked about walls,
// whose time has no jumps, and the changes are handled one interval of constant offset after the other.
func (s *Schedule) Next(after time.Time) time.Time {
	at := after.In(s.zone)
	start, end := constantOffset(at)
	from := wall(at, at)
	if !start.IsZero() && !s.everyHour {
		from = later(from, before(seenBefore(start))) // this interval's first hour may be a repetition
	}
	for {
		tick := s.cron.Next(from)
		if tick.IsZero() {
			return time.Time{}
		}
		if t := moment(tick, at); end.IsZero() || t.Before(end) {
			return t
		}
		was, is := seenBefore(end), wall(end, end)
		if tick.Before(is) && !s.everyHour {
			return end.UTC() // the wall never shows it
		}
		at, from = end, before(is)
		if !s.everyHour {
			from = before(later(was, is))
		}
		_, end = constantOffset(at)
	}
}

// NextTick returns the first tick of a cron expression after a time, by the clock on the walls of a zone: what Next is
// for a schedule.
func NextTick(expression string, zone *time.Location, after time.Time) (time.Time, error) {
	parsed, err := parser.Parse(expression)
	spec, is := parsed.(*cron.SpecSchedule)
	if err != nil || !is {
		return time.Time{}, fmt.Errorf("%q is not a cron expression: %w", expression, err)
	}
	spec.Location = time.UTC // the wall's
	s := &Schedule{cron: spec, zone: zone, everyHour: spec.Hour&everyHour == everyHour}
	return s.Next(after), nil
}

// constantOffset returns the interval around t without a change of clocks, or a part of it. Go 1.26 is wrong about the
// last day of leap years that a zone's rule covers rather than its table: there it returns an end that is past, and
// following it never ends.
func constantOffset(t time.Time) (start, end time.Time) {
	start, end = t.ZoneBounds()
	if !end.IsZero() && !end.After(t) {
		end = t.Add(24 * time.Hour)
	}
	return start, end
}

// wall is what the clock on the wall shows at t if it goes as it does at the time of like, kept as if it were UTC.
func wall(t, like time.Time) time.Time { return t.UTC().Add(offset(like)) }

// moment is when the wall shows that time, if the clock goes as it does at the time of like.
func moment(wall, like time.Time) time.Time { return wall.Add(-offset(like)) }

// seenBefore is what the wall would show at a change of clocks without the change.
func seenBefore(change time.Time) time.Time { return wall(change, before(change)) }

func offset(t time.Time) time.Duration {
	_, seconds := t.Zone()
	return time.Duration(seconds) * time.Second
}

func before(t time.Time) time.Time { return t.Add(-1) }

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// newestDue returns the newest tick after a time whose start has come, or the zero time. After a long downtime it does
// not walk through all that was missed: it searches the last hour first, and longer times only if that has none.
func (s *Schedule) newestDue(after, now time.Time) time.Time {
	for back := time.Hour; ; back *= 24 {
		from := later(after, now.Add(-back))
		var newest time.Time
		for t := s.Next(from); !t.IsZero() && !s.Fire(t).After(now); t = s.Next(t) {
			newest = t
		}
		if !newest.IsZero() || from.Equal(after) || back > 366*24*time.Hour {
			return newest
		}
	}
}

// nextFire returns when the next tick starts, which may be a tick of the past whose jitter is not over; zero if there
// is none.
func (s *Schedule) nextFire(now time.Time) time.Time {
	for t := s.Next(now.Add(-s.Jitter)); !t.IsZero(); t = s.Next(t) {
		if fire := s.Fire(t); fire.After(now) {
			return fire
		}
	}
	return time.Time{}
}
